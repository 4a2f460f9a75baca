"""The store on a box: one SQLite file in WAL mode, written in batches by a thread of its own.

The turn hands a batch over and waits at most ``wait_s``; a disk that hangs keeps the thread, never the turn. What
could not be written returns to the buffer and is tried again with the next flush. When the disk is full, events and
blobs are tried without the measurements. A process that is killed loses nothing that a flush has acknowledged.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from enerwise.core.errors import StoreError
from enerwise.core.event import Event, Kind
from enerwise.core.series import Frame, Key, Series
from enerwise.core.time import Instant, TimeGrid, elapsed_s
from enerwise.store.buffer import LIMIT_BYTES, TOO_MUCH, Buffer
from enerwise.store.cells import Cells, instant_ms, newest, on_grid
from enerwise.store.sqlite_file import open_reader
from enerwise.store.sqlite_writer import Outcome, Writer
from enerwise.store.store import Blob, Flushed, Subscription, Watchers

CLOSE_WAIT_S: Final = 10.0
PIECE_ROWS: Final = 50_000
PIECE_EVENTS: Final = 5_000
EVER_MS: Final = 2**63 - 1
ROW: Final = np.dtype([("start_ms", np.int64), ("known_ms", np.int64), ("value", np.float64), ("quality", np.uint8)])
COLUMNS: Final = "start_ms, known_ms, value, quality"


class SqliteStore:
    """Remembers in a file. See `enerwise.store.store.Store` for what each method promises; threads may share it."""

    def __init__(
        self,
        path: str | Path,
        *,
        synchronous: str = "NORMAL",
        read_only: bool = False,
        size_limit_bytes: int | None = None,
        buffer_limit_bytes: int = LIMIT_BYTES,
    ) -> None:
        """Open a file, or begin one.

        Args:
            path: The file; ``-wal`` and ``-shm`` appear beside it while it is open.
            synchronous: ``NORMAL``: a power cut may cost the last seconds. ``FULL``: it costs nothing that was kept.
            read_only: Only look, as `why` does, also while another process writes.
            size_limit_bytes: The file never grows beyond; None leaves that to the disk.
            buffer_limit_bytes: What may wait in memory while the disk refuses.

        Raises:
            StoreError: The file cannot be opened, is not ours, or was written by a newer version.
        """
        self._path = Path(path)
        self._buffer = Buffer(buffer_limit_bytes)
        self._watchers = Watchers()
        self._flushing = Lock()
        self._reading = Lock()
        self._is_closed = False
        self._writer = (
            None if read_only else Writer(self._path, synchronous=synchronous, size_limit_bytes=size_limit_bytes)
        )
        try:
            self._reader = open_reader(self._path)
        except StoreError:
            if self._writer is not None:
                self._writer.close()
            raise

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def append(self, frame: Frame) -> None:
        self._check_writable()
        self._buffer.add_frame(frame)

    def note(self, events: Sequence[Event]) -> None:
        self._check_writable()
        self._buffer.add_events(events)

    def put(self, kind: str, name: str, blob: bytes, known_at: Instant) -> None:
        self._check_writable()
        self._buffer.add_blob(Blob(kind, name, known_at, blob))

    def flush(self, *, wait_s: float = 0.2) -> Flushed:
        if self._writer is None:
            return Flushed()
        deadline_s = elapsed_s() + wait_s
        if not self._flushing.acquire(timeout=max(0.0, wait_s)):
            return Flushed(waiting_count=self._buffer.item_count, reason="another thread is flushing")
        try:
            kept, reason = self._write(self._writer, deadline_s)
        finally:
            self._flushing.release()
        lost = self._buffer.lost()
        return replace(
            kept,
            waiting_count=self._writer.item_count + self._buffer.item_count,
            lost_reading_count=lost.reading_count,
            lost_event_count=lost.event_count,
            lost_blob_count=lost.blob_count,
            reason=reason or (TOO_MUCH if lost else ""),
        )

    def _write(self, writer: Writer, deadline_s: float) -> tuple[Flushed, str]:
        """Write what is under way still, then what is buffered; return what was kept, and what went wrong."""
        kept, reason = Flushed(), ""
        for _ in range(2):
            if not writer.is_busy:
                batch = self._buffer.take()
                if not batch:
                    break
                writer.start(batch, is_watched=bool(self._watchers))
            outcome = writer.wait(deadline_s - elapsed_s())
            if outcome is None:
                return kept, reason or "the disk takes longer than the turn can wait"
            self._settle(outcome)
            kept, reason = _sum(kept, outcome.kept), outcome.reason or reason
            if outcome.left:
                break
        return kept, reason

    def _settle(self, outcome: Outcome) -> None:
        self._buffer.give_back(outcome.left)
        self._buffer.give_up(outcome.refused)
        self._watchers.tell(outcome.changes)

    def read(self, key: Key, start_utc: Instant, end_utc: Instant, *, as_of: Instant | None = None) -> Series:
        sql = (
            f"SELECT {COLUMNS} FROM reading WHERE channel = (SELECT id FROM channel WHERE asset = ? AND quantity = ?) "
            "AND start_ms >= ? AND start_ms < ? AND known_ms <= ? ORDER BY start_ms, known_ms"
        )
        span = (instant_ms(start_utc), instant_ms(end_utc), EVER_MS if as_of is None else instant_ms(as_of))
        return newest(self._cells(sql, (key.asset, key.quantity, *span)), None).series(key)

    def read_frame(self, keys: Sequence[Key], grid: TimeGrid, *, as_of: Instant | None = None) -> Frame:
        return on_grid(keys, grid, lambda key: self.read(key, grid.start_utc, grid.end_utc, as_of=as_of))

    def keys(self) -> tuple[Key, ...]:
        sql = "SELECT asset, quantity FROM channel WHERE EXISTS (SELECT 1 FROM reading WHERE channel = channel.id)"
        return tuple(sorted(Key(*row) for row in self._all(sql)))

    def events(
        self,
        *,
        kind: Kind | None = None,
        subject: str | None = None,
        start_utc: Instant | None = None,
        end_utc: Instant | None = None,
        limit: int | None = None,
    ) -> list[Event]:
        wanted: dict[str, Any] = {
            "kind = ?": None if kind is None else kind.value,
            "subject = ?": subject,
            "at_ms >= ?": None if start_utc is None else instant_ms(start_utc),
            "at_ms < ?": None if end_utc is None else instant_ms(end_utc),
        }
        wanted = {condition: value for condition, value in wanted.items() if value is not None}
        sql = f"SELECT line FROM event WHERE {' AND '.join(wanted) or 'true'} ORDER BY seq DESC LIMIT ?"
        lines = self._all(sql, (*wanted.values(), -1 if limit is None else limit))
        return [Event.from_bytes(line) for (line,) in reversed(lines)]

    def event(self, event_id: str) -> Event | None:
        lines = self._all("SELECT line FROM event WHERE id = ?", (event_id,))
        return Event.from_bytes(lines[0][0]) if lines else None

    def get(self, kind: str, name: str, *, as_of: Instant | None = None) -> bytes | None:
        sql = "SELECT content FROM blob WHERE kind = ? AND name = ? AND known_ms <= ? ORDER BY known_ms DESC LIMIT 1"
        found = self._all(sql, (kind, name, EVER_MS if as_of is None else instant_ms(as_of)))
        return bytes(found[0][0]) if found else None

    def blobs(self, kind: str) -> tuple[str, ...]:
        return tuple(
            name for (name,) in self._all("SELECT DISTINCT name FROM blob WHERE kind = ? ORDER BY name", (kind,))
        )

    def contents(self) -> Iterator[Frame | Event | Blob]:
        for key in self.keys():
            yield from self._all_cells(key)
        seq = -1
        while lines := self._all("SELECT seq, line FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (seq, PIECE_EVENTS)):
            yield from (Event.from_bytes(line) for _, line in lines)
            seq = lines[-1][0]
        for kind, name, known_ms in self._all("SELECT kind, name, known_ms FROM blob ORDER BY kind, name, known_ms"):
            sql = "SELECT content FROM blob WHERE kind = ? AND name = ? AND known_ms = ?"
            for (content,) in self._all(sql, (kind, name, known_ms)):
                yield Blob(kind, name, np.datetime64(known_ms, "ms"), content)

    def watch(self) -> Subscription:
        return self._watchers.add()

    def close(self) -> None:
        if self._is_closed:
            return
        self.flush(wait_s=CLOSE_WAIT_S)
        self._is_closed = True
        with self._reading:
            self._reader.close()
        if self._writer is not None:
            self._writer.close()

    def _all_cells(self, key: Key) -> Iterator[Frame]:
        """Yield all versions of a channel in pieces."""
        sql = (
            f"SELECT {COLUMNS} FROM reading WHERE channel = (SELECT id FROM channel WHERE asset = ? AND quantity = ?) "
            "AND (start_ms, known_ms) > (?, ?) ORDER BY start_ms, known_ms LIMIT ?"
        )
        after = (-EVER_MS, -EVER_MS)
        while len(cells := self._cells(sql, (key.asset, key.quantity, *after, PIECE_ROWS))):
            yield cells.frame(key)
            after = (int(cells.start_ms[-1]), int(cells.known_ms[-1]))

    def _cells(self, sql: str, values: tuple[Any, ...]) -> Cells:
        with self._reading:
            try:
                # Straight into one array: half the time of a list of rows that is taken apart again.
                rows = np.fromiter(self._reader.execute(sql, values), dtype=ROW)
            except sqlite3.Error as error:
                raise self._unreadable(error) from error
        return Cells(*(np.ascontiguousarray(rows[name]) for name in ("start_ms", "known_ms", "value", "quality")))

    def _all(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with self._reading:
            try:
                return self._reader.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise self._unreadable(error) from error

    def _unreadable(self, error: sqlite3.Error) -> StoreError:
        return StoreError(f"{self._path}: cannot be read: {error}; check the disk, or restore the file from a copy")

    def _check_writable(self) -> None:
        if self._writer is None:
            raise StoreError(f"{self._path}: opened for reading only; open it for writing first")


def _sum(one: Flushed, other: Flushed) -> Flushed:
    return Flushed(
        one.reading_count + other.reading_count, one.event_count + other.event_count, one.blob_count + other.blob_count
    )
