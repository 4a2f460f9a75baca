"""What an auditor and a participant ask of a ledger: does everything follow, was this booked, where do I stand."""

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.market import statement as stating
from enerwise.market.ledger import Entry, LedgerError, Unit
from enerwise.market.ledger_books import Books
from enerwise.market.proofs import SlotProof, from_plain, holds, to_plain
from enerwise.market.settle import cash, energy, owed
from enerwise.serve.files import write_bytes, write_csv, write_text
from enerwise.store.ledger import ClosedSlot, LedgerStore, proven
from enerwise.store.ledger_sign import is_signed
from enerwise.store.ledger_sql import SqlLedger
from enerwise.store.ledger_sqlite import SqliteLedger

PEM: Final = b"-----BEGIN "
SQLITE: Final = b"SQLite format 3\0"
HEAD_BYTES: Final = 4096
ROOT_DIGITS: Final = 64
POSTGRES: Final = ("postgresql://", "postgresql+psycopg://")

T = TypeVar("T")


# ---------------------------------------------------------------------------------------------------------------
# Does everything follow?


@dataclass(frozen=True, slots=True)
class SlotSeen:
    """A closed slot, as it was found."""

    name: str
    root: bytes
    entry_count: int
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a look over a whole ledger has found."""

    entry_count: int
    head: bytes
    slots: tuple[SlotSeen, ...]


def look_over(path: Path, public: Path | None = None) -> Found:
    """Play a ledger again from its first entry: every hash, every slot's root, every sum, every signature.

    Args:
        path: The ledger, a file or the address of a database; nothing is written to it.
        public: The public key of whoever runs the market; left out, signatures are not checked.

    Raises:
        LedgerError: Something was altered; the message says where.
        ProblemsFound: There is no such file.
        StoreError: It is no ledger.
    """
    with closing(_opened(path)) as ledger:
        books, slots = ledger.verified(), ledger.closed_slots()
        counts = ledger.entry_counts()
    if rest := {unit: total for unit, total in _totals(books).items() if total}:
        raise LedgerError(f"balances do not sum to zero: {rest}")
    key = None if public is None else _read(public)
    for each in slots if key is not None else ():
        _check_signature(key, each.name, each.to_bytes(), each.signature)
    seen = [_seen(each, counts) for each in slots]
    return Found(books.count, books.head, tuple(seen))


def _seen(slot: ClosedSlot, counts: Mapping[str, int]) -> SlotSeen:
    return SlotSeen(slot.name, slot.root, counts.get(slot.name, 0), bool(slot.signature))


def _totals(books: Books) -> dict[str, int]:
    totals = {unit.value: 0 for unit in Unit}
    for name, each in books.balance.items():
        totals[books.accounts[name].unit.value] += each.net
    return totals


def _check_signature(key: bytes | None, slot: str, content: bytes, signature: bytes) -> None:
    if key is not None and not is_signed(key, content, signature):
        what = "is not by the owner of this key" if signature else "is missing"
        raise LedgerError(f"slot {slot!r}: the signature over its root {what}")


# ---------------------------------------------------------------------------------------------------------------
# Was this booked?


def prove(path: Path, number: int) -> dict[str, Any]:
    """Return the proof that an entry stands in its slot, for whoever has the root from elsewhere.

    Raises:
        LedgerError: There is no such entry, or its slot is not closed.
    """

    def made(ledger: LedgerStore) -> SlotProof:
        entry = ledger.entry(number)
        if entry is None:
            raise LedgerError(
                f"{path}: there is no entry {number}; `enerwise market statement --out` lists their numbers"
            )
        transfer = entry.transfer
        whole = proven(ledger, transfer.slot, {transfer.debit})
        return _only(whole, number)

    return to_plain(_of(path, made))


def prove_participant(path: Path, who: str, slot: str) -> dict[str, Any]:
    """Return the proofs of everything that was booked for a participant in a slot.

    Raises:
        LedgerError: The slot is not closed.
    """
    return to_plain(_of(path, lambda ledger: proven(ledger, slot, stating.own_accounts(who))))


def _only(proof: SlotProof, number: int) -> SlotProof:
    entries = tuple(each for each in proof.entries if each.number == number)
    return SlotProof(
        proof.slot, proof.root, proof.head, proof.entry_count, proof.closed_at_ns, proof.signature, entries
    )


def check_proof(path: Path, root_from: Path | None = None) -> str:
    """Check a proof without its ledger, and say in a sentence that it holds and against what.

    Args:
        path: What `prove` or `prove_participant` gave.
        root_from: What it is held against: a file with a root in hexadecimal, with the public key of whoever runs the
            market (PEM), or a ledger; left out, the root that the proof itself tells, which says little.

    Raises:
        LedgerError: It does not hold.
        ProblemsFound: A file is none of these.
    """
    try:
        proof = from_plain(json.loads(_read(path).decode()))
    except (ValueError, RecursionError) as error:
        remedy = "name a file that `enerwise market prove` has written"
        raise ProblemsFound(str(path), [Problem("proof", f"cannot be read: {error}", remedy)]) from error
    return verify_proof(proof, path, root_from)


def verify_proof(proof: SlotProof, path: Path, root_from: Path | None) -> str:
    """Check a proof that was read; the arguments are `check_proof`'s."""
    root, by = (
        (proof.root, "its own root, which anybody could have written") if root_from is None else _root(proof, root_from)
    )
    try:
        holds(proof, root)
    except LedgerError as error:
        raise LedgerError(f"{path}: {error}") from error
    many = f"all {len(proof.entries)} entries stand" if len(proof.entries) != 1 else "the entry stands"
    return f"The proof holds: {many} under the root {root.hex()} of slot {proof.slot}, held against {by}."


