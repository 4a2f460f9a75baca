"""Band: energy that the connection draws above, or below, what was promised for each step."""

import numpy as np

from enerwise.plan.model import Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Price what lies outside the band, on either side alike."""
    band, point, steps = problem.aims.band, parts.connection, problem.grid.step_count
    if not band.eur_per_kwh:
        return
    outside = model.columns(2 * steps, 0.0, np.inf)
    # bought - sold - above <= high and bought - sold + below >= low
    sides = (model.rows(-np.inf, band.high_w / 1e3, steps), model.rows(band.low_w / 1e3, np.inf, steps))
    for side, rows in enumerate(sides):
        model.put(rows, point.bought, 1.0)
        model.put(rows, point.sold, -1.0)
        model.put(rows[point.over_steps], point.over, 1.0)
        model.put(rows, outside[side * steps : (side + 1) * steps], 1.0 if side else -1.0)
    model.cost("band", outside, band.eur_per_kwh * problem.grid.step_h)
