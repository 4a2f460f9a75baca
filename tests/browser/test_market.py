"""Market: what is traded with neighbours, each sum with its state, a pause that holds, and days of another length."""

import csv
import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from enerwise.core.time import VirtualClock, to_datetime
from enerwise.market.proofs import from_plain, holds
from enerwise.serve.market_bids import AGAIN_NS
from tests.browser.conftest import number, wait_until
from tests.browser.houses import SITE, House
from tests.browser.rig import Visitor, downloaded, findings, settled, sideways

AGAIN = np.timedelta64(AGAIN_NS + 1_000_000, "ns").astype("timedelta64[ms]")
"""After so long the server bids again."""
STATES = ("Offered", "Matched", "Delivered", "Settled")


def market(visit: Visitor, street: House, role: str = "owner", **how: Any) -> Page:
    page = visit(street.url, "/market", entry=street.invited[role], now=street.now, **how)
    settled(page)
    return page


def test_the_page_says_what_is_traded_and_every_sum_has_its_state(visit: Visitor, street: House) -> None:
    page = market(visit, street)
    expect(page.get_by_role("heading", level=1)).to_contain_text("You sell to neighbours at")
    expect(page.get_by_text("simulated").first).to_be_visible()
    sums = page.get_by_role("region", name="Money by how far it has come")
    for state in STATES:
        expect(sums.get_by_role("term").filter(has_text=state)).to_be_visible()
    answer = page.request.get(f"{street.url}/api/v1/markets/street/own").json()
    told = next(each for each in answer["stages"] if each["stage"] == "settled")
    shown = number(sums.locator("dd.n").last.inner_text())
    assert shown == pytest.approx(abs(told["pay_ueur"] - told["receive_ueur"]) / 1e6, abs=0.01)
    assert told["slot_count"] > 20
    expect(page.get_by_role("rowheader", name="Linden court")).to_be_visible()
    expect(page.get_by_role("rowheader", name="A neighbour without a name")).to_be_visible()
    expect(page.get_by_text("never sold below 30")).to_be_visible()
    assert "lindenweg-4" not in page.content().lower(), "who has not agreed is named nowhere"


@pytest.mark.parametrize(("width", "theme", "language"), [(1440, "light", "en-GB"), (390, "dark", "de-DE")])
def test_nothing_stands_in_anybodys_way(visit: Visitor, street: House, width: int, theme: str, language: str) -> None:
    page = market(visit, street, width=width, theme=theme, language=language)
    assert findings(page) == []
    for summary in page.locator(".answers summary").all():
        summary.click()
    assert findings(page) == []
    assert sideways(page) <= 0


def test_nothing_is_wider_than_the_smallest_window_however_long_the_words(visit: Visitor, street: House) -> None:
    page = visit(street.url, "/market?pseudo", entry=street.invited["owner"], now=street.now, width=320)
    settled(page)
    assert sideways(page) <= 0
    page.get_by_role("button", name=re.compile("^Show as table")).click()
    assert sideways(page) <= 0


def test_the_chart_is_walked_by_keys_and_stands_in_a_table(visit: Visitor, street: House, tmp_path: Path) -> None:
    page = market(visit, street)
    chart = page.get_by_role("img", name=re.compile("Offers and deals from"))
    chart.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"14 May, 16:\d\d: Your price"))).to_have_count(1)
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("slot="))
    page.keyboard.press("t")
    table = page.locator(".chart-table")
    expect(table).to_be_focused()
    assert table.get_by_role("row").count() > 50
    expect(table.get_by_role("columnheader").nth(1)).to_have_text("State")
    text = downloaded(page, lambda: page.get_by_role("button", name="Download CSV").click(), tmp_path)
    rows = list(csv.reader(io.StringIO(text)))
    assert {each[1] for each in rows[1:]} >= {"settled", "offered"}
    assert len({len(each) for each in rows}) == 1


def test_what_was_booked_can_be_taken_away_and_proven(visit: Visitor, street: House, tmp_path: Path) -> None:
    page = market(visit, street)
    text = downloaded(page, lambda: page.get_by_role("button", name="Table (CSV)").click(), tmp_path)
    rows = [each for each in csv.DictReader(io.StringIO(text)) if each["slot"]]
    assert len(rows) > 20
    start = next(each["start_utc"] for each in reversed(rows) if int(each["traded_wh"]))
    page.goto(f"{street.url}/market?slot={start}")
    settled(page)
    proof_button = page.get_by_role("button", name="Download the proof")
    proof = from_plain(json.loads(downloaded(page, proof_button.click, tmp_path)))
    slots = page.request.get(f"{street.url}/api/v1/markets/street/slots").json()["items"]
    root = next(each["root"] for each in slots if each["start_utc"][:16] == start[:16])
    holds(proof, bytes.fromhex(root))


def test_whoever_may_only_look_cannot_pause(visit: Visitor, street: House) -> None:
    page = market(visit, street, "viewer")
    expect(page.get_by_text("You may look. Operators and owners can pause trading.")).to_be_visible()
    expect(page.get_by_role("button", name="Pause trading")).to_have_count(0)


def test_a_site_without_a_market_does_not_see_the_page(visit: Visitor, house: House) -> None:
    page = visit(house.url, "/market", entry=house.invited["owner"], now=house.now)
    expect(page.get_by_role("heading", level=1)).to_have_text("This site takes part in no market")
    expect(page.get_by_role("link", name="Market")).to_have_count(0)
    assert findings(page) == []


