"""Column forecasts of the whole ladder: the future cannot be seen, bands hold, what is bad is not listened to."""

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.units import FloatArray
from enerwise.forecast.backtest import USUAL, backtest, members_of
from enerwise.forecast.frame import QUANTILES, ColumnForecaster, ColumnFrame, Known
from enerwise.forecast.mix import mixed
from enerwise.forecast.walk import Record, walk

from .column_builders import a_column_frame, a_series, issues

needs_trees = pytest.mark.skipif(members_of("load")[1] != (), reason="the extra `learn` is not installed")


def ladder() -> tuple[ColumnForecaster, ...]:
    """Return the whole ladder; the trees are grown seldom, since that is what takes long."""
    from enerwise.forecast.columns.trees import Trees

    return (*members_of("load", "naive_1d,naive_7d,profile_4w,profile_7d,ridge")[0], Trees(refit_days=30))


def poisoned(frame: ColumnFrame, day: int) -> ColumnFrame:
    """Return the frame with everything from a day on made absurd, and what was told of later days too."""
    late = np.arange(frame.target.size) >= day * 24
    target = np.where(late, -1e9, frame.target)
    known = np.where((np.arange(frame.target.size) >= (day + 1) * 24)[:, None], 1e9, frame.known)
    return ColumnFrame(frame.name, frame.grid, target, frame.columns, known, frame.known_at, frame.kind)


@needs_trees
def test_a_poisoned_future_leaves_every_forecast_of_the_ladder_as_it_was() -> None:
    frame = a_column_frame(columns={"sun": a_series(seed=3)})
    clean, spoilt = (backtest(each, issues(60, 1), 24, ladder()) for each in (frame, poisoned(frame, 60)))
    np.testing.assert_array_equal(clean.value, spoilt.value)
    np.testing.assert_array_equal(clean.weight, spoilt.weight)


@needs_trees
def test_the_same_data_give_the_same_forecast() -> None:
    frame = a_column_frame()
    first, again = (backtest(frame, issues(60, 2), 24, ladder()) for _ in range(2))
    np.testing.assert_array_equal(first.value, again.value)


@needs_trees
def test_the_ladder_beats_its_naive_and_its_band_holds() -> None:
    frame = a_column_frame(a_series(120))
    done = backtest(frame, issues(80, 40), 24, ladder())
    error = np.abs(done.value[:, :, 9] - done.truth).mean()
    naive = np.abs(frame.target[80 * 24 :] - frame.target[73 * 24 : -7 * 24]).mean()
    inside = (done.truth >= done.value[:, :, 1]) & (done.truth <= done.value[:, :, 17])
    assert error < 0.85 * naive
    assert 0.75 <= inside.mean() <= 0.86
    assert (np.diff(done.value, axis=-1) >= 0).all()


@pytest.mark.parametrize("name", [name for name in USUAL if name != "trees"])
@pytest.mark.parametrize("horizon", [24, 7 * 24])
def test_every_member_of_the_floor_forecasts_every_horizon(name: str, horizon: int) -> None:
    members, _ = members_of("load", name)
    record = walk(a_column_frame(), members, issues(50, 2), horizon)
    assert record.value.shape == (2, 1, horizon, QUANTILES.size)
    assert np.isfinite(record.value).all() and (np.diff(record.value, axis=-1) >= 0).all()


def test_a_month_ahead_weekly_naive_repeats_the_last_known_week() -> None:
    frame = a_column_frame(a_series(noise=0.0))
    record = walk(frame, members_of("load", "naive_7d")[0], issues(40, 1), 30 * 24)
    np.testing.assert_allclose(record.value[0, 0, :, 9], frame.target[40 * 24 : 70 * 24], atol=1e-9)


class Liar:
    """A forecaster that is always three too high, and very sure of it."""

    name = "liar"
    refit_days = 1

    def fit(self, known: Known) -> "Liar":
        del known
        return self

    def predict(self, known: Known) -> FloatArray:
        return np.full((known.horizon, QUANTILES.size), float(np.nanmean(known.target)) + 3.0)


