"""Gains found by a relay: those of theory, a loop that then settles, and an end that is safe whatever comes."""

import math
from collections import deque
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.devices.wrappers import pid as controller
from enerwise.devices.wrappers.pid import Pid, PidInputs
from enerwise.devices.wrappers.pid_tuning import (
    Relay,
    RelayState,
    Schedule,
    Stage,
    Swing,
    start,
    step,
    swing,
    tuned,
)
from enerwise.guard.ramp import Ramp
from tests.guard.strategies import ANY_NUMBER

DT_S = 0.05


class Plant:
    """``tau y' = gain u(t - dead) - y``, moved exactly between looks: one lag with a dead time."""

    def __init__(self, *, gain: float, tau_s: float, dead_s: float) -> None:
        self.gain, self.keeps, self.measured = gain, math.exp(-DT_S / tau_s), 0.0
        self.pipe = deque([0.0] * round(dead_s / DT_S))

    def move(self, power_w: float) -> float:
        self.pipe.append(power_w)
        self.measured = self.keeps * self.measured + (1 - self.keeps) * self.gain * self.pipe.popleft()
        return self.measured


def a_relay(**facts: Any) -> Relay:
    defaults = {"target": 2.0, "middle_w": 1000.0, "step_w": 500.0, "hysteresis": 0.02, "lower": -5.0, "upper": 9.0}
    return Relay(**{**defaults, **facts})


def a_pid() -> Pid:
    return Pid(gain=1.0, lower_w=-10_000.0, upper_w=10_000.0, ramp=Ramp())


def after_a_test(relay: Relay, plant: Plant, seconds: float = 900.0) -> RelayState:
    state, value = start(0.0), plant.measured
    for look in range(round(seconds / DT_S)):
        state, power_w = step(relay, state, value, look * DT_S)
        if state.stage is not Stage.SWINGING:
            return state
        value = plant.move(power_w)
    return state


def ultimate(plant: dict[str, float]) -> tuple[float, float]:
    """Gain and period at which a lag with dead time would swing for ever, from its phase. [W per unit], [s]"""
    low, high = 1e-6, 1e3
    for _ in range(200):
        middle = math.sqrt(low * high)
        phase = middle * plant["dead_s"] + math.atan(middle * plant["tau_s"])
        low, high = (middle, high) if phase < math.pi else (low, middle)
    return math.hypot(1.0, low * plant["tau_s"]) / plant["gain"], 2 * math.pi / low


PLANTS = [
    {"gain": 0.002, "tau_s": 10.0, "dead_s": 2.0},
    {"gain": 0.002, "tau_s": 4.0, "dead_s": 4.0},
    {"gain": 0.002, "tau_s": 30.0, "dead_s": 3.0},
]


@pytest.mark.parametrize("facts", PLANTS)
def test_the_swing_is_that_of_theory(facts: dict[str, float]) -> None:
    relay = a_relay(hysteresis=0.002)
    found = swing(relay, after_a_test(relay, Plant(**facts)))
    gain, period_s = ultimate(facts)
    assert found is not None
    # The relay's square wave is taken for its first harmonic: a tenth to a quarter, as the source says.
    assert found.period_s == pytest.approx(period_s, rel=0.15)
    assert found.gain == pytest.approx(gain, rel=0.30)


@pytest.mark.parametrize("facts", PLANTS)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_loop_that_tuned_itself_settles(facts: dict[str, float], sign: float) -> None:
    turned = {**facts, "gain": sign * facts["gain"]}
    relay = a_relay(step_w=sign * 500.0, middle_w=sign * 1000.0)
    found = swing(relay, after_a_test(relay, Plant(**turned)))
    assert found is not None and math.copysign(1.0, found.gain) == sign
    pid, plant = tuned(found, a_pid()), Plant(**turned)
    state, highest = controller.start(pid, 0.0), 0.0
    for look in range(round(40 * found.period_s / DT_S)):
        state, power_w = controller.step(pid, state, PidInputs(target=2.0, measured=plant.measured), look * DT_S)
        highest = max(highest, plant.move(power_w))
    assert plant.measured == pytest.approx(2.0, abs=0.02) and highest < 2.0 * 1.35


