"""Everything from one store into another: a backtest runs in memory and leaves a file for `why`."""

from collections.abc import Callable
from typing import Final

from enerwise.core.errors import StoreError
from enerwise.core.event import Event
from enerwise.core.series import Frame
from enerwise.store.store import Flushed, Store

ITEMS_PER_FLUSH: Final = 500_000
"""Cells and events between two flushes; few enough for the target's buffer."""
EVENT_ITEMS: Final = 50
"""One event weighs as much as so many cells, about."""
WAIT_S: Final = 120.0


def copy_all(source: Store, target: Store, *, progress: Callable[[int], None] | None = None) -> Flushed:
    """Copy readings with all their revisions, events in their order, and every version of every blob.

    Args:
        source: Read as it has been flushed.
        target: May hold something already; what it knows is passed over.
        progress: Told how many readings, events and blobs are copied so far.

    Returns:
        How much was new to the target.

    Raises:
        StoreError: The target does not take everything.
    """
    total, waiting, done = Flushed(), 0, 0
    for item in source.contents():
        match item:
            case Frame():
                target.append(item)
                count, weight = item.value.size, item.value.size
            case Event():
                target.note([item])
                count, weight = 1, EVENT_ITEMS
            case _:
                target.put(item.kind, item.name, item.content, item.known_at)
                count, weight = 1, max(EVENT_ITEMS, len(item.content) // 32)
        waiting, done = waiting + weight, done + count
        if waiting >= ITEMS_PER_FLUSH:
            total, waiting = _flushed(target, total), 0
            if progress is not None:
                progress(done)
    total = _flushed(target, total)
    if progress is not None:
        progress(done)
    return total


def _flushed(target: Store, total: Flushed) -> Flushed:
    now = target.flush(wait_s=WAIT_S)
    if not now.is_durable:
        raise StoreError(f"copying stops after {total.reading_count} readings: {now.reason}; free space and copy again")
    return Flushed(
        total.reading_count + now.reading_count, total.event_count + now.event_count, total.blob_count + now.blob_count
    )
