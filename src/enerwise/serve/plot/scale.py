"""Scales: round ticks on a value axis, hours and days of the site's clock on a time axis."""

from dataclasses import dataclass

import numpy as np

from enerwise.core.time import TimeGrid, local_fields, show_local, to_datetime, zone_info

HOURS = 3600


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Return round values that span a range, zero among them where it lies inside.

    >>> ticks(-1.2, 8.9)
    [-5.0, 0.0, 5.0, 10.0]
    """
    span = max(high - low, 1e-9)
    raw = span / count
    size = 10.0 ** np.floor(np.log10(raw))
    step = float(size * next(each for each in (1, 2, 2.5, 5, 10) if each * size >= raw * 0.999))
    first, last = int(np.floor(low / step + 1e-9)), int(np.ceil(high / step - 1e-9))
    return [round(at * step, 10) + 0.0 for at in range(first, last + 1)]


def tick_text(value: float) -> str:
    """Write a tick without needless digits."""
    return f"{value:.10g}"


@dataclass(frozen=True, slots=True)
class Axis:
    """Values along a line on the sheet, from ``low`` at pixel ``start`` to ``high`` at pixel ``end``."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Mark:
    """A time on the axis, in steps of the grid."""

    step: float
    text: str
    is_midnight: bool
    is_day: bool = False
    """Whether it names the day that follows."""


def time_marks(grid: TimeGrid, zone: str) -> list[Mark]:
    """Return marks at round hours of the site's clock: every third of a day, every day of a week."""
    hours = grid.step_count * grid.step_h
    every_h = 3 if hours <= 30 else 6 if hours <= 60 else 24
    local = local_fields(grid.starts_utc, zone)
    # Where steps are longer than the clock's change, the first step of an hour stands for it.
    due = np.flatnonzero(local.second % (every_h * HOURS) < grid.step_s)
    marks = [_mark(grid, zone, int(step), every_h, local.second[step] < grid.step_s) for step in due]
    return [
        mark for before, mark in zip([None, *marks], marks, strict=False) if before is None or mark.step > before.step
    ]


def _mark(grid: TimeGrid, zone: str, step: int, every_h: int, is_midnight: bool) -> Mark:
    at = grid.part(step, 1).start_utc
    if every_h == 24:
        return Mark(step, to_datetime(at).astimezone(zone_info(zone)).strftime("%a %d"), is_midnight, True)
    return Mark(step, show_local(at, zone)[11:], is_midnight)


def day_text(grid: TimeGrid, zone: str, step: int) -> str:
    """Return the day of a step as people write it: ``Wed 3 Jul 2024``."""
    at = to_datetime(grid.part(step, 1).start_utc).astimezone(zone_info(zone))
    return f"{at:%a} {at.day} {at:%b} {at.year}"
