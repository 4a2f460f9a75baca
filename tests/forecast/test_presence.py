"""Who will be there: habits are learned, today corrects them, and nothing serves that the naive answers beat."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.time import DAY_S, TimeGrid, instant, local_fields
from enerwise.core.units import FloatArray
from enerwise.forecast.presence import CLOCK, LEARNED, Expected, foresee

STEP_S = 1800
PER_DAY = DAY_S // STEP_S
ZONE = "Europe/Berlin"
START = instant("2024-01-01", ZONE)
"""A Monday."""


def a_life(days: int, *, comes_h: float = 9.0, leaves_h: float = 17.0, empty: tuple[int, ...] = ()) -> FloatArray:
    grid = TimeGrid(START, STEP_S, days * PER_DAY)
    local = local_fields(grid.starts_utc, ZONE)
    hour, day = local.second / 3600, local.day - local.day[0]
    there = (hour >= comes_h) & (hour < leaves_h) & (local.weekday < 5) & ~np.isin(day, empty)
    return there.astype(np.float64)


def expected(
    seen: FloatArray, *, now_ratio: float = float("nan"), usual_h: tuple[float, float] = (7.0, 20.0)
) -> Expected:
    days = seen.size // PER_DAY + 2
    usual = a_life(days, comes_h=usual_h[0], leaves_h=usual_h[1])
    ahead = seen.size + PER_DAY
    return foresee(seen, usual[:ahead], TimeGrid(START, STEP_S, ahead), ZONE, now_ratio=now_ratio)


def at(hour: float) -> int:
    return int(hour * 3600 / STEP_S)


def test_a_week_that_differs_from_the_clock_is_learned() -> None:
    weeks = [a_life(7, comes_h=9.0 + 0.5 * (week % 2)) for week in range(4)]
    told = expected(np.concatenate(weeks))
    assert told.model == LEARNED and told.brier_score[LEARNED] < 0.2 * told.brier_score[CLOCK]
    assert told.chance_ratio[at(10)] > 0.9 and max(told.chance_ratio[[at(7.5), at(17.5)]]) < 0.01


def test_where_the_clock_is_right_it_serves() -> None:
    told = expected(a_life(28), usual_h=(9.0, 17.0))
    assert told.model == CLOCK


def test_too_few_days_leave_it_to_the_clock() -> None:
    told = expected(a_life(3))
    assert (told.model, told.brier_score) == (CLOCK, {}) and told.chance_ratio[at(7.5)] > 0.9


def test_a_room_that_stays_empty_is_let_go() -> None:
    chances = []
    for hour in (9.0, 9.5, 10.0, 11.0, 12.0):
        seen = np.concatenate([a_life(28), np.zeros(at(hour))])
        chances.append(float(expected(seen, now_ratio=0.0).chance_ratio[at(1)]))
    assert chances[0] > 0.5 and chances[-1] < 0.1
    assert all(later < earlier for earlier, later in pairwise(chances))


def test_who_is_early_is_there_and_will_stay_a_little() -> None:
    told = expected(np.concatenate([a_life(28), np.zeros(at(6))]), now_ratio=1.0)
    assert told.chance_ratio[0] == 1.0 and told.chance_ratio[1] > 0.5 and told.chance_ratio[at(3)] > 0.9


@given(seen=st.lists(st.sampled_from([0.0, 1.0, float("nan")]), min_size=1, max_size=12 * PER_DAY), now=st.floats(0, 1))
def test_it_is_a_chance_whatever_was_seen(seen: list[float], now: float) -> None:
    told = expected(np.array(seen), now_ratio=now)
    assert told.chance_ratio.shape == (PER_DAY,) and np.all((told.chance_ratio >= 0) & (told.chance_ratio <= 1))


def test_days_of_another_kind_teach_nothing() -> None:
    saturday = np.concatenate([a_life(26)])
    assert expected(saturday).chance_ratio.max() < 0.01


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        foresee(np.zeros(5), np.zeros(5), TimeGrid(START, STEP_S, 5), ZONE)
