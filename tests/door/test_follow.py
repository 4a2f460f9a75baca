"""A battery that does something else than it was told is noticed; one that does less is not blamed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.door.follow import AFTER_S, ANSWER_S, SECOND, STALE_S, Follow
from enerwise.guard.supervise import Sample
from enerwise.site.assets import Battery

BATTERY = Battery("battery", 10_000.0, 5000.0, 5000.0)


def seen(follow: Follow, power_w: float, start_s: float, end_s: float, age_s: float = 0.0) -> float:
    """Look each second at what it does; return when it was found wrong, infinite for never."""
    for at in range(int(start_s), int(end_s)):
        if follow.is_wrong({Key("battery", POWER_W): Sample(power_w, age_s)}, at * SECOND):
            return float(at)
    return math.inf


def told(value_w: float) -> Follow:
    follow = Follow(BATTERY)
    follow.told(value_w, 0)
    return follow


@pytest.mark.parametrize(("told_w", "does_w"), [(0.0, -600.0), (0.0, 600.0), (3000.0, 4000.0), (2000.0, -2000.0)])
def test_more_or_the_other_way_is_found_soon(told_w: float, does_w: float) -> None:
    assert ANSWER_S <= seen(told(told_w), does_w, 0, 60) <= ANSWER_S + AFTER_S + 2.0


@given(st.floats(-5000.0, 5000.0), st.floats(0.0, 1.0))
def test_less_than_it_was_told_is_no_fault(told_w: float, share: float) -> None:
    assert seen(told(told_w), told_w * share, 0, 60) == math.inf


def test_one_that_was_told_nothing_or_says_nothing_is_not_blamed() -> None:
    assert seen(Follow(BATTERY), 5000.0, 0, 60) == math.inf
    assert seen(told(0.0), 5000.0, 0, 60, age_s=STALE_S + 1.0) == math.inf
    assert seen(told(0.0), math.nan, 0, 60) == math.inf


def test_it_has_time_to_answer_and_is_right_again_when_it_does() -> None:
    follow = told(5000.0)
    assert seen(follow, 5000.0, 0, 20) == math.inf
    follow.told(0.0, 20 * SECOND)
    assert seen(follow, 5000.0, 20, 20 + int(ANSWER_S)) == math.inf
    assert seen(follow, 0.0, 26, 60) == math.inf
    assert seen(follow, -900.0, 60, 90) < math.inf
    assert not follow.is_wrong({Key("battery", POWER_W): Sample(0.0, 0.0)}, 95 * SECOND)
