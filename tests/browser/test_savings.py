"""Savings: a month, its bill and its raw quarter-hours."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import number
from tests.browser.houses import House
from tests.browser.rig import Visitor, downloaded, findings, settled


def cents(text: str) -> int:
    """Return an amount as it is shown, in cents; what is earned is below zero."""
    return round(number(text) * 100) * (-1 if "earns" in text else 1)


def test_the_bill_adds_up(visit: Visitor, house: House) -> None:
    page = visit(house.url, "/savings", entry=house.invited["owner"], now=house.now)
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("against no planning")
    bill = page.get_by_role("group", name="Bill preview")
    lines = [cents(each) for each in bill.locator("tbody tr td:last-child").all_inner_texts()]
    assert len(lines) >= 3
    assert sum(lines) == cents(bill.locator("tfoot td").inner_text())
    for name in ("No planning", "No battery", "Flat tariff"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()


def test_bars_stand_in_a_table_and_the_month_in_the_address(visit: Visitor, house: House) -> None:
    page = visit(house.url, "/savings", entry=house.invited["owner"], now=house.now)
    settled(page)
    page.get_by_role("button", name="Show as table").first.click()
    table = page.locator(".chart-table")
    assert table.get_by_role("row").count() >= 12
    expect(table.get_by_role("row").nth(1).get_by_role("cell").nth(1)).to_have_text("24")
    page.get_by_role("button", name="Month before").click()
    expect(page).to_have_url(re.compile("2026-02"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("February")
    settled(page)
    assert findings(page) == []
    page.get_by_role("radio", name="Year").click()
    expect(page.get_by_role("heading", name="Month by month")).to_be_visible()


@pytest.mark.parametrize(("where", "rows", "hours"), [("spring", 28 * 96 + 92, 23), ("autumn", 24 * 96 + 100, 25)])
def test_a_day_of_another_length_has_its_own_quarters(
    visit: Visitor, request: pytest.FixtureRequest, tmp_path: Path, where: str, rows: int, hours: int
) -> None:
    place: House = request.getfixturevalue(where)
    page = visit(place.url, "/savings", entry=place.invited["owner"], now=place.now)
    settled(page)
    text = downloaded(page, lambda: page.get_by_role("button", name=re.compile("Quarter-hours")).click(), tmp_path)
    found = list(csv.reader(io.StringIO(text)))
    day = "2026-03-29" if where == "spring" else "2026-10-25"
    assert len(found) - 1 == rows
    assert sum(each[0].startswith(day) for each in found) == hours * 4
    page.get_by_role("button", name="Show as table").first.click()
    day_row = page.locator(".chart-table tr").filter(has_text=re.compile(r"\b(29 Mar|25 Oct)"))
    expect(day_row.get_by_role("cell").nth(1)).to_have_text(str(hours))


def test_all_measurements_are_drawn_when_they_are_asked_for(visit: Visitor, house: House) -> None:
    page = visit(house.url, "/savings?month=2026-03", entry=house.invited["owner"])
    page.get_by_role("button", name="Show all measurements").click()
    page.wait_for_function("() => performance.getEntriesByName('long-chart-first-draw').length > 0")
    took_ms = page.evaluate("() => performance.getEntriesByName('long-chart-first-draw')[0].duration")
    print(f"all measurements: first drawn within {took_ms:.0f} ms")
    settled(page)
    assert findings(page) == []
