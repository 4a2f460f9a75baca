"""What a series can reach: no load below zero where none was, no sun at night, nothing far beyond what ever was."""

from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray
from enerwise.forecast.frame import Known

NIGHT_DAYS: Final = 15
NIGHT_SHARE: Final = 0.002
"""A time of day is night while nothing above this share of the peak was measured at it for so many days."""
HEADROOM: Final = 0.1
"""So much of the measured range may be added at either end; PV no more above the clear days of its hour."""
SHORTEST_NIGHT: Final = 0.2
"""Share of the day; summer nights are as short in the south of Norway."""
SUNRISE_STEPS_S: Final = 3600
"""The sun rises earlier in spring: the neighbours of a lit time of day are not night."""


def reach(known: Known) -> tuple[FloatArray, FloatArray]:
    """Return the least and the most each step of the horizon may be. Shapes (step,)"""
    told = known.target[np.isfinite(known.target)]
    if not told.size:
        return np.full(known.horizon, -np.inf), np.full(known.horizon, np.inf)
    least, most = float(told.min()), float(told.max())
    room = HEADROOM * (most - least)
    low = np.full(known.horizon, 0.0 if least >= 0 else least - room)
    high = np.full(known.horizon, 0.0 if most <= 0 else most + room)
    if known.kind == "pv":
        dark = is_night(known)[np.arange(known.horizon) % known.steps_per_day]
        low, high = np.where(dark, 0.0, low), np.where(dark, 0.0, high)
    return low, high


def has_nights(value: FloatArray, steps_per_day: int) -> bool:
    """Tell whether a series is nothing at the same times of every day, as the sun is.

    Args:
        value: NaN where nothing was measured. Shape (step,)
        steps_per_day: Steps in 24 hours.
    """
    days = value.size // steps_per_day
    if days < NIGHT_DAYS:
        return False
    high = np.abs(np.nan_to_num(value[: days * steps_per_day].reshape(days, steps_per_day))).max(axis=0)
    return bool((high <= NIGHT_SHARE * high.max()).mean() >= SHORTEST_NIGHT) and high.max() > 0.0


def is_night(known: Known) -> BoolArray:
    """Tell which slots of the day that begins at the issue are night, from the last two weeks. Shape (slot,)"""
    day = known.steps_per_day
    days = min(NIGHT_DAYS, known.past_count // day)
    if not days:
        return np.zeros(day, dtype=np.bool_)
    recent = np.abs(np.nan_to_num(known.target[known.past_count - days * day :].reshape(days, day)))
    lit = recent.max(axis=0) > NIGHT_SHARE * max(float(recent.max()), 1e-300)
    for shift in range(1, max(1, SUNRISE_STEPS_S * day // 86_400 // 2) + 1):
        lit = lit | np.roll(lit, shift) | np.roll(lit, -shift)
    return np.asarray(~lit)
