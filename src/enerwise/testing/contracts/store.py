"""The contract of `enerwise.store.store.Store`: nothing lost, ``as_of`` honoured, everything told once.

What a store reads is compared with `Ledger`, the plainest store there can be: a dictionary by start and ``known_at``.
So all stores that keep the contract read alike.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enerwise.core.event import Event, Kind
from enerwise.core.series import Frame, Key, Quality
from enerwise.core.time import TIME_TYPE, Instant, TimeGrid, instant
from enerwise.store.store import Blob, Store

POWER: Final = Key("home", "power_w")
PV: Final = Key("roof", "available_power_w")
KEYS: Final = (POWER, PV)
NOON: Final = instant("2024-07-01T12:00Z")
MINUTE: Final = np.timedelta64(60_000, "ms")
# One suite runs in a class per store; hypothesis would rather see each property in one class only.
QUICK: Final = settings(deadline=None, suppress_health_check=[HealthCheck.differing_executors])
WAIT_S: Final = 30.0
"""A test waits for the disk; a turn would not."""


def minutes(count: float) -> Instant:
    """Return the instant so many minutes after noon."""
    return NOON + np.timedelta64(int(count * 60_000), "ms")


def a_row(start: float, known: float, *value: float, quality: int = Quality.GOOD) -> Frame:
    """Return one row for the first of `KEYS`, times in minutes after noon; NaN is missing."""
    cells = np.array([value], dtype=np.float64)
    codes = np.where(np.isnan(cells), Quality.MISSING, quality).astype(np.uint8)
    return Frame(KEYS[: len(value)], np.array([minutes(start)]), cells, codes, np.array([minutes(known)]))


def an_event(number: int, *, kind: Kind = Kind.NOTE, subject: str = "home", at: float = 0) -> Event:
    """Return an event with a cause, ``at`` minutes after noon."""
    return Event(f"site/1/{number}", minutes(at), kind, subject, {"number": number}, (f"site/0/{number}",))


class Ledger:
    """The plainest store: what is promised, in a few lines."""

    def __init__(self) -> None:
        self._cells: dict[Key, dict[tuple[int, int], tuple[float, int]]] = {}

    def append(self, frame: Frame) -> None:
        """Keep what says something and is not known already."""
        times = list(zip(_ms(frame.start_utc), _ms(frame.known_at), strict=True))
        for column, key in enumerate(frame.keys):
            for row, time in enumerate(times):
                value, quality = float(frame.value[row, column]), int(frame.quality[row, column])
                if not np.isnan(value) and quality != Quality.MISSING:
                    self._cells.setdefault(key, {}).setdefault(time, (value, quality))

    def read(self, key: Key, as_of_ms: int) -> list[tuple[int, int, float, int]]:
        """Return start, known, value and quality of the newest version of every start."""
        newest = {start: known for start, known in sorted(self._cells.get(key, {})) if known <= as_of_ms}
        return [(start, known, *self._cells[key][start, known]) for start, known in sorted(newest.items())]

    @property
    def cell_count(self) -> int:
        """Cells that say something."""
        return sum(map(len, self._cells.values()))


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    """Draw a frame of a few rows within an hour, in any order, with gaps, repeats and revisions."""
    rows = draw(st.integers(min_value=1, max_value=4))
    start = draw(st.lists(st.integers(0, 11), min_size=rows, max_size=rows))
    known = draw(st.lists(st.integers(0, 11), min_size=rows, max_size=rows))
    numbers = st.one_of(st.just(np.nan), st.integers(-3, 3).map(float))
    value = draw(st.lists(st.tuples(numbers, numbers), min_size=rows, max_size=rows))
    quality = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=rows, max_size=rows))
    starts = NOON + np.array(start) * MINUTE
    return Frame(KEYS, starts, np.array(value), np.array(quality, dtype=np.uint8), NOON + np.array(known) * MINUTE)


class StoreContract:
    """Derive from it, say how a store is made, and pytest finds the rest."""

    def make_store(self, folder: Path) -> Store:
        """Return an empty store; ``folder`` is there for it and empty."""
        raise NotImplementedError

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Hand out an empty store in a folder of its own."""
        with TemporaryDirectory() as folder:
            store = self.make_store(Path(folder))
            try:
                yield store
            finally:
                store.close()

    # -- readings -------------------------------------------------------------------------------------------------

    def test_new_store_is_empty(self) -> None:
        with self.store() as store:
            assert store.keys() == ()
            assert len(store.read(POWER, minutes(0), minutes(60))) == 0
            assert store.events() == []
            assert store.event("site/1/1") is None
            assert store.get("plan", "p") is None
            assert store.blobs("plan") == ()
            assert list(store.contents()) == []
            assert store.flush(wait_s=WAIT_S).is_durable

    def test_flush_makes_readings_visible_and_counts_them(self) -> None:
        with self.store() as store:
            store.append(a_row(0, 15, 500.0, -200.0))
            assert store.keys() == ()
            flushed = store.flush(wait_s=WAIT_S)
            assert (flushed.reading_count, flushed.waiting_count, flushed.reason) == (2, 0, "")
            assert flushed.is_durable
            assert store.keys() == tuple(sorted(KEYS))
            assert _rows(store, POWER) == [(_at(0), _at(15), 500.0, Quality.GOOD)]

    def test_same_reading_twice_is_one(self) -> None:
        with self.store() as store:
            for _ in range(2):
                store.append(a_row(0, 15, 500.0))
                store.append(a_row(0, 15, 500.0))
                store.flush(wait_s=WAIT_S)
            assert len(_rows(store, POWER)) == 1

    def test_first_reading_of_a_start_and_known_at_stands(self) -> None:
        with self.store() as store:
            for value in (500.0, 600.0):
                store.append(a_row(0, 15, value))
                store.flush(wait_s=WAIT_S)
            assert _rows(store, POWER) == [(_at(0), _at(15), 500.0, Quality.GOOD)]

    def test_revision_shows_from_the_moment_it_is_known(self) -> None:
        with self.store() as store:
            store.append(a_row(0, 15, 500.0, quality=Quality.ESTIMATED))
            store.append(a_row(0, 30, 480.0))
            store.flush(wait_s=WAIT_S)
            assert _rows(store, POWER, as_of=minutes(14)) == []
            assert _rows(store, POWER, as_of=minutes(29)) == [(_at(0), _at(15), 500.0, Quality.ESTIMATED)]
            assert _rows(store, POWER, as_of=minutes(30)) == [(_at(0), _at(30), 480.0, Quality.GOOD)]
            assert _rows(store, POWER) == [(_at(0), _at(30), 480.0, Quality.GOOD)]

    def test_missing_reading_hides_nothing(self) -> None:
        with self.store() as store:
            store.append(a_row(0, 15, 500.0, -200.0))
            store.append(a_row(0, 30, np.nan, -180.0))
            store.append(a_row(0, 45, 1.0, quality=Quality.MISSING))
            store.flush(wait_s=WAIT_S)
            assert _rows(store, POWER) == [(_at(0), _at(15), 500.0, Quality.GOOD)]
            assert _rows(store, PV) == [(_at(0), _at(30), -180.0, Quality.GOOD)]

    def test_row_without_a_time_is_passed_over(self) -> None:
        with self.store() as store:
            never = np.array(["NaT"], dtype=TIME_TYPE)
            for start, known in ((never, np.array([NOON])), (np.array([NOON]), never)):
                store.append(Frame((POWER,), start, np.ones((1, 1)), np.zeros((1, 1), np.uint8), known))
            assert store.flush(wait_s=WAIT_S).is_durable
            assert _rows(store, POWER) == []

    def test_range_holds_its_start_and_not_its_end(self) -> None:
        with self.store() as store:
            for minute in (0, 15, 30):
                store.append(a_row(minute, minute, float(minute)))
            store.flush(wait_s=WAIT_S)
            assert store.read(POWER, minutes(0), minutes(30)).value.tolist() == [0.0, 15.0]
            assert store.read(POWER, minutes(1), minutes(31)).value.tolist() == [15.0, 30.0]
            assert len(store.read(POWER, minutes(30), minutes(0))) == 0

    def test_infinite_and_tiny_values_come_back(self) -> None:
        values = [np.inf, -np.inf, 5e-324, -0.0, 1.7976931348623157e308, 0.1]
        with self.store() as store:
            for minute, value in enumerate(values):
                store.append(a_row(minute, minute, value))
            store.flush(wait_s=WAIT_S)
            assert store.read(POWER, minutes(0), minutes(60)).value.tolist() == values

    @settings(QUICK, max_examples=40)
    @given(pieces=st.lists(st.lists(frames(), max_size=3), max_size=5), as_of=st.integers(-1, 12))
    def test_reads_like_the_plainest_store(self, pieces: list[list[Frame]], as_of: int) -> None:
        """Any frames, flushed in any portions, read back as the ledger does; so all stores read alike."""
        ledger, counted = Ledger(), 0
        with self.store() as store:
            for piece in pieces:
                for frame in piece:
                    store.append(frame)
                    ledger.append(frame)
                counted += store.flush(wait_s=WAIT_S).reading_count
            assert counted == ledger.cell_count
            for key in KEYS:
                assert _rows(store, key, as_of=minutes(as_of)) == ledger.read(key, _at(as_of))
                assert _rows(store, key) == ledger.read(key, _at(60))

    @settings(QUICK, max_examples=30)
    @given(past=st.lists(frames(), max_size=4), future=st.lists(frames(), max_size=4), as_of=st.integers(0, 11))
    def test_poisoned_future_changes_no_past_view(self, past: list[Frame], future: list[Frame], as_of: int) -> None:
        """Whatever becomes known later, in whatever order it is written: what was known ``as_of`` stays as it was."""
        grid = TimeGrid(NOON, 300, 3)
        with self.store() as store:
            for frame in past:
                store.append(frame)
            store.flush(wait_s=WAIT_S)
            before = [_rows(store, key, as_of=minutes(as_of)) for key in KEYS]
            laid = store.read_frame(KEYS, grid, as_of=minutes(as_of))
            for frame in future:
                later = np.maximum(frame.known_at, minutes(as_of + 1))
                store.append(Frame(KEYS, frame.start_utc, frame.value * -1e9, frame.quality, later))
            store.flush(wait_s=WAIT_S)
            assert [_rows(store, key, as_of=minutes(as_of)) for key in KEYS] == before
            assert _bytes(store.read_frame(KEYS, grid, as_of=minutes(as_of))) == _bytes(laid)

    def test_view_once_read_is_never_rewritten(self) -> None:
        with self.store() as store:
            store.append(a_row(0, 0, 1.0))
            store.append(a_row(2, 2, 3.0))
            store.flush(wait_s=WAIT_S)
            seen = store.read(POWER, minutes(0), minutes(60))
            store.append(a_row(1, 3, 2.0))
            store.append(a_row(0, 4, 9.0))
            store.flush(wait_s=WAIT_S)
            assert seen.value.tolist() == [1.0, 3.0]
            assert store.read(POWER, minutes(0), minutes(60)).value.tolist() == [9.0, 2.0, 3.0]

    # -- frames on a grid -------------------------------------------------------------------------------------------

    def test_frame_holds_the_mean_of_finer_readings(self) -> None:
        with self.store() as store:
            for minute, value in ((0, 100.0), (5, 200.0), (10, 600.0), (20, 50.0)):
                quality = Quality.SUSPECT if minute == 5 else Quality.GOOD
                store.append(a_row(minute, minute + 5, value, quality=quality))
            store.append(a_row(15, 40, np.nan, -90.0))
            store.flush(wait_s=WAIT_S)
            frame = store.read_frame((PV, POWER), TimeGrid(NOON, 900, 3))
            assert frame.keys == (PV, POWER)
            assert frame.start_utc.tolist() == TimeGrid(NOON, 900, 3).starts_utc.tolist()
            np.testing.assert_array_equal(frame.value, [[np.nan, 300.0], [-90.0, 50.0], [np.nan, np.nan]])
            missing = Quality.MISSING
            assert frame.quality.tolist() == [[missing, Quality.SUSPECT], [0, 0], [missing, missing]]
            # The latest part: the PV reading of the second step; nothing in the third is known at its end.
            assert frame.known_at.tolist() == np.array([minutes(15), minutes(40), minutes(45)]).tolist()

    def test_frame_is_as_of_its_moment(self) -> None:
        with self.store() as store:
            store.append(a_row(0, 15, 500.0))
            store.append(a_row(0, 60, 100.0))
            store.flush(wait_s=WAIT_S)
            grid = TimeGrid(NOON, 900, 1)
            assert store.read_frame((POWER,), grid, as_of=minutes(30)).value.tolist() == [[500.0]]
            assert store.read_frame((POWER,), grid).value.tolist() == [[100.0]]
            assert np.isnan(store.read_frame((POWER,), grid, as_of=minutes(1)).value).all()

    def test_frame_of_no_steps_or_no_channels_is_empty(self) -> None:
        with self.store() as store:
            assert store.read_frame((POWER,), TimeGrid(NOON, 900, 0)).value.shape == (0, 1)
            assert store.read_frame((), TimeGrid(NOON, 900, 2)).value.shape == (2, 0)

    # -- events -----------------------------------------------------------------------------------------------------

    def test_events_come_back_in_order_and_equal_in_their_bytes(self) -> None:
        events = [an_event(number, at=-number) for number in (3, 1, 2)]
        with self.store() as store:
            store.note(events[:2])
            store.note(events[2:])
            assert store.events() == []
            assert store.flush(wait_s=WAIT_S).event_count == 3
            assert _lines(store.events()) == _lines(events)
            found = store.event("site/1/1")
            assert found is not None and found.to_bytes() == events[1].to_bytes()
            assert store.event("site/1/9") is None

    def test_event_of_a_known_id_is_passed_over(self) -> None:
        first, second = an_event(1), an_event(1, subject="roof")
        with self.store() as store:
            store.note([first, second])
            assert store.flush(wait_s=WAIT_S).event_count == 1
            store.note([second, an_event(2)])
            assert store.flush(wait_s=WAIT_S).event_count == 1
            assert _lines(store.events()) == _lines([first, an_event(2)])

    def test_events_are_found_by_kind_subject_time_and_number(self) -> None:
        events = [
            an_event(0, kind=Kind.MODE, at=0),
            an_event(1, kind=Kind.PLANNED, at=10, subject="battery"),
            an_event(2, kind=Kind.MODE, at=20, subject="battery"),
            an_event(3, kind=Kind.MODE, at=30),
        ]
        wanted: list[tuple[dict[str, Any], list[int]]] = [
            ({}, [0, 1, 2, 3]),
            ({"kind": Kind.MODE}, [0, 2, 3]),
            ({"kind": Kind.FAULT}, []),
            ({"subject": "battery"}, [1, 2]),
            ({"start_utc": minutes(10)}, [1, 2, 3]),
            ({"end_utc": minutes(30)}, [0, 1, 2]),
            ({"start_utc": minutes(10), "end_utc": minutes(30), "kind": Kind.MODE}, [2]),
            ({"limit": 2}, [2, 3]),
            ({"limit": 0}, []),
            ({"kind": Kind.MODE, "limit": 1}, [3]),
            ({"subject": "home", "end_utc": minutes(30), "limit": 5}, [0]),
        ]
        with self.store() as store:
            store.note(events)
            store.flush(wait_s=WAIT_S)
            for question, numbers in wanted:
                assert _lines(store.events(**question)) == _lines([events[each] for each in numbers]), question

    # -- blobs ------------------------------------------------------------------------------------------------------

    def test_blob_is_read_as_of_a_moment(self) -> None:
        with self.store() as store:
            store.put("plan", "p", b"new", minutes(10))
            store.put("plan", "p", b"old", minutes(0))
            store.put("plan", "q", b"\x00\xff", minutes(0))
            store.put("trips", "p", b"other", minutes(5))
            assert store.get("plan", "p") is None
            assert store.flush(wait_s=WAIT_S).blob_count == 4
            assert store.blobs("plan") == ("p", "q")
            assert store.get("plan", "p") == b"new"
            assert store.get("plan", "p", as_of=minutes(9)) == b"old"
            assert store.get("plan", "p", as_of=minutes(-1)) is None
            assert store.get("plan", "q") == b"\x00\xff"
            assert store.get("trips", "p") == b"other"

    def test_later_blob_of_the_same_instant_stands(self) -> None:
        with self.store() as store:
            store.put("trips", "site", b"first", minutes(0))
            store.put("trips", "site", b"second", minutes(0))
            store.flush(wait_s=WAIT_S)
            assert store.get("trips", "site") == b"second"
            store.put("trips", "site", b"third", minutes(0))
            store.flush(wait_s=WAIT_S)
            assert store.get("trips", "site") == b"third"

    # -- everything, and changes --------------------------------------------------------------------------------------

    def test_contents_hold_every_revision_event_and_version(self) -> None:
        with self.store() as store:
            store.append(a_row(0, 30, 480.0, -2.0))
            store.append(a_row(0, 15, 500.0))
            store.note([an_event(1), an_event(0)])
            store.put("plan", "p", b"old", minutes(0))
            store.put("plan", "p", b"new", minutes(10))
            store.flush(wait_s=WAIT_S)
            *readings, first, second, old, new = store.contents()
            assert {cell for item in readings for cell in _cells_of(item)} == {
                (POWER, _at(0), _at(15), 500.0),
                (POWER, _at(0), _at(30), 480.0),
                (PV, _at(0), _at(30), -2.0),
            }
            assert [_told(first), _told(second)] == _lines([an_event(1), an_event(0)])
            assert [old, new] == [Blob("plan", "p", minutes(0), b"old"), Blob("plan", "p", minutes(10), b"new")]

    def test_watcher_is_told_each_change_once_and_in_order(self) -> None:
        with self.store() as store:
            store.append(a_row(0, 15, 500.0))
            store.flush(wait_s=WAIT_S)
            early = store.watch()
            assert early.poll() == []
            store.append(a_row(0, 15, 500.0, -200.0))
            store.note([an_event(1), an_event(2)])
            assert early.poll() == []
            store.flush(wait_s=WAIT_S)
            late = store.watch()
            store.append(a_row(0, 15, 500.0, -200.0))
            store.note([an_event(2), an_event(3)])
            store.flush(wait_s=WAIT_S)
            frame, *events = early.poll()
            assert isinstance(frame, Frame)
            assert np.isnan(frame.column(POWER)).all()
            assert frame.column(PV).tolist() == [-200.0]
            assert [_told(each) for each in events] == _lines([an_event(1), an_event(2), an_event(3)])
            assert [_told(each) for each in late.poll()] == _lines([an_event(3)])
            assert early.poll() == late.poll() == []
            assert early.missed_count == 0

    @settings(QUICK, max_examples=25)
    @given(pieces=st.lists(st.lists(frames(), max_size=3), max_size=4))
    def test_changes_add_up_to_what_is_stored(self, pieces: list[list[Frame]]) -> None:
        with self.store() as store:
            watcher = store.watch()
            told: list[tuple[Key, int, int, float]] = []
            for piece in pieces:
                for frame in piece:
                    store.append(frame)
                store.flush(wait_s=WAIT_S)
                told += [cell for change in watcher.poll() for cell in _cells_of(change)]
            assert len(told) == len(set(told))
            assert set(told) == _cells(store)

    def test_closed_watcher_hears_no_more(self) -> None:
        with self.store() as store:
            watcher = store.watch()
            watcher.close()
            store.note([an_event(1)])
            store.flush(wait_s=WAIT_S)
            assert watcher.poll() == []

    def test_closing_flushes_and_may_be_repeated(self) -> None:
        with self.store() as store:
            watcher = store.watch()
            store.note([an_event(1)])
            store.close()
            store.close()
            assert [_told(each) for each in watcher.poll()] == _lines([an_event(1)])


