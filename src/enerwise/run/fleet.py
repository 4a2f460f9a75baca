"""Ten thousand homes in one call: the same laws, guard kernels and twins as one home, over a leading axis.

In batch there are no permits and no events, only the kernels; a property holds both together: a home in a fleet does,
to the last bit, what it does alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.agents import laws
from enerwise.core.time import DAY_S, TimeGrid
from enerwise.core.units import BoolArray, FloatArray
from enerwise.guard import kernels
from enerwise.physics import ageing, battery, household, pv, weather
from enerwise.physics.battery import BatteryState
from enerwise.site.assets import Battery, BatteryArrays
from enerwise.site.derating import charge_derating_ratio, discharge_derating_ratio

ROOM_DEGC: Final = 20.0
BATTERY_RANK, PV_RANK = 1, 0
"""Where the connection's row would break, PV gives way before the battery."""


@dataclass(frozen=True, slots=True)
class Homes:
    """The facts of many homes, each with one battery and one PV plant that can be curtailed. Shapes (home,)"""

    batteries: BatteryArrays
    reserve_wh: FloatArray | None
    """Energy that self-consumption keeps; None where nobody keeps more than the lowest allowed level."""
    output_limit_w: FloatArray
    import_limit_w: FloatArray
    export_limit_w: FloatArray

    @classmethod
    def of(
        cls,
        batteries: Sequence[Battery],
        *,
        output_limit_w: FloatArray,
        import_limit_w: FloatArray,
        export_limit_w: FloatArray,
    ) -> "Homes":
        """Stack the facts of homes."""
        facts = BatteryArrays.of(tuple(batteries))
        reserve_wh = np.maximum(facts.energy_min_wh, facts.reserve_wh)
        keeps_more = bool((reserve_wh > facts.energy_min_wh).any())
        return cls(facts, reserve_wh if keeps_more else None, output_limit_w, import_limit_w, export_limit_w)


@dataclass
class Meters:
    """What a fleet has metered so far. Shapes (home,)"""

    import_wh: FloatArray
    export_wh: FloatArray
    curtailed_wh: FloatArray
    violation_count: int = 0

    @classmethod
    def zero(cls, home_count: int) -> "Meters":
        """Return meters that have seen nothing."""
        return cls(np.zeros(home_count), np.zeros(home_count), np.zeros(home_count))

    def add(self, grid_w: FloatArray, lost_w: FloatArray, hours: float) -> None:
        """Count one step."""
        imported_w = np.maximum(grid_w, 0.0)
        self.import_wh += imported_w * hours
        self.export_wh += (imported_w - grid_w) * hours
        self.curtailed_wh += lost_w * hours


def step(
    homes: Homes, state: BatteryState, load_w: FloatArray, available_w: FloatArray, *, step_s: float
) -> tuple[BatteryState, FloatArray, FloatArray]:
    """Advance every home by one step under self-consumption.

    Args:
        homes: Facts.
        state: Batteries at the start of the step.
        load_w: Mean load of the step, above zero. Shape (home,)
        available_w: What PV could deliver, zero or below. Shape (home,)
        step_s: Length of the step. [s]

    Returns:
        State at its end, power at the connection, and power that was curtailed (a size). Shapes (home,)
    """
    facts = homes.batteries
    lower_w, upper_w = kernels.battery_bounds(
        facts,
        state.energy_wh,
        charge_ratio=charge_derating_ratio(state.temperature_degc),
        discharge_ratio=discharge_derating_ratio(state.temperature_degc),
        hold_s=step_s,
    )
    offered_w = np.maximum(available_w, 0.0 - homes.output_limit_w)
    others_w = load_w + offered_w
    spare_w = (
        0.0 - lower_w
        if homes.reserve_wh is None
        else kernels.drain_limit_w(facts, state.energy_wh, homes.reserve_wh, hold_s=step_s)
    )
    asked_w = laws.self_consumption(others_w, lower_w, upper_w, deliver_limit_w=spare_w)
    asked_w = laws.unclipped(asked_w, others_w, upper_w, row_lower_w=0.0 - homes.export_limit_w)
    allowed_w, delivered_w = _in_row(homes, asked_w, offered_w, load_w, lower_w, upper_w)
    _, sent_w = kernels.judge(allowed_w, lower_w, upper_w, 0.0, True)
    state, flow = battery.step(facts, state, sent_w, ambient_degc=ROOM_DEGC, step_s=step_s)
    produced_w = pv.step(available_w, homes.output_limit_w, 0.0 - delivered_w)
    return state, load_w + produced_w + flow.power_w, produced_w - offered_w


def _in_row(
    homes: Homes,
    asked_w: FloatArray,
    offered_w: FloatArray,
    load_w: FloatArray,
    lower_w: FloatArray,
    upper_w: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Keep the connection's limits; only the few homes that would break one are looked at."""
    total_w = load_w + offered_w + asked_w
    breaks: BoolArray = (total_w > homes.import_limit_w) | (total_w < 0.0 - homes.export_limit_w)
    if not breaks.any():
        return asked_w, offered_w
    at = np.flatnonzero(breaks)
    fitted = kernels.fit_row(
        [asked_w[at], offered_w[at]],
        [lower_w[at], offered_w[at]],
        [upper_w[at], np.zeros(at.size)],
        [BATTERY_RANK, PV_RANK],
        0.0 - homes.export_limit_w[at] - load_w[at],
        homes.import_limit_w[at] - load_w[at],
    )
    allowed_w, delivered_w = asked_w.copy(), offered_w.copy()
    allowed_w[at], delivered_w[at] = fitted
    return allowed_w, delivered_w


def play(
    homes: Homes, state: BatteryState, blocks: "Iterator[Block] | Sequence[Block]", meters: Meters
) -> BatteryState:
    """Run homes through blocks of supply; cells age once a day."""
    for block in blocks:
        steps_per_day = DAY_S // block.grid.step_s
        for at in range(block.grid.step_count):
            state, grid_w, lost_w = step(
                homes, state, block.load_w[:, at], block.available_w[:, at], step_s=float(block.grid.step_s)
            )
            meters.add(grid_w, lost_w, block.grid.step_h)
            if (at + 1) % steps_per_day == 0:
                state = ageing.age(homes.batteries, state, elapsed_s=float(DAY_S))
    return state


@dataclass(frozen=True, slots=True)
class Block:
    """Supply of a span. Shapes (home, step), each step contiguous over homes"""

    grid: TimeGrid
    load_w: FloatArray
    available_w: FloatArray


def generated(
    grid: TimeGrid, zone: str, peak_w: FloatArray, *, rng: np.random.Generator, days: int = 7
) -> Iterator[Block]:
    """Yield generated supply, a few days at a time, in constant memory; all homes share the weather of one place."""
    habits = household.draw_habits(rng, peak_w.size)
    sky = weather.draw(grid, weather.Place(), rng=rng)
    size = days * DAY_S // grid.step_s
    for first in range(0, grid.step_count, size):
        part = grid.part(first, min(size, grid.step_count - first))
        steps = slice(first, first + part.step_count)
        load_w = household.draw_load_w(habits, part, zone, rng=rng, temperature_degc=sky.temperature_degc[steps])
        per_peak = pv.available_w(sky.irradiance_w_per_m2[steps], sky.temperature_degc[steps], 1.0)
        yield Block(part, load_w, np.multiply.outer(per_peak, peak_w).T)
