"""Weather ahead: forecasts learn from what was foreseen when each day was issued, plans use what is foreseen now."""

from dataclasses import replace
from operator import itemgetter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, IRRADIANCE_W_PER_M2, TEMPERATURE_DEGC
from enerwise.core.series import Frame, Key
from enerwise.core.time import DAY_S, Instant, TimeGrid, instant
from enerwise.core.units import FloatArray
from enerwise.devices.feeds.feed import FeedTable
from enerwise.run.feeds import FeedKeeper
from enerwise.run.learned import Learned
from enerwise.run.machines_ahead import MachinesAhead
from enerwise.run.planner import Planner
from enerwise.run.prices import PriceBook
from enerwise.run.teaching import Taught
from enerwise.run.ways import Way
from enerwise.run.weather import as_issued, foreseen, weather_keys
from enerwise.site.read import read_site
from enerwise.site.site import Site
from enerwise.site.wiring import Device
from enerwise.store.forecast_registry import Registry
from enerwise.store.memory import MemoryStore
from tests.run.builders import HOUR_S, START, a_home, a_house

SKY = Device("sky", "feed", "https://sky.example/v1", profile="open_meteo", serves={"weather": "weather"})
SUN, AIR = Key("sky", IRRADIANCE_W_PER_M2), Key("sky", TEMPERATURE_DEGC)
ROOF = Key("roof", AVAILABLE_POWER_W)
FIRST = instant(START)
DAY = np.timedelta64(DAY_S * 1000, "ms")
HOUR = np.timedelta64(HOUR_S * 1000, "ms")
DAYS = 56
FIRST_OF = itemgetter(0)
HEATED = """
name: Heated
timezone: Europe/Berlin
connection: {import_limit: 9 kW, export_limit: 9 kW}
tariff: {import: 0.30 EUR/kWh}
assets:
  - {id: home, kind: load}
  - {id: heat, kind: heat_pump, power: 3 kW, cop: 3.5, comfort: [20 degC, 23 degC],
     building: {loss: 150 W/K, air: 1.5 kWh/K, mass: 9 kWh/K, exchange: 900 W/K}}
"""


def a_sunny_site() -> Site:
    return replace(a_home("follow_plan"), devices=(SKY,))


def told(store: MemoryStore, at: Instant, start: Instant, value: FloatArray, key: Key = SUN) -> None:
    """Let a feed tell hours from ``start`` on, at some moment."""
    starts = TimeGrid(start, HOUR_S, value.size).starts_utc
    store.append(Frame.of(starts, {key: value}, known_at=np.full(value.size, at)))
    store.flush()


def a_store(days: int) -> tuple[MemoryStore, Instant]:
    """A home whose sky is foreseen at each midnight for three days, a tenth off; measured up to the end."""
    frame, _ = a_house(days + 3)
    store, now = MemoryStore(), FIRST + days * DAY
    store.append(frame.rows(slice(0, days * 24)))
    store.flush()
    sun = -frame.column(ROOF) / 5.0
    rng = np.random.default_rng(3)
    for day in range(days + 1):
        told(store, FIRST + day * DAY, FIRST + day * DAY, sun[day * 24 :][:72] * rng.uniform(0.9, 1.1))
    return store, now


