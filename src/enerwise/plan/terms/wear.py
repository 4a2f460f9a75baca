"""Wear that grows with depth: a battery as shelves, the uppermost cheap to empty, the lowest dear; and standing full.

Each shelf is one band of depth. What is taken out comes from the cheapest shelf that holds something, and what is put
in goes there first, for that spares most: so a cycle costs by how deep it goes, without integers. What the battery
holds at the start lies on the lowest shelves. (Source: Xu, Zhao, Zheng, Litvinov and Kirschen 2018, Factoring the cycle
aging cost of batteries participating in electricity markets, IEEE Transactions on Power Systems.)
"""

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.plan.aims import Wear
from enerwise.plan.model import Model
from enerwise.plan.parts import BatteryPart, Parts
from enerwise.plan.problem import Problem


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Price what each battery gives by the depth it comes from, and what it holds near full by the hour."""
    wear = problem.aims.wear
    for part, start_wh in zip(parts.batteries, problem.start_wh.tolist(), strict=True):
        if wear.depth_eur_per_kwh.any():
            _add_depth(model, wear, part, start_wh / 1e3)
        if wear.full_eur_per_kwh_h:
            _add_standing(model, wear, part, problem.grid.step_h)


def _add_depth(model: Model, wear: Wear, part: BatteryPart, start_kwh: float) -> None:
    steps, size_kwh = part.energy.size, shelves_kwh(wear, max(part.asset.capacity_wh / 1e3, start_kwh))
    total = model.rows(0.0, 0.0, steps)
    model.put(total, part.energy, -1.0)
    # Of what the battery holds at the start, the lowest shelf is full before the next one holds anything.
    above_kwh = start_kwh - (size_kwh[::-1].cumsum()[::-1] - size_kwh)
    for width_kwh, held_kwh, price in zip(
        size_kwh.tolist(), np.clip(above_kwh, 0.0, size_kwh).tolist(), wear.depth_eur_per_kwh.tolist(), strict=True
    ):
        shelf, taken = model.columns(steps, 0.0, width_kwh), model.columns(steps, 0.0, np.inf)
        model.put(total, shelf, 1.0)
        before_kwh = np.zeros(steps)
        before_kwh[0] = held_kwh
        # now - before + taken >= 0
        rows = model.rows(before_kwh, np.inf, steps)
        model.put(rows, shelf, 1.0)
        model.put(rows[1:], shelf[:-1], -1.0)
        model.put(rows, taken, 1.0)
        model.cost("wear", taken, price)


def shelves_kwh(wear: Wear, full_kwh: float) -> FloatArray:
    """Return how much each band of depth holds, the uppermost first. Shape (band,)"""
    sizes: FloatArray = np.diff(wear.depth_ratio, prepend=0.0) * full_kwh
    return sizes


def _add_standing(model: Model, wear: Wear, part: BatteryPart, hours: float) -> None:
    steps = part.energy.size
    above = model.columns(steps, 0.0, np.inf)
    rows = model.rows(-np.inf, wear.full_ratio * part.asset.capacity_wh / 1e3, steps)
    model.put(rows, part.energy, 1.0)
    model.put(rows, above, -1.0)
    model.cost("wear", above, wear.full_eur_per_kwh_h * hours)
