"""The blend: simplex, floor, and nobody is counted before it has shown something."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from enerwise.forecast.models.price.blend import FLOOR, blended, weights


@given(arrays(np.float64, (4, 28), elements=st.floats(0.01, 1e4)))
def test_weights_sum_to_one_above_a_floor_and_the_best_has_the_most(missed: np.ndarray) -> None:
    weight = weights(missed)
    assert abs(weight.sum() - 1) < 1e-9
    assert (weight >= FLOOR - 1e-12).all()
    assert weight[missed.mean(axis=1).argmin()] >= weight.max() - 1e-12


def test_members_without_a_record_weigh_the_same() -> None:
    np.testing.assert_allclose(weights(np.full((3, 2), np.nan)), 1 / 3)


def test_a_newcomer_counts_like_the_worst() -> None:
    missed = np.array([[1.0] * 28, [3.0] * 28, [np.nan] * 28])
    weight = weights(missed)
    assert weight[2] == weight[1] < weight[0]


def test_todays_truth_does_not_weigh_todays_blend() -> None:
    rng = np.random.default_rng(2)
    said, truth = rng.normal(size=(3, 40, 24)), rng.normal(size=(40, 24))
    later = truth.copy()
    later[20:] += 100.0
    np.testing.assert_array_equal(blended(said, truth)[:21], blended(said, later)[:21])


def test_whoever_is_silent_is_left_out() -> None:
    said = np.stack([np.ones((3, 24)), np.full((3, 24), np.nan)])
    np.testing.assert_array_equal(blended(said, np.ones((3, 24))), 1.0)
    assert np.isnan(blended(said[1:], np.ones((3, 24)))).all()
