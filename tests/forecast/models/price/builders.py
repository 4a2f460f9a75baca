"""Markets made of chance: prices follow demand and wind along a bend, with weekdays, a spike and values below zero."""

import numpy as np

from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.forecast.frame import ColumnFrame
from enerwise.forecast.models.price.days import Days, days_of

FIRST_DAY = 17_167
"""1 January 2017."""


def a_market(day_count: int, *, slots: int = 24, seed: int = 1) -> tuple[FloatArray, FloatArray]:
    """Return prices (day, slot) and two columns told ahead (day, column, slot)."""
    rng = np.random.default_rng(seed)
    slot = np.arange(slots) / slots
    day = np.arange(day_count)[:, None]
    demand = 50 + 10 * np.sin(2 * np.pi * (slot - 0.3)) - 6 * ((day % 7) >= 5) + rng.normal(0, 3, (day_count, 1))
    demand = demand + rng.normal(0, 0.5, (day_count, slots))
    wind = np.clip(15 + 8 * rng.standard_normal((day_count, 1)) + 3 * rng.standard_normal((day_count, slots)), 0, None)
    level = np.cumsum(rng.normal(0, 0.4, (day_count, 1)), axis=0)
    rest = demand - wind
    price = 35 + level + 0.8 * (rest - 35) + 0.02 * np.maximum(rest - 45, 0) ** 2 - 4 * np.maximum(15 - rest, 0)
    price = price + rng.normal(0, 1.0, price.shape)
    price[day_count // 3, slots // 2] = 900.0
    return price, np.stack([demand, wind], axis=1)


def some_days(day_count: int, *, slots: int = 24, seed: int = 1) -> Days:
    """Return so many days before an issue and the one to come."""
    price, known = a_market(day_count + 1, slots=slots, seed=seed)
    return days_of(price[:-1], known, FIRST_DAY)


def a_frame(price: FloatArray, known: FloatArray, columns: tuple[str, ...] = ("demand", "wind")) -> ColumnFrame:
    """Return the market as a frame whose columns are told at the issue of their day."""
    count, slots = price.shape
    first = np.datetime64(FIRST_DAY, "D").astype("datetime64[ms]")
    issue = first + np.arange(count) * np.timedelta64(86_400_000, "ms")
    told_at = np.repeat(np.repeat(issue, slots)[:, None], len(columns), axis=1)
    flat = known.transpose(0, 2, 1).reshape(count * slots, len(columns))
    grid = TimeGrid(first, 86_400 // slots, count * slots)
    return ColumnFrame("market", grid, price.ravel(), columns, flat, told_at, "price")
