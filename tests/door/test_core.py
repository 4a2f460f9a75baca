"""What the door decides: the guard's word and nothing else reaches a machine."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.quantity import ENERGY_WH, POWER_W
from enerwise.core.series import Key
from enerwise.devices.mailbox import Message
from enerwise.door.core import REFLEX_S, Core
from enerwise.door.setup import GatewayPlace
from enerwise.guard import Check, Checker, State, Trips
from enerwise.guard.permit import Permit, seal
from enerwise.guard.trips import WHOLE_SITE
from enerwise.serve.rules import watched_rules
from enerwise.site.site import GRID
from enerwise.site.wiring import OCPP, Device
from tests.builders import a_battery, a_load, a_site
from tests.door.builders import (
    ASK_KEY,
    DOOR_KEY,
    REFLEX_KEY,
    SECOND,
    START,
    a_core,
    a_message,
    a_picture,
    a_setup,
    a_wish,
)

BOTH = ("battery", "roof")
GRID_W = Key(GRID, POWER_W)
LATER_NS = 100 * SECOND


def sent(core: Core, now_ns: int = 0) -> dict[str, float]:
    """What devices would be told now; every permit must open at the door's own checker."""
    permits = core.decide(now_ns, BOTH)
    checker = Checker(DOOR_KEY)
    assert all(checker.check(each, core.clock.at(now_ns)) is Check.OPENS for each in permits)
    return {each.asset: each.value for each in permits}


def test_a_wish_of_the_site_process_is_judged_and_sent() -> None:
    core = a_core()
    assert core.hear(a_message(a_wish(1200.0)), 0)
    assert sent(core) == {"battery": 1200.0}
    assert core.answers["battery"].outcome == "granted"


def a_core_with_a_car(*, told_s_ago: float) -> Core:
    """Only the connection is metered; 8 kW flow in, 3.7 kW of them into the car when its charger told of it."""
    charger = Device("chargers", OCPP, "127.0.0.1:9000", serves={"CP-1": "car"})
    place = GatewayPlace(Path("nowhere"), 2.0, frozenset({"car"}))
    site = a_site(a_battery(), a_load(), a_load("car", switch_power_w=3700.0), devices=[charger])
    core = a_core(site, devices=site.devices, gateways={"chargers": place})
    core.live.clear()
    for key, value in {Key("battery", ENERGY_WH): 6750.0, Key("battery", POWER_W): 0.0, GRID_W: 8000.0}.items():
        core.sample(key, value, LATER_NS)
    core.sample(Key("car", POWER_W), 3700.0, LATER_NS - int(told_s_ago * SECOND))
    wishes = a_wish(1000.0, at_ns=LATER_NS), a_wish(3700.0, nonce=2, asset="car", at_ns=LATER_NS)
    core.hear(a_message(*wishes, at_ns=LATER_NS), LATER_NS)
    return core


def test_a_charger_that_tells_in_its_own_time_is_taken_at_its_word() -> None:
    core = a_core_with_a_car(told_s_ago=12.0)
    told = {each.asset: each for each in core.decide(LATER_NS, ("battery", "car"))}
    assert {asset: each.value for asset, each in told.items()} == {"battery": 1000.0, "car": 3700.0}
    # A charger keeps what it was told for longer than a register that is written every second.
    assert told["car"].valid_until - told["battery"].valid_until == np.timedelta64(3, "s")


def test_a_charger_that_was_told_less_since_is_not_believed_any_more() -> None:
    """It has obeyed and says so only later: its last word must not hide what the home takes."""
    core = a_core_with_a_car(told_s_ago=0.0)
    core.decide(LATER_NS, ("battery", "car"))
    now_ns = LATER_NS + 5 * SECOND
    for key, value in {Key("battery", ENERGY_WH): 6750.0, Key("battery", POWER_W): 0.0, GRID_W: 8000.0}.items():
        core.sample(key, value, now_ns)
    # The car is off: all 8 kW are the home's, and only 1 kW is left.
    core.hear(a_message(a_wish(4000.0, nonce=9, at_ns=now_ns), sequence=5, at_ns=now_ns), now_ns)
    core.decide(now_ns, ("battery", "car"))
    told = {each.asset: each.value for each in core.decide(now_ns, ("battery", "car"))}
    assert told["battery"] == 1000.0


