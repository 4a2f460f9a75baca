"""Machines in a site file: what is written becomes facts in base units, what is wrong is told with its line."""

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.time import TimeGrid, instant
from enerwise.site.habits import away, band_degc, drawn_l, sequence_w, spans
from enerwise.site.machines import Charger, Generator, HeatPump, Interruptible, Machine, Program, WaterHeater
from enerwise.site.read import find_problems, read_site
from enerwise.site.site import Site

ZONE = "Europe/Berlin"
HEAD = """name: Test
timezone: Europe/Berlin
connection: {import_limit: 20 kW, export_limit: 20 kW}
tariff: {import: 0.30 EUR/kWh}
assets:
  - {id: home, kind: load}
"""
MACHINES = """  - {id: car, kind: charger, vehicle: 60 kWh, current: 16 A, phases: 1, line: 2, target: 80 %,
     least: 20 %, trips: [{days: weekdays, leaves: "07:30", back: "17:30", uses: 9 kWh}]}
  - {id: heating, kind: heat_pump, power: 3 kW, least_power: 700 W, cop: {7 degC: 4.2, -7 degC: 2.6}, run_min: 30 min,
     building: {loss: 150 W/K, air: 1.5 kWh/K, mass: 9 kWh/K, exchange: 900 W/K},
     windows: [{band: [18 degC, 22 degC], from: "22:00", to: "06:00"}]}
  - {id: boiler, kind: water_heater, power: 2 kW, volume: 200 l, draws: [{volume: 60 l, from: "06:30", to: "08:00"}]}
  - {id: washer, kind: program, program: [2 kW for 20 min, 200 W for 40 min], from: "22:00", to: "06:00"}
  - {id: pool, kind: interruptible, power: 800 W, needs: 4 h, from: "08:00", to: "20:00"}
  - {id: engine, kind: generator, power: 5 kW, least_power: 2 kW, fuel: 0.12 EUR/kWh, efficiency: 30 %}
"""


