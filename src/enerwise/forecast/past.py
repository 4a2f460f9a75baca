"""What a forecaster may see: one channel on a regular grid that ends where knowledge ends.

The caller reads the store ``as_of`` the moment of issue, so a row that became known later is not here to be seen.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from enerwise.core.outlook import Forecast
from enerwise.core.series import Frame, Key
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Past:
    """One channel, NaN where nothing was measured. ``value`` has shape (step,)"""

    key: Key
    grid: TimeGrid
    value: FloatArray
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.value.shape != (self.grid.step_count,):
            raise ValueError(f"{self.key}: past of {self.grid.step_count} steps has values {self.value.shape}")
        if DAY_S % self.grid.step_s:
            raise ValueError(f"{self.key}: a step of {self.grid.step_s} s does not divide the day")

    @classmethod
    def of(cls, frame: Frame, key: Key, step_s: int, zone: str = "UTC") -> "Past":
        """Take one channel of a frame whose rows are already on a regular grid."""
        start_utc = frame.start_utc[0] if len(frame) else np.datetime64(0, "ms")
        return cls(key, TimeGrid(start_utc, step_s, len(frame)), frame.column(key), zone)

    @property
    def steps_per_day(self) -> int:
        """Steps in 24 hours."""
        return DAY_S // self.grid.step_s

    def until(self, step_count: int) -> "Past":
        """Return the past as it was ``step_count`` steps after its beginning."""
        return Past(self.key, self.grid.part(0, step_count), self.value[:step_count], self.zone)

    def lagged(self, position: IntArray, lag: IntArray | int) -> FloatArray:
        """Return the values ``lag`` steps, or the least multiple of it that is known, before each position.

        Args:
            position: Steps counted from the start of the past; at or beyond its end they are the future.
            lag: Steps back, a whole number of days; an array of shape (n, 1) looks back by several at once.

        Returns:
            One value for each position, NaN where none is known. Shape of position and lag broadcast
        """
        if not self.value.size:
            return np.full(np.broadcast_shapes(position.shape, np.shape(lag)), np.nan)
        beyond = np.maximum(0, position - (self.value.size - 1))
        back = position - lag * np.maximum(1, -(-beyond // lag))
        return np.where(back >= 0, self.value[np.maximum(back, 0)], np.nan)


class Forecaster(Protocol):
    """What a plug-in of ``enerwise.forecasters`` implements; it is built without arguments."""

    name: str

    def fit(self, past: Past) -> "Forecaster":
        """Return a forecaster that has learned from the past, or one that needs no learning."""
        ...

    def predict(self, past: Past, grid: TimeGrid, issued_at: Instant) -> Forecast:
        """Return quantiles for each step of ``grid``, from nothing but ``past``."""
        ...
