"""The floor: tomorrow is like yesterday, or like the same day a week ago."""

from dataclasses import dataclass

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.banded import Banded
from enerwise.forecast.past import Past


@dataclass(frozen=True)
class Naive(Banded):
    """The value of the same time some days before; a gap there is filled from one day before."""

    lag_days: int = 1

    def centre(self, past: Past, position: IntArray) -> FloatArray:
        """Return the lagged values."""
        value = past.lagged(position, self.lag_days * past.steps_per_day)
        for days in (1, 2, 7):
            if not np.isnan(value).any():
                break
            value = np.where(np.isnan(value), past.lagged(position, days * past.steps_per_day), value)
        return value


def naive_day() -> Naive:
    """Return the forecaster that repeats yesterday."""
    return Naive(name="naive_1d", lag_days=1)


def naive_week() -> Naive:
    """Return the forecaster that repeats the same weekday of last week."""
    return Naive(name="naive_7d", lag_days=7)