def test_a_member_that_loses_to_the_naive_loses_its_weight() -> None:
    members = (*members_of("load", "naive_1d,naive_7d")[0], Liar())
    done = backtest(a_column_frame(), issues(60, 5), 24, members)
    assert (done.weight[:, 2] == 0).all()
    np.testing.assert_allclose(done.weight.sum(axis=1), 1.0)


def test_bands_that_are_too_sure_are_widened_until_they_hold() -> None:
    record = walk(a_column_frame(a_series(120, noise=0.3)), members_of("load", "profile_4w")[0], issues(40, 80), 24)
    middle = record.value[..., 9:10]
    sure = type(record)(
        record.members,
        record.issues,
        record.step_s,
        middle + 0.1 * (record.value - middle),
        record.truth,
        record.low,
        record.high,
    )
    done = mixed(sure).value[35:]
    truth = record.truth[35:]
    held = ((truth >= done[:, :, 1]) & (truth <= done[:, :, 17])).mean()
    raw = ((truth >= sure.value[35:, 0, :, 1]) & (truth <= sure.value[35:, 0, :, 17])).mean()
    assert raw < 0.3 and 0.75 < held < 0.85


def test_pv_is_nothing_at_night_and_never_below() -> None:
    slot = np.arange(70 * 24) % 24
    sun = np.clip(np.sin(np.pi * (slot - 6) / 12), 0.0, None) * (1.0 + 0.3 * a_series(noise=0.5, seed=5))
    done = backtest(a_column_frame(np.clip(sun, 0, None), kind="pv"), issues(60, 5), 24, members_of("load", "ridge")[0])
    assert (done.value[:, :5] == 0).all() and (done.value[:, 20:] == 0).all()
    assert (done.value >= 0).all() and done.value[:, 12].min() > 0


def test_bands_of_a_plant_stand_between_both_readings_of_80_percent() -> None:
    slot = np.arange(120 * 24) % 24
    clouds = np.repeat(np.random.default_rng(3).uniform(0.2, 1.0, size=120), 24)
    sun = np.clip(np.sin(np.pi * (slot - 6) / 12), 0.0, None) * clouds
    done = backtest(a_column_frame(sun, kind="pv"), issues(60, 60), 24, members_of("load", "profile_4w,profile_7d")[0])
    inside = (done.truth >= done.value[..., 1]) & (done.truth <= done.value[..., 17])
    uncertain = done.value[..., 17] > done.value[..., 1]
    assert 0.78 <= inside.mean() <= 0.88
    assert 0.62 <= inside[uncertain].mean() <= 0.80


def test_too_little_history_is_refused_with_what_is_needed() -> None:
    with pytest.raises(ProblemsFound, match="leave at least 8 days"):
        backtest(a_column_frame(), issues(5, 2), 24, members_of("load", "naive_7d")[0])


def test_a_short_history_is_served_by_the_floor_and_says_so() -> None:
    members, _ = members_of("load", "naive_1d,naive_7d,ridge")
    done = backtest(a_column_frame(a_series(15)), issues(12, 2), 24, members)
    assert np.isfinite(done.value).all()
    assert (done.weight[:, 2] == 0).all() and any("ridge" in note for note in done.notes)


def test_gaps_in_the_past_leave_no_gap_in_the_forecast() -> None:
    target = a_series()
    target[55 * 24 : 60 * 24] = np.nan
    done = backtest(a_column_frame(target), issues(60, 3), 24, members_of("load", "naive_1d,naive_7d,ridge")[0])
    assert np.isfinite(done.value).all()


def test_where_no_member_speaks_nothing_is_foretold() -> None:
    said = np.ones((10, 2, 24, QUANTILES.size))
    said[[2, 9]] = np.nan
    truth, low, high = np.ones((10, 24)), np.zeros((10, 24)), np.full((10, 24), 2.0)
    value = mixed(Record(("naive_7d", "trees"), issues(40, 10), 3600, said, truth, low, high)).value
    is_silent = np.isin(np.arange(10), [2, 9])
    np.testing.assert_array_equal(np.isnan(value).all(axis=(1, 2)), is_silent)
    np.testing.assert_array_equal(np.isnan(value).any(axis=(1, 2)), is_silent)


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(ProblemsFound, match="'oracle' is not known"):
        members_of("load", "oracle")
