"""The guard of one site: from a wish to a permit that opens once, and never past a trip."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.time import elapsed_s
from enerwise.guard.envelope import Rule
from enerwise.guard.guard import Guard
from enerwise.guard.judge import Outcome
from enerwise.guard.lifecycle import Signal, State
from enerwise.guard.permit import Check, Checker
from enerwise.guard.trips import WHOLE_SITE, ResetRefusal, Trips
from tests.builders import NOON, a_site

from .builders import KEY, a_guard, a_wish, an_observed
from .strategies import ANY_NUMBER

SECOND = np.timedelta64(1000, "ms")


def test_wish_becomes_a_permit_that_opens_once() -> None:
    guard, checker = a_guard(), Checker(KEY)
    battery, roof = guard.judge([a_wish(value=7400.0)], an_observed(), NOON)
    assert (battery.outcome, battery.value) == (Outcome.CUT, 5000.0)
    permit = guard.permit(battery, NOON, valid_s=30.0)
    assert permit is not None
    assert (permit.asset, permit.quantity, permit.value) == ("battery", "power_w", 5000.0)
    assert permit.valid_until == NOON + 30 * SECOND
    assert [checker.check(permit, NOON), checker.check(permit, NOON)] == [Check.OPENS, Check.USED]
    assert roof.rule is Rule.NO_WISH


def test_every_asset_gets_a_permit_and_a_stray_wish_none() -> None:
    guard = a_guard()
    verdicts = guard.judge([a_wish("garage")], an_observed(), NOON)
    permits = guard.permits(verdicts, NOON, valid_s=30.0)
    assert [each.asset for each in permits] == list(guard.assets) == ["battery", "roof"]
    assert len({each.nonce for each in permits}) == 2


def test_only_what_was_judged_last_is_sealed() -> None:
    guard = a_guard()
    (old, *_) = guard.judge([a_wish()], an_observed(), NOON)
    guard.judge([a_wish()], an_observed(), NOON)
    with pytest.raises(ValueError, match="last judgement"):
        guard.permit(old, NOON, valid_s=30.0)


@pytest.mark.parametrize("valid_s", [0.0, -1.0, 86_401.0, float("nan")])
def test_permit_is_valid_for_up_to_a_day(valid_s: float) -> None:
    guard = a_guard()
    (verdict, *_) = guard.judge([a_wish()], an_observed(), NOON)
    with pytest.raises(ValueError, match="up to a day"):
        guard.permit(verdict, NOON, valid_s=valid_s)


def test_nothing_moves_before_start() -> None:
    guard = a_guard(is_running=False)
    assert guard.state is State.BOOT
    verdicts = guard.judge([a_wish(), a_wish("roof", -1000.0)], an_observed(), NOON)
    assert {(each.outcome, each.value) for each in verdicts} == {(Outcome.REFUSED, 0.0)}


def test_signal_that_is_not_listed_is_refused() -> None:
    guard = a_guard(is_running=False)
    assert not guard.signal(Signal.START)
    assert guard.state is State.BOOT


def test_tripped_asset_rests_until_a_person_resets_it() -> None:
    guard = a_guard()
    guard.trip("battery", "too hot", NOON)
    assert guard.state is State.RUNNING
    assert not guard.envelope(an_observed(), NOON).assets["battery"].may_move
    assert guard.reset("battery", "too hot", person="Ada", now=NOON) is ResetRefusal.ACTIVE
    guard.calm("battery", "too hot")
    assert guard.reset("battery", "too hot", person="Ada", now=NOON) is None
    assert guard.envelope(an_observed(), NOON).assets["battery"].may_move


def test_trip_of_the_site_stops_everything_until_both_resets() -> None:
    guard = a_guard()
    guard.trip(WHOLE_SITE, "smoke", NOON)
    assert guard.state is State.ERROR
    guard.calm(WHOLE_SITE, "smoke")
    assert not guard.signal(Signal.RESET_BY_PERSON)
    assert guard.reset(WHOLE_SITE, "smoke", person="Ada", now=NOON) is None
    assert guard.signal(Signal.RESET_BY_PERSON)
    assert guard.signal(Signal.START)


def test_trips_survive_a_restart() -> None:
    before = a_guard()
    before.trip(WHOLE_SITE, "smoke", NOON)
    after = a_guard(trips=Trips.from_bytes(before.trips.to_bytes(), NOON))
    assert after.state is State.IDLE


@pytest.mark.parametrize("stale_after_s", [0.0, -1.0, float("nan")])
def test_data_must_be_allowed_some_age(stale_after_s: float) -> None:
    with pytest.raises(ValueError, match="stale_after_s"):
        Guard(a_site(), KEY, stale_after_s=stale_after_s)


def test_key_is_never_shown() -> None:
    guard = a_guard()
    assert KEY.decode() not in repr(guard)
    with pytest.raises(ValueError, match="16 to 64 bytes"):
        Guard(a_site(), b"short")


@given(ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, ANY_NUMBER)
def test_whatever_is_wished_and_seen_the_permit_stays_within_the_hard_limits(
    value: float, energy_wh: float, others_w: float, available_w: float
) -> None:
    guard = a_guard()
    observed = an_observed(energy_wh=energy_wh, others_w=others_w, available_w=available_w)
    verdicts = guard.judge([a_wish(value=value), a_wish("roof", value)], observed, NOON)
    battery, roof = guard.permits(verdicts, NOON, valid_s=1.0)
    assert -5000.0 <= battery.value <= 5000.0
    assert -6000.0 <= roof.value <= 0.0


@given(st.lists(st.sampled_from(Signal), max_size=20))
def test_lifecycle_never_runs_while_the_site_is_tripped(signals: list[Signal]) -> None:
    guard = a_guard()
    guard.trip(WHOLE_SITE, "smoke", NOON)
    for signal in signals:
        guard.signal(signal)
        assert guard.state is not State.RUNNING


def test_turn_of_two_assets_is_far_below_a_millisecond() -> None:
    """Median of many turns, so that a busy machine does not decide; about 0.16 ms on one core."""
    guard, wishes, observed = a_guard(), [a_wish(), a_wish("roof", -6000.0)], an_observed()
    spent = []
    for _ in range(200):
        begun = elapsed_s()
        guard.envelope(observed, NOON)
        guard.permits(guard.judge(wishes, observed, NOON), NOON, valid_s=30.0)
        spent.append(elapsed_s() - begun)
    assert sorted(spent)[100] < 1e-3


@given(asked_w=ANY_NUMBER, wished_w=ANY_NUMBER)
def test_what_somebody_asks_for_never_widens_the_connection(asked_w: float, wished_w: float) -> None:
    """Whatever is asked for, and whatever that is: everything together stays below both limits."""
    free, guard = a_guard(), a_guard()
    guard.import_limit_w = asked_w
    observed = an_observed()
    plain, asked = free.envelope(observed, NOON), guard.envelope(observed, NOON)
    assert asked.row_upper_w <= plain.row_upper_w and asked.row_lower_w == plain.row_lower_w
    assert asked.row_upper_w == (min(asked_w, plain.row_upper_w) if asked_w >= 0 else plain.row_upper_w)
    verdicts = guard.judge([a_wish(value=wished_w)], observed, NOON)
    battery, roof = verdicts
    sun_w = observed.others_w + max(roof.value, observed.assets["roof"].available_w)
    assert battery.value + sun_w <= max(asked.row_upper_w, sun_w) + 1e-6
