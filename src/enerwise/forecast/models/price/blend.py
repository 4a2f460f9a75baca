"""The blend of members: each counts by how little it missed by over the last four weeks, none is ever silenced."""

from typing import Final

import numpy as np

from enerwise.core.units import FloatArray

TRUSTED_DAYS: Final = 28
LEAST_DAYS: Final = 7
STEEPNESS: Final = 6.0
FLOOR: Final = 0.05
"""Four weeks are short: whoever did badly in them keeps this share."""


def weights(missed: FloatArray) -> FloatArray:
    """Return the weight of each member, summing to one.

    Args:
        missed: Mean absolute error of each member on the last days, NaN where it did not speak. Shape (member, day)

    >>> weights(np.array([[1.0] * 7, [2.0] * 7])).round(3)
    array([0.936, 0.064])
    """
    told = np.isfinite(missed)
    count = told.sum(axis=1)
    if (count < LEAST_DAYS).all():
        return np.full(count.size, 1.0 / count.size)
    together = told[count >= LEAST_DAYS].all(axis=0)
    mae = np.where(count >= LEAST_DAYS, _mean(missed[:, together]), np.nan)
    # Whoever has not shown yet what it can do counts like the worst of those who have.
    mae = np.maximum(np.where(np.isfinite(mae), mae, np.nanmax(mae)), 1e-9)
    share = (mae.min() / mae) ** STEEPNESS
    return np.asarray(FLOOR + (1.0 - FLOOR * count.size) * share / share.sum())


def blended(said: FloatArray, truth: FloatArray) -> FloatArray:
    """Return the blend of each day, by what was shown on the days before it.

    Args:
        said: Forecasts, NaN where a member could not speak. Shape (member, day, slot)
        truth: What came true, NaN where nothing did yet. Shape (day, slot)

    Returns:
        NaN where nobody spoke. Shape (day, slot)
    """
    missed = _mean(np.abs(said - truth))
    out = np.full(truth.shape, np.nan)
    for day in range(len(truth)):
        speaks = np.isfinite(said[:, day]).all(axis=1)
        if speaks.any():
            weight = weights(missed[speaks, max(0, day - TRUSTED_DAYS) : day])
            out[day] = weight @ said[speaks, day]
    return out


def _mean(value: FloatArray) -> FloatArray:
    """Return the mean over the last axis, NaN where any value is missing or there is none."""
    if not value.shape[-1]:
        return np.full(value.shape[:-1], np.nan)
    return np.asarray(value.mean(axis=-1))
