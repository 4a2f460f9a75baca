"""What auditors and participants ask of a ledger in a file: look it over, prove, check, state; nothing is written."""

import json
import sqlite3
import sys
from pathlib import Path

import pytest

from enerwise.core.errors import PluginError, ProblemsFound, StoreError
from enerwise.market.ledger import LedgerError
from enerwise.market.statement import MONEY_PARTS, SlotLine, Statement
from enerwise.serve import market_pdf
from enerwise.serve.accounts.private_files import NotPrivate
from enerwise.serve.market_keys import operator_key, public_path
from enerwise.serve.market_office import (
    check_proof,
    look_over,
    prove,
    prove_participant,
    statement,
    write_statement,
)
from enerwise.store.ledger_sqlite import SqliteLedger
from tests.serve.builders import enerwise, said
from tests.store.test_ledger import settle_all


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "market.db"
    made = SqliteLedger(path, sign=operator_key(tmp_path / "market.key"))
    settle_all(made)
    made.close()
    return path


@pytest.fixture
def public(tmp_path: Path, ledger: Path) -> Path:
    return public_path(tmp_path / "market.key")


@pytest.fixture
def proof(tmp_path: Path, ledger: Path) -> Path:
    return written(tmp_path / "proof.json", prove_participant(ledger, "home-3", "noon"))


def written(path: Path, told: object) -> Path:
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def altered(path: Path, change: str) -> None:
    with sqlite3.connect(path) as file:
        names = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        file.executescript("".join(f"DROP TRIGGER {name};" for name in names) + change)


def test_a_ledger_is_looked_over_with_its_signatures_and_left_as_it_is(ledger: Path, public: Path) -> None:
    before = ledger.read_bytes()
    found = look_over(ledger, public)
    assert found.slots[0].is_signed and found.slots[0].entry_count == found.entry_count - 20
    assert ledger.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE entry SET amount = amount + 1 WHERE number = 30", r"entry 30 .* does not follow"),
        ("DELETE FROM entry WHERE number = 30", "entry 30 is missing"),
        ("DELETE FROM entry WHERE number > 60", "entries after 60 are missing"),
        ("UPDATE slot SET root = zeroblob(32)", "slot 'noon': its entries lead to another root"),
        ("UPDATE slot SET at_ns = at_ns + 1", "slot 'noon': the signature over its root is not by the owner"),
        ("UPDATE slot SET signature = ''", "slot 'noon': the signature over its root is missing"),
        ("UPDATE account SET no_overdraft = 1 WHERE id = 'cash:bank'", r"entry 1 .*account-would-be-overdrawn"),
    ],
)
def test_whatever_was_altered_is_found(ledger: Path, public: Path, change: str, words: str) -> None:
    altered(ledger, change.replace("''", "x''"))
    with pytest.raises(LedgerError, match=words):
        look_over(ledger, public)


def test_a_participants_proof_holds_against_root_key_and_ledger(
    ledger: Path, public: Path, proof: Path, tmp_path: Path
) -> None:
    root = tmp_path / "root.txt"
    root.write_text(json.loads(proof.read_text())["root"], encoding="utf-8")
    for against, words in (
        (root, "the root in root.txt"),
        (public, "the signature of whoever runs the market"),
        (ledger, "the ledger market.db"),
        (None, "which anybody could have written"),
    ):
        assert words in check_proof(proof, against)
    assert "all " in check_proof(proof) and "the entry stands" in check_proof(
        written(tmp_path / "one.json", prove(ledger, 40)), ledger
    )


def test_a_forged_entry_does_not_hold_even_against_its_own_root(proof: Path) -> None:
    told = json.loads(proof.read_text())
    told["entries"][1]["amount"] += 1
    with pytest.raises(LedgerError, match="it was not booked like this"):
        check_proof(written(proof, told))