def _root(proof: SlotProof, root_from: Path) -> tuple[bytes, str]:
    """Return a root that did not come with the proof, or the proof's own where a signature vouches for it."""
    content = _read(root_from, HEAD_BYTES)
    if content.startswith(PEM):
        _check_signature(content, proof.slot, proof.to_bytes(), proof.signature)
        return proof.root, "the signature of whoever runs the market"
    if content.startswith(SQLITE):
        return _of(root_from, lambda ledger: _closed_root(ledger, proof.slot)), f"the ledger {root_from.name}"
    text = content.decode("ascii", "replace").strip().removeprefix("0x")
    try:
        root = bytes.fromhex(text) if len(text) == ROOT_DIGITS else b""
    except ValueError:
        root = b""
    if not root:
        remedy = "name a file with a root in hexadecimal, a public key in PEM, or a ledger"
        raise ProblemsFound(str(root_from), [Problem("root", "is none", remedy)])
    return root, f"the root in {root_from.name}"


def _closed_root(ledger: LedgerStore, slot: str) -> bytes:
    root = next((each.root for each in ledger.closed_slots() if each.name == slot), None)
    if root is None:
        raise LedgerError(f"this ledger has no closed slot {slot!r}")
    return root


# ---------------------------------------------------------------------------------------------------------------
# Where do I stand?


@dataclass(frozen=True, slots=True)
class Statement:
    """What was booked for a participant."""

    told: stating.Statement
    columns: dict[str, NDArray[Any]]
    """Every entry, those that reserved among them."""
    energy_wh: int
    """Of all time, as the three figures below. [Wh]"""
    money_ueur: int
    owed_ueur: int

    @property
    def by_slot(self) -> list[tuple[str, int, int]]:
        """Slot, energy taken, money received less paid. [Wh], [micro-EUR]"""
        return [(each.slot, each.energy_wh, each.money_ueur) for each in self.told.slots]


