"""The price forecaster behind the contract of column forecasters: honest, whole, and never made up."""

import numpy as np
import pytest

from enerwise.core.units import FloatArray
from enerwise.forecast.columns.floor import naive_week
from enerwise.forecast.frame import MEDIAN, ColumnFrame, TooShort
from enerwise.forecast.mix import mixed
from enerwise.forecast.models.price.days import Days, Member
from enerwise.forecast.models.price.kernel import Kernel, by_distance, likeness
from enerwise.forecast.models.price.price import Price
from enerwise.forecast.walk import walk
from tests.forecast.models.price.builders import a_frame, a_market

pytest.importorskip("scipy")

DAY = np.timedelta64(1, "D")


def one_member() -> tuple[Member, ...]:
    return (likeness(),)


def said(frame: ColumnFrame, day: int, horizon: int = 24, price: Price | None = None) -> FloatArray:
    known = frame.as_of(frame.grid.start_utc + day * DAY, horizon)
    return (price or Price(members=one_member)).fit(known).predict(known)


def test_a_poisoned_future_changes_nothing() -> None:
    """Prices from the issue on and columns after the day are permuted, doubled and lost; not one bit may differ."""
    price, known = a_market(120)
    honest = said(a_frame(price, known), 110)
    price[110:] = price[:109:-1] * 2
    known[111:] = known[:110:-1]
    known[115:] = np.nan
    np.testing.assert_array_equal(said(a_frame(price, known), 110), honest)


def test_whoever_walked_along_says_what_a_newcomer_says() -> None:
    frame, walker = a_frame(*a_market(120)), Price(members=one_member)
    for day in range(107, 110):
        said(frame, day, price=walker)
    np.testing.assert_allclose(said(frame, 110, price=walker), said(frame, 110), rtol=1e-6)


def test_bands_rise_and_hold_about_what_they_promise() -> None:
    price, known = a_market(160)
    frame, walker = a_frame(price, known), Price(members=one_member)
    inside = []
    for day in range(130, 160):
        value = said(frame, day, price=walker)
        assert (np.diff(value, axis=1) >= 0).all()
        inside.append((price[day] >= value[:, 1]) & (price[day] <= value[:, 17]))
    assert 0.7 < np.mean(inside) < 0.9


def test_lost_hours_negative_prices_and_spikes_leave_it_finite_and_sane() -> None:
    price, known = a_market(120)
    price[100, 2] = np.nan
    price[105] = np.nan
    price[107, 3:6] = -130.0
    price[108, 18] = 3000.0
    known[90, 0, 5:9] = np.nan
    value = said(a_frame(price, known), 110)
    assert np.isfinite(value).all()
    assert np.abs(value[:, MEDIAN] - price[110]).mean() < 15.0


def test_a_column_that_is_not_told_for_the_day_is_left_out_and_not_made_up() -> None:
    price, known = a_market(120)
    plain = said(a_frame(price, known[:, :1], ("demand",)), 110)
    known[110, 1] = np.nan
    np.testing.assert_array_equal(said(a_frame(price, known), 110), plain)


def test_columns_may_have_any_name_and_need_not_exist() -> None:
    price, known = a_market(90)
    np.testing.assert_array_equal(
        said(a_frame(price, known, ("a", "b")), 85), said(a_frame(price, known, ("x y", "Prévision [MW]")), 85)
    )
    assert np.isfinite(said(a_frame(price, known[:, :0], ()), 85)).all()


def test_a_week_ahead_is_forecast_day_by_day() -> None:
    price, known = a_market(100)
    value = said(a_frame(price, known), 92, horizon=7 * 24)
    assert value.shape == (168, 19)
    assert np.isfinite(value).all()


def test_an_issue_within_the_day_begins_its_days_there() -> None:
    frame = a_frame(*a_market(100))
    known = frame.as_of(frame.grid.start_utc + 90 * DAY + np.timedelta64(6, "h"), 24)
    assert np.isfinite(Price(members=one_member).fit(known).predict(known)).all()


def test_too_little_past_is_refused_with_what_is_needed() -> None:
    with pytest.raises(TooShort, match="30 days before the issue, a price forecast needs 49"):
        said(a_frame(*a_market(40)), 30)


def test_a_week_without_prices_before_the_issue_is_filled_and_none_at_all_is_refused() -> None:
    price, known = a_market(120)
    price[100:110] = np.nan
    assert np.isfinite(said(a_frame(price, known), 110)).all()
    price[:] = np.nan
    with pytest.raises(TooShort, match="the days before it are missing"):
        said(a_frame(price, known), 110)


def test_bands_of_prices_are_not_moved_a_second_time() -> None:
    """The mix leaves them as they were said, once they have most of the weight."""
    frame = a_frame(*a_market(120))
    issues = frame.grid.start_utc + np.arange(112, 118) * DAY
    record = walk(frame, [naive_week(), Price(members=one_member)], issues, 24)
    done = mixed(record)
    np.testing.assert_array_equal(done.value, done.raw)
    assert (done.weight[3:, 1] > 0.9).all()


def test_what_was_said_once_is_not_worked_out_again() -> None:
    asked: list[int] = []

    class Counting(Kernel):
        def said(self, days: Days, first: int) -> FloatArray:
            asked.append(days.count + 1 - first)
            return super().said(days, first)

    walker = Price(members=lambda: (Counting("likeness", by_distance, 1.0),))
    for day in range(107, 111):
        said(a_frame(*a_market(120)), day, price=walker)
    assert asked == [57, 1, 1, 1]
