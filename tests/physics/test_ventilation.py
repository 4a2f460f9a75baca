"""Ventilation: mass and heat balance, more air is never worse air, and what a constant flow ends at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.physics.ventilation import (
    AIR_WH_PER_M3_K,
    AirHandler,
    air_ppm,
    fan_w,
    flow_m3_per_h,
    heat_taken_w,
    remaining_ratio,
    steady_m3_per_h,
    step,
)

FLOWS = st.floats(0.0, 5000.0)
PPMS = st.floats(420.0, 5000.0)
GIVEN = st.floats(0.0, 2.0)
STEPS_S = st.sampled_from([60.0, 900.0, 3600.0])
UNITS = st.builds(
    AirHandler,
    st.sampled_from([0.0, 150.0]),
    st.floats(200.0, 20_000.0),
    st.floats(0.05, 2.0),
    fan_exponent=st.floats(1.0, 3.0),
    recovery_ratio=st.floats(0.0, 0.95),
)


@given(start=PPMS, flow=FLOWS, exhaled=GIVEN, step_s=STEPS_S)
def test_what_people_give_stays_or_leaves(start: float, flow: float, exhaled: float, step_s: float) -> None:
    """The mean that left in a step, from many parts of it, and what is stored are what was given."""
    volume_m3, parts = 400.0, 200
    at = [np.asarray(start)]
    for _ in range(parts):
        at.append(air_ppm(at[-1], flow, exhaled, volume_m3=volume_m3, step_s=step_s / parts))
    hours = step_s / 3600.0
    excess = np.array(at) - 420.0
    left_m3 = flow * 1e-6 * float(((excess[1:] + excess[:-1]) / 2).mean()) * hours
    stored_m3 = volume_m3 * 1e-6 * (float(at[-1]) - start)
    assert stored_m3 + left_m3 == pytest.approx(exhaled * hours, rel=2e-3, abs=2e-3)
    whole = air_ppm(start, flow, exhaled, volume_m3=volume_m3, step_s=step_s)
    assert float(whole) == pytest.approx(float(at[-1]), rel=1e-9)


@given(start=PPMS, flow=FLOWS, more=st.floats(0.0, 3000.0), exhaled=GIVEN, step_s=STEPS_S)
def test_more_air_and_fewer_people_never_leave_worse_air(
    start: float, flow: float, more: float, exhaled: float, step_s: float
) -> None:
    room = {"volume_m3": 250.0, "step_s": step_s}
    after = air_ppm(start, flow, exhaled, **room)
    assert air_ppm(start, flow + more, exhaled, **room) <= after + 1e-9
    assert air_ppm(start, flow, 0.5 * exhaled, **room) <= after + 1e-9
    assert air_ppm(start + 10.0, flow, exhaled, **room) >= after


@given(start=PPMS, exhaled=st.floats(0.01, 2.0), limit=st.floats(600.0, 2000.0))
def test_a_constant_flow_ends_at_its_limit_and_comes_nearer_on_the_way(
    start: float, exhaled: float, limit: float
) -> None:
    flow = float(steady_m3_per_h(exhaled, limit, 420.0))
    after = [float(air_ppm(start, flow, exhaled, volume_m3=300.0, step_s=hours * 3600.0)) for hours in (1, 2, 5000)]
    assert after[2] == pytest.approx(limit, rel=1e-6)
    assert abs(after[1] - limit) <= abs(after[0] - limit) + 1e-9 <= abs(start - limit) + 2e-9


@given(unit=UNITS, asked_w=st.floats(-100.0, 50_000.0))
def test_fans_take_what_their_flow_costs_and_stay_within_what_they_can(unit: AirHandler, asked_w: float) -> None:
    taken_w, flow = step(unit, np.array([asked_w]))
    assert unit.flow_min_m3_per_h <= flow[0] <= unit.flow_max_m3_per_h
    assert unit.power_min_w * (1 - 1e-9) <= taken_w[0] <= unit.power_max_w * (1 + 1e-9)
    assert taken_w[0] == pytest.approx(np.clip(asked_w, unit.power_min_w, unit.power_max_w), rel=1e-6, abs=1e-6)
    assert fan_w(unit, flow_m3_per_h(unit, taken_w)) == pytest.approx(taken_w, rel=1e-6, abs=1e-9)


@given(flow=FLOWS, room=st.floats(15.0, 30.0), outdoor=st.floats(-20.0, 40.0), kept=st.floats(0.0, 1.0))
def test_heat_goes_from_warm_to_cold_and_recovery_keeps_its_share(
    flow: float, room: float, outdoor: float, kept: float
) -> None:
    taken_w, all_w = (float(heat_taken_w(flow, room, outdoor, each)) for each in (kept, 0.0))
    assert taken_w == pytest.approx((1.0 - kept) * all_w, abs=1e-6)
    assert all_w == pytest.approx(AIR_WH_PER_M3_K * flow * (room - outdoor), abs=1e-9)


@given(changes=st.floats(0.0, 50.0))
def test_of_what_is_given_more_stays_the_less_the_air_is_changed(changes: float) -> None:
    now, later = remaining_ratio(np.array([changes, changes + 0.1]))
    assert 0.0 < later < now <= 1.0


def test_wrong_facts_are_refused() -> None:
    for wrong in ((500.0, 200.0, 0.5), (0.0, 0.0, 0.5), (0.0, 100.0, 0.0)):
        with pytest.raises(ValueError, match=r"flow|fan power"):
            AirHandler(*wrong)
    with pytest.raises(ValueError, match="exponent"):
        AirHandler(0.0, 100.0, 0.5, fan_exponent=4.0)
    with pytest.raises(ValueError, match="recovery"):
        AirHandler(0.0, 100.0, 0.5, recovery_ratio=1.2)