def test_what_a_silent_charger_may_take_is_kept_free_and_the_rest_goes_on() -> None:
    core = a_core_with_a_car(told_s_ago=60.0)
    told = {each.asset: each.value for each in core.decide(LATER_NS, ("battery", "car"))}
    assert told == {"battery": 1000.0, "car": 0.0}


def test_what_nobody_wishes_for_is_not_written_at_all() -> None:
    assert sent(a_core()) == {}


def test_what_has_been_moved_is_told_to_rest_when_nobody_wishes_any_more() -> None:
    core = a_core()
    core.hear(a_message(a_wish(1200.0, valid_s=1.0)), 0)
    assert sent(core) == {"battery": 1200.0}
    assert sent(core, 2 * SECOND) == {"battery": 0.0}


def test_a_wish_beyond_the_limit_is_cut_by_the_doors_own_judge() -> None:
    core = a_core()
    core.hear(a_message(a_wish(1e6)), 0)
    assert sent(core) == {"battery": 5000.0}
    assert core.answers["battery"].outcome == "cut"


@pytest.mark.parametrize("value", [math.inf, -math.inf, 2.0**31, -1e308, 5e-324])
def test_no_value_leaves_the_envelope(value: float) -> None:
    core = a_core()
    permit = a_wish(0.0)
    core.hear(a_message(Permit(permit.asset, POWER_W, value, permit.valid_until, 1, permit.seal)), 0)
    assert sent(core) == {}, "an altered permit opens nothing"
    assert core.answers["battery"].check == str(Check.ALTERED)


@given(st.lists(st.tuples(st.sampled_from(["battery", "roof", "home", "nobody"]), st.floats(-1e9, 1e9)), max_size=6))
def test_whatever_is_wished_stays_within_the_limits(wishes: list[tuple[str, float]]) -> None:
    core = a_core()
    permits = [a_wish(value, asset=asset, nonce=at + 1) for at, (asset, value) in enumerate(wishes)]
    core.hear(a_message(*permits), 0)
    values = sent(core)
    assert set(values) <= set(BOTH)
    assert -5000.0 <= values.get("battery", 0.0) <= 5000.0
    assert -6000.0 <= values.get("roof", 0.0) <= 0.0


@given(st.binary(max_size=300))
def test_garbage_in_the_mailbox_moves_nothing(garbage: bytes) -> None:
    core = a_core()
    core.hear(Message(1, 0, SECOND, garbage), 0)
    assert sent(core) == {}


def test_an_old_message_and_one_seen_before_are_no_news() -> None:
    core = a_core()
    message = a_message(a_wish(1000.0), sequence=5)
    assert not core.hear(message, 20 * SECOND), "expired"
    assert core.hear(message, SECOND)
    assert not core.hear(message, SECOND), "seen"
    assert not core.hear(a_message(a_wish(2000.0, nonce=2), sequence=4), SECOND), "older than the last"


def test_a_permit_opens_once() -> None:
    core = a_core()
    permit = a_wish(1000.0)
    core.hear(a_message(permit), 0)
    core.hear(a_message(permit, sequence=2), 0)
    assert core.answers["battery"].check == str(Check.USED)
    assert sent(core) == {}


def test_a_stop_brings_all_that_was_moved_to_rest_and_hears_no_wish() -> None:
    core = a_core()
    core.hear(a_message(a_wish(3000.0)), 0)
    sent(core)
    assert core.stop("pressed", "Ada")
    core.hear(a_message(a_wish(3000.0, nonce=2), sequence=2), 0)
    assert sent(core) == {"battery": 0.0}
    assert core.state is State.STOPPED
    assert not core.stop("pressed again"), "a second stop is no news"


def test_a_stop_is_reset_by_a_person_who_acknowledges_its_cause() -> None:
    core = a_core()
    core.stop("pressed")
    assert "name" in core.reset("", "pressed", None, 0)
    assert "pressed" in core.reset("Ada", "something else", None, 0)
    assert core.reset("Ada", "pressed", None, 0) == ""
    assert core.state is State.IDLE, "a reset never starts anything"


def test_reasons_against_a_start_are_all_told_and_none_can_be_skipped() -> None:
    core = a_core(runs=False)
    assert core.start(("meter silent", "no watchdog")) == ("meter silent", "no watchdog")
    assert core.state is State.IDLE
    assert core.start(()) == ()
    assert core.start(()) == ("the door is running, not idle",)


