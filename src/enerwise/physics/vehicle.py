"""The vehicle twin: it comes home, needs energy by the time it leaves, and takes what it is given in between.

Seen from the AC side; driving is told by what a vehicle needs when it comes home. `step` only charges and counts what
is missing; `exchange` knows least currents and what a vehicle gives back. Elementwise over vehicles, so that ten
thousand advance in one call.
"""

from dataclasses import dataclass

import numpy as np

from enerwise.core.time import DAY_S
from enerwise.core.units import SECONDS_PER_HOUR, BoolArray, FloatArray, IntArray
from enerwise.physics.setpoint import runs_at


@dataclass(frozen=True, slots=True)
class Vehicles:
    """The facts of vehicles and the habits of their drivers. Shapes (vehicle,)"""

    charge_limit_w: FloatArray
    charge_ratio: FloatArray
    """Share of what is taken that reaches the cells."""
    capacity_wh: FloatArray
    """Most that can be missing when it comes home."""
    arrives_s: FloatArray
    """Usual time on the wall clock. [s]"""
    leaves_s: FloatArray
    """Usual time on the wall clock, the next morning. [s]"""
    needs_wh: FloatArray
    """Usual use of a day, in the cells."""
    goes_ratio: FloatArray
    """Chance that it is driven on a day."""
    varies_s: float = 1800.0
    """Standard deviation of both times from day to day."""
    varies_ratio: float = 0.3
    """Standard deviation of the use from day to day, as a share of it."""

    def __len__(self) -> int:
        return int(self.charge_limit_w.size)


@dataclass(frozen=True, slots=True)
class Trips:
    """When vehicles are at home, and what they need. Shapes (vehicle, step)"""

    is_home: BoolArray
    """For the whole of the step."""
    comes_with_wh: FloatArray
    """Energy missing in the cells, told in the step of arrival; what was still missing is driven off. [Wh]"""
    left_count: IntArray
    """Steps at home from this one on until it leaves; zero while it is away."""
    leaves: BoolArray
    """Whether the step is the last at home."""


def draw_trips(facts: Vehicles, local_s: IntArray, step_s: int, *, rng: np.random.Generator) -> Trips:
    """Draw a span of driving.

    Args:
        facts: Vehicles and habits.
        local_s: Seconds on the wall clock at the start of each step. Shape (step,)
        step_s: Length of a step. [s]
        rng: Source of chance; the same state gives the same trips.

    Source: own model: away from the morning to the evening of a day on which it is driven, normal times and uses.
    Holds for: vehicles that charge at home overnight.
    """
    count, steps = len(facts), local_s.size
    day = np.cumsum(np.diff(local_s, prepend=local_s[:1]) < 0)
    days = int(day[-1]) + 1 if steps else 0
    goes = rng.random((count, days)) < facts.goes_ratio[:, None]
    strays = facts.varies_s * rng.standard_normal((2, count, days))
    leaves_s = np.clip(facts.leaves_s[:, None] + strays[0], 0.0, DAY_S - step_s)
    arrives_s = np.clip(facts.arrives_s[:, None] + strays[1], leaves_s + step_s, DAY_S - 1.0)
    uses_wh = facts.needs_wh[:, None] * np.maximum(1.0 + facts.varies_ratio * rng.standard_normal((count, days)), 0.1)
    ends_s = local_s + step_s
    away = goes[:, day] & (ends_s > leaves_s[:, day]) & (local_s < arrives_s[:, day])
    is_home = ~away
    came = is_home & np.concatenate([np.zeros((count, 1), np.bool_), away[:, :-1]], axis=1)
    comes_with_wh = np.where(came, np.minimum(uses_wh, facts.capacity_wh[:, None])[:, day], 0.0)
    leaves = is_home & np.concatenate([away[:, 1:], np.zeros((count, 1), np.bool_)], axis=1)
    return Trips(is_home, comes_with_wh, _left(is_home), leaves)


def _left(is_home: BoolArray) -> IntArray:
    """Count the steps at home until the next one away, from behind."""
    left = np.zeros(is_home.shape, np.int64)
    running = np.zeros(is_home.shape[0], np.int64)
    for at in range(is_home.shape[1] - 1, -1, -1):
        running = np.where(is_home[:, at], running + 1, 0)
        left[:, at] = running
    return left


def power_bounds_w(
    facts: Vehicles, missing_wh: FloatArray, is_home: BoolArray, left_count: IntArray, *, step_s: float
) -> tuple[FloatArray, FloatArray]:
    """Return the least and the most a vehicle should take in a step so that it can leave with what it needs.

    Args:
        facts: Vehicles.
        missing_wh: Energy missing in the cells. [Wh], shape (vehicle,)
        is_home: Whether it can be charged at all.
        left_count: Steps at home from this one on.
        step_s: Length of a step. [s]

    Returns:
        What cannot be put off any longer, and what still fits; zero both while it is away. [W]

    >>> one = Vehicles(*(np.array([each]) for each in (4000.0, 1.0, 50e3, 64800.0, 25200.0, 8e3, 1.0)))
    >>> least, most = power_bounds_w(one, np.array([6000.0]), np.array([True]), np.array([2]), step_s=3600.0)
    >>> least, most
    (array([2000.]), array([4000.]))
    """
    step_h = step_s / SECONDS_PER_HOUR
    taken_w = missing_wh / facts.charge_ratio / step_h
    later_w = np.maximum(left_count - 1, 0) * facts.charge_limit_w
    most_w = np.where(is_home, np.minimum(taken_w, facts.charge_limit_w), 0.0)
    return np.minimum(np.maximum(taken_w - later_w, 0.0), most_w), most_w


