"""Surveillance: what a market supervisor sees on the tape, and whom it halts, with reasons.

Three patterns over the columns of a slot. A wash trade moves nothing between people: both sides belong to the same
owner, or two owners hand the same energy to and fro. Spoofing shows a large order that is taken away before it can
trade, while its owner trades on the other side. And prices that leave a band halt the market for everybody. A halt is a
fact for the guard's order side; nothing here stops anybody by itself.

Source: Regulation (EU) 1227/2011 (REMIT), article 2(2): false or misleading signals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from enerwise.core.units import BoolArray, IntArray


class Pattern(StrEnum):
    """What was seen."""

    WASH = "wash-trade"
    ROUND_TRIP = "round-trip"
    SPOOFING = "spoofing"
    PRICE = "price-outside-band"


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
    return [
        Finding(Pattern.WASH, tuple(sorted({int(one), int(other)})), {"traded_wh": int(wh)})
        for one, other, wh in zip(buyer[own], seller[own], tape.traded_wh[own], strict=True)
    ]


def _round_trips(tape: Tape, owner: IntArray, watch: Watch) -> list[Finding]:
    """Find two owners who hand nearly the same energy to each other, several times."""
    buyer, seller = owner[tape.participant[tape.buy]], owner[tape.participant[tape.sell]]
    sums: dict[tuple[int, int], list[int]] = {}
    for one, other, wh in zip(buyer.tolist(), seller.tolist(), tape.traded_wh.tolist(), strict=True):
        sums.setdefault((one, other), []).append(wh)
    found = []
    for (one, other), there in sums.items():
        back = sums.get((other, one), [])
        is_same = abs(sum(there) - sum(back)) <= watch.same_ratio * max(sum(there), sum(back))
        if one < other and min(len(there), len(back)) >= watch.times and is_same:
            people = np.flatnonzero((owner == one) | (owner == other)).tolist()
            facts = {"there_wh": sum(there), "back_wh": sum(back), "trade_count": len(there) + len(back)}
            found.append(Finding(Pattern.ROUND_TRIP, tuple(people), facts))
    return found


def _spoofing(tape: Tape, watch: Watch) -> list[Finding]:
    """Find who takes large orders away quickly, and trades on the other side while they stand."""
    if not tape.participant.size:
        return []
    is_large = tape.quantity_wh >= watch.large_ratio * np.median(tape.quantity_wh)
    lived_s = (tape.gone_ns - tape.came_ns) / 1e9
    shown = np.flatnonzero(is_large & (tape.gone_ns > 0) & (lived_s <= watch.quick_s))
    times: dict[int, list[int]] = {}
    for row in shown.tolist():
        other_side = tape.sell if tape.is_buy[row] else tape.buy
        during = (tape.traded_ns >= tape.came_ns[row]) & (tape.traded_ns <= tape.gone_ns[row])
        if bool((during & (tape.participant[other_side] == tape.participant[row])).any()):
            times.setdefault(int(tape.participant[row]), []).append(int(tape.quantity_wh[row]))
    return [
        Finding(Pattern.SPOOFING, (who,), {"order_count": len(each), "shown_wh": sum(each)})
        for who, each in times.items()
        if len(each) >= watch.times
    ]


def _prices(tape: Tape, watch: Watch) -> list[Finding]:
    price = tape.price_ueur_per_kwh
    beyond = price[(price < watch.price_min_ueur_per_kwh) | (price > watch.price_max_ueur_per_kwh)]
    return [Finding(Pattern.PRICE, (), {"price_ueur_per_kwh": int(beyond[0])})] if beyond.size else []
