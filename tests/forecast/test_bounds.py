"""What a forecaster may say has limits: the range ever measured, and for the sun's present share that of clouds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.plugin import load, names
from enerwise.core.time import TimeGrid
from enerwise.forecast.drawn import RATIO_RANGE
from enerwise.forecast.models.blend import blend
from tests.forecast.builders import PER_DAY, ROOF, a_past, noisy


@pytest.mark.parametrize("name", names("enerwise.forecasters"))
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 999), days=st.integers(1, 36), share=st.floats(0.0, 0.9))
def test_no_forecaster_leaves_what_was_ever_measured(name: str, seed: int, days: int, share: float) -> None:
    value = noisy(days, seed=seed, noise=600.0)
    value[np.random.default_rng(seed).random(value.size) < share] = np.nan
    past = a_past(value)
    grid = TimeGrid(past.grid.end_utc, past.grid.step_s, PER_DAY)
    said = load("enerwise.forecasters", name)().fit(past).predict(past, grid, past.grid.end_utc).value
    assert np.nanmin(value) <= said.min() and said.max() <= np.nanmax(value)


@pytest.mark.parametrize(("present_w", "ratio"), [(0.0, RATIO_RANGE[0]), (-9000.0, RATIO_RANGE[1]), (-200.0, 2.0)])
def test_the_present_share_of_the_sun_is_kept_within_reason(present_w: float, ratio: float) -> None:
    """A snowed-up roof may be free in an hour, and a reading ten times the usual is no sun."""
    past = a_past([-100.0] * (30 * PER_DAY) + [present_w] * 2, key=ROOF)
    first = replace(blend(), fading=0.5).centre(past, past.value.size + np.arange(1))
    assert first == pytest.approx([-100.0 * (1 + (ratio - 1) * 0.5)])


def test_a_present_share_of_no_sun_at_all_is_not_asked_for() -> None:
    past = a_past([0.0] * (30 * PER_DAY) + [-50.0] * 2, key=ROOF)
    assert not replace(blend(), fading=0.5).centre(past, past.value.size + np.arange(4)).any()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), memory=st.sampled_from([0.0, 0.6, 0.99, 1.0]), share=st.floats(0.0, 1.0))
def test_fading_stays_within_its_range(seed: int, memory: float, share: float) -> None:
    """Of errors that come and go, of a load that wanders for ever, and of pasts with gaps."""
    rng = np.random.default_rng(seed)
    value = rng.normal(0.0, 100.0, 20 * PER_DAY).cumsum() if memory == 1.0 else noisy(20, seed=seed, memory=memory)
    value[rng.random(value.size) < share] = np.nan
    assert 0.0 <= blend().fit(a_past(value)).fading <= 0.95
