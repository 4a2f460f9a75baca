"""LEAR: the weights are those of another solver, and the penalty those of least criterion along another path."""

import numpy as np
import pytest

from enerwise.forecast.models.price import lear
from enerwise.forecast.models.price.lear import Lear, regressors, robust_scale
from tests.forecast.models.price.builders import some_days

linear_model = pytest.importorskip("sklearn.linear_model")


def test_weights_are_those_of_the_lasso_of_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours go through products of the window and start from elsewhere; the other sees plain arrays and nothing else."""
    monkeypatch.setattr(lear, "TOLERANCE", 1e-9)
    monkeypatch.setattr(lear, "ROUNDS", 100_000)
    days = some_days(130)
    x, rows = regressors(days), np.arange(7, 130)
    window = lear._Window.of(x, days.target, rows)
    penalty, start = window.chosen()
    solved = window.solved(penalty, start)
    for slot in (0, 13, 23):
        other = linear_model.Lasso(alpha=penalty[slot], tol=1e-9, max_iter=100_000)
        other.fit(window.z + window.x_mean, window.y[slot])
        np.testing.assert_allclose(solved.weight[slot], other.coef_, atol=2e-4)
        np.testing.assert_allclose(
            solved.level[slot] - solved.weight[slot] @ window.x_mean, other.intercept_, atol=2e-3
        )


def test_weights_meet_the_conditions_of_an_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lear, "TOLERANCE", 1e-9)
    monkeypatch.setattr(lear, "ROUNDS", 100_000)
    days = some_days(90)
    window = lear._Window.of(regressors(days), days.target, np.arange(7, 90))
    penalty, start = window.chosen()
    weight = window.solved(penalty, start).weight
    slope = (window.products - weight @ window.gram) / window.y.shape[1]
    assert (np.abs(slope) <= penalty[:, None] * (1 + 1e-3)).all()
    used = weight != 0
    at_limit = np.broadcast_to(penalty[:, None], weight.shape)[used]
    np.testing.assert_allclose(slope[used] * np.sign(weight[used]), at_limit, rtol=1e-3)


def test_it_beats_last_week_by_far() -> None:
    days = some_days(150)
    said = Lear(windows_days=(84,)).said(days.before(149), 140)
    truth = days.target[140:]
    assert np.abs(said - truth)[:9].mean() < 0.5 * np.abs(days.target[133:142] - truth[:9]).mean()


def test_windows_longer_than_the_past_say_the_same() -> None:
    said = Lear(windows_days=(56, 200, 300)).said_by_window(some_days(100), 99)
    np.testing.assert_array_equal(said[1], said[2])
    assert np.abs(said[0] - said[1]).max() > 0


def test_too_little_past_is_silence() -> None:
    assert np.isnan(Lear().said(some_days(40), 38)).all()


def test_a_column_of_one_value_has_a_scale() -> None:
    middle, scale = robust_scale(np.full((10, 1), 3.0))
    assert (middle[0], scale[0]) == (3.0, 1.0)
