"""Bands around a centre, from how wrong it was at this time of day before."""

from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.forecast.frame import QUANTILES

NEIGHBOURS_S: Final = 3600
LEAST_ERRORS: Final = 20


def error_table(error: FloatArray, horizon: int, day: int) -> FloatArray:
    """Return quantiles of past errors for each step, pooled over days of the horizon and an hour either way.

    Args:
        error: Measured less forecast of past issues, NaN where unknown. Shape (issue, step)
        horizon: Steps asked for.
        day: Steps in a day.

    Returns:
        Shape (horizon, 19); a slot with too few errors takes those of the whole day, none at all give zero.
    """
    slots = _by_slot(error, day)
    reach = max(1, day * NEIGHBOURS_S // 86_400)
    pooled = np.concatenate([np.roll(slots, shift, axis=1) for shift in range(-reach, reach + 1)])
    table = np.zeros((day, QUANTILES.size))
    whole = slots[np.isfinite(slots)]
    if whole.size >= LEAST_ERRORS:
        table[:] = np.quantile(whole, QUANTILES)
    enough = np.isfinite(pooled).sum(axis=0) >= LEAST_ERRORS
    if enough.any():
        table[enough] = known_quantiles(pooled[:, enough], np.tile(QUANTILES, (int(enough.sum()), 1)))
    return np.asarray(table[np.arange(horizon) % day])


def known_quantiles(value: FloatArray, level: FloatArray) -> FloatArray:
    """Return quantiles of each column's known values, straight lines between them, all columns at once.

    Args:
        value: NaN where unknown; each column knows at least one. Shape (n, column)
        level: Levels asked of each column. Shape (column, level)

    Returns:
        Shape (column, level)

    >>> known_quantiles(np.array([[1.0, 4.0], [3.0, np.nan]]), np.array([[0.5], [0.5]]))
    array([[2.], [4.]])
    """
    rising = np.sort(value, axis=0)  # NaN goes to the end
    last = np.isfinite(value).sum(axis=0) - 1
    place = level * last[:, None]
    below = np.floor(place).astype(np.int64)
    column = np.arange(value.shape[1])[:, None]
    low, high = rising[below, column], rising[np.minimum(below + 1, last[:, None]), column]
    return np.asarray(low + (place - below) * (high - low))


def around(centre: FloatArray, table: FloatArray) -> FloatArray:
    """Return the quantiles of errors laid around a centre. Shape (step, 19)"""
    return np.asarray(centre[:, None] + table)


def _by_slot(error: FloatArray, day: int) -> FloatArray:
    """Return errors as columns by slot of the day. Shape (n, slot)"""
    issues, steps = error.shape
    whole = -(-steps // day)
    padded = np.full((issues, whole * day), np.nan)
    padded[:, :steps] = error
    return padded.reshape(issues * whole, day)
