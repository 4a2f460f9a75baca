"""Plan: why a block stands where it stands, what another goal would cost, and another will for now."""

import csv
import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from playwright.sync_api import Page, Route, expect

from enerwise.serve.outlooks.phrases import both
from enerwise.serve.words import Fact
from tests.browser.conftest import Demo, number, wait_until
from tests.browser.houses import SITE as HOME
from tests.browser.houses import House
from tests.browser.rig import Visitor, downloaded, findings, settled

SITE = "demo-home"


def opened(visit: Visitor, house: House, role: str = "owner", **options: object) -> Page:
    page = visit(house.url, "/plan", entry=house.invited[role], now=house.now, **options)  # type: ignore[arg-type]
    settled(page)
    return page


def test_a_block_tells_its_reasons_by_mouse_and_by_keys(visit: Visitor, house: House) -> None:
    page = opened(visit, house)
    side = page.get_by_role("complementary", name="Why")
    blocks = page.locator("[data-block]")
    blocks.last.locator(".c-hit").click()
    expect(page).to_have_url(re.compile("block="))
    for word in ("Energy", "Battery"):
        expect(side).to_contain_text(word)
    title = side.get_by_role("heading", level=2).inner_text()
    chart = page.locator("svg.chart-svg").first
    chart.focus()
    page.keyboard.press("End")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(side.get_by_role("heading", level=2)).to_have_text(title)
    page.go_back()
    page.go_forward()
    expect(side.get_by_role("heading", level=2)).to_have_text(title)


def test_the_same_plan_stands_in_a_table_and_in_a_file(visit: Visitor, house: House, tmp_path: Path) -> None:
    page = opened(visit, house)
    text = downloaded(page, lambda: page.get_by_role("button", name="Download CSV").click(), tmp_path)
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))
    assert len(rows) > 90
    assert len({len(each) for each in rows}) == 1
    page.locator("svg.chart-svg").first.focus()
    page.keyboard.press("t")
    table = page.locator(".chart-table")
    expect(table).to_be_focused()
    assert table.get_by_role("row").count() == len(rows)
    assert findings(page) == []
    page.keyboard.press("t")
    expect(page.locator("svg.chart-svg").first).to_be_focused()


def goal_of(page: Page, demo: Demo) -> str:
    return str(page.context.request.get(f"{demo.url}/api/v1/sites/{SITE}/live").json()["goal"])


def test_a_goal_is_looked_at_before_it_is_taken(visit: Visitor, demo: Demo) -> None:
    page = visit(demo.url, "/plan", entry=demo.entry)
    settled(page)
    looked = page.get_by_text("Nothing has changed yet.")
    page.get_by_role("radio", name="Own power").click()
    expect(looked).to_be_visible(timeout=60_000)
    assert goal_of(page, demo) == "cost"
    assert findings(page) == []
    page.get_by_role("button", name="Keep Cost").click()
    expect(looked).to_have_count(0)
    page.get_by_role("radio", name="Balanced").click()
    page.get_by_role("button", name="Plan for Balanced").click()
    expect(looked).to_have_count(0, timeout=30_000)
    wait_until(lambda: goal_of(page, demo) == "balanced")
    expect(page.get_by_role("radio", name="Balanced")).to_be_checked(timeout=60_000)
    page.get_by_role("radio", name="Cost").click()
    page.get_by_role("button", name="Plan for Cost").click()
    expect(looked).to_have_count(0, timeout=30_000)


