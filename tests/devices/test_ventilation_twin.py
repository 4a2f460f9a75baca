"""A ventilation behind the device port: by the clock, as asked, and felt by the rooms that it airs."""

import numpy as np
import pytest

from enerwise.core.quantity import CO2_PPM
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid, instant
from enerwise.devices.ventilation_twin import VentilationTwin
from enerwise.devices.warm_twins import Around, HeatPumpTwin
from enerwise.physics.ventilation import heat_taken_w, steady_m3_per_h
from tests.site.test_ventilation import FACTS, a_unit

CO2 = Key("air", CO2_PPM)
MONDAY = TimeGrid(instant("2024-01-15T00:00Z"), 900, 96)
COLD = Around(MONDAY, "UTC", np.full(96, -5.0))


def twins(
    facts: str = f"{FACTS}, rooms: heating, least_flow: 100 m3/h, recovery: 50 %",
) -> tuple[VentilationTwin, HeatPumpTwin]:
    unit, pump = a_unit(facts)
    rooms = HeatPumpTwin(pump, COLD)
    return VentilationTwin(unit, COLD, rooms), rooms


def test_by_itself_it_moves_all_it_can_while_people_are_usually_there() -> None:
    air, _ = twins()
    power_w = np.array([air.carry_out(step, None) for step in range(96)])
    assert np.flatnonzero(power_w > 500.0).tolist() == list(range(32, 68))
    assert power_w[36] == pytest.approx(1000.0) and power_w[0] == pytest.approx(1000.0 * 0.05**2.5)


def test_people_breathe_whether_it_runs_or_not() -> None:
    air, _ = twins()
    for step in range(40):
        air.carry_out(step, 0.0)
    assert air.sensed(40)[CO2] > 1500.0, "its least flow is too little for 30 people"
    held, _ = twins()
    enough = float(steady_m3_per_h(30 * 0.018, 1000.0, 420.0))
    for step in range(68):
        held.carry_out(step, 1000.0 * (enough / 2000.0) ** 2.5)
    assert held.sensed(68)[CO2] == pytest.approx(1000.0, abs=1.0)


def test_nobody_breathes_where_a_sensor_sees_nobody() -> None:
    unit, _ = a_unit()
    empty = VentilationTwin(unit, COLD, None, np.zeros(96))
    for step in range(96):
        empty.carry_out(step, 0.0)
    assert empty.sensed(96)[CO2] == pytest.approx(420.0)


def test_its_rooms_lose_the_heat_that_leaves_with_the_air() -> None:
    air, rooms = twins()
    _, still = twins()
    for step in range(40):
        before_degc = float(rooms.node_degc[0])
        air.carry_out(step, 1000.0)
        assert rooms.others_w == pytest.approx(-float(heat_taken_w(2000.0, before_degc, -5.0, 0.5)))
        assert rooms.own_w(step) >= still.own_w(step)
        rooms.carry_out(step, 0.0)
        still.carry_out(step, 0.0)
    assert rooms.node_degc[0] < still.node_degc[0] - 0.3
