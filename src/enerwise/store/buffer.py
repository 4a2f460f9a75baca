"""What waits to be written: bounded, and when the bound is reached the least important goes first.

Oldest measurements go first, then blobs that a newer one of their kind has replaced, then events, oldest first each.
What the site must know again after a restart, the newest blob of each kind, is never given up.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from enerwise.core.event import Event
from enerwise.core.series import Frame
from enerwise.store.store import Blob

LIMIT_BYTES: Final = 64 * 2**20
EVENT_BYTES: Final = 1000
"""An event in memory, about; measuring each one would cost more than it tells."""
CELL_BYTES: Final = 32
TOO_MUCH: Final = "more was handed over than the buffer holds"


@dataclass(slots=True)
class Batch:
    """What one flush writes, in the order it was handed over."""

    frames: list[Frame] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    blobs: list[Blob] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.frames or self.events or self.blobs)

    @property
    def item_count(self) -> int:
        """Cells, events and blobs together."""
        return sum(frame.value.size for frame in self.frames) + len(self.events) + len(self.blobs)


@dataclass(frozen=True, slots=True)
class Lost:
    """What was given up, counted."""

    reading_count: int = 0
    event_count: int = 0
    blob_count: int = 0

    def __bool__(self) -> bool:
        return bool(self.reading_count or self.event_count or self.blob_count)


class Buffer:
    """Frames, events and blobs on their way to a store. Threads may share it; nobody waits long."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._lock = Lock()
        self._frames: deque[Frame] = deque()
        self._events: deque[Event] = deque()
        self._blobs: deque[Blob] = deque()
        self._frame_bytes = 0
        self._other_bytes = 0
        self._lost: Counter[str] = Counter()

    def add_frame(self, frame: Frame) -> None:
        """Take measurements. One frame is always taken, however large: its arrays exist already."""
        with self._lock:
            self._frames.append(frame)
            self._frame_bytes += CELL_BYTES * frame.value.size
            self._keep_within_limit()

    def add_events(self, events: Sequence[Event]) -> None:
        """Take events."""
        with self._lock:
            self._events.extend(events)
            self._other_bytes += EVENT_BYTES * len(events)
            self._keep_within_limit()

    def add_blob(self, blob: Blob) -> None:
        """Take a blob."""
        with self._lock:
            self._blobs.append(blob)
            self._other_bytes += len(blob.content)
            self._keep_within_limit()

    def take(self) -> Batch:
        """Hand out everything; the buffer is empty then."""
        with self._lock:
            batch = Batch(list(self._frames), list(self._events), list(self._blobs))
            self._frames.clear()
            self._events.clear()
            self._blobs.clear()
            self._frame_bytes = self._other_bytes = 0
            return batch

    def give_back(self, batch: Batch) -> None:
        """Put a batch that could not be written in front of what came in meanwhile."""
        with self._lock:
            self._frames.extendleft(reversed(batch.frames))
            self._events.extendleft(reversed(batch.events))
            self._blobs.extendleft(reversed(batch.blobs))
            self._frame_bytes += CELL_BYTES * sum(frame.value.size for frame in batch.frames)
            self._other_bytes += EVENT_BYTES * len(batch.events) + sum(len(blob.content) for blob in batch.blobs)
            self._keep_within_limit()

    def give_up(self, batch: Batch) -> None:
        """Count a batch as lost."""
        with self._lock:
            self._lost["reading"] += sum(frame.value.size for frame in batch.frames)
            self._lost["event"] += len(batch.events)
            self._lost["blob"] += len(batch.blobs)

    def lost(self) -> Lost:
        """Return what was given up since the last call."""
        if not self._lost:
            return Lost()
        with self._lock:
            lost, self._lost = self._lost, Counter()
            return Lost(lost["reading"], lost["event"], lost["blob"])

    @property
    def item_count(self) -> int:
        """Cells, events and blobs that wait."""
        with self._lock:
            cells = sum(frame.value.size for frame in self._frames)
            return cells + len(self._events) + len(self._blobs)

    def _keep_within_limit(self) -> None:
        while self._size_bytes > self._limit_bytes and len(self._frames) > 1:
            self._drop_frame()
        while self._other_bytes > self._limit_bytes and self._frames:
            self._drop_frame()
        if self._other_bytes > self._limit_bytes:
            self._drop_replaced_blobs()
        while self._other_bytes > self._limit_bytes and self._events:
            self._events.popleft()
            self._other_bytes -= EVENT_BYTES
            self._lost["event"] += 1

    @property
    def _size_bytes(self) -> int:
        return self._frame_bytes + self._other_bytes

    def _drop_frame(self) -> None:
        cells = self._frames.popleft().value.size
        self._frame_bytes -= CELL_BYTES * cells
        self._lost["reading"] += cells

    def _drop_replaced_blobs(self) -> None:
        newest = {blob.kind: place for place, blob in enumerate(self._blobs)}
        kept: deque[Blob] = deque()
        for place, blob in enumerate(self._blobs):
            if self._other_bytes > self._limit_bytes and newest[blob.kind] != place:
                self._other_bytes -= len(blob.content)
                self._lost["blob"] += 1
            else:
                kept.append(blob)
        self._blobs = kept