def statement(path: Path, who: str, *, start_ns: int | None = None, end_ns: int | None = None) -> Statement:
    """Return everything that was booked for a participant, entry by entry and by slot.

    Args:
        path: The ledger.
        who: The participant.
        start_ns: Only what is about this moment or later. [ns since 1970]
        end_ns: Only what is about earlier. [ns since 1970]

    Raises:
        LedgerError: The ledger knows nobody of that name; the message names some it knows.
    """
    return _of(path, lambda ledger: _stated(ledger, path, who, start_ns, end_ns))


def _stated(ledger: LedgerStore, path: Path, who: str, start_ns: int | None, end_ns: int | None) -> Statement:
    balances = ledger.balances()
    if cash(who) not in balances:
        known = sorted(name.removeprefix("cash:") for name in balances if name.startswith("cash:"))[:12]
        raise LedgerError(f"{path}: nobody is called {who!r}; there are {', '.join(known)}")
    own = stating.own_accounts(who)
    entries = {each.number: each for name in own for each in ledger.entries(account=name)}
    told = stating.statement(entries.values(), who, start_ns=start_ns, end_ns=end_ns)
    rows = [entries[number] for number in sorted(entries)]
    shown = [each for each in rows if _is_about(each, start_ns, end_ns)]
    net = [balances[name].net for name in (energy(who), cash(who), owed(who))]
    return Statement(told, _columns(shown, own), net[0], net[1], -net[2])


def _is_about(entry: Entry, start_ns: int | None, end_ns: int | None) -> bool:
    about = stating.about_ns(entry.transfer.slot, entry.at_ns)
    return (start_ns is None or about >= start_ns) and (end_ns is None or about < end_ns)


def _columns(entries: list[Entry], own: tuple[str, str, str]) -> dict[str, NDArray[Any]]:
    rows = [each.transfer for each in entries]
    is_given = [each.debit in own for each in rows]
    columns: dict[str, list[Any]] = {
        "entry": [each.number for each in entries],
        "slot": [each.slot for each in rows],
        "id": [each.id for each in rows],
        "kind": [each.kind.value for each in rows],
        "account": [each.debit if given else each.credit for each, given in zip(rows, is_given, strict=True)],
        "other": [each.credit if given else each.debit for each, given in zip(rows, is_given, strict=True)],
        "amount": [-each.amount if given else each.amount for each, given in zip(rows, is_given, strict=True)],
    }
    return {name: np.array(each) for name, each in columns.items()}


def write_statement(found: Statement, target: Path) -> None:
    """Write a statement, in the form that the ending of the name asks for.

    ``.pdf`` is a document, ``.slots.csv`` has a row for each slot, any other table a row for each entry.

    Raises:
        PluginError: A PDF is asked for, and the extra "reports" is not installed.
        ProblemsFound: The place cannot be written to.
    """
    if target.suffix == ".pdf":
        from enerwise.serve.market_pdf import statement_pdf

        write_bytes(target, statement_pdf(found.told))
    elif target.name.endswith(".slots.csv"):
        write_text(target, stating.to_csv(found.told))
    else:
        write_csv(target, found.columns)


# ---------------------------------------------------------------------------------------------------------------
# Files


def _of(path: Path, ask: Callable[[LedgerStore], T]) -> T:
    with closing(_opened(path)) as ledger:
        return ask(ledger)


def _opened(path: Path) -> SqlLedger:
    """Open a ledger for reading; a path that is an address of PostgreSQL is taken as one."""
    if str(path).startswith(tuple(each.replace("//", "/") for each in POSTGRES)):
        from enerwise.store.ledger_postgres import PostgresLedger

        return PostgresLedger(str(path).replace(":/", "://", 1), is_readonly=True)
    if not path.is_file():
        raise ProblemsFound(str(path), [Problem("file", "there is no such ledger", "name the .db of a market")])
    return SqliteLedger(path, is_readonly=True)


def _read(path: Path, most: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        problem = Problem(path.name, error.strerror or type(error).__name__, "check name and rights")
        raise ProblemsFound(str(path), [problem]) from error
