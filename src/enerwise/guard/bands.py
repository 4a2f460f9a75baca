"""Bands: the share of time in which a quantity stayed where it belongs, and the time below and above."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.site.numbered import Bands

PAUSE_S: Final = 10.0
"""Nobody knows what happened in a longer pause between two looks."""
BELOW, INSIDE, ABOVE, UNKNOWN = range(4)


@dataclass(frozen=True, slots=True)
class Share:
    """Time since the count began."""

    below_s: float
    inside_s: float
    above_s: float
    unknown_s: float

    @property
    def inside_ratio(self) -> float:
        """Share of the known time in which the quantity was inside; NaN before anything is known."""
        known_s = self.below_s + self.inside_s + self.above_s
        return self.inside_s / known_s if known_s > 0 else math.nan


def counted_s(bands: Bands, so_far_s: FloatArray, signals: FloatArray, dt_s: float) -> FloatArray:
    """Count the time since the last look for each band. [s], shape (4, band)"""
    value = signals[bands.signal]
    where = np.where(value < bands.lower, BELOW, np.where(value > bands.upper, ABOVE, INSIDE))
    where = np.where(np.isnan(value) | (dt_s > PAUSE_S), UNKNOWN, where)
    return so_far_s + np.where(np.arange(4)[:, None] == where, dt_s, 0.0)


def shares(bands: Bands, count_s: FloatArray) -> dict[str, Share]:
    """Return the count of each band by name."""
    return {name: Share(*row) for name, row in zip(bands.names, count_s.T.tolist(), strict=True)}
