"""Recalibration: bands are moved until they held what they promised over the last four weeks.

For every level and bucket of the horizon, errors are measured in widths of the band that was issued; the level is moved
by the quantile of those errors at that level. So a band keeps its shape over the day and takes the size it has earned.
The median stays where it was.
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
FEW_SCORES: Final = 0.4
"""Added to the number of issues: 1 would be right if issues were alike, 0 if the last month told all about the next."""
MISSED: Final = 0.2
ADAPTIVE: Final = 0.7
"""How strongly the tails answer to what was missed lately."""
TAIL_RANGE: Final = (0.4, 1.6)
MOST_CERTAIN: Final = 0.6
"""Winter nights; more certain steps than that buy nothing."""


def buckets(horizon: int, step_s: int) -> IntArray:
    """Return the bucket of each step. Shape (step,)"""
    step = np.arange(horizon)
    day = 86_400 // step_s
    quarter = np.minimum(step, day - 1) // max(1, BUCKET_S // step_s)
    return np.where(step < day, quarter, quarter[min(day, horizon) - 1] + step // day)


def recalibrated(
    value: FloatArray, past: FloatArray, truth: FloatArray, step_s: int, *, missed_ratio: float = MISSED
) -> FloatArray:
    """Return quantiles moved by what the past shows.

    Args:
        value: Quantiles now. Shape (step, 19)
        past: Quantiles as they were issued before. Shape (issue, step, 19)
        truth: What came true, NaN where it is not known yet. Shape (issue, step)
        step_s: Length of a step.
        missed_ratio: Share of outcomes outside the 80 % bands as issued lately; more than a fifth widens them.

    Returns:
        Rising quantiles; a bucket with too few outcomes keeps what it has. Shape (step, 19)
    """
    width, widths = widths_of(value), widths_of(past)
    usual = float(np.nanmean(widths)) if np.isfinite(widths).any() else 0.0
    least = LEAST_WIDTH_RATIO * usual
    # A step that is known for certain, such as PV at night, has nothing to move and would only dilute the others.
    is_certain, was_certain = (each.max(axis=-1) <= 1e-9 * usual for each in (width, widths))
    width, widths = np.maximum(width, least), np.maximum(widths, least)
    missed_aim = MISSED * _leniency(float(was_certain.mean()))
    moved = value.copy()
    bucket = buckets(value.shape[0], step_s)
    for each in np.unique(bucket):
        here = bucket == each
        score = (truth[:, here, None] - past[:, here]) / np.maximum(widths[:, here], 1e-300)
        told = np.isfinite(score).all(axis=-1) & ~was_certain[:, here]
        if told.sum() >= LEAST_SCORES:
            shift = _shift(score[told], int(told.any(axis=1).sum()), missed_ratio, missed_aim)
            moved[here] += np.where(is_certain[here, None], 0.0, width[here] * shift)
    return around_median(moved)


def around_median(value: FloatArray) -> FloatArray:
    """Return quantiles put in order with their median kept: a level on its wrong side is moved to it. Same shape

    Sorting all of them would trade the median, which forecasts are judged by, for a level that was moved too far.
    """
    median = value[:, MEDIAN : MEDIAN + 1]
    lower, upper = np.sort(value[:, :MEDIAN], axis=1), np.sort(value[:, MEDIAN + 1 :], axis=1)
    return np.concatenate([np.minimum(lower, median), median, np.maximum(upper, median)], axis=1)


def missed(value: FloatArray, truth: FloatArray) -> float:
    """Return the share of uncertain outcomes outside the 80 % bands as issued; a fifth where too few can tell.

    Args:
        value: Quantiles as they were issued. Shape (issue, step, 19)
        truth: What came true, NaN where it is not known yet. Shape (issue, step)
    """
    told = np.isfinite(truth) & (value[..., 17] > value[..., 1])
    if told.sum() < LEAST_SCORES:
        return MISSED
    return float(((truth < value[..., 1]) | (truth > value[..., 17]))[told].mean())


def _leniency(certain_ratio: float) -> float:
    """Return how much more than a fifth may be missed where part of the steps is certain, such as PV at night.

    A band of 80 % over all steps would miss a fifth of them, all by day: two fifths of the day where half is night. One
    over the day alone would hold 90 % of all. We stand half way between both readings, and scores tell both.

    >>> _leniency(0.0), _leniency(0.5)
    (1.0, 1.5)
    """
    return 0.5 * (1.0 + 1.0 / (1.0 - min(certain_ratio, MOST_CERTAIN)))


def _shift(score: FloatArray, issue_count: int, missed_ratio: float, missed_aim: float) -> FloatArray:
    """Return how far each level has to move, in widths. Shape (19,)

    Errors of one issue are alike, so issues count, not steps: the level asked for lies further out the fewer
    there are, as conformal prediction corrects for few scores. What was missed lately moves it too.
    Source: Gibbs and Candès 2021, adaptive conformal inference: the level follows the misses.
    """
    outer = np.minimum(np.maximum(QUANTILES, 1 - QUANTILES) * (issue_count + FEW_SCORES) / issue_count, 1.0)
    tail = missed_aim / MISSED * float(np.clip(1 - ADAPTIVE * (missed_ratio - missed_aim) / missed_aim, *TAIL_RANGE))
    # The whole fan opens or closes, so that the edge at 0.9 has the tail asked for and no level passes the median.
    outer = np.minimum(0.5 + (outer - 0.5) * (0.5 - 0.1 * tail) / 0.4, 1.0)
    level = np.where(QUANTILES < 0.5, 1 - outer, outer)
    level = np.clip(level, 0.0, 1.0)
    shift = known_quantiles(score, level[:, None])[:, 0]
    # What a month shows as bias of the centre is mostly chance: to follow half of it made loads 0.6 % worse, PV 1.9 %.
    shift[MEDIAN] = 0.0
    return np.asarray(shift)


def widths_of(value: FloatArray) -> FloatArray:
    """Return for each level the half of the 80 % band on its side of the median. Same shape"""
    lower = value[..., MEDIAN] - value[..., 1]
    upper = value[..., 17] - value[..., MEDIAN]
    is_lower = np.arange(QUANTILES.size) < MEDIAN
    half = np.where(is_lower, lower[..., None], upper[..., None])
    half[..., MEDIAN] = (lower + upper) / 2
    return np.asarray(half)
