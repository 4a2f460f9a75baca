"""Readings as minutes: each reading holds for its own step, whatever its length, and a gap stays a gap.

A store holds means over steps of a second, a minute, a quarter of an hour, also side by side in one day. Energy is
exact: a minute's mean is the time-weighted mean of what it is made of.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.series import Series
from enerwise.core.time import TimeGrid
from enerwise.core.units import BoolArray, FloatArray, IntArray

MINUTE_S: Final = 60
LEAST_COVER: Final = 0.5
"""A minute of which less is known is unknown."""
LATE: Final = 1.5
"""A reading that comes so many steps after the one before is late, not beyond a gap."""
ALIKE: Final = 0.1
"""Distances that differ by less are one step length."""


@dataclass(frozen=True, slots=True)
class Track:
    """One channel on a grid. Shapes (step,)"""

    mean: FloatArray
    """NaN where less than half of the step is known."""
    cover_ratio: FloatArray
    """Share of the step that readings cover, 0..1."""


def on_minutes(series: Series, grid: TimeGrid) -> Track:
    """Lay readings of means on a grid of steps of a minute or more."""
    if not len(series):
        return Track(np.full(grid.step_count, np.nan), np.zeros(grid.step_count))
    start_ms = series.start_utc.astype(np.int64)
    held_ms = held_for_ms(start_ms)
    # Two points for each reading: sums before and after it, flat across gaps.
    edges_ms = np.stack([start_ms, start_ms + held_ms], axis=1).ravel()
    value_sum = np.cumsum(np.stack([np.zeros(start_ms.size), series.value * held_ms], axis=1).ravel())
    time_sum = np.cumsum(np.stack([np.zeros(start_ms.size), held_ms.astype(np.float64)], axis=1).ravel())
    first_ms, step_ms = int(grid.start_utc.astype(np.int64)), grid.step_s * 1000
    marks_ms = first_ms + step_ms * np.arange(grid.step_count + 1)
    value, time_ms = (np.diff(np.interp(marks_ms, edges_ms, each)) for each in (value_sum, time_sum))
    cover = time_ms / step_ms
    known = cover >= LEAST_COVER
    mean = np.where(known, value / np.where(known, time_ms, 1.0), np.nan)
    return Track(mean, np.minimum(cover, 1.0))


def held_for_ms(start_ms: IntArray) -> IntArray:
    """Return how long each reading holds: until the next one, or for its own step before a gap. Starts must rise.

    >>> held_for_ms(np.array([0, 60, 120, 900, 960]))
    array([60, 60, 60, 60, 60])
    """
    if start_ms.size < 2:
        return np.full(start_ms.size, MINUTE_S * 1000, dtype=np.int64)
    ahead = np.diff(start_ms)
    distance, count = np.unique(ahead, return_counts=True)
    usual = int(distance[np.argmax(count)])
    alike = _alike(ahead[1:], ahead[:-1])
    is_step = ahead <= LATE * usual
    is_step[1:] |= alike
    is_step[:-1] |= alike
    own = np.where(is_step, ahead, usual)
    # Before a gap the step is that of the reading before.
    before = np.concatenate([[own[0]], own[:-1]])
    held = np.where(is_step, ahead, np.minimum(ahead, before))
    return np.concatenate([held, own[-1:]]).astype(np.int64)


def _alike(one: IntArray, other: IntArray) -> BoolArray:
    same: BoolArray = np.abs(one - other) <= ALIKE * one
    return same


def at_edge(series: Series, edge_ms: int, *, within_ms: int) -> float:
    """Return the value of a level at an instant: the nearest reading not further away than ``within_ms``, else NaN."""
    if not len(series):
        return float("nan")
    away = np.abs(series.start_utc.astype(np.int64) - edge_ms)
    nearest = int(np.argmin(away))
    return float(series.value[nearest]) if away[nearest] <= within_ms else float("nan")
