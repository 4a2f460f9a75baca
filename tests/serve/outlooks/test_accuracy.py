"""Forecasts against what came: reckoned by hand, and honest about days that cannot be told."""

import numpy as np
import pytest

from enerwise.core.event import Event, Kind
from enerwise.core.outlook import Forecast
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import TimeGrid
from enerwise.run.brain import FORESEEN, encoded_forecasts
from enerwise.serve.outlooks.accuracy import Scores, summary
from enerwise.serve.outlooks.measured import day_grid
from enerwise.site.site import Site
from enerwise.store.memory import MemoryStore
from tests.builders import a_load, a_site
from tests.serve.outlooks.builders import day_of

HOME = Key("home", POWER_W)


def a_store(site: Site, day: str, *, offset_w: float, measured_share: float = 1.0, eve_h: float = 0.25) -> MemoryStore:
    """A day foreseen at 500 W, a tenth either way, that came out ``offset_w`` otherwise."""
    store, span = MemoryStore(), day_grid(day_of(day), site.timezone)
    issued = span.start_utc - np.timedelta64(int(eve_h * 3600), "s")
    grid = TimeGrid(issued, 900, 96)
    paths = np.stack([np.full(96, each) for each in (400.0, 500.0, 600.0)])
    forecast = Forecast(HOME, grid, issued, np.array([0.1, 0.5, 0.9]), paths, "test")
    store.note([Event("home/0/000p", issued, Kind.PLANNED, site.id, {})])
    store.put(FORESEEN, "home/0/000p", encoded_forecasts((forecast,)), issued)
    quarters = TimeGrid.between(span.start_utc, span.end_utc, 900)
    count = int(quarters.step_count * measured_share)
    truth = np.full(count, 500.0 + offset_w)
    truth[: count // 4] = 500.0
    if count:
        store.append(Frame.of(quarters.starts_utc[:count], {HOME: truth}))
    store.flush()
    return store


def test_errors_and_bands_are_those_reckoned_by_hand() -> None:
    site = a_site(a_load(), timezone="UTC")
    store = a_store(site, "2024-06-02", offset_w=200.0, eve_h=0.0)
    scores, missed = Scores(store, site).last(1, np.datetime64("2024-06-03T08:00", "ms"))
    (found,) = summary(scores)
    assert not missed
    assert found.mae_w == pytest.approx(150.0, rel=1e-6)
    assert found.bias_w == pytest.approx(-150.0, rel=1e-6)
    assert found.inside_ratio == pytest.approx(0.25)
    assert (found.channel, found.model, found.day_count) == ("home.power_w", "test", 1)


def test_the_forecast_is_the_one_of_the_eve() -> None:
    """One made seven hours before the day is none; one of a quarter of an hour before covers all but that quarter."""
    site = a_site(a_load(), timezone="UTC")
    now = np.datetime64("2024-06-03T08:00", "ms")
    early = a_store(site, "2024-06-02", offset_w=0.0, eve_h=7.0)
    assert [each.why for each in Scores(early, site).last(1, now)[1]] == ["no_forecast"]
    (score,) = Scores(a_store(site, "2024-06-02", offset_w=0.0), site).last(1, now)[0]
    assert score.step_count == 95


def test_days_without_data_are_told_and_not_scored() -> None:
    site = a_site(a_load(), timezone="Europe/Berlin")
    store = a_store(site, "2024-06-02", offset_w=0.0, measured_share=0.3)
    scores, missed = Scores(store, site).last(3, np.datetime64("2024-06-03T08:00", "ms"))
    assert not scores
    assert [(each.day, each.why) for each in missed] == [
        (day_of("2024-05-31"), "no_forecast"),
        (day_of("2024-06-01"), "no_forecast"),
        (day_of("2024-06-02"), "no_data"),
    ]


@pytest.mark.parametrize(
    ("zone", "day", "steps"), [("Europe/Berlin", "2024-03-31", 92), ("Asia/Kolkata", "2024-06-02", 95)]
)
def test_days_are_local(zone: str, day: str, steps: int) -> None:
    site = a_site(a_load(), timezone=zone)
    store = a_store(site, day, offset_w=0.0)
    (score,) = Scores(store, site).last(1, day_grid(day_of(day) + 1, zone).start_utc + np.timedelta64(1, "h"))[0]
    assert score.step_count == steps
    assert score.mae_w == pytest.approx(0.0, abs=1e-6)
