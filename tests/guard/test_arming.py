"""Arming: each precondition violated alone and pairwise; all reasons at once, and none to be insisted away."""

import inspect
import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from enerwise.guard.arming import ArmingFacts, DeviceFacts, Precondition, cautions, refusals
from enerwise.guard.lifecycle import State
from enerwise.guard.trips import WHOLE_SITE, Trips
from tests.builders import NOON

from .supervision import Bench, a_watch, written

HIGH = "battery.cell_voltage_max_v"
TRIPPING = Bench(written(a_watch())).look({HIGH: 3.7}).findings
WARNING = Bench(written(a_watch(warn={"at": 3.6}))).look({HIGH: 3.7}).findings
TRIPPED = Trips().tripped(WHOLE_SITE, "smoke", NOON)


def a_device(**facts: Any) -> DeviceFacts:
    defaults = {
        "id": "inverter",
        "answers": True,
        "comms_loss_s": 5.0,
        "limits_w": {"charge limit": (5000.0, 5000.0), "discharge limit": (4600.0, 5000.0)},
        "signs_checked": True,
    }
    return DeviceFacts(**{**defaults, **facts})


def some_facts(**facts: Any) -> ArmingFacts:
    defaults = {
        "devices": (a_device(), a_device(id="roof", limits_w={})),
        "stop_inputs": {"stop": True},
        "watchdog_is_alive": True,
        "trips": Trips(),
        "findings": WARNING,
        "meter_age_s": 0.4,
        "meter_stale_s": 3.0,
        "heartbeat_age_s": 0.1,
        "state": State.IDLE,
    }
    return ArmingFacts(**{**defaults, **facts})


def of_device(facts: ArmingFacts, **changed: Any) -> ArmingFacts:
    first, *others = facts.devices
    return replace(facts, devices=(replace(first, **changed), *others))


BROKEN: Final[dict[Precondition, Callable[[ArmingFacts], ArmingFacts]]] = {
    Precondition.ANSWERS: lambda facts: of_device(facts, answers=False),
    Precondition.COMMS_LOSS: lambda facts: of_device(facts, comms_loss_s=math.nan),
    Precondition.LIMITS: lambda facts: of_device(facts, limits_w={"charge limit": (5001.5, 5000.0)}),
    Precondition.STOP_INPUT: lambda facts: replace(facts, stop_inputs={"stop": False, "door": True}),
    Precondition.WATCHDOG: lambda facts: replace(facts, watchdog_is_alive=False),
    Precondition.TRIPS: lambda facts: replace(facts, trips=TRIPPED),
    Precondition.FINDINGS: lambda facts: replace(facts, findings=TRIPPING),
    Precondition.METER: lambda facts: replace(facts, meter_age_s=3.1),
    Precondition.HEARTBEAT: lambda facts: replace(facts, heartbeat_age_s=0.6),
    Precondition.STATE: lambda facts: replace(facts, state=State.STOPPED),
}


def test_nothing_speaks_against_a_site_that_is_well() -> None:
    assert refusals(some_facts()) == ()


def test_table_of_violations_is_complete() -> None:
    assert set(BROKEN) == set(Precondition) - {Precondition.SIGNS, Precondition.DEVICE}


@pytest.mark.parametrize("which", BROKEN)
def test_each_violated_alone(which: Precondition) -> None:
    assert [each.precondition for each in refusals(BROKEN[which](some_facts()))] == [which]


@pytest.mark.parametrize("pair", list(itertools.combinations(BROKEN, 2)))
def test_each_pair_lists_both(pair: tuple[Precondition, Precondition]) -> None:
    facts = some_facts()
    for which in pair:
        facts = BROKEN[which](facts)
    assert {each.precondition for each in refusals(facts)} == set(pair)


def test_all_at_once_lists_all() -> None:
    facts = some_facts()
    for broken in BROKEN.values():
        facts = broken(facts)
    assert {each.precondition for each in refusals(facts)} == set(BROKEN)


def test_nothing_to_move_is_nothing_to_arm() -> None:
    assert [each.precondition for each in refusals(some_facts(devices=()))] == [Precondition.DEVICE]


