"""A store in memory, for simulations and tests: columns in growing arrays, one set per channel.

Readings mostly arrive in order, start after start, each known later than the one before. Such a channel is *plain*: a
read is two binary searches for the range, a third for ``as_of``, and views. Revisions and late arrivals are merged by
start and ``known_at``; reads of that channel then pick the newest version of each start.
"""

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from itertools import islice
from math import isnan
from operator import itemgetter
from threading import RLock
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from enerwise.core.event import Event, Kind
from enerwise.core.series import Frame, Key, Quality, Series
from enerwise.core.time import Instant, TimeGrid
from enerwise.core.units import BoolArray, IntArray
from enerwise.store.buffer import LIMIT_BYTES, TOO_MUCH, Buffer
from enerwise.store.cells import NO_TIME, Cells, cells_of, instant_ms, newest, on_grid, only_new
from enerwise.store.store import Blob, Change, Flushed, Subscription, Watchers

PIECE_ROWS: Final = 50_000
ROWS_AT_FIRST: Final = 256
MISSING: Final = int(Quality.MISSING)
Number = TypeVar("Number", np.int64, np.float64, np.uint8)
NOTHING: Final = Cells(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.uint8))


class MemoryStore:
    """Remembers until the process ends. See `enerwise.store.store.Store` for what each method promises."""

    def __init__(self, *, buffer_limit_bytes: int = LIMIT_BYTES) -> None:
        self._buffer = Buffer(buffer_limit_bytes)
        self._lock = RLock()
        self._channels: dict[Key, Channel] = {}
        self._events: list[Event] = []
        self._events_by_kind: dict[Kind, list[Event]] = {}
        self._event_by_id: dict[str, Event] = {}
        self._blobs: dict[str, dict[str, list[tuple[int, bytes]]]] = {}
        self._watchers = Watchers()

    def append(self, frame: Frame) -> None:
        self._buffer.add_frame(frame)

    def note(self, events: Sequence[Event]) -> None:
        self._buffer.add_events(events)

    def put(self, kind: str, name: str, blob: bytes, known_at: Instant) -> None:
        self._buffer.add_blob(Blob(kind, name, known_at, blob))

    def flush(self, *, wait_s: float = 0.2) -> Flushed:
        with self._lock:
            batch = self._buffer.take()
            readings = sum(self._keep_frame(frame) for frame in batch.frames)
            events = self._keep_events(batch.events)
            for blob in batch.blobs:
                self._keep_blob(blob)
            lost = self._buffer.lost()
            return Flushed(
                reading_count=readings,
                event_count=events,
                blob_count=len(batch.blobs),
                lost_reading_count=lost.reading_count,
                lost_event_count=lost.event_count,
                lost_blob_count=lost.blob_count,
                reason=TOO_MUCH if lost else "",
            )

    def read(self, key: Key, start_utc: Instant, end_utc: Instant, *, as_of: Instant | None = None) -> Series:
        with self._lock:
            channel = self._channels.get(key)
            if channel is None:
                return NOTHING.series(key)
            as_of_ms = None if as_of is None else instant_ms(as_of)
            return channel.between(instant_ms(start_utc), instant_ms(end_utc), as_of_ms).series(key)

    def read_frame(self, keys: Sequence[Key], grid: TimeGrid, *, as_of: Instant | None = None) -> Frame:
        return on_grid(keys, grid, lambda key: self.read(key, grid.start_utc, grid.end_utc, as_of=as_of))

    def keys(self) -> tuple[Key, ...]:
        with self._lock:
            return tuple(sorted(self._channels))

    def events(
        self,
        *,
        kind: Kind | None = None,
        subject: str | None = None,
        start_utc: Instant | None = None,
        end_utc: Instant | None = None,
        limit: int | None = None,
    ) -> list[Event]:
        with self._lock:
            written = self._events if kind is None else self._events_by_kind.get(kind, [])
            found = (
                event
                for event in reversed(written)
                if (subject is None or event.subject == subject)
                and (start_utc is None or event.at >= start_utc)
                and (end_utc is None or event.at < end_utc)
            )
            return list(islice(found, limit))[::-1]

    def event(self, event_id: str) -> Event | None:
        return self._event_by_id.get(event_id)

    def get(self, kind: str, name: str, *, as_of: Instant | None = None) -> bytes | None:
        with self._lock:
            versions = self._blobs.get(kind, {}).get(name, [])
            place = len(versions) if as_of is None else bisect_right(versions, instant_ms(as_of), key=itemgetter(0))
            return versions[place - 1][1] if place else None

    def blobs(self, kind: str) -> tuple[str, ...]:
        with self._lock:
            return tuple(sorted(self._blobs.get(kind, {})))

    def contents(self) -> Iterator[Frame | Event | Blob]:
        for key in self.keys():
            cells = self._channels[key].all()
            for first in range(0, len(cells), PIECE_ROWS):
                yield cells.take(slice(first, first + PIECE_ROWS)).frame(key)
        yield from tuple(self._events)
        for kind in sorted(self._blobs):
            for name in self.blobs(kind):
                for known_ms, content in tuple(self._blobs[kind][name]):
                    yield Blob(kind, name, np.datetime64(known_ms, "ms"), content)

    def watch(self) -> Subscription:
        with self._lock:
            return self._watchers.add()

    def close(self) -> None:
        self.flush()

    def _keep_frame(self, frame: Frame) -> int:
        """Keep the cells of a frame that are new, tell the watchers of them, and return how many there are."""
        if len(frame) == 1 and not self._watchers:
            return self._keep_row(frame)
        new = np.zeros(frame.value.shape, dtype=np.bool_)
        for column, rows, cells in cells_of(frame):
            new[rows, column] = self._channel(frame.keys[column]).add(cells)
        if self._watchers and (change := only_new(frame, new)):
            self._watchers.tell([change])
        return int(new.sum())

    def _keep_row(self, frame: Frame) -> int:
        """Do the same for a single row that nobody watches: what a simulation does at every step."""
        start_ms, known_ms = instant_ms(frame.start_utc[0]), instant_ms(frame.known_at[0])
        if NO_TIME in (start_ms, known_ms):
            return 0
        kept = 0
        for key, value, quality in zip(frame.keys, frame.value[0].tolist(), frame.quality[0].tolist(), strict=True):
            if not isnan(value) and quality < MISSING:
                kept += self._channel(key).add_one(start_ms, known_ms, value, quality)
        return kept

    def _channel(self, key: Key) -> "Channel":
        found = self._channels.get(key)
        if found is None:
            found = self._channels[key] = Channel()
        return found

    def _keep_events(self, events: list[Event]) -> int:
        new: list[Change] = []
        for event in events:
            if event.id not in self._event_by_id:
                self._event_by_id[event.id] = event
                self._events.append(event)
                self._events_by_kind.setdefault(event.kind, []).append(event)
                new.append(event)
        self._watchers.tell(new)
        return len(new)

    def _keep_blob(self, blob: Blob) -> None:
        versions = self._blobs.setdefault(blob.kind, {}).setdefault(blob.name, [])
        known_ms = instant_ms(blob.known_at)
        if versions and versions[-1][0] < known_ms:
            versions.append((known_ms, blob.content))
            return
        versions[:] = [each for each in versions if each[0] != known_ms]
        insort(versions, (known_ms, blob.content), key=itemgetter(0))


