"""Schedule: what flows at the connection more or less than was announced or asked for, priced by how far away it is."""

import numpy as np

from enerwise.plan.model import Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Price the distance from the target in each step, tier by tier; dearer tiers are used last by themselves."""
    schedule, point = problem.aims.schedule, parts.connection
    if not schedule.is_priced:
        return
    agreed = np.flatnonzero(np.isfinite(schedule.target_w))
    target_kw = schedule.target_w[agreed] / 1e3
    # bought - sold - above + below = target
    rows = model.rows(target_kw, target_kw, agreed.size)
    model.put(rows, point.bought[agreed], 1.0)
    model.put(rows, point.sold[agreed], -1.0)
    _, held, over = np.intersect1d(agreed, point.over_steps, assume_unique=True, return_indices=True)
    model.put(rows[held], point.over[over], 1.0)
    widths_kw = np.append(schedule.width_w[:-1] / 1e3, np.inf)
    for eur_per_kwh, width_kw in zip(schedule.eur_per_kwh.tolist(), widths_kw.tolist(), strict=True):
        for sign in (-1.0, 1.0):
            away = model.columns(agreed.size, 0.0, width_kw)
            model.put(rows, away, sign)
            model.cost("schedule", away, eur_per_kwh * problem.grid.step_h)
