"""Machines as twins behind the device port: what each does by itself, and what it makes of a setpoint.

A machine keeps protections of its own: rooms and water have their thermostats, compressors their shortest runs and
pauses, a program goes through once it has begun. A setpoint moves a machine within these.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from enerwise.core.quantity import ENERGY_WH, IS_CONNECTED
from enerwise.core.series import Key
from enerwise.core.units import FloatArray
from enerwise.devices.stays import Stays, usual_stays
from enerwise.devices.warm_twins import Around, HeatPumpTwin, WaterHeaterTwin
from enerwise.physics import appliance, generator, vehicle
from enerwise.physics.declared import chargers_of, engine_of
from enerwise.site.habits import Span, sequence_w, spans
from enerwise.site.machines import Charger, Generator, HeatPump, Interruptible, Machine, Program, WaterHeater

MILD_DEGC: Final = 10.0
"""Outside, where nobody tells."""


class MachineTwin(Protocol):
    """One machine, step by step."""

    def own_w(self, step: int) -> float:
        """Return what it takes in a step if nobody asks it anything. [W]"""
        ...

    def carry_out(self, step: int, asked_w: float | None) -> float:
        """Run a step and return the mean power taken; None leaves it to itself. [W]"""
        ...

    def sensed(self, step: int) -> Mapping[Key, float]:
        """Return what its sensors tell as a step begins."""
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

    def sensed(self, step: int) -> Mapping[Key, float]:
        """Whether a car is there, and what it holds."""
        if not self.is_there(step):
            return {Key(self.facts.id, IS_CONNECTED): 0.0}
        held_wh = min(self._begins_with(step), self.facts.capacity_wh)
        return {Key(self.facts.id, IS_CONNECTED): 1.0, Key(self.facts.id, ENERGY_WH): held_wh}

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

    def sensed(self, step: int) -> Mapping[Key, float]:
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

    def sensed(self, step: int) -> Mapping[Key, float]:
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

    def sensed(self, step: int) -> Mapping[Key, float]:
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
