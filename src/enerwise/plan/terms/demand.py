"""Demand components: a price on the mean of the k highest daily maxima of import, above those already set.

The sum of the k largest of some values is the least, over a threshold theta, of ``k * theta + sum(max(value - theta,
0))``: linear, so the charge stays exact without integers. (Source: Ogryczak and Tamir 2003, minimizing the sum of the k
largest functions in linear time.)
"""

import numpy as np

from enerwise.plan.model import Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import DemandProblem, Problem


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Add every demand component of the problem, each billing period on its own."""
    for demand in problem.demand:
        for period in np.unique(demand.period):
            _add_period(model, demand, parts, int(period))


def _add_period(model: Model, demand: DemandProblem, parts: Parts, period: int) -> None:
    component, term = demand.component, f"demand {demand.component.name}"
    price, top = component.price_eur_per_kw, component.top_count
    already = dict(demand.state.within(period))
    billed = np.flatnonzero((demand.period == period) & (demand.is_billed > 0))
    if not price or not billed.size:
        return
    days = np.unique(demand.day[billed])
    peak = model.columns(days.size, np.array([already.get(int(day), 0.0) / 1e3 for day in days]), np.inf)
    _cap_intervals(model, demand, parts, billed, peak[np.searchsorted(days, demand.day[billed])])
    others_kw = np.sort([value / 1e3 for day, value in already.items() if day not in set(days.tolist())])[::-1]
    mean = model.columns(1, component.above_w / 1e3, np.inf)
    _mean_of_highest(model, peak, others_kw[:top], mean, top)
    model.cost(term, mean, price)
    model.constant(term, -component.charge_eur(np.array(list(already.values()))) - price * component.above_w / 1e3)


def _cap_intervals(model: Model, demand: DemandProblem, parts: Parts, billed: np.ndarray, peak: np.ndarray) -> None:
    """The peak of a day is at least the mean of each of its intervals."""
    position = np.full(demand.day.size, -1)
    position[billed] = np.arange(billed.size)
    elapsed_kw = np.zeros(billed.size)
    elapsed_kw[billed == 0] = demand.elapsed_w / 1e3 / demand.steps_per_interval
    rows = model.rows(-np.inf, -elapsed_kw, billed.size)
    steps = np.flatnonzero(position[demand.interval] >= 0)
    model.put(rows[position[demand.interval[steps]]], parts.connection.bought[steps], 1.0 / demand.steps_per_interval)
    named, first = np.unique(position[demand.interval[steps]], return_index=True)
    model.limit("grid", "peak", "kW", rows[named], steps=steps[first], side="row_most")
    # What flows over the import limit is metered like the rest.
    is_billed = position[demand.interval[parts.connection.over_steps]] >= 0
    over, over_steps = parts.connection.over[is_billed], parts.connection.over_steps[is_billed]
    model.put(rows[position[demand.interval[over_steps]]], over, 1.0 / demand.steps_per_interval)
    model.put(rows, peak, -1.0)


def _mean_of_highest(model: Model, peak: np.ndarray, others_kw: np.ndarray, mean: np.ndarray, top: int) -> None:
    """``mean * top >= k-largest sum of the day peaks of the plan and the constant peaks of other days``."""
    if top == 1:
        # The highest alone needs no threshold: one row a day, one bound for the past.
        rows = model.rows(0.0, np.inf, peak.size + 1)
        model.put(rows, np.repeat(mean, peak.size + 1), 1.0)
        model.put(rows[:-1], peak, -1.0)
        if others_kw.size:
            floor = model.columns(1, float(others_kw[0]), float(others_kw[0]))
            model.put(rows[-1:], floor, -1.0)
        return
    theta = model.columns(1, 0.0, np.inf)
    constants = model.columns(others_kw.size, others_kw, others_kw)
    values = np.concatenate([peak, constants])
    above = model.columns(values.size, 0.0, np.inf)
    rows = model.rows(0.0, np.inf, values.size)
    model.put(rows, above, 1.0)
    model.put(rows, np.repeat(theta, values.size), 1.0)
    model.put(rows, values, -1.0)
    total = model.rows(0.0, np.inf, 1)
    model.put(total, mean, float(top))
    model.put(total, theta, -float(top))
    model.put(np.repeat(total, above.size), above, -1.0)
