"""The PID controller: against closed forms, against matrices, and against nonsense."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.units import FloatArray
from enerwise.devices.wrappers.pid import Pid, PidInputs, PidState, start, step
from enerwise.guard.ramp import Ramp
from tests.guard.strategies import ANY_NUMBER

WIDE = {"lower_w": -1e9, "upper_w": 1e9}


def a_pid(**facts: Any) -> Pid:
    """Two watts a unit, bounded by ten kilowatts, not slewed."""
    defaults: dict[str, Any] = {"gain": 2.0, "lower_w": -10_000.0, "upper_w": 10_000.0, "ramp": Ramp()}
    return Pid(**{**defaults, **facts})


def outputs(pid: Pid, looks: list[tuple[float, float, float]], state: PidState | None = None) -> list[float]:
    """Outputs after looks of (time, target, measured)."""
    state, found = state or start(pid, 0.0), []
    for t_s, target, measured in looks:
        state, output_w = step(pid, state, PidInputs(target=target, measured=measured), t_s)
        found.append(output_w)
    return found


def closed_loop(
    pid: Pid, *, tau_s: float, target: float, seconds: float, dt_s: float, plant_gain: float = 1.0
) -> FloatArray:
    """Measured value at each look, of a plant ``tau y' = gain u - y`` that is moved exactly between looks."""
    state, measured, found = start(pid, 0.0), 0.0, []
    keeps = math.exp(-dt_s / tau_s)
    for at in range(round(seconds / dt_s) + 1):
        state, output_w = step(pid, state, PidInputs(target=target, measured=measured), at * dt_s)
        found.append(measured)
        measured = measured * keeps + plant_gain * output_w * (1.0 - keeps)
    return np.array(found)


# ---------------------------------------------------------------------------------------------------------------
# Against closed forms


def test_proportional_integral_and_derivative_parts_have_their_closed_forms() -> None:
    at = [0.1 * each for each in range(1, 51)]
    assert outputs(a_pid(), [(t, 100.0, 40.0) for t in at]) == [120.0] * 50
    integral = a_pid(integral_s=4.0)
    begun = step(integral, start(integral, 0.0), PidInputs(target=100.0, measured=40.0), 0.0)[0]
    assert outputs(integral, [(t, 100.0, 40.0) for t in at], begun) == pytest.approx([120.0 + 30.0 * t for t in at])
    # A measured value that rises by 7 a second: the filtered slope is 7 (1 - exp(-t / T)).
    slope = a_pid(gain=1.0, derivative_s=3.0, filter_s=0.5)
    begun = step(slope, start(slope, 0.0), PidInputs(target=0.0, measured=0.0), 0.0)[0]
    wanted = [-7.0 * t - 21.0 * -math.expm1(-t / 0.5) for t in at]
    assert outputs(slope, [(t, 0.0, 7.0 * t) for t in at], begun) == pytest.approx(wanted)


@pytest.mark.parametrize("dt_s", [0.1, 0.05, 0.025])
def test_loop_with_cancelled_pole_is_first_order(dt_s: float) -> None:
    """PI with integral time equal to the plant's: y = r (1 - exp(-t gain / tau)); the error falls with the step."""
    pid = a_pid(gain=2.0, integral_s=5.0, **WIDE)
    measured = closed_loop(pid, tau_s=5.0, target=100.0, seconds=20.0, dt_s=dt_s)
    t_s = dt_s * np.arange(measured.size)
    error = float(np.max(np.abs(measured - 100.0 * -np.expm1(-t_s * 2.0 / 5.0))))
    assert error < 20.0 * dt_s
    assert measured[-1] == pytest.approx(100.0, abs=0.1)


def test_error_against_the_closed_form_is_of_first_order_in_the_step() -> None:
    pid = a_pid(gain=2.0, integral_s=5.0, **WIDE)
    errors = []
    for dt_s in (0.2, 0.1, 0.05):
        measured = closed_loop(pid, tau_s=5.0, target=100.0, seconds=10.0, dt_s=dt_s)
        errors.append(float(np.max(np.abs(measured - 100.0 * -np.expm1(-dt_s * np.arange(measured.size) * 0.4)))))
    assert errors[0] / errors[1] == pytest.approx(2.0, abs=0.15)
    assert errors[1] / errors[2] == pytest.approx(2.0, abs=0.15)


def linear_loop(pid: Pid, *, tau_s: float, target: float, t_s: FloatArray) -> FloatArray:
    """The same loop in continuous time, from the eigenvalues of its matrix: states y, filtered y, integral."""
    g, ti, td, tf = pid.gain, pid.integral_s, pid.derivative_s, pid.filter_s
    slope = g * td / tf
    matrix = np.array(
        [
            [(-1.0 - g - slope) / tau_s, slope / tau_s, 1.0 / tau_s],
            [1.0 / tf, -1.0 / tf, 0.0],
            [-g / ti, 0.0, 0.0],
        ]
    )
    drive = np.array([g / tau_s, 0.0, g / ti]) * target
    rest = -np.linalg.solve(matrix, drive)
    values, vectors = np.linalg.eig(matrix)
    weights = np.linalg.solve(vectors, (-rest).astype(complex))
    found: FloatArray = np.real(vectors[0] @ (weights[:, None] * np.exp(np.outer(values, t_s)))) + rest[0]
    return found


