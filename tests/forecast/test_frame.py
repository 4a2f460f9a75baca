"""A column frame shows nothing that became known after the issue."""

import numpy as np
import pytest

from enerwise.core.time import TimeGrid, instant
from enerwise.forecast.frame import ColumnFrame

START = instant("2024-01-01")
HOUR = np.timedelta64(3_600_000, "ms")


def a_frame(days: int = 3) -> ColumnFrame:
    grid = TimeGrid(START, 3600, 24 * days)
    known_at = (START + np.arange(grid.step_count) // 24 * 24 * HOUR)[:, None]
    return ColumnFrame("home", grid, np.arange(24.0 * days), ("sun",), np.arange(24.0 * days)[:, None], known_at)


def test_as_of_ends_the_target_at_the_issue_and_shows_the_columns_of_its_day() -> None:
    known = a_frame().as_of(START + 24 * HOUR, 48)
    assert known.past_count == 24 and known.horizon == 48
    assert np.isfinite(known.known[:48]).all() and np.isnan(known.known[48:]).all()


def test_what_lies_beyond_the_issue_cannot_be_seen() -> None:
    frame = a_frame()
    poisoned = ColumnFrame(
        "home",
        frame.grid,
        np.where(np.arange(72) >= 24, 1e9, frame.target),
        frame.columns,
        np.where(np.arange(72) >= 48, 1e9, frame.known[:, 0])[:, None],
        frame.known_at,
    )
    seen, clean = (each.as_of(START + 24 * HOUR, 24) for each in (poisoned, frame))
    np.testing.assert_array_equal(seen.target, clean.target)
    np.testing.assert_array_equal(seen.known, clean.known)


def test_a_horizon_beyond_the_data_is_empty_not_wrong() -> None:
    known = a_frame().as_of(START + 72 * HOUR, 24)
    assert known.horizon == 24 and np.isnan(known.known[72:]).all()


def test_an_issue_off_the_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="off the grid"):
        a_frame().as_of(instant("2024-01-02T00:30"), 24)
