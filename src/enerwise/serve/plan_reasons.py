"""Reasons of an asset in a stored plan that need the solver: limits, next best time, news since the plan before."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.event import Event, Kind
from enerwise.core.outlook import Plan
from enerwise.core.time import Instant
from enerwise.plan.changed import changed
from enerwise.plan.laws import RESTING_W
from enerwise.plan.limits import held
from enerwise.plan.problem import Problem
from enerwise.run.goals import COST
from enerwise.serve.change_reasons import Pair, moves, news, together
from enerwise.serve.limit_reasons import Reason, binding, other_time, span_at
from enerwise.serve.rerun import remade
from enerwise.store.store import Store

MOST_LIMITS: Final = 2
Headed = Iterator[tuple[str, Reason]]


@dataclass(frozen=True, slots=True)
class Asked:
    """An asset and a moment."""

    asset: str
    at: Instant
    zone: str


def plan_reasons(store: Store, site: str, event: Event, made: tuple[Problem, Plan], asked: Asked) -> Headed:
    """Return reasons under their headings; none under another goal than cost, whose worths are weights, no money.

    Args:
        store: Has the plan before.
        site: Id of the site.
        event: Tells of the plan.
        made: The plan, made again from its inputs.
        asked: About whom.

    Raises:
        PlanError: The solver failed.
    """
    problem, plan = made
    if _goal(event) != COST or asked.asset not in plan.assets:
        return
    yield from _limits(problem, plan, asked)
    earlier = store.events(kind=Kind.PLANNED, subject=site, end_utc=event.at, limit=1)
    before = remade(store, earlier[-1].id) if earlier and _goal(earlier[-1]) == COST else None
    if before is not None:
        yield from _news(Pair(*before, problem, plan, asked.zone, {}, {}), asked)


def _limits(problem: Problem, plan: Plan, asked: Asked) -> Headed:
    span = span_at(plan, asked.asset, plan.grid.step_at(asked.at))
    for each in binding(problem, held(problem), span, span.asset)[:MOST_LIMITS]:
        yield "limits", each
    power_w = plan.power_w[plan.assets.index(span.asset), span.first : span.last]
    if np.abs(power_w).max(initial=0.0) > RESTING_W:
        yield "else", other_time(problem, plan, span, span.asset, asked.zone)


def _news(pair: Pair, asked: Asked) -> Headed:
    found = changed(pair.before, pair.planned, pair.after, pair.plan)
    if found is None:
        return
    for each in news(pair, found):
        yield "changed", each.what
        if each.effect is not None:
            yield "changed", each.effect
    if (rest := together(found)) is not None:
        yield "changed", rest
    for move in moves(pair, found):
        if move.asset == asked.asset:
            yield "changed", move.what
            yield "changed", move.owed


def _goal(event: Event) -> str:
    return str(event.payload.get("goal", COST))
