"""Limits that change by window."""

import numpy as np
import pytest

from enerwise.site.limits import WindowedLimit
from tests.builders import BERLIN, a_connection, a_grid, a_window


def test_the_first_window_that_holds_wins() -> None:
    limit = WindowedLimit(9000.0, ((a_window(17, 20), 4000.0), (a_window(12, 18), 6000.0)))
    at_h = limit.at(a_grid(step_s=3600, steps=24, zone=BERLIN).starts_utc, BERLIN)
    assert at_h.tolist() == [9000.0] * 12 + [6000.0] * 5 + [4000.0] * 3 + [9000.0] * 4


def test_a_limit_without_windows_is_flat() -> None:
    assert np.all(WindowedLimit(9000.0).at(a_grid().starts_utc, BERLIN) == 9000.0)


@pytest.mark.parametrize("limit_w", [-1.0, float("nan")])
def test_a_limit_is_a_size(limit_w: float) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        WindowedLimit(limit_w)
    with pytest.raises(ValueError, match="must not be negative"):
        WindowedLimit(1.0, ((a_window(), limit_w),))


def test_the_fuse_binds_where_it_is_tighter() -> None:
    connection = a_connection(30_000.0, 5000.0, fuse_a=35.0, phase_count=3)
    at = a_grid(steps=1).starts_utc
    assert connection.fuse_power_w == 35 * 230 * 3
    assert connection.import_limit_w(at, BERLIN) == connection.fuse_power_w
    assert connection.export_limit_w(at, BERLIN) == 5000.0
