"""Resilience: what an outage that begins after a step would leave in the dark, weighed with how likely one is.

The batteries carry what must go on, down to the lowest level they may reach and no faster than they can give; what they
cannot carry costs its value. Beyond the horizon what must go on is taken to be what it was a day, or all that there is,
before.
"""

from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.plan.aims import Resilience
from enerwise.plan.blocks.battery import conversion
from enerwise.plan.model import Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem

HOURS_A_YEAR: Final = 8766.0


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Price what the energy at the end of each step falls short of an outage from there on."""
    resilience, steps, hours = problem.aims.resilience, problem.grid.step_count, problem.grid.step_h
    if not resilience.is_priced or not parts.batteries:
        return
    able_kw = sum(part.asset.discharge_limit_w for part in parts.batteries) / 1e3
    need_kwh = needed_kwh(resilience, able_kw, hours)
    # What is below the lowest level stays there; it may be below already, hence "at least".
    floor_kwh = sum(part.asset.energy_min_wh / 1e3 / conversion(part.asset)[1] for part in parts.batteries)
    dark = model.columns(steps, 0.0, np.inf)
    rows = model.rows(need_kwh + floor_kwh, np.inf, steps)
    model.put(rows, dark, 1.0)
    for part in parts.batteries:
        model.put(rows, part.energy, 1 / conversion(part.asset)[1])
    chance = resilience.outages_per_year * hours / HOURS_A_YEAR
    model.cost("resilience", dark, resilience.eur_per_kwh * chance)


def needed_kwh(resilience: Resilience, able_kw: float, hours: float) -> FloatArray:
    """Return what an outage takes that begins at the end of each step. [kWh], shape (step,)

    Args:
        resilience: What must go on, and how long an outage lasts.
        able_kw: The most that can be given at once; what lies above fails whatever is stored.
        hours: Length of a step. [h]
    """
    critical_kw = np.minimum(resilience.critical_w / 1e3, able_kw)
    steps, day = critical_kw.size, max(1, min(critical_kw.size, round(24.0 / hours)))
    whole, rest = divmod(resilience.lasts_h / hours, 1.0)
    ahead = int(whole) + 1
    days = np.tile(critical_kw[steps - day :], -(-ahead // day))
    total_kwh = np.concatenate(([0.0], np.concatenate([critical_kw, days]).cumsum())) * hours
    first = np.arange(1, steps + 1)
    last = first + int(whole)
    needed: FloatArray = total_kwh[last] - total_kwh[first] + rest * (total_kwh[last + 1] - total_kwh[last])
    return needed