@given(values=st.lists(ANY_NUMBER, max_size=40), times=st.lists(ANY_NUMBER, max_size=40))
def test_whatever_is_measured_the_output_is_one_of_three(values: list[float], times: list[float]) -> None:
    relay, state = a_relay(safe_w=7.0), start(0.0)
    for value, t_s in zip(values, times, strict=False):
        state, power_w = step(relay, state, value, t_s)
        assert power_w in {500.0, 1500.0, 7.0}
        assert state.stage is Stage.SWINGING or power_w == 7.0


@pytest.mark.parametrize(
    ("value", "t_s", "stage"),
    [
        (9.5, 1.0, Stage.LEFT_BAND),
        (-6.0, 1.0, Stage.LEFT_BAND),
        (math.nan, 1.0, Stage.NO_VALUE),
        (None, 1.0, Stage.NO_VALUE),
        (1.0, -1.0, Stage.NO_VALUE),
        (1.0, 4000.0, Stage.NO_SWING),
    ],
)
def test_a_test_ends_at_the_safe_power_and_stays_there(value: object, t_s: float, stage: Stage) -> None:
    relay = a_relay(safe_w=100.0)
    state, power_w = step(relay, start(0.0), value, t_s)
    assert (state.stage, power_w) == (stage, 100.0)
    assert step(relay, state, 2.0, t_s + 1.0) == (state, 100.0) and swing(relay, state) is None


def test_a_loop_that_the_relay_pushes_the_wrong_way_tells_nothing() -> None:
    plant = {**PLANTS[0], "gain": -PLANTS[0]["gain"]}
    relay = a_relay()
    assert swing(relay, after_a_test(relay, Plant(**plant))) is None


def test_a_swing_within_the_hysteresis_tells_nothing() -> None:
    relay = a_relay(swings=1, hysteresis=0.5)
    state = RelayState(0.0, 9.0, stage=Stage.DONE, turns_s=(0.0, 4.0, 8.0), heights=(0.4, 0.4))
    assert swing(relay, state) is None


@pytest.mark.parametrize(
    "facts",
    [{"step_w": 0.0}, {"hysteresis": -0.1}, {"upper": 2.01}, {"lower": 3.0}, {"swings": 0}, {"limit_s": 0.0},
     {"target": math.nan}],
)  # fmt: skip
def test_no_relay_swings_like_that(facts: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"relay|within|swing"):
        a_relay(**facts)


def test_with_a_derivative_it_has_a_filter() -> None:
    pid = tuned(Swing(220.0, 6.3), a_pid(), has_derivative=True)
    assert (pid.gain, pid.integral_s, pid.derivative_s) == pytest.approx((100.0, 13.86, 1.0))
    assert pid.filter_s == pytest.approx(0.1)


def test_a_schedule_goes_straight_from_one_tuning_to_the_next() -> None:
    calm, brisk = replace(a_pid(), gain=2.0, integral_s=10.0), replace(a_pid(), gain=6.0, integral_s=30.0)
    schedule = Schedule((0.2, 0.6), (calm, brisk))
    between = schedule.pid(0.3)
    assert (between.gain, between.integral_s) == pytest.approx((3.0, 15.0))
    assert schedule.pid(0.0) == calm and schedule.pid(0.6) == schedule.pid(5.0) == brisk
    assert schedule.pid(math.nan) == calm


@pytest.mark.parametrize("at", [(), (1.0,), (2.0, 1.0)])
def test_a_schedule_needs_rising_points(at: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="rising"):
        Schedule(at, (a_pid(), a_pid()))


def test_controllers_of_a_schedule_push_the_same_way() -> None:
    with pytest.raises(ValueError, match="same way"):
        Schedule((0.0, 1.0), (a_pid(), replace(a_pid(), gain=-1.0)))
