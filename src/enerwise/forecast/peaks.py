"""When a day will be highest, and how sure that is, from nothing but the quantiles of its steps.

Quantiles tell how far each step may stray, not whether steps stray together. Steps count as independent: on five
measured loads the hour so named came true about as often as was said, 9 to 20 % of the days for 15 to 22 % said. With
each level as one path through the day 62 to 72 % were said, and no more came true.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray

POINTS: Final = 256
"""Values between the least and the most of a day at which its steps are compared."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The most likely hour of a day's highest step."""

    hour: int
    """0..23"""
    probability: float
    by_hour: FloatArray
    """Probability of each hour, summing to one. Shape (24,)"""


def peak_of(level: FloatArray, value: FloatArray, hour: IntArray) -> Peak:
    """Return when the highest step of a day is expected.

    Args:
        level: Rising, at least two. Shape (level,)
        value: Quantiles of each step of the day, rising. Shape (step, level)
        hour: Hour of the day of each step. Shape (step,)

    Raises:
        ValueError: A single level tells no probability, or a quantile is missing.
    """
    by_hour = np.bincount(hour, weights=peak_probability(level, value), minlength=24).astype(np.float64)
    best = int(by_hour.argmax())
    return Peak(best, float(by_hour[best]), by_hour)


def peak_probability(level: FloatArray, value: FloatArray) -> FloatArray:
    """Return how likely each step is the highest of its day.

    Args:
        level: Rising, at least two. Shape (level,)
        value: Quantiles of each step, rising. Shape (step, level)

    Returns:
        Summing to one; steps that are equally high share. Shape (step,)

    >>> value = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [0.0, 0.0, 0.1]])
    >>> peak_probability(np.array([0.1, 0.5, 0.9]), value).round(2)
    array([0.5, 0.5, 0. ])
    """
    if level.size < 2 or value.shape[1:] != level.shape:
        raise ValueError(f"a probability needs two levels or more, {level.size} levels, values {value.shape}")
    if not np.isfinite(value).all():
        raise ValueError("a quantile is missing: a day with a gap has no peak")
    likely = _likelihood(level, value)
    if likely.sum() > 0:
        return np.asarray(likely / likely.sum())
    is_top = value[:, -1] == value[:, -1].max()  # The day is one flat line.
    return np.asarray(is_top / is_top.sum())


def _likelihood(level: FloatArray, value: FloatArray) -> FloatArray:
    """Return the integral of each step's density times the chance that all others lie below. Shape (step,)"""
    first = value[:, 0] - (value[:, 1] - value[:, 0]) * level[0] / (level[1] - level[0])
    last = value[:, -1] + (value[:, -1] - value[:, -2]) * (1 - level[-1]) / (level[-1] - level[-2])
    wide = np.concatenate([first[:, None], value, last[:, None]], axis=1)
    at = np.linspace(wide.min(), wide.max(), POINTS)
    below = np.stack([np.interp(at, each, [0.0, *level, 1.0]) for each in wide])
    middle = np.log(np.maximum((below[:, 1:] + below[:, :-1]) / 2, 1e-12))
    return np.asarray((np.diff(below, axis=1) * np.exp(middle.sum(axis=0) - middle)).sum(axis=1))
