"""Bands from past errors: how wrong a forecaster was at this time of day is how wrong it may be tomorrow."""

from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray

LEVELS: Final = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
NEIGHBOURS: Final = 1
"""Slots before and after that are pooled with a slot."""
LEAST_ERRORS: Final = 8


def error_quantiles(error: FloatArray, slot: IntArray, slot_count: int) -> FloatArray:
    """Return quantiles of past errors by slot of the day, neighbours pooled. Shape (level, slot)

    Args:
        error: Measured less forecast, NaN where either is missing. Shape (n,)
        slot: Slot of the day of each error, 0..slot_count-1. Shape (n,)
        slot_count: Slots in a day.

    Returns:
        Quantiles at `LEVELS`; a slot with too few errors takes the quantiles of all, none at all gives zero.
    """
    known = np.isfinite(error)
    error, slot = error[known], slot[known]
    if error.size < LEAST_ERRORS:
        return np.zeros((LEVELS.size, slot_count))
    quantiles = np.tile(np.quantile(error, LEVELS)[:, None], (1, slot_count))
    table = _by_slot(error, slot, slot_count)
    pooled = np.concatenate([np.roll(table, shift, axis=1) for shift in range(-NEIGHBOURS, NEIGHBOURS + 1)])
    enough = np.isfinite(pooled).sum(axis=0) >= LEAST_ERRORS
    if enough.any():
        quantiles[:, enough] = np.nanquantile(pooled[:, enough], LEVELS, axis=0)
    return quantiles


def _by_slot(error: FloatArray, slot: IntArray, slot_count: int) -> FloatArray:
    """Return errors as columns by slot, padded with NaN. Shape (most, slot)"""
    order = np.argsort(slot, kind="stable")
    count = np.bincount(slot, minlength=slot_count)
    row = np.arange(error.size) - np.repeat(np.cumsum(count) - count, count)
    table = np.full((max(1, int(count.max())), slot_count), np.nan)
    table[row, slot[order]] = error[order]
    return table


def band(centre: FloatArray, quantiles: FloatArray, slot: IntArray, scale: FloatArray | float = 1.0) -> FloatArray:
    """Return the quantile paths around a centre, sorted along the levels. Shape (level, step)"""
    return np.sort(centre + quantiles[:, slot] * scale, axis=0)