def a_day(date: str = "2024-11-13", step_s: int = 900) -> TimeGrid:
    return TimeGrid(instant(date, ZONE), step_s, 24 * 3600 // step_s)


def a_site() -> Site:
    return read_site(HEAD + MACHINES)


def of(kind: type) -> Machine:
    return a_site().of_kind(kind)[0]


def test_every_kind_becomes_facts_in_base_units() -> None:
    car, heating = of(Charger), of(HeatPump)
    assert isinstance(car, Charger)
    assert isinstance(heating, HeatPump)
    assert (car.power_max_w, car.power_min_w, car.target_wh, car.least_wh) == (3680.0, 1380.0, 48e3, 12e3)
    assert (car.phases, car.line, car.trips[0].uses_wh) == (1, 2, 9e3)
    assert (heating.source_degc, heating.cop) == ((-7.0, 7.0), (2.6, 4.2))
    assert (heating.loss_w_per_k, heating.mass_wh_per_k, heating.run_min_s) == (150.0, 9e3, 1800.0)
    assert [each.power_max_w for each in map(of, (WaterHeater, Program, Interruptible))] == [2e3, 2e3, 800.0]
    engine = of(Generator)
    assert (engine.power_max_w, engine.give_max_w, engine.give_min_w) == (0.0, 5e3, 2e3)


@pytest.mark.parametrize(
    ("wrong", "place", "words"),
    [
        ("{id: car, kind: charger}", "assets[1].vehicle (line 7)", "add 'vehicle: 60 kWh'"),
        ("{id: car, kind: charger, vehicle: 60 kW}", "assets[1].vehicle", "unit of power"),
        ("{id: car, kind: charger, vehicle: 60 kWh, least: 90 %}", "assets[1]", "least level above its target"),
        (
            '{id: car, kind: charger, vehicle: 9 kWh, trips: [{leaves: "7:00", back: "9:00", uses: 10 kWh}]}',
            "assets[1]",
            "uses 10 kWh, more than the vehicle holds",
        ),
        ("{id: hp, kind: heat_pump, power: 3 kW, cop: 3, building: {loss: 150 W/K}}", "assets[1].building.air", "add"),
        (
            "{id: hp, kind: heat_pump, power: 3 kW, cop: {warm: 3}, building: {loss: 1 W/K, air: 1 kWh/K}}",
            ".cop",
            "degC",
        ),
        (
            "{id: hp, kind: heat_pump, power: 3 kW, cop: 3, cools: maybe, building: {loss: 1 W/K, air: 1 kWh/K}}",
            ".cools",
            "write yes or no",
        ),
        ("{id: w, kind: program, program: [2 kW]}", "assets[1].program[0]", "2 kW for 30 min"),
        ('{id: w, kind: program, program: [2 kW for 3 h], from: "20:00", to: "22:00"}', "assets[1]", "longer than"),
        ('{id: p, kind: interruptible, power: 1 kW, needs: 4 h, from: "20:00", to: "22:00"}', "assets[1]", "window"),
        ("{id: g, kind: generator, power: 5 kW, fuel: 0.1 EUR/kWh, efficiency: 60 %, heat: 60 %}", "assets[1]", "more"),
        ("{id: g, kind: generatr, power: 5 kW}", "assets[1].kind", "did you mean 'generator'?"),
        ("{id: b, kind: water_heater, power: 2 kW, volume: 200 l, cold: 50 degC}", "assets[1]", "cold water as warm"),
    ],
)
def test_what_is_wrong_is_told_with_place_and_remedy(wrong: str, place: str, words: str) -> None:
    told = [str(each) for each in find_problems(f"{HEAD}  - {wrong}\n")]
    assert any(place in each and words in each for each in told), told


def test_habits_lie_on_the_grid_as_the_week_says() -> None:
    car, heating, boiler = of(Charger), of(HeatPump), of(WaterHeater)
    assert isinstance(car, Charger)
    assert isinstance(heating, HeatPump)
    assert isinstance(boiler, WaterHeater)
    assert np.flatnonzero(away(car, a_day(), ZONE)).tolist() == list(range(30, 70))
    assert not away(car, a_day("2024-11-16"), ZONE).any()
    low, high = band_degc(heating.rooms[0], a_day(), ZONE)
    assert (low[0], high[0], low[40], high[40]) == (18.0, 22.0, 20.0, 23.0)
    assert drawn_l(boiler, a_day(), ZONE).sum() == pytest.approx(60.0)
    assert drawn_l(boiler, a_day(step_s=3600), ZONE)[6:8].tolist() == pytest.approx([20.0, 40.0])


def test_rooms_are_right_as_a_window_opens_and_until_it_closes() -> None:
    office = read_site(
        HEAD + "  - {id: chiller, kind: heat_pump, cools: yes, power: 3 kW, cop: 3, comfort: [16 degC, 30 degC],\n"
        "     worth: 4 EUR, building: {loss: 150 W/K, air: 10 kWh/K},\n"
        '     windows: [{band: [21 degC, 24 degC], from: "08:00", to: "18:00"}]}\n'
    )
    chiller = office.of_kind(HeatPump)[0]
    assert (chiller.cools, chiller.heat_sign, chiller.comfort_eur_per_kh) == (True, -1.0, 4.0)
    high = band_degc(chiller.rooms[0], a_day(step_s=3600), ZONE)[1]
    # The ends of hours: eight, as it opens, is the end of the eighth; six, as it closes, that of the eighteenth.
    assert np.flatnonzero(high == 24.0).tolist() == list(range(7, 18))


def test_a_program_keeps_its_energy_whatever_the_step() -> None:
    washer = of(Program)
    assert isinstance(washer, Program)
    for step_s in (300, 900, 1800, 3600):
        assert sequence_w(washer, step_s).sum() * step_s / 3600 == pytest.approx(washer.energy_wh)


def test_a_window_over_midnight_is_one_opening() -> None:
    washer = of(Program)
    assert isinstance(washer, Program)
    found = spans(washer.window, TimeGrid(instant("2024-11-13", ZONE), 3600, 48), ZONE)
    assert [(each.first, each.end) for each in found] == [(0, 6), (22, 30), (46, 48)]


def test_machines_share_names_with_nobody() -> None:
    with pytest.raises(ProblemsFound, match="home"):
        read_site(HEAD + "  - {id: home, kind: interruptible, power: 1 kW, needs: 1 h}\n")
