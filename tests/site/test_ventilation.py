"""A ventilation in a site file: its facts in base units, rooms that somebody heats, people by the clock."""

import numpy as np
import pytest

from enerwise.core.quantity import CO2_PPM
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid, instant
from enerwise.physics.declared import air_handler_of, kept_ratio
from enerwise.physics.ventilation import fan_w
from enerwise.serve.machine_words import machine_words
from enerwise.site.machines import HeatPump
from enerwise.site.read import find_problems, read_site
from enerwise.site.validate import channel_bands
from enerwise.site.ventilation import Ventilation, aired_by_clock

HEAD = """name: Test
timezone: UTC
connection: {import_limit: 20 kW, export_limit: 20 kW}
tariff: {import: 0.30 EUR/kWh}
assets:
  - {id: office, kind: load}
  - {id: heating, kind: heat_pump, power: 5 kW, cop: "3", cools: COOLS, building: {loss: 200 W/K, air: 5 kWh/K},
     windows: [{band: [20.5 degC, 22 degC], from: "08:00", to: "17:00", days: weekdays}]}
"""
FACTS = "flow: 2000 m3/h, power: 1 kW, volume: 600 m3, people: 30"
MONDAY = TimeGrid(instant("2024-01-15T00:00Z"), 3600, 24)


def text(facts: str, *, cools: str = "no") -> str:
    return f"{HEAD.replace('COOLS', cools)}  - {{id: air, kind: ventilation, {facts}}}\n"


def a_unit(facts: str = FACTS, *, cools: str = "no") -> tuple[Ventilation, HeatPump]:
    site = read_site(text(facts, cools=cools))
    return site.of_kind(Ventilation)[0], site.of_kind(HeatPump)[0]


def test_facts_stand_in_base_units() -> None:
    unit, _ = a_unit(f"{FACTS}, rooms: heating, least_flow: 50 l/s, recovery: 75 %, co2: 900 ppm, worth: 2 EUR")
    assert (unit.flow_min_m3_per_h, unit.volume_m3, unit.limit_ppm) == (180.0, 600.0, 900.0)
    assert unit.missed_eur_per_ppm_h == pytest.approx(0.02) and unit.exhaled_m3_per_h == pytest.approx(0.54)
    fans = air_handler_of(unit)
    assert fans.power_max_w == pytest.approx(1000.0) and unit.power_max_w == 1000.0
    assert fan_w(fans, np.array([1000.0])) == pytest.approx([1000.0 * 0.5**2.5])
    assert "180 to 2000 m3/h for the rooms of heating at up to 1.00 kW, keeps 75 %" in machine_words(unit)


def test_people_come_as_its_windows_say_else_as_its_rooms_do_else_always() -> None:
    unit, pump = a_unit(f"{FACTS}, rooms: heating")
    assert np.flatnonzero(aired_by_clock(unit, pump, MONDAY, "UTC")).tolist() == list(range(8, 17))
    alone, _ = a_unit()
    assert aired_by_clock(alone, None, MONDAY, "UTC").all()
    own, _ = a_unit(f'{FACTS}, windows: [{{from: "10:00", to: "12:00"}}, {{from: "13:00", to: "14:00"}}]')
    assert np.flatnonzero(aired_by_clock(own, pump, MONDAY, "UTC")).tolist() == [10, 11, 13]


def test_a_bypass_lets_in_what_the_rooms_need() -> None:
    for cools, expected in (("no", [0.7, 0.0]), ("yes", [0.0, 0.7])):
        unit, pump = a_unit(f"{FACTS}, rooms: heating, recovery: 70 %, bypass: yes", cools=cools)
        kept = kept_ratio(unit, pump, np.full(2, 23.0), np.array([10.0, 30.0]))
        assert kept.tolist() == expected


@pytest.mark.parametrize(
    ("facts", "place", "words"),
    [
        (f"{FACTS}, rooms: heatin", "assets[2].rooms", "'heatin' is no asset of this site; did you mean 'heating'?"),
        (f"{FACTS}, rooms: office", "assets[2].rooms", "is a load, no heat pump or chiller; write one of heating"),
        (f"{FACTS}, least_flow: 1 m3/s", "assets[2]", "least flow above its flow"),
        (f"{FACTS}, exponent: 4", "assets[2]", "write 1 to 3"),
        (f"{FACTS}, co2: 400 ppm", "assets[2].co2", "not above 420 ppm"),
        ("flow: 2 kW, power: 1 kW, volume: 600 m3, people: 30", "assets[2].flow", "use one of m3/h"),
        ("flow: 2 m3/s, power: 1 kW, volume: 600 m3, people: many", "assets[2].people", "is no number of people"),
        ("flow: 2 m3/s, power: 1 kW, volume: 600 m3, people: nan", "assets[2].people", "not within 0..100000"),
        ("flow: 2 m3/s, power: 1 kW, people: 3", "assets[2].volume", "is missing; add 'volume: 600 m3'"),
    ],
)
def test_wrong_facts_are_named_with_their_place_and_remedy(facts: str, place: str, words: str) -> None:
    (problem,) = find_problems(text(facts))
    assert problem.place.startswith(place) and words in f"{problem.message}; {problem.remedy}"


def test_wrong_facts_cannot_be_built() -> None:
    facts = {"flow_max_m3_per_h": 100.0, "fan_max_w": 50.0, "volume_m3": 100.0, "people_count": 2.0}
    for wrong in ({"volume_m3": 0.0}, {"flow_min_m3_per_h": 200.0}, {"fan_exponent": 5.0}, {"limit_ppm": 400.0}):
        with pytest.raises(ValueError, match="air: "):
            Ventilation(id="air", **{**facts, **wrong})  # type: ignore[arg-type]


def test_it_tells_of_its_air() -> None:
    site = read_site(text(FACTS))
    bands = channel_bands(site.assets, site.connection)
    assert bands[Key("air", CO2_PPM)].lower == 300.0 and Key("heating", CO2_PPM) not in bands
