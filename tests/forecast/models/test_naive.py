import numpy as np

from enerwise.forecast.models.naive import naive_day, naive_week
from tests.forecast.builders import PER_DAY, a_past, days_of

NEXT = np.arange(3)


def test_tomorrow_is_like_yesterday() -> None:
    past = a_past(days_of(9))
    assert naive_day().centre(past, past.value.size + NEXT).tolist() == [8.0, 8.001, 8.002]


def test_tomorrow_is_like_the_same_weekday() -> None:
    past = a_past(days_of(9))
    assert naive_week().centre(past, past.value.size + NEXT).tolist() == [2.0, 2.001, 2.002]


def test_a_gap_is_filled_from_another_day() -> None:
    value = days_of(9)
    value[8 * PER_DAY + 1] = value[7 * PER_DAY + 2] = value[2 * PER_DAY] = np.nan
    past = a_past(value)
    assert naive_day().centre(past, past.value.size + NEXT).tolist() == [8.0, 7.001, 8.002]
    assert naive_week().centre(past, past.value.size + NEXT).tolist() == [8.0, 2.001, 2.002]


def test_two_days_ahead_yesterday_still_stands_for_the_day() -> None:
    past = a_past(days_of(3))
    assert naive_day().centre(past, past.value.size + PER_DAY + NEXT).tolist() == [2.0, 2.001, 2.002]


def test_with_less_than_a_week_the_week_is_yesterday() -> None:
    past = a_past(days_of(3))
    assert naive_week().centre(past, past.value.size + NEXT).tolist() == [2.0, 2.001, 2.002]
