"""What a block would cost at its next best time: the plan made again with one asset kept still in some steps.

Everything else may move too, so that the difference is what the block's time is worth and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from enerwise.core.errors import PlanError
from enerwise.core.outlook import BrokenWish, Plan
from enerwise.core.units import FloatArray, IntArray
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem
from enerwise.plan.solve import build, kept, optimum, steady
from enerwise.plan.told import read
from enerwise.plan.wishes import NOTICED, broken


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The best plan without a block."""

    more_eur: float
    """What it costs more, comfort and the worth of what is left among it; by the bounds below which no plan can get."""
    power_w: FloatArray
    """Of the asset. Shape (step,)"""
    broken: tuple[BrokenWish, ...]
    """Wishes that are left."""


def elsewhere(problem: Problem, plan: Plan, asset: str, steps: slice) -> Elsewhere | None:
    """Return the best plan in which an asset rests in some steps; None where it has to run then.

    Of several as good it is the one nearest to the plan as it is.

    Raises:
        PlanError: The solver failed at the plan as it is.
    """
    nearest = _near(problem, plan)
    model, parts = build(nearest)
    arrays = model.arrays()
    as_planned, _ = optimum(model, nearest, arrays)
    still = np.concatenate([np.zeros(0, np.int64), *_moving(parts, problem, asset, steps)])
    if (arrays.lower[still] > 0).any():
        return None
    upper = arrays.upper.copy()
    upper[still] = 0.0
    try:
        other = kept(model, nearest, replace(arrays, upper=upper))
    except PlanError:
        return None
    best = steady(other.program, model, other.arrays, parts, nearest, other.best)
    missed = broken(model.soft, best.column, NOTICED)
    found = read(nearest, plan.issued_at, model, parts, best=other.best, chosen=best, missed=missed)
    power_w = found.power_w[found.assets.index(asset)]
    return Elsewhere(other.bound_eur - as_planned.bound_eur, power_w, missed)


def _near(problem: Problem, plan: Plan) -> Problem:
    """Return the problem that stays near to a plan of it."""
    first = len(problem.batteries) + len(problem.pvs)
    previous_flexible_w = plan.power_w[first:] if problem.flexible else None
    return replace(
        problem,
        basis=None,
        previous_w=plan.power_w[: len(problem.batteries)],
        previous_flexible_w=previous_flexible_w,
    )


def _moving(parts: tuple[Parts, ...], problem: Problem, asset: str, steps: slice) -> Iterator[IntArray]:
    """Return the columns that move an asset in some steps, in every scenario."""
    for scenario in parts:
        for battery in scenario.batteries:
            if battery.asset.id == asset:
                yield from (battery.charge[steps], battery.discharge[steps])
        for each in scenario.flexible:
            if each.asset.id == asset:
                for link in each.links:
                    inside = (link.steps >= steps.start) & (link.steps < steps.stop) & (link.kw != 0)
                    yield link.columns[inside]
