"""The welfare optimum of a community: the least it could pay, with one will and nothing unknown.

One linear program over the whole span: all batteries, vehicles and the sun serve the sum of the homes, which pays the
supplier for what it takes together. Limits of connections and lines are left out and losses are those of the one-way
efficiency, so that no way of trading can pay less; a bound to measure by, and no way to run a village. Beyond
`LARGEST` columns batteries are pooled, which bounds a little lower still.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from enerwise.core.errors import PlanError
from enerwise.core.units import FloatArray, IntArray
from enerwise.physics.vehicle import Trips
from enerwise.run.community_homes import Community
from enerwise.run.community_supply import Supply
from enerwise.site.assets import BatteryArrays

if TYPE_CHECKING:
    from enerwise.plan.model import Model

LARGEST: Final = 200_000
KILO: Final = 1e3


@dataclass(frozen=True, slots=True)
class Optimum:
    """The bound."""

    cost_eur: float
    """What is paid to the supplier, and what energy missing at the end is worth."""
    grid_wh: FloatArray
    """What the community takes. [Wh], shape (slot,)"""
    price_eur_per_kwh: FloatArray
    """What one more kWh is worth to all of it. Shape (slot,)"""


@dataclass(frozen=True, slots=True)
class Stays:
    """Times at home of vehicles within the span. Shapes (stay,)"""

    vehicle: IntArray
    first: IntArray
    end: IntArray
    missing_wh: FloatArray
    is_open: FloatArray
    """1 where the span ends before the stay."""


def optimum(
    community: Community,
    supply: Supply,
    *,
    buy_eur_per_kwh: FloatArray,
    sell_eur_per_kwh: FloatArray,
    missing_wh: FloatArray,
    worth_eur_per_kwh: float,
) -> Optimum:
    """Return the least a community could pay.

    Args:
        community: The homes.
        supply: What happens in them.
        buy_eur_per_kwh: Of the supplier. Shape (slot,)
        sell_eur_per_kwh: Of the supplier. Shape (slot,)
        missing_wh: What vehicles need at the first slot. Shape (vehicle,)
        worth_eur_per_kwh: Of energy left at the end, at the AC side.

    Raises:
        PlanError: The program has no solution, which would be a mistake of ours.
    """
    from enerwise.plan.model import Model
    from enerwise.plan.solver import LinearProgram

    history = slice(community.history_count, None)
    load_w = supply.load_w[:, history].sum(axis=0)
    sun_w = -np.maximum(supply.available_w[:, history], 0.0 - community.output_limit_w[:, None]).sum(axis=0)
    model, slots = Model(), community.grid.step_count
    step_h = community.grid.step_h
    balance = model.rows(load_w * (step_h / KILO), load_w * (step_h / KILO), slots)
    bought = model.columns(slots, 0.0, np.inf)
    # Nobody sells what was bought in the same slot, should a tariff ever pay for that.
    sold = model.columns(slots, 0.0, np.where(sell_eur_per_kwh < buy_eur_per_kwh, np.inf, sun_w * (step_h / KILO)))
    used = model.columns(slots, 0.0, sun_w * (step_h / KILO))
    for columns, sign in ((bought, 1.0), (sold, -1.0), (used, 1.0)):
        model.put(balance, columns, sign)
    model.cost("energy", bought, buy_eur_per_kwh)
    model.cost("energy", sold, -sell_eur_per_kwh)
    _batteries(model, balance, community, worth_eur_per_kwh)
    _vehicles(model, balance, community, supply.trips, missing_wh, worth_eur_per_kwh)
    arrays = model.arrays()
    solution = LinearProgram(arrays).solve()
    if solution is None:
        raise PlanError("the welfare optimum of a community has no solution")
    constant_eur = sum(model.constants.values())
    grid_wh = (solution.column[bought] - solution.column[sold]) * KILO
    return Optimum(solution.objective + constant_eur, grid_wh, solution.row_dual[balance])


def _batteries(model: "Model", balance: IntArray, community: Community, worth_eur_per_kwh: float) -> None:
    facts, start_wh, slots = community.batteries, community.start_wh, community.grid.step_count
    has = np.flatnonzero(community.has_battery)
    if not has.size:
        return
    facts, start_wh = _taken(facts, has), start_wh[has]
    if has.size * slots * 3 > LARGEST:
        facts, start_wh = _pooled(facts), start_wh.sum(keepdims=True)
    step_h = community.grid.step_h
    for each in range(facts.capacity_wh.size):
        way = float(facts.one_way_ratio[each])
        charge = model.columns(slots, 0.0, float(facts.charge_limit_w[each]) * step_h / KILO)
        give = model.columns(slots, 0.0, float(facts.discharge_limit_w[each]) * step_h / KILO)
        lowest = min(float(facts.energy_min_wh[each]), float(start_wh[each]))
        highest = max(float(facts.energy_max_wh[each]), float(start_wh[each]))
        level = model.columns(slots, lowest / KILO, highest / KILO)
        # Pooled batteries may lose more than the best of them: what is stored is at most, not exactly, what came in.
        begins = np.where(np.arange(slots) == 0, start_wh[each] / KILO, 0.0)
        kept = model.rows(-np.inf, begins, slots)
        for rows, columns, value in (
            (balance, charge, -1.0),
            (balance, give, 1.0),
            (kept, level, 1.0),
            (kept[1:], level[:-1], -1.0),
            (kept, charge, -way),
            (kept, give, 1.0 / way),
        ):
            model.put(rows, columns, value)
        model.cost("left", level[-1:], -worth_eur_per_kwh * way)
        model.constant("left", worth_eur_per_kwh * way * float(start_wh[each]) / KILO)


def _taken(facts: BatteryArrays, homes: IntArray) -> BatteryArrays:
    return replace(facts, **{name: getattr(facts, name)[homes] for name in facts.__slots__})


def _pooled(facts: BatteryArrays) -> BatteryArrays:
    """Return one battery that can do whatever all of them can: their sums, and the best efficiency of any."""
    sums = {name: getattr(facts, name).sum(keepdims=True) for name in facts.__slots__}
    return replace(facts, **{**sums, "one_way_ratio": facts.one_way_ratio.max(keepdims=True)})


def _vehicles(
    model: "Model",
    balance: IntArray,
    community: Community,
    trips: Trips,
    missing_wh: FloatArray,
    worth_eur_per_kwh: float,
) -> None:
    facts, step_h = community.vehicles, community.grid.step_h
    stays = stays_of(trips, missing_wh, community.history_count)
    most_wh = facts.charge_limit_w * step_h
    # What was missing at the start is no cost of this span; what is missing at its end is.
    model.constant("left", -worth_eur_per_kwh * float((missing_wh / facts.charge_ratio).sum()) / KILO)
    for at, vehicle in enumerate(stays.vehicle):
        slots = np.arange(stays.first[at], stays.end[at])
        reach_wh = most_wh[vehicle] * slots.size * facts.charge_ratio[vehicle]
        needed_kwh = min(float(stays.missing_wh[at]), float(reach_wh)) / facts.charge_ratio[vehicle] / KILO
        taken = model.columns(slots.size, 0.0, most_wh[vehicle] / KILO)
        row = model.rows(0.0 if stays.is_open[at] else needed_kwh, needed_kwh, 1)
        model.put(balance[slots], taken, -1.0)
        model.put(np.repeat(row, slots.size), taken, 1.0)
        if stays.is_open[at]:
            model.cost("left", taken, -worth_eur_per_kwh)
            model.constant("left", worth_eur_per_kwh * float(stays.missing_wh[at]) / facts.charge_ratio[vehicle] / KILO)


def stays_of(trips: Trips, missing_wh: FloatArray, history: int) -> Stays:
    """Return the times at home that need energy, the running ones with what is missing at the first slot."""
    needs_wh = trips.comes_with_wh[:, history:].copy()
    if needs_wh.size:
        needs_wh[:, 0] += missing_wh
    vehicle, first = np.nonzero(needs_wh > 0.0)
    left = trips.left_count[:, history:][vehicle, first]
    # Who is away when the span begins has nothing to charge yet.
    is_home = left > 0
    vehicle, first, left = vehicle[is_home], first[is_home], left[is_home]
    is_open = first + left >= needs_wh.shape[1]
    return Stays(vehicle, first, first + left, needs_wh[vehicle, first], is_open.astype(np.float64))
