"""The ramp: slow away from safety, at once towards it."""

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enerwise.guard.ramp import Ramp, RampState, limited_w, start, step

from .strategies import ANY_NUMBER, POWERS_W

RAMP = Ramp(rise_w_per_s=500.0)
RAMPS = st.builds(
    Ramp,
    rise_w_per_s=st.one_of(st.floats(0.1, 1e6), st.just(math.inf)),
    safe_w=st.floats(-6000.0, 6000.0),
    gap_max_s=st.floats(0.1, 10.0),
)


def free(ramp: Ramp, value_w: float) -> float:
    """How far a value lies outside of what lies between zero and the safe power."""
    return max(value_w - max(ramp.safe_w, 0.0), min(ramp.safe_w, 0.0) - value_w, 0.0)


def test_setpoint_rises_with_the_ramp_and_falls_at_once() -> None:
    state, seen = start(RAMP, 0.0), []
    for t_s, aim_w in ((0.1, 5000.0), (0.2, 5000.0), (0.3, 40.0), (0.4, -5000.0), (0.5, -5000.0), (0.6, 0.0)):
        state, value_w = step(RAMP, state, aim_w, t_s)
        seen.append(round(value_w, 9))
    assert seen == [50.0, 100.0, 40.0, -50.0, -100.0, 0.0]


def test_pv_is_curtailed_at_once_and_let_go_at_once_for_both_are_safe_ways() -> None:
    roof = Ramp(rise_w_per_s=500.0, safe_w=-6000.0)
    assert limited_w(roof, -6000.0, 0.0, 0.1) == 0.0
    assert limited_w(roof, 0.0, -6000.0, 0.1) == -6000.0
    assert limited_w(roof, 0.0, -7000.0, 0.1) == -6050.0
    assert limited_w(roof, -2000.0, 1000.0, 0.1) == 50.0


def test_silence_earns_no_more_than_a_second() -> None:
    assert step(RAMP, RampState(0.0, 0.0), 5000.0, 3600.0) == (RampState(500.0, 3600.0), 500.0)


@pytest.mark.parametrize("t_s", [math.nan, math.inf, 9.9, -1.0, "noon", None])
def test_clock_that_cannot_be_believed_lets_nothing_grow(t_s: Any) -> None:
    assert step(RAMP, RampState(100.0, 10.0), 5000.0, t_s) == (RampState(100.0, 10.0), 100.0)
    assert step(RAMP, RampState(100.0, 10.0), 30.0, t_s) == (RampState(30.0, 10.0), 30.0)


@pytest.mark.parametrize("aim_w", [math.nan, math.inf, -math.inf, True, "1500", None, []])
def test_what_is_no_finite_number_means_the_safe_power_at_once(aim_w: Any) -> None:
    for safe_w in (0.0, 1500.0, -6000.0):
        assert limited_w(Ramp(rise_w_per_s=1.0, safe_w=safe_w), 5000.0, aim_w, 0.01) == safe_w


def test_unknown_last_value_counts_as_the_safe_one() -> None:
    assert limited_w(RAMP, math.nan, 5000.0, 0.1) == 50.0
    assert limited_w(RAMP, 1000.0, 5000.0, math.nan) == 1000.0
    assert limited_w(RAMP, 1000.0, 5000.0, -1.0) == 1000.0


def test_ramp_without_a_limit_lets_everything_through() -> None:
    assert limited_w(Ramp(), 0.0, 5000.0, 0.0) == 5000.0
    assert limited_w(Ramp(), 0.0, -5000.0, math.nan) == -5000.0


@pytest.mark.parametrize(
    "facts",
    [
        {"rise_w_per_s": 0.0},
        {"rise_w_per_s": math.nan},
        {"safe_w": math.inf},
        {"gap_max_s": 0.0},
        {"gap_max_s": math.inf},
    ],
)
def test_ramp_that_cannot_be_is_refused(facts: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no ramp"):
        Ramp(**facts)


@given(RAMPS, POWERS_W, POWERS_W, st.floats(0.0, 100.0))
def test_growth_is_bounded_and_the_way_to_safety_is_free(ramp: Ramp, last_w: float, aim_w: float, dt_s: float) -> None:
    value_w = limited_w(ramp, last_w, aim_w, dt_s)
    rise_w = ramp.rise_w_per_s * min(dt_s, ramp.gap_max_s)
    begins = last_w if (value_w > 0) is (last_w > 0) else 0.0
    if not math.isnan(rise_w):
        assert free(ramp, value_w) <= max(free(ramp, last_w), free(ramp, begins)) + rise_w + 1e-6
    # It never goes further than asked, and where asked to come nearer to safety it does so at once.
    assert min(last_w, aim_w) - 1e-9 <= value_w <= max(last_w, aim_w) + 1e-9
    if free(ramp, aim_w) == 0.0:
        assert value_w == aim_w
    if free(ramp, aim_w) <= free(ramp, last_w) and aim_w * last_w > 0:
        assert value_w == aim_w


@given(RAMPS, POWERS_W, POWERS_W, st.lists(st.floats(0.0, 0.05), min_size=1, max_size=20))
def test_many_short_steps_lead_where_one_long_one_does(
    ramp: Ramp, last_w: float, aim_w: float, dts_s: list[float]
) -> None:
    assume(sum(dts_s) <= ramp.gap_max_s)
    many_w = last_w
    for dt_s in dts_s:
        many_w = limited_w(ramp, many_w, aim_w, dt_s)
    once_w = limited_w(ramp, last_w, aim_w, sum(dts_s))
    assert many_w == pytest.approx(once_w, abs=1e-6)


@given(RAMPS, ANY_NUMBER, ANY_NUMBER, ANY_NUMBER)
def test_ramp_is_total(ramp: Ramp, last_w: float, aim_w: float, t_s: float) -> None:
    state, value_w = step(ramp, RampState(last_w, 0.0), aim_w, t_s)
    assert math.isfinite(value_w)
    assert value_w == state.value_w
