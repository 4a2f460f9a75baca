"""Caution: what a kWh charged must earn beyond its cost before a plan built on forecasts goes for it.

Worths are expectations over a few scenarios, and wrong by cents. Where prices differ by little, as hourly ones do, a
plan would trade on that error every day and pay the conversion loss for it. The hurdle is no bill: plans that foresee
nothing, such as the comparison with perfect foresight, do without.
"""

from typing import Final

from enerwise.plan.model import Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem

HURDLE_EUR_PER_KWH: Final = 0.01
"""Chosen in closed loop (docs/adr/0008)."""


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Price every kWh charged at the hurdle."""
    for part in parts.batteries:
        model.cost("caution", part.charge, HURDLE_EUR_PER_KWH * problem.grid.step_h)
