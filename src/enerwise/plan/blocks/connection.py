"""The connection point as a linear block: bought less sold is what the site draws."""

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.plan.model import Model
from enerwise.plan.parts import ConnectionPart
from enerwise.plan.problem import Problem
from enerwise.plan.spread import ROOM, expect


def add(model: Model, problem: Problem, scenario: int) -> ConnectionPart:
    """Add import, export and the site balance ``bought - sold - assets = uncontrolled``.

    The limits are wishes of the first rank: a load above the import limit cannot be planned away, only named.
    """
    steps = problem.grid.step_count
    available_kw = problem.available_w[scenario] / 1e3
    uncontrolled_kw = problem.load_w[scenario] / 1e3 + available_kw.sum(axis=0)
    curtailable = [row for row, pv in enumerate(problem.pvs) if pv.can_curtail]
    most_kw = _most_kw(problem, uncontrolled_kw - available_kw[curtailable].sum(axis=0))
    least_kw, spread_kw = _least_kw(problem, uncontrolled_kw), problem.aims.spread_kw(steps)
    bought = model.columns(steps, 0.0, np.minimum(problem.import_limit_w / 1e3, most_kw + ROOM * spread_kw))
    sold = model.columns(steps, 0.0, np.minimum(problem.export_limit_w / 1e3, least_kw + ROOM * spread_kw))
    model.limit("grid", "import_limit", "kW", bought, side="most")
    model.limit("grid", "export_limit", "kW", sold, side="most")
    rows = model.rows(uncontrolled_kw, uncontrolled_kw, steps)
    model.put(rows, bought, 1.0)
    model.put(rows, sold, -1.0)
    if spread_kw.any():
        expect(model, bought, sold, spread_kw)
    else:
        model.exclusive(bought, sold)
    # What a resting battery and curtailed PV keep can always be kept: only other steps need a way to break a limit.
    fixed_kw = uncontrolled_kw - available_kw[curtailable].sum(axis=0)
    bought_price, sold_price = problem.import_eur_per_kwh, np.maximum(-problem.export_eur_per_kwh, 0.0)
    over_kw, under_kw = fixed_kw - problem.import_limit_w / 1e3, -fixed_kw - problem.export_limit_w / 1e3
    over, over_steps = _beyond(model, "import limit", rows, over_kw, sign=1.0, eur=bought_price * problem.grid.step_h)
    _beyond(model, "export limit", rows, under_kw, sign=-1.0, eur=sold_price * problem.grid.step_h)
    return ConnectionPart(bought, sold, over, over_steps, rows)


def _beyond(
    model: Model, name: str, rows: IntArray, excess_kw: FloatArray, *, sign: float, eur: FloatArray
) -> tuple[IntArray, IntArray]:
    """Let a limit give way, at the price of the energy, by no more than flows over it while the batteries rest.

    A battery never breaks a limit now to keep one later. Returns the columns, and the steps they stand for.
    """
    steps = np.flatnonzero(excess_kw > 0)
    if not steps.size:
        return steps, steps
    beyond = model.columns(steps.size, 0.0, 0.0)
    model.put(rows[steps], beyond, sign)
    model.wish(name, beyond, rank=1, unit="kW", most=excess_kw[steps])
    model.cost("energy", beyond, eur[steps])
    return beyond, steps


def _most_kw(problem: Problem, without_pv_kw: FloatArray) -> FloatArray:
    """Return the most that can ever be drawn: tight bounds make tight integers."""
    most_kw = without_pv_kw + sum(battery.charge_limit_w for battery in problem.batteries) / 1e3
    return np.maximum(0.0, most_kw + problem.flexible_range_w()[1] / 1e3 if problem.flexible else most_kw)


def _least_kw(problem: Problem, uncontrolled_kw: FloatArray) -> FloatArray:
    discharge_kw = sum(battery.discharge_limit_w for battery in problem.batteries) / 1e3
    least_kw = -uncontrolled_kw + discharge_kw
    return np.maximum(0.0, least_kw - problem.flexible_range_w()[0] / 1e3 if problem.flexible else least_kw)
