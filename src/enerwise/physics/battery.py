"""The battery twin: an inverter with losses, cells that warm up, and a battery management that refuses the impossible.

From the AC side: power P charges when above zero. The cells see P less the loss while charging, and give P plus the
loss while discharging; the loss is that of the one-way efficiency, that of the running inverter, and one that grows
with the square of power. The battery management cuts power to what fits: the limits, less at cold and hot cells
(`enerwise.site.derating`), and energy within 0 and what the aged cells hold. The owner's operating band is the guard's
business. Energy balances exactly: what is stored is what is taken less what is lost.

Everything is elementwise over homes, so that ten thousand advance in one call and each gets, to the last bit, what it
would get alone.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core import quantity
from enerwise.core.units import SECONDS_PER_HOUR, FloatArray, IntArray
from enerwise.site.assets import BatteryArrays
from enerwise.site.derating import CHARGE, charge_derating_ratio, discharge_derating_ratio

# Assumptions for a wall-mounted LFP battery: 8.5 kg a kWh (data sheets of 2017-2024: 7 to 11) at 1000 J/(kg K), and a
# surface of 0.17 m2 a kWh giving off 6 W/(m2 K). Both grow with capacity, so that all sizes share one time constant.
HEAT_J_PER_K_PER_WH: Final = 8.5
COOLING_W_PER_K_PER_WH: Final = 1.0e-3
TIME_CONSTANT_S: Final = HEAT_J_PER_K_PER_WH / COOLING_W_PER_K_PER_WH
HEAT_RATIO: Final = 0.5
"""Share of the loss that warms the cells; the inverter gives the rest to the air."""
ROOM_DEGC: Final = 20.0
LEAST_LIMIT_W: Final = 1e-9
"""Stands for a limit of zero where something is divided by it."""


@dataclass(frozen=True, slots=True)
class BatteryState:
    """What a battery carries from step to step. Shapes (home,)"""

    energy_wh: FloatArray
    temperature_degc: FloatArray
    soh_ratio: FloatArray
    throughput_wh: FloatArray
    """Energy moved since new, AC side, charge plus discharge."""
    calendar_loss_ratio: FloatArray
    """Share of the capacity lost to time alone; `enerwise.physics.ageing` keeps it."""

    @classmethod
    def new(
        cls,
        facts: BatteryArrays,
        *,
        soc_ratio: FloatArray | float = 0.5,
        temperature_degc: FloatArray | float = ROOM_DEGC,
        soh_ratio: FloatArray | float = 1.0,
    ) -> "BatteryState":
        """Return unused batteries at rest; a level above what aged cells hold becomes full."""
        like = np.zeros_like(facts.capacity_wh)
        soh = like + soh_ratio
        energy_wh = facts.capacity_wh * np.minimum(like + soc_ratio, soh)
        return cls(energy_wh, like + temperature_degc, soh, like.copy(), 1.0 - soh)


@dataclass(frozen=True, slots=True)
class BatteryFlow:
    """What happened in a step, as means over it: ``power_w = stored_w + loss_w``. Shapes (home,)"""

    power_w: FloatArray
    """Power taken at the AC side; nearer to zero than asked where the battery refused."""
    loss_w: FloatArray
    """Conversion and self-discharge."""
    stored_w: FloatArray
    """Change of stored energy."""


def step(
    facts: BatteryArrays,
    state: BatteryState,
    power_w: FloatArray,
    *,
    ambient_degc: FloatArray | float,
    step_s: float,
) -> tuple[BatteryState, BatteryFlow]:
    """Advance batteries by one step.

    Args:
        facts: What the batteries are. Shapes (home,)
        state: How they stand. Shapes (home,)
        power_w: Power asked for at the AC side, finite, charging above zero. [W], shape (home,)
        ambient_degc: Air around them. [degC]
        step_s: Length of the step, above zero. [s]

    Returns:
        The state at the end of the step, and what flowed in it.

    Source: one-way efficiency and losses as told in `enerwise.site.assets.Battery`; first-order cell temperature.
    Holds for: AC-coupled LFP home batteries, steps of a second to an hour; within a step the temperature limits and the
        self-discharge are those of its beginning.

    >>> from enerwise.site.assets import Battery
    >>> facts = BatteryArrays.of([Battery("b", 10_000.0, 5_000.0, 5_000.0, round_trip_ratio=0.81)])
    >>> state, flow = step(facts, BatteryState.new(facts), np.array([1000.0]), ambient_degc=20.0, step_s=3600.0)
    >>> state.energy_wh, flow.power_w, flow.loss_w
    (array([5900.]), array([1000.]), array([100.]))
    """
    step_h = step_s / SECONDS_PER_HOUR
    power_w = _within_limits_w(facts, state.temperature_degc, power_w)
    full_wh = facts.capacity_wh * state.soh_ratio
    before_wh, leak_w = _leaked(facts, state.energy_wh, step_h)
    cell_w = _cell_power_w(facts, power_w)
    energy_wh = before_wh + cell_w * step_h
    # What does not fit is cut in place: these arrays were made in this call, nobody else has seen them yet.
    is_over, is_under = energy_wh > full_wh, energy_wh < 0.0
    if is_over.any():
        homes = np.flatnonzero(is_over)
        power_w[homes], cell_w[homes] = _filling_w(facts, homes, power_w, (full_wh - before_wh) / step_h)
        energy_wh[homes] = full_wh[homes]
    if is_under.any():
        homes = np.flatnonzero(is_under)
        power_w[homes], cell_w[homes] = _emptying_w(facts, homes, power_w, before_wh / step_h)
        energy_wh[homes] = np.where(cell_w[homes] < 0.0, 0.0, before_wh[homes])
    stored_w = cell_w if leak_w is None else cell_w - leak_w
    loss_w = power_w - stored_w
    after = BatteryState(
        energy_wh,
        _temperature_degc(facts, state.temperature_degc, loss_w, ambient_degc, step_s),
        state.soh_ratio,
        state.throughput_wh + np.abs(power_w) * step_h,
        state.calendar_loss_ratio,
    )
    return after, BatteryFlow(power_w, loss_w, stored_w)


def sensors(facts: BatteryArrays, state: BatteryState) -> dict[str, FloatArray]:
    """Return what the battery's own sensors tell, by quantity. Shapes (home,)

    The state of charge is energy over the capacity when new, as everywhere in the house; the state of health tells how
    far up it can go.
    """
    return {
        quantity.ENERGY_WH: state.energy_wh,
        quantity.SOC_RATIO: state.energy_wh / facts.capacity_wh,
        quantity.SOH_RATIO: state.soh_ratio,
        quantity.CYCLES_COUNT: cycles_count(facts, state),
        quantity.TEMPERATURE_DEGC: state.temperature_degc,
    }


def cycles_count(facts: BatteryArrays, state: BatteryState) -> FloatArray:
    """Return the equivalent full cycles since new: energy moved over twice the capacity. Shape (home,)"""
    return state.throughput_wh / (2.0 * facts.capacity_wh)


def _within_limits_w(facts: BatteryArrays, temperature_degc: FloatArray, power_w: FloatArray) -> FloatArray:
    charge_w, discharge_w = facts.charge_limit_w, facts.discharge_limit_w
    # Where all cells are comfortable both ratios are exactly 1, and two reductions replace ten array operations.
    coolest_degc, warmest_degc = temperature_degc.min(initial=ROOM_DEGC), temperature_degc.max(initial=ROOM_DEGC)
    if not (coolest_degc >= CHARGE.full_from_degc and warmest_degc <= CHARGE.full_to_degc):
        charge_w = charge_w * charge_derating_ratio(temperature_degc)
        discharge_w = discharge_w * discharge_derating_ratio(temperature_degc)
    # 0.0 - x and x + 0.0: no -0.0 enters, on whose sign batches of different length might disagree.
    return np.minimum(np.maximum(power_w + 0.0, 0.0 - discharge_w), charge_w)


def _leaked(facts: BatteryArrays, energy_wh: FloatArray, step_h: float) -> tuple[FloatArray, FloatArray | None]:
    """Return the energy without what leaks in this step, and the leak as a power; none below the floor."""
    if not facts.self_discharge_w.any():
        return energy_wh, None
    above_wh = np.maximum(energy_wh - facts.energy_min_wh, 0.0)
    leak_wh = np.minimum(above_wh, facts.self_discharge_w * step_h)
    return energy_wh - leak_wh, leak_wh / step_h


def _cell_power_w(facts: BatteryArrays, power_w: FloatArray) -> FloatArray:
    """Return the power that reaches the cells: charging less the loss, discharging plus the loss."""
    charge_w = np.maximum(power_w, 0.0)
    discharge_w = charge_w - power_w
    cell_w = facts.one_way_ratio * charge_w - discharge_w / facts.one_way_ratio
    # Both are skipped where no battery has them: taking away exactly nothing changes no bit.
    if facts.idle_loss_w.any():
        cell_w -= facts.idle_loss_w * (power_w != 0.0)
    if facts.resistive_ratio.any():
        cell_w -= facts.resistive_ratio * (
            charge_w * (charge_w / np.maximum(facts.charge_limit_w, LEAST_LIMIT_W))
            + discharge_w * (discharge_w / np.maximum(facts.discharge_limit_w, LEAST_LIMIT_W))
        )
    return cell_w


def _filling_w(
    facts: BatteryArrays, homes: IntArray, power_w: FloatArray, room_w: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the charging power that just fills some homes, and what reaches the cells. Shapes of ``homes``

    It is the smaller root of the loss parabola, written so that it holds without a square term, too.
    """
    room_w, linear = room_w.take(homes), facts.one_way_ratio.take(homes)
    square = facts.resistive_ratio.take(homes) / np.maximum(facts.charge_limit_w.take(homes), LEAST_LIMIT_W)
    wanted_w = room_w + facts.idle_loss_w.take(homes)
    root = np.sqrt(np.maximum(linear * linear - 4.0 * square * wanted_w, 0.0))
    return np.minimum(power_w.take(homes), 2.0 * wanted_w / (linear + root)), room_w


