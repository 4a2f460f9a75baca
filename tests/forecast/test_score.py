import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.forecast.score import coverage_ratio, mae, mean_known, pinball_loss, rmae

NAN = np.nan


def test_the_median_loses_half_of_its_absolute_error() -> None:
    truth, value = np.array([1.0, 5.0]), np.array([[2.0, 2.0]])
    assert pinball_loss(truth, value, np.array([0.5]))[0] == pytest.approx(mae(truth, value[0]) / 2)


def test_a_high_level_pays_more_for_being_too_low() -> None:
    high = np.array([0.9])
    assert pinball_loss(np.array([10.0]), np.array([[8.0]]), high)[0] == pytest.approx(1.8)
    assert pinball_loss(np.array([10.0]), np.array([[12.0]]), high)[0] == pytest.approx(0.2)


@settings(max_examples=30, deadline=None)
@given(level=st.sampled_from([0.1, 0.25, 0.5, 0.9]), shift=st.floats(-3.0, 3.0), seed=st.integers(0, 50))
def test_the_true_quantile_loses_least(level: float, shift: float, seed: int) -> None:
    truth = np.random.default_rng(seed).gamma(2.0, 1.0, 200)
    best = np.quantile(truth, level)
    paths = np.stack([np.full(200, best), np.full(200, best + shift)])
    loss = pinball_loss(truth, paths, np.array([level, level]))
    assert loss[0] <= loss[1] + 1e-3


def test_a_band_covers_its_edges() -> None:
    assert coverage_ratio(np.array([0.0, 1.0, 2.0]), np.zeros(3), np.ones(3)) == pytest.approx(2 / 3)


def test_gaps_are_left_out() -> None:
    truth = np.array([1.0, NAN, 3.0])
    assert mae(truth, np.array([1.0, 9.0, NAN])) == 0.0
    assert coverage_ratio(truth, np.array([0.0, 0.0, NAN]), np.full(3, 2.0)) == 1.0
    assert pinball_loss(truth, np.array([[1.0, 1.0, 1.0]]), np.array([0.5]))[0] == pytest.approx(0.5)
    assert rmae(truth, np.array([2.0, 2.0, 3.0]), np.array([3.0, NAN, NAN])) == pytest.approx(0.5)


def test_a_score_over_nothing_is_unknown() -> None:
    nothing = np.array([NAN, NAN])
    assert np.isnan(mae(nothing, nothing)) and np.isnan(coverage_ratio(nothing, nothing, nothing))
    assert np.isnan(rmae(nothing, nothing, nothing)) and np.isnan(mean_known(np.zeros(0)))


def test_a_perfect_reference_cannot_be_beaten() -> None:
    truth = np.array([1.0, 2.0])
    assert rmae(truth, truth + 1, truth) == np.inf
    assert np.isnan(rmae(truth, truth, truth))


def test_several_homes_are_scored_in_one_call() -> None:
    truth = np.array([[1.0, 2.0], [3.0, NAN]])
    assert mae(truth, np.zeros((2, 2))).tolist() == [1.5, 3.0]
    assert coverage_ratio(truth, np.zeros((2, 2)), np.full((2, 2), 2.0)).tolist() == [1.0, 0.0]
