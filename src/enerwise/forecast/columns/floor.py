"""The floor of the ladder: yesterday, last week, the mean of four weeks, with the band of their own past errors.

They need no library and no training, so they serve where nothing else can, and nothing is served that is worse.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.features import WINDOW_DAYS, past_issues
from enerwise.forecast.frame import Known
from enerwise.forecast.spread import around, error_table

LEARNING_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class FloorModel:
    """A rule and the errors it made at each time of day over the last four weeks."""

    lags_days: tuple[int, ...]
    table: FloatArray
    """Quantiles of measured less centre. Shape (step, 19)"""

    def predict(self, known: Known) -> FloatArray:
        """Return the rule's value with the quantiles of its errors around it."""
        value = _lagged(known, np.array([known.past_count]), known.horizon, self.lags_days)[0]
        return around(_filled(value, known), self.table)


@dataclass(frozen=True, slots=True)
class Floor:
    """A rule that looks at the same time on some days before."""

    name: str
    lags_days: tuple[int, ...]
    """What is averaged; each lag is moved back by its own span until it lies before the issue."""
    refit_days: int = 1

    def fit(self, known: Known) -> FloorModel:
        """Measure the rule's errors over the last four weeks."""
        issues = past_issues(known, most_days=LEARNING_DAYS)
        centre = _lagged(known, issues, known.horizon, self.lags_days)
        error = errors(known, issues, centre)
        return FloorModel(self.lags_days, error_table(error, known.horizon, known.steps_per_day))


def errors(known: Known, issues: IntArray, centre: FloatArray) -> FloatArray:
    """Return measured less forecast of past issues, NaN where nothing was measured yet. Shape (issue, step)"""
    position = issues[:, None] + np.arange(centre.shape[1])
    padded = np.concatenate([known.target, np.full(centre.shape[1], np.nan)])
    return np.asarray(padded[position] - centre)


def naive_day() -> Floor:
    """Return the rule that repeats the last day."""
    return Floor("naive_1d", (1,))


def naive_week() -> Floor:
    """Return the rule that repeats the same weekday of the last week."""
    return Floor("naive_7d", (7,))


def four_weeks() -> Floor:
    """Return the mean of the same weekday over four weeks."""
    return Floor("profile_4w", (7, 14, 21, 28))


def seven_days() -> Floor:
    """Return the mean of the last seven days."""
    return Floor("profile_7d", tuple(range(1, 8)))


def _lagged(known: Known, issues: IntArray, horizon: int, lags_days: tuple[int, ...]) -> FloatArray:
    """Return the mean over lags, each moved back by its own span until it lies before the issue. (issue, step)"""
    day = known.steps_per_day
    step = np.arange(horizon)
    parts = []
    for lag in lags_days:
        span = 7 if lag % 7 == 0 else max(1, len(lags_days))
        beyond = np.maximum(0, -(-(step + 1 - lag * day) // (span * day)))
        position = issues[:, None] + step - (lag + span * beyond) * day
        parts.append(_value(known, position))
    value = np.stack(parts)
    is_known = np.isfinite(value)
    count = is_known.sum(axis=0)
    mean = np.where(is_known, value, 0.0).sum(axis=0) / np.maximum(count, 1)
    nearest = _nearest(known, issues, horizon) if (count == 0).any() else mean
    return np.asarray(np.where(count > 0, mean, nearest))


def _nearest(known: Known, issues: IntArray, horizon: int) -> FloatArray:
    """Return the latest value before each issue at the time of day of each step, at most four weeks old."""
    day = known.steps_per_day
    slot = np.arange(horizon) % day
    value = np.full((issues.size, horizon), np.nan)
    for back in range(1, WINDOW_DAYS + 1):
        value = np.where(np.isnan(value), _value(known, issues[:, None] + slot - back * day), value)
    return value


def _value(known: Known, position: IntArray) -> FloatArray:
    inside = (position >= 0) & (position < known.past_count)
    if not known.past_count:
        return np.full(position.shape, np.nan)
    return np.where(inside, known.target[np.clip(position, 0, known.past_count - 1)], np.nan)


def _filled(value: FloatArray, known: Known) -> FloatArray:
    """Fill what four weeks do not tell with the mean of what was ever measured; zero where nothing was."""
    if np.isfinite(value).all():
        return value
    mean = float(np.nanmean(known.target)) if np.isfinite(known.target).any() else 0.0
    return np.where(np.isfinite(value), value, mean)
