"""What a market shows, as `shapes.market` tells it. Called in the market's thread."""

from dataclasses import asdict
from typing import Any, Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.product import Slot
from enerwise.market.settle import cash, energy, owed
from enerwise.run.venue import Venue
from enerwise.run.venue_book import SlotBook, State
from enerwise.run.venue_facts import Facts, Limits, Party, from_ns
from enerwise.run.venue_seen import levels, position, slot_facts, states
from enerwise.run.venue_words import EVERYBODY, Answer, Halts
from enerwise.serve.api.access import Action
from enerwise.serve.api.market_seats import Table
from enerwise.store.ledger import ClosedSlot

NS_PER_MS: Final = 1_000_000
Shape = dict[str, Any]


def market(venue: Venue, at: Table) -> Shape:
    """Return a market as a caller sees it."""
    facts, tradable, halted = venue.facts, {each.id for each in at.seats(Action.TRADE)}, venue.halted()
    numbers = {each.id: number for number, each in enumerate(facts.parties)}
    return {
        "id": facts.id,
        "name": facts.name,
        "timezone": facts.zone,
        "product": facts.product.name,
        "slot_s": facts.product.length_s,
        "gate_closes_before_s": facts.product.gate_closes_before_s,
        "horizon_s": facts.horizon_s,
        "mechanism": facts.rule.name,
        "is_continuous": facts.is_continuous,
        "settings": dict(facts.settings),
        "spot_ueur_per_kwh": facts.balancing.spot_ueur_per_kwh,
        "margin_ueur_per_kwh": facts.balancing.margin_ueur_per_kwh,
        "participant_count": len(at.desk.facts.parties),
        "simulated_count": sum(each.is_simulated for each in at.desk.facts.parties),
        "seats": [
            {
                "id": each.id,
                "name": each.name,
                "site": each.site,
                "bidding": None if each.bidding is None else asdict(each.bidding),
                "may_trade": each.id in tradable,
                "is_simulated": each.is_simulated,
                "is_halted": bool(halted[numbers[each.id]]),
                "limits": limits(each.limits),
            }
            for each in at.seats()
        ],
        "halts": halts(facts, venue.halts),
        "public_key": at.desk.public_key,
    }


def limits(found: Limits) -> Shape:
    """Return limits."""
    return asdict(found)


def halts(facts: Facts, found: Halts, party: int | None = None) -> list[Shape]:
    """Return who may not trade, all of them or those that hold for one."""
    return [
        {
            "participant": "" if who == EVERYBODY else facts.parties[who].id,
            "by": each.by,
            "reason": each.reason,
            "since": from_ns(each.since_ns),
        }
        for who, given in found.by_party.items()
        for each in given.values()
        if party is None or who in (party, EVERYBODY)
    ]


def findings(venue: Venue) -> list[Shape]:
    """Return what the supervisor has seen, the newest first."""
    return [
        {
            "at": f"{from_ns(at_ns)}Z",
            "participants": [venue.facts.parties[each].id for each in parties],
            "what": what,
        }
        for at_ns, parties, what in reversed(venue.noted)
    ]


def slots(venue: Venue, at_ns: int) -> list[Shape]:
    """Return slots with orders that are over, the oldest first, then those that take orders."""
    open_slots = {each.id: each for each in venue.facts.open_slots(at_ns)}
    named = {each.slot.id: each.slot for each in venue.books.values()} | open_slots
    roots = {each.name: each for each in venue.ledger.closed_slots()}
    ordered = sorted(named.values(), key=lambda each: each.start_utc)
    return [slot(venue, each, roots.get(each.id)) for each in ordered]


def slot(venue: Venue, of: Slot, closed: ClosedSlot | None) -> Shape:
    """Return one slot."""
    book = venue.books.get(of.id) or _empty(venue, of)
    told = slot_facts(venue.facts, book)
    del told["slot"]
    return {
        "start_utc": of.start_utc,
        "end_utc": of.end_utc,
        "gate_utc": from_ns(book.gate_ns),
        **told,
        "root": None if closed is None else closed.root.hex(),
    }


def book(venue: Venue, of: Slot) -> Shape:
    """Return what stands in a slot."""
    found = venue.books.get(of.id) or _empty(venue, of)
    told: Shape = {"start_utc": of.start_utc, "state": found.state.value}
    for side, is_buy in (("buy", True), ("sell", False)):
        columns = levels(found, is_buy=is_buy)
        told |= dict(zip((f"{side}_price_ueur_per_kwh", f"{side}_wh", f"{side}_count"), columns, strict=True))
    return told


