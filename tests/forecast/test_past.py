import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.forecast.past import Past
from tests.builders import a_frame, a_grid
from tests.forecast.builders import HOME, PER_DAY, a_past, days_of


def test_a_lag_of_a_day_is_the_same_time_yesterday() -> None:
    past = a_past(days_of(3))
    assert past.lagged(np.array([2 * PER_DAY + 5]), PER_DAY)[0] == 1 + 5 / 1000


def test_beyond_the_end_the_lag_grows_until_it_is_known() -> None:
    """Two and a half days ahead the same time yesterday is not known yet: the last day known stands for it."""
    past = a_past(days_of(3))
    end = past.value.size
    ahead = end + np.array([0, PER_DAY - 1, PER_DAY, 2 * PER_DAY + 24, 3 * PER_DAY - 1])
    assert past.lagged(ahead, PER_DAY).tolist() == [2 + slot / 1000 for slot in (0, PER_DAY - 1, 0, 24, PER_DAY - 1)]


def test_a_past_that_ends_in_the_middle_of_a_day_knows_its_morning() -> None:
    past = a_past(days_of(3)[: 2 * PER_DAY + 20])
    end = past.value.size
    assert past.lagged(end + np.array([0, 27, 28, 47]), PER_DAY).tolist() == [1.020, 1.047, 2.000, 2.019]


def test_several_lags_at_once_are_a_row_each() -> None:
    past = a_past(days_of(9))
    found = past.lagged(np.array([9 * PER_DAY, 9 * PER_DAY + 1]), np.array([[1], [7]]) * PER_DAY)
    assert found.tolist() == [[8.0, 8.001], [2.0, 2.001]]


def test_before_the_beginning_nothing_is_known() -> None:
    assert np.isnan(a_past(days_of(1)).lagged(np.array([3]), PER_DAY)).all()
    assert np.isnan(a_past([]).lagged(np.arange(4), PER_DAY)).all()


@settings(max_examples=80, deadline=None)
@given(
    size=st.integers(1, 200),
    position=st.integers(0, 600),
    lag_days=st.integers(1, 3),
    per_day=st.sampled_from([24, 48]),
)
def test_a_lag_is_the_least_multiple_that_is_known(size: int, position: int, lag_days: int, per_day: int) -> None:
    past = a_past(np.arange(float(size)), step_s=86_400 // per_day)
    lag = lag_days * per_day
    back = position - lag
    while back > size - 1:
        back -= lag
    found = past.lagged(np.array([position]), lag)[0]
    assert (np.isnan(found) and back < 0) or found == back


def test_a_past_of_another_length_than_its_grid_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"past of 4 steps has values \(3,\)"):
        Past(HOME, a_grid(steps=4), np.zeros(3))


def test_steps_that_do_not_divide_the_day_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="does not divide the day"):
        a_past(np.zeros(3), step_s=3000)


def test_a_past_is_taken_from_a_frame() -> None:
    frame = a_frame(a_grid(steps=4), home=[1.0, np.nan, 3.0, 4.0])
    past = Past.of(frame, Key("home", POWER_W), 900)
    assert np.array_equal(past.value, [1.0, np.nan, 3.0, 4.0], equal_nan=True)
    assert past.grid == a_grid(steps=4)


def test_a_past_as_it_was_earlier_ends_earlier() -> None:
    past = a_past(days_of(2))
    assert past.until(5).value.tolist() == past.value[:5].tolist()
    assert past.until(5).grid.end_utc == past.grid.part(5, 1).start_utc
