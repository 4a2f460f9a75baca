"""What holds after any calls in any order: the contract does what the model does, and its sums stay.

Calls are drawn from few slots, holders and amounts, so that many of them meet; about half of them are refused.
"""

from typing import Any, Final

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from ...peers.evm import Reverted
from .model import Model, No
from .rigs import HOLDERS, OTHER_SLOT, RIGS, SLOT, Rig

SLOTS: Final = (SLOT, OTHER_SLOT)
NEXT: Final = -1
"""Stands for the number of the batch that comes next."""
Step = tuple[str, tuple[Any, ...], str]

slots = st.sampled_from(SLOTS)
holders = st.sampled_from(HOLDERS)
amounts = st.integers(0, 40) | st.sampled_from([2**63, 2**64 - 1])
numbers = st.integers(0, 2)
signed = st.integers(-20, 20)


@st.composite
def rows(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Rows that mostly sum to zero: pairs of whom energy goes one way and units the other."""
    made = []
    for energy, units in draw(st.lists(st.tuples(signed, signed), max_size=3)):
        made += [(draw(holders), -energy, -units), (draw(holders), energy, units)]
    return made + draw(st.lists(st.tuples(holders, signed, signed), max_size=1) if draw(st.booleans()) else st.just([]))


def step(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(name), st.tuples(*arguments), holders)


small = st.integers(0, 12)
sales = st.builds(
    lambda seller, buyer, energy, units: [(seller, -energy, -units), (buyer, energy, units)],
    st.sampled_from(HOLDERS[:2]), st.sampled_from(HOLDERS[2:]), small, small,
)  # fmt: skip
grants = st.lists(st.tuples(holders, amounts), max_size=3)
sale = step("settle", st.just(SLOT), st.just(NEXT), sales, st.sampled_from([False, False, True]))
steps = st.one_of(
    sale,
    sale,
    step("open_slot", slots, st.integers(0, 50)),
    step("issue", slots, numbers, grants),
    step("credit", holders, amounts),
    step("hold", slots, amounts),
    step("settle", slots, numbers, rows(), st.booleans()),
    step("release", slots, holders),
    step("give_back", amounts),
    step("pass_time", st.integers(0, 30)),
)
starts = st.just(
    [
        ("open_slot", (SLOT, 100), HOLDERS[0]),
        ("issue", (SLOT, 0, [(holder, 30) for holder in HOLDERS[:2]]), HOLDERS[0]),
        *(("credit", (holder, 60), HOLDERS[0]) for holder in HOLDERS[1:]),
        *(("hold", (SLOT, 30), holder) for holder in HOLDERS[1:]),
    ]
)


@pytest.fixture(scope="module", params=RIGS, ids=lambda rig: rig.__name__)
def machine(request: pytest.FixtureRequest) -> Rig:
    rig: Rig = request.param()
    return rig


@given(start=st.one_of(starts, starts, st.just([])), calls=st.lists(steps, min_size=6, max_size=16))
def test_contract_does_what_the_model_does_and_its_sums_stay(
    machine: Rig, start: list[Step], calls: list[Step]
) -> None:
    with machine.trial():
        model = Model(machine.now_s)
        for each in [*start, *calls]:
            was_taken = both(machine, model, each)
            event(f"{each[0]} {'taken' if was_taken else 'refused'}")
        alike(machine, model)


def both(rig: Rig, model: Model, call: Step) -> bool:
    """Carry out a call here and there; say whether it was taken, and fail if they do not agree."""
    call = numbered(model, call)
    is_taken = in_model(model, call)
    if is_taken:
        on_chain(rig, call)
    else:
        with pytest.raises(Reverted):
            on_chain(rig, call)
    return is_taken


def numbered(model: Model, call: Step) -> Step:
    match call:
        case ("settle", (slot, batch, *more), holder) if batch == NEXT:
            at = model.slots.get(slot)
            return "settle", (slot, at.batches if at else 0, *more), holder
        case _:
            return call


def in_model(model: Model, call: Step) -> bool:
    name, arguments, holder = call
    own = (holder,) if name in {"hold", "give_back"} else ()
    try:
        getattr(model, name)(*arguments, *own)
    except No:
        return False
    return True


def on_chain(rig: Rig, call: Step) -> None:
    match call:
        case ("pass_time", (seconds,), _):
            rig.pass_time(seconds)
        case ("open_slot", (slot, for_s), _):
            rig.call("open_slot", slot, rig.now_s + for_s)
        case ("hold" | "give_back" | "release" as name, arguments, holder):
            rig.call(name, *arguments, sender=holder)
        case (name, arguments, _):
            rig.call(name, *arguments)


def alike(rig: Rig, model: Model) -> None:
    """The contract and the model keep the same amounts; tokens and units are as many as were given out."""
    free = {holder: rig.call("free_units", holder) for holder in HOLDERS}
    assert free == {holder: model.free[holder] for holder in HOLDERS}
    held_sum = 0
    for slot in SLOTS:
        energy_wh = {holder: rig.call("energy_wh", slot, holder) for holder in HOLDERS}
        held = {holder: rig.call("held_units", slot, holder) for holder in HOLDERS}
        held_sum += sum(held.values())
        at = model.slots.get(slot)
        assert energy_wh == {holder: at.energy_wh[holder] if at else 0 for holder in HOLDERS}
        assert held == {holder: at.held[holder] if at else 0 for holder in HOLDERS}
        assert sum(energy_wh.values()) == rig.call("supply_wh", slot) == model.issued_wh[slot]
        assert rig.call("is_closed", slot) == bool(at and at.is_closed)
    assert sum(free.values()) + held_sum == rig.call("total_units") == model.credited
