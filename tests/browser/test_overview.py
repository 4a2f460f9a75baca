"""Overview: what goes on, what can be changed for now, and what is told when something is missing."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Demo
from tests.browser.houses import House, HouseDoor
from tests.browser.rig import Visitor, findings, settled


def holding(page: Page, path: str, held: list[Route]) -> None:
    """Hold back what is asked of a path, until a test lets it go."""

    def hold(route: Route) -> None:
        held.append(route)

    page.route(path, hold)


def let_go(page: Page, held: list[Route]) -> None:
    """Let the next question go that a test holds back."""
    while not held:
        page.wait_for_timeout(20)
    held.pop().continue_()


def test_power_now_stands_in_a_table_too(visit: Visitor, house: House) -> None:
    page = visit(house.url, entry=house.invited["owner"], now=house.now)
    settled(page)
    for name in ("Home", "Hot water", "Solar"):
        expect(page.get_by_role("region", name="Power now")).to_contain_text(name)
    page.get_by_role("button", name="Show as table").first.click()
    rows = page.get_by_role("table").first.get_by_role("row")
    expect(rows.filter(has_text="Solar")).to_contain_text("gives")
    expect(rows.filter(has_text="Home")).to_contain_text("takes")
    page.get_by_role("button", name="Show as picture").click()


def test_the_next_day_leads_to_the_plan(visit: Visitor, house: House) -> None:
    page = visit(house.url, entry=house.invited["owner"], now=house.now)
    page.get_by_role("link", name="Open the plan").click()
    expect(page).to_have_url(re.compile("/plan"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Plan to")


def test_a_mode_is_shown_only_when_the_site_has_answered(visit: Visitor, house: House) -> None:
    held: list[Route] = []
    page = visit(
        house.url,
        entry=house.invited["owner"],
        now=house.now,
        prepared=lambda each: holding(each, "**/mode", held),
    )
    page.get_by_role("radio", name="Away").click()
    expect(page.get_by_role("radio", name="Away: sending")).to_be_visible()
    expect(page.get_by_role("radio", name="Automatic")).to_be_checked()
    let_go(page, held)
    expect(page.get_by_role("radio", name="Away")).to_be_checked()
    page.get_by_role("radio", name="Automatic").click()
    expect(page.get_by_role("radio", name="Automatic: sending")).to_be_visible()
    let_go(page, held)
    expect(page.get_by_role("radio", name="Automatic")).to_be_checked()


def test_whoever_may_only_look_is_told_who_may_change(visit: Visitor, house: House) -> None:
    page = visit(house.url, entry=house.invited["viewer"], now=house.now)
    expect(page.get_by_text("An operator or an owner can change this.")).to_be_visible()
    expect(page.get_by_role("radio", name="Away")).to_be_disabled()
    expect(page.get_by_role("button", name="Let Battery rest")).to_be_disabled()
    expect(page.get_by_role("button", name="Emergency stop")).to_be_enabled()
    expect(page.get_by_role("link", name="Admin")).to_have_count(0)


def test_a_change_for_now_comes_into_force_and_is_ended(visit: Visitor, demo: Demo) -> None:
    """On the real thing: brain, guard and door have heard of it before the page says so."""
    page = visit(demo.url, entry=demo.entry)
    page.get_by_role("button", name="Let Battery rest").click()
    told = page.locator(".notice", has_text="Battery rests")
    expect(told).to_contain_text(re.compile("in force|limited"), timeout=30_000)
    told.get_by_role("button", name="End now").click()
    expect(told).to_have_count(0, timeout=30_000)
    expect(page.get_by_role("button", name="Let Battery rest")).to_be_visible()


def test_old_values_say_so_and_very_old_ones_are_no_power(visit: Visitor, house: House) -> None:
    door = house.door
    assert isinstance(door, HouseDoor)
    try:
        door.age_s = 20.0
        page = visit(house.url, entry=house.invited["owner"], now=house.now)
        expect(page.get_by_text("20 s").first).to_be_visible()
        assert findings(page) == []
        door.age_s = 90.0
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Some values are missing just now")
        expect(page.get_by_text(re.compile(r"^last \d\d:\d\d")).first).to_be_visible()
        assert findings(page) == []
    finally:
        door.age_s = 0.0


def test_numbers_that_do_not_add_up_get_a_name(visit: Visitor, house: House) -> None:
    door = house.door
    assert isinstance(door, HouseDoor)
    try:
        door.unexplained_w = 640.0
        page = visit(house.url, entry=house.invited["owner"], now=house.now)
        expect(page.get_by_text("Unexplained")).to_be_visible()
        expect(page.get_by_role("link", name="Check the meter")).to_be_visible()
        settled(page)
        assert findings(page) == []
    finally:
        door.unexplained_w = 0.0


def test_without_machines_the_first_step_is_offered(visit: Visitor, first: House) -> None:
    page = visit(first.url, entry=first.invited["owner"], now=first.now)
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect your first device")
    settled(page)
    assert findings(page) == []
    page.get_by_role("link", name="Connect a device").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which device is it?")
    for path, words in (("/plan", "No plan yet"), ("/devices", ""), ("/savings", ""), ("/safety", "")):
        page.goto(first.url + path)
        expect(page.get_by_role("heading", level=1)).to_contain_text(words)
        settled(page)
        assert findings(page) == [], path


def test_an_error_says_what_still_works_and_a_code(visit: Visitor, house: House) -> None:
    fault = {
        "type": "about:blank",
        "title": "Store silent",
        "status": 503,
        "code": "store-silent",
        "detail": "the store does not answer",
    }
    page = visit(
        house.url,
        entry=house.invited["owner"],
        now=house.now,
        prepared=lambda each: each.route("**/today", lambda route: route.fulfill(status=503, json=fault)),
    )
    told = page.get_by_text("The history cannot be read just now. Control goes on.")
    expect(told).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Copy the code: store-silent"))).to_be_visible()
    assert findings(page) == []
    page.unroute("**/today")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Solar today")).to_be_visible()


def test_loading_shows_shapes_of_the_final_size_and_no_spinner(visit: Visitor, house: House) -> None:
    held: list[Route] = []
    page = visit(
        house.url,
        entry=house.invited["owner"],
        now=house.now,
        prepared=lambda each: holding(each, "**/today", held),
    )
    expect(page.get_by_role("region", name="Power now")).to_be_visible()
    shape = page.locator("main .shape").first
    height = shape.evaluate("each => each.offsetHeight")
    assert findings(page) == []
    let_go(page, held)
    row = page.get_by_role("region", name="Today")
    expect(row).to_be_visible()
    assert abs(row.evaluate("each => each.offsetHeight") - height) < 24
