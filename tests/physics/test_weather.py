"""Is the weather seeded, the same on all steps, and like that of its place?"""

from typing import Final

import numpy as np
import pytest

from enerwise.core.time import TimeGrid, instant
from enerwise.physics.pv import available_w, clear_sky_w_per_m2, plane_w_per_m2
from enerwise.physics.weather import Place, Weather, draw, typical_degc

YEAR: Final = TimeGrid(instant("2023-01-01"), 3600, 8760)
MIDDLE: Final = Place()


def a_year(seed: int = 1, home_count: int | None = None, grid: TimeGrid = YEAR) -> Weather:
    return draw(grid, MIDDLE, rng=np.random.default_rng(seed), home_count=home_count)


def test_same_seed_same_weather() -> None:
    assert a_year(1).irradiance_w_per_m2.tobytes() == a_year(1).irradiance_w_per_m2.tobytes()
    assert a_year(1).temperature_degc.tobytes() != a_year(2).temperature_degc.tobytes()


def test_homes_have_a_leading_axis() -> None:
    weather = a_year(home_count=3)
    assert weather.irradiance_w_per_m2.shape == weather.temperature_degc.shape == (3, 8760)
    assert np.abs(weather.clear_ratio[0] - weather.clear_ratio[1]).max() > 0.1


@pytest.mark.parametrize("step_s", [60, 300, 900, 1800])
def test_energy_of_the_sun_does_not_depend_on_the_step(step_s: int) -> None:
    hours = TimeGrid(instant("2023-06-01"), 3600, 24 * 7)
    fine = a_year(grid=TimeGrid(hours.start_utc, step_s, 24 * 7 * 3600 // step_s))
    coarse = a_year(grid=hours)
    assert fine.irradiance_w_per_m2.mean() == pytest.approx(coarse.irradiance_w_per_m2.mean(), rel=1e-3)
    assert fine.temperature_degc.mean() == pytest.approx(coarse.temperature_degc.mean(), abs=0.01)


def test_night_is_dark_and_no_sky_is_far_above_clear() -> None:
    weather = a_year(home_count=3)
    middle_utc = YEAR.starts_utc + np.timedelta64(30, "m")
    sky = clear_sky_w_per_m2(middle_utc, MIDDLE.latitude_deg, MIDDLE.longitude_deg)
    assert weather.irradiance_w_per_m2.min() == 0.0
    assert weather.irradiance_w_per_m2[:, sky == 0].max() < 10.0
    assert np.all(weather.irradiance_w_per_m2 <= 1.05 * sky + 25.0)


def test_a_year_in_the_middle_of_europe_is_like_one() -> None:
    """German Weather Service 1991-2020: 1 000 to 1 200 kWh/m2 on the level, 9.3 degC; roofs give 900-1 150 kWh/kWp."""
    weather = a_year(home_count=20)
    sun_kwh = weather.irradiance_w_per_m2.sum(axis=1) / 1000
    assert 1000 < sun_kwh.mean() < 1200
    assert 8.5 < weather.temperature_degc.mean() < 11.5
    middle_utc = YEAR.starts_utc + np.timedelta64(30, "m")
    plane = plane_w_per_m2(weather.irradiance_w_per_m2, middle_utc, latitude_deg=51.0, longitude_deg=10.0)
    yield_kwh = -available_w(plane, weather.temperature_degc, 1000.0).sum(axis=1) / 1000
    assert 900 < yield_kwh.mean() < 1150


def test_clouds_last_for_hours_and_weather_for_days() -> None:
    clear = a_year(home_count=10).clear_ratio
    hourly = np.corrcoef(clear[:, 1:].ravel(), clear[:, :-1].ravel())[0, 1]
    daily = clear.reshape(10, 365, 24).mean(axis=2)
    assert hourly > 0.7
    assert 0.3 < np.corrcoef(daily[:, 1:].ravel(), daily[:, :-1].ravel())[0, 1] < 0.8


def test_seasons_turn_round_at_the_equator() -> None:
    north, south = Place(), Place(latitude_deg=-34.0, longitude_deg=151.0)
    january = np.array([instant("2023-01-15T12:00")])
    assert typical_degc(january, north)[0] < north.mean_degc
    assert typical_degc(january, south)[0] > south.mean_degc


def test_an_empty_span_has_no_weather() -> None:
    nothing = draw(TimeGrid(YEAR.start_utc, 900, 0), MIDDLE, rng=np.random.default_rng(1))
    assert nothing.irradiance_w_per_m2.shape == nothing.temperature_degc.shape == (0,)