def step(
    facts: Vehicles, missing_wh: FloatArray, power_w: FloatArray, is_home: BoolArray, *, step_s: float
) -> tuple[FloatArray, FloatArray]:
    """Charge vehicles for a step.

    Returns:
        Energy still missing in the cells [Wh], and the power taken at the AC side, nearer to zero than asked where the
        vehicle is away or full. [W]
    """
    step_h = step_s / SECONDS_PER_HOUR
    most_w = np.minimum(missing_wh / facts.charge_ratio / step_h, facts.charge_limit_w)
    taken_w = np.where(is_home, np.minimum(np.maximum(power_w, 0.0), most_w), 0.0)
    return np.maximum(missing_wh - taken_w * facts.charge_ratio * step_h, 0.0), taken_w


@dataclass(frozen=True, slots=True)
class Chargers:
    """Charging points and the vehicles at them. Shapes (vehicle,)"""

    charge_min_w: FloatArray
    """Below it a vehicle pauses: the least current of its standard."""
    charge_max_w: FloatArray
    discharge_max_w: FloatArray
    """Most it gives back, a size; zero where it cannot."""
    charge_ratio: FloatArray
    """Share of what is taken that reaches the cells."""
    discharge_ratio: FloatArray
    """Share of what leaves the cells that reaches the AC side."""
    capacity_wh: FloatArray
    floor_wh: FloatArray
    """Energy in the cells below which nothing is given back."""
    absorption_s: FloatArray | float = 0.0
    """Time constant with which a vehicle fills up near the end; zero where it takes all until full. [s]"""


def exchange(
    facts: Chargers, energy_wh: FloatArray, power_w: FloatArray, is_home: BoolArray, *, step_s: float
) -> tuple[FloatArray, FloatArray]:
    """Charge vehicles for a step, or let them give back.

    Args:
        facts: Charging points and vehicles.
        energy_wh: Energy in the cells. [Wh], shape (vehicle,)
        power_w: Power asked for at the AC side, charging above zero. [W], shape (vehicle,)
        is_home: Whether there is a vehicle at all.
        step_s: Length of the step, above zero. [s]

    Returns:
        Energy in the cells at the end [Wh], and the power taken, nearer to zero than asked where it does not fit. [W]

    Source: IEC 61851-1: a pilot signal grants 6 A or more, so that whoever may take less pauses. Near full a charger
        holds the voltage, and what is missing decays like an exponential (constant current, then constant voltage).
    Holds for: charging at constant power, then at constant voltage; power at a moment is the mean of its step.

    >>> one = Chargers(*(np.array([each]) for each in (1380.0, 11e3, 0.0, 0.9, 0.9, 50e3, 5e3)))
    >>> exchange(one, np.array([10e3]), np.array([2000.0]), np.array([True]), step_s=1800.0)
    (array([10900.]), array([2000.]))
    >>> exchange(one, np.array([10e3]), np.array([1000.0]), np.array([True]), step_s=1800.0)
    (array([10000.]), array([0.]))
    """
    step_h = step_s / SECONDS_PER_HOUR
    missing_wh = np.maximum(facts.capacity_wh - energy_wh, 0.0)
    fits_w = missing_wh * absorbed_ratio(facts.absorption_s, step_s) / facts.charge_ratio / step_h
    holds_w = np.maximum(energy_wh - facts.floor_wh, 0.0) * facts.discharge_ratio / step_h
    charge_w = np.where(runs_at(power_w, facts.charge_min_w), np.minimum(power_w, facts.charge_max_w), 0.0)
    charge_w = np.where(is_home, np.minimum(charge_w, fits_w), 0.0)
    discharge_w = np.minimum(np.maximum(0.0 - power_w, 0.0), facts.discharge_max_w)
    discharge_w = np.where(is_home, np.minimum(discharge_w, holds_w), 0.0)
    cells_w = charge_w * facts.charge_ratio - discharge_w / facts.discharge_ratio
    return energy_wh + cells_w * step_h, charge_w - discharge_w


def absorbed_ratio(absorption_s: FloatArray | float, step_s: float) -> FloatArray:
    """Return the most of what is missing in the cells that a step can bring. Shape of ``absorption_s``

    >>> absorbed_ratio(0.0, 900.0), round(float(absorbed_ratio(900.0, 900.0)), 4)
    (array(1.), 0.6321)
    """
    tau_s = np.asarray(absorption_s, dtype=np.float64)
    return np.asarray(np.where(tau_s > 0, -np.expm1(-step_s / np.maximum(tau_s, 1e-9)), 1.0))