def test_a_foreign_key_root_or_ledger_is_told(ledger: Path, proof: Path, tmp_path: Path) -> None:
    operator_key(tmp_path / "other.key")
    with pytest.raises(LedgerError, match="not by the owner of this key"):
        check_proof(proof, tmp_path / "other.key.pub")
    (tmp_path / "root.txt").write_text("00" * 32)
    with pytest.raises(LedgerError, match="does not lead to the root 0000"):
        check_proof(proof, tmp_path / "root.txt")
    SqliteLedger(tmp_path / "empty.db").close()
    with pytest.raises(LedgerError, match="no closed slot 'noon'"):
        check_proof(proof, tmp_path / "empty.db")
    for content in (b"", b"\xff" * 64, b"zz" * 32):
        (tmp_path / "root.txt").write_bytes(content)
        with pytest.raises(ProblemsFound, match="a root in hexadecimal, a public key in PEM, or a ledger"):
            check_proof(proof, tmp_path / "root.txt")
    for content in (b"", b"[" * 100_000, b'{"format": 3}', b"\xff"):
        (tmp_path / "none.json").write_bytes(content)
        with pytest.raises(ProblemsFound, match="market prove"):
            check_proof(tmp_path / "none.json")
    with pytest.raises(ProblemsFound, match=r"none\.txt"):
        check_proof(proof, tmp_path / "none.txt")


def test_a_statement_is_written_by_slot_by_entry_and_as_a_document(ledger: Path, tmp_path: Path) -> None:
    found = statement(ledger, "home-3")
    assert sum(ueur for _, _, ueur in found.by_slot) == found.money_ueur - found.owed_ueur
    assert sum(wh for _, wh, _ in found.by_slot) == found.energy_wh
    for name, head in (("a.csv", b"entry,slot"), ("a.slots.csv", b"slot,start_utc"), ("a.pdf", b"%PDF-")):
        write_statement(found, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(head)
    again = tmp_path / "again.pdf"
    write_statement(found, again)
    assert again.read_bytes() == (tmp_path / "a.pdf").read_bytes(), "the same statement, the same bytes"
    assert statement(ledger, "home-3", end_ns=0).by_slot == []


def test_without_typst_it_is_said_what_to_install(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(PluginError, match=r"enerwise\[reports\]"):
        write_statement(statement(ledger, "home-3"), tmp_path / "a.pdf")


def test_the_key_of_a_market_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "market.key"
    first = operator_key(path)
    assert operator_key(path).public_pem == first.public_pem == public_path(path).read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    path.chmod(0o644)
    with pytest.raises(NotPrivate):
        operator_key(path)


def test_what_is_no_ledger_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE mine (id)")
    for ask in (look_over, SqliteLedger):
        with pytest.raises(StoreError, match="it is something else"):
            ask(path)
    with pytest.raises(ProblemsFound, match="no such ledger"):
        look_over(tmp_path / "none.db")


def test_the_command_line_proves_for_a_participant_states_a_period_and_checks_the_key(
    ledger: Path, public: Path, tmp_path: Path
) -> None:
    proof, document = tmp_path / "mine.json", tmp_path / "may.pdf"
    whose = ("--participant", "home-3", "--slot", "noon")
    assert enerwise("market", "prove", ledger, *whose, "--out", proof).exit_code == 0
    assert "signature of whoever runs the market" in said(enerwise("market", "verify", public, "--proof", proof))
    assert "Every root is signed" in said(enerwise("market", "verify", ledger, "--key", public))
    period = ("--from", "1970-01-01", "--to", "1970-01-02")
    assert enerwise("market", "statement", ledger, "home-3", *period, "--out", document).exit_code == 0
    assert document.read_bytes().startswith(b"%PDF-")
    assert "--participant and --slot" in said(enerwise("market", "prove", ledger, "--out", proof))


def test_a_statement_on_paper_tells_slots_without_a_reading() -> None:
    slot = SlotLine("2026-05-14T11:00Z/900", 0, 0, 0, 0, dict.fromkeys(MONEY_PARTS, 0), is_unread=True)
    for slots, told in (((slot, slot), ["Slots without a reading", "2: nothing is posted for them"]), ((), None)):
        sums = market_pdf._told(Statement("ada", None, None, 0, (), slots))["sums"]
        assert (told in sums) == bool(slots)