class Channel:
    """One channel, sorted by start, then by known. Arrays grow by half; what a reader has seen is never rewritten."""

    __slots__ = ("_cells", "_count", "_is_plain", "_last_known_ms", "_last_start_ms", "_shown")

    def __init__(self) -> None:
        self._cells = self._shown = NOTHING
        self._count = 0
        self._is_plain = True
        self._last_start_ms = self._last_known_ms = NO_TIME

    def add_one(self, start_ms: int, known_ms: int, value: float, quality: int) -> bool:
        """Add one reading; tell whether it was new."""
        if start_ms <= self._last_start_ms:
            one = Cells(np.array([start_ms]), np.array([known_ms]), np.array([value]), np.array([quality], np.uint8))
            return bool(self._merge(one)[0])
        at = self._count
        if at == len(self._cells):
            self._grow(at + 1)
        cells = self._cells
        cells.start_ms[at] = start_ms
        cells.known_ms[at] = known_ms
        cells.value[at] = value
        cells.quality[at] = quality
        self._is_plain = self._is_plain and known_ms >= self._last_known_ms
        self._count, self._last_start_ms, self._last_known_ms = at + 1, start_ms, known_ms
        return True

    def add(self, cells: Cells) -> BoolArray:
        """Add readings, at least one; tell which of them were new. Shape (n,)"""
        if cells.start_ms[0] <= self._last_start_ms or np.any(cells.start_ms[1:] <= cells.start_ms[:-1]):
            return self._merge(cells)
        rows = slice(self._count, self._count + len(cells))
        if rows.stop > len(self._cells):
            self._grow(rows.stop)
        self._cells.start_ms[rows] = cells.start_ms
        self._cells.known_ms[rows] = cells.known_ms
        self._cells.value[rows] = cells.value
        self._cells.quality[rows] = cells.quality
        self._is_plain = self._is_plain and cells.known_ms[0] >= self._last_known_ms and _never_falls(cells.known_ms)
        self._note_last(rows.stop)
        return np.ones(len(cells), dtype=np.bool_)

    def between(self, start_ms: int, end_ms: int, as_of_ms: int | None) -> Cells:
        """Return the newest version, as known by ``as_of_ms``, of every start within the range."""
        shown = self._shown
        starts = shown.start_ms[: self._count]
        low, high = int(starts.searchsorted(start_ms)), int(starts.searchsorted(end_ms))
        if not self._is_plain:
            return newest(shown.take(slice(low, high)), as_of_ms)
        if as_of_ms is not None:
            high = min(high, int(shown.known_ms[: self._count].searchsorted(as_of_ms, side="right")))
        return shown.take(slice(low, high))

    def all(self) -> Cells:
        """Return every version of every start, sorted by start, then by known."""
        return self._shown.take(slice(0, self._count))

    def _merge(self, cells: Cells) -> BoolArray:
        """Sort readings in among the others; of equal start and known the first one stands."""
        before = self.all()
        at = int(before.start_ms.searchsorted(cells.start_ms.min()))
        joined = before.take(slice(at, None)).then(cells)
        order = np.lexsort((joined.known_ms, joined.start_ms))
        start_ms, known_ms = joined.start_ms[order], joined.known_ms[order]
        differs = (start_ms[1:] != start_ms[:-1]) | (known_ms[1:] != known_ms[:-1])
        kept = order[np.append(True, differs)]
        self._hold(before.take(slice(0, at)).then(joined.take(kept)))
        is_kept = np.zeros(len(joined), dtype=np.bool_)
        is_kept[kept] = True
        return is_kept[len(joined) - len(cells) :]

    def _hold(self, cells: Cells) -> None:
        """Start afresh with arrays of one's own that hold these rows."""
        self._cells = cells
        self._grow(len(cells))
        self._is_plain = bool(np.all(cells.start_ms[1:] > cells.start_ms[:-1])) and _never_falls(cells.known_ms)
        self._note_last(len(cells))

    def _grow(self, row_count: int) -> None:
        """Move into longer arrays; views of the old ones stay as they are."""
        room = max(ROWS_AT_FIRST, row_count + row_count // 2)
        old = self._cells
        self._cells = Cells(
            _longer(old.start_ms, room),
            _longer(old.known_ms, room),
            _longer(old.value, room),
            _longer(old.quality, room),
        )
        self._shown = self._cells.take(slice(None))
        for each in (self._shown.start_ms, self._shown.known_ms, self._shown.value, self._shown.quality):
            each.flags.writeable = False

    def _note_last(self, row_count: int) -> None:
        self._count = row_count
        self._last_start_ms = int(self._cells.start_ms[row_count - 1]) if row_count else NO_TIME
        self._last_known_ms = int(self._cells.known_ms[row_count - 1]) if row_count else NO_TIME


def _never_falls(known_ms: IntArray) -> bool:
    return bool(np.all(known_ms[1:] >= known_ms[:-1]))


def _longer(array: NDArray[Number], room: int) -> NDArray[Number]:
    """Return a copy with room at its end."""
    longer = np.empty(room, dtype=array.dtype)
    longer[: array.size] = array
    return longer
