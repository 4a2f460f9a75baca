"""Peak: the highest import of the plan, priced above a level that has been already.

Not a bill (that is `demand`, with its intervals, windows and days) but a kindness to the grid: a lower peak, and so a
better load factor, at what the site says it is worth.
"""

import numpy as np

from enerwise.plan.model import Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Price what the highest step lies above the level."""
    peak, point, steps = problem.aims.peak, parts.connection, problem.grid.step_count
    if not peak.eur_per_kw:
        return
    highest = model.columns(1, 0.0, np.inf)
    free_kw = peak.free_ratio * problem.aims.spread_kw(steps)
    rows = model.rows(-np.inf, peak.before_w / 1e3 - free_kw, steps)
    model.put(rows, point.bought, 1.0)
    model.put(rows[point.over_steps], point.over, 1.0)
    model.put(rows, np.repeat(highest, steps), -1.0)
    model.cost("peak", highest, peak.eur_per_kw)
