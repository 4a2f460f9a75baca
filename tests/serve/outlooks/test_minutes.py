"""Readings of any step as minutes: energy is kept, gaps stay, mixed steps are told apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.series import Key, Quality, Series
from enerwise.core.time import instant
from enerwise.core.units import FloatArray, IntArray
from enerwise.serve.outlooks.minutes import at_edge, held_for_ms, on_minutes
from tests.builders import a_grid

START = instant("2024-07-01")


def a_series(start_s: IntArray | list[int], value: FloatArray | list[float]) -> Series:
    starts = START + np.asarray(start_s) * np.timedelta64(1000, "ms")
    count = np.asarray(value).size
    return Series(
        Key("grid", "power_w"), starts, np.asarray(value, float), np.full(count, Quality.GOOD, np.uint8), starts
    )


@given(step_s=st.sampled_from([1, 10, 60, 300, 900, 3600]), seed=st.integers(0, 100), dropped=st.floats(0.0, 0.6))
def test_energy_is_what_the_readings_held(step_s: int, seed: int, dropped: float) -> None:
    rng = np.random.default_rng(seed)
    starts = np.arange(0, 7200, step_s, dtype=np.int64)
    starts = starts[rng.uniform(size=starts.size) >= dropped] if step_s < 3600 else starts
    value = rng.normal(0, 2000, starts.size)
    track = on_minutes(a_series(starts, value), a_grid(step_s=60, steps=240))
    if starts.size > 1:
        held_s = held_for_ms(starts * 1000) / 1000
        total = float((value * held_s).sum())
        # Minutes less than half known are left out, never scaled up.
        kept = np.isfinite(track.mean)
        assert float((track.mean[kept] * track.cover_ratio[kept]).sum()) * 60 == pytest.approx(
            total, abs=float(np.abs(value).max()) * 60 * (~kept & (track.cover_ratio > 0)).sum() + 1e-6
        )
        assert float(track.cover_ratio.sum()) * 60 == pytest.approx(float(held_s.sum()), abs=1e-6)


def test_a_quarter_hour_is_fifteen_equal_minutes() -> None:
    track = on_minutes(a_series([0, 900, 1800], [100.0, 200.0, 300.0]), a_grid(step_s=60, steps=60))
    np.testing.assert_allclose(track.mean[:45], np.repeat([100.0, 200.0, 300.0], 15))
    assert np.isnan(track.mean[45:]).all()


def test_history_by_the_quarter_hour_and_life_by_the_minute_share_a_day() -> None:
    starts = [*range(0, 3600, 900), *range(3600, 3600 + 7200, 60)]
    track = on_minutes(a_series(starts, np.ones(len(starts))), a_grid(step_s=60, steps=180))
    assert np.isfinite(track.mean).all()


def test_a_gap_is_no_step_and_a_lonely_reading_holds_for_the_usual_one() -> None:
    starts = [*range(0, 600, 60), 3600, *range(9000, 9600, 60)]
    held = held_for_ms(np.array(starts) * 1000) / 1000
    np.testing.assert_array_equal(held, np.full(len(starts), 60.0))


def test_a_late_reading_is_late_and_no_gap() -> None:
    held = held_for_ms(np.array([0, 60, 140, 200, 260]) * 1000) / 1000
    np.testing.assert_array_equal(held, [60, 80, 60, 60, 60])


def test_nothing_measured_is_nothing_known() -> None:
    track = on_minutes(a_series([], []), a_grid(step_s=60, steps=3))
    assert np.isnan(track.mean).all() and not track.cover_ratio.any()


def test_a_level_is_the_nearest_reading_or_unknown() -> None:
    series = a_series([0, 600], [1.0, 2.0])
    at = int(START.astype(np.int64))
    assert at_edge(series, at + 500_000, within_ms=300_000) == 2.0
    assert np.isnan(at_edge(series, at + 5_000_000, within_ms=300_000))