def test_without_contact_the_last_state_stays_and_says_how_old_it_is(visit: Visitor, street: House) -> None:
    page = market(visit, street, flows=True)
    title = page.get_by_role("heading", level=1).inner_text()
    page.route("**/api/v1/markets**", lambda route: route.abort())
    page.clock.run_for(120_000)
    expect(page.get_by_text(re.compile(r"As of 16:40\."))).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_a_market_that_does_not_answer_is_told_of_and_asked_again(visit: Visitor, street: House) -> None:
    def silent(route: Route) -> None:
        problem = {"status": 503, "code": "market-silent", "detail": "the disk is full", "title": "x", "faults": []}
        route.fulfill(status=503, body=json.dumps(problem))

    page = visit(street.url, "/market", entry=street.invited["owner"], now=street.now, flows=True,
                 prepared=lambda page: page.route("**/markets/street/own*", silent))  # fmt: skip
    for _ in range(4):
        page.clock.run_for(5_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("The market did not answer")
    expect(page.get_by_text("the disk is full")).to_be_visible()
    page.unroute("**/markets/street/own*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("neighbours")


@pytest.mark.parametrize(
    ("where", "hours", "seen"),
    [("autumn", 4, ("02:00 A", "02:00 B")), ("spring", 4, ("01:45", "03:00")), ("kolkata", 3, ("03:30", "05:15"))],
)
def test_quarters_are_told_by_the_clock_of_the_site(
    visit: Visitor, request: pytest.FixtureRequest, where: str, hours: int, seen: tuple[str, str]
) -> None:
    """Made-up deals at houses on days of another length, and in a zone of half hours."""
    place: House = request.getfixturevalue(where)
    start = to_datetime(place.now).replace(minute=0, second=0)
    page = visit(place.url, "/market", entry=place.invited["owner"], now=place.now,
                 prepared=lambda page: a_made_up_market(page, start, hours, place.desk.site.timezone))  # fmt: skip
    settled(page)
    page.get_by_role("button", name="Show as table").click()
    times = [each.split(", ")[-1] for each in page.locator(".chart-table tr td:first-child").all_inner_texts()]
    assert set(seen) <= set(times)
    assert "02:00" not in times
    assert len(times) == len(set(times))


def a_made_up_market(page: Page, start: datetime, hours: int, zone: str) -> None:
    starts = [start + timedelta(minutes=15 * at) for at in range(4 * hours)]
    count = len(starts)
    limits = {"price_min_ueur_per_kwh": 0, "price_max_ueur_per_kwh": 600_000, "volume_wh": 6000, "position_wh": 5000,
              "budget_ueur": 3_000_000}  # fmt: skip
    seat = {"id": SITE, "name": "Lindenweg 8", "site": SITE, "bidding": None, "may_trade": True,
            "is_simulated": False, "is_halted": False, "limits": limits}  # fmt: skip
    told = {"id": "street", "name": "Lindenweg", "timezone": zone, "product": "quarter_hour", "slot_s": 900,
            "gate_closes_before_s": 300, "horizon_s": 43_200, "mechanism": "uniform", "is_continuous": False,
            "settings": {}, "spot_ueur_per_kwh": 200_000, "margin_ueur_per_kwh": 20_000, "participant_count": 2,
            "simulated_count": 0, "seats": [seat], "halts": [], "public_key": ""}  # fmt: skip
    numbers = {name: [200_000] * count for name in (
        "price_ueur_per_kwh", "market_ueur_per_kwh", "tariff_buy_ueur_per_kwh", "tariff_sell_ueur_per_kwh",
        "agreed_ueur", "gain_ueur", "offer_buy_wh", "bought_wh")}  # fmt: skip
    nothing = {name: [None] * count for name in (
        "buy_limit_ueur_per_kwh", "sell_limit_ueur_per_kwh", "recognised_wh", "deviation_wh", "paid_ueur",
        "deviation_ueur")}  # fmt: skip
    own = {"participant": SITE, "name": "Lindenweg 8", "is_simulated": False, "at": f"{start:%Y-%m-%dT%H:%M:%S}Z",
           "slot_s": 900, "start_utc": [f"{each:%Y-%m-%dT%H:%M:%S}Z" for each in starts],
           "stage": ["matched"] * count, "offer_sell_wh": [0] * count, "sold_wh": [0] * count, **numbers, **nothing,
           "stages": [], "partners": []}  # fmt: skip
    page.route("**/api/v1/markets", lambda route: route.fulfill(json={"items": [told], "next": None}))
    page.route("**/api/v1/markets/street/own*", lambda route: route.fulfill(json=own))


def test_a_pause_is_confirmed_with_a_reason_takes_offers_back_and_holds(visit: Visitor, street: House) -> None:
    page = market(visit, street)
    page.get_by_role("button", name="Pause trading").click()
    dialog = page.get_by_role("dialog", name="Pause trading?")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    assert findings(page) == []
    dialog.get_by_role("button", name="Pause now").click()
    expect(dialog.get_by_role("alert")).to_have_text("Write a few words.")
    dialog.get_by_label("Reason").fill("We are away")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Trading is paused: nothing is offered for you")
    expect(page.get_by_text(re.compile(r"Paused\. \d+ offers? w"))).to_be_visible()
    expect(page.get_by_text("We are away").first).to_be_visible()
    own = f"{street.url}/api/v1/markets/street/orders?state=open"
    assert page.request.get(own).json()["id"] == []
    assert findings(page) == []
    page.get_by_role("button", name="Trade again").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("Back home")
    page.get_by_role("dialog").get_by_role("button", name="Trade again").click()
    expect(page.get_by_role("button", name="Pause trading")).to_be_visible()
    clock = street.face.clock
    assert isinstance(clock, VirtualClock)
    clock.jump_to(clock.now() + AGAIN)
    wait_until(lambda: bool(page.request.get(own).json()["id"]))
    audit = page.request.get(f"{street.url}/api/v1/account-audit").text()
    assert "trading paused" in audit
    assert "Back home" in audit
