"""The thread that writes to the SQLite file, one batch in one transaction, and says what became of it."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import repeat
from math import isnan
from pathlib import Path
from typing import Final

import numpy as np

from enerwise.core.event import Event
from enerwise.core.series import Frame, Key, Quality
from enerwise.core.units import BoolArray
from enerwise.store.buffer import Batch
from enerwise.store.cells import NO_TIME, Cells, cells_of, instant_ms, only_new
from enerwise.store.sqlite_file import open_writer
from enerwise.store.store import Change, Flushed

Row = tuple[int, int, int, float, int]
"""Channel, start, known, value, quality."""
EventRow = tuple[str, int, str, str, bytes]

# What stands, stands: a row that comes again changes nothing. Of a blob the last version of an instant stands.
ADD_READING: Final = "INSERT INTO reading VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
ADD_EVENT: Final = "INSERT INTO event (id, at_ms, kind, subject, line) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
ADD_BLOB: Final = (
    "INSERT INTO blob VALUES (?, ?, ?, ?) ON CONFLICT (kind, name, known_ms) DO UPDATE SET content = excluded.content"
)
BUSY_CODES: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch."""

    kept: Flushed = field(default_factory=Flushed)
    changes: tuple[Change, ...] = ()
    left: Batch = field(default_factory=Batch)
    """What shall be tried again."""
    refused: Batch = field(default_factory=Batch)
    """What can never be written."""
    reason: str = ""


class Writer:
    """Writes batches in a thread of its own; at most one is under way."""

    def __init__(self, path: Path, *, synchronous: str, size_limit_bytes: int | None) -> None:
        self._connection = open_writer(path, synchronous=synchronous, size_limit_bytes=size_limit_bytes)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="enerwise-store")
        self._batch = Batch()
        self._future: Future[Outcome] | None = None
        self._channels: dict[Key, int] = {}

    @property
    def is_busy(self) -> bool:
        """Whether a batch is under way."""
        return self._future is not None

    @property
    def item_count(self) -> int:
        """Readings, events and blobs under way."""
        return self._batch.item_count

    def start(self, batch: Batch, *, is_watched: bool) -> None:
        """Begin to write a batch; ``is_watched`` asks for the changes it makes."""
        assert self._future is None, "one batch at a time"
        self._batch = batch
        self._future = self._thread.submit(self._write, batch, is_watched)

    def wait(self, wait_s: float) -> Outcome | None:
        """Return what became of the batch under way, None while that is open."""
        assert self._future is not None, "no batch is under way"
        try:
            outcome = self._future.result(timeout=max(0.0, wait_s))
        except TimeoutError:
            return None
        self._future, self._batch = None, Batch()
        return outcome

    def close(self) -> None:
        """Let go of the file; a batch that is still under way keeps it until it ends."""
        self._thread.submit(self._connection.close)
        self._thread.shutdown(wait=self._future is None)

    # -- from here on in the thread ---------------------------------------------------------------------------------

    def _write(self, batch: Batch, is_watched: bool) -> Outcome:
        events, refused, reason = _event_rows(batch.events)
        try:
            kept, changes = self._commit(batch, events, is_watched)
            return Outcome(kept, changes, refused=Batch(events=refused), reason=reason)
        except sqlite3.Error as error:
            self._roll_back()
            if not _may_pass(error):
                return Outcome(refused=batch, reason=f"cannot be written: {error}")
            if (
                batch.frames
                and (batch.events or batch.blobs)
                and getattr(error, "sqlite_errorcode", None) not in BUSY_CODES
            ):
                return self._without_frames(batch, is_watched, reason=str(error))
            return Outcome(left=batch, reason=str(error))
        except (
            Exception
        ) as error:  # Whatever it is, it must reach the turn as words, and must not block the next batch.
            self._roll_back()
            return Outcome(refused=batch, reason=f"cannot be written: {error!r}")

    def _without_frames(self, batch: Batch, is_watched: bool, *, reason: str) -> Outcome:
        """Write events and blobs alone: the little room on a full disk is theirs."""
        rest = self._write(Batch(events=batch.events, blobs=batch.blobs), is_watched)
        left = Batch(batch.frames, rest.left.events, rest.left.blobs)
        return Outcome(rest.kept, rest.changes, left, rest.refused, reason)

    def _commit(self, batch: Batch, events: list[EventRow], is_watched: bool) -> tuple[Flushed, tuple[Change, ...]]:
        """Write everything in one transaction; return what was new, and what watchers are told of it."""
        connection, channels = self._connection, dict(self._channels)
        connection.execute("BEGIN IMMEDIATE")
        for key in {key for frame in batch.frames for key in frame.keys} - channels.keys():
            channels[key] = self._channel(key)
        before = connection.total_changes
        readings: list[Frame] = []
        for frame in batch.frames:
            if is_watched:
                readings.extend(self._add_watched(frame, channels))
            else:
                self._add(frame, channels)
        reading_count = connection.total_changes - before
        new_ids = {row[0] for row in events if connection.execute(ADD_EVENT, row).rowcount > 0}
        connection.executemany(
            ADD_BLOB, [(each.kind, each.name, instant_ms(each.known_at), each.content) for each in batch.blobs]
        )
        connection.execute("COMMIT")
        self._channels = channels
        changes: list[Change] = [*readings, *_first_of_each(batch.events, new_ids)] if is_watched else []
        return Flushed(reading_count, len(new_ids), len(batch.blobs)), tuple(changes)

    def _add(self, frame: Frame, channels: dict[Key, int]) -> None:
        if len(frame) == 1:
            self._connection.executemany(ADD_READING, _single_row(frame, channels))
            return
        for column, _, cells in cells_of(frame):
            self._add_cells(channels[frame.keys[column]], cells)

    def _add_watched(self, frame: Frame, channels: dict[Key, int]) -> list[Frame]:
        """Add a frame; return the part of it that was new, if there is one."""
        new = np.zeros(frame.value.shape, dtype=np.bool_)
        for column, rows, cells in cells_of(frame):
            channel = channels[frame.keys[column]]
            new[rows, column] = self._new_among(channel, cells)
            self._add_cells(channel, cells)
        part = only_new(frame, new)
        return [] if part is None else [part]

    def _add_cells(self, channel: int, cells: Cells) -> None:
        columns = (cells.start_ms, cells.known_ms, cells.value, cells.quality)
        self._connection.executemany(
            ADD_READING, zip(repeat(channel), *(each.tolist() for each in columns), strict=False)
        )

    def _new_among(self, channel: int, cells: Cells) -> BoolArray:
        """Tell which cells are not in the file yet; of equal ones the first. Shape (n,)"""
        span = (channel, int(cells.start_ms.min()), int(cells.start_ms.max()))
        sql = "SELECT start_ms, known_ms FROM reading WHERE channel = ? AND start_ms BETWEEN ? AND ?"
        seen = set(self._connection.execute(sql, span))
        new = np.zeros(len(cells), dtype=np.bool_)
        for row, times in enumerate(zip(cells.start_ms.tolist(), cells.known_ms.tolist(), strict=True)):
            new[row] = times not in seen
            seen.add(times)
        return new

    def _channel(self, key: Key) -> int:
        """Return the number of a channel, a new one where it has none yet."""
        names = (key.asset, key.quantity)
        self._connection.execute("INSERT INTO channel (asset, quantity) VALUES (?, ?) ON CONFLICT DO NOTHING", names)
        sql = "SELECT id FROM channel WHERE asset = ? AND quantity = ?"
        return int(self._connection.execute(sql, names).fetchone()[0])

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")


