"""Proofs without the ledger: every field counts, plain data reads back, and whatever is no proof is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.ledger import LedgerError
from enerwise.market.proofs import EntryProof, SlotProof, from_plain, holds, to_plain
from enerwise.store.ledger import MemoryLedger, proven
from enerwise.testing.contracts.ledger import ACCOUNTS, MOVES


def a_proof(who: str = "ada") -> tuple[MemoryLedger, SlotProof]:
    made = MemoryLedger(secret=b"of this market")
    made.open_accounts(ACCOUNTS)
    made.submit(MOVES, 1)
    made.close_slot("noon", 9)
    return made, proven(made, "noon", {who})


def test_what_a_participant_is_told_stands_under_the_root() -> None:
    ledger, proof = a_proof()
    root = ledger.closed_slots()[0].root
    holds(proof, root)
    assert [each.transfer.id for each in proof.entries] == ["2", "3", "close:2"]
    assert [each.transfer.id for each in a_proof("bank")[1].entries] == ["4"], "and nothing of anybody else"
    with pytest.raises(LedgerError, match="'one' is not closed yet"):
        proven(ledger, "one", {"ada"})


FIELDS = {
    "amount": 61, "id": "20", "debit": "bank", "credit": "bank", "kind": "post", "timeout_ns": 51, "at_ns": 2,
    "pending_id": "1", "is_linked": True, "before": "11" * 32, "salt": "11" * 16, "is_left": 1, "path": [],
}  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_of_an_entry_can_be_another(field: str) -> None:
    told = to_plain(a_proof()[1])
    told["entries"][0][field] = FIELDS[field]
    proof = from_plain(told)
    with pytest.raises(LedgerError, match="it was not booked like this"):
        holds(proof, proof.root)


def test_an_entry_of_another_slot_is_no_entry_of_this_one() -> None:
    proof = replace(a_proof()[1], slot="night")
    with pytest.raises(LedgerError, match="slot 'night'"):
        holds(proof, proof.root)


def test_a_proof_tells_nobody_what_else_was_booked() -> None:
    ledger, proof = a_proof("bank")
    text = json.dumps(to_plain(proof))
    assert '"ada"' not in text
    other = MemoryLedger(secret=b"of another market")
    other.open_accounts(ACCOUNTS)
    other.submit(MOVES, 1)
    other.close_slot("noon", 9)
    assert [each.transfer for each in other.entries()] == [each.transfer for each in ledger.entries()]
    hashes = {each.hash for each in ledger.entries()}
    assert hashes.isdisjoint(each.hash for each in other.entries()), "of the same books: no guess at a hash"


def test_plain_data_reads_back_as_it_was() -> None:
    proof = a_proof()[1]
    assert from_plain(json.loads(json.dumps(to_plain(proof)))) == proof


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
def test_what_is_no_proof_is_refused_and_nothing_worse(data: st.DataObject) -> None:
    told: dict[str, Any] = to_plain(A_PROOF)
    place = data.draw(st.sampled_from([told, told["entries"][0]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(ANY)
    try:
        proof = from_plain(told)
        assert all(isinstance(each, EntryProof) for each in proof.entries)
        holds(proof, A_PROOF.root)
    except (ValueError, LedgerError):
        pass


A_PROOF = a_proof()[1]
