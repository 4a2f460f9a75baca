"""One's own at a market: what is shown of each slot, statements to take away, and a pause that holds."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from enerwise.core.time import VirtualClock, instant
from enerwise.serve.api.app import make_app
from enerwise.serve.api.face import Desk, Face, NoDoor
from enerwise.store.memory import MemoryStore

from .builders import FOREIGN, OWN, Client, SomeCallers, a_home, a_market_desk
from .test_market import A1, AT, B1, SLOT, later, orders

NEXT = "2026-05-14T02:15:00Z"
TARIFF_BUY, TARIFF_SELL = 270_000, 80_000


class Ground:
    """Remembers what would stand in the audit."""

    def __init__(self) -> None:
        self.trail, self.lines = self, list[dict[str, Any]]()

    def note(self, kind: str, subject: str, **facts: Any) -> None:
        self.lines.append({"kind": kind, "subject": subject, **facts})


class Callers(SomeCallers):
    def __init__(self) -> None:
        super().__init__()
        self.ground = Ground()


@pytest.fixture
def ada(tmp_path: Path) -> Iterator[Client]:
    """The owner of a home with a tariff, at a market with others."""
    clock = VirtualClock(instant("2026-05-14T00:00Z"))
    desk = a_market_desk(tmp_path, clock)
    site = a_home()
    line = cast(Any, None)
    home = Desk(site, MemoryStore(), tmp_path, NoDoor(), line, line)
    face = Face({OWN: home}, cast(Any, Callers()), clock, tmp_path, markets={"lindenweg": desk})
    yield Client(make_app(face), face, f"owner@{OWN}")
    desk.close()


@pytest.fixture
def ben(ada: Client) -> Client:
    return ada.as_(f"owner@{FOREIGN}")


def own(client: Client, slot: str = SLOT) -> dict[str, Any]:
    """What is shown of one slot, with all sums."""
    told = client.get(f"{AT}/own").json()
    at = [each[:16] for each in told["start_utc"]].index(slot[:16])
    columns = {name: each[at] for name, each in told.items() if isinstance(each, list) and len(each) == 192}
    return columns | {"sums": {each["stage"]: each for each in told["stages"]}, "partners": told["partners"]}


def counted(ada: Client, ben: Client) -> None:
    """Meters tell what was traded."""
    for who, name, energy_wh in ((ada, "ada", 500), (ben, "ben", -500)):
        readings = {"slot": SLOT, "participant": [name], "energy_wh": [energy_wh]}
        assert who.post(f"{AT}/readings", readings).json()["accepted"] == 1


def test_an_offer_becomes_a_deal_is_delivered_and_settled(ada: Client, ben: Client) -> None:
    assert own(ada)["stage"] == "none"
    ada.post(f"{AT}/orders", orders(A1)), ada.post(f"{AT}/orders", orders(("a2", "buy", 300, 90_000)))
    offered = own(ada)
    assert (offered["stage"], offered["offer_buy_wh"], offered["buy_limit_ueur_per_kwh"]) == ("offered", 800, 300_000)
    assert (offered["tariff_buy_ueur_per_kwh"], offered["tariff_sell_ueur_per_kwh"]) == (TARIFF_BUY, TARIFF_SELL)
    ben.post(f"{AT}/orders", orders(B1))
    later(ada, 115)
    matched = own(ada)
    assert (matched["stage"], matched["bought_wh"], matched["price_ueur_per_kwh"]) == ("matched", 500, 200_000)
    assert matched["gain_ueur"] == 500 * (TARIFF_BUY - 200_000) // 1000
    assert matched["sums"]["matched"] == {"stage": "matched", "slot_count": 1, "buy_wh": 500, "sell_wh": 0,
                                          "pay_ueur": 100_000, "receive_ueur": 0, "gain_ueur": 35_000}  # fmt: skip
    later(ada, 21)
    assert own(ada)["stage"] == "delivered"
    counted(ada, ben)
    later(ada, 15)
    settled = own(ada)
    assert (settled["stage"], settled["paid_ueur"], settled["deviation_ueur"]) == ("settled", 100_000, 0)
    assert settled["sums"]["settled"]["pay_ueur"] == 100_000
    assert settled["sums"]["matched"]["slot_count"] == 0


def test_a_seller_gains_against_what_the_supplier_gives_and_nobody_knows_the_tariff_of_somebody_else(
    ada: Client, ben: Client
) -> None:
    ada.post(f"{AT}/orders", orders(("a1", "sell", 500, 100_000)))
    ben.post(f"{AT}/orders", orders(("b1", "buy", 500, 200_000)))
    later(ada, 115)
    sold, bought = own(ada), own(ben)
    assert (sold["agreed_ueur"], sold["gain_ueur"]) == (-75_000, 75_000 - 500 * TARIFF_SELL // 1000)
    assert (bought["agreed_ueur"], bought["gain_ueur"], bought["tariff_buy_ueur_per_kwh"]) == (75_000, None, None)


def test_an_offer_that_nobody_wanted_is_no_deal(ada: Client) -> None:
    ada.post(f"{AT}/orders", orders(A1))
    later(ada, 115)
    assert (own(ada)["stage"], own(ada)["gain_ueur"]) == ("unmatched", None)


def test_partners_are_named_only_where_they_agreed(ada: Client, ben: Client) -> None:
    ada.post(f"{AT}/orders", orders(A1)), ben.post(f"{AT}/orders", orders(B1))
    ada.post(f"{AT}/orders", orders(("a9", "buy", 200, 300_000), slot=NEXT))
    ben.post(f"{AT}/orders", orders(("b9", "sell", 200, 100_000), slot=NEXT))
    later(ada, 135)
    (told,) = own(ada)["partners"]
    assert told == {"name": "Ben from no. 1", "is_simulated": False, "partner_count": 1, "slot_count": 2,
                    "bought_wh": 700, "sold_wh": 0}  # fmt: skip
    (told,) = own(ben)["partners"]
    assert (told["name"], told["partner_count"], told["sold_wh"]) == (None, 1, 700)
    assert "ada" not in json.dumps(ben.get(f"{AT}/own").json()["partners"]).lower()


def test_a_pause_takes_back_what_stands_holds_and_is_on_record(ada: Client, ben: Client) -> None:
    ada.post(f"{AT}/orders", orders(A1)), ada.post(f"{AT}/orders", orders(("a2", "buy", 5, 200_000), slot=NEXT))
    ben.post(f"{AT}/orders", orders(B1))
    assert ada.post(f"{AT}/pause", {}).status_code == 422, "why is asked for"
    assert ada.as_(f"viewer@{OWN}").post(f"{AT}/pause", {"reason": "x"}).status_code == 403
    told = ada.post(f"{AT}/pause", {"reason": "holiday"}).json()
    assert (told["withdrawn_count"], told["items"][0]["reason"]) == (2, "holiday")
    assert ada.get(f"{AT}/orders").json()["state"] == ["cancelled", "cancelled"]
    assert ben.get(f"{AT}/orders").json()["state"] == ["open"]
    assert ada.get(f"{AT}/standing").json()["reserved_ueur"] == 0
    assert ada.post(f"{AT}/orders", orders(("a3", "buy", 5, 200_000))).json()["rule"] == ["halted"]
    assert own(ada)["stage"] == "none"
    assert ada.post(f"{AT}/pause", {"reason": "still"}).json()["withdrawn_count"] == 0
    assert ada.post(f"{AT}/resume", {"reason": "back"}).json()["items"] == []
    assert ada.post(f"{AT}/orders", orders(("a3", "buy", 5, 200_000))).json()["accepted"] == 1
    lines = cast(Any, ada.face.accounts).ground.lines
    assert [(each["what"], each["reason"], each["who"]) for each in lines] == [
        ("trading paused", "holiday", "owner-1"),
        ("trading paused", "still", "owner-1"),
        ("trading resumed", "back", "owner-1"),
    ]
    assert (lines[0]["subject"], lines[0]["withdrawn_count"]) == (OWN, 2)


def test_a_statement_has_a_row_for_each_settled_slot_and_is_ones_own(ada: Client, ben: Client) -> None:
    ada.post(f"{AT}/orders", orders(A1)), ben.post(f"{AT}/orders", orders(B1))
    later(ada, 136)
    counted(ada, ben)
    later(ada, 15)
    answer = ada.get(f"{AT}/statement")
    assert answer.headers["content-disposition"] == 'attachment; filename="statement-lindenweg-ada.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    (row,) = [each for each in rows if each["slot"]]
    assert (row["start_utc"], row["traded_wh"], row["trade_ueur"]) == (SLOT, "500", "-100000")
    assert not list(csv.DictReader(io.StringIO(ada.get(f"{AT}/statement?from=2026-05-15T00:00:00Z").text)))
    assert ada.get(f"{AT}/statement?participant=ben").status_code == 403
    assert ada.get(f"{AT}/statement?form=xlsx").status_code == 422


def test_a_statement_is_a_document_too(ada: Client) -> None:
    pytest.importorskip("typst")
    answer = ada.get(f"{AT}/statement?form=pdf")
    assert (answer.headers["content-type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize(
    "asked", ["from=2026-05-14T10:00:00Z&to=2026-05-14T09:00:00Z", "from=2020-01-01T00:00:00Z", "to=x"]
)
def test_a_span_that_is_none_is_refused(ada: Client, asked: str) -> None:
    assert ada.get(f"{AT}/own?{asked}").status_code == 422


def test_slots_of_a_local_day_follow_the_calendar(ada: Client) -> None:
    told = ada.get(f"{AT}/own?from=2026-10-24T22:00:00Z&to=2026-10-25T23:00:00Z").json()
    assert len(told["start_utc"]) == 100
    assert set(told["stage"]) == {"none"}
