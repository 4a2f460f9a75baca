"""Days of 23 and 25 hours, half-hour zones, and people who look from elsewhere."""

import re

from playwright.sync_api import Page, expect

from tests.browser.houses import House
from tests.browser.rig import Visitor, findings, settled


def plan_of(visit: Visitor, house: House, **options: str) -> Page:
    page = visit(
        house.url, "/plan", entry=house.invited["owner"], now=house.now, zone=options.get("zone", "Europe/Berlin")
    )
    settled(page)
    return page


def axis(page: Page) -> list[str]:
    """Return the times below the plan's picture."""
    texts = page.locator("svg.chart-svg").first.locator("text").all_text_contents()
    return [each for each in texts if re.match(r"\d\d:\d\d", each)]


def test_in_october_two_oclock_stands_twice(visit: Visitor, autumn: House) -> None:
    page = plan_of(visit, autumn)
    page.get_by_role("radio", name="12 h").click()
    assert {"02:00 A", "02:00 B"} <= set(axis(page)), axis(page)
    assert findings(page) == []
    page.get_by_role("button", name="Show as table").click()
    table = page.locator(".chart-table")
    expect(table).to_contain_text("02:15 A")
    expect(table).to_contain_text("02:15 B")


def test_in_march_two_oclock_is_left_out(visit: Visitor, spring: House) -> None:
    page = plan_of(visit, spring)
    page.get_by_role("radio", name="12 h").click()
    assert not any(each.startswith("02:") for each in axis(page)), axis(page)
    page.get_by_role("button", name="Show as table").click()
    table = page.locator(".chart-table")
    expect(table).to_contain_text("01:45")
    expect(table).to_contain_text("03:00")
    expect(table).not_to_contain_text("02:15")


def test_change_days_look_sound_on_every_page(visit: Visitor, spring: House, autumn: House) -> None:
    for house in (spring, autumn):
        for path in ("/", "/savings"):
            page = visit(house.url, path, entry=house.invited["owner"], now=house.now)
            settled(page)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert "NaN" not in page.inner_text("body")
            assert "Invalid" not in page.inner_text("body")


def test_half_an_hour_beside_the_others(visit: Visitor, kolkata: House) -> None:
    page = plan_of(visit, kolkata, zone="Asia/Kolkata")
    expect(page.locator("header.top")).to_contain_text("03:30")
    assert all(each.endswith(":00") for each in axis(page) if not each.startswith("03:30")), axis(page)
    assert findings(page) == []
    page.goto(f"{kolkata.url}/savings")
    settled(page)
    page.get_by_role("button", name="Show as table").first.click()
    row = page.locator(".chart-table tr").filter(has_text=re.compile("14 May"))
    expect(row.get_by_role("cell").nth(1)).to_have_text("24")


def test_whoever_looks_from_elsewhere_reads_the_zone_of_the_site(visit: Visitor, kolkata: House) -> None:
    page = plan_of(visit, kolkata, zone="America/New_York")
    expect(page.locator("header.top")).to_contain_text("03:30 Kolkata")
    here = plan_of(visit, kolkata, zone="Asia/Kolkata")
    expect(here.locator("header.top")).not_to_contain_text("Kolkata")