@pytest.mark.parametrize(
    ("gain", "integral_s", "derivative_s"), [(3.0, 1.0, 0.3), (8.0, 0.5, 0.1), (1.0, 10.0, 1.0), (0.2, 0.2, 0.0)]
)
def test_whole_controller_agrees_with_the_matrix_of_its_loop(
    gain: float, integral_s: float, derivative_s: float
) -> None:
    pid = a_pid(gain=gain, integral_s=integral_s, derivative_s=derivative_s, filter_s=0.2, **WIDE)
    dt_s = 0.001
    measured = closed_loop(pid, tau_s=2.0, target=50.0, seconds=8.0, dt_s=dt_s)
    t_s: FloatArray = dt_s * np.arange(measured.size, dtype=np.float64)
    wanted = linear_loop(pid, tau_s=2.0, target=50.0, t_s=t_s)
    assert float(np.max(np.abs(measured - wanted))) < 0.2
    assert float(np.max(np.abs(wanted))) > 10.0


# ---------------------------------------------------------------------------------------------------------------
# However often one looks

LINES = st.lists(st.tuples(st.floats(0.01, 2.0), st.floats(-500.0, 500.0)), min_size=1, max_size=8)


def broken(lines: list[tuple[float, float]], count: int) -> list[tuple[float, float, float]]:
    """Looks at a line through these points, with ``count`` looks for each piece."""
    looks, t_s, before = [(0.0, 100.0, 0.0)], 0.0, 0.0
    for length_s, value in lines:
        looks += [
            (t_s + length_s * at / count, 100.0, before + (value - before) * at / count) for at in range(1, count + 1)
        ]
        t_s, before = t_s + length_s, value
    return looks


@given(LINES, st.integers(2, 20))
def test_result_does_not_depend_on_how_often_one_looks_at_straight_lines(
    lines: list[tuple[float, float]], count: int
) -> None:
    pid = a_pid(integral_s=3.0, derivative_s=0.5, filter_s=0.2, **WIDE)
    once, often = outputs(pid, broken(lines, 1))[-1], outputs(pid, broken(lines, count))[-1]
    assert often == pytest.approx(once, rel=1e-6, abs=1e-6)


@given(st.floats(-500.0, 500.0), st.floats(0.1, 50.0), st.integers(2, 40))
def test_held_back_controller_does_not_depend_on_how_often_one_looks_either(
    measured: float, length_s: float, count: int
) -> None:
    """A constant error, and limits that are met under way."""
    pid = a_pid(integral_s=5.0, lower_w=-300.0, upper_w=300.0)
    often = outputs(pid, [(length_s * at / count, 100.0, measured) for at in range(count + 1)])[-1]
    once = outputs(pid, [(0.0, 100.0, measured), (length_s, 100.0, measured)])[-1]
    assert often == pytest.approx(once, abs=1e-6)
    if abs(once) < 300.0:
        assert once == pytest.approx(2.0 * (100.0 - measured) * (1.0 + length_s / 5.0))


def test_second_look_at_one_moment_changes_nothing() -> None:
    pid = a_pid(integral_s=3.0, derivative_s=0.5, filter_s=0.2)
    looks = [(0.0, 100.0, 0.0), (0.5, 100.0, 20.0)]
    assert outputs(pid, [*looks, looks[-1], looks[-1]])[1:] == [outputs(pid, looks)[-1]] * 3


# ---------------------------------------------------------------------------------------------------------------
# Limits, wind-up, taking over, nonsense


def test_new_target_gives_no_kick_by_the_derivative() -> None:
    pid = a_pid(derivative_s=5.0, filter_s=0.1)
    assert outputs(pid, [(0.0, 0.0, 50.0), (0.1, 0.0, 50.0), (0.2, 300.0, 50.0)]) == [-100.0, -100.0, 500.0]


def test_integral_does_not_wind_up_at_a_limit() -> None:
    """An hour at the limit, and the output leaves it with the first look at which the error has turned."""
    pid = a_pid(integral_s=1.0, lower_w=-1000.0, upper_w=1000.0)
    looks = [(float(t_s), 2000.0, 0.0) for t_s in range(3600)]
    turned = outputs(pid, [*looks, (3600.0, 2000.0, 2100.0), (3600.1, 2000.0, 2100.0)])
    assert turned[3599] == 1000.0
    assert turned[3600] < 0.0
    assert turned[3601] < turned[3600]


def test_integral_is_held_and_not_pushed_back_while_the_proportional_part_is_at_the_limit() -> None:
    pid = a_pid(integral_s=10.0, lower_w=-1000.0, upper_w=1000.0)
    state = start(pid, 0.0)
    for t_s in np.arange(0.0, 5.0, 0.1).tolist():
        state, _ = step(pid, state, PidInputs(target=100.0, measured=0.0), t_s)
    held_w = state.integral_w
    assert held_w > 90.0
    for t_s in np.arange(5.0, 9.0, 0.1).tolist():
        state, output_w = step(pid, state, PidInputs(target=5000.0, measured=0.0), t_s)
        assert output_w == 1000.0
    assert state.integral_w == pytest.approx(held_w)


