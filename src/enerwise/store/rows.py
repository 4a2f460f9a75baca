"""Where the rows of a file lie on a regular grid; what keeps them off it is told by row."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.errors import Problem
from enerwise.core.time import TimeGrid
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.store.columns import ColumnMap
from enerwise.store.stamps import Stamps, from_wall, off_grid, show_ms, usual_step_ms
from enerwise.store.table import Table

STEP_LIMIT: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows of a file lie on a regular grid."""

    grid: TimeGrid
    source: IntArray
    """Rows of the table that are used. Shape (row,)"""
    step: IntArray
    """Step of the grid that each of them fills, rising. Shape (row,)"""
    is_twice: BoolArray
    """Whether the row lies in the hour that autumn repeats. Shape (row,)"""

    def lay(self, value: FloatArray) -> FloatArray:
        """Lay a column of the table on the grid, NaN where it has no row. Shape (step,)"""
        laid = np.full(self.grid.step_count, np.nan)
        laid[self.step] = value[self.source]
        return laid

    def absent(self) -> IntArray:
        """Return the steps that have no row. Shape (absent,)"""
        return np.setdiff1d(np.arange(self.grid.step_count), self.step)


def find_rows(table: Table, columns: ColumnMap) -> Rows | None:
    """Find the grid of a table; None where its stamps have problems, which are noted then."""
    if not table.has(columns.time):
        return None
    before = len(table.problems)
    stamps = table.stamps(columns.time)
    if len(table.problems) > before:
        return None
    at_ms, exists, is_twice = _on_utc(table, columns, stamps)
    used = np.flatnonzero(exists)
    _tell_order(table, columns.time, at_ms, used)
    if len(table.problems) > before:
        return None
    at_ms = at_ms[used]
    step_ms = columns.step_s * 1000 if columns.step_s else usual_step_ms(at_ms)
    grid = _grid(table, columns, at_ms, used, step_ms)
    if grid is None:
        return None
    return Rows(grid, used, (at_ms - at_ms[0]) // step_ms, is_twice[used])


def _on_utc(table: Table, columns: ColumnMap, stamps: Stamps) -> tuple[IntArray, BoolArray, BoolArray]:
    """Return stamps on UTC, which of them exist, and which lie in an hour that comes twice."""
    if stamps.has_offset.all() or columns.timezone == "UTC":
        return stamps.at_ms, np.ones(len(table), dtype=np.bool_), np.zeros(len(table), dtype=np.bool_)
    found = from_wall(stamps.at_ms, columns.timezone)
    if columns.clock == "wall":
        message = f"is skipped by the clock in {columns.timezone}"
        remedy = "name the zone of the stamps, or write 'clock: 24h' where every day of the file has 24 hours"
        table.tell_times(~found.exists, columns.time, stamps.at_ms, message, remedy)
    return found.at_ms, found.exists, found.is_twice


def _tell_order(table: Table, name: str, at_ms: IntArray, used: IntArray) -> None:
    """Note rows out of order and stamps that stand twice."""
    falls, repeats = np.zeros((2, at_ms.size), dtype=np.bool_)
    falls[used[1:]] = np.diff(at_ms[used]) < 0
    table.tell_times(falls, name, at_ms, "(UTC) is earlier than the row above", "sort the rows by time")
    repeats[used] = True
    repeats[used[np.unique(at_ms[used], return_index=True)[1]]] = False
    table.tell_times(repeats, name, at_ms, "(UTC) stands in an earlier row already", "keep one row for each step")


def _grid(table: Table, columns: ColumnMap, at_ms: IntArray, used: IntArray, step_ms: int) -> TimeGrid | None:
    """Return the grid that rising stamps share; None where they share none, which is noted then."""
    place = f"column {columns.time}"
    if not step_ms:
        table.problems.append(Problem(place, "one row tells no step", "name it in a column map, 'step: 15 min'"))
        return None
    if step_ms % 1000:
        table.problems.append(Problem(place, f"the step is {step_ms} ms", "use whole seconds"))
        return None
    off = off_grid(at_ms, step_ms)
    if off.any():
        is_off = np.zeros(len(table), dtype=np.bool_)
        is_off[used] = off
        stamps_ms = np.zeros(len(table), dtype=np.int64)
        stamps_ms[used] = at_ms
        message = f"(UTC) lies off the {step_ms // 1000} s grid of the other rows"
        table.tell_times(
            is_off, columns.time, stamps_ms, message, "name the step where it is another, or remove the row"
        )
        return None
    step_count = int(at_ms[-1] - at_ms[0]) // step_ms + 1
    if step_count > STEP_LIMIT:
        span = f"{show_ms(int(at_ms[0]))} to {show_ms(int(at_ms[-1]))}"
        table.problems.append(
            Problem(place, f"{span} are {step_count} steps", f"keep to {STEP_LIMIT}; check the dates")
        )
        return None
    start_ms = int(at_ms[0]) - (step_ms if columns.step_is == "end" else 0)
    return TimeGrid(np.datetime64(start_ms, "ms"), step_ms // 1000, step_count)
