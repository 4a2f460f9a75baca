"""A PV plant as a linear block: what the sun offers, less what is curtailed."""

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.plan.model import Model
from enerwise.plan.parts import PvPart
from enerwise.plan.problem import CAUTIOUS_TERMS, Problem


def add(model: Model, problem: Problem, plant: int, *, scenario: int, site_rows: IntArray) -> PvPart:
    """Add the curtailed power of one plant, between nothing and all there is, in the steps in which it may pay."""
    available_w = problem.available_w[scenario, plant]
    steps = np.flatnonzero((available_w < 0) & _may_pay(problem, scenario))
    curtailed = model.columns(steps.size, 0.0, -available_w[steps] / 1e3)
    model.put(site_rows[steps], curtailed, -1.0)
    return PvPart(problem.pvs[plant], steps, curtailed)


def _may_pay(problem: Problem, scenario: int) -> BoolArray:
    """Tell where curtailing can be better than selling: a sale that always fits and never costs is never refused.

    A fifth of all columns go that way on an ordinary day. Foreign terms, and circuits with limits of their own, may
    think otherwise about sales: then all stay.
    """
    if problem.circuits or not set(problem.terms) <= set(CAUTIOUS_TERMS):
        return np.ones(problem.grid.step_count, dtype=bool)
    sold_w = -problem.load_w[scenario] - problem.available_w[scenario].sum(axis=0)
    sold_w = sold_w + sum(battery.discharge_limit_w for battery in problem.batteries)
    if problem.flexible:
        sold_w = sold_w - problem.flexible_range_w()[0]
    is_cheap = (problem.export_eur_per_kwh < 0) | (problem.import_eur_per_kwh < 0)
    return np.asarray(is_cheap | (sold_w > problem.export_limit_w))
