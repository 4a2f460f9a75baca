"""Limits of the connection that vary by time window, and where each comes from."""

from dataclasses import dataclass

import numpy as np

from enerwise.core.time import TimeArray
from enerwise.core.units import FloatArray
from enerwise.site.calendar import Window


@dataclass(frozen=True, slots=True)
class WindowedLimit:
    """A power limit, and tighter or wider ones in windows of local time; the first window that holds wins."""

    otherwise_w: float
    windows: tuple[tuple[Window, float], ...] = ()
    source: str = "site file"

    def __post_init__(self) -> None:
        for limit_w in (self.otherwise_w, *(limit_w for _, limit_w in self.windows)):
            if not limit_w >= 0:
                raise ValueError(f"a power limit must not be negative, got {limit_w} W")

    def at(self, at_utc: TimeArray, zone: str) -> FloatArray:
        """Return the limit in force at each instant. [W], same shape"""
        limit_w = np.full(at_utc.shape, self.otherwise_w)
        for window, inside_w in reversed(self.windows):
            limit_w = np.where(window.holds(at_utc, zone), inside_w, limit_w)
        return limit_w
