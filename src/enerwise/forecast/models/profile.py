"""Profiles: the mean of the same time over some days before."""

from dataclasses import dataclass

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.banded import Banded
from enerwise.forecast.past import Past


@dataclass(frozen=True)
class Profile(Banded):
    """The mean of the same time over several lags, of those that are known."""

    lags_days: tuple[int, ...] = (7, 14, 21, 28)

    def centre(self, past: Past, position: IntArray) -> FloatArray:
        """Return the mean over the lags; where none is known, the mean of the last two days."""
        value = _mean(past, position, self.lags_days)
        return np.where(np.isnan(value), _mean(past, position, (1, 2)), value) if np.isnan(value).any() else value


def four_week_profile() -> Profile:
    """Return the mean of the same weekday and time over four weeks."""
    return Profile(name="profile_4w", lags_days=(7, 14, 21, 28))


def week_profile() -> Profile:
    """Return the mean of the same time over the last seven days: what changes with the season, not with the weekday."""
    return Profile(name="profile_7d", lags_days=(1, 2, 3, 4, 5, 6, 7))


def _mean(past: Past, position: IntArray, lags_days: tuple[int, ...]) -> FloatArray:
    value = past.lagged(position, np.array(lags_days)[:, None] * past.steps_per_day)
    known = np.isfinite(value)
    if known.all():
        whole: FloatArray = value.sum(axis=0) / len(lags_days)
        return whole
    count = known.sum(axis=0)
    total = np.where(known, value, 0.0).sum(axis=0)
    mean: FloatArray = np.divide(total, count, out=np.full(position.size, np.nan), where=count > 0)
    return mean
