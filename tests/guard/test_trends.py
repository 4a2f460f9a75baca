"""Trends: too fast, too slow, not at all."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.guard.trends import SLOT_COUNT
from enerwise.site.rules import Tier

from .strategies import ANY_NUMBER
from .supervision import Bench, a_watch, fired, the_finding, written

HOT = "battery.cell_temperature_max_degc"
RISE = {"kind": "rate", "quantities": ["cell_temperature_max_degc"], "window_s": 300.0}
STILL = {
    "kind": "frozen",
    "quantities": ["current_a"],
    "when": {"quantity": "power_w", "side": "beyond", "at": 500.0},
}


def warmed(bench: Bench, *, kelvin_per_s: float, from_s: float, until_s: float, every_s: float = 10.0) -> float | None:
    """Warm up from 25 degC; return when something fires first."""
    for t_s in np.arange(from_s, until_s + 1e-6, every_s):
        if fired(bench.look({HOT: 25.0 + kelvin_per_s * (t_s - from_s)}, t_s=float(t_s))):
            return float(t_s)
    return None


def test_more_than_a_kelvin_a_minute_over_five_minutes_warns() -> None:
    bench = Bench(written(a_watch(**RISE, warn={"at": 1 / 60})))
    assert warmed(bench, kelvin_per_s=1.1 / 60, from_s=0.0, until_s=600.0) == 300.0


def test_less_does_not() -> None:
    bench = Bench(written(a_watch(**RISE, warn={"at": 1 / 60})))
    assert warmed(bench, kelvin_per_s=0.9 / 60, from_s=0.0, until_s=3600.0) is None


def test_rate_reaches_back_by_its_window_and_no_further() -> None:
    """Ten minutes of rest, then 2 K/min: over 1 K/min on the mean of five minutes after half of them."""
    bench = Bench(written(a_watch(**RISE, warn={"at": 1 / 60})))
    assert warmed(bench, kelvin_per_s=0.0, from_s=0.0, until_s=600.0) is None
    alarm_s = warmed(bench, kelvin_per_s=2 / 60, from_s=610.0, until_s=1200.0)
    assert alarm_s == pytest.approx(610.0 + 150.0, abs=30.0)


def test_rate_is_what_it_says_over_long_times() -> None:
    """The ring goes round many times."""
    bench = Bench(written(a_watch(**RISE, info={"at": 0.0})))
    warmed(bench, kelvin_per_s=0.0, from_s=0.0, until_s=0.0)
    watched = bench.look()
    for t_s in range(1, 5000, 7):
        watched = bench.look({HOT: 25.0 + 0.01 * t_s}, t_s=float(t_s))
    assert the_finding(watched, "high", Tier.INFO).value == pytest.approx(0.01)
    assert the_finding(watched, "high", Tier.INFO).unit == "degc/s"


def test_kelvin_a_second_trips_within_the_window() -> None:
    bench = Bench(written(a_watch(**{**RISE, "window_s": 3.0}, trip={"at": 1.0, "after_count": 2})))
    bench.run({HOT: 25.0}, until_s=10.0)
    alarm_s = warmed(bench, kelvin_per_s=1.5, from_s=10.1, until_s=20.0, every_s=0.1)
    assert alarm_s is not None
    assert alarm_s - 10.1 <= 3.0


def test_one_corrupt_temperature_trips_nothing() -> None:
    bench = Bench(written(a_watch(**{**RISE, "window_s": 3.0}, trip={"at": 1.0, "after_count": 2})))
    for t_s in range(60):
        assert not fired(bench.look({HOT: 85.0 if t_s == 20 else 25.0}, t_s=float(t_s)))


def test_rate_is_unknown_before_its_window_is_full() -> None:
    bench = Bench(written(a_watch(**RISE, warn={"at": 1 / 60})))
    assert warmed(bench, kelvin_per_s=1.0, from_s=0.0, until_s=290.0) is None


def test_slow_drift_over_an_hour() -> None:
    rules = written(a_watch(**{**RISE, "window_s": 3600.0}, side="beyond", info={"at": 5 / 3600}))
    assert warmed(Bench(rules), kelvin_per_s=4 / 3600, from_s=0.0, until_s=7200.0, every_s=60.0) is None
    assert warmed(Bench(rules), kelvin_per_s=-6 / 3600, from_s=0.0, until_s=7200.0, every_s=60.0) == 3600.0


def test_memory_is_bounded() -> None:
    bench = Bench(written(a_watch(**RISE, warn={"at": 1 / 60})))
    bench.run({HOT: 25.0}, until_s=500.0, every_s=0.5)
    assert bench.state.rings.at_s.shape == (2, SLOT_COUNT)


def test_battery_that_warms_while_no_current_flows_heats_itself() -> None:
    when = {"quantity": "power_w", "side": "within", "at": 250.0}
    for power_w, is_fired in [(0.0, True), (-200.0, True), (3000.0, False)]:
        bench = Bench(written(a_watch(**RISE, trip={"at": 1 / 60}, when=when)))
        watched = bench.look()
        for t_s in range(0, 601, 10):
            watched = bench.look({HOT: 25.0 + t_s / 30, "battery.power_w": power_w}, t_s=float(t_s))
        assert bool(fired(watched)) is is_fired


# --------------------------------------------------------------------------------------------------------- frozen


def test_value_that_stands_still_while_current_flows_is_found() -> None:
    bench = Bench(written(a_watch(**STILL, warn={"at": 60.0})))
    flowing = {"battery.current_a": 10.0, "battery.power_w": -800.0}
    assert not fired(bench.run(flowing, until_s=60.0, every_s=1.0))
    watched = bench.run(flowing, until_s=61.0, every_s=1.0)
    assert the_finding(watched, "high", Tier.WARN).unit == "s"
    assert not fired(bench.look({**flowing, "battery.current_a": 10.1}, t_s=62.0))


def test_value_may_stand_still_while_nothing_flows() -> None:
    bench = Bench(written(a_watch(**STILL, warn={"at": 60.0})))
    resting = {"battery.current_a": 0.0, "battery.power_w": 0.0}
    assert not fired(bench.run(resting, until_s=600.0, every_s=1.0))
    flowing = {"battery.current_a": 0.0, "battery.power_w": 900.0}
    assert not fired(bench.run(flowing, until_s=650.0, every_s=1.0))
    assert fired(bench.run(flowing, until_s=670.0, every_s=1.0))


def test_change_up_to_the_resolution_is_none() -> None:
    bench = Bench(written(a_watch(**STILL, warn={"at": 60.0}, resolution=0.5)))
    watched = bench.look()
    for t_s in range(80):
        watched = bench.look({"battery.current_a": 10.0 + 0.5 * (t_s % 2), "battery.power_w": 900.0}, t_s=float(t_s))
    assert fired(watched)


def test_silence_is_not_standing_still() -> None:
    bench = Bench(written(a_watch(**STILL, warn={"at": 60.0})))
    flowing = {"battery.current_a": 10.0, "battery.power_w": 900.0}
    bench.look(flowing, t_s=0.0)
    assert not fired(bench.look({}, t_s=1800.0))
    assert not fired(bench.look(flowing, t_s=3600.0))


def test_time_between_samples_that_are_too_far_apart_does_not_count() -> None:
    bench = Bench(written(a_watch(**STILL, warn={"at": 5.0})))
    for minute in range(20):
        assert not fired(bench.look({"battery.current_a": 10.0, "battery.power_w": 900.0}, t_s=60.0 * minute))


def test_just_as_much_current_as_the_condition_says_is_not_more() -> None:
    bench = Bench(written(a_watch(**STILL, warn={"at": 5.0})))
    assert not fired(bench.run({"battery.current_a": 10.0, "battery.power_w": 500.0}, until_s=20.0))
    assert fired(bench.run({"battery.current_a": 10.0, "battery.power_w": 500.1}, until_s=30.0))


def test_same_sample_looked_at_for_long_is_not_standing_still() -> None:
    bench = Bench(written(a_watch(**STILL, warn={"at": 2.0})))
    bench.look({"battery.current_a": 10.0, "battery.power_w": 900.0}, t_s=0.0)
    bench.look({"battery.current_a": 10.0, "battery.power_w": 900.0}, t_s=1.0)
    for t_s in (1.5, 2.0, 2.5, 3.0, 3.5):
        assert not fired(bench.look({}, t_s=t_s))


@given(st.lists(st.tuples(ANY_NUMBER, ANY_NUMBER, st.floats(0.0, 1e4)), max_size=30))
def test_trends_are_total(looks: list[tuple[float, float, float]]) -> None:
    bench = Bench(written(a_watch(**RISE), a_watch(**STILL, id="still")))
    for value, power_w, t_s in looks:
        watched = bench.look({HOT: value, "battery.current_a": value, "battery.power_w": power_w}, t_s=t_s)
        assert all(math.isfinite(each) for each in watched.state.stills.still_s)
