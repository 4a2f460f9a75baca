"""Trees against the text of the standard, and proofs that hold for their own leaf only."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.merkle import Proof, is_under, proof_of, root_of
from tests.store.chain import tree

LEAVES = st.lists(st.binary(max_size=8), min_size=1, max_size=20)


@given(LEAVES)
def test_root_and_proofs_are_those_of_the_standard(leaves: list[bytes]) -> None:
    assert root_of(leaves) == tree.root(leaves)
    for index in range(len(leaves)):
        assert proof_of(leaves, index) == tree.proof(leaves, index)


@given(LEAVES, st.data())
def test_a_proof_holds_for_its_leaf_and_for_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index, other = data.draw(st.integers(0, len(leaves) - 1)), data.draw(st.binary(max_size=8))
    root, proof = root_of(leaves), proof_of(leaves, index)
    assert is_under(root, leaves[index], proof)
    assert is_under(root, other, proof) == (other == leaves[index])
    assert not is_under(root, leaves[index], replace(proof, is_left=proof.is_left | 1 << len(proof.path)))
    assert not is_under(root, leaves[index], Proof((*proof.path, bytes(32)), proof.is_left))


def test_an_inner_node_passes_for_no_leaf() -> None:
    leaves = [b"a", b"b"]
    inner = b"".join(hashlib.sha256(b"\0" + each).digest() for each in leaves)
    assert root_of([inner]) != root_of(leaves)
    with pytest.raises(IndexError, match="leaf 2 of 2"):
        proof_of(leaves, 2)
