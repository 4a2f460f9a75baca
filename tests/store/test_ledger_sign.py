"""Signed roots: they hold for what was signed and nothing else, and keys read back."""

from dataclasses import replace
from pathlib import Path

import pytest

from enerwise.core.errors import StoreError
from enerwise.store.ledger import ClosedSlot, MemoryLedger
from enerwise.store.ledger_sign import Signer, is_signed
from enerwise.store.ledger_sqlite import SqliteLedger
from enerwise.testing.contracts.ledger import ACCOUNTS, MOVES

KEY = Signer.new()


def a_closed_slot() -> ClosedSlot:
    made = MemoryLedger(sign=KEY)
    made.open_accounts(ACCOUNTS)
    made.submit(MOVES, 1)
    return made.close_slot("noon", 9)


def test_a_signature_holds_for_everything_that_is_told_of_a_slot_and_for_nothing_else() -> None:
    closed = a_closed_slot()
    assert is_signed(KEY.public_pem, closed.to_bytes(), closed.signature)
    for other in (
        replace(closed, name="noo"),
        replace(closed, root=bytes(32)),
        replace(closed, head=bytes(32)),
        replace(closed, at_ns=10),
        replace(closed, entry_count=7),
    ):
        assert not is_signed(KEY.public_pem, other.to_bytes(), closed.signature)
    assert not is_signed(Signer.new().public_pem, closed.to_bytes(), closed.signature)
    assert not is_signed(KEY.public_pem, closed.to_bytes(), b"")


def test_keys_read_back_and_show_themselves_to_nobody() -> None:
    again = Signer.of(KEY.private_pem)
    assert (again(b"x"), again.public_pem) == (KEY(b"x"), KEY.public_pem)
    assert "PRIVATE" not in repr(KEY) and "object" not in repr(KEY)


def test_what_is_no_key_is_told() -> None:
    for pem in (b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", KEY.public_pem):
        with pytest.raises(StoreError, match="a key "):
            Signer.of(pem)
    with pytest.raises(StoreError, match="a key "):
        is_signed(KEY.private_pem, b"", b"")


def test_a_file_keeps_signatures(tmp_path: Path) -> None:
    made = SqliteLedger(tmp_path / "ledger.db", sign=KEY)
    made.open_accounts(ACCOUNTS)
    made.submit(MOVES, 1)
    closed = made.close_slot("noon", 9)
    made.close()
    with_no_key = SqliteLedger(tmp_path / "ledger.db")
    (kept,) = with_no_key.closed_slots()
    assert kept == closed and is_signed(KEY.public_pem, kept.to_bytes(), kept.signature)
    assert with_no_key.close_slot("one", 10).signature == b""
    with_no_key.close()
