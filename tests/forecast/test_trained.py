"""A trained ladder serves what a walk would have said, and sees nothing beyond its training."""

import pickle

import numpy as np

from enerwise.forecast.backtest import backtest, members_of
from enerwise.forecast.frame import MEDIAN
from enerwise.forecast.trained import train

from .column_builders import a_column_frame, a_series, issues

MEMBERS = members_of("load", "naive_1d,naive_7d,profile_4w,ridge")[0]


def test_a_trained_ladder_forecasts_within_a_hair_of_the_walk() -> None:
    frame, (issue,) = a_column_frame(), issues(60, 1)
    served = train(frame, MEMBERS, issue, 24).predict(frame.as_of(issue, 24))
    walked = backtest(frame, issues(60, 1), 24, MEMBERS).value[0]
    assert served.shape == (24, 19) and (np.diff(served, axis=1) >= 0).all()
    assert np.abs(served[:, MEDIAN] - walked[:, MEDIAN]).max() < 0.1


def test_training_sees_nothing_later() -> None:
    target, (issue,) = a_series(), issues(60, 1)
    frame = a_column_frame(target)
    spoilt = a_column_frame(np.where(np.arange(target.size) >= 60 * 24, 1e9, target))
    first, second = (train(each, MEMBERS, issue, 24).predict(each.as_of(issue, 24)) for each in (frame, spoilt))
    np.testing.assert_array_equal(first, second)


def test_it_serves_days_after_its_training_and_survives_the_way_to_another_process() -> None:
    frame, (issue, later) = a_column_frame(), issues(60, 2)
    trained = train(frame, MEMBERS, issue, 24)
    again = pickle.loads(pickle.dumps(trained))
    np.testing.assert_array_equal(trained.predict(frame.as_of(later, 24)), again.predict(frame.as_of(later, 24)))


def test_with_hardly_any_past_the_floor_serves() -> None:
    frame, (issue,) = a_column_frame(a_series(12)), issues(10, 1)
    trained = train(frame, MEMBERS, issue, 24)
    assert np.isfinite(trained.predict(frame.as_of(issue, 24))).all()
    assert any("ridge" in note for note in trained.notes)
