"""A venue takes orders once, within limits, clears at the gate, settles, and comes back as it was after a kill."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerwise.core.errors import StoreError
from enerwise.market.ledger import Refusal, Transfer
from enerwise.market.settle import cash
from enerwise.market.statement import statement, to_csv
from enerwise.run.venue import Venue
from enerwise.run.venue_book import State
from enerwise.run.venue_facts import MeterKind, Total
from enerwise.run.venue_records import METERED
from enerwise.run.venue_seen import levels, position, states, unread_count
from enerwise.run.venue_words import EVERYBODY, OWN
from enerwise.store.journal import Journal, Record
from enerwise.store.ledger import MemoryLedger
from enerwise.store.ledger_sqlite import SqliteLedger

from .venues import ADA, BEN, CEM, DORA, MIN, NOW_NS, SLOT, S, a_venue, asked, taken

A1, A2 = ("a1", "buy", 1000, 300_000), ("a2", "buy", 500, 250_000)
B1 = ("b1", "sell", 1200, 200_000)


def test_the_same_id_is_the_same_order_in_one_batch_in_the_next_and_after_the_gate(tmp_path: Path) -> None:
    venue = a_venue(tmp_path)
    first, again = taken(venue, asked(ADA, A1, A2, A1), asked(ADA, A2))
    assert first.outcome == ["accepted", "accepted", "refused"]
    assert first.rule[2] == "id_used", "one batch says each order once"
    assert (again.outcome, again.number.tolist()) == (["known"], [1])
    (other,) = taken(venue, asked(ADA, ("a1", "buy", 1001, 300_000)))
    assert (other.outcome, other.rule) == (["refused"], ["id_used"])
    (late,) = taken(venue, asked(ADA, A1, ("a3", "buy", 1, 1)), at_ns=venue.facts.gate_ns(SLOT))
    assert (late.outcome, late.rule) == (["known", "refused"], ["", "gate_closed"])
    assert venue.books[SLOT.id].orders.count == 2
    (foreign,) = taken(venue, asked(BEN, ("a1", "sell", 5, 5)))
    assert foreign.outcome == ["accepted"], "names are each participant's own"


@pytest.mark.parametrize(
    ("order", "rule"),
    [
        (("x", "buy", 0, 200_000), "quantity"),
        (("x", "buy", 100, 1_000_001), "price"),
        (("x", "sell", 100, -100_001), "price"),
        (("x", "buy", 40_001, 100_000), "position"),
        (("x", "sell", 50_001, 100_000), "volume"),
        (("x", "buy", 30_000, 700_000), "budget"),
        (("x", "buy", 30_000, 350_000), "credit"),
    ],
)
def test_the_guard_says_which_rule_refused(tmp_path: Path, order: tuple[str, str, int, int], rule: str) -> None:
    venue = a_venue(tmp_path)
    (answer,) = taken(venue, asked(ADA, order))
    assert (answer.outcome, answer.rule, answer.number.tolist()) == (["refused"], [rule], [-1])
    (again,) = taken(venue, asked(ADA, ("x", "buy", 100, 100_000)))
    assert again.outcome == ["accepted"], "what was refused leaves its name free"


def test_no_order_for_a_slot_that_is_not_there_over_or_too_far_ahead(tmp_path: Path) -> None:
    venue = a_venue(tmp_path)
    far = venue.facts.slot_at(SLOT.start_utc + np.timedelta64(2, "D"))
    for slot, rule in ((None, "no_slot"), (far, "not_open_yet")):
        (answer,) = taken(venue, asked(ADA, A1, slot=slot))
        assert answer.rule == [rule]
    assert venue.facts.slot_at(SLOT.start_utc + np.timedelta64(1, "m")) is None


def test_money_is_held_from_the_order_on_and_comes_back_when_it_is_gone(tmp_path: Path) -> None:
    venue = a_venue(tmp_path)
    taken(venue, asked(ADA, A1, A2))
    assert (venue.free_ueur(ADA), venue.reserved_ueur(ADA)) == (10_000_000 - 425_000, 425_000)
    assert venue.cancel(ADA, ["a2", "a9"], NOW_NS) == ["cancelled", "unknown"]
    assert venue.cancel(ADA, ["a2"], NOW_NS) == ["gone"]
    assert venue.reserved_ueur(ADA) == 300_000
    venue.tick(venue.facts.gate_ns(SLOT))
    venue.tick(venue.facts.gate_ns(SLOT) + S)
    assert venue.reserved_ueur(ADA) == 0, "nobody sold; what was not filled is given back after the gate"
    (answer,) = taken(venue, asked(ADA, ("b", "buy", 28_000, 357_000), slot=SLOT.next()))
    assert answer.outcome == ["accepted"], "and can be used again"


def test_a_call_market_meets_at_the_gate_and_a_continuous_one_at_once(tmp_path: Path) -> None:
    for mechanism, filled in (("uniform", [0]), ("continuous", [1200])):
        folder = tmp_path / mechanism
        folder.mkdir()
        venue = a_venue(folder, mechanism)
        _, answer = taken(venue, asked(ADA, A1, A2), asked(BEN, B1))
        assert answer.filled_wh.tolist() == filled
        venue.tick(venue.facts.gate_ns(SLOT))
        book = venue.books[SLOT.id]
        assert (book.state, int(book.trades["quantity_wh"].sum())) == (State.CLEARED, 1200)
        assert states(book, np.arange(3)) == ["filled", "part", "filled"]
        assert [each.kind for each in venue.news] == ["trades", "slot"]


def test_the_book_shows_energy_at_each_price_best_first(tmp_path: Path) -> None:
    venue = a_venue(tmp_path)
    taken(venue, asked(ADA, A1, A2), asked(BEN, ("b1", "buy", 7, 250_000), ("b2", "sell", 9, 400_000)))
    price, energy, count = levels(venue.books[SLOT.id], is_buy=True)
    assert (price.tolist(), energy.tolist(), count.tolist()) == ([300_000, 250_000], [1000, 507], [1, 2])
    assert levels(venue.books[SLOT.id], is_buy=False)[0].tolist() == [400_000]


def cleared(folder: Path) -> Venue:
    venue = a_venue(folder)
    taken(venue, asked(ADA, A1, A2), asked(BEN, B1))
    venue.tick(venue.facts.gate_ns(SLOT))
    return venue


def totals(venue: Venue) -> dict[str, int]:
    made = {"energy": 0, "money": 0}
    for name, balance in venue.ledger.balances().items():
        made["energy" if name.startswith("energy:") else "money"] += balance.net
    return made


def test_a_slot_is_settled_by_meters_at_its_deadline(tmp_path: Path) -> None:
    venue = cleared(tmp_path)
    assert venue.meter(SLOT, {ADA: 900, BEN: -1200}, NOW_NS + 90 * MIN) == {}
    book = venue.books[SLOT.id]
    venue.tick(venue.settles_ns(book) - 1)
    assert book.state is State.CLEARED
    venue.tick(venue.settles_ns(book))
    seen = [position(book, party) for party in (ADA, BEN)]
    assert [(each.bought_wh - each.sold_wh, each.recognised_wh) for each in seen] == [(1200, 900), (-1200, -900)]
    assert [each.deviation_wh for each in seen] == [-300, 0], "who does not take pays, and not the partner"
    assert (book.state, unread_count(book)) == (State.SETTLED, 0)
    assert (venue.reserved_ueur(ADA), venue.reserved_ueur(BEN)) == (0, 0)
    assert totals(venue) == {"energy": 0, "money": 0}
    assert "settled" in venue.meter(SLOT, {ADA: 1}, NOW_NS + 200 * MIN)[ADA]


def test_missing_is_not_zero_and_whoever_has_no_reading_is_posted_nothing(tmp_path: Path) -> None:
    """A reading of zero is a deviation; none at all leaves that participant void, and the partner unharmed."""
    for counted, unread, ben in (({ADA: 1200}, 1, 0), ({ADA: 1200, BEN: 0}, 0, 1200)):
        folder = tmp_path / str(unread)
        folder.mkdir()
        venue = cleared(folder)
        venue.meter(SLOT, counted, NOW_NS + 90 * MIN)
        book = venue.books[SLOT.id]
        venue.tick(venue.settles_ns(book))
        assert book.settlement is not None
        assert (unread_count(book), int(book.settlement.deviation_wh[BEN])) == (unread, ben)
        ada, other = (position(book, party) for party in (ADA, BEN))
        assert (ada.paid_ueur, ada.deviation_wh, ada.is_unread) == (ada.agreed_ueur, 0, False)
        assert (other.is_unread, other.paid_ueur == 0) == (bool(unread), bool(unread))
        assert totals(venue) == {"energy": 0, "money": 0}
        names = venue.facts.names
        if unread:
            assert venue.ledger.balances()[cash(names[BEN])].net == 10_000_000
            told = statement(venue.ledger.entries(), names[BEN]).slots[-1]
            assert (told.is_unread, told.energy_wh, told.money_ueur) == (True, 0, 0)
            assert "no reading" in to_csv(statement(venue.ledger.entries(), names[BEN]))
        assert news(venue)["unread_count"] == unread


def news(venue: Venue) -> Mapping[str, Any]:
    return [each for each in venue.news if each.kind == "slot"][-1].facts


def test_a_reading_that_cannot_be_is_refused_with_a_reason_and_the_next_one_counts(tmp_path: Path) -> None:
    venue, late = cleared(tmp_path), NOW_NS + 90 * MIN
    book = venue.books[SLOT.id]
    early = venue.meter(SLOT, {ADA: 900}, NOW_NS + 65 * MIN)
    assert "s from the end of the slot" in early[ADA]
    assert "above the 10000 Wh that the connection can take" in venue.meter(SLOT, {ADA: 10_001}, late)[ADA]
    assert "above the 5000 Wh that the connection can send" in venue.meter(SLOT, {BEN: -5_001}, late)[BEN]
    assert "nobody of that number" in venue.meter(SLOT, {9: 1}, late)[9]
    wrong = venue.meter(SLOT, {ADA: 900}, late, source=MeterKind.SITE)
    assert "came from source site, and only told counts for ada" in wrong[ADA]
    assert not book.counted.has_reading.any()
    assert position(book, ADA).refused == "source"
    assert venue.meter(SLOT, {ADA: 900}, late) == venue.meter(SLOT, {ADA: 900}, late) == {}
    assert "900 Wh was accepted before" in venue.meter(SLOT, {ADA: 901}, late)[ADA]
    assert (book.counted.taken_wh[ADA], position(book, ADA).refused) == (900, "")


def test_a_meter_that_repeats_what_was_refused_fills_no_journal(tmp_path: Path) -> None:
    venue = cleared(tmp_path)
    for minute in range(90, 95):
        venue.meter(SLOT, {ADA: 99_999}, NOW_NS + minute * MIN)
    assert sum(each.kind == METERED for each in venue.journal.records([SLOT.id])) == 1


def test_readings_that_do_not_add_up_to_the_meter_of_all_count_for_nobody(tmp_path: Path) -> None:
    for total_wh, is_read in ((4, True), (400, False)):
        folder = tmp_path / str(total_wh)
        folder.mkdir()
        venue = a_venue(folder)
        venue.facts = replace(venue.facts, total=Total("station"))
        taken(venue, asked(ADA, A1, A2), asked(BEN, B1), asked(CEM, ("c", "buy", 1, 0)))
        venue.tick(venue.facts.gate_ns(SLOT))
        venue.meter(SLOT, {ADA: 1200, BEN: -1200, CEM: 0}, NOW_NS + 90 * MIN)
        venue.meter_total(SLOT, total_wh, NOW_NS + 90 * MIN)
        book = venue.books[SLOT.id]
        venue.tick(venue.settles_ns(book))
        assert (position(book, ADA).is_unread, position(book, ADA).refused) == (
            not is_read,
            "" if is_read else "balance",
        )
        assert totals(venue) == {"energy": 0, "money": 0}


def test_who_is_simulated_does_what_was_traded(tmp_path: Path) -> None:
    venue = a_venue(tmp_path)
    taken(venue, asked(DORA, ("d", "sell", 1000, 200_000)), asked(ADA, A1))
    venue.tick(venue.facts.gate_ns(SLOT))
    venue.meter(SLOT, {ADA: 1000}, NOW_NS + 90 * MIN)
    book = venue.books[SLOT.id]
    venue.tick(venue.settles_ns(book))
    seen = position(book, DORA)
    assert (seen.recognised_wh, seen.deviation_wh, unread_count(book)) == (-1000, 0, 0)


def test_a_halt_by_the_supervisor_is_not_lifted_by_oneself(tmp_path: Path) -> None:
    venue = a_venue(tmp_path)
    venue.halt(ADA, "holiday", NOW_NS, by=OWN)
    venue.halt(ADA, "looked strange", NOW_NS)
    venue.resume(ADA, NOW_NS, by=OWN)
    assert taken(venue, asked(ADA, A1))[0].rule == ["halted"]
    venue.resume(ADA, NOW_NS)
    assert taken(venue, asked(ADA, A1))[0].outcome == ["accepted"]
    venue.halt(EVERYBODY, "drill", NOW_NS)
    assert taken(venue, asked(BEN, B1))[0].rule == ["halted"]


def test_who_trades_with_himself_under_two_names_is_halted_with_the_reason(tmp_path: Path) -> None:
    venue = a_venue(tmp_path, "continuous")
    taken(venue, asked(CEM, ("c", "buy", 10, 300_000)), asked(DORA, ("d", "sell", 10, 200_000)))
    venue.tick(venue.facts.gate_ns(SLOT))
    assert venue.halted().tolist() == [False, False, True, True]
    assert venue.halts.of(CEM)[0].reason == "wash-trade in slot 2026-05-14T11:00Z/900: traded_wh 10"


@pytest.mark.parametrize("mechanism", ["uniform", "continuous"])
def test_a_venue_that_was_killed_comes_back_as_it_was(tmp_path: Path, mechanism: str) -> None:
    """Opened again after every step: the same orders, trades, halts and entries, and nothing booked twice."""
    venue = a_venue(tmp_path, mechanism, ledger=SqliteLedger(tmp_path / "market.db"))
    steps: list[Callable[[], object]] = [
        lambda: taken(venue, asked(ADA, A1, A2), asked(BEN, B1)),
        lambda: venue.cancel(ADA, ["a2"], NOW_NS + S),
        lambda: venue.halt(CEM, "drill", NOW_NS + 2 * S),
        lambda: venue.tick(venue.facts.gate_ns(SLOT)),
        lambda: venue.meter(SLOT, {ADA: 900, BEN: -99_000}, NOW_NS + 80 * MIN),
        lambda: venue.meter_total(SLOT, 900, NOW_NS + 81 * MIN),
        lambda: venue.settle(SLOT, NOW_NS + 100 * MIN),
    ]
    for step in steps:
        step()
        again = Venue.open(venue.facts, SqliteLedger(tmp_path / "market.db"), Journal(tmp_path / "journal.db"), NOW_NS)
        assert said(again) == said(venue)
        assert again.ledger.head() == venue.ledger.head()
        (repeated,) = again.take([asked(ADA, A1)], NOW_NS + 200 * MIN)
        assert repeated.outcome == ["known"]


def said(venue: Venue) -> dict[str, object]:
    book = venue.books[SLOT.id]
    columns = {
        name: book.orders[name].tolist() for name in ("participant", "quantity_wh", "left_wh", "gone", "came_ns")
    }
    trades = {name: book.trades[name].tolist() for name in ("buy", "sell", "quantity_wh", "buy_price_ueur_per_kwh")}
    used = [each.tolist() for each in (book.used.volume_wh, book.used.cost_ueur)]
    read = [*book.counted.has_reading.tolist(), *book.counted.taken_wh.tolist(), book.refused, book.total_wh]
    return {"orders": columns, "trades": trades, "read": read, "state": book.state,
            "used": used, "halts": venue.halted().tolist(),
            "ids": book.client_ids, "free": [venue.free_ueur(each) for each in range(4)]}  # fmt: skip


def test_killed_between_journal_and_ledger_what_was_accepted_is_reserved_when_it_comes_back(tmp_path: Path) -> None:
    ledger = Failing()
    venue = a_venue(tmp_path, ledger=ledger)
    ledger.fails = True
    with pytest.raises(StoreError):
        taken(venue, asked(ADA, A1))
    with pytest.raises(StoreError):
        taken(venue, asked(BEN, B1))
    assert venue.reserved_ueur(ADA) == 0
    again = Venue.open(venue.facts, MemoryLedger(), Journal(tmp_path / "journal.db"), NOW_NS)
    assert again.reserved_ueur(ADA) == 300_000
    ledger.fails = False
    assert taken(venue, asked(ADA, A1))[0].outcome == ["known"], "and without a kill it is tried again"
    assert venue.reserved_ueur(ADA) == 300_000


def test_a_full_disk_accepts_nothing_and_uses_up_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    venue = a_venue(tmp_path)

    def full(_: list[Record]) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(venue.journal, "add", full)
        with pytest.raises(StoreError):
            taken(venue, asked(ADA, A1))
    assert taken(venue, asked(ADA, ("big", "buy", 28_000, 350_000)))[0].outcome == ["accepted"]
    assert venue.books[SLOT.id].orders.count == 1


def test_participants_keep_their_numbers_when_the_file_is_changed(tmp_path: Path) -> None:
    venue = a_venue(tmp_path)
    taken(venue, asked(BEN, B1))
    facts = replace(venue.facts, parties=tuple(reversed(venue.facts.parties[1:])))
    again = Venue.open(facts, venue.ledger, Journal(tmp_path / "journal.db"), NOW_NS)
    assert again.facts.names == ("ada", "ben", "cem", "dora")
    assert again.halted().tolist() == [True, False, False, False], "ada has left"
    assert again.take([asked(BEN, B1)], NOW_NS)[0].outcome == ["known"]
    assert again.ledger.balances()[cash("ben")].net == 10_000_000, "deposits are booked once"


class Failing(MemoryLedger):
    """A ledger whose disk may be full."""

    fails = False

    def submit(self, transfers: Sequence[Transfer], at_ns: int) -> list[Refusal]:
        if self.fails:
            raise StoreError("the disk is full")
        return super().submit(transfers, at_ns)
