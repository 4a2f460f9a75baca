"""A young home is served by what others taught, blends, and goes its own way; a bad pool is not listened to."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.units import FloatArray
from enerwise.forecast.backtest import backtest, members_of
from enerwise.forecast.columns import pooled
from enerwise.forecast.columns.pooled import POOLED, Pooled, pooled_ratio
from enerwise.forecast.frame import MEDIAN, QUANTILES, ColumnForecaster, ColumnFrame, Known, TooShort
from enerwise.forecast.trained import train
from tests.forecast.column_builders import DAY_MS, a_column_frame, a_series, issues

LOCAL = members_of("load", "naive_1d,naive_7d,ridge")[0]
BIRTH = 90
"""The day on which the young home begins; the others are as old as the data."""


@pytest.fixture(autouse=True)
def only_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ridge stands for the learner, since trees take long; one test asks for them."""
    monkeypatch.setattr(pooled, "find_spec", lambda name: None)


def a_pool(days: int = 180) -> tuple[Pooled, ...]:
    values = (size * a_series(days, noise=0.2, seed=seed) for seed, size in ((11, 0.3), (12, 40.0)))
    return (Pooled(tuple(a_column_frame(value, name="other") for value in values)),)


def a_young_home(days: int = 65) -> ColumnFrame:
    value = 5.0 * a_series(BIRTH + days, noise=0.2, seed=4)[BIRTH * 24 :]
    frame = a_column_frame(value, name="young")
    return replace(frame, grid=replace(frame.grid, start_utc=frame.grid.start_utc + BIRTH * DAY_MS))


def error(frame: ColumnFrame, members: tuple[ColumnForecaster, ...], first: int, count: int) -> float:
    done = backtest(frame, issues(BIRTH + first, count), 24, members)
    return float(np.abs(done.value[..., MEDIAN] - done.truth).mean())


class Liar:
    """A pool that always says zero."""

    name = POOLED
    refit_days = 1

    def fit(self, known: Known) -> "Liar":
        del known
        return self

    def predict(self, known: Known) -> FloatArray:
        return np.zeros((known.horizon, QUANTILES.size))


def test_a_home_of_eight_days_is_foreseen_better_with_a_pool() -> None:
    frame = a_young_home()
    assert error(frame, (*LOCAL, *a_pool()), 8, 6) < 0.9 * error(frame, LOCAL, 8, 6)


def test_the_pool_serves_two_weeks_then_blends_then_is_silent() -> None:
    done = backtest(a_young_home(62), issues(BIRTH + 1, 60), 24, (*LOCAL, *a_pool()))
    weight = done.weight[:, -1]
    assert np.isfinite(done.value).all() and np.allclose(done.weight.sum(axis=1), 1.0)
    assert (weight[:14] == 1.0).all()
    assert weight[34] == pytest.approx(0.5) and (np.diff(weight[13:]) <= 0).all()
    assert (weight[55:] == 0.0).all() and (done.weight[55:, 2] > 0.5).all()
    assert any("the pool is silent from 56" in note for note in done.notes)


def test_a_pool_that_loses_to_the_naive_is_not_listened_to() -> None:
    """The first three days it is believed; then it is seen what it is worth."""
    lied = backtest(a_young_home(), issues(BIRTH + 1, 12), 24, (*LOCAL, Liar()))
    assert (lied.weight[:3, -1] == 1.0).all() and (lied.weight[3:, -1] == 0.0).all()


def test_what_others_measured_after_the_issue_is_not_known() -> None:
    frame, (pool,) = a_young_home(), a_pool()
    late = np.arange(pool.frames[0].target.size) >= (BIRTH + 5) * 24
    spoilt = Pooled(tuple(replace(each, target=np.where(late, 1e9, each.target)) for each in pool.frames))
    clean, dirty = (_said(frame, each, BIRTH + 5) for each in (pool, spoilt))
    np.testing.assert_array_equal(clean, dirty)
    assert np.isfinite(clean).all()


def _said(frame: ColumnFrame, pool: Pooled, day: int) -> FloatArray:
    known = frame.as_of(issues(day, 1)[0], 24)
    return pool.fit(known).predict(known)


def test_a_pool_that_ended_long_ago_or_begins_later() -> None:
    (pool,) = a_pool(60)
    assert np.isfinite(_said(a_young_home(), pool, BIRTH + 5)).all()
    later = Pooled(tuple(replace(each, grid=replace(each.grid, start_utc=issues(200, 1)[0])) for each in pool.frames))
    with pytest.raises(TooShort, match="begins after"):
        _said(a_young_home(), later, BIRTH + 5)


def test_what_is_said_grows_with_the_size_of_the_home() -> None:
    frame, (pool,) = a_young_home(10), a_pool(60)
    known = frame.as_of(issues(BIRTH + 5, 1)[0], 24)
    model = pool.fit(known)
    for size in (1e-3, 7.0, 1e6):
        larger = model.predict(replace(known, target=size * known.target))
        np.testing.assert_allclose(larger, size * model.predict(known), rtol=1e-6)


@given(young=st.floats(0, 100), older=st.floats(0, 100))
def test_the_weight_of_a_pool_never_grows_with_age(young: float, older: float) -> None:
    young, older = sorted((young, older))
    assert 0.0 <= pooled_ratio(older) <= pooled_ratio(young) <= 1.0


def test_without_a_pool_a_home_of_five_days_is_refused_and_the_pool_is_named() -> None:
    with pytest.raises(ProblemsFound, match="give a --pool"):
        backtest(a_young_home(), issues(BIRTH + 5, 1), 24, LOCAL)


def test_trees_teach_where_they_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("lightgbm", reason="the extra `learn` is not installed")
    monkeypatch.undo()
    said = _said(a_young_home(), a_pool(30)[0], BIRTH + 3)
    assert np.isfinite(said).all() and (np.diff(said, axis=1) >= 0).all()


def test_a_trained_ladder_with_a_pool_serves_a_home_of_three_days() -> None:
    frame = a_young_home()
    served = train(frame, (*LOCAL, *a_pool(60)), issues(BIRTH + 3, 1)[0], 24)
    known = frame.as_of(issues(BIRTH + 4, 1)[0], 24)
    said = served.models[-1]
    assert said is not None
    np.testing.assert_allclose(served.predict(known)[:, MEDIAN], said.predict(known)[:, MEDIAN])
