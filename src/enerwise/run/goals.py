"""What the owner wants most, as prices: a plan always minimises money, so a goal is a second look at what things cost.

``cost``
    The prices as they are.
``own_power``
    Buy as little as possible. Every bought kWh costs, on top of its price, so much that no detour over the grid pays:
    more than the largest difference of prices could bring after the losses of a battery that returns 98 %. Between
    plans that buy the same the cheaper one wins.
``carbon``
    Emit as little as possible. What is bought is counted with the factor of the grid (site file, ``carbon``); what is
    sold is not credited. One factor holds for all hours, so what emits least is what buys least: the weight is that of
    ``own_power``, and both give the same plan. Without a factor the goal is refused, because nobody could tell what it
    has reached.
``balanced``
    Half way: every bought kWh costs half of the mean buying price on top. Own power wins where it costs little; a
    large difference of prices is still used.

Weights change what is planned, never what is told: costs in reports are reckoned with the true prices.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.units import FloatArray
from enerwise.site.site import Site

if TYPE_CHECKING:
    from enerwise.plan.problem import Problem

COST: Final = "cost"
OWN_POWER: Final = "own_power"
CARBON: Final = "carbon"
BALANCED: Final = "balanced"
GOALS: Final = (COST, OWN_POWER, CARBON, BALANCED)
LEAST_WEIGHT_EUR_PER_KWH: Final = 1.0
"""Of buying under ``own_power``, where prices hardly differ."""
SPREAD_TIMES: Final = 50.0
"""Weight over the spread of prices: a detour that loses 2 % gains nothing below it (1 / (1 - 0.98))."""
BALANCED_RATIO: Final = 0.5


def refusal(goal: str, site: Site) -> Fault | None:
    """Return why a site cannot be run for a goal, with a remedy; None where it can."""
    if goal not in GOALS:
        return Fault("goal", f"{goal!r} is not known", f"use one of {', '.join(GOALS)}")
    if goal == CARBON and site.carbon is None:
        remedy = "add 'carbon: {grid: 363 g/kWh, source: UBA 2024}' to the site file"
        return Fault("goal", "nobody has told what a kWh from the grid emits", remedy)
    return None


def extra_eur_per_kwh(goal: str, buy: FloatArray, sell: FloatArray) -> float:
    """Return what a goal puts on top of every bought kWh.

    >>> extra_eur_per_kwh("balanced", np.array([0.2, 0.4]), np.zeros(2))
    0.15
    """
    match goal:
        case "own_power" | "carbon":
            highest, lowest = max(buy.max(), sell.max()), min(buy.min(), sell.min())
            return LEAST_WEIGHT_EUR_PER_KWH + SPREAD_TIMES * float(highest - lowest)
        case "balanced":
            return round(BALANCED_RATIO * max(0.0, float(buy.mean())), 6)
        case _:
            return 0.0


def weighed(problem: "Problem", goal: str) -> "Problem":
    """Return the problem whose cheapest plan serves a goal; the very same one for ``cost``."""
    if goal == COST:
        return problem
    extra = extra_eur_per_kwh(goal, problem.import_eur_per_kwh, problem.export_eur_per_kwh)
    # Energy that is left spares buying later, at whatever buying counts for.
    end_value = problem.end_value_eur_per_kwh + extra * np.array([each.one_way_ratio for each in problem.batteries])
    return replace(problem, import_eur_per_kwh=problem.import_eur_per_kwh + extra, end_value_eur_per_kwh=end_value)
