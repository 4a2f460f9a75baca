"""Recalibration: bands are moved until they held what they promised over the last four weeks.

For every level and bucket of the horizon, errors are measured in widths of the band that was issued; the level is moved
by the quantile of those errors at that level. So a band keeps its shape over the day and takes the size it has earned.
Source: Romano, Patterson and Candès 2019, conformalised quantile regression, here rolling and level by level.
"""

from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.frame import MEDIAN, QUANTILES
from enerwise.forecast.spread import known_quantiles

BUCKET_S: Final = 6 * 3600
"""Steps of the first day are recalibrated in buckets so long, later ones day by day."""
LEAST_SCORES: Final = 40
LEAST_WIDTH_RATIO: Final = 0.02
"""No band counts as narrower than this share of the usual width: a division by almost nothing tells nothing."""
CENTRE_SHARE: Final = 0.5
"""So much of the centre's own shift is followed: half of what a month shows as bias is chance."""


def buckets(horizon: int, step_s: int) -> IntArray:
    """Return the bucket of each step. Shape (step,)"""
    step = np.arange(horizon)
    day = 86_400 // step_s
    quarter = np.minimum(step, day - 1) // max(1, BUCKET_S // step_s)
    return np.where(step < day, quarter, quarter[min(day, horizon) - 1] + step // day)


def recalibrated(value: FloatArray, past: FloatArray, truth: FloatArray, step_s: int) -> FloatArray:
    """Return quantiles moved by what the past shows.

    Args:
        value: Quantiles now. Shape (step, 19)
        past: Quantiles as they were issued before. Shape (issue, step, 19)
        truth: What came true, NaN where it is not known yet. Shape (issue, step)
        step_s: Length of a step.

    Returns:
        Rising quantiles; a bucket with too few outcomes keeps what it has. Shape (step, 19)
    """
    width, widths = widths_of(value), widths_of(past)
    usual = float(np.nanmean(widths)) if np.isfinite(widths).any() else 0.0
    least = LEAST_WIDTH_RATIO * usual
    # A step that is known for certain, such as PV at night, has nothing to move and would only dilute the others.
    is_certain, was_certain = (each.max(axis=-1) <= 1e-9 * usual for each in (width, widths))
    width, widths = np.maximum(width, least), np.maximum(widths, least)
    moved = value.copy()
    bucket = buckets(value.shape[0], step_s)
    for each in np.unique(bucket):
        here = bucket == each
        score = (truth[:, here, None] - past[:, here]) / np.maximum(widths[:, here], 1e-300)
        score = score[np.isfinite(score).all(axis=-1) & ~was_certain[:, here]]
        if score.shape[0] >= LEAST_SCORES:
            moved[here] += np.where(is_certain[here, None], 0.0, width[here] * _shift(score))
    return np.sort(moved, axis=1)


def _shift(score: FloatArray) -> FloatArray:
    """Return how far each level has to move, in widths. Shape (19,)"""
    shift = known_quantiles(score, QUANTILES[:, None])[:, 0]
    shift[MEDIAN] *= CENTRE_SHARE
    return shift


def widths_of(value: FloatArray) -> FloatArray:
    """Return for each level the half of the 80 % band on its side of the median. Same shape"""
    lower = value[..., MEDIAN] - value[..., 1]
    upper = value[..., 17] - value[..., MEDIAN]
    is_lower = np.arange(QUANTILES.size) < MEDIAN
    half = np.where(is_lower, lower[..., None], upper[..., None])
    half[..., MEDIAN] = (lower + upper) / 2
    return np.asarray(half)