def _emptying_w(
    facts: BatteryArrays, homes: IntArray, power_w: FloatArray, stock_w: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the discharging power that just empties some homes, and what leaves the cells. Shapes of ``homes``

    Where less is left than the inverter needs to run, the home rests and keeps it; where a charge is too small to run
    the inverter, the cells give their last to it.
    """
    stock_w, linear = stock_w.take(homes), 1.0 / facts.one_way_ratio.take(homes)
    square = facts.resistive_ratio.take(homes) / np.maximum(facts.discharge_limit_w.take(homes), LEAST_LIMIT_W)
    wanted_w = np.maximum(stock_w - facts.idle_loss_w.take(homes), 0.0)
    size_w = 2.0 * wanted_w / (linear + np.sqrt(linear * linear + 4.0 * square * wanted_w))
    power_w = np.maximum(power_w.take(homes), 0.0 - size_w)
    return power_w, np.where(power_w == 0.0, 0.0, 0.0 - stock_w)


def _temperature_degc(
    facts: BatteryArrays,
    temperature_degc: FloatArray,
    loss_w: FloatArray,
    ambient_degc: FloatArray | float,
    step_s: float,
) -> FloatArray:
    """Return the cell temperature after a step of constant loss: the exact exponential approach to rest."""
    approach_ratio = -math.expm1(-step_s / TIME_CONSTANT_S)
    warmer_k = loss_w / facts.capacity_wh * (HEAT_RATIO / COOLING_W_PER_K_PER_WH)
    return temperature_degc + (ambient_degc + warmer_k - temperature_degc) * approach_ratio
