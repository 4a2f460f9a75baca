"""One regular series with columns that are known ahead, and the only way to look at it: as of an issue time.

Times lie on the clock of the data; where that is local time, it is read like UTC and every day has 24 hours. `zone` and
`country` tell whose calendar people live by. A step's value becomes known when the step ends, a known column when its
``known_at`` says so: for a day-ahead forecast that is the issue of its day.
"""

from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

from enerwise.core.time import TIME_TYPE, Instant, TimeArray, TimeGrid
from enerwise.core.units import FloatArray

QUANTILES: Final = np.arange(1, 20) / 20.0
"""Levels of every column forecast: 0.05..0.95. Shape (19,)"""
MEDIAN: Final = 9
"""Place of the median among them."""
KINDS: Final = ("load", "pv", "wind", "price", "other")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known at an issue time: the target up to it, known columns as far as they were told.

    The grid begins with the history and ends with the horizon; NaN where nothing was measured or is not known yet.
    """

    name: str
    kind: str
    issue: Instant
    grid: TimeGrid
    target: FloatArray
    """Measured values of the steps that have ended. Shape (past,), past <= grid.step_count"""
    columns: tuple[str, ...]
    known: FloatArray
    """Shape (step, column)"""
    known_at: TimeArray
    """When each value became known, so that an earlier issue can be learned from. Shape (step, column)"""
    zone: str = "UTC"
    country: str = ""

    @property
    def past_count(self) -> int:
        """Steps that had ended at the issue; the step with this number is the first of the horizon."""
        return self.target.size

    @property
    def horizon(self) -> int:
        """Steps to forecast."""
        return self.grid.step_count - self.target.size

    @property
    def steps_per_day(self) -> int:
        """Steps in 24 hours."""
        return 86_400 // self.grid.step_s


@dataclass(frozen=True, slots=True)
class ColumnFrame:
    """A whole data set: what a backtest walks through, never shown to a forecaster but by `as_of`."""

    name: str
    grid: TimeGrid
    target: FloatArray
    """NaN where nothing was measured. Shape (step,)"""
    columns: tuple[str, ...]
    known: FloatArray
    """Shape (step, column)"""
    known_at: TimeArray
    """Shape (step, column)"""
    kind: str = "other"
    zone: str = "UTC"
    country: str = ""

    def __post_init__(self) -> None:
        count, shape = self.grid.step_count, (self.grid.step_count, len(self.columns))
        if self.target.shape != (count,) or self.known.shape != shape or self.known_at.shape != shape:
            raise ValueError(
                f"{self.name}: {count} steps and {len(self.columns)} known columns, but target {self.target.shape}, "
                f"known {self.known.shape}, known_at {self.known_at.shape}"
            )
        if 86_400 % self.grid.step_s:
            raise ValueError(f"{self.name}: a step of {self.grid.step_s} s does not divide the day")
        if self.kind not in KINDS:
            raise ValueError(f"{self.name}: kind {self.kind!r} is none of {', '.join(KINDS)}")

    def until(self, count: int) -> "ColumnFrame":
        """Return the first steps alone."""
        return replace(
            self,
            grid=self.grid.part(0, count),
            target=self.target[:count],
            known=self.known[:count],
            known_at=self.known_at[:count],
        )

    def as_of(self, issue: Instant, horizon: int) -> Known:
        """Return what was known at ``issue``, with room for ``horizon`` steps to come.

        Raises:
            ValueError: The issue lies off the grid, or before its beginning.
        """
        step_ms = self.grid.step_s * 1000
        offset_ms = int((issue - self.grid.start_utc) / np.timedelta64(1, "ms"))
        if offset_ms < 0 or offset_ms % step_ms:
            raise ValueError(f"{self.name}: issue {issue} lies off the grid that begins at {self.grid.start_utc}")
        past, end = offset_ms // step_ms, offset_ms // step_ms + horizon
        kept = min(end, self.grid.step_count)
        known = np.full((end, len(self.columns)), np.nan)
        known_at = np.full(known.shape, np.datetime64("NaT"), dtype=TIME_TYPE)
        known[:kept] = np.where(self.known_at[:kept] <= issue, self.known[:kept], np.nan)
        known_at[:kept] = self.known_at[:kept]
        target = np.full(past, np.nan)
        target[: min(past, self.target.size)] = self.target[:past]
        grid = self.grid.part(0, end)
        return Known(self.name, self.kind, issue, grid, target, self.columns, known, known_at, self.zone, self.country)


class ColumnModel(Protocol):
    """What fitting gave; it may serve several issues after the one it was fitted at."""

    def predict(self, known: Known) -> FloatArray:
        """Return quantiles of each step of the horizon, from nothing but ``known``. Shape (horizon, 19), rising"""
        ...


class ColumnForecaster(Protocol):
    """What a plug-in of ``enerwise.column_forecasters`` implements; it is built without arguments."""

    @property
    def name(self) -> str:
        """What it is called in records and manifests."""
        ...

    @property
    def refit_days(self) -> int:
        """Days for which a fit may serve; 1 means a fit for each daily issue."""
        ...

    def fit(self, known: Known) -> ColumnModel:
        """Learn from the past of ``known``; its horizon says how many steps will be asked for.

        Raises:
            TooShort: There is too little past to learn from; whoever asked goes on without this member.
        """
        ...


class TooShort(Exception):
    """A forecaster needs more past than there is. An ordinary fate: a simpler member serves instead."""
