"""How homes carry out a slot: battery, vehicle and sun on their twins, through the guard's kernels."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.agents import laws
from enerwise.core.units import SECONDS_PER_HOUR, BoolArray, FloatArray
from enerwise.guard import kernels
from enerwise.market.worth import Worth, best_move_wh, outside_wh
from enerwise.physics import battery, pv, vehicle
from enerwise.physics.battery import BatteryState
from enerwise.run.community_homes import Community
from enerwise.site.derating import charge_derating_ratio, discharge_derating_ratio

ROOM_DEGC: Final = 20.0
PV_RANK, VEHICLE_RANK, BATTERY_RANK = 0, 1, 2
"""Where the connection's row would break, PV gives way first, then the vehicle, then the battery."""


@dataclass(frozen=True, slots=True)
class Intent:
    """How batteries answer what their home takes beyond what it has traded."""

    worth: Worth | None
    """What stored energy is worth; None for plain self-consumption."""
    buy_eur_per_kwh: float
    sell_eur_per_kwh: float
    together_min_w: float = -np.inf
    """What all homes together may give; a promise of those who share a connection."""
    together_max_w: float = np.inf
    """What they may take."""


@dataclass(frozen=True, slots=True)
class Flows:
    """What flowed in a slot, as means over it. Shapes (home,), vehicles (vehicle,)"""

    grid_w: FloatArray
    battery_w: FloatArray
    vehicle_w: FloatArray
    produced_w: FloatArray
    curtailed_w: FloatArray
    battery_loss_w: FloatArray


def bounds_w(community: Community, state: BatteryState) -> tuple[FloatArray, FloatArray]:
    """Return what the guard allows batteries to do for a slot. [W]"""
    return kernels.battery_bounds(
        community.batteries,
        state.energy_wh,
        charge_ratio=charge_derating_ratio(state.temperature_degc),
        discharge_ratio=discharge_derating_ratio(state.temperature_degc),
        hold_s=float(community.grid.step_s),
    )


def answer_w(community: Community, state: BatteryState, others_w: FloatArray, intent: Intent) -> FloatArray:
    """Return the power with which batteries answer what is left to their home. [W], within the guard's bounds

    Args:
        community: The homes.
        state: Their batteries.
        others_w: What everything else takes, less what was bought from neighbours. Shape (home,)
        intent: Whether they weigh what energy is worth, or take every surplus and cover every need.
    """
    step_s, facts = float(community.grid.step_s), community.batteries
    lower_w, upper_w = bounds_w(community, state)
    if intent.worth is None:
        spare_w = kernels.drain_limit_w(
            facts, state.energy_wh, np.maximum(facts.energy_min_wh, facts.reserve_wh), hold_s=step_s
        )
        return laws.self_consumption(others_w, lower_w, upper_w, deliver_limit_w=spare_w)
    move_wh = best_move_wh(
        intent.worth,
        state.energy_wh[:, None],
        others_w[:, None],
        intent.buy_eur_per_kwh,
        intent.sell_eur_per_kwh,
        step_s=step_s,
    )
    asked_w = outside_wh(facts, move_wh)[:, 0] * (SECONDS_PER_HOUR / step_s)
    return np.clip(asked_w, lower_w, upper_w) + 0.0


def together_w(
    asked_w: FloatArray, others_w: FloatArray, lower_w: FloatArray, upper_w: FloatArray, intent: Intent
) -> FloatArray:
    """Return battery powers that keep the common connection, as far as each serves its own home. [W], shape (home,)

    Where homes together take more than they may, batteries stop charging and cover their own home, all by the same
    share of what they can; where they give more, batteries take their own surplus. Nobody works for a neighbour.
    """
    total_w = float((asked_w + others_w).sum())
    over_w, under_w = total_w - intent.together_max_w, intent.together_min_w - total_w
    if over_w > 0.0:
        least_w = np.maximum(lower_w, -np.maximum(others_w, 0.0))
        return asked_w - _by_share(np.maximum(asked_w - least_w, 0.0), over_w)
    if under_w > 0.0:
        most_w = np.minimum(upper_w, np.maximum(0.0 - others_w, 0.0))
        return asked_w + _by_share(np.maximum(most_w - asked_w, 0.0), under_w)
    return asked_w


