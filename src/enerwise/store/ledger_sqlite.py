"""The ledger in a file of its own: SQLite, each submit one transaction, on disk when it returns.

Nobody can change or delete an entry through this file's own rules (triggers); whoever goes round them breaks the chain
of hashes, which `replayed` finds. A kill in the middle of a submit leaves all of it or nothing.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from enerwise.core.errors import StoreError
from enerwise.market.ledger import Account, Balance, Entry, Kind, Refusal, Transfer, Unit
from enerwise.store.ledger import ClosedSlot, closed, replayed, voids

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS account (id TEXT PRIMARY KEY, unit TEXT NOT NULL, no_overdraft INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entry (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, debit TEXT NOT NULL, credit TEXT NOT NULL,
  amount INTEGER NOT NULL, kind TEXT NOT NULL, slot TEXT NOT NULL, pending_id TEXT NOT NULL,
  timeout_ns INTEGER NOT NULL, is_linked INTEGER NOT NULL, at_ns INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS entry_slot ON entry (slot, number);
CREATE TABLE IF NOT EXISTS slot (
  name TEXT PRIMARY KEY, root BLOB NOT NULL, head BLOB NOT NULL, at_ns INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS secret (only INTEGER PRIMARY KEY CHECK (only = 0), salt BLOB NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS entry_stays BEFORE UPDATE ON entry
  BEGIN SELECT RAISE(ABORT, 'entries stay as they are'); END;
CREATE TRIGGER IF NOT EXISTS entry_lasts BEFORE DELETE ON entry
  BEGIN SELECT RAISE(ABORT, 'entries stay as they are'); END;
"""
COLUMNS: Final = "number, id, debit, credit, amount, kind, slot, pending_id, timeout_ns, is_linked, at_ns, hash"
INSERT: Final = f"INSERT INTO entry ({COLUMNS}) VALUES ({', '.join('?' * 12)})"


class SqliteLedger:
    """A ledger in one file, for one process that writes."""

    def __init__(self, path: Path, *, salt: bytes = b"") -> None:
        """Open, or begin, a ledger; everything in it is played again.

        Args:
            path: The file.
            salt: For a ledger that begins: up to 64 secret bytes that keep roots from telling what was booked.

        Raises:
            LedgerError: An entry was altered.
            StoreError: The file cannot be opened, or is none of ours.
        """
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;" + SCHEMA
            )
            self._db.execute("INSERT OR IGNORE INTO secret VALUES (0, ?)", (salt,))
            ((self.secret,),) = self._db.execute("SELECT salt FROM secret").fetchall()
            accounts, slots = self._accounts(), self.closed_slots()
        except sqlite3.Error as error:
            raise StoreError(f"{path}: cannot be opened as a ledger: {error}") from error
        self._books = replayed(accounts, self.entries(), slots)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # -- writing -------------------------------------------------------------------------------------------------

    def open_accounts(self, accounts: Iterable[Account]) -> None:
        new = self._books.open(accounts)
        rows = [(each.id, each.unit.value, int(each.has_no_overdraft)) for each in new]
        with self._db:
            self._db.executemany("INSERT INTO account VALUES (?, ?, ?)", rows)

    def submit(self, transfers: Sequence[Transfer], at_ns: int) -> list[Refusal]:
        told, entries = self._books.apply(transfers, at_ns)
        self._keep(entries)
        return told

    def expire(self, at_ns: int) -> int:
        over = self._books.over(at_ns)
        self.submit(over, at_ns)
        return len(over)

    def close_slot(self, slot: str, at_ns: int) -> ClosedSlot:
        known = [each for each in self.closed_slots() if each.name == slot]
        if known:
            return known[0]
        self.submit(voids(self._books.waiting(slot)), at_ns)
        made = closed(slot, self.entries(slot=slot), self.head(), at_ns, self.secret)
        self._db.execute("INSERT INTO slot VALUES (?, ?, ?, ?)", (slot, made.root, made.head, at_ns))
        self._books.closed.add(slot)
        return made

    def _keep(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(INSERT, map(_row, entries))
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            # What is in memory is ahead of the file now; only playing the file again gives the truth.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._books = replayed(self._accounts(), self.entries(), self.closed_slots())
            raise StoreError(f"the ledger could not be written: {error}; nothing of it was booked") from error

    # -- reading -------------------------------------------------------------------------------------------------

    def waiting(self, slot: str) -> Mapping[str, Transfer]:
        return {each.id: each for each in self._books.waiting(slot)}

    def balances(self) -> Mapping[str, Balance]:
        return self._books.balance

    def entries(self, *, slot: str | None = None, account: str | None = None) -> list[Entry]:
        wanted, values = list[str](), list[str]()
        if slot is not None:
            wanted, values = ["slot = ?"], [slot]
        if account is not None:
            wanted, values = [*wanted, "? IN (debit, credit)"], [*values, account]
        where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
        rows = self._db.execute(f"SELECT {COLUMNS} FROM entry{where} ORDER BY number", values)
        return [_entry(each) for each in rows]

    def closed_slots(self) -> list[ClosedSlot]:
        return [ClosedSlot(*row) for row in self._db.execute("SELECT name, root, head, at_ns FROM slot ORDER BY rowid")]

    def head(self) -> bytes:
        return self._books.head

    def _accounts(self) -> list[Account]:
        rows = self._db.execute("SELECT id, unit, no_overdraft FROM account")
        return [Account(name, Unit(unit), bool(flag)) for name, unit, flag in rows]


def _row(entry: Entry) -> tuple[object, ...]:
    each = entry.transfer
    words = (entry.number, each.id, each.debit, each.credit, each.amount, each.kind.value, each.slot, each.pending_id)
    return (*words, each.timeout_ns, int(each.is_linked), entry.at_ns, entry.hash)


def _entry(row: Sequence[object]) -> Entry:
    number, name, debit, credit, amount, kind, slot, pending_id, timeout_ns, is_linked, at_ns, kept = row
    transfer = Transfer(
        str(name),
        str(debit),
        str(credit),
        _int(amount),
        Kind(str(kind)),
        str(slot),
        str(pending_id),
        _int(timeout_ns),
        bool(is_linked),
    )
    assert isinstance(kept, bytes)
    return Entry(_int(number), _int(at_ns), transfer, kept)


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
