"""Surveillance: what a market supervisor sees on the tape, and whom it halts, with reasons.

Patterns over the columns of a slot. A wash trade moves nothing between people: both sides belong to the same owner, or
two owners hand the same energy to and fro. Spoofing shows a large order that is taken away before it can trade, while
its owner trades on the other side. And prices that leave a band halt the market for everybody. A halt is a fact for the
guard's order side; nothing here stops anybody by itself.

Source: Regulation (EU) 1227/2011 (REMIT), article 2(2), false or misleading signals; Regulation (EU) 596/2014 (MAR),
annex I A (c), no change in beneficial ownership, and (f), orders that are removed before they are executed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.market.money import summed


class Pattern(StrEnum):
    """What was seen."""

    WASH = "wash-trade"
    ROUND_TRIP = "round-trip"
    SPOOFING = "spoofing"
    PRICE = "price-outside-band"
    POSITION = "position-exceeded"
    CREDIT = "credit-exceeded"


@dataclass(frozen=True, slots=True)
class Tape:
    """The orders and trades of a slot. Orders have the shape (order,), trades (trade,); times in ns since 1970."""

    participant: IntArray
    is_buy: BoolArray
    quantity_wh: IntArray
    came_ns: IntArray
    gone_ns: IntArray
    """When an order was cancelled; 0 where it was not."""
    buy: IntArray
    """Row of the buying order of each trade."""
    sell: IntArray
    traded_wh: IntArray
    price_ueur_per_kwh: IntArray
    traded_ns: IntArray


@dataclass(frozen=True, slots=True)
class Watch:
    """From where on something is a pattern."""

    price_min_ueur_per_kwh: int = -500_000
    price_max_ueur_per_kwh: int = 4_000_000
    large_ratio: float = 5.0
    """An order is large from so many times the median on."""
    quick_s: float = 60.0
    """A large order is taken away quickly within so long."""
    times: int = 3
    """So often it is no accident."""
    same_ratio: float = 0.02
    """Two amounts are the same within this."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen, at whom, and in numbers."""

    pattern: Pattern
    participants: tuple[int, ...]
    """Empty where it concerns everybody."""
    facts: Mapping[str, int] = field(default_factory=dict)


def look_over(tape: Tape, owner: IntArray, watch: Watch | None = None) -> tuple[Finding, ...]:
    """Return what a slot shows.

    Args:
        tape: Orders and trades.
        owner: Who stands behind each participant, by number. Shape (participant,)
        watch: From where on something is a pattern.
    """
    watch = watch or Watch()
    return (*_wash(tape, owner), *_round_trips(tape, owner, watch), *_spoofing(tape, watch), *_prices(tape, watch))


def halts(findings: Sequence[Finding], count: int) -> BoolArray:
    """Return who is to be halted; a price outside its band halts everybody. Shape (participant,)"""
    is_halted = np.zeros(count, np.bool_)
    for each in findings:
        is_halted[list(each.participants) if each.participants else slice(None)] = True
    return is_halted


def _wash(tape: Tape, owner: IntArray) -> list[Finding]:
    buyer, seller = tape.participant[tape.buy], tape.participant[tape.sell]
    own = owner[buyer] == owner[seller]
    low, high = np.minimum(buyer, seller)[own], np.maximum(buyer, seller)[own]
    pairs = _by_pair(low, high, tape.traded_wh[own], times=1)
    return [Finding(Pattern.WASH, tuple(sorted(set(pair))), {"traded_wh": wh}) for pair, (wh, _) in pairs.items()]


def _round_trips(tape: Tape, owner: IntArray, watch: Watch) -> list[Finding]:
    """Find two owners who hand nearly the same energy to each other, several times."""
    buyer, seller = owner[tape.participant[tape.buy]], owner[tape.participant[tape.sell]]
    pairs = _by_pair(buyer, seller, tape.traded_wh, times=watch.times)
    found = []
    for (one, other), (there_wh, there) in pairs.items():
        back_wh, back = pairs.get((other, one), (0, 0))
        is_same = abs(there_wh - back_wh) <= watch.same_ratio * max(there_wh, back_wh)
        if one < other and back and is_same:
            people = np.flatnonzero((owner == one) | (owner == other)).tolist()
            facts = {"there_wh": there_wh, "back_wh": back_wh, "trade_count": there + back}
            found.append(Finding(Pattern.ROUND_TRIP, tuple(people), facts))
    return found


def _by_pair(one: IntArray, other: IntArray, wh: IntArray, *, times: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Return energy and number of trades of each pair that traded so often, in the sequence of their numbers."""
    span = int(other.max(initial=0)) + 1
    number, at, count = np.unique(one * span + other, return_inverse=True, return_counts=True)
    often = np.flatnonzero(count >= times)
    total_wh = summed(at, wh, number.size)[often]
    pairs = zip((number[often] // span).tolist(), (number[often] % span).tolist(), strict=True)
    return dict(zip(pairs, zip(total_wh.tolist(), count[often].tolist(), strict=True), strict=True))


def _spoofing(tape: Tape, watch: Watch) -> list[Finding]:
    """Find who takes large orders away quickly and untouched, and trades on the other side while they stand."""
    traded = np.zeros(tape.participant.size, np.bool_)
    traded[tape.buy] = traded[tape.sell] = True
    lived_s = (tape.gone_ns - tape.came_ns) / 1e9
    quick = np.flatnonzero((tape.gone_ns > 0) & (lived_s <= watch.quick_s) & ~traded)
    quick = quick[_gains_meanwhile(tape, quick)] if quick.size else quick
    found = []
    for who in np.flatnonzero(np.bincount(tape.participant[quick]) >= watch.times).tolist():
        own = quick[tape.participant[quick] == who]
        # Against the orders of others: whoever shows many large ones would make them look ordinary.
        others_wh = tape.quantity_wh[tape.participant != who]
        shown = own[tape.quantity_wh[own] >= watch.large_ratio * np.median(others_wh)] if others_wh.size else own[:0]
        if shown.size >= watch.times:
            facts = {"order_count": shown.size, "shown_wh": int(tape.quantity_wh[shown].sum())}
            found.append(Finding(Pattern.SPOOFING, (who,), facts))
    return found


def _gains_meanwhile(tape: Tape, rows: IntArray) -> BoolArray:
    """Tell of each order whether its owner trades on the other side while it stands. Shape of ``rows``"""
    who, times_ns = tape.participant[rows], np.unique(tape.traded_ns)
    came, gone = np.searchsorted(times_ns, tape.came_ns[rows]), np.searchsorted(times_ns, tape.gone_ns[rows], "right")
    traded, span = np.searchsorted(times_ns, tape.traded_ns), times_ns.size + 1
    is_buy, gains = tape.is_buy[rows], np.zeros(rows.size, np.bool_)
    for own, other_side in ((is_buy, tape.sell), (~is_buy, tape.buy)):
        # One number for whose and when: in order, the trades of one participant within a time stand together.
        number = np.sort(tape.participant[other_side] * span + traded)
        first, end = (np.searchsorted(number, (who * span + each)[own]) for each in (came, gone))
        gains[own] = first < end
    return gains


def _prices(tape: Tape, watch: Watch) -> list[Finding]:
    price = tape.price_ueur_per_kwh
    beyond = price[(price < watch.price_min_ueur_per_kwh) | (price > watch.price_max_ueur_per_kwh)]
    return [Finding(Pattern.PRICE, (), {"price_ueur_per_kwh": int(beyond[0])})] if beyond.size else []