def test_what_changed_is_told_in_a_dialog(visit: Visitor, house: House) -> None:
    change = {
        "code": "price",
        "text": {"en": "The price at 18:00 rose.", "de": "Der Preis um 18:00 stieg."},
        "facts": {},
    }

    def changed(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "changes": [change]})

    def prepare(each: Page) -> None:
        each.route("**/api/v1/sites/*/plan", changed)
        each.route("**/api/v1/sites/*/plan/why*", lambda route: route.fulfill(status=503, json={"code": "no-reasons"}))

    page = opened(visit, house, prepared=prepare)
    page.get_by_role("button", name="What changed: 1 thing").click()
    dialog = page.get_by_role("dialog", name="What changed")
    expect(dialog).to_contain_text("The price at 18:00 rose.")
    assert findings(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_news_are_told_with_what_they_cost_and_what_they_moved(visit: Visitor, house: House) -> None:
    def said(key: str, facts: dict[str, Fact]) -> dict[str, Any]:
        return {"code": key, "text": both(key, facts), "facts": facts}

    def with_news(route: Route) -> None:
        body = route.fetch().json()
        horizon = {"group": "horizon", "asset": None, "cost_eur": None, "effect": None}
        sun = {"group": "sun", "asset": None, "cost_eur": 0.42, "effect": said("effect.more", {"more_eur": 0.42})}
        moved: dict[str, Fact] = {"asset": "battery", "moved_wh": 1500.0, "begin": "02:00", "until": "03:00"}
        body["news"] = {
            "cost_eur": 0.42,
            "causes": [
                {**sun, "what": said("changed.sun_less", {"moved_wh": 2000.0})},
                {**horizon, "what": said("news.horizon", {"hours": 0.25})},
            ],
            "together": None,
            "forecasters": [],
            "moves": [
                {
                    "asset": "battery",
                    "energy_kwh": 1.5,
                    "group": "sun",
                    "what": said("move.takes_more", moved),
                    "owed": said("owed.sun", {}),
                }
            ],
        }
        route.fulfill(json=body)

    page = opened(visit, house, prepared=lambda each: each.route("**/api/v1/sites/*/plan/why*", with_news))
    page.get_by_role("button", name="What changed: 1 thing").click()
    dialog = page.get_by_role("dialog", name="What changed")
    for told in (
        "give 2.0 kWh less",
        "makes the plan 42.0 ct dearer",
        "1.5 kWh more from 02:00",
        "explains most of it",
    ):
        expect(dialog).to_contain_text(told)
    expect(dialog).not_to_contain_text("further ahead")
    assert findings(page) == []


def test_a_block_tells_its_limits_and_its_next_best_time(visit: Visitor, house: House) -> None:
    page = opened(visit, house)
    told = page.request.get(f"{house.url}/api/v1/sites/{HOME}/plan/why").json()
    block = next(each for each in told["blocks"] if each["elsewhere"] is not None)
    page.goto(f"{house.url}/plan?block={quote(block['block'])}")
    settled(page)
    side = page.get_by_role("complementary", name="Why")
    expect(side).to_contain_text(block["elsewhere"]["text"]["en"].replace("**", ""))
    for limit in block["limits"]:
        expect(side).to_contain_text(limit["text"]["en"])


def test_a_block_done_now_is_an_override_that_ends(visit: Visitor, demo: Demo) -> None:
    page = visit(demo.url, "/plan", entry=demo.entry)
    settled(page)
    now = page.get_by_role("button", name="Do it now instead")
    for k in range(page.locator("[data-block] .c-hit").count()):
        page.locator("[data-block] .c-hit").nth(k).click()
        frame = page.locator("[data-block] rect.c-now").first
        assert frame.evaluate("each => getComputedStyle(each).pointerEvents") == "none", "narrow neighbours lie beneath"
        if now.is_visible():
            break
    now.click()
    expect(page.get_by_role("status").filter(has_text="Sent.")).to_be_visible()
    leases = page.context.request.get(f"{demo.url}/api/v1/sites/{SITE}/overrides").json()["items"]
    assert any(each["state"] in ("waiting", "acting", "cut") for each in leases), leases
    page.goto(demo.url)
    page.get_by_role("button", name="End now").first.click()
    expect(page.get_by_role("button", name="End now")).to_have_count(0, timeout=30_000)


def test_whoever_may_only_look_cannot_change_the_plan(visit: Visitor, house: House) -> None:
    page = opened(visit, house, "viewer")
    expect(page.get_by_role("radio", name="Own power")).to_be_disabled()


def test_a_failed_plan_keeps_the_last_one_and_says_why(visit: Visitor, house: House) -> None:
    def failed(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "failed": "no solution within 10 s", "failure": None})

    page = opened(visit, house, prepared=lambda each: each.route("**/api/v1/sites/*/plan", failed))
    expect(page.get_by_text("No new plan since")).to_be_visible()
    expect(page.get_by_text("no solution within 10 s")).to_be_visible()
    assert findings(page) == []


def test_prices_that_are_not_published_are_provisional(visit: Visitor, house: House) -> None:
    def unpublished(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        count = len(told["price"]["published"])
        told["price"]["published"] = [k < count // 2 for k in range(count)]
        route.fulfill(response=answer, json={**told, "is_provisional": True})

    page = opened(visit, house, prepared=lambda each: each.route("**/api/v1/sites/*/plan", unpublished))
    expect(page.get_by_text("Provisional: prices after")).to_be_visible()
    expect(page.locator("svg.chart-svg").first.get_by_text("not published").first).to_be_visible()
    assert findings(page) == []


def test_a_phone_reads_the_list_and_opens_a_sheet(visit: Visitor, house: House) -> None:
    page = opened(visit, house, width=390)
    expect(page.get_by_role("heading", name="What happens when")).to_be_visible()
    page.locator("[data-block] .c-hit").last.click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("Energy")
    assert findings(page) == []
    stop = page.get_by_role("button", name="Emergency stop")
    box = stop.bounding_box()
    assert box is not None
    top = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y)?.closest('button')?.className",
        [box["x"] + 20, box["y"] + box["height"] / 2],
    )
    assert "es-button" in top, "nothing ever covers the stop"


def test_totals_are_those_of_the_server(visit: Visitor, house: House) -> None:
    page = opened(visit, house)
    told = page.context.request.get(f"{house.url}/api/v1/sites/lindenweg-8/plan").json()["totals"]
    shown = page.get_by_role("region", name="Totals of this plan")
    assert number(shown.locator("dd.n").first.inner_text()) == round(abs(told["cost_eur"]), 2)
    assert np.isclose(number(shown.locator("dd.n").nth(2).inner_text()), round(told["own_power_ratio"] * 100))
