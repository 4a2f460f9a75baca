"""Readings as columns of one channel: taken out of frames, newest versions picked, laid on a grid. Pure arrays.

Times are whole milliseconds since 1970 here, so that both kinds of store search and sort the same numbers.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.series import Frame, Key, Quality, Series
from enerwise.core.time import TIME_TYPE, Instant, TimeArray, TimeGrid
from enerwise.core.units import BoolArray, ByteArray, FloatArray, IntArray

NO_TIME: Final = int(np.datetime64("NaT", "ms").astype(np.int64))


@dataclass(frozen=True, slots=True)
class Cells:
    """Readings of one channel. Shapes (n,)"""

    start_ms: IntArray
    known_ms: IntArray
    value: FloatArray
    quality: ByteArray

    def __len__(self) -> int:
        return self.value.size

    def take(self, keep: BoolArray | IntArray | slice) -> "Cells":
        """Return some of the rows."""
        return Cells(self.start_ms[keep], self.known_ms[keep], self.value[keep], self.quality[keep])

    def then(self, others: "Cells") -> "Cells":
        """Return these rows followed by others."""
        return Cells(
            np.concatenate((self.start_ms, others.start_ms)),
            np.concatenate((self.known_ms, others.known_ms)),
            np.concatenate((self.value, others.value)),
            np.concatenate((self.quality, others.quality)),
        )

    def series(self, key: Key) -> Series:
        """Return the rows as a series."""
        return Series(key, self.start_ms.view(TIME_TYPE), self.value, self.quality, self.known_ms.view(TIME_TYPE))

    def frame(self, key: Key) -> Frame:
        """Return the rows as a frame of one column."""
        start_utc, known_at = self.start_ms.view(TIME_TYPE), self.known_ms.view(TIME_TYPE)
        return Frame((key,), start_utc, self.value[:, None], self.quality[:, None], known_at)


def to_ms(at: TimeArray) -> IntArray:
    """Return instants as whole milliseconds, as a view where they are in milliseconds already. Same shape"""
    return at.astype(TIME_TYPE, copy=False).view(np.int64)


def instant_ms(at: Instant) -> int:
    """Return one instant as whole milliseconds."""
    return int(at.astype(TIME_TYPE).astype(np.int64))


def says_something(frame: Frame) -> BoolArray:
    """Tell which cells of a frame are worth keeping: a value, a quality, and both times. Shape (n, column)"""
    timed = ~(np.isnat(frame.start_utc) | np.isnat(frame.known_at))
    told: BoolArray = ~np.isnan(frame.value) & (frame.quality < Quality.MISSING) & timed[:, None]
    return told


def cells_of(frame: Frame) -> Iterator[tuple[int, BoolArray, Cells]]:
    """Yield each column of a frame that says something: its position, the rows that do, and their cells."""
    start_ms, known_ms = to_ms(frame.start_utc), to_ms(frame.known_at)
    told = says_something(frame)
    for column in range(len(frame.keys)):
        rows = told[:, column]
        if rows.any():
            value = frame.value[rows, column].astype(np.float64)
            quality = frame.quality[rows, column].astype(np.uint8)
            yield column, rows, Cells(start_ms[rows], known_ms[rows], value, quality)


def only_new(frame: Frame, new: BoolArray) -> Frame | None:
    """Return the part of a frame that is new, other cells missing; None where nothing is. ``new`` is (n, column)"""
    if new.all():
        return frame
    rows = new.any(axis=1)
    if not rows.any():
        return None
    value = np.where(new, frame.value, np.nan)[rows]
    quality = np.where(new, frame.quality, np.uint8(Quality.MISSING))[rows].astype(np.uint8)
    return Frame(frame.keys, frame.start_utc[rows], value, quality, frame.known_at[rows])


def newest(cells: Cells, as_of_ms: int | None) -> Cells:
    """Return one row per start: the version known last ``as_of``. Rows must be sorted by start, then by known."""
    if as_of_ms is not None:
        cells = cells.take(cells.known_ms <= as_of_ms)
    if not len(cells):
        return cells
    is_last = np.ones(len(cells), dtype=np.bool_)
    is_last[:-1] = cells.start_ms[1:] != cells.start_ms[:-1]
    return cells if is_last.all() else cells.take(is_last)


def on_grid(keys: Sequence[Key], grid: TimeGrid, read: Callable[[Key], Series]) -> Frame:
    """Lay channels on a grid as `Store.read_frame` promises; ``read`` returns the rows within it, sorted by start."""
    shape = (grid.step_count, len(keys))
    value = np.full(shape, np.nan)
    quality = np.full(shape, Quality.MISSING, dtype=np.uint8)
    known_ms = np.full(grid.step_count, NO_TIME)
    for column, key in enumerate(keys):
        series = read(key)
        if len(series):
            _lay(series, grid, value[:, column], quality[:, column], known_ms)
    starts_utc = grid.starts_utc
    ends_ms = to_ms(starts_utc) + grid.step_s * 1000
    known_at = np.where(known_ms == NO_TIME, ends_ms, known_ms).view(TIME_TYPE)
    return Frame(tuple(keys), starts_utc, value, quality, known_at)


def _lay(series: Series, grid: TimeGrid, value: FloatArray, quality: ByteArray, known_ms: IntArray) -> None:
    """Write one channel into its columns of the frame being built."""
    step = (to_ms(series.start_utc) - instant_ms(grid.start_utc)) // (grid.step_s * 1000)
    part_known_ms = to_ms(series.known_at)
    begins = step[1:] != step[:-1]
    if begins.all():
        at, value[step], quality[step] = step, series.value, series.quality
    else:
        first = np.concatenate(((0,), np.flatnonzero(begins) + 1))
        at = step[first]
        value[at] = np.add.reduceat(series.value, first) / np.diff(first, append=step.size)
        quality[at] = np.maximum.reduceat(series.quality, first)
        part_known_ms = np.maximum.reduceat(part_known_ms, first)
    known_ms[at] = np.maximum(known_ms[at], part_known_ms)
