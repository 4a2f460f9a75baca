"""The SQLite store: the contract, crashes, full disks, foreign files. What a kill costs is in test_kill.py."""

import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import numpy as np
import pytest

from enerwise.core.errors import StoreError
from enerwise.core.event import Event, Kind
from enerwise.core.series import Frame
from enerwise.core.time import TimeGrid
from enerwise.store import sqlite as sqlite_module
from enerwise.store.buffer import EVENT_BYTES
from enerwise.store.sqlite import SqliteStore
from enerwise.store.sqlite_file import APPLICATION_ID, VERSION
from enerwise.store.store import Store
from enerwise.testing.contracts.store import NOON, POWER, StoreContract, a_row, an_event, minutes

WAIT_S = 30.0


class TestSqliteStore(StoreContract):
    def make_store(self, folder: Path) -> Store:
        return SqliteStore(folder / "history.db")


def many_rows(count: int, *, first: int = 0) -> Frame:
    starts = TimeGrid(NOON + np.timedelta64(first * 1000, "ms"), 1, count).starts_utc
    value = np.random.default_rng(first).normal(size=(count, 1))
    return Frame((POWER,), starts, value, np.zeros((count, 1), np.uint8), starts)


# ---------------------------------------------------------------------------------------------------------------
# What stays


@pytest.mark.parametrize("synchronous", ["NORMAL", "FULL"])
def test_what_was_kept_is_there_after_opening_again(tmp_path: Path, synchronous: str) -> None:
    path = tmp_path / "history.db"
    with closing(SqliteStore(path, synchronous=synchronous)) as store:
        store.append(a_row(0, 15, 500.0, -200.0))
        store.note([an_event(1)])
        store.put("plan", "p", b"bytes", NOON)
        assert store.flush(wait_s=WAIT_S).is_durable
    with closing(SqliteStore(path)) as store:
        assert store.read(POWER, NOON, minutes(1)).value.tolist() == [500.0]
        assert [event.to_bytes() for event in store.events()] == [an_event(1).to_bytes()]
        assert store.get("plan", "p") == b"bytes"


def test_unusual_names_and_texts_come_back(tmp_path: Path) -> None:
    event = Event("site/ü/1", NOON, Kind.NOTE, "häuschen 'x' \0 ☀", {"text": 'a"b\n', "list": [1, None, 2.5]})
    with closing(SqliteStore(tmp_path / "o'brien's ?#% história.db")) as store:
        store.note([event])
        store.flush(wait_s=WAIT_S)
        assert store.event("site/ü/1") == event


def test_event_that_cannot_be_written_is_counted_and_stops_nothing(tmp_path: Path) -> None:
    bad = Event("site/1/bad", NOON, Kind.NOTE, "home", {"text": "\ud800"})
    with closing(SqliteStore(tmp_path / "history.db")) as store:
        store.note([an_event(1), bad, an_event(2)])
        flushed = store.flush(wait_s=WAIT_S)
        assert (flushed.event_count, flushed.lost_event_count, flushed.waiting_count) == (2, 1, 0)
        assert "site/1/bad" in flushed.reason
        assert store.flush(wait_s=WAIT_S).is_durable


def test_batch_that_fails_for_good_is_counted_and_stops_nothing(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "history.db")) as store:
        store.put("plan", "p", "no bytes at all\ud800", NOON)  # type: ignore[arg-type]
        flushed = store.flush(wait_s=WAIT_S)
        assert (flushed.lost_blob_count, flushed.waiting_count) == (1, 0)
        assert "cannot be written" in flushed.reason
        store.note([an_event(1)])
        assert store.flush(wait_s=WAIT_S).is_durable


