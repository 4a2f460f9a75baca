"""A proof holds on the chain if, and only if, its leaf stands in the tree whose root was anchored."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.merkle import Proof, is_under, proof_of, root_of

from . import tree
from .rigs import DAY, OTHER_SLOT, RIGS, SLOT, Rig

leaves = st.lists(st.binary(max_size=40), min_size=1, max_size=20)


@pytest.fixture(scope="module", params=RIGS, ids=lambda rig: rig.__name__)
def machine(request: pytest.FixtureRequest) -> Rig:
    rig: Rig = request.param()
    return rig


@pytest.fixture
def rig(machine: Rig) -> Iterator[Rig]:
    with machine.trial():
        yield machine


def holds(rig: Rig, leaf: bytes, proof: Proof, *, period: bytes = SLOT) -> bool:
    return bool(rig.call("verify", period, leaf, proof.path, proof.is_left))


@given(made=leaves, pick=st.integers(0))
def test_the_ledger_and_the_standard_make_the_same_tree(made: list[bytes], pick: int) -> None:
    assert root_of(made) == tree.root(made)
    assert proof_of(made, pick % len(made)) == tree.proof(made, pick % len(made))


@given(made=leaves, pick=st.integers(0), other=st.binary(max_size=40))
def test_a_proof_holds_for_its_leaf_and_for_no_other(machine: Rig, made: list[bytes], pick: int, other: bytes) -> None:
    proof, leaf = proof_of(made, pick % len(made)), made[pick % len(made)]
    with machine.trial():
        machine.call("anchor", SLOT, root_of(made))
        assert holds(machine, leaf, proof)
        assert holds(machine, other, proof) == (other == leaf)


@given(
    made=leaves,
    leaf=st.binary(max_size=40) | st.sampled_from([b"\x00", b"\x01"]),
    path=st.lists(st.binary(min_size=32, max_size=32), max_size=4),
    is_left=st.integers(0, 31),
    pick=st.integers(0),
    data=st.data(),
)
def test_contract_and_offline_verifier_judge_every_proof_alike(
    machine: Rig, made: list[bytes], leaf: bytes, path: list[bytes], is_left: int, pick: int, data: st.DataObject
) -> None:
    """True ones, made-up ones, and true ones with a hash, a side or a step altered."""
    true = proof_of(made, pick % len(made))
    bent = Proof(data.draw(st.sampled_from([true.path, true.path[1:], true.path[::-1]])), true.is_left ^ (is_left & 1))
    with machine.trial():
        machine.call("anchor", SLOT, root_of(made))
        for each in (true, bent, Proof(tuple(path), is_left), Proof(true.path, is_left)):
            for said in (leaf, made[pick % len(made)]):
                assert holds(machine, said, each) == is_under(root_of(made), said, each)


@given(made=leaves, pick=st.integers(0), bit=st.integers(0, 255), place=st.integers(0))
def test_a_proof_with_one_bit_altered_does_not_hold(
    machine: Rig, made: list[bytes], pick: int, bit: int, place: int
) -> None:
    proof, leaf = proof_of(made, pick % len(made)), made[pick % len(made)]
    with machine.trial():
        machine.call("anchor", SLOT, root_of(made))
        if proof.path:
            at = place % len(proof.path)
            bent = (int.from_bytes(proof.path[at], "big") ^ 1 << bit).to_bytes(32, "big")
            assert not holds(machine, leaf, replace(proof, path=(*proof.path[:at], bent, *proof.path[at + 1 :])))
            assert not holds(machine, leaf, replace(proof, path=proof.path[:-1]))
        assert not holds(machine, leaf, replace(proof, path=(*proof.path, bytes(32))))


def test_two_hashes_of_the_tree_are_not_taken_for_a_leaf(rig: Rig) -> None:
    """Without a sign before each kind of hash, two nodes side by side would pass for one leaf of 64 bytes."""
    made = [b"a", b"b"]
    rig.call("anchor", SLOT, root_of(made))
    assert not holds(rig, root_of(made[:1]) + root_of(made[1:]), Proof((), 0))


def test_bits_beyond_the_path_are_not_allowed(rig: Rig) -> None:
    rig.call("anchor", SLOT, root_of([b"a"]))
    assert holds(rig, b"a", Proof((), 0))
    assert not holds(rig, b"a", Proof((), 1))


def test_without_an_anchor_nothing_holds(rig: Rig) -> None:
    rig.call("anchor", SLOT, root_of([b"a"]))
    assert not holds(rig, b"a", Proof((), 0), period=DAY)


def test_a_leaf_as_long_as_the_contract_takes_holds(rig: Rig) -> None:
    longest = bytes(rig.call("MAX_LEAF"))
    rig.call("anchor", SLOT, root_of([longest, b"a"]))
    assert holds(rig, longest, proof_of([longest, b"a"], 0))


def test_a_participant_goes_from_a_row_by_the_slot_to_the_day(rig: Rig) -> None:
    """Only the day is anchored: the way within the slot is walked at home, the way within the day on the chain."""
    rows = [b"row 1", b"row 2", b"row 3"]
    slots = [SLOT + root_of(rows), OTHER_SLOT + root_of([b"another"])]
    rig.call("anchor", DAY, root_of(slots))
    assert is_under(root_of(rows), rows[1], proof_of(rows, 1))
    assert holds(rig, SLOT + root_of(rows), proof_of(slots, 0), period=DAY)
    assert not holds(rig, SLOT + root_of(rows[:2]), proof_of(slots, 0), period=DAY)
