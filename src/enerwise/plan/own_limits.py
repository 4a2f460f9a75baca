"""Limits of single machines, step by step: what a site file allows each of them at which time."""

from typing import TYPE_CHECKING

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.plan.model import Model

if TYPE_CHECKING:
    from enerwise.plan.parts import Parts
    from enerwise.plan.problem import Problem


def add(model: Model, problem: "Problem", parts: "Parts") -> None:
    """Add a row for each step in which a machine may take less than it could; what cannot wait is named."""
    if problem.flexible_limit_w is None:
        return
    for part, limit_w in zip(parts.flexible, problem.flexible_limit_w, strict=True):
        most_w = part.asset.range_w(problem.grid)[1]
        steps = np.flatnonzero(limit_w < most_w)
        if not steps.size:
            continue
        row_of = np.full(problem.grid.step_count, -1, dtype=np.int64)
        row_of[steps] = model.rows(-np.inf, limit_w[steps] / 1e3, steps.size)
        for link in part.links:
            is_limited = row_of[link.steps] >= 0
            model.put(row_of[link.steps][is_limited], link.columns[is_limited], link.kw[is_limited])
        beyond = model.columns(steps.size, 0.0, 0.0)
        model.put(row_of[steps], beyond, -1.0)
        model.wish(f"{part.asset.id} limit", beyond, rank=1, unit="kW", most=_beyond_kw(most_w, limit_w)[steps])


def _beyond_kw(most_w: FloatArray, limit_w: FloatArray) -> FloatArray:
    return np.maximum(most_w - limit_w, 0.0) / 1e3