@settings(max_examples=30)
@given(
    words=st.lists(
        st.tuples(st.integers(0, 200), st.integers(0, 200), st.floats(0, 900)),
        max_size=30,
        unique_by=lambda each: each[0],
    ),
    at_h=st.integers(30, 200),
)
def test_no_day_knows_what_was_told_after_its_issue(words: list[tuple[int, int, float]], at_h: int) -> None:
    store, now = MemoryStore(), FIRST + at_h * HOUR
    grid = TimeGrid(FIRST, HOUR_S, 240)
    for known_h, start_h, word in words:
        told(store, FIRST + known_h * HOUR, FIRST + start_h * HOUR, np.full(24, word))
    value, known_at = as_issued(store, [SUN], grid, FIRST + 6 * HOUR, now)
    for step, at in enumerate(grid.starts_utc):
        hours = (at - FIRST) // HOUR
        newest = 6 + (at_h - 6) // 24 * 24
        issue_h = min(newest, 6 + (hours - 6) // 24 * 24)
        assert known_at[step, 0] == FIRST + issue_h * HOUR
        seen_h = at_h if issue_h == newest else issue_h
        fitting = [(known, each) for known, start, each in words if known <= seen_h and start <= hours < start + 24]
        expected = max(fitting)[1] if fitting else np.nan
        assert value[step, 0] == expected or (np.isnan(value[step, 0]) and not fitting), (step, fitting)


def test_the_hour_that_holds_a_quarter_is_its_weather_and_longer_steps_have_the_mean() -> None:
    store = MemoryStore()
    told(store, FIRST, FIRST, np.arange(24.0))
    assert foreseen(store, SUN, TimeGrid(FIRST, 900, 6), FIRST).tolist() == [0, 0, 0, 0, 1, 1]
    assert foreseen(store, SUN, TimeGrid(FIRST, 3 * HOUR_S, 2), FIRST).tolist() == [1, 4]
    assert np.isnan(foreseen(store, SUN, TimeGrid(FIRST, 900, 4), FIRST - HOUR)).all(), "not told yet"


class Teller:
    """Somebody who tells what a feed tells."""

    id = "sky"

    def __init__(self, key: Key) -> None:
        self.key, self.value = key, np.arange(48.0)

    def tables(self) -> tuple[FeedTable, ...]:
        starts = TimeGrid(FIRST, HOUR_S, self.value.size).starts_utc
        return (FeedTable(self.key, starts, HOUR_S, self.value, np.full(self.value.size, FIRST)),)


def test_weather_is_kept_by_the_hour_and_every_three_hours() -> None:
    store, teller = MemoryStore(), Teller(Key("weather", IRRADIANCE_W_PER_M2))
    keeper = FeedKeeper(store)
    assert keeper.keep([teller], FIRST) == 48
    teller.value = teller.value + 1.0
    assert keeper.keep([teller], FIRST + HOUR) == 0
    assert keeper.keep([teller], FIRST + 3 * HOUR) == 48
    store.flush()
    assert foreseen(store, SUN, TimeGrid(FIRST, HOUR_S, 2), FIRST + HOUR).tolist() == [0.0, 1.0]
    assert foreseen(store, SUN, TimeGrid(FIRST, HOUR_S, 2), FIRST + 3 * HOUR).tolist() == [1.0, 2.0]


def test_a_ladder_that_knows_the_sky_wins_against_one_that_does_not_and_serves_plans(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm")
    store, now = a_store(DAYS)
    sunny = a_sunny_site()
    first = Taught(a_home("follow_plan"), store, tmp_path, now - 2 * DAY, HOUR_S, 1).told(ROOF)
    made = Taught(sunny, store, tmp_path, now, HOUR_S, 1).told(ROOF)
    assert first["is_promoted"] and made["is_promoted"] and "Diebold-Mariano" in str(made["reason"]), made
    blind, seeing = (Registry(tmp_path, str(ROOF)).entry(str(each["model"])).manifest for each in (first, made))
    assert blind["known"] == [] and seeing["known"] == [str(AIR), str(SUN)]
    assert seeing["mae"] < 0.8 * blind["mae"], "and the second day is as blind for both"
    learned = Learned(tmp_path, store)
    book = PriceBook(sunny.tariff, sunny.timezone, HOUR_S)
    found = Planner(sunny, store, book, step_s=HOUR_S, learned=learned).foresee(now)
    assert found is not None
    roof = next(each for each in found.forecasts if each.key == ROOF)
    truth = a_house(DAYS + 3)[0].column(ROOF)[DAYS * 24 :][:24]
    assert "learned" in roof.model
    assert np.abs(roof.median - truth).mean() < 0.2 * np.abs(truth).mean()
    deaf = Planner(sunny, store, book, step_s=HOUR_S, learned=learned, ways=lambda: Way(listens=False))
    store.append(
        Frame.of(np.array([now - HOUR]), {Key("battery", ENERGY_WH): np.array([5000.0])}, known_at=np.array([now]))
    )
    store.flush()
    planned = deaf.plan(now, "p")
    assert planned is not None and "plans without them saved more" in str(planned.events[0].payload)


def test_heat_pumps_plan_with_the_air_that_is_foreseen() -> None:
    site = replace(read_site(HEATED), devices=(SKY,))
    store = MemoryStore()
    ahead = MachinesAhead(store, HOUR_S, "blend")
    grid = TimeGrid(FIRST, HOUR_S, 24)
    assert ahead.air_degc(site, grid, FIRST) is None, "nobody has told anything"
    told(store, FIRST, FIRST, np.linspace(-5.0, 5.0, 24), AIR)
    air = ahead.air_degc(site, grid, FIRST)
    assert air is not None and air == pytest.approx(np.linspace(-5.0, 5.0, 24))
    assert weather_keys(site) == (AIR, SUN) and weather_keys(a_home()) == ()
