"""Days: what is filled, what is learned from, and names of what was known."""

import numpy as np

from enerwise.forecast.models.price.days import Kept, by_hour, days_of, lagged, prefix_digests
from tests.forecast.models.price.builders import FIRST_DAY, a_market, some_days


def test_a_lost_hour_is_filled_from_its_neighbours_and_a_lost_day_from_the_day_before() -> None:
    price, known = a_market(12)
    price[4, 2] = np.nan
    price[6] = np.nan
    days = days_of(price[:-1], known, FIRST_DAY)
    assert days.target[4, 2] == (price[4, 1] + price[4, 3]) / 2
    np.testing.assert_array_equal(days.target[6], price[5])
    assert days.is_whole.tolist() == [True] * 6 + [False] + [True] * 4


def test_nothing_is_filled_from_a_later_day() -> None:
    price, known = a_market(12)
    price[5, 20:] = np.nan
    later = price.copy()
    later[6:] = 1e6
    one, other = (days_of(each[:-1], known, FIRST_DAY) for each in (price, later))
    np.testing.assert_array_equal(one.target[:6], other.target[:6])


def test_days_at_the_beginning_stay_missing_and_are_not_learned_from() -> None:
    price, known = a_market(12)
    known[:3, 1] = np.nan
    days = days_of(price[:-1], known, FIRST_DAY)
    assert np.isnan(days.known[:3, 1]).all()
    assert not days.is_whole[:3].any()


def test_a_digest_names_what_was_known_at_an_issue_and_nothing_later() -> None:
    days, changed = some_days(40), some_days(40)
    changed.target[30] += 1.0
    one, other = prefix_digests(days, 20), prefix_digests(changed, 20)
    assert one[:11] == other[:11]
    assert not set(one[11:]) & set(other[11:])


def test_quarters_are_looked_at_as_hours() -> None:
    np.testing.assert_allclose(by_hour(np.arange(96.0)[None])[0], np.arange(24) * 4 + 1.5)


def test_lagged_rows_are_missing_before_the_beginning() -> None:
    np.testing.assert_array_equal(lagged(np.arange(3.0)[:, None], 2, 5)[:, 0], [np.nan, np.nan, 0.0, 1.0, 2.0])


def test_the_latest_things_are_kept() -> None:
    kept: Kept[int] = Kept(2)
    made = [kept.get(key, lambda key=key: key) for key in (1, 2, 1, 3)]  # type: ignore[misc]
    assert made == [1, 2, 1, 3]
    assert [key in kept for key in (1, 2, 3)] == [True, False, True]


def test_a_day_has_the_same_digest_wherever_one_begins_to_ask() -> None:
    days = some_days(40)
    assert prefix_digests(days, 20)[10:] == prefix_digests(days, 30)
    assert prefix_digests(days.before(35), 20) == prefix_digests(days, 20)[:16]
