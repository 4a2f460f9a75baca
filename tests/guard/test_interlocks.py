"""Interlocks: every combination of what is measured, against a specification written here and by hand."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.series import Key
from enerwise.guard.interlocks import missing, truths
from enerwise.guard.supervise import Watched

from .strategies import ANY_NUMBER
from .supervision import Bench, shipped, table, written

RULES = shipped("interlocks.toml")
NAMES = tuple(each.id for each in RULES.inputs)


def specified(action: str, is_so: dict[str, bool]) -> bool:
    """What must hold, said once more in words of its own."""
    if not is_so["stop-released"]:
        return False
    if not is_so["door-shut"] or not is_so["no-smoke"] or not is_so["insulated"]:
        return False
    match action:
        case "close-minus":
            return is_so["contactor-open"] and is_so["bus-dead"]
        case "close-precharge":
            return is_so["contactor-open"]
        case "close-main":
            return is_so["pre-charged"] and is_so["battery-live"] and is_so["contactor-open"]
        case "move":
            return is_so["contactor-closed"] and is_so["breaker-closed"]
        case _:
            raise AssertionError(action)


def test_every_combination_of_truths_equals_the_specification() -> None:
    """All 2^10 of them, for each of four actions."""
    assert len(NAMES) == 10
    assert [each.id for each in RULES.actions] == ["close-minus", "close-precharge", "close-main", "move"]
    for combination in itertools.product([False, True], repeat=len(NAMES)):
        is_so = dict(zip(NAMES, combination, strict=True))
        for action, lacks in missing(RULES.actions, is_so).items():
            assert (not lacks) is specified(action, is_so), (action, is_so)
            assert all(not is_so[each] for each in lacks)


GOOD_AND_BAD = {
    "stop.is_closed": (1.0, 0.0),
    "door.is_closed": (1.0, 0.0),
    "smoke.alarm_code": (0.0, 1.0),
    "breaker.is_closed": (1.0, 0.0),
    "battery.insulation_ohm": (1e6, 4e5),
    "battery.is_closed": (1.0, 0.0),
    "battery.bus_voltage_v": (380.0, 10.0),
    "battery.pack_voltage_v": (384.0, 1.0),
}
UNKNOWN = math.nan


def allowed(watched: Watched, measured: frozenset[Key]) -> dict[str, bool]:
    found = truths(RULES.inputs, "battery", watched.value, measured)
    return {action: not lacks for action, lacks in missing(RULES.actions, found).items()}


def test_every_combination_of_measurements_through_one_look() -> None:
    """Good, bad and unknown of each of eight channels: 3^8 combinations, from the wire to the answer."""
    measured = frozenset(Key.parse(each) for each in GOOD_AND_BAD)
    bench = Bench(RULES)
    main_count = 0
    for t_s, values in enumerate(itertools.product(*((*pair, UNKNOWN) for pair in GOOD_AND_BAD.values()))):
        seen = dict(zip(GOOD_AND_BAD, values, strict=True))
        found = allowed(bench.look(seen, t_s=100.0 * t_s), measured)
        stop, door, smoke, breaker, ohm, closed, bus_v, pack_v = values
        is_well = (stop, door, smoke, ohm) == (1.0, 1.0, 0.0, 1e6)
        assert found == {
            "close-minus": is_well and closed == 0.0 and bus_v == 10.0,
            "close-precharge": is_well and closed == 0.0,
            "close-main": is_well and closed == 0.0 and bus_v == 380.0 and pack_v == 384.0,
            "move": is_well and closed == 1.0 and breaker == 1.0,
        }
        main_count += found["close-main"]
    assert main_count == 3  # the breaker does not matter


@given(
    st.dictionaries(st.sampled_from([*NAMES, "nonsense"]), st.one_of(st.booleans(), ANY_NUMBER, st.none(), st.text()))
)
def test_evaluation_is_total_and_only_true_is_true(true: dict[str, object]) -> None:
    for action, lacks in missing(RULES.actions, true).items():
        needs = next(each.needs for each in RULES.actions if each.id == action)
        assert set(lacks) == {each for each in needs if true.get(each) is not True}


@given(ANY_NUMBER, ANY_NUMBER)
def test_main_never_closes_before_the_bus_is_charged(bus_v: float, pack_v: float) -> None:
    values = {name: pair[0] for name, pair in GOOD_AND_BAD.items()}
    values |= {"battery.is_closed": 0.0, "battery.bus_voltage_v": bus_v, "battery.pack_voltage_v": pack_v}
    watched = Bench(RULES).look(values)
    if allowed(watched, frozenset())["close-main"]:
        assert pack_v > 20.0
        assert bus_v >= 0.95 * pack_v


def test_optional_input_that_nobody_measures_is_no_obstacle_and_a_silent_one_is() -> None:
    values = {name: pair[0] for name, pair in GOOD_AND_BAD.items() if not name.startswith(("door", "smoke", "breaker"))}
    watched = Bench(RULES).look(values)
    assert allowed(watched, frozenset())["move"]
    assert not allowed(watched, frozenset({Key("door", "is_closed")}))["move"]


def test_channel_of_another_battery_is_not_taken_for_this_one() -> None:
    rules = written(table("input", id="open", channel="is_closed", side="below", at=0.5))
    watched = Bench(rules).look({"battery.is_closed": 0.0})
    assert truths(rules.inputs, "battery", watched.value, ()) == {"open": True}
    assert truths(rules.inputs, "garage", watched.value, ()) == {"open": False}


@pytest.mark.parametrize(
    ("side", "value", "is_true"),
    [
        ("above", 0.6, True),
        ("above", 0.5, False),
        ("below", 0.4, True),
        ("below", 0.5, False),
        ("beyond", -0.6, True),
        ("beyond", -0.5, False),
        ("within", -0.4, True),
        ("within", 0.5, False),
    ],
)
def test_sides_of_an_input(side: str, value: float, is_true: bool) -> None:
    rules = written(table("input", id="so", channel="battery.current_a", side=side, at=0.5))
    watched = Bench(rules).look({"battery.current_a": value})
    assert truths(rules.inputs, "battery", watched.value, ()) == {"so": is_true}
    assert truths(rules.inputs, "battery", Bench(rules).look({}).value, ()) == {"so": False}