def _single_row(frame: Frame, channels: dict[Key, int]) -> list[Row]:
    """Return the cells of one row, which is what a turn adds, without arrays in between."""
    start_ms, known_ms = instant_ms(frame.start_utc[0]), instant_ms(frame.known_at[0])
    if NO_TIME in (start_ms, known_ms):
        return []
    cells = zip(frame.keys, frame.value[0].tolist(), frame.quality[0].tolist(), strict=True)
    return [
        (channels[key], start_ms, known_ms, value, quality)
        for key, value, quality in cells
        if not isnan(value) and quality < Quality.MISSING
    ]


def _event_rows(events: list[Event]) -> tuple[list[EventRow], list[Event], str]:
    """Return events as rows, and those that cannot be written with the reason of the last one."""
    rows, refused, reason = [], [], ""
    for event in events:
        try:
            rows.append((event.id, instant_ms(event.at), event.kind.value, event.subject, event.to_bytes()))
        except (ValueError, TypeError, RecursionError) as error:
            refused.append(event)
            reason = f"event {event.id!r} cannot be written: {error}"
    return rows, refused, reason


def _first_of_each(events: list[Event], ids: set[str]) -> Iterator[Event]:
    """Yield the events of these ids, each id once."""
    told: set[str] = set()
    for event in events:
        if event.id in ids and event.id not in told:
            told.add(event.id)
            yield event


def _may_pass(error: sqlite3.Error) -> bool:
    """Tell whether trying again may help: a full or damaged disk, a locked file; not a row that fits nowhere."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError
