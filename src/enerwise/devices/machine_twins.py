"""Machines as twins behind the device port: what each does by itself, and what it makes of a setpoint.

A machine keeps protections of its own: rooms and water have their thermostats, compressors their shortest runs and
pauses, a program goes through once it has begun. A setpoint moves a machine within these.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from enerwise.core.quantity import ENERGY_WH, IS_CONNECTED, IS_OCCUPIED, TEMPERATURE_DEGC
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.devices.stays import Stays, usual_stays
from enerwise.physics import appliance, building, generator, heat_pump, tank, vehicle
from enerwise.physics.declared import building_of, chargers_of, compressor_of, engine_of, gains_w, heater_of, tank_of
from enerwise.site.habits import Span, band_degc, drawn_l, sequence_w, spans
from enerwise.site.machines import Charger, Generator, HeatPump, Interruptible, Machine, Program, WaterHeater

INSIDE_K: Final = 0.5
"""A thermostat keeps rooms so far above the least that is wished for, or below the most where it cools."""
BEYOND_K: Final = 1.5
"""So far beyond it a heat pump runs, whatever it is told."""
TANK_ABOVE_LOW_K: Final = 5.0
TANK_SWITCH_K: Final = 2.0
"""Water that is so much warmer than the least is not warmed."""
ROOM_DEGC: Final = 18.0
"""Around a water tank."""
MILD_DEGC: Final = 10.0
"""Outside, where nobody tells."""


@dataclass(frozen=True, slots=True)
class Around:
    """What all machines of a site live in, on one grid."""

    grid: TimeGrid
    zone: str
    outdoor_degc: FloatArray
    """Shape (step,)"""


class MachineTwin(Protocol):
    """One machine, step by step."""

    def own_w(self, step: int) -> float:
        """Return what it takes in a step if nobody asks it anything. [W]"""
        ...

    def carry_out(self, step: int, asked_w: float | None) -> float:
        """Run a step and return the mean power taken; None leaves it to itself. [W]"""
        ...

    def sensed(self, step: int) -> Mapping[str, float]:
        """Return what its sensors tell as a step begins, by quantity."""
        ...


@dataclass
class ChargerTwin:
    """A car charges as it comes, up to its target, unless it is asked for something else."""

    facts: Charger
    around: Around
    stays: Stays
    recorded_w: FloatArray | None = None
    """What it took by itself, where that was recorded. Shape (step,)"""
    energy_wh: float = 0.0
    missing_wh: list[float] = field(default_factory=list)
    """Energy below its target with which the car left, for each stay that is over."""

    def own_w(self, step: int) -> float:
        """Full power until its target is reached."""
        if not self.is_there(step):
            return 0.0
        if self.recorded_w is not None:
            return float(self.recorded_w[step])
        missing_wh = max(0.0, self.facts.target_wh - self._begins_with(step))
        return min(self.facts.power_max_w, missing_wh / self.facts.charge_ratio / self.around.grid.step_h)

    def carry_out(self, step: int, asked_w: float | None) -> float:
        """Charge, or give back, as far as the car allows."""
        self.energy_wh = self._begins_with(step)
        power_w = self.own_w(step)
        if asked_w is not None:
            facts = chargers_of(self.facts)
            after_wh, taken_w = vehicle.exchange(
                facts,
                np.array([self.energy_wh]),
                np.array([asked_w]),
                np.array([self.is_there(step)]),
                step_s=float(self.around.grid.step_s),
            )
            self.energy_wh, power_w = float(after_wh[0]), float(taken_w[0])
        else:
            self.energy_wh += power_w * self.facts.charge_ratio * self.around.grid.step_h
        if step + 1 in self.stays.leaves_step and step + 1 not in self.stays.arrives_step:
            self.missing_wh.append(max(0.0, self.facts.target_wh - self.energy_wh))
        return power_w

    def sensed(self, step: int) -> Mapping[str, float]:
        """Whether a car is there, and what it holds."""
        if not self.is_there(step):
            return {IS_CONNECTED: 0.0}
        return {IS_CONNECTED: 1.0, ENERGY_WH: min(self._begins_with(step), self.facts.capacity_wh)}

    def is_there(self, step: int) -> bool:
        """Tell whether a car is there in a step."""
        at = int(np.searchsorted(self.stays.arrives_step, step, side="right")) - 1
        return at >= 0 and step < self.stays.leaves_step[at]

    def _begins_with(self, step: int) -> float:
        if step not in self.stays.arrives_step:
            return self.energy_wh
        start_wh = self.stays.start_wh[self.stays.arrives_step.index(step)]
        if step in self.stays.leaves_step:
            # It came again before it would have left for long: what it still needed, it needs as well.
            return max(0.0, self.energy_wh - (self.facts.target_wh - start_wh))
        return start_wh


@dataclass
class HeatPumpTwin:
    """A modulating thermostat keeps the rooms a little above the least that is wished for, or below the most."""

    facts: HeatPump
    around: Around
    recorded_w: FloatArray | None = None
    is_occupied: FloatArray | None = None
    """Whether somebody is there, as its sensor tells; None without a sensor. Shape (step,)"""
    node_degc: FloatArray = field(default_factory=lambda: np.zeros(0))
    held_s: float = 0.0
    others_w: float = 0.0
    """Heat that others put into the rooms in this step, below zero where they take it."""

    def __post_init__(self) -> None:
        self._house, self._compressor = building_of(self.facts), compressor_of(self.facts)
        self._exact = self._house.discrete(float(self.around.grid.step_s))
        self._low, self._high = band_degc(self.facts, self.around.grid, self.around.zone)
        if not self.node_degc.size:
            start_degc = self._kept_degc(0)
            if self.recorded_w is not None:
                start_degc = 0.5 * float(self._low[0] + self._high[0])
            self.node_degc = np.full(self._house.capacity_wh_per_k.size, start_degc)

    def own_w(self, step: int) -> float:
        """Return what brings the rooms to where the thermostat wants them by the end of the step."""
        if self.recorded_w is not None:
            return float(self.recorded_w[step])
        cop = float(self._compressor.cop_at(self.around.outdoor_degc[step]))
        coasting_degc = float(self._after(step, 0.0)[0])
        wanted_k = self.facts.heat_sign * (self._kept_degc(step) - coasting_degc)
        wanted_w = wanted_k / float(self._exact.push[0, 0]) / cop
        least_w, most_w = self._compressor.power_min_w, self._compressor.power_max_w
        # Between nothing and its least power it takes whichever is nearer.
        return 0.0 if wanted_w <= 0.5 * least_w else float(np.clip(wanted_w, least_w, most_w))

    def carry_out(self, step: int, asked_w: float | None) -> float:
        """Run as asked, within shortest runs and pauses, and its own thermostats."""
        own_w = self.own_w(step)
        wanted_w = own_w if asked_w is None else self._protected(step, asked_w, own_w)
        if asked_w is None and self.recorded_w is not None:
            power_w = wanted_w
            heat_w = power_w * float(self._compressor.cop_at(self.around.outdoor_degc[step]))
        else:
            taken_w, given_w = heat_pump.step(
                self._compressor, np.array([wanted_w]), float(self.around.outdoor_degc[step])
            )
            power_w, heat_w = float(taken_w[0]), float(given_w[0])
        self.node_degc = self._after(step, self.facts.heat_sign * heat_w)
        step_s, runs = float(self.around.grid.step_s), power_w > 0
        same = runs == (self.held_s > 0)
        self.held_s = (self.held_s if same else 0.0) + (step_s if runs else -step_s)
        return power_w

    def sensed(self, step: int) -> Mapping[str, float]:
        """The temperature of the rooms, and whether somebody is there."""
        told = {TEMPERATURE_DEGC: float(self.node_degc[0])}
        return told if self.is_occupied is None else told | {IS_OCCUPIED: float(self.is_occupied[step])}

    def _kept_degc(self, step: int) -> float:
        """Return what the thermostat keeps: near the edge of the band that costs least."""
        edge_degc = self._high[step] if self.facts.cools else self._low[step]
        return float(edge_degc) + self.facts.heat_sign * INSIDE_K

    def _protected(self, step: int, asked_w: float, own_w: float) -> float:
        low_degc, high_degc, degc = self._low[step], self._high[step], self.node_degc[0]
        if self.facts.follows_presence:
            # Its own program is for when nobody asks; who asks knows who is there.
            low_degc, high_degc = self.facts.low_degc, self.facts.high_degc
        missing_k, over_k = low_degc - degc, degc - high_degc
        if self.facts.cools:
            missing_k, over_k = over_k, missing_k
        if missing_k > BEYOND_K:
            return max(asked_w, own_w)
        if 0 < self.held_s < self.facts.run_min_s:
            return max(asked_w, self._compressor.power_min_w)
        if 0 < -self.held_s < self.facts.pause_min_s:
            return 0.0
        return 0.0 if over_k > INSIDE_K else asked_w

    def _after(self, step: int, heat_w: float) -> FloatArray:
        flow_w = np.zeros(self.node_degc.size)
        outdoor_degc = float(self.around.outdoor_degc[step])
        flow_w[0] = heat_w + float(gains_w(self.facts, outdoor_degc)) + self.others_w
        return building.advance(self._house, self._exact, self.node_degc, flow_w, outdoor_degc)


@dataclass
class WaterHeaterTwin:
    """A thermostat warms the water a little above the least that is wished for."""

    facts: WaterHeater
    around: Around
    water_degc: float = float("nan")

    def __post_init__(self) -> None:
        self._tank, self._heater = tank_of(self.facts), heater_of(self.facts)
        self._drawn_l = drawn_l(self.facts, self.around.grid, self.around.zone)
        if not np.isfinite(self.water_degc):
            self.water_degc = self.facts.low_degc + TANK_ABOVE_LOW_K

    def own_w(self, step: int) -> float:
        """Warm it where it is too cold, or would be by the end of the step."""
        cold_degc = self._after(step, 0.0)
        if cold_degc > self.facts.low_degc + TANK_SWITCH_K:
            return 0.0
        needed_wh = (self.facts.low_degc + TANK_ABOVE_LOW_K - cold_degc) * self._tank.capacity_wh_per_k
        needed_w = needed_wh / self.facts.cop / self.around.grid.step_h
        return min(needed_w, self.facts.electric_max_w)

    def carry_out(self, step: int, asked_w: float | None) -> float:
        """Warm as asked, never above the highest temperature."""
        power_w = self.own_w(step) if asked_w is None else min(max(asked_w, 0.0), self.facts.electric_max_w)
        room_wh = max(0.0, self.facts.high_degc - self._after(step, 0.0)) * self._tank.capacity_wh_per_k
        power_w = min(power_w, room_wh / self.facts.cop / self.around.grid.step_h)
        self.water_degc = self._after(step, power_w * self.facts.cop)
        return power_w

    def sensed(self, step: int) -> Mapping[str, float]:
        """The temperature of the water."""
        return {TEMPERATURE_DEGC: self.water_degc}

    def _after(self, step: int, heat_w: float) -> float:
        return float(
            tank.step(
                self._tank,
                np.array([self.water_degc]),
                np.array([heat_w]),
                float(self._drawn_l[step]),
                cold_degc=self.facts.cold_degc,
                room_degc=ROOM_DEGC,
                step_s=float(self.around.grid.step_s),
            )[0]
        )


@dataclass
class ProgramTwin:
    """Somebody loads it before its window opens; it starts when it is told to, else at once, once in each window."""

    facts: Program
    around: Around
    position: int = -1
    run_in: Span | None = None
    """The opening of the window in which it last ran."""

    def __post_init__(self) -> None:
        self._sequence_w = sequence_w(self.facts, float(self.around.grid.step_s))
        self._spans = spans(self.facts.window, self.around.grid, self.around.zone)

    def own_w(self, step: int) -> float:
        """Start as soon as the window is open, or go on."""
        if self._is_running:
            return float(self._sequence_w[self.position])
        return float(self._sequence_w[0]) if self._may_start(step) else 0.0

    def carry_out(self, step: int, asked_w: float | None) -> float:
        """Start when asked to; what has begun goes on."""
        is_asked = asked_w is None or asked_w >= 0.5 * self._sequence_w[0] > 0
        starts = not self._is_running and is_asked and self._may_start(step)
        if starts:
            self.position, self.run_in = -1, self._open(step)
        position, power_w = appliance.run_program(
            self._sequence_w, np.array([self.position]), np.array([starts and self.position < 0])
        )
        self.position = int(position[0])
        return float(power_w[0])

    def sensed(self, step: int) -> Mapping[str, float]:
        """Nothing but its power is known."""
        return {}

    @property
    def _is_running(self) -> bool:
        return 0 <= self.position < self._sequence_w.size

    def _open(self, step: int) -> Span | None:
        return next((each for each in self._spans if each.first <= step < each.end), None)

    def _may_start(self, step: int) -> bool:
        span = self._open(step)
        return span is not None and span != self.run_in and span.end - step >= self._sequence_w.size


@dataclass
class InterruptibleTwin:
    """It runs from the beginning of its window until it has what it needs, unless it is told when to."""

    facts: Interruptible
    around: Around
    run_s: float = 0.0
    run_in: Span | None = None

    def __post_init__(self) -> None:
        self._spans = spans(self.facts.window, self.around.grid, self.around.zone)

    def own_w(self, step: int) -> float:
        """Run while something is missing."""
        span = next((each for each in self._spans if each.first <= step < each.end), None)
        done_s = self.run_s if span == self.run_in else 0.0
        return self.facts.rated_w if span is not None and done_s < self.facts.needs_s else 0.0

    def carry_out(self, step: int, asked_w: float | None) -> float:
        """Switch it."""
        span = next((each for each in self._spans if each.first <= step < each.end), None)
        power_w = self.own_w(step)
        if span != self.run_in:
            self.run_in, self.run_s = span, 0.0
        if asked_w is not None:
            power_w = float(appliance.switch(self.facts.rated_w, np.array([asked_w]))[0])
        self.run_s += float(self.around.grid.step_s) if power_w else 0.0
        return power_w

    def sensed(self, step: int) -> Mapping[str, float]:
        """Nothing but its power is known."""
        return {}


@dataclass
class GeneratorTwin:
    """It stands still unless it is asked."""

    facts: Generator
    around: Around
    is_on: bool = False
    fuel_wh: float = 0.0

    def own_w(self, step: int) -> float:
        """Nothing."""
        return 0.0

    def carry_out(self, step: int, asked_w: float | None) -> float:
        """Run as asked."""
        taken_w, on, burnt_wh, _ = generator.step(
            engine_of(self.facts),
            np.array([asked_w or 0.0]),
            np.array([self.is_on]),
            step_s=float(self.around.grid.step_s),
        )
        self.is_on, self.fuel_wh = bool(on[0]), self.fuel_wh + float(burnt_wh[0])
        return float(taken_w[0])

    def sensed(self, step: int) -> Mapping[str, float]:
        """Nothing but its power is known."""
        return {}


def twin_of(
    machine: Machine,
    around: Around,
    *,
    recorded_w: FloatArray | None = None,
    stays: Stays | None = None,
    is_occupied: FloatArray | None = None,
) -> MachineTwin:
    """Return the twin of a machine.

    Args:
        machine: What it is.
        around: Where it stands.
        recorded_w: What a car or a heat pump took by itself; None lets it follow its own rules. Shape (step,)
        stays: When a car is there; None takes its usual week.
        is_occupied: Whether somebody is in the rooms; None has no sensor. Shape (step,)
    """
    match machine:
        case Charger():
            return ChargerTwin(machine, around, stays or usual_stays(machine, around.grid, around.zone), recorded_w)
        case HeatPump():
            return HeatPumpTwin(machine, around, recorded_w, is_occupied)
        case _:
            return _SIMPLE[type(machine)](machine, around)


_SIMPLE: Final[Mapping[type[Machine], Callable[[Any, Around], MachineTwin]]] = {
    WaterHeater: WaterHeaterTwin,
    Program: ProgramTwin,
    Interruptible: InterruptibleTwin,
    Generator: GeneratorTwin,
}
