"""A turbine in a site file: by three speeds and its rated power, or by the curve of its data sheet."""

import numpy as np
import pytest

from enerwise.core.time import TimeGrid, instant
from enerwise.physics.declared import wind_w
from enerwise.physics.weather import Place, draw_wind_m_per_s
from enerwise.site.assets import Wind
from enerwise.site.read import find_problems, read_site
from enerwise.site.wind_entry import cubic_curve

HEAD = """name: Test
timezone: Europe/Berlin
connection: {import_limit: 20 kW, export_limit: 20 kW}
tariff: {import: 0.30 EUR/kWh}
assets:
"""


def a_turbine(facts: str = "power: 5 kW") -> Wind:
    found = read_site(f"{HEAD}  - {{id: mill, kind: wind, {facts}}}\n").of_kind(Wind)[0]
    assert isinstance(found, Wind)
    return found


def test_three_speeds_and_a_power_make_a_curve_as_the_cube_of_the_wind() -> None:
    mill = a_turbine("power: 5 kW, cut_in: 3 m/s, rated: 11 m/s, cut_out: 25 m/s, measured_at: 10 m, hub: 10 m")
    given_w = -wind_w(mill, np.array([2.9, 3.0, 7.0, 11.0, 25.0, 25.1]))
    assert given_w.tolist() == pytest.approx([0.0, 0.0, 5e3 * (7**3 - 27) / (11**3 - 27), 5e3, 5e3, 0.0], abs=0.01)
    every = np.linspace(3.0, 11.0, 401)
    exact_w = 5e3 * (every**3 - 27) / (11**3 - 27)
    assert np.abs(-wind_w(mill, every) - exact_w).max() <= 0.01 * 5e3


def test_a_curve_is_taken_as_it_is_and_the_hub_stands_in_more_wind() -> None:
    mill = a_turbine("curve: {4 m/s: 0 W, 36 km/h: 3 kW, 20 m/s: 3 kW}, hub: 20 m, curtail: yes")
    assert (mill.peak_w, mill.speed_m_per_s, mill.can_curtail) == (3e3, (4.0, 10.0, 20.0), True)
    assert -wind_w(mill, np.array([5.0]))[0] == pytest.approx(500.0 * (5 * 2 ** (1 / 7) - 4))


@pytest.mark.parametrize(
    ("facts", "place", "words"),
    [
        ("cut_in: 3 m/s", "assets[0]", "neither power nor curve"),
        ("power: 5 kW, curve: {3 m/s: 0 W, 9 m/s: 5 kW}", "assets[0]", "or both"),
        ("power: 5 kW, cut_in: 12 m/s", "assets[0]", "do not rise"),
        ("power: 5 kW, rated: 11 W", "assets[0].rated", "m/s"),
        ("curve: {3 m/s: 0 W}", "assets[0].curve", "write power by wind speed"),
        ("curve: {3 m/s: 0 W, 9 m/s: 0 W}", "assets[0].curve", "no power at all"),
        ("power: 5 kW, hub: 900 m", "assets[0].hub", "above 300"),
    ],
)
def test_what_cannot_be_is_told_with_place_and_remedy(facts: str, place: str, words: str) -> None:
    found = find_problems(f"{HEAD}  - {{id: mill, kind: wind, {facts}}}\n")
    assert any(each.place.startswith(place) and words in str(each) for each in found), [str(each) for each in found]


def test_drawn_wind_has_its_mean_and_the_spread_of_a_rayleigh_curve() -> None:
    year = TimeGrid(instant("2024-01-01"), 3600, 8760)
    drawn = np.concatenate([draw_wind_m_per_s(year, Place(), rng=np.random.default_rng(seed)) for seed in range(4)])
    assert drawn.min() >= 0.0
    assert drawn.mean() == pytest.approx(4.0, rel=0.05)
    assert drawn.std() / drawn.mean() == pytest.approx(np.sqrt(4 / np.pi - 1), rel=0.06)


def test_a_cube_begins_at_nothing_and_never_falls() -> None:
    speeds, powers = cubic_curve(5e3, 3.0, 11.0, 25.0)
    assert powers[0] == 0.0 and list(powers) == sorted(powers) and list(speeds) == sorted(set(speeds))
