"""What devices make of what they are told: truths of the figures, and when a device counts as failing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.units import FloatArray
from enerwise.physics.response import Response, response


def commands(seed: int, steps: int = 600) -> FloatArray:
    """Setpoints that change every ten steps, a third of them rest."""
    rng = np.random.default_rng(seed)
    return np.repeat(np.where(rng.random(steps // 10) < 0.33, 0.0, rng.uniform(-4000, 4000, steps // 10)), 10)


def told(asked_w: FloatArray, measured_w: FloatArray) -> Response:
    found = response(asked_w, measured_w, step_s=60.0, least_w=50.0)
    assert found is not None
    return found


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 9999), share=st.floats(0.85, 1.0), noise=st.floats(0.0, 40.0), gaps=st.floats(0.0, 0.3))
def test_a_device_that_obeys_is_never_found_failing(seed: int, share: float, noise: float, gaps: float) -> None:
    asked_w, rng = commands(seed), np.random.default_rng(seed + 1)
    measured_w = share * asked_w + noise * rng.standard_normal(asked_w.size)
    measured_w[rng.random(asked_w.size) < gaps] = np.nan
    found = told(asked_w, measured_w)
    assert found.shortfall is None or found.shortfall.missing_wh < 0
    assert found.share_ratio == pytest.approx(share, abs=0.03)
    assert found.delay_s == 0.0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 9999), stopped=st.integers(100, 400))
def test_one_that_stops_is_found_with_the_step_and_the_amount(seed: int, stopped: int) -> None:
    asked_w = commands(seed)
    measured_w = np.where(np.arange(asked_w.size) < stopped, asked_w, 0.0)
    found, asks = told(asked_w, measured_w), np.abs(asked_w) >= 50.0
    lost_wh = float(np.abs(asked_w[stopped:][asks[stopped:]]).sum()) / 60.0
    if asks[stopped:].sum() * 60.0 < 3600.0 or lost_wh < 200.0:
        assert found.shortfall is None
        return
    assert found.shortfall is not None and found.shortfall.is_stopped
    assert found.shortfall.first == np.flatnonzero(asks & (np.arange(asked_w.size) >= stopped))[0]
    assert found.shortfall.missing_wh == pytest.approx(lost_wh)


def test_one_that_gives_half_gives_too_little_but_has_not_stopped() -> None:
    asked_w = commands(1)
    found = told(asked_w, np.where(np.arange(600) < 200, asked_w, 0.5 * asked_w))
    assert found.shortfall is not None and not found.shortfall.is_stopped
    assert found.shortfall.share_ratio == pytest.approx(0.5) and found.shortfall.first >= 200


def test_one_that_recovered_has_no_finding() -> None:
    asked_w = commands(2)
    step = np.arange(600)
    found = told(asked_w, np.where((step > 200) & (step < 400), 0.0, asked_w))
    assert found.shortfall is None and found.share_ratio < 0.8


@pytest.mark.parametrize("delay", [1, 3, 7])
def test_a_delay_is_told_in_seconds(delay: int) -> None:
    asked_w = commands(3)
    measured_w = np.concatenate([np.zeros(delay), asked_w[:-delay]])
    assert told(asked_w, measured_w).delay_s == delay * 60.0


def test_bias_and_spread_are_those_of_the_middle_whatever_single_readings_say() -> None:
    asked_w, rng = np.full(600, 1000.0), np.random.default_rng(4)
    measured_w = asked_w + 30.0 + 20.0 * rng.standard_normal(600)
    measured_w[::50] = 1e6
    found = told(asked_w, measured_w)
    assert found.bias_w == pytest.approx(30.0, abs=3.0) and found.spread_w == pytest.approx(20.0, rel=0.15)


def test_what_was_asked_for_nothing_or_never_measured_tells_nothing() -> None:
    nothing = np.full(10, np.nan)
    assert response(np.zeros(10), np.zeros(10), step_s=60.0, least_w=50.0) is None
    assert response(np.full(10, 1e3), nothing, step_s=60.0, least_w=50.0) is None
