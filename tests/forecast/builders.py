"""Pasts with good defaults: a home in half-hours from a Monday on."""

from collections.abc import Sequence

import numpy as np

from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Key
from enerwise.core.units import FloatArray
from enerwise.forecast.past import Past
from tests.builders import a_grid

HOME, ROOF = Key("home", POWER_W), Key("roof", AVAILABLE_POWER_W)
STEP_S = 1800
PER_DAY = 48


def a_past(
    value: Sequence[float] | FloatArray, *, key: Key = HOME, start: str = "2024-07-01", step_s: int = STEP_S
) -> Past:
    """Values one after the other."""
    array = np.asarray(value, dtype=np.float64)
    return Past(key, a_grid(start, step_s=step_s, steps=array.size), array)


def days_of(count: int, *, per_day: int = PER_DAY) -> FloatArray:
    """A different number for every step: the day in the whole part, the slot behind the point."""
    day, slot = np.divmod(np.arange(count * per_day), per_day)
    return np.asarray(day + slot / 1000.0, dtype=np.float64)


def noisy(days: int, *, seed: int = 1, noise: float = 100.0, per_day: int = PER_DAY, memory: float = 0.0) -> FloatArray:
    """A day repeated with errors of one size; with ``memory`` each error keeps that share of the one before."""
    rng = np.random.default_rng(seed)
    error = rng.normal(0.0, noise, days * per_day)
    if memory:
        error *= np.sqrt(1 - memory**2)
        for step in range(1, error.size):
            error[step] += memory * error[step - 1]
    hour = np.arange(error.size) % per_day / per_day * 24.0
    return np.asarray(1500.0 + 700.0 * np.sin(hour / 12.0 * np.pi) + error, dtype=np.float64)
