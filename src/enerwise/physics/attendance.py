"""People as they come and go beside their usual week: for twins of buildings.

Shares of days and spreads are round figures for a twin that shall not keep to its habit, not a survey of offices.
"""

from itertools import pairwise
from typing import Final

import numpy as np

from enerwise.core.time import TimeGrid, local_fields
from enerwise.core.units import FloatArray, IntArray

AWAY_RATIO: Final = 0.12
"""Of usual days on which nobody comes."""
EARLY_RATIO: Final = 0.08
"""Of usual days that begin two hours before their time."""
EARLY_H: Final = 2.0
COMES_SPREAD_H: Final = 0.5
LEAVES_SPREAD_H: Final = 0.75
"""Standard deviations of when the first comes and the last leaves."""


def draw_presence(usual: FloatArray, grid: TimeGrid, zone: str, *, rng: np.random.Generator) -> FloatArray:
    """Draw when somebody is there, 1 or 0, beside a usual week.

    Args:
        usual: 1 where somebody usually is. Shape (step,)
        grid: Its steps.
        zone: Whose days.
        rng: What it is drawn from.
    """
    local = local_fields(grid.starts_utc, zone)
    hour = local.second / 3600.0
    there = np.zeros(usual.size)
    for steps in _by_day(local.day):
        there[steps] = _day(usual[steps], hour[steps], grid.step_h, rng)
    return there


def _day(usual: FloatArray, hour: FloatArray, step_h: float, rng: np.random.Generator) -> FloatArray:
    # All are drawn on every day, so that one day's habit changes nothing on the days after.
    away, early, comes_h, leaves_h = rng.random(), rng.random(), rng.normal(), rng.normal()
    if not usual.any() or away < AWAY_RATIO:
        return np.zeros(usual.size)
    first, last = hour[np.flatnonzero(usual)[[0, -1]]]
    first = first - EARLY_H if early < EARLY_RATIO else first + COMES_SPREAD_H * comes_h
    last = last + step_h + LEAVES_SPREAD_H * leaves_h
    middle = hour + 0.5 * step_h
    there: FloatArray = ((middle >= first) & (middle < last)).astype(np.float64)
    return there


def repeat_days(
    recorded: FloatArray, recorded_grid: TimeGrid, grid: TimeGrid, zone: str, *, rng: np.random.Generator
) -> FloatArray:
    """Return recorded days in a new order: each day takes a whole one of its kind, weekday or weekend, drawn at random.

    Args:
        recorded: Whether somebody was there, NaN where nobody looked. Shape (recorded step,)
        recorded_grid: Its steps on the local clock, as long as those of ``grid``.
        grid: What is to be filled.
        zone: Whose days.
        rng: What it is drawn from.

    Raises:
        ValueError: Steps differ in length, or no whole weekday or weekend day was recorded.
    """
    if recorded_grid.step_s != grid.step_s:
        raise ValueError(f"presence was recorded by {recorded_grid.step_s} s, not by {grid.step_s} s")
    pools = _pools(recorded, recorded_grid)
    local = local_fields(grid.starts_utc, zone)
    there = np.zeros(grid.step_count)
    for steps in _by_day(local.day):
        pool = pools[int(local.weekday[steps.start] >= 5)]
        there[steps] = pool[rng.integers(len(pool))][local.second[steps] // grid.step_s]
    return there


def _pools(recorded: FloatArray, grid: TimeGrid) -> tuple[list[FloatArray], list[FloatArray]]:
    local = local_fields(grid.starts_utc, "UTC")
    pools: tuple[list[FloatArray], list[FloatArray]] = ([], [])
    for steps in _by_day(local.day):
        slots = np.full(-(-86_400 // grid.step_s), np.nan)
        slots[local.second[steps] // grid.step_s] = recorded[steps]
        if np.isfinite(slots).all():
            pools[int(local.weekday[steps.start] >= 5)].append((slots >= 0.5).astype(np.float64))
    for pool, name in zip(pools, ("weekday", "day of a weekend"), strict=True):
        if not pool:
            raise ValueError(f"no whole {name} was recorded")
    return pools


def _by_day(day: IntArray) -> list[slice]:
    edges = np.flatnonzero(np.diff(day, prepend=day[0] - 1, append=day[-1] + 1)).tolist()
    return [slice(first, end) for first, end in pairwise(edges)]
