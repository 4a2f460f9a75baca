"""The base load adds up with what was taken off, and is unknown where a log is silent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from enerwise.core.units import FloatArray
from enerwise.forecast.base_load import base_load, log_findings
from enerwise.forecast.quality import Fault

POWERS = arrays(np.float64, (3, 12), elements=st.floats(-1e4, 1e4) | st.just(np.nan))


@given(value=POWERS)
def test_base_and_devices_add_up_to_the_meter_and_silence_stays_silence(value: FloatArray) -> None:
    logs = {"ev": value[1], "pv": value[2]}
    base = base_load(value[0], logs)
    np.testing.assert_array_equal(np.isnan(base), np.isnan(value).any(axis=0))
    known = np.isfinite(base)
    np.testing.assert_allclose((base + value[1] + value[2])[known], value[0][known], atol=1e-6)


def a_day(silent: int = 0) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Return a meter over 100 steps with a car and a roof, the car's log silent on some."""
    step = np.arange(100)
    car, roof = np.where(step % 10 == 3, 11.0, 0.0), np.where(step % 4 == 1, -5.0, 0.0)
    meter = 1.0 + car + roof
    return meter, {"car": np.where(step < silent, np.nan, car), "roof": roof}


def test_full_logs_are_not_spoken_of() -> None:
    meter, logs = a_day()
    assert log_findings(meter, logs) == ()
    np.testing.assert_allclose(base_load(meter, logs), 1.0)


def test_a_few_silent_steps_are_told_and_many_refuse() -> None:
    (told,) = log_findings(*a_day(silent=3))
    assert told.fault is Fault.DEVICE_LOG and not told.refuses and "3.0%" in str(told)
    (refused,) = log_findings(*a_day(silent=6))
    assert refused.refuses and refused.where == "car"


@pytest.mark.parametrize("factor", [-1.0, 1000.0])
def test_a_roof_told_as_taken_or_a_car_in_another_unit_is_seen_in_what_is_left(factor: float) -> None:
    meter, logs = a_day()
    device = "roof" if factor < 0 else "car"
    (refused,) = log_findings(meter, logs | {device: factor * logs[device]})
    assert refused.refuses and "lies below zero" in refused.message


def test_steps_without_a_meter_need_no_log() -> None:
    meter, logs = a_day(silent=50)
    assert log_findings(np.where(np.arange(100) < 50, np.nan, meter), logs) == ()
