"""The generator twin: an engine that burns fuel while it runs, more with its load, and some for every start."""

from dataclasses import dataclass

import numpy as np

from enerwise.core.units import SECONDS_PER_HOUR, BoolArray, FloatArray
from enerwise.physics.setpoint import runs_at


@dataclass(frozen=True, slots=True)
class Engine:
    """A diesel, gas or combined heat and power engine. Powers as sizes."""

    power_min_w: float
    power_max_w: float
    fuel_idle_w: float
    """Fuel it burns while it runs, whatever its load: the constant of the Willans line."""
    fuel_ratio: float
    """Further fuel per electricity delivered: the slope of the Willans line."""
    fuel_start_wh: float = 0.0
    """Fuel of a start."""
    heat_ratio: float = 0.0
    """Useful heat per fuel; zero where it is given to the air."""

    def __post_init__(self) -> None:
        if not 0 <= self.power_min_w <= self.power_max_w:
            raise ValueError(f"power {self.power_min_w}..{self.power_max_w} W is not a range")
        if min(self.fuel_idle_w, self.fuel_start_wh, self.heat_ratio) < 0 or not self.fuel_ratio >= 1:
            raise ValueError("fuel must not be below zero, and no less than what is delivered")


def step(
    engine: Engine, power_w: FloatArray, was_on: BoolArray, *, step_s: float
) -> tuple[FloatArray, BoolArray, FloatArray, FloatArray]:
    """Run engines for a step.

    Args:
        engine: What they are.
        power_w: Power asked for, delivering below zero. [W], shape (home,)
        was_on: Whether they ran in the step before. Shape (home,)
        step_s: Length of the step, above zero. [s]

    Returns:
        Power taken, zero or below: none below the least. [W]; whether they run; fuel burnt. [Wh]; useful heat. [Wh]

    Source: Willans line, fuel as a straight line of load.
    Holds for: diesel and gas engines between a quarter and full load.

    >>> engine = Engine(2000.0, 8000.0, 1500.0, 2.5, fuel_start_wh=100.0)
    >>> step(engine, np.array([-4000.0, -1000.0]), np.array([False, True]), step_s=3600.0)[:3]
    (array([-4000.,     0.]), array([ True, False]), array([11600.,     0.]))
    """
    asked_w = 0.0 - power_w
    on = runs_at(asked_w, engine.power_min_w)
    delivered_w = np.where(on, np.minimum(asked_w, engine.power_max_w), 0.0)
    step_h = step_s / SECONDS_PER_HOUR
    fuel_wh = (on * engine.fuel_idle_w + delivered_w * engine.fuel_ratio) * step_h
    fuel_wh = fuel_wh + (on & ~was_on) * engine.fuel_start_wh
    return 0.0 - delivered_w, on, fuel_wh, fuel_wh * engine.heat_ratio
