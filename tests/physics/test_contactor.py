"""The twin of a string with contactors: energy and charge balance, closed forms, and contacts that misbehave."""

import math
from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.series import Key
from enerwise.physics.contactor import ALL_OPEN, CONTACTS, StringFacts, StringFlow, StringState, sensors, step

AT_ONCE = StringFacts(travel_s=0.0)
PACK_V = 400.0
MAINS = ("minus", "plus")
CHARGES = ("minus", "precharge")
FACTS = st.builds(
    StringFacts,
    inner_ohm=st.floats(0.01, 1.0),
    precharge_ohm=st.floats(5.0, 200.0),
    bus_farad=st.floats(1e-4, 1e-2),
    bleed_ohm=st.floats(100.0, 1e5),
    travel_s=st.sampled_from([0.0, 0.02]),
    weld_a=st.just(1e9),
)


def run(
    facts: StringFacts,
    state: StringState,
    coils: Collection[str],
    seconds: float,
    *,
    step_s: float = 0.01,
    **more: Any,
) -> tuple[StringState, list[StringFlow]]:
    flows = []
    for _ in range(round(seconds / step_s)):
        state, flow = step(facts, state, coils, pack_v=PACK_V, step_s=step_s, **more)
        flows.append(flow)
    return state, flows


@given(
    FACTS,
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(CONTACTS)),
            st.floats(1e-4, 0.5),
            st.floats(-50.0, 50.0),
            st.one_of(st.floats(1.0, 1e4), st.just(math.inf)),
        ),
        min_size=1,
        max_size=20,
    ),
)
def test_energy_and_charge_balance(facts: StringFacts, looks: list[tuple[set[str], float, float, float]]) -> None:
    """What the battery gives and the inverter feeds is heat or is stored, whatever is switched."""
    state = StringState()
    for coils, step_s, inverter_a, load_ohm in looks:
        before_v = state.bus_v
        state, flow = step(facts, state, coils, pack_v=PACK_V, step_s=step_s, inverter_a=inverter_a, load_ohm=load_ohm)
        gone_j = flow.resistor_j + flow.inner_j + flow.load_j + flow.stored_j
        size_j = abs(flow.given_j) + abs(flow.fed_j) + abs(flow.stored_j) + 1.0
        assert flow.given_j + flow.fed_j == pytest.approx(gone_j, abs=1e-9 * size_j)
        assert min(flow.resistor_j, flow.inner_j, flow.load_j) >= -1e-9 * size_j
        assert flow.stored_j == pytest.approx(facts.bus_farad / 2 * (state.bus_v**2 - before_v**2), abs=1e-9 * size_j)
        assert -PACK_V * flow.charge_as == pytest.approx(flow.given_j)


def test_bus_charges_through_the_resistor_as_in_the_textbook() -> None:
    """V = E (1 - exp(-t / RC)) without a bleed worth mentioning; half of what is given becomes heat."""
    facts = StringFacts(travel_s=0.0, bleed_ohm=1e12, inner_ohm=0.5, precharge_ohm=49.5)
    state, flows = run(facts, StringState(), CHARGES, 0.1)
    assert state.bus_v == pytest.approx(PACK_V * (1 - math.exp(-1.0)), rel=1e-9)
    assert flows[0].current_a == pytest.approx(-PACK_V / 50.0 * math.exp(-0.1), rel=1e-9)
    state, more = run(facts, state, CHARGES, 2.0)
    heat_j = sum(each.resistor_j + each.inner_j for each in flows + more)
    assert heat_j == pytest.approx(facts.bus_farad / 2 * PACK_V**2, rel=1e-6)
    assert sum(each.charge_as for each in flows + more) == pytest.approx(-facts.bus_farad * PACK_V, rel=1e-6)


@given(FACTS, st.sampled_from([(), MAINS, CHARGES, CONTACTS]), st.integers(2, 50), st.floats(-20.0, 20.0))
def test_many_short_steps_are_one_long_one(
    facts: StringFacts, closed: tuple[str, ...], count: int, inverter_a: float
) -> None:
    begin = StringState(bus_v=150.0, is_closed={each: each in closed for each in CONTACTS})
    once, flow = step(facts, begin, closed, pack_v=PACK_V, step_s=0.2, inverter_a=inverter_a)
    many, flows = run(facts, begin, closed, 0.2, step_s=0.2 / count, inverter_a=inverter_a)
    assert many.bus_v == pytest.approx(once.bus_v, rel=1e-9)
    assert sum(each.charge_as for each in flows) == pytest.approx(flow.charge_as, rel=1e-6, abs=1e-9)
    assert sum(each.load_j for each in flows) == pytest.approx(flow.load_j, rel=1e-6, abs=1e-9)