def test_loop_at_its_limit_overshoots_no_more_than_one_without_a_limit() -> None:
    """With a plain integral this loop would overshoot by half of the target."""
    limited = a_pid(gain=2.0, integral_s=5.0, lower_w=-110.0, upper_w=110.0)
    measured = closed_loop(limited, tau_s=5.0, target=100.0, seconds=60.0, dt_s=0.1)
    assert float(measured.max()) < 101.0
    assert measured[-1] == pytest.approx(100.0, abs=0.5)


def test_taking_over_and_handing_back_is_without_a_bump() -> None:
    pid = a_pid(integral_s=5.0, derivative_s=0.5, filter_s=0.2)
    state, t_s = start(pid, 0.0), 0.0
    for _ in range(20):
        t_s += 0.1
        state, output_w = step(pid, state, PidInputs(target=100.0, measured=80.0 + t_s, held_w=700.0), t_s)
        assert output_w == 700.0
    state, output_w = step(pid, state, PidInputs(target=100.0, measured=80.0 + t_s), t_s + 1e-6)
    assert output_w == pytest.approx(700.0, abs=0.1)
    assert step(pid, state, PidInputs(target=100.0, measured=82.0, held_w=99_999.0), t_s + 1.0)[1] == 10_000.0
    assert step(pid, state, PidInputs(target=100.0, measured=82.0, held_w="much"), t_s + 1.0)[1] == 0.0


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, 1e13, "20", None, True])
def test_nonsense_gives_the_safe_output_at_once_and_holds_the_integral(wrong: Any) -> None:
    pid = a_pid(integral_s=5.0, ramp=Ramp(rise_w_per_s=100.0))
    state = start(pid, 0.0)
    for t_s in np.arange(0.0, 20.0, 0.1).tolist():
        state, _ = step(pid, state, PidInputs(target=100.0, measured=95.0), t_s)
    held_w = state.integral_w
    assert state.ramp.value_w > 20.0
    for inputs in (PidInputs(target=100.0, measured=wrong), PidInputs(target=wrong, measured=95.0)):
        for t_s in (20.0, 25.0, 30.0):
            after, output_w = step(pid, state, inputs, t_s)
            assert (output_w, after.integral_w) == (0.0, held_w)
            # Coming back it goes on from where it was, no faster than the ramp.
            again, output_w = step(pid, after, PidInputs(target=100.0, measured=95.0), t_s + 0.1)
            assert output_w == pytest.approx(10.0)
            assert again.integral_w == held_w


@pytest.mark.parametrize("t_s", [math.nan, 0.5, math.inf, "noon", None])
def test_clock_that_cannot_be_believed_gives_the_safe_output(t_s: Any) -> None:
    pid = a_pid()
    state = step(pid, start(pid, 0.0), PidInputs(target=100.0, measured=0.0), 1.0)[0]
    after, output_w = step(pid, state, PidInputs(target=100.0, measured=0.0), t_s)
    assert (output_w, after.integral_w, after.ramp.t_s) == (0.0, state.integral_w, 1.0)


def test_output_is_slewed_away_from_safety_and_falls_at_once() -> None:
    pid = a_pid(ramp=Ramp(rise_w_per_s=1000.0))
    looks = [(0.1, 500.0, 0.0), (0.2, 500.0, 0.0), (0.3, 500.0, 500.0), (0.4, 0.0, 500.0)]
    assert outputs(pid, looks) == pytest.approx([100.0, 200.0, 0.0, -100.0])


@given(st.lists(st.tuples(ANY_NUMBER, ANY_NUMBER, st.one_of(st.none(), ANY_NUMBER), ANY_NUMBER), max_size=20))
def test_output_stays_within_its_limits_whatever_comes(looks: list[tuple[float, float, float | None, float]]) -> None:
    pid = a_pid(gain=-1e9, integral_s=1e-6, derivative_s=1e9, filter_s=1e-6, lower_w=-700.0, upper_w=300.0)
    state = start(pid, 0.0)
    for target, measured, held_w, t_s in looks:
        state, output_w = step(pid, state, PidInputs(target=target, measured=measured, held_w=held_w), t_s)
        assert -700.0 <= output_w <= 300.0
        assert math.isfinite(state.integral_w)


@pytest.mark.parametrize(
    "facts",
    [
        {"gain": math.nan},
        {"gain": 1e10},
        {"integral_s": 0.0},
        {"integral_s": math.nan},
        {"derivative_s": -1.0},
        {"derivative_s": 1.0},
        {"filter_s": -1.0},
        {"filter_s": math.inf},
        {"lower_w": 1.0},
        {"upper_w": math.inf},
        {"ramp": Ramp(safe_w=20_000.0)},
    ],
)
def test_controller_that_cannot_be_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"tuned|filter_s|safe power"):
        a_pid(**facts)
