"""A proof holds on the chain if, and only if, its leaf stands in the tree whose root was anchored."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from . import tree
from .rigs import DAY, RIGS, SLOT, Rig

leaves = st.lists(st.binary(max_size=40), min_size=1, max_size=20)


@pytest.fixture(scope="module", params=RIGS, ids=lambda rig: rig.__name__)
def machine(request: pytest.FixtureRequest) -> Rig:
    rig: Rig = request.param()
    return rig


@pytest.fixture
def rig(machine: Rig) -> Iterator[Rig]:
    with machine.trial():
        yield machine


def holds(rig: Rig, leaf: bytes, way: tree.Path, *, period: bytes = SLOT) -> bool:
    return bool(rig.call("verify", period, leaf, *tree.told(way)))


@given(made=leaves, pick=st.integers(0), other=st.binary(max_size=40))
def test_a_proof_holds_for_its_leaf_and_for_no_other(machine: Rig, made: list[bytes], pick: int, other: bytes) -> None:
    index = pick % len(made)
    with machine.trial():
        machine.call("anchor", SLOT, tree.root(made))
        assert holds(machine, made[index], tree.path(made, index))
        assert holds(machine, other, tree.path(made, index)) == (other == made[index])


@given(made=leaves, pick=st.integers(0), bit=st.integers(0, 255), place=st.integers(0))
def test_a_proof_that_was_altered_does_not_hold(
    machine: Rig, made: list[bytes], pick: int, bit: int, place: int
) -> None:
    index = pick % len(made)
    way = tree.path(made, index)
    with machine.trial():
        machine.call("anchor", SLOT, tree.root(made))
        if way:
            at = place % len(way)
            beside, is_left = way[at]
            bent = (int.from_bytes(beside, "big") ^ 1 << bit).to_bytes(32, "big")
            assert not holds(machine, made[index], [*way[:at], (bent, is_left), *way[at + 1 :]])
            assert not holds(machine, made[index], way[:-1])
        assert not holds(machine, made[index], [*way, (bytes(32), False)])


def test_two_hashes_of_the_tree_are_not_taken_for_a_leaf(rig: Rig) -> None:
    """Without a sign before each kind of hash, two nodes side by side would pass for one leaf of 64 bytes."""
    made = [b"a", b"b"]
    rig.call("anchor", SLOT, tree.root(made))
    assert not holds(rig, tree.root(made[:1]) + tree.root(made[1:]), [])


def test_bits_beyond_the_path_are_not_allowed(rig: Rig) -> None:
    rig.call("anchor", SLOT, tree.root([b"a"]))
    assert rig.call("verify", SLOT, b"a", [], 0)
    assert not rig.call("verify", SLOT, b"a", [], 1)


def test_without_an_anchor_nothing_holds(rig: Rig) -> None:
    rig.call("anchor", SLOT, tree.root([b"a"]))
    assert not holds(rig, b"a", [], period=DAY)


def test_a_participant_goes_from_a_row_by_the_slot_to_the_day(rig: Rig) -> None:
    """Only the day is anchored: the way within the slot is walked at home, the way within the day on the chain."""
    rows = [b"row 1", b"row 2", b"row 3"]
    slots = [SLOT + tree.root(rows), DAY + tree.root([b"another"])]
    rig.call("anchor", DAY, tree.root(slots))
    assert holds(rig, SLOT + tree.root(rows), tree.path(slots, 0), period=DAY)
    assert not holds(rig, SLOT + tree.root(rows[:2]), tree.path(slots, 0), period=DAY)