def _ms(at: Any) -> list[int]:
    return [int(each) for each in at.astype(TIME_TYPE).astype(np.int64)]


def _at(minute: float) -> int:
    return int(minutes(minute).astype(np.int64))


def _rows(store: Store, key: Key, *, as_of: Instant | None = None) -> list[tuple[int, int, float, int]]:
    """Return all that a store shows of a channel."""
    series = store.read(key, minutes(-60), minutes(120), as_of=as_of)
    assert series.key == key
    columns = (_ms(series.start_utc), _ms(series.known_at), series.value.tolist(), series.quality.tolist())
    return list(zip(*columns, strict=True))


def _cells_of(item: object) -> Iterator[tuple[Key, int, int, float]]:
    """Yield the cells of a frame that say something."""
    if isinstance(item, Frame):
        for column, key in enumerate(item.keys):
            for start, known, value, quality in zip(
                _ms(item.start_utc), _ms(item.known_at), item.value[:, column], item.quality[:, column], strict=True
            ):
                if not np.isnan(value) and quality != Quality.MISSING:
                    yield key, start, known, float(value)


def _cells(store: Store) -> set[tuple[Key, int, int, float]]:
    return {cell for item in store.contents() for cell in _cells_of(item)}


def _told(item: object) -> bytes:
    assert isinstance(item, Event)
    return item.to_bytes()


def _lines(events: list[Event]) -> list[bytes]:
    return [event.to_bytes() for event in events]


def _bytes(frame: Frame) -> list[bytes]:
    return [each.tobytes() for each in (frame.start_utc, frame.value, frame.quality, frame.known_at)]
