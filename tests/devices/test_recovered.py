"""What a recording tells of a car and a house: the same energy, whoever moves it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.time import TimeGrid, instant
from enerwise.devices.machine_twins import ChargerTwin
from enerwise.devices.recovered import outdoor_degc_of, stays_of, swing_wh
from enerwise.devices.stays import Stays
from enerwise.devices.warm_twins import Around, HeatPumpTwin
from enerwise.site.calendar import Window
from enerwise.site.machines import Charger, HeatPump, Trip

ZONE = "UTC"
GRID = TimeGrid(instant("2024-01-01T00:00Z"), 3600, 10 * 24)
CAR = Charger(
    "car",
    capacity_wh=60e3,
    target_ratio=1.0,
    current_min_a=0.0,
    trips=(Trip(Window(7 * 3600, 9 * 3600), 8e3),),
)
PUMP = HeatPump(
    "heating",
    electric_max_w=3000.0,
    source_degc=(-7.0, 7.0),
    cop=(2.6, 4.2),
    loss_w_per_k=150.0,
    air_wh_per_k=8e3,
    loss_at_degc=21.5,
)


def sessions(*runs: tuple[int, int, float]) -> np.ndarray:
    power_w = np.zeros(GRID.step_count)
    for first, end, value_w in runs:
        power_w[first:end] = value_w
    return power_w


def test_a_car_has_come_when_it_begins_to_charge_and_leaves_with_its_week() -> None:
    found = stays_of(CAR, sessions((12, 15, 4000.0), (42, 44, 2000.0)), GRID, ZONE)
    assert found.arrives_step == (12, 42) and found.leaves_step == (31, 55)
    assert found.start_wh == pytest.approx((60e3 - 12e3 * 0.9, 60e3 - 4e3 * 0.9))


def test_a_pause_belongs_to_a_session_and_a_second_one_follows_without_a_gap() -> None:
    found = stays_of(CAR, sessions((12, 14, 4000.0), (15, 16, 4000.0), (20, 22, 3000.0)), GRID, ZONE)
    assert found.arrives_step == (12, 20) and found.leaves_step == (20, 31)
    waits = ChargerTwin(CAR, Around(GRID, ZONE, np.zeros(GRID.step_count)), found)
    for step in range(12, 31):
        waits.carry_out(step, 0.0)
    assert waits.missing_wh == pytest.approx([18e3 * 0.9])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.0, 8000.0), min_size=9 * 24, max_size=9 * 24))
def test_the_recording_itself_serves_every_stay(values: list[float]) -> None:
    power_w = np.array([*values, *[0.0] * 24])
    power_w[power_w < 3000.0] = 0.0
    found = stays_of(CAR, power_w, GRID, ZONE)
    room_wh = np.array(found.start_wh)
    twin = ChargerTwin(CAR, Around(GRID, ZONE, np.zeros(GRID.step_count)), found, recorded_w=power_w)
    taken_w = np.array([twin.carry_out(step, None) for step in range(GRID.step_count)])
    assert np.array_equal(taken_w, power_w)
    if (room_wh > 0).all():
        assert max(twin.missing_wh, default=0.0) <= 1e-6


def test_stays_that_are_not_over_go_on_where_a_grid_is_cut() -> None:
    stays = Stays((2, 12, 20), (10, 18, 30), (1.0, 3.0, 2.0))
    cut = stays.since(15, np.full(40, 100.0))
    assert (cut.arrives_step, cut.leaves_step, cut.start_wh) == ((0, 5), (3, 15), (303.0, 2.0))


def test_a_house_takes_what_was_recorded_and_stays_within_its_swing() -> None:
    hour = np.arange(GRID.step_count) % 24
    power_w = np.where((hour >= 4) & (hour < 10), 2000.0, 300.0)
    outdoor_degc = outdoor_degc_of(PUMP, power_w, GRID)
    twin = HeatPumpTwin(PUMP, Around(GRID, ZONE, outdoor_degc), recorded_w=power_w)
    rooms_degc = []
    for step in range(GRID.step_count):
        assert twin.carry_out(step, None) == power_w[step]
        rooms_degc.append(float(twin.node_degc[0]))
    later = np.array(rooms_degc[48:-24])
    # Day after day the same: what comes in is what is lost.
    assert abs(later[-1] - later[(later.size - 1) % 24]) < 0.3
    assert swing_wh(power_w, GRID) == pytest.approx(6 * (2000.0 - 725.0))


def test_a_house_that_was_never_heated_has_no_swing() -> None:
    assert swing_wh(np.zeros(GRID.step_count), GRID) == 0.0
