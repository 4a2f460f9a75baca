"""Worth of energy left at the end: without it every plan would empty the battery before its horizon ends.

Where a target is set for the end, the target stands in its place. The worth of what the battery holds at the start is
booked as a constant, so that the term tells what the plan adds to or takes from the store.
"""

from enerwise.plan.model import Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Credit the energy at the end at its worth per stored kWh."""
    for row, part in enumerate(parts.batteries):
        worth = float(problem.end_value_eur_per_kwh[row])
        if worth and problem.end_wh[row] != problem.end_wh[row]:
            model.cost("end_value", part.energy[-1:], -worth)
            model.constant("end_value", worth * float(problem.start_wh[row]) / 1e3)
