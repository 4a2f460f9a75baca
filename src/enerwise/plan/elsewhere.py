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
from enerwise.plan.solve import build, kept, optimum, read
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


def elsewhere(problem: Problem, asset: str, steps: slice) -> Elsewhere | None:
    """Return the best plan in which an asset rests in some steps; None where it has to run then.

    Raises:
        PlanError: The solver failed at the plan as it is.
    """
    exact = replace(problem, stability_eur=0.0)
    model, parts = build(exact)
    arrays = model.arrays()
    as_planned, _ = optimum(model, exact, arrays)
    still = np.concatenate([np.zeros(0, np.int64), *(each for each in _moving(parts, problem, asset, steps))])
    if (arrays.lower[still] > 0).any():
        return None
    upper = arrays.upper.copy()
    upper[still] = 0.0
    try:
        other = kept(model, exact, replace(arrays, upper=upper))
    except PlanError:
        return None
    best = other.best
    missed = broken(model.soft, best.column, NOTICED)
    plan: Plan = read(exact, problem.grid.start_utc, model, parts, best=best, chosen=best, missed=missed)
    power_w = plan.power_w[plan.assets.index(asset)]
    return Elsewhere(other.bound_eur - as_planned.bound_eur, power_w, missed)


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