def test_no_current_flows_without_a_way() -> None:
    for coils in ((), ("minus",), ("plus",), ("precharge",), ("precharge", "plus")):
        state, flow = step(AT_ONCE, StringState(bus_v=100.0), coils, pack_v=PACK_V, step_s=0.1, inverter_a=10.0)
        assert (flow.current_a, flow.charge_as, flow.given_j, flow.fed_j) == (0.0, 0.0, 0.0, 0.0)
        assert state.bus_v == pytest.approx(100.0 * math.exp(-0.1 / 4.0))


def test_contact_follows_its_coil_after_its_travel() -> None:
    seen, state = [], StringState()
    for coils in [("minus",)] * 4 + [()] * 4:
        state, _ = step(StringFacts(), state, coils, pack_v=PACK_V, step_s=0.01)
        seen.append(state.is_closed["minus"])
    assert seen == [False, False, True, True, True, True, False, False]


def test_short_pulse_moves_nothing() -> None:
    state, _ = run(StringFacts(), StringState(), ("minus",), 0.02)
    state, _ = run(StringFacts(), state, (), 0.01)
    state, _ = run(StringFacts(), state, ("minus",), 0.02)
    assert not state.is_closed["minus"]


def test_plus_on_a_dead_bus_welds_and_on_a_charged_one_does_not() -> None:
    dead, _ = run(AT_ONCE, StringState(is_closed={**ALL_OPEN, "minus": True}), MAINS, 0.01)
    assert dead.is_welded == {"minus": False, "precharge": False, "plus": True}
    dead, _ = run(AT_ONCE, dead, (), 0.1)
    assert dead.is_closed["plus"]
    charged, _ = run(AT_ONCE, StringState(bus_v=0.95 * PACK_V, is_closed={**ALL_OPEN, "minus": True}), MAINS, 0.01)
    assert charged.is_welded == ALL_OPEN


def test_contact_welds_where_somebody_says_so_and_only_while_closed() -> None:
    state, _ = step(AT_ONCE, StringState(), (), pack_v=PACK_V, step_s=0.01, welded=("minus",))
    assert not state.is_welded["minus"]
    state, _ = step(AT_ONCE, state, ("minus",), pack_v=PACK_V, step_s=0.01, welded=("minus",))
    state, _ = run(AT_ONCE, state, (), 0.1)
    assert state.is_closed["minus"]


def test_breaking_a_current_is_remembered() -> None:
    closed = StringState(bus_v=PACK_V, is_closed={each: each in MAINS for each in CONTACTS})
    state, flows = run(AT_ONCE, closed, MAINS, 0.1, inverter_a=30.0)
    assert flows[-1].current_a == pytest.approx(30.0, abs=0.5)
    state, _ = run(AT_ONCE, state, ("minus",), 0.01, inverter_a=30.0)
    assert state.broken_max_a == pytest.approx(30.0, abs=0.5)


def test_sensors_show_contacts_unless_they_stick() -> None:
    state = StringState(bus_v=380.0, is_closed={each: each in MAINS for each in CONTACTS})
    seen = sensors(AT_ONCE, state, pack_v=PACK_V, current_a=20.0, stuck={"plus": False, "precharge": True})
    assert seen == {
        Key("minus", "is_closed"): 1.0,
        Key("precharge", "is_closed"): 1.0,
        Key("plus", "is_closed"): 0.0,
        Key("battery", "pack_voltage_v"): pytest.approx(402.0),
        Key("battery", "bus_voltage_v"): 380.0,
        Key("battery", "current_a"): 20.0,
    }


@pytest.mark.parametrize(
    "facts", [{"inner_ohm": 0.0}, {"bus_farad": math.inf}, {"bleed_ohm": math.nan}, {"travel_s": -1.0}]
)
def test_string_that_cannot_be_is_refused(facts: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no string is made of"):
        StringFacts(**facts)