def _by_share(room_w: FloatArray, wanted_w: float) -> FloatArray:
    all_of_it_w = float(room_w.sum())
    return room_w * min(1.0, wanted_w / all_of_it_w) if all_of_it_w > 0.0 else room_w


def dispatch(
    community: Community,
    state: BatteryState,
    missing_wh: FloatArray,
    is_home: BoolArray,
    *,
    load_w: FloatArray,
    available_w: FloatArray,
    vehicle_w: FloatArray,
    traded_w: FloatArray,
    intent: Intent,
) -> tuple[BatteryState, FloatArray, Flows]:
    """Carry out a slot.

    Args:
        community: The homes.
        state: Batteries at the start.
        missing_wh: What vehicles need at the start. Shape (vehicle,)
        is_home: Whether a vehicle is at home.
        load_w: What homes really take. Shape (home,)
        available_w: What the sun really gives, zero or below.
        vehicle_w: Planned for vehicles. Shape (vehicle,)
        traded_w: Bought from neighbours, sold below zero.
        intent: How batteries answer.

    Returns:
        Batteries and what vehicles need at the end, and what flowed.
    """
    step_s, facts = float(community.grid.step_s), community.batteries
    offered_w = np.maximum(available_w, 0.0 - community.output_limit_w)
    home_w = np.zeros(len(community))
    np.add.at(home_w, community.vehicle_home, vehicle_w)
    lower_w, upper_w = bounds_w(community, state)
    asked_w = answer_w(community, state, load_w + offered_w + home_w - traded_w, intent)
    asked_w = together_w(asked_w, load_w + offered_w + home_w, lower_w, upper_w, intent)
    asked_w = laws.unclipped(asked_w, load_w + offered_w + home_w, upper_w, row_lower_w=0.0 - community.export_limit_w)
    allowed_w, home_w, delivered_w = _in_row(community, [asked_w, home_w, offered_w], load_w, lower_w, upper_w)
    _, sent_w = kernels.judge(allowed_w, lower_w, upper_w, 0.0, True)
    state, flow = battery.step(facts, state, sent_w, ambient_degc=ROOM_DEGC, step_s=step_s)
    missing_wh, taken_w = vehicle.step(
        community.vehicles, missing_wh, home_w[community.vehicle_home], is_home, step_s=step_s
    )
    produced_w = pv.step(available_w, community.output_limit_w, 0.0 - delivered_w)
    grid_w = load_w + produced_w + flow.power_w
    np.add.at(grid_w, community.vehicle_home, taken_w)
    return (
        state,
        missing_wh,
        Flows(grid_w, flow.power_w, taken_w, produced_w, produced_w - offered_w, flow.loss_w),
    )


def _in_row(
    community: Community, wanted_w: list[FloatArray], load_w: FloatArray, lower_w: FloatArray, upper_w: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Keep the limits of each connection; only the few homes that would break one are looked at."""
    battery_w, vehicle_w, offered_w = wanted_w
    total_w = load_w + offered_w + vehicle_w + battery_w
    at = np.flatnonzero((total_w > community.import_limit_w) | (total_w < 0.0 - community.export_limit_w))
    if not at.size:
        return battery_w, vehicle_w, offered_w
    nothing = np.zeros(at.size)
    fitted = kernels.fit_row(
        [battery_w[at], vehicle_w[at], offered_w[at]],
        [lower_w[at], nothing, offered_w[at]],
        [upper_w[at], vehicle_w[at], nothing],
        [BATTERY_RANK, VEHICLE_RANK, PV_RANK],
        0.0 - community.export_limit_w[at] - load_w[at],
        community.import_limit_w[at] - load_w[at],
    )
    kept = [each.copy() for each in (battery_w, vehicle_w, offered_w)]
    for column, values in zip(kept, fitted, strict=True):
        column[at] = values
    return kept[0], kept[1], kept[2]
