import numpy as np
import pytest

from enerwise.forecast.models.profile import four_week_profile, week_profile
from tests.forecast.builders import PER_DAY, a_past, days_of

NEXT = np.arange(2)


def test_the_mean_of_four_weekdays() -> None:
    past = a_past(days_of(30))
    assert four_week_profile().centre(past, past.value.size + NEXT) == pytest.approx(
        [np.mean([2, 9, 16, 23]), np.mean([2, 9, 16, 23]) + 0.001]
    )


def test_the_mean_of_seven_days() -> None:
    past = a_past(days_of(30))
    assert week_profile().centre(past, past.value.size + NEXT) == pytest.approx([26.0, 26.001])


def test_days_that_are_missing_do_not_count() -> None:
    value = days_of(30)
    value[23 * PER_DAY] = np.nan
    past = a_past(value)
    assert four_week_profile().centre(past, past.value.size + NEXT)[0] == pytest.approx(np.mean([2, 9, 16]))


def test_a_short_past_takes_the_last_two_days() -> None:
    past = a_past(days_of(3))
    assert four_week_profile().centre(past, past.value.size + NEXT) == pytest.approx([1.5, 1.501])
    assert np.isnan(four_week_profile().centre(a_past(days_of(1)[:4]), np.array([10]))).all()
