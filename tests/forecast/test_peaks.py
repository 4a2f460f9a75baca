"""The hour of the highest step: certain where it is certain, shared where steps are alike, and counted by chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.forecast.frame import QUANTILES
from enerwise.forecast.peaks import peak_of, peak_probability

HOURS = np.arange(24)


def bell(centre: float, width: float) -> list[float]:
    """Return quantiles of a uniform distribution."""
    return list(centre + width * (QUANTILES - 0.5))


def test_a_peak_above_all_others_is_certain() -> None:
    value = np.array([bell(9.0 if hour == 18 else 1.0, 2.0) for hour in HOURS])
    peak = peak_of(QUANTILES, value, HOURS)
    assert peak.hour == 18 and peak.probability == pytest.approx(1.0)


def test_quarter_hours_add_up_to_their_hour() -> None:
    value = np.array([bell(2.0 if step // 4 == 7 else 1.0, 0.5) for step in range(96)])
    peak = peak_of(QUANTILES, value, np.arange(96) // 4)
    assert peak.hour == 7 and peak.probability == pytest.approx(1.0)


def test_two_uniform_steps_win_as_the_integral_says() -> None:
    """X in 0..2 beats Y in 0..1 with probability 3/4."""
    value = np.array([bell(1.0, 2.0), bell(0.5, 1.0)])
    np.testing.assert_allclose(peak_probability(QUANTILES, value), [0.75, 0.25], atol=0.005)


def test_a_flat_day_is_shared() -> None:
    np.testing.assert_allclose(peak_probability(QUANTILES, np.ones((4, 19))), 0.25)


@given(seed=st.integers(0, 2**32 - 1))
def test_what_is_said_is_what_independent_draws_show(seed: int) -> None:
    rng = np.random.default_rng(seed)
    value = np.sort(rng.gamma(2.0, size=(6, 19)), axis=1)
    said = peak_probability(QUANTILES, value)
    tails = 2 * value[:, [0, -1]] - value[:, [1, -2]]  # As far beyond the last levels as those lie apart.
    whole = np.concatenate([tails[:, :1], value, tails[:, 1:]], axis=1)
    drawn = rng.uniform(size=(4000, 6))
    paths = np.stack([np.interp(drawn[:, at], [0, *QUANTILES, 1], whole[at]) for at in range(6)], axis=1)
    assert said.sum() == pytest.approx(1.0) and (said >= 0).all()
    assert np.abs(np.bincount(paths.argmax(axis=1), minlength=6) / 4000 - said).max() < 0.05


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_the_unit_of_a_series_does_not_move_its_peak(offset: float, size: float) -> None:
    value = np.sort(np.random.default_rng(1).normal(size=(24, 19)), axis=1)
    said, moved = peak_probability(QUANTILES, value), peak_probability(QUANTILES, offset + size * value)
    np.testing.assert_allclose(said, moved, atol=1e-6)


def test_one_level_or_a_gap_tells_no_probability() -> None:
    with pytest.raises(ValueError, match="two levels or more"):
        peak_probability(np.array([0.5]), np.ones((24, 1)))
    with pytest.raises(ValueError, match="a day with a gap"):
        peak_probability(QUANTILES, np.full((24, 19), np.nan))
