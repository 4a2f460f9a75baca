"""What an auditor and a participant ask of a ledger: does everything follow, was this booked, where do I stand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.market.ledger import Entry, LedgerError
from enerwise.market.merkle import Proof, is_under, root_of
from enerwise.market.settle import cash, energy, owed
from enerwise.store.ledger import leaf, proof
from enerwise.store.ledger_sqlite import SqliteLedger


@dataclass(frozen=True, slots=True)
class SlotSeen:
    """A closed slot, as it was found."""

    name: str
    root: bytes
    entry_count: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a look over a whole ledger has found."""

    entry_count: int
    head: bytes
    slots: tuple[SlotSeen, ...]


def look_over(path: Path) -> Found:
    """Play a ledger again, and compare the root of every closed slot.

    Raises:
        LedgerError: Something was altered; the message says where.
        ProblemsFound: There is no such file.
    """
    ledger = _opened(path)
    by_slot: dict[str, list[Entry]] = {}
    entries = ledger.entries()
    for each in entries:
        by_slot.setdefault(each.transfer.slot, []).append(each)
    for slot in ledger.closed_slots():
        if root_of([leaf(each, ledger.secret) for each in by_slot.get(slot.name, [])]) != slot.root:
            raise LedgerError(f"slot {slot.name!r}: its entries lead to another root than the one it was closed with")
    if rest := {unit: total for unit, total in _totals(ledger).items() if total}:
        raise LedgerError(f"balances do not sum to zero: {rest}")
    slots = [SlotSeen(each.name, each.root, len(by_slot.get(each.name, []))) for each in ledger.closed_slots()]
    return Found(len(entries), ledger.head(), tuple(slots))


def _totals(ledger: SqliteLedger) -> dict[str, int]:
    totals: dict[str, int] = {}
    for name, each in ledger.balances().items():
        unit = "Wh" if name.startswith("energy:") else "ueur"
        totals[unit] = totals.get(unit, 0) + each.net
    return totals


def prove(path: Path, number: int) -> dict[str, Any]:
    """Return the proof that an entry stands in its slot, for whoever has the root from elsewhere.

    Raises:
        LedgerError: There is no such entry, or its slot is not closed.
    """
    ledger = _opened(path)
    entry = next((each for each in ledger.entries() if each.number == number), None)
    if entry is None:
        raise LedgerError(f"{path}: there is no entry {number}; `enerwise market statement --out` lists their numbers")
    slot = next((each for each in ledger.closed_slots() if each.name == entry.transfer.slot), None)
    if slot is None:
        raise LedgerError(f"{path}: entry {number} is of slot {entry.transfer.slot!r}, which is not closed yet")
    bottom, way = proof(ledger.entries(slot=slot.name), number, ledger.secret)
    transfer = entry.transfer
    return {
        "slot": slot.name,
        "root": slot.root.hex(),
        "leaf": bottom.hex(),
        "path": [each.hex() for each in way.path],
        "is_left": way.is_left,
        "entry": {"id": transfer.id, "debit": transfer.debit, "credit": transfer.credit, "amount": transfer.amount},
    }


def check_proof(path: Path, root_from: Path | None = None) -> str:
    """Check a proof without the ledger, and say in a sentence that it holds.

    Args:
        path: What `prove` gave.
        root_from: A file that holds the root, in hex, as somebody else keeps it; None takes the one of the proof.

    Raises:
        LedgerError: It does not hold.
        ProblemsFound: The file is no proof.
    """
    try:
        told: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        way = Proof(tuple(bytes.fromhex(each) for each in told["path"]), int(told["is_left"]))
        bottom, root = bytes.fromhex(told["leaf"]), bytes.fromhex(told["root"])
        slot = str(told["slot"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        remedy = "name a file that `enerwise market prove` has written"
        raise ProblemsFound(str(path), [Problem("proof", f"cannot be read: {error}", remedy)]) from error
    if root_from is not None and root_from.is_file() and root_from.stat().st_size < 200:
        root = bytes.fromhex(root_from.read_text(encoding="utf-8").strip())
    if not is_under(root, bottom, way):
        raise LedgerError(f"{path}: this proof does not lead to the root {root.hex()} of slot {slot!r}")
    return f"The proof holds: the entry stands under the root {root.hex()} of slot {slot}."


@dataclass(frozen=True, slots=True)
class Statement:
    """What was booked for a participant."""

    columns: dict[str, NDArray[Any]]
    by_slot: list[tuple[str, int, int]]
    """Slot, energy taken, money received less paid. [Wh], [micro-EUR]"""
    energy_wh: int
    money_ueur: int
    owed_ueur: int


def statement(path: Path, who: str) -> Statement:
    """Return everything that was booked for a participant, entry by entry and by slot.

    Raises:
        LedgerError: The ledger knows nobody of that name; the message names some it knows.
    """
    ledger = _opened(path)
    balances = ledger.balances()
    if cash(who) not in balances:
        known = sorted(name.removeprefix("cash:") for name in balances if name.startswith("cash:"))[:12]
        raise LedgerError(f"{path}: nobody is called {who!r}; there are {', '.join(known)}")
    own = {cash(who), energy(who), owed(who)}
    entries = [each for name in sorted(own) for each in ledger.entries(account=name)]
    entries.sort(key=lambda each: each.number)
    rows: dict[str, list[Any]] = {
        "entry": [each.number for each in entries],
        "slot": [each.transfer.slot for each in entries],
        "id": [each.transfer.id for each in entries],
        "kind": [each.transfer.kind.value for each in entries],
        "account": [_own(each, own) for each in entries],
        "other": [each.transfer.credit if each.transfer.debit in own else each.transfer.debit for each in entries],
        "amount": [each.transfer.amount if each.transfer.credit in own else -each.transfer.amount for each in entries],
    }
    sums: dict[str, list[int]] = {}
    for each, amount in zip(entries, rows["amount"], strict=True):
        if each.transfer.kind.value != "pend":
            is_money = not _own(each, own).startswith("energy:")
            sums.setdefault(each.transfer.slot, [0, 0])[is_money] += amount
    by_slot = [(slot, wh, ueur) for slot, (wh, ueur) in sums.items()]
    columns = {name: np.array(each) for name, each in rows.items()}
    return Statement(columns, by_slot, balances[energy(who)].net, balances[cash(who)].net, -balances[owed(who)].net)


def _own(entry: Entry, own: set[str]) -> str:
    return entry.transfer.debit if entry.transfer.debit in own else entry.transfer.credit


def _opened(path: Path) -> SqliteLedger:
    if not path.is_file():
        raise ProblemsFound(str(path), [Problem("file", "there is no such ledger", "name the .db of a market")])
    return SqliteLedger(path)