@pytest.mark.parametrize("comms_loss_s", [1.9, 5.1, 0.0, -3.0, math.inf])
def test_comms_loss_must_be_neither_too_short_nor_too_long(comms_loss_s: float) -> None:
    (found,) = refusals(of_device(some_facts(), comms_loss_s=comms_loss_s))
    assert found.message == f"comms-loss time reads {comms_loss_s:g} s, must be 2 to 5 s"
    assert not refusals(of_device(some_facts(), comms_loss_s=2.0))


@pytest.mark.parametrize("limit_w", [math.nan, -1.0, 5001.1, math.inf])
def test_limit_that_is_unknown_or_larger_is_refused(limit_w: float) -> None:
    (found,) = refusals(of_device(some_facts(), limits_w={"charge limit": (limit_w, 5000.0)}))
    assert (found.precondition, found.subject) == (Precondition.LIMITS, "inverter")
    assert not refusals(of_device(some_facts(), limits_w={"charge limit": (5001.0, 5000.0)}))


@pytest.mark.parametrize("age_s", [math.nan, math.inf, -0.1])
def test_age_that_is_unknown_is_old(age_s: float) -> None:
    found = refusals(some_facts(meter_age_s=age_s, heartbeat_age_s=age_s))
    assert [each.precondition for each in found] == [Precondition.METER, Precondition.HEARTBEAT]


@pytest.mark.parametrize("state", [state for state in State if state is not State.IDLE])
def test_only_idle_can_be_armed(state: State) -> None:
    assert [each.precondition for each in refusals(some_facts(state=state))] == [Precondition.STATE]


@pytest.mark.parametrize("answer", [1, "yes", None])
def test_only_true_is_true(answer: Any) -> None:
    facts = of_device(some_facts(stop_inputs={"stop": answer}, watchdog_is_alive=answer), answers=answer)
    found = {each.precondition for each in refusals(facts)}
    assert found == {Precondition.STOP_INPUT, Precondition.WATCHDOG, Precondition.ANSWERS}
    assert len(cautions(of_device(facts, signs_checked=answer))) == 1


def test_age_at_the_limit_is_fresh() -> None:
    assert not refusals(some_facts(meter_age_s=3.0, heartbeat_age_s=0.5))
    assert not refusals(some_facts(meter_age_s=0.0, heartbeat_age_s=0.0))


def test_unchecked_signs_are_a_caution_and_no_refusal() -> None:
    facts = of_device(some_facts(), signs_checked=False)
    assert not refusals(facts)
    assert [(each.precondition, each.subject) for each in cautions(facts)] == [(Precondition.SIGNS, "inverter")]
    assert not cautions(some_facts())


def test_finding_that_is_over_is_no_reason() -> None:
    bench = Bench(written(a_watch()))
    bench.look({HIGH: 3.7}, t_s=0.0)
    ended = bench.look({HIGH: 3.3}, t_s=1.0).findings
    assert [each.is_active for each in ended] == [False]
    assert not refusals(some_facts(findings=ended))


def test_messages_say_what_where_and_which_limit() -> None:
    facts = of_device(
        some_facts(findings=TRIPPING, trips=TRIPPED, meter_age_s=12.44), limits_w={"charge limit": (7400.0, 5000.0)}
    )
    assert [(each.subject, each.message) for each in refusals(facts)] == [
        ("site", "last reading 12.44 s old, allowed 3 s"),
        ("*", "smoke: reset it, knowing the cause"),
        ("battery", "high battery.cell_voltage_max_v: 3.7 v is beyond 3.65"),
        ("inverter", "charge limit reads 7400 W, the site allows 5000 W"),
    ]


def test_unsaid_is_not_met() -> None:
    device = DeviceFacts(id="inverter", limits_w={})
    found = [each.precondition for each in refusals(some_facts(devices=(device,)))]
    assert found == [Precondition.ANSWERS, Precondition.COMMS_LOSS]
    assert cautions(some_facts(devices=(device,)))


def test_limit_of_nothing_is_a_limit() -> None:
    assert not refusals(of_device(some_facts(), limits_w={"charge limit": (0.0, 5000.0)}))


def test_nobody_can_insist() -> None:
    assert list(inspect.signature(refusals).parameters) == ["facts"]
    named = {*ArmingFacts.__dataclass_fields__, *DeviceFacts.__dataclass_fields__}
    assert not [each for each in named if "force" in each or "skip" in each or "override" in each]
