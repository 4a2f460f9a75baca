"""Keys, zoom, other languages and the other direction of writing."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.houses import House
from tests.browser.pictures import PAGES, TRADES
from tests.browser.rig import Visitor, findings, settled, sideways

MOST_STEPS = 120
WALKED = ("overview", "plan", "savings", "devices", "safety", "admin")
WALKS = [
    *((name, 1440) for name in (*WALKED, *TRADES)),
    ("overview", 390),
    ("plan", 390),
    *(pytest.param(name, 390, marks=pytest.mark.soak) for name in WALKED[2:]),
]
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const bars = 'header.top, nav.tabs';
  const box = at.getBoundingClientRect();
  const seen = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 200));
  const isBelow = seen !== null && !at.contains(seen) && !seen.contains(at) && seen.closest(bars) !== null;
  const hasRing = each => {
    const style = each && getComputedStyle(each);
    const isOutlined = style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return isOutlined || style && style.boxShadow !== 'none';
  };
  return {
    name: at.tagName + ' ' + (at.getAttribute('aria-label') || at.textContent || '').trim().slice(0, 40),
    isHidden: isBelow && at.closest(bars) === null,
    isInView: box.bottom > 0 && box.top < innerHeight,
    // A card whose whole face is a link, and a choice around its radio, wear the ring of what is inside.
    ring: [at, at.closest('.card'), at.closest('.choice'), at.closest('.es-home')].some(hasRing),
  };
}"""
REACHABLE = "main a[href], main button:not([disabled]):not([tabindex='-1']), main select, main summary"


@pytest.mark.parametrize(("name", "width"), WALKS)
def test_tab_reaches_everything_and_shows_where_it_is(
    visit: Visitor, request: pytest.FixtureRequest, name: str, width: int
) -> None:
    house: House = request.getfixturevalue("street" if name in TRADES else "house")
    page = visit(house.url, PAGES[name], entry=house.invited["owner"], now=house.now, width=width)
    settled(page)
    wanted = page.locator(REACHABLE).count()
    page.evaluate("n => document.querySelectorAll(n).forEach(each => each.dataset.wanted = '')", REACHABLE)
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        told = page.evaluate(FOCUS)
        if told is None:
            break
        assert told["ring"], f"no ring: {told['name']}"
        assert told["isInView"], f"out of view: {told['name']}"
        assert not told["isHidden"], f"hidden: {told['name']}"
        page.evaluate("() => delete document.activeElement.dataset.wanted")
    left = page.locator("[data-wanted]:visible").all_inner_texts()
    assert wanted > 0
    assert left == []


def test_the_first_tab_skips_to_the_content_and_letters_go_to_pages(visit: Visitor, house: House) -> None:
    page = visit(house.url, entry=house.invited["owner"], now=house.now)
    settled(page)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    while not skip.evaluate("each => each === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("/plan"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_have_count(0)


def walk(page: Page, house: House, ending: str) -> None:
    for name, path in PAGES.items():
        page.goto(f"{house.url}{path}{ending}")
        settled(page)
        assert sideways(page) <= 0, f"{name}{ending} is too wide"


WIDE = [
    (320, ""),
    (390, "?pseudo"),
    (1440, "?rtl"),
    pytest.param(390, "?rtl", marks=pytest.mark.soak),
    pytest.param(1440, "?pseudo", marks=pytest.mark.soak),
]


@pytest.mark.parametrize(("width", "ending"), WIDE)
def test_nothing_is_too_wide(visit: Visitor, house: House, width: int, ending: str) -> None:
    """At 320 px, which is 400 % of zoom; with texts that are 40 % longer; from right to left."""
    page = visit(house.url, entry=house.invited["owner"], now=house.now, width=width, goes=False)
    walk(page, house, ending)


ENGLISH = re.compile(
    r"\b(the|from|with|and|what|devices?|today|until|saved|paid|sign in|never|show|why|limits?)\b", re.IGNORECASE
)
DATA = re.compile(
    r".*as the simulated plant speaks it.*|battery and roof go to 0 W|Hot water"
    r"|Hybrid inverter|hallway cupboard.*|fuse box|Look at battery.*|Say below.*",
    re.IGNORECASE,
)


def test_german_is_german_to_the_last_word(visit: Visitor, house: House) -> None:
    """Names and sentences of the site file are data, and stay as they were written."""
    page = visit(house.url, entry=house.invited["owner"], now=house.now, language="de-DE", goes=False)
    for name, path in PAGES.items():
        page.goto(house.url + path)
        settled(page)
        assert page.locator("html").get_attribute("lang") == "de"
        lines = [DATA.sub("", each) for each in page.inner_text("body").splitlines()]
        left = [each for each in lines if ENGLISH.search(each)]
        assert left == [], f"{name}: {left}"


def test_a_server_that_breaks_is_told_in_german_too_with_a_heading_and_a_way_on(visit: Visitor, house: House) -> None:
    def broken(page: Page) -> None:
        page.route("**/api/v1/sites", lambda route: route.fulfill(status=500, body="Internal Server Error"))

    page = visit(house.url, entry=house.invited["owner"], now=house.now, language="de-DE", prepared=broken)
    expect(page.get_by_role("heading", level=1)).to_have_text("Gerade lässt sich nichts zeigen")
    expect(page.get_by_text("Der Server hat mit einem Fehler geantwortet (500).")).to_be_visible()
    assert not ENGLISH.search(page.inner_text("main"))
    assert findings(page) == []
    page.unroute("**/api/v1/sites")
    page.get_by_role("button", name="Noch einmal").click()
    expect(page.get_by_role("link", name="Überblick").first).to_be_visible()
