"""Machines as twins: what they do by themselves, and how far a setpoint moves them."""

from dataclasses import replace

import numpy as np
import pytest

from enerwise.core.quantity import ENERGY_WH, IS_CONNECTED, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid, instant
from enerwise.devices.machine_twins import ChargerTwin, MachineTwin, twin_of
from enerwise.devices.warm_twins import Around, HeatPumpTwin
from enerwise.site.habits import band_degc
from enerwise.site.machines import HeatPump, Machine
from enerwise.site.read import read_site
from tests.site.test_machines import HEAD, MACHINES, ZONE

SITE = read_site(HEAD + MACHINES)
GRID = TimeGrid(instant("2024-11-13", ZONE), 900, 2 * 96)
WINTER = Around(GRID, ZONE, np.full(GRID.step_count, 0.0))


def a_twin(asset_id: str, **more: object) -> MachineTwin:
    machine = SITE.asset(asset_id)
    assert isinstance(machine, Machine)
    return twin_of(machine, WINTER, **more)  # type: ignore[arg-type]


def run(twin: MachineTwin, asked_w: float | None = None, first: int = 0, count: int = 2 * 96) -> np.ndarray:
    return np.array([twin.carry_out(step, asked_w) for step in range(first, first + count)])


def test_a_car_by_itself_charges_as_it_comes_and_leaves_with_its_target() -> None:
    car = a_twin("car")
    assert isinstance(car, ChargerTwin)
    power_w = run(car)
    assert np.flatnonzero(power_w)[0] == 70 and power_w.max() == 3680.0
    assert power_w.sum() / 4 * 0.9 == pytest.approx(2 * 9000.0)
    assert car.missing_wh == pytest.approx([0.0, 0.0], abs=1e-6)


def test_a_car_that_is_told_to_wait_leaves_with_less_and_tells_so() -> None:
    car = a_twin("car")
    assert isinstance(car, ChargerTwin)
    assert not run(car, 0.0).any()
    assert car.missing_wh == [0.0, 9000.0]
    there, held = Key("car", IS_CONNECTED), Key("car", ENERGY_WH)
    assert dict(car.sensed(71)) == {there: 1.0, held: 39e3} and dict(car.sensed(40)) == {there: 0.0}


def test_rooms_are_warm_by_themselves_and_rest_when_told_until_it_is_too_cold() -> None:
    heating = SITE.asset("heating")
    assert isinstance(heating, HeatPump)
    low = band_degc(heating.rooms[0], GRID, ZONE)[0]
    for asked_w, least_k in ((None, -0.6), (0.0, -2.3)):
        twin = a_twin("heating")
        below = []
        for step in range(GRID.step_count):
            twin.carry_out(step, asked_w)
            below.append(twin.sensed(step + 1)[Key("heating", TEMPERATURE_DEGC)] - low[step])
        assert min(below) > least_k
    full = a_twin("heating")
    run(full, 3000.0)
    assert full.sensed(0)[Key("heating", TEMPERATURE_DEGC)] < 24.5


@pytest.mark.parametrize(("asked_w", "most_k"), [(None, 0.1), (0.0, 2.5), (4000.0, -0.4)])
def test_a_chiller_keeps_rooms_cool_by_itself_and_when_told_to_rest(asked_w: float | None, most_k: float) -> None:
    pump = SITE.asset("heating")
    assert isinstance(pump, HeatPump)
    chiller = replace(pump, cools=True, gain_w=2000.0, low_degc=20.0, high_degc=24.0, comfort=())
    twin = twin_of(chiller, replace(WINTER, outdoor_degc=np.full(GRID.step_count, 34.0)))
    degc = []
    for step in range(GRID.step_count):
        twin.carry_out(step, asked_w)
        degc.append(twin.sensed(step)[Key("heating", TEMPERATURE_DEGC)])
    assert max(degc) - 24.0 < most_k and min(degc) > 16.5
    assert max(degc) > 23.0 if asked_w is None else True


def test_a_compressor_keeps_its_shortest_run() -> None:
    twin = a_twin("heating")
    assert isinstance(twin, HeatPumpTwin)
    assert [twin.carry_out(step, w) for step, w in enumerate((0.0, 2000.0, 0.0, 0.0))] == [0.0, 2000.0, 700.0, 0.0]


def test_water_stays_within_its_band() -> None:
    for asked_w, low, high in ((None, 44.0, 56.0), (2000.0, 44.0, 60.01)):
        twin = a_twin("boiler")
        told = []
        for step in range(GRID.step_count):
            twin.carry_out(step, asked_w)
            told.append(twin.sensed(step)[Key("boiler", TEMPERATURE_DEGC)])
        assert low < min(told) and max(told) < high


def test_a_program_runs_through_once_in_each_window() -> None:
    power_w = run(a_twin("washer"))
    # The window that is open at midnight, and the two that open at ten in the evening.
    assert power_w.sum() / 4 == pytest.approx(3 * 800.0)
    assert np.flatnonzero(np.diff((power_w > 0).astype(int), prepend=0) > 0).tolist() == [0, 88, 184]
    told = a_twin("washer")
    assert told.carry_out(0, 0.0) == 0.0 and told.carry_out(1, 2000.0) == 2000.0
    assert run(told, 0.0, first=2, count=3).all(), "what has begun goes on"
    assert not run(told, 2000.0, first=5, count=80).any(), "and does not begin again"


def test_a_pump_runs_its_hours_and_an_engine_only_when_asked() -> None:
    assert run(a_twin("pool")).sum() / 4 == 2 * 4 * 800.0
    assert not run(a_twin("engine")).any()
    assert a_twin("engine").carry_out(0, -3000.0) == -3000.0 and a_twin("engine").carry_out(0, -1000.0) == 0.0
