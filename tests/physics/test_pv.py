"""Does the sun rise where and when it should, and does the inverter deliver no more than it may?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.time import TimeArray, instant
from enerwise.physics import pv
from enerwise.physics.pv import clear_sky_w_per_m2, plane_w_per_m2, sun_sines

sizes = st.one_of(st.floats(0.0, 1e6), st.just(float("inf")))


def minutes(day: str) -> TimeArray:
    return instant(day) + np.arange(1440) * np.timedelta64(60_000, "ms")


@given(st.floats(-1e6, 0.0), st.floats(1.0, 1e6), sizes)
def test_inverter_clips_and_curtails(available_w: float, output_limit_w: float, ceiling_w: float) -> None:
    delivered_w = pv.step(np.array([available_w]), output_limit_w, np.array([ceiling_w]))[0]
    assert available_w <= delivered_w <= 0.0
    assert -delivered_w <= min(output_limit_w, ceiling_w)
    assert delivered_w == available_w or -delivered_w == min(output_limit_w, ceiling_w)


@given(st.lists(st.tuples(st.floats(-1e6, 0.0), sizes), min_size=1, max_size=20))
def test_batch_equals_single_bitwise(homes: list[tuple[float, float]]) -> None:
    available_w, ceiling_w = np.array(homes).T
    together = pv.step(available_w, 5000.0, ceiling_w)
    alone = [pv.step(available_w[[one]], 5000.0, ceiling_w[[one]])[0] for one in range(len(homes))]
    assert together.tobytes() == np.array(alone).tobytes()


def test_nothing_available_is_plain_zero() -> None:
    delivered_w = pv.step(pv.available_w(np.zeros(1), 10.0, 5000.0), 5000.0, 0.0)
    assert not np.signbit(delivered_w[0])


def test_heat_costs_power() -> None:
    cold, warm = pv.available_w(np.array([800.0]), np.array([[0.0], [30.0]]), 5000.0)[:, 0]
    assert -cold == pytest.approx(0.9 * 4000 * (1 - 0.0037 * (24.8 - 25)))
    assert warm / cold == pytest.approx(1 - 0.0037 * 30, abs=0.001)


def test_sun_stands_where_the_published_example_has_it() -> None:
    """Reda and Andreas 2004, NREL/TP-560-34302, appendix A.5: zenith 50.1116 degree with refraction, azimuth 194.34."""
    at_utc = np.array([instant("2003-10-17T19:30:30")])
    up, south, west = sun_sines(at_utc, 39.742476, -105.1786)
    assert np.degrees(np.arccos(up[0])) == pytest.approx(50.1116, abs=0.05)
    assert 180 + np.degrees(np.arctan2(west[0], south[0])) == pytest.approx(194.34, abs=0.05)


@pytest.mark.parametrize(
    ("day", "latitude_deg", "longitude_deg", "sunrise", "sunset"),
    [
        ("2024-06-21", 52.52, 13.405, "02:43", "19:33"),  # Berlin, 04:43 to 21:33 summer time
        ("2024-12-21", 52.52, 13.405, "07:15", "14:54"),  # Berlin, 08:15 to 15:54
        ("2024-03-20", 47.66, 9.18, "05:27", "17:36"),  # Konstanz, 06:27 to 18:36
    ],
)
def test_sun_rises_and_sets_by_the_almanac(
    day: str, latitude_deg: float, longitude_deg: float, sunrise: str, sunset: str
) -> None:
    """Almanacs count from the upper rim through refracting air: a few minutes more at each end."""
    at_utc = minutes(day)
    lit = at_utc[clear_sky_w_per_m2(at_utc, latitude_deg, longitude_deg) > 0]
    ten_minutes = np.timedelta64(10, "m")
    assert abs(lit[0] - instant(f"{day}T{sunrise}")) <= ten_minutes
    assert abs(lit[-1] - instant(f"{day}T{sunset}")) <= ten_minutes


def test_night_is_dark_and_noon_is_bright() -> None:
    sky = clear_sky_w_per_m2(minutes("2024-06-21"), 52.52, 13.405)
    assert sky[:150].max() == sky[1200:].max() == 0.0
    assert 850 < sky.max() < 950
    assert abs(int(sky.argmax()) - 668) <= 5  # true noon: 12:00 - 13.405 / 15 h + 1.8 min


def test_a_level_plane_sees_the_level_irradiance() -> None:
    at_utc = minutes("2024-06-21")
    sky = clear_sky_w_per_m2(at_utc, 48.0, 9.0)
    level = plane_w_per_m2(sky, at_utc, latitude_deg=48.0, longitude_deg=9.0, tilt_deg=0.0)
    high = sun_sines(at_utc, 48.0, 9.0)[0] > 0.05
    assert level[high] == pytest.approx(sky[high])


def test_a_roof_to_the_south_gains_in_winter_and_east_comes_first() -> None:
    at_utc = minutes("2024-12-21")
    sky = clear_sky_w_per_m2(at_utc, 48.0, 9.0)
    planes = {
        azimuth: plane_w_per_m2(sky, at_utc, latitude_deg=48.0, longitude_deg=9.0, azimuth_deg=azimuth)
        for azimuth in (90.0, 180.0, 270.0)
    }
    assert planes[180.0].sum() > 1.5 * sky.sum()
    assert planes[90.0].argmax() < planes[180.0].argmax() < planes[270.0].argmax()
    assert min(plane.min() for plane in planes.values()) >= 0.0
