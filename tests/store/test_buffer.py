import pytest

from enerwise.store.buffer import CELL_BYTES, EVENT_BYTES, Batch, Buffer, Lost
from enerwise.store.memory import MemoryStore
from enerwise.store.store import Blob, Subscription
from enerwise.testing.contracts.store import NOON, a_row, an_event, minutes


def a_blob(kind: str, size: int, name: str = "x") -> Blob:
    return Blob(kind, name, NOON, bytes(size))


def test_buffer_hands_out_what_it_took_in_order() -> None:
    buffer = Buffer()
    frames, events = [a_row(0, 0, 1.0), a_row(1, 1, 2.0)], [an_event(1), an_event(2)]
    for frame in frames:
        buffer.add_frame(frame)
    buffer.add_events(events)
    buffer.add_blob(a_blob("plan", 3))
    assert buffer.item_count == 5
    batch = buffer.take()
    assert (batch.frames, batch.events, [each.kind for each in batch.blobs]) == (frames, events, ["plan"])
    assert not buffer.take()


def test_oldest_measurements_go_first() -> None:
    buffer = Buffer(limit_bytes=2 * CELL_BYTES)
    for minute in range(4):
        buffer.add_frame(a_row(minute, minute, float(minute)))
    assert [frame.value[0, 0] for frame in buffer.take().frames] == [2.0, 3.0]
    assert buffer.lost() == Lost(reading_count=2)
    assert buffer.lost() == Lost()


def test_events_stay_while_there_are_measurements() -> None:
    buffer = Buffer(limit_bytes=3 * EVENT_BYTES)
    for number in range(6):
        buffer.add_frame(a_row(number, number, 1.0))
        buffer.add_events([an_event(number)])
    batch = buffer.take()
    assert batch.frames == []
    assert [event.id for event in batch.events] == ["site/1/3", "site/1/4", "site/1/5"]
    assert buffer.lost() == Lost(reading_count=6, event_count=3)


def test_replaced_blobs_go_before_events_and_the_newest_of_a_kind_stays() -> None:
    buffer = Buffer(limit_bytes=3 * EVENT_BYTES)
    for name in ("old", "new"):
        buffer.add_blob(a_blob("plan", EVENT_BYTES, name))
        buffer.add_blob(a_blob("trips", EVENT_BYTES // 2, name))
    assert buffer.lost() == Lost()
    buffer.add_events([an_event(1), an_event(2)])
    batch = buffer.take()
    assert [(blob.kind, blob.name) for blob in batch.blobs] == [("plan", "new"), ("trips", "new")]
    assert [event.id for event in batch.events] == ["site/1/2"]
    assert buffer.lost() == Lost(event_count=1, blob_count=2)


def test_one_large_frame_is_always_taken() -> None:
    buffer = Buffer(limit_bytes=CELL_BYTES)
    buffer.add_events([])
    buffer.add_frame(a_row(0, 0, 1.0, 2.0))
    assert len(buffer.take().frames) == 1


def test_batch_given_back_stands_before_what_came_meanwhile() -> None:
    buffer = Buffer()
    buffer.add_events([an_event(1), an_event(2)])
    batch = buffer.take()
    buffer.add_events([an_event(3)])
    buffer.give_back(batch)
    assert [event.id for event in buffer.take().events] == ["site/1/1", "site/1/2", "site/1/3"]


def test_what_is_given_up_is_counted() -> None:
    buffer = Buffer()
    buffer.give_up(Batch([a_row(0, 0, 1.0, 2.0)], [an_event(1)], [a_blob("plan", 1)]))
    assert buffer.lost() == Lost(2, 1, 1)


def test_flush_reports_what_the_buffer_could_not_hold() -> None:
    store = MemoryStore(buffer_limit_bytes=CELL_BYTES)
    store.append(a_row(0, 0, 1.0))
    store.append(a_row(1, 1, 1.0))
    flushed = store.flush()
    assert (flushed.reading_count, flushed.lost_reading_count) == (1, 1)
    assert "more was handed over" in flushed.reason
    assert not flushed.is_durable
    assert store.flush().is_durable


@pytest.mark.parametrize("count", [3, 5])
def test_slow_subscriber_loses_the_oldest_and_knows_how_many(count: int) -> None:
    subscription = Subscription(limit_count=3)
    for number in range(count):
        subscription.tell(an_event(number, at=number))
    assert [getattr(each, "at", None) for each in subscription.poll()] == [minutes(each) for each in range(count)][-3:]
    assert subscription.missed_count == count - 3
