from pathlib import Path

import numpy as np
import pytest

from enerwise.core.series import Frame, Key
from enerwise.core.time import TimeGrid
from enerwise.store.memory import MemoryStore
from enerwise.store.store import Store
from enerwise.testing.contracts.store import NOON, POWER, StoreContract, a_row, minutes
from tests.builders import a_frame, a_grid


class TestMemoryStore(StoreContract):
    def make_store(self, folder: Path) -> Store:
        return MemoryStore()


def test_long_history_in_single_rows_reads_as_it_was_written() -> None:
    """Rows one by one across several growths of the arrays give what one large frame gives."""
    grid = a_grid(steps=2000)
    value = np.arange(2000.0)
    frame = a_frame(grid, home=value)
    whole, single = MemoryStore(), MemoryStore()
    whole.append(frame)
    for row in range(len(frame)):
        single.append(frame.rows(slice(row, row + 1)))
    assert whole.flush().reading_count == single.flush().reading_count == 2000
    for store in (whole, single):
        found = store.read(Key("home", "power_w"), grid.start_utc, grid.end_utc, as_of=grid.starts_utc[1001])
        assert found.value.tolist() == value[:1001].tolist()


def test_older_history_may_follow_newer() -> None:
    grid = a_grid(steps=96)
    frame = a_frame(grid, home=np.arange(96.0))
    store = MemoryStore()
    store.append(frame.rows(slice(48, 96)))
    store.append(frame.rows(slice(0, 48)))
    store.flush()
    found = store.read(Key("home", "power_w"), grid.start_utc, grid.end_utc)
    assert found.value.tolist() == list(range(96))


def test_what_is_read_cannot_be_written_into() -> None:
    store = MemoryStore()
    store.append(a_row(0, 0, 1.0))
    store.flush()
    with pytest.raises(ValueError, match="read-only"):
        store.read(POWER, NOON, minutes(60)).value[0] = 2.0


def test_frame_of_another_time_unit_is_kept_in_milliseconds() -> None:
    store = MemoryStore()
    starts = TimeGrid(NOON, 60, 2).starts_utc.astype("datetime64[s]")
    store.append(Frame((POWER,), starts, np.ones((2, 1)), np.zeros((2, 1), np.uint8), starts))
    store.flush()
    assert store.read(POWER, NOON, minutes(60)).start_utc.dtype == "datetime64[ms]"
    assert len(store.read(POWER, NOON, minutes(60))) == 2
