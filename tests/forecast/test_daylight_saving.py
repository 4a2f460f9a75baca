"""A change of the clock does no harm: steps stay equal on UTC, and an evening an hour off is learned anew in a week."""

import numpy as np
import pytest

from enerwise.core.plugin import load, names
from enerwise.core.time import DAY_S, TimeGrid, instant, local_fields
from enerwise.core.units import FloatArray
from enerwise.forecast.past import Past
from enerwise.forecast.score import mae
from tests.forecast.builders import HOME, PER_DAY, STEP_S

ZONE = "Europe/Berlin"
CHANGES = [instant("2024-03-31T01:00Z"), instant("2024-10-27T01:00Z")]
every_forecaster = pytest.mark.parametrize("name", names("enerwise.forecasters"))
every_change = pytest.mark.parametrize("change", CHANGES, ids=["spring", "autumn"])


def a_local_home(grid: TimeGrid) -> FloatArray:
    """A home that dines at seven by its own clock."""
    hour = local_fields(grid.starts_utc, ZONE).second / 3600.0
    return np.asarray(400.0 + 2000.0 * np.exp(-((hour - 19.0) ** 2) / 2), dtype=np.float64)


def a_past_until(end: np.datetime64, *, zone: str = ZONE) -> Past:
    grid = TimeGrid(end - np.timedelta64(40 * DAY_S, "s"), STEP_S, 40 * PER_DAY)
    return Past(HOME, grid, a_local_home(grid), zone)


def days_after(change: np.datetime64, days: float) -> np.datetime64:
    return change + np.timedelta64(int(days * DAY_S), "s")


@every_change
@every_forecaster
def test_the_days_around_a_change_are_foreseen_without_harm(name: str, change: np.datetime64) -> None:
    """From a day before until two days after: all finite, sorted, and never worse than an evening an hour off."""
    for shift in (-1.0, -0.5, 0.0, 0.5, 1.0, 2.0):
        past = a_past_until(days_after(change, shift))
        grid = TimeGrid(past.grid.end_utc, STEP_S, PER_DAY)
        forecast = load("enerwise.forecasters", name)().fit(past).predict(past, grid, past.grid.end_utc)
        truth = a_local_home(grid)
        assert np.isfinite(forecast.value).all()
        assert np.all(np.diff(forecast.value, axis=0) >= 0.0)
        assert mae(truth, forecast.median) <= 1.1 * mae(truth, np.roll(truth, 2))


@every_change
@pytest.mark.parametrize("name", ["naive_1d", "naive_7d", "profile_7d"])
def test_a_week_later_the_new_hour_is_known(name: str, change: np.datetime64) -> None:
    past = a_past_until(days_after(change, 8.0))
    grid = TimeGrid(past.grid.end_utc, STEP_S, PER_DAY)
    forecast = load("enerwise.forecasters", name)().predict(past, grid, past.grid.end_utc)
    assert mae(a_local_home(grid), forecast.median) < 1e-6


@every_forecaster
def test_the_zone_of_a_past_moves_no_step(name: str) -> None:
    berlin, utc = (a_past_until(days_after(CHANGES[0], 1.0), zone=zone) for zone in (ZONE, "UTC"))
    grid = TimeGrid(berlin.grid.end_utc, STEP_S, PER_DAY)
    made = load("enerwise.forecasters", name)
    first, second = (made().fit(past).predict(past, grid, past.grid.end_utc).value for past in (berlin, utc))
    assert np.array_equal(first, second)