def test_a_trip_of_the_whole_site_stops_it_and_survives_a_restart() -> None:
    core = a_core()
    core.trip(WHOLE_SITE, "insulation", 0)
    assert core.state is State.ERROR
    again = a_core(runs=False, trips_blob=core.guard.trips.to_bytes())
    assert again.start(()) == ("the door is error, not idle",)
    again.calm(WHOLE_SITE, "insulation")
    assert again.reset("Ada", "insulation", WHOLE_SITE, 0) == ""
    assert "10 s" in again.reset("Ada", again.why, None, 9 * SECOND), "resets are ten seconds apart"
    assert again.reset("Ada", again.why, None, 10 * SECOND) == ""
    assert again.state is State.IDLE


def test_a_damaged_memory_of_trips_trips_the_site() -> None:
    core = a_core(runs=False, trips_blob=Trips().to_bytes()[:-1])
    assert core.state is State.ERROR


def test_a_trip_of_one_asset_holds_only_that() -> None:
    core = a_core()
    core.trip("battery", "too hot", 0)
    core.hear(a_message(a_wish(3000.0), a_wish(-1000.0, nonce=2, asset="roof")), 0)
    values = sent(core)
    assert values == {"battery": 0.0, "roof": -1000.0}
    assert core.answers["battery"].rule == "tripped"


def test_a_door_that_did_not_end_in_order_comes_up_stopped() -> None:
    core = a_core(runs=False, starts_stopped="ended without a goodbye")
    assert core.state is State.STOPPED
    assert core.why == "ended without a goodbye"


def test_a_door_that_is_born_again_hours_after_the_box_has_not_overslept() -> None:
    site = a_site()
    core = Core(replace(a_setup(site), rules=watched_rules(site, ())))
    core.start(())
    for at in range(3):
        core.supervise((7200 + at) * SECOND)
    assert core.guard.trips.latched == ()


def test_old_values_close_the_battery() -> None:
    core = a_core(stale_after_s=3.0)
    core.hear(a_message(a_wish(3000.0, valid_s=60.0)), 0)
    assert sent(core, 2 * SECOND) == {"battery": 3000.0}
    assert sent(core, 4 * SECOND) == {"battery": 0.0}


def test_values_that_claim_to_be_from_the_future_are_from_now() -> None:
    core = a_core()
    core.hear(a_message(live={Key("home", POWER_W): (700.0, 10**18)}, at_ns=SECOND), SECOND)
    assert core.ages_s(2 * SECOND)[Key("home", POWER_W)] == 1.0


def test_reflexes_know_only_safe_values_and_are_ready_beforehand() -> None:
    core = a_core()
    core.hear(a_message(a_wish(3000.0)), 0)
    sent(core)
    reflexes = core.reflexes(0)
    assert {each.asset: each.value for each in reflexes} == {"battery": 0.0, "roof": 0.0}
    checker = Checker(REFLEX_KEY)
    later = START + np.timedelta64(int(REFLEX_S * 1000) - 1, "ms")
    assert all(checker.check(each, later) is Check.OPENS for each in reflexes)


def test_a_permit_of_the_site_process_opens_no_device() -> None:
    permit = a_wish(1000.0)
    assert Checker(DOOR_KEY).check(permit, START) is Check.ALTERED


def test_everything_that_matters_is_told_to_the_audit() -> None:
    core = a_core()
    core.hear(a_message(a_wish(1e6)), 0)
    sent(core)
    core.stop("pressed", "Ada")
    core.reset("", "pressed", None, 0)
    core.reset("Ada", "pressed", None, 0)
    kinds = [each["kind"] for each in core.news]
    assert {"start", "lifecycle", "decision", "stop", "refused reset", "reset"} <= set(kinds)


def test_answers_name_what_became_of_each_permit() -> None:
    core = a_core()
    bad = seal(b"another key, quite wrong".ljust(32), asset="roof", quantity=POWER_W, value=-1.0,
               valid_until=START + np.timedelta64(9, "s"), nonce=7)  # fmt: skip
    core.hear(a_message(a_wish(800.0), bad), 0)
    sent(core)
    rows: dict[str, Any] = {asset: (each.check, each.outcome) for asset, each in core.answers.items()}
    assert rows == {"battery": ("opens", "granted"), "roof": ("altered", "")}
    assert ASK_KEY != DOOR_KEY
    assert a_picture(0)