def test_long_history_and_many_events_are_handed_on_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_module, "PIECE_ROWS", 7)
    monkeypatch.setattr(sqlite_module, "PIECE_EVENTS", 3)
    with closing(SqliteStore(tmp_path / "history.db")) as store:
        store.append(many_rows(20))
        store.note([an_event(number) for number in range(8)])
        store.flush(wait_s=WAIT_S)
        contents = list(store.contents())
    sizes = [len(item) for item in contents if isinstance(item, Frame)]
    assert sizes == [7, 7, 6]
    assert [item.id for item in contents if isinstance(item, Event)] == [f"site/1/{number}" for number in range(8)]


# ---------------------------------------------------------------------------------------------------------------
# Others at the file


def test_reader_looks_on_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with closing(SqliteStore(path)) as writer, closing(SqliteStore(path, read_only=True)) as reader:
        writer.append(a_row(0, 0, 1.0))
        writer.flush(wait_s=WAIT_S)
        assert reader.read(POWER, NOON, minutes(60)).value.tolist() == [1.0]
        writer.append(a_row(1, 1, 2.0))
        writer.flush(wait_s=WAIT_S)
        assert reader.read(POWER, NOON, minutes(60)).value.tolist() == [1.0, 2.0]
        assert reader.flush().is_durable
        with pytest.raises(StoreError, match="for reading only"):
            reader.append(a_row(2, 2, 3.0))


def test_reader_needs_no_right_to_write() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "history.db"
        with closing(SqliteStore(path)) as store:
            store.append(a_row(0, 0, 1.0))
        path.chmod(0o444)
        folder.chmod(0o555)
        with without_privileges(), closing(SqliteStore(path, read_only=True)) as store:
            assert store.read(POWER, NOON, minutes(60)).value.tolist() == [1.0]
            with pytest.raises(StoreError, match="cannot be opened"):
                SqliteStore(path)
        (folder / "history.db-wal").touch()
        with without_privileges(), pytest.raises(StoreError, match="folder is read-only"):
            SqliteStore(path, read_only=True)
        folder.chmod(0o755)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Act as nobody in particular where the tests run as root, who may write anywhere."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


def test_file_locked_by_another_costs_time_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with closing(SqliteStore(path)) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            store.append(a_row(0, 0, 1.0))
            store.note([an_event(1)])
            flushed = store.flush(wait_s=0.01)
            assert flushed.waiting_count == 2
            assert not flushed.is_durable
            assert "disk takes longer" in flushed.reason
            later = store.flush(wait_s=WAIT_S)
            assert later.waiting_count == 2
            assert "locked" in later.reason
            other.execute("ROLLBACK")
        flushed = store.flush(wait_s=WAIT_S)
        assert (flushed.reading_count, flushed.event_count, flushed.waiting_count) == (1, 1, 0)
        assert flushed.is_durable


