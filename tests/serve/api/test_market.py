"""Markets over the API: sent once, within one's own seat, shown to whoever takes part, and told as it happens."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import numpy as np
import pytest

from enerwise.core.errors import StoreError
from enerwise.core.time import VirtualClock, instant
from enerwise.market.ledger import LedgerError
from enerwise.market.proofs import from_plain, holds
from enerwise.run.venue import Venue
from enerwise.run.venue_words import News
from enerwise.serve.api.app import make_app
from enerwise.serve.api.face import Face
from enerwise.serve.api.live.market import MarketHub, joined
from enerwise.serve.api.live.stream import EventStream
from enerwise.serve.market_desk import WAITING_MOST, MarketDesk
from enerwise.store.ledger_sign import is_signed

from .builders import FOREIGN, OWN, Client, SomeCallers, a_market_desk

SLOT = "2026-05-14T02:00:00Z"
AT = "/markets/lindenweg"


@pytest.fixture
def ada(tmp_path: Path) -> Iterator[Client]:
    """The owner of a home at a market, on a server that shows no site of its own: nothing here needs one."""
    clock = VirtualClock(instant("2026-05-14T00:00Z"))
    desk = a_market_desk(tmp_path, clock)
    face = Face({}, cast(Any, SomeCallers()), clock, tmp_path, markets={"lindenweg": desk})
    yield Client(make_app(face), face, f"owner@{OWN}")
    desk.close()


@pytest.fixture
def ben(ada: Client) -> Client:
    return ada.as_(f"owner@{FOREIGN}")


def orders(*rows: tuple[str, str, int, int], slot: str = SLOT, **more: Any) -> dict[str, Any]:
    names, sides, quantity, price = (list(each) for each in zip(*rows, strict=True))
    return {"slot": slot, "id": names, "side": sides, "quantity_wh": quantity, "price_ueur_per_kwh": price, **more}


A1, B1 = ("a1", "buy", 500, 300_000), ("b1", "sell", 500, 100_000)


def later(client: Client, minutes: float) -> None:
    """Let time pass, and the market do what is due."""
    clock, desk = client.face.clock, client.face.markets["lindenweg"]
    assert isinstance(clock, VirtualClock)
    clock.jump_to(clock.now() + np.timedelta64(int(minutes * 60_000), "ms"))
    asyncio.run(desk.tick())


def test_an_order_is_taken_once_however_often_it_is_sent(ada: Client) -> None:
    first = ada.post(f"{AT}/orders", orders(A1, ("a2", "sell", 1, 2_000_000))).json()
    assert (first["participant"], first["accepted"], first["refused"]) == ("ada", 1, 1)
    assert (first["outcome"], first["rule"]) == (["accepted", "refused"], ["", "price"])
    again = ada.post(f"{AT}/orders", orders(A1, ("a1b", "buy", 5, 200_000))).json()
    assert (again["outcome"], again["number"]) == (["known", "accepted"], [0, 1])
    own = ada.get(f"{AT}/orders").json()
    assert (own["id"], own["state"], own["left_wh"]) == (["a1", "a1b"], ["open", "open"], [500, 5])
    page = ada.get(f"{AT}/orders?limit=1&state=open").json()
    assert ada.get(f"{AT}/orders?limit=1&cursor={page['next']}").json()["id"] == ["a1b"]


def test_what_cannot_be_an_order_is_told_with_its_place(ada: Client) -> None:
    wrong = orders(A1)
    for field, value, words in (
        ("side", ["purchase"], "body.side.0: Input should be 'buy' or 'sell'"),
        ("quantity_wh", [0], "body.quantity_wh.0: Input should be greater than or equal to 1"),
        ("quantity_wh", [1.5], "body.quantity_wh.0"),
        ("price_ueur_per_kwh", [10**10], "body.price_ueur_per_kwh.0"),
        ("id", ["a b"], "body.id.0: String should match pattern"),
        ("id", ["a", "b"], "columns are of unlike length"),
        ("slot", "noon", "'noon' is no date and time"),
    ):
        answer = ada.post(f"{AT}/orders", {**wrong, field: value})
        assert answer.status_code == 422, field
        assert words in answer.json()["detail"]
    assert ada.post(f"{AT}/orders", orders(A1, slot="2026-05-14T02:01:00Z")).json()["code"] == "no-such-slot"
    late = ada.post(f"{AT}/orders", orders(A1, slot="2026-05-13T02:00:00Z")).json()
    assert late["rule"] == ["gate_closed"]


def test_nobody_acts_for_or_reads_the_pages_of_somebody_else(ada: Client, ben: Client) -> None:
    ben.post(f"{AT}/orders", orders(B1))
    for answer in (
        ada.get(f"{AT}/orders?participant=ben"),
        ada.get(f"{AT}/standing?participant=ben"),
        ada.get(f"{AT}/proofs?participant=ben&slot={SLOT}"),
        ada.post(f"{AT}/orders", orders(A1, participant="ben")),
        ada.delete(f"{AT}/orders/b1?participant=ben"),
        ada.post(f"{AT}/pause", {"participant": "ben", "reason": "x"}),
        ada.post(f"{AT}/resume", {"participant": "ben", "reason": "x"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "no-seat")
    assert ada.delete(f"{AT}/orders/b1").json()["code"] == "no-such-order", "his ids are nothing to her"
    assert "b1" not in ada.get(f"{AT}/orders").text
    public = ada.get(f"{AT}/book?slot={SLOT}").text + ada.get(f"{AT}/slots").text + ada.get(AT).text
    assert "ben" not in public
    assert ada.as_(f"viewer@{OWN}").get(f"{AT}/standing").status_code == 200, "who may see the site may look"
    assert ada.as_(f"viewer@{OWN}").post(f"{AT}/orders", orders(A1)).status_code == 403


def test_who_has_no_seat_sees_no_market(ada: Client) -> None:
    stranger = ada.as_("owner@elsewhere")
    assert stranger.get("/markets").json()["items"] == []
    assert [each["id"] for each in ada.get("/markets").json()["items"]] == ["lindenweg"]
    for path in ("", "/slots", "/book", "/trades", "/orders", "/standing", "/halts", "/events"):
        assert stranger.get(f"{AT}{path}").json()["code"] == "no-such-market"


def test_who_acts_for_several_says_for_whom(ada: Client) -> None:
    both = ada.as_("owner")
    answer = both.post(f"{AT}/orders", orders(A1))
    assert (answer.status_code, answer.json()["faults"][0]["message"]) == (422, "you act for ada, ben")
    assert both.post(f"{AT}/orders", orders(A1, participant="ben")).json()["participant"] == "ben"


def test_a_slot_from_order_to_proof(ada: Client, ben: Client) -> None:
    """Two trade, the gate closes, meters tell, the slot is settled, and each can prove what was booked."""
    ada.post(f"{AT}/orders", orders(A1)), ben.post(f"{AT}/orders", orders(B1))
    book = ada.get(f"{AT}/book?slot={SLOT}").json()
    assert (book["buy_wh"], book["sell_wh"]) == ([500], [500])
    assert ada.get(f"{AT}/proofs?slot={SLOT}").json()["code"] == "not-settled"
    later(ada, 115)
    trades = ada.get(f"{AT}/trades?slot={SLOT}").json()
    assert trades == {**ada.get(f"{AT}/trades").json(), "next": None}
    assert (trades["quantity_wh"], trades["price_ueur_per_kwh"]) == ([500], [200_000])
    readings = {"slot": SLOT, "participant": ["ada", "ben"], "energy_wh": [450, -500]}
    assert ada.post(f"{AT}/readings", readings).json()["refused"][0]["reason"] == "the slot is not over yet"
    later(ada, 20)
    told = ada.post(f"{AT}/readings", readings).json()
    assert (told["accepted"], [each["reason"] for each in told["refused"]]) == (1, ["not yours to tell"])
    later(ada, 15)
    standing = ada.get(f"{AT}/standing").json()
    (position,) = standing["positions"]
    assert (position["bought_wh"], position["recognised_wh"], position["paid_ueur"]) == (500, 0, 100_000)
    assert (position["deviation_wh"], position["is_unread"]) == (-50, False), "ben's meter is silent: ada is not harmed"
    assert (standing["reserved_ueur"], standing["free_ueur"], standing["settled_ueur"]) == (0, 9_909_500, 90_500)
    slot = next(each for each in ada.get(f"{AT}/slots").json()["items"] if each["start_utc"].startswith(SLOT[:16]))
    assert (slot["state"], slot["unread_count"]) == ("settled", 1)
    told = ada.get(f"{AT}/proofs?slot={SLOT}").json()
    proof = from_plain(told)
    holds(proof, bytes.fromhex(slot["root"]))
    assert is_signed(ada.get(AT).json()["public_key"].encode(), proof.to_bytes(), proof.signature)
    accounts = {name for each in proof.entries for name in (each.transfer.debit, each.transfer.credit)}
    assert {"cash:ada", "energy:ada"} <= accounts
    assert not {"cash:ben", "energy:ben"} & accounts


def test_an_order_can_be_taken_back_until_it_is_filled(ada: Client) -> None:
    ada.post(f"{AT}/orders", orders(A1))
    assert ada.delete(f"{AT}/orders/a1").json() == {"id": "a1", "outcome": "cancelled"}
    assert ada.delete(f"{AT}/orders/a1").json()["outcome"] == "gone"
    assert ada.get(f"{AT}/standing").json()["reserved_ueur"] == 0


def test_pauses_are_ones_own_and_halts_those_of_the_operator(ada: Client, ben: Client) -> None:
    assert ada.post(f"{AT}/pause", {"reason": "holiday"}).json()["items"][0]["by"] == "own"
    assert ada.post(f"{AT}/orders", orders(A1)).json()["rule"] == ["halted"]
    assert [each["reason"] for each in ben.get(f"{AT}/halts").json()["items"]] == ["holiday"], "halts are public"
    assert ada.post(f"{AT}/halts", {"reason": "drill"}).status_code == 403
    operator = ada.as_("owner")
    operator.post(f"{AT}/halts", {"reason": "drill"})
    assert ada.post(f"{AT}/resume", {"reason": "back"}).json()["items"][0]["by"] == "operator"
    assert ben.post(f"{AT}/orders", orders(B1)).json()["rule"] == ["halted"]
    assert operator.post(f"{AT}/halts", {"participant": "nobody", "reason": "x"}).status_code == 404
    assert operator.delete(f"{AT}/halts").json()["items"] == []
    assert ben.post(f"{AT}/orders", orders(B1)).json()["accepted"] == 1


def test_what_the_supervisor_has_seen_is_shown_to_whoever_runs_the_server(ada: Client) -> None:
    desk = ada.face.markets["lindenweg"]
    asyncio.run(desk.do(lambda venue, at_ns: venue.noted.append((at_ns, (1,), "round-trip in slot x"))))
    assert ada.get(f"{AT}/findings").status_code == 403
    (found,) = ada.as_("owner").get(f"{AT}/findings").json()["items"]
    assert (found["participants"], found["what"]) == (["ben"], "round-trip in slot x")


def test_news_are_numbered_and_go_on_where_a_listener_left(ada: Client, ben: Client) -> None:
    hub = MarketHub(ada.face.clock)
    ada.face.markets["lindenweg"].tell = hub.tell
    ada.post(f"{AT}/orders", orders(A1)), ben.post(f"{AT}/orders", orders(B1))
    later(ada, 115)
    ada.post(f"{AT}/pause", {"reason": "holiday"})
    heard = asyncio.run(_heard(hub, after=0, count=4))
    assert [(kind, each["seq"]) for kind, each in heard] == [("heartbeat", 3), ("trades", 1), ("slot", 2), ("halt", 3)]
    assert heard[1][1] == {"seq": 1, "at": "2026-05-14T01:55:00.000Z", "slot": "2026-05-14T02:00Z/900", "number": [0],
                           "buy": [0], "sell": [1], "quantity_wh": [500], "price_ueur_per_kwh": [200_000]}  # fmt: skip
    assert [kind for kind, _ in asyncio.run(_heard(hub, after=2, count=2))] == ["heartbeat", "halt"]


async def _heard(hub: MarketHub, *, after: int, count: int) -> list[tuple[str, dict[str, Any]]]:
    """Read a stream until so many messages have come, then leave."""
    messages, ends = list[bytes](), asyncio.Event()

    async def receive() -> dict[str, Any]:
        await ends.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        messages.extend(each for each in message.get("body", b"").split(b"\n\n") if each)
        if len(messages) >= count:
            ends.set()

    async def still_may() -> bool:
        return True

    async with asyncio.timeout(5.0):
        await EventStream(hub, after, still_may)({"type": "http"}, receive, send)
    lines = [dict(line.split(b": ", 1) for line in each.split(b"\n")) for each in messages]
    return [(each[b"event"].decode(), json.loads(each[b"data"])) for each in lines]


def test_orders_that_come_at_the_same_time_are_taken_together(ada: Client) -> None:
    desk, times = ada.face.markets["lindenweg"], list[int]()

    async def go() -> list[httpx.Response]:
        await desk.do(lambda venue, _: _count_takes(venue, times))
        transport = httpx.ASGITransport(app=ada.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8600") as client:
            sends = [
                client.post(f"/api/v1{AT}/orders", json=orders((f"a{at}", "buy", 1, 100_000)), headers=bearer)
                for at in range(20)
            ]
            return await asyncio.gather(*sends)

    bearer = {"Authorization": f"Bearer {ada.who}"}
    answers = [each.json() for each in asyncio.run(go())]
    assert sorted(each["number"][0] for each in answers) == list(range(20))
    assert sum(times) == 20
    assert len(times) < 20


def _count_takes(venue: Venue, times: list[int]) -> None:
    take = venue.take

    def counted(asked: Any, at_ns: int) -> Any:
        times.append(len(asked))
        return take(asked, at_ns)

    venue.take = counted  # type: ignore[method-assign]


@pytest.mark.parametrize("error", [StoreError("the disk is full"), LedgerError("was altered")])
def test_a_market_that_cannot_be_written_says_so_and_takes_the_same_orders_later(ada: Client, error: Exception) -> None:
    desk = ada.face.markets["lindenweg"]

    def broken(*_: Any) -> Any:
        raise error

    def breaks(venue: Venue, _: int) -> None:
        venue.journal.add = broken  # type: ignore[assignment,method-assign]

    def mends(venue: Venue, _: int) -> None:
        del venue.journal.add

    asyncio.run(desk.do(breaks))
    answer = ada.post(f"{AT}/orders", orders(A1))
    assert (answer.status_code, answer.json()["code"]) == (503, "market-silent")
    assert str(error) in answer.json()["detail"]
    asyncio.run(desk.do(mends))
    assert ada.post(f"{AT}/orders", orders(A1)).json()["outcome"] == ["accepted"]


def test_more_orders_than_can_wait_are_refused_for_now(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ada.face.markets["lindenweg"], "_waiting_count", WAITING_MOST)
    answer = ada.post(f"{AT}/orders", orders(A1))
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "market-busy", "1")


def test_a_market_comes_back_with_everything_after_the_server_was_killed(ada: Client) -> None:
    ada.post(f"{AT}/orders", orders(A1))
    killed = ada.face.markets["lindenweg"]
    again = MarketDesk(killed.facts, killed.clock, killed.places)
    ada.face.markets["lindenweg"] = again  # type: ignore[index]
    assert ada.post(f"{AT}/orders", orders(A1)).json()["outcome"] == ["known"]
    assert ada.get(f"{AT}/standing").json()["reserved_ueur"] == 150_000
    again.close()


def test_trades_of_one_slot_that_follow_each_other_are_told_as_one() -> None:
    one = News("trades", 1, {"slot": "a", "number": np.array([0])})
    other = News("trades", 2, {"slot": "a", "number": np.array([1])})
    apart = News("trades", 3, {"slot": "b", "number": np.array([0])})
    told = joined([one, other, apart, News("halt", 4, {}), other])
    assert [each.kind for each in told] == ["trades", "trades", "halt", "trades"]
    assert told[0].facts["number"].tolist() == [0, 1]
