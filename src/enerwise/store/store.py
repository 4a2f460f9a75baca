"""The port to what is remembered, and the small types around it.

`Store.append`, `Store.note` and `Store.put` only buffer; `Store.flush` writes and says what is durable. A turn never
fails because a disk is full or a file locked: history is lost then, oldest measurements first, and it is counted.

Every reading has two times: when it was about (``start_utc``) and when it became known (``known_at``). A later reading
of the same start is a revision; ``as_of`` shows the newest one known by then. What is written stays as it was written:
the first reading of one key, start and ``known_at`` stands, so later writing changes no earlier view. A cell that is
NaN or `Quality.MISSING` says nothing, is not kept, and never hides a value.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from enerwise.core.event import Event, Kind
from enerwise.core.series import Frame, Key, Series
from enerwise.core.time import Instant, TimeGrid

QUEUE_LIMIT: Final = 10_000
"""Changes that wait for a subscriber before the oldest ones are given up."""

Change = Frame | Event
"""What a subscriber is told: new readings, missing where they are not new, or an event."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes under a name, as they became known: a plan with its inputs, the state of the guard, trips."""

    kind: str
    name: str
    known_at: Instant
    content: bytes


@dataclass(frozen=True, slots=True)
class Flushed:
    """What became durable with one flush, what waits in memory, and what was lost since the flush before it.

    Readings are counted cell by cell: a row of eight channels counts eight, less the missing ones.
    """

    reading_count: int = 0
    event_count: int = 0
    blob_count: int = 0
    waiting_count: int = 0
    """Readings, events and blobs that are still in memory only."""
    lost_reading_count: int = 0
    lost_event_count: int = 0
    lost_blob_count: int = 0
    reason: str = ""
    """Why something waits or is lost; empty when all went well."""

    @property
    def is_durable(self) -> bool:
        """Whether everything handed over before this flush is kept."""
        return not (self.waiting_count or self.lost_reading_count or self.lost_event_count or self.lost_blob_count)


class Subscription:
    """The changes committed since `Store.watch`, each once and in order; within one flush readings before events."""

    def __init__(self, limit_count: int = QUEUE_LIMIT) -> None:
        self._queue: deque[Change] = deque(maxlen=limit_count)
        self.missed_count = 0
        """Changes given up because nobody polled; the subscriber then reads the store afresh."""
        self.is_closed = False

    def poll(self) -> list[Change]:
        """Return the changes since the last poll, oldest first; empty where there are none."""
        return [self._queue.popleft() for _ in range(len(self._queue))]

    def close(self) -> None:
        """Hear no more."""
        self.is_closed = True
        self._queue.clear()

    def tell(self, change: Change) -> None:
        """Queue a change; called by the store."""
        self.missed_count += len(self._queue) == self._queue.maxlen
        self._queue.append(change)


class Watchers:
    """The subscriptions of one store."""

    def __init__(self) -> None:
        self._open: list[Subscription] = []

    def __bool__(self) -> bool:
        return bool(self._open)

    def add(self) -> Subscription:
        """Open a subscription."""
        self._open = [*self._open, Subscription()]
        return self._open[-1]

    def tell(self, changes: Iterable[Change]) -> None:
        """Tell every open subscription, and forget the closed ones."""
        self._open = [each for each in self._open if not each.is_closed]
        for change in changes:
            for subscription in self._open:
                subscription.tell(change)


class Store(Protocol):
    """What remembers. Readers see what has been flushed, nothing else, in every implementation.

    Returned arrays belong to the store; whoever wants to write into one copies it.
    """

    def append(self, frame: Frame) -> None:
        """Buffer measurements. Handing over the same ones again changes nothing."""
        ...

    def note(self, events: Sequence[Event]) -> None:
        """Buffer events. An event whose id is known already is passed over."""
        ...

    def put(self, kind: str, name: str, blob: bytes, known_at: Instant) -> None:
        """Buffer a new version of a blob; of two put at the same instant the later one stands."""
        ...

    def flush(self, *, wait_s: float = 0.2) -> Flushed:
        """Write what is buffered, wait at most ``wait_s`` for it, and tell what is durable. Raises nothing."""
        ...

    def read(self, key: Key, start_utc: Instant, end_utc: Instant, *, as_of: Instant | None = None) -> Series:
        """Return one channel from ``start_utc`` up to, not including, ``end_utc``: one row per start, rising.

        Args:
            key: The channel; one nobody has written to is empty.
            start_utc: First start that belongs to the range.
            end_utc: First start beyond it.
            as_of: Show each start as it was known by then; None means now.

        Raises:
            StoreError: The store cannot be read.
        """
        ...

    def read_frame(self, keys: Sequence[Key], grid: TimeGrid, *, as_of: Instant | None = None) -> Frame:
        """Return channels on a grid: the mean of the readings whose start lies within a step.

        The quality of a step is the worst of its parts; a step without readings is NaN and missing. ``known_at`` of a
        row is the latest of all its parts; that a step holds nothing is known at its end.

        Raises:
            StoreError: The store cannot be read.
        """
        ...

    def keys(self) -> tuple[Key, ...]:
        """Return the channels that hold readings, sorted."""
        ...

    def events(
        self,
        *,
        kind: Kind | None = None,
        subject: str | None = None,
        start_utc: Instant | None = None,
        end_utc: Instant | None = None,
        limit: int | None = None,
    ) -> list[Event]:
        """Return events in the order they were written.

        Args:
            kind: Only this kind.
            subject: Only about this subject.
            start_utc: Only at or after this instant.
            end_utc: Only before this instant.
            limit: Only the last so many of those.
        """
        ...

    def event(self, event_id: str) -> Event | None:
        """Return the event of that id, None where there is none."""
        ...

    def get(self, kind: str, name: str, *, as_of: Instant | None = None) -> bytes | None:
        """Return the newest version of a blob known ``as_of``, None where there is none."""
        ...

    def blobs(self, kind: str) -> tuple[str, ...]:
        """Return the names of all blobs of a kind, sorted."""
        ...

    def contents(self) -> Iterator[Frame | Event | Blob]:
        """Yield everything, every revision and version included, in bounded pieces: readings, events, blobs."""
        ...

    def watch(self) -> Subscription:
        """Return a subscription to what this object commits from now on; other processes are not heard."""
        ...

    def close(self) -> None:
        """Flush and let go of the file. Closing twice is harmless; anything else afterwards is a mistake."""
        ...