def test_threads_may_share_a_store(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "history.db")) as store:

        def work(worker: int) -> None:
            for number in range(20):
                store.append(many_rows(5, first=worker * 1000 + number * 5))
                store.flush(wait_s=WAIT_S)
                store.read(POWER, NOON, minutes(600))

        threads = [Thread(target=work, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.flush(wait_s=WAIT_S).waiting_count == 0
        assert len(store.read(POWER, NOON, minutes(600))) == 400


# ---------------------------------------------------------------------------------------------------------------
# Full disks


@contextmanager
def file_size_limit(limit_bytes: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_full_disk_costs_nothing_once_there_is_room_again(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "history.db")) as store:
        store.note([an_event(0)])
        store.flush(wait_s=WAIT_S)
        with file_size_limit(256 * 1024):
            store.append(many_rows(20_000))
            flushed = store.flush(wait_s=WAIT_S)
            assert flushed.reading_count == 0
            assert flushed.waiting_count == 20_000
            assert flushed.reason
            assert store.event("site/1/0") is not None
        flushed = store.flush(wait_s=WAIT_S)
        assert (flushed.reading_count, flushed.waiting_count, flushed.reason) == (20_000, 0, "")
        assert len(store.read(POWER, NOON, minutes(600))) == 20_000


def test_events_are_kept_where_measurements_do_not_fit(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "history.db", size_limit_bytes=200 * 1024)) as store:
        store.append(many_rows(20_000))
        store.note([an_event(1)])
        store.put("trips", "site", b"tripped", NOON)
        flushed = store.flush(wait_s=WAIT_S)
        assert (flushed.reading_count, flushed.event_count, flushed.blob_count) == (0, 1, 1)
        assert flushed.waiting_count == 20_000
        assert "full" in flushed.reason
        assert store.get("trips", "site") == b"tripped"
    with closing(SqliteStore(tmp_path / "history.db", read_only=True)) as store:
        assert store.event("site/1/1") is not None


def test_disk_that_stays_full_bounds_the_memory_and_counts_what_is_lost(tmp_path: Path) -> None:
    """Measurements are given up before events, the oldest first; the report adds up to what was handed over."""
    limit_bytes = 100 * EVENT_BYTES
    path = tmp_path / "history.db"
    with closing(SqliteStore(path, size_limit_bytes=100 * 1024, buffer_limit_bytes=limit_bytes)) as store:
        kept_events = kept_readings = lost_events = lost_readings = waiting = 0
        for turn in range(600):
            store.append(many_rows(10, first=10 * turn))
            store.note([an_event(turn)])
            flushed = store.flush(wait_s=WAIT_S)
            kept_events += flushed.event_count
            kept_readings += flushed.reading_count
            lost_events += flushed.lost_event_count
            lost_readings += flushed.lost_reading_count
            waiting = flushed.waiting_count
        assert lost_readings > 0
        assert lost_events > 0
        assert kept_events > 0
        assert kept_readings + lost_readings == 6000
        assert kept_events + lost_events + waiting == 600
        assert waiting == 100


# ---------------------------------------------------------------------------------------------------------------
# Files that are not ours


def test_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreError, match="newer Enerwise"):
            SqliteStore(path, read_only=read_only)
    assert path.read_bytes() == before


def test_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE thing (name TEXT)")
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreError, match="another program"):
            SqliteStore(path, read_only=read_only)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["other.db"]


def test_file_of_another_kind_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "home.csv"
    path.write_text("start_utc,load_w\n", encoding="utf-8")
    for read_only in (False, True):
        with pytest.raises(StoreError, match="another kind of file"):
            SqliteStore(path, read_only=read_only)
    assert path.read_text(encoding="utf-8") == "start_utc,load_w\n"


def test_places_that_hold_no_file_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no folder"):
        SqliteStore(tmp_path / "nowhere" / "history.db")
    with pytest.raises(StoreError, match="this is a folder"):
        SqliteStore(tmp_path)
    with pytest.raises(StoreError, match="no such file"):
        SqliteStore(tmp_path / "history.db", read_only=True)
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match="file is empty"):
        SqliteStore(tmp_path / "empty.db", read_only=True)


def test_damaged_file_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with closing(SqliteStore(path)) as store:
        store.append(many_rows(5000))
    raw = bytearray(path.read_bytes())
    raw[4096 * 3 :] = os.urandom(len(raw) - 4096 * 3)
    path.write_bytes(raw)
    with closing(SqliteStore(path)) as store, pytest.raises(StoreError, match="cannot be read"):
        store.read(POWER, NOON, minutes(600))
    path.write_bytes(raw[:100] + bytes(4096))
    with pytest.raises(StoreError, match=r"damaged|cannot be opened"):
        SqliteStore(path)


def test_empty_file_is_taken_for_a_new_one(tmp_path: Path) -> None:
    """A process killed while it made the file may leave an empty one, or a database without tables."""
    path = tmp_path / "history.db"
    path.touch()
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    bare = tmp_path / "bare.db"
    with closing(sqlite3.connect(bare)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    SqliteStore(bare).close()
    SqliteStore(bare, read_only=True).close()


def test_synchronous_is_one_of_two_words(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="NORMAL, FULL"):
        SqliteStore(tmp_path / "history.db", synchronous="OFF")
