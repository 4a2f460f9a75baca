"""Ramping: how much the power at the connection changes from step to step, up and down alike.

Where the power is known only to within an error, changes smaller than it cost less: it would change anyhow.
"""

import numpy as np

from enerwise.plan.aims import spread_kw
from enerwise.plan.model import Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem
from enerwise.plan.spread import change_pieces


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Price the sum of all changes, the one from the step before the plan among them where it is known."""
    ramping, point = problem.aims.ramping, parts.connection
    steps = problem.grid.step_count
    first = 1 if ramping.before_w is None else 0
    count = steps - first
    if not ramping.eur_per_kw or count <= 0:
        return
    start_kw = np.zeros(count)
    if ramping.before_w is not None:
        start_kw[0] = ramping.before_w / 1e3
    # now - before - up + down = 0
    rows = model.rows(start_kw, start_kw, count)
    deviation_kw = spread_kw(ramping.spread_w, steps)[first:]
    for width, share in change_pieces() if deviation_kw.any() else ((np.inf, 1.0),):
        most_kw = np.full(count, np.inf) if np.isinf(width) else width * deviation_kw
        for sign in (-1.0, 1.0):
            change = model.columns(count, 0.0, most_kw)
            model.put(rows, change, sign)
            model.cost("ramping", change, ramping.eur_per_kw * share)
    everywhere = np.arange(steps)
    flows = ((point.bought, everywhere, 1.0), (point.sold, everywhere, -1.0), (point.over, point.over_steps, 1.0))
    for columns, at, sign in flows:
        is_now, is_before = at >= first, at < steps - 1
        model.put(rows[at[is_now] - first], columns[is_now], sign)
        model.put(rows[at[is_before] + 1 - first], columns[is_before], -sign)
