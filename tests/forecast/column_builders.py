"""Series with a daily and weekly habit, and noise of a fixed seed."""

import numpy as np

from enerwise.core.time import TIME_TYPE, TimeArray, TimeGrid, instant
from enerwise.core.units import FloatArray
from enerwise.forecast.frame import ColumnFrame

START = instant("2024-01-01")
DAY_MS = np.timedelta64(86_400_000, "ms")


def a_series(days: int = 70, *, step_s: int = 3600, noise: float = 0.1, seed: int = 0) -> FloatArray:
    day = 86_400 // step_s
    slot = np.arange(days * day) % day / day
    weekday = np.arange(days * day) // day % 7
    shape = 1.0 + 0.6 * np.sin(2 * np.pi * (slot - 0.3)) + 0.4 * (weekday >= 5)
    return np.asarray(shape + noise * np.random.default_rng(seed).normal(size=shape.size))


def a_column_frame(
    target: FloatArray | None = None,
    *,
    step_s: int = 3600,
    columns: dict[str, FloatArray] | None = None,
    kind: str = "load",
    name: str = "home",
) -> ColumnFrame:
    target = a_series(step_s=step_s) if target is None else target
    grid = TimeGrid(START, step_s, target.size)
    told = columns or {}
    known = np.stack(list(told.values()), axis=1) if told else np.zeros((target.size, 0))
    midnight = grid.starts_utc.astype("datetime64[D]").astype(TIME_TYPE)
    known_at = np.repeat(midnight[:, None], len(told), axis=1)
    return ColumnFrame(name, grid, target, tuple(told), known, known_at, kind)


def issues(first: int, count: int) -> TimeArray:
    return np.asarray(START + (first + np.arange(count)) * DAY_MS)
