"""Which limit holds a block of a plan, what one more unit of it would save, and what the block costs elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.outlook import Plan
from enerwise.core.time import show_local
from enerwise.core.units import FloatArray
from enerwise.plan.circuit import members_of
from enerwise.plan.elsewhere import Elsewhere, elsewhere
from enerwise.plan.laws import RESTING_W
from enerwise.plan.limits import Held
from enerwise.plan.problem import Problem
from enerwise.serve.runs import equal_runs
from enerwise.serve.words import Fact
from enerwise.site.site import GRID

LEAST_EUR: Final = 0.0005
"""Limits worth less are not told."""
SAME_EUR: Final = 0.005
GONE_RATIO: Final = 0.5
"""From this share of a block lost it is told as left out, not as moved."""
STOCKS: Final = ("full", "empty", "car_full", "comfort_low", "comfort_high", "tank_low", "tank_high")
"""Limits of what is stored: a block is held by them until the asset moves next."""


BEHIND: Final = {1: ("empty",), -1: ("full",)}
"""Limits that an asset leaves as it takes, or gives: they held it before."""


@dataclass(frozen=True, slots=True)
class Span:
    """A block of an asset, and the step in which its next one begins."""

    asset: str
    first: int
    last: int
    until: int
    sign: int = 0
    """1 where it takes, -1 where it gives, 0 where it rests."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A key of the catalogue with its numbers, and the money that it is about."""

    key: str
    facts: dict[str, Fact]
    eur: float


def span_at(plan: Plan, asset: str, step: int) -> Span:
    """Return the stretch around a step in which an asset does one thing: takes, gives or rests."""
    power_w = plan.power_w[plan.assets.index(asset)]
    runs = equal_runs(np.where(np.abs(power_w) > RESTING_W, np.sign(power_w), 0.0))
    at = next(at for at, each in enumerate(runs) if each.start <= step < each.stop)
    later = (each.start for each in runs[at + 1 :] if abs(power_w[each.start]) > RESTING_W)
    begin = power_w[runs[at].start]
    sign = int(np.sign(begin)) if abs(begin) > RESTING_W else 0
    return Span(asset, runs[at].start, runs[at].stop, next(later, plan.grid.step_count), sign)


def binding(problem: Problem, found: Sequence[Held], span: Span, name: str) -> list[Reason]:
    """Return the limits that hold a block, the dearest first.

    Args:
        problem: Whose plan.
        found: Its limits.
        span: The block.
        name: What people call the asset.
    """
    told = (
        Reason(f"limit.{each.code}", _facts(each, name, worth_eur), worth_eur)
        for each in found
        if _holds(problem, each, span.asset) and each.code not in BEHIND.get(span.sign, ())
        for worth_eur in [each.worth_eur(slice(span.first, span.until if each.code in STOCKS else span.last))]
        if worth_eur >= LEAST_EUR
    )
    return sorted(told, key=lambda each: -each.eur)


def _holds(problem: Problem, held: Held, asset: str) -> bool:
    """Tell whether a limit is one of an asset, of a circuit above it, or of the connection."""
    if held.code == "circuit":
        return any(
            held.holder in (each.id, *(f"{each.id} line {line}" for line in (1, 2, 3)))
            and asset in members_of(problem.circuits, each.id)
            for each in problem.circuits
        )
    return held.holder in (asset, GRID)


def _facts(held: Held, name: str, worth_eur: float) -> dict[str, Fact]:
    facts: dict[str, Fact] = {"asset": name, "worth_eur": worth_eur, "unit": held.unit}
    return facts | ({"circuit": held.holder} if held.code == "circuit" else {})


def other_time(problem: Problem, plan: Plan, span: Span, name: str, zone: str) -> Reason:
    """Return when a block would be best instead and what that would cost; the problem is solved once more.

    Raises:
        PlanError: The solver failed.
    """
    found = elsewhere(problem, plan, span.asset, slice(span.first, span.last))
    if found is None:
        return Reason("elsewhere.must", {"asset": name}, 0.0)
    power_w = plan.power_w[plan.assets.index(span.asset)]
    sign = np.sign(power_w[span.first : span.last].sum()) or 1.0
    return _told(plan, found, (found.power_w - power_w) * sign, name, zone)


def _told(plan: Plan, found: Elsewhere, more_w: FloatArray, name: str, zone: str) -> Reason:
    """Tell of the longest stretch of what is made up for; of what is lost where most of it is."""
    more_eur, hours = max(0.0, found.more_eur), plan.grid.step_h
    lost_wh = -float(more_w.sum()) * hours
    taken_away_wh = -float(np.minimum(more_w, 0.0).sum()) * hours
    facts: dict[str, Fact] = {"asset": name, "else_eur": more_eur}
    runs = list(_stretches(more_w > RESTING_W))
    if not runs or lost_wh > GONE_RATIO * taken_away_wh:
        return Reason("elsewhere.gone", {**facts, "lost_wh": max(0.0, lost_wh)}, more_eur)
    most = max(runs, key=lambda each: float(more_w[each].sum()))
    facts |= {"begin": _clock(plan, most.start, zone), "until": _clock(plan, most.stop, zone)}
    return Reason("elsewhere.same" if more_eur < SAME_EUR else "elsewhere.more", facts, more_eur)


def _stretches(holds: np.ndarray) -> Iterator[slice]:
    return (each for each in equal_runs(holds) if holds[each.start])


def _clock(plan: Plan, step: int, zone: str) -> str:
    return show_local(plan.grid.part(step, 0).start_utc, zone)[11:]
