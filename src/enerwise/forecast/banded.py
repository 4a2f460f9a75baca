"""What the forecasters of the floor share: a centre, and a band of its own past errors around it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from enerwise.core.outlook import Forecast
from enerwise.core.time import Instant, TimeGrid
from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.past import Past
from enerwise.forecast.residuals import LEVELS, band, error_quantiles

LEARNING_DAYS: Final = 28
LOOK_BACK_DAYS: Final = 7
"""Errors are learned only where at least this much past lies before them."""


@dataclass(frozen=True)
class Banded(ABC):
    """A forecaster that says only its centre; the band is learned from how wrong that centre was."""

    name: str
    quantiles: FloatArray | None = None
    """Quantiles of past errors by slot of the day. Shape (level, slot)"""
    errors: FloatArray | None = None
    """Measured less centre over the last four weeks, in time order. Shape (n,)"""
    errors_end_utc: Instant | None = None
    """Where the errors end."""

    @abstractmethod
    def centre(self, past: Past, position: IntArray) -> FloatArray:
        """Return the expected value at positions, from nothing but the past; NaN where the past is silent."""

    def fit(self, past: Past) -> Self:
        """Learn the band from the last four weeks."""
        position = learning_positions(past)
        return self.with_errors(past, position, past.value[position] - self.centre(past, position))

    def with_errors(self, past: Past, position: IntArray, error: FloatArray) -> Self:
        """Return this forecaster with the band of these errors."""
        quantiles = error_quantiles(error, slots(past, position), past.steps_per_day)
        return replace(self, quantiles=quantiles, errors=error, errors_end_utc=past.grid.end_utc)

    def predict(self, past: Past, grid: TimeGrid, issued_at: Instant) -> Forecast:
        """Return the centre with the learned band; without one, all levels are the centre."""
        return self.around(self.expected(past, grid), past, grid, issued_at)

    def expected(self, past: Past, grid: TimeGrid) -> FloatArray:
        """Return the centre for each step of a grid, gaps filled. Shape (step,)"""
        return filled(self.centre(past, positions(past, grid)), past)

    def around(self, centre: FloatArray, past: Past, grid: TimeGrid, issued_at: Instant) -> Forecast:
        """Return the forecast of a centre already at hand."""
        position = positions(past, grid)
        quantiles = np.zeros((LEVELS.size, past.steps_per_day)) if self.quantiles is None else self.quantiles
        value = band(centre, quantiles, slots(past, position), self.band_scale(past, position))
        return Forecast(past.key, grid, issued_at, LEVELS, within_reach(value, past), self.name)

    def band_scale(self, past: Past, position: IntArray) -> FloatArray | float:
        """Return by how much the band shrinks or grows at each position; by default not at all."""
        del past, position
        return 1.0


def positions(past: Past, grid: TimeGrid) -> IntArray:
    """Return the steps of a grid counted from the start of the past."""
    if grid.step_s != past.grid.step_s:
        raise ValueError(f"{past.key}: past has steps of {past.grid.step_s} s, the grid {grid.step_s} s")
    return past.grid.step_at(grid.start_utc) + np.arange(grid.step_count)


def slots(past: Past, position: IntArray) -> IntArray:
    """Return the slot of the UTC day of each position."""
    first = int(past.grid.start_utc.astype("datetime64[s]").astype(np.int64)) // past.grid.step_s
    return (position + first) % past.steps_per_day


def learning_positions(past: Past) -> IntArray:
    """Return the positions errors are learned from: the last four weeks that have a week before them."""
    day = past.steps_per_day
    return np.arange(max(LOOK_BACK_DAYS * day, past.value.size - LEARNING_DAYS * day), past.value.size)


def filled(value: FloatArray, past: Past) -> FloatArray:
    """Fill what a forecaster cannot know: from its own mean, else from the past's, else with zero."""
    known = np.isfinite(value)
    if known.all():
        return value
    source = value if known.any() else past.value
    mean = float(np.nanmean(source)) if np.isfinite(source).any() else 0.0
    return np.where(known, value, mean)


def within_reach(value: FloatArray, past: Past) -> FloatArray:
    """Keep quantiles between the least and the most ever measured: PV does not feed at night, nor load below zero."""
    if not np.isfinite(past.value).any():
        return value
    return np.clip(value, np.nanmin(past.value), np.nanmax(past.value))
