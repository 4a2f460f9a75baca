"""The market supervisor: looks at the tape of a slot and at what participants are exposed to, and halts with a reason.

It orders nothing and stops nobody by itself: a halt is a fact that the guard's order side refuses by, until somebody
lifts it. Who is halted already is not halted again for the same, so that a reason is told once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

import numpy as np

from enerwise.core.intent import Reason
from enerwise.core.time import Instant
from enerwise.core.units import BoolArray, IntArray
from enerwise.guard.orders import OrderLimits
from enerwise.market.exposure import Exposure, beyond
from enerwise.market.surveillance import Finding, Pattern, Tape, Watch, look_over

EVERYBODY = -1


@dataclass(frozen=True, slots=True)
class Halt:
    """Somebody orders nothing any more."""

    participant: int
    """By number; `EVERYBODY` halts the market."""
    since: Instant
    reason: Reason


@dataclass(frozen=True, slots=True)
class TapeView:
    """What a supervisor sees of a slot."""

    now: Instant
    tape: Tape
    owner: IntArray
    """Who stands behind each participant, by number. Shape (participant,)"""
    exposure: Exposure | None
    """None where only a part of the slot is looked at."""
    position_wh: IntArray
    """The most each may be bound to in one direction. Shape (participant,)"""
    credit_ueur: IntArray
    halts: tuple[Halt, ...] = ()
    """In force already."""


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Watches one market."""

    name: str = "supervisor"
    watch: Watch = field(default_factory=Watch)
    halts_for: frozenset[Pattern] = frozenset(Pattern)
    """What else it sees it only notes."""

    def see(self, view: TapeView) -> tuple[Finding, ...]:
        """Return what a slot shows."""
        limits = {"position_wh": view.position_wh, "credit_ueur": view.credit_ueur}
        over = () if view.exposure is None else beyond(view.exposure, **limits)
        return (*look_over(view.tape, view.owner, self.watch), *over)

    def halts(self, view: TapeView, found: Sequence[Finding]) -> list[Halt]:
        """Return whom to halt for what was found, besides those that are halted for the same already."""
        told = {(each.participant, each.reason.code) for each in view.halts}
        grave = [each for each in found if each.pattern in self.halts_for]
        asked = [Halt(who, view.now, _reason(each)) for each in grave for who in each.participants or (EVERYBODY,)]
        return [each for each in asked if (each.participant, each.reason.code) not in told]

    def decide(self, view: TapeView) -> list[Halt]:
        """Return new halts, in the sequence of what was found."""
        return self.halts(view, self.see(view))


def is_halted(halts: Sequence[Halt], count: int) -> BoolArray:
    """Return who may order nothing. Shape (participant,)"""
    halted = np.zeros(count, np.bool_)
    for each in halts:
        halted[slice(None) if each.participant == EVERYBODY else each.participant] = True
    return halted


def halted_by(limits: OrderLimits, halts: Sequence[Halt]) -> OrderLimits:
    """Return limits that refuse whoever is halted; nobody is set free by it."""
    return replace(limits, is_halted=limits.is_halted | is_halted(halts, limits.is_halted.size))


def _reason(found: Finding) -> Reason:
    facts = _for_people(found.facts)
    match found.pattern:
        case Pattern.WASH:
            return Reason("wash_trade", facts)
        case Pattern.ROUND_TRIP:
            return Reason("round_trip", facts)
        case Pattern.SPOOFING:
            return Reason("spoofing", facts)
        case Pattern.PRICE:
            return Reason("price_outside_band", facts)
        case Pattern.POSITION:
            return Reason("position_exceeded", facts)
        case Pattern.CREDIT:
            return Reason("credit_exceeded", facts)
        case _:
            assert_never(found.pattern)


def _for_people(facts: Mapping[str, int]) -> dict[str, float | str]:
    """Return facts with money in euro, as reasons tell it."""
    return {
        name.replace("_ueur", "_eur"): number / 1e6 if "_ueur" in name else float(number)
        for name, number in facts.items()
    }
