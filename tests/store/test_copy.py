from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.errors import StoreError
from enerwise.store import copy as copy_module
from enerwise.store.copy import copy_all
from enerwise.store.memory import MemoryStore
from enerwise.store.sqlite import SqliteStore
from enerwise.testing.contracts.store import NOON, POWER, a_row, an_event, minutes
from tests.builders import a_frame, a_grid


def a_full_store() -> MemoryStore:
    store = MemoryStore()
    store.append(a_frame(a_grid(steps=500), home=np.arange(500.0), roof=-1.0))
    store.append(a_row(0, 15, 500.0, -200.0))
    store.append(a_row(0, 30, 480.0))
    store.note([an_event(number, at=number) for number in range(20)])
    store.put("plan", "p", b"old", minutes(0))
    store.put("plan", "p", b"new", minutes(10))
    store.flush()
    return store


def test_copy_holds_everything_and_copying_again_adds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy_module, "ITEMS_PER_FLUSH", 300)
    source, told = a_full_store(), list[int]()
    with closing(SqliteStore(tmp_path / "history.db")) as target:
        total = copy_all(source, target, progress=told.append)
        assert (total.reading_count, total.event_count, total.blob_count) == (1002, 20, 2)
        assert told == sorted(told)
        assert told[-1] == 1002 + 20 + 2
        assert target.keys() == source.keys()
        for as_of in (None, minutes(15), minutes(29), minutes(30)):
            theirs, ours = (store.read(POWER, NOON, minutes(60), as_of=as_of) for store in (source, target))
            assert theirs.value.tolist() == ours.value.tolist()
            assert theirs.known_at.tolist() == ours.known_at.tolist()
        assert [event.id for event in target.events()] == [event.id for event in source.events()]
        assert target.get("plan", "p", as_of=minutes(5)) == b"old"
        again = copy_all(source, target)
        assert (again.reading_count, again.event_count) == (0, 0)
    back = MemoryStore()
    with closing(SqliteStore(tmp_path / "history.db", read_only=True)) as target:
        copy_all(target, back)
    assert [event.to_bytes() for event in back.events()] == [event.to_bytes() for event in source.events()]


def test_copy_stops_in_words_when_the_disk_is_full(tmp_path: Path) -> None:
    source = MemoryStore()
    source.append(a_frame(a_grid(step_s=1, steps=20_000), home=np.arange(20_000.0)))
    source.flush()
    target = SqliteStore(tmp_path / "history.db", size_limit_bytes=200 * 1024)
    with closing(target), pytest.raises(StoreError, match=r"full.*free space and copy again"):
        copy_all(source, target)