def trades(venue: Venue, of: Slot | None, *, after: int, limit: int) -> Shape:
    """Return trades of a slot from a number on, or the newest of all."""
    books = [each for each in venue.books.values() if of is None or each.slot == of]
    parts = [(each, np.arange(each.trades.count)[after : after + limit]) for each in books]
    if of is None:
        rows = [(int(each.trades["at_ns"][row]), at, row) for at, each in enumerate(books)
                for row in range(max(0, each.trades.count - limit), each.trades.count)]  # fmt: skip
        newest = sorted(rows, reverse=True)[:limit]
        parts = [(books[at], np.array([row])) for _, at, row in newest]
    names = ("buy", "sell", "quantity_wh")
    told: Shape = {name: _chained(each.trades[name][rows] for each, rows in parts) for name in names}
    more = of is not None and any(after + limit < each.trades.count for each, _ in parts)
    return {
        "start_utc": [each.slot.start_utc for each, rows in parts for _ in rows],
        "number": _chained(rows for _, rows in parts),
        **told,
        "price_ueur_per_kwh": _chained(each.trades["buy_price_ueur_per_kwh"][rows] for each, rows in parts),
        "at": _times(_chained(each.trades["at_ns"][rows] for each, rows in parts)),
        "next": str(after + limit) if more else None,
    }


def orders(venue: Venue, party: Party, of: Slot | None, state: str | None, *, begin: int, limit: int) -> Shape:
    """Return orders of a participant, the latest slot first."""
    who, rows = number_of(venue, party), list[tuple[SlotBook, int, str]]()
    for each in sorted(venue.books.values(), key=lambda each: each.gate_ns, reverse=True):
        if of is None or each.slot == of:
            numbers = np.flatnonzero(each.orders["participant"] == who)
            found = zip(numbers.tolist(), states(each, numbers), strict=True)
            rows += [(each, number, told) for number, told in found if state in (None, told)]
    shown = rows[begin : begin + limit]

    def column(name: str) -> list[Any]:
        return [each.orders[name][number].item() for each, number, _ in shown]

    return {
        "participant": party.id,
        "id": [each.client_ids[number] for each, number, _ in shown],
        "start_utc": [each.slot.start_utc for each, _, _ in shown],
        "number": [number for _, number, _ in shown],
        "side": ["buy" if is_buy else "sell" for is_buy in column("is_buy")],
        **{name: column(name) for name in ("quantity_wh", "left_wh", "price_ueur_per_kwh")},
        "state": [told for _, _, told in shown],
        "came_at": [from_ns(each) for each in column("came_ns")],
        "next": str(begin + limit) if begin + limit < len(rows) else None,
    }


def standing(venue: Venue, party: Party) -> Shape:
    """Return where a participant stands."""
    who, balances = number_of(venue, party), venue.ledger.balances()
    own = [
        each
        for each in venue.books.values()
        if (each.orders["participant"] == who).any() or each.counted.has_reading[who]
    ]
    found = [(position(each, who), each) for each in sorted(own, key=lambda each: each.gate_ns)]
    settled = [each for each, _ in found if each.state is State.SETTLED]
    return {
        "participant": party.id,
        "free_ueur": venue.free_ueur(who),
        "reserved_ueur": balances[cash(party.id)].debits_pending,
        "owed_ueur": -balances[owed(party.id)].net,
        "energy_wh": balances[energy(party.id)].net,
        "settled_ueur": sum((each.paid_ueur or 0) + (each.deviation_ueur or 0) for each in settled),
        "open_ueur": sum(each.agreed_ueur for each, _ in found if each.state is not State.SETTLED),
        "limits": limits(party.limits),
        "halts": halts(venue.facts, venue.halts, who),
        "positions": [
            {"start_utc": book.slot.start_utc, **{k: v for k, v in _fields(each).items() if k != "slot"}}
            for each, book in found
        ],
    }


def answer(party: Party, of: Slot, client_ids: list[str], told: Answer) -> Shape:
    """Return what became of orders."""
    accepted = len(told.outcome) - told.outcome.count("refused")
    return {
        "participant": party.id,
        "start_utc": f"{of.start_utc}Z",
        "accepted": accepted,
        "refused": len(told.outcome) - accepted,
        "id": client_ids,
        "outcome": told.outcome,
        "rule": told.rule,
        "number": told.number.tolist(),
        "filled_wh": told.filled_wh.tolist(),
    }


def number_of(venue: Venue, party: Party) -> int:
    """Return the number of a participant in the venue."""
    found = venue.facts.number_of(party.id)
    assert found is not None, f"{party.id} is in the file, so it is in the venue"
    return found


def _empty(venue: Venue, of: Slot) -> SlotBook:
    return SlotBook.new(of, venue.facts.gate_ns(of), venue.facts.rule, venue.facts.area_of)


def _fields(found: Any) -> Shape:
    told = asdict(found)
    return {**told, "state": told["state"].value}


def _chained(parts: Any) -> IntArray:
    found = list(parts)
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _times(at_ns: IntArray) -> Any:
    return (at_ns // NS_PER_MS).astype("datetime64[ms]")
