"""What the last hours showed: as much of it is carried on as was left before, and nothing later counts."""

import numpy as np
import pytest

from enerwise.forecast.nearing import LEAST_ISSUES, Nearing

HORIZON = 6


def walked(target: np.ndarray, said: np.ndarray, *, fit_at: int) -> np.ndarray:
    """Return what is said at each issue after the fit, of a model that says ``said``. Shape (issue, step)"""
    near, found = Nearing(HORIZON, lags=(1, 2, 24)), []
    for count in range(1, target.size - HORIZON):
        near.measured(float(target[count - 1]))
        if count == fit_at:
            near.fit(target[:count])
        found.append(near.foreseen(said[count : count + HORIZON]))
    return np.array(found[fit_at:])


def a_wandering_error(steps: int, left: float) -> np.ndarray:
    rng, error = np.random.default_rng(3), np.zeros(steps)
    for step in range(1, steps):
        error[step] = left * error[step - 1] + rng.normal()
    return error


def test_as_much_is_carried_on_as_was_left_before() -> None:
    """An error of which 0.8 is left after each step: the correction is worth it, and fades as the error does."""
    usual = 10 + 3 * np.sin(np.arange(1200) / 24 * 2 * np.pi)
    target = usual + a_wandering_error(1200, 0.8)
    found = walked(target, usual, fit_at=900)
    begin = 1 + 900
    truth = np.lib.stride_tricks.sliding_window_view(target, HORIZON)[begin : begin + len(found)]
    plain = np.lib.stride_tricks.sliding_window_view(usual, HORIZON)[begin : begin + len(found)]
    gained = np.abs(found - truth).mean(axis=0) / np.abs(plain - truth).mean(axis=0)
    assert gained[0] < 0.75 and gained[2] < 0.97 and gained[-1] < 1.05
    moved = np.abs(found - plain).mean(axis=0)
    assert np.all(np.diff(moved) < 0)


def test_errors_that_tell_nothing_change_little() -> None:
    usual = np.full(1200, 5.0)
    target = usual + np.random.default_rng(1).normal(size=1200)
    found = walked(target, usual, fit_at=1000)
    assert np.abs(found - 5.0).mean() < 0.15


def test_before_there_is_enough_to_learn_from_nothing_is_corrected() -> None:
    target = 5.0 + a_wandering_error(LEAST_ISSUES, 0.9)
    assert np.array_equal(walked(target, np.full(LEAST_ISSUES, 5.0), fit_at=100), np.full((61, HORIZON), 5.0))


def test_what_comes_later_changes_nothing_before_it() -> None:
    usual, target = np.full(900, 5.0), 5.0 + a_wandering_error(900, 0.8)
    other = target.copy()
    other[800:] += 7.0
    one, two = walked(target, usual, fit_at=600), walked(other, usual, fit_at=600)
    assert np.array_equal(one[:200], two[:200]) and not np.array_equal(one[200:], two[200:])


def test_a_hint_counts_as_far_as_it_was_right() -> None:
    """Somebody knows half of what the next step will miss: the first step takes it, later ones what is left."""
    usual, error = np.full(900, 5.0), a_wandering_error(900, 0.7)
    near, found = Nearing(HORIZON), []
    for count in range(1, 890):
        near.measured(5.0 + error[count - 1])
        if count == 600:
            near.fit(5.0 + error[:count])
        found.append(near.foreseen(usual[count : count + HORIZON], hint=5.0 + error[count] / 2) - 5.0)
    said = np.array(found[600:])
    truth = np.lib.stride_tricks.sliding_window_view(error, HORIZON)[601 : 601 + len(said)]
    assert np.abs(said[:, 0] - truth[:, 0]).mean() < 0.1
    assert np.abs(said[:, 1] - truth[:, 1]).mean() < 0.9 * np.abs(truth[:, 1]).mean()


def test_gaps_count_as_no_error() -> None:
    usual, target = np.full(900, 5.0), 5.0 + a_wandering_error(900, 0.8)
    target[::7] = np.nan
    assert np.isfinite(walked(target, usual, fit_at=600)).all()


def test_a_forecast_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected \(6,\)"):
        Nearing(HORIZON).foreseen(np.zeros(5))


def test_what_is_wrong_on_the_mean_is_taken_off_in_full() -> None:
    target = 5.0 + np.random.default_rng(2).exponential(size=1200)
    said = np.full(1200, 5.0 + np.log(2.0))
    found = walked(target, said, fit_at=1000)
    assert said.mean() - target.mean() < -0.25, "a median of what is skewed says too little"
    assert np.abs(found.mean(axis=0) - target[:1000].mean()).max() < 0.02
