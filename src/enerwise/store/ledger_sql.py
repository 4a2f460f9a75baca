"""What ledgers in SQL bases have in common: tables, writing only on what is newest, and taking up again quickly.

Every write raises one version number and happens only if nobody has raised it meanwhile, so two processes on one base
never write past each other; the later one takes up what is new and tries again. Books in memory count as nothing until
what they say is written: whatever goes wrong in between, the base alone tells where the ledger stands.

Opening starts from the balances of a checkpoint and plays the entries since. `verified` starts from nothing and
believes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import RLock
from typing import Any, Final, Protocol, TypeVar

from enerwise.core.errors import StoreError
from enerwise.market.ledger import (
    START,
    Account,
    Balance,
    Entry,
    Kind,
    LedgerError,
    Refusal,
    Transfer,
    Unit,
    voids,
)
from enerwise.market.ledger_books import Books
from enerwise.store.ledger import ClosedSlot, Sign, closed, played

# {int}, {bytes} and {strict} are what a base calls them. Numbers of accounts and slots are given by us, from 1 on.
TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS account (number {int} PRIMARY KEY, id TEXT NOT NULL UNIQUE, unit TEXT NOT NULL, "
    "no_overdraft {int} NOT NULL){strict}",
    "CREATE TABLE IF NOT EXISTS entry (number {int} PRIMARY KEY, id TEXT NOT NULL UNIQUE, debit TEXT NOT NULL, "
    "credit TEXT NOT NULL, amount {int} NOT NULL, kind TEXT NOT NULL, slot TEXT NOT NULL, pending_id TEXT NOT NULL, "
    "timeout_ns {int} NOT NULL, is_linked {int} NOT NULL, at_ns {int} NOT NULL, hash {bytes} NOT NULL){strict}",
    "CREATE INDEX IF NOT EXISTS entry_slot ON entry (slot, number)",
    "CREATE TABLE IF NOT EXISTS slot (number {int} PRIMARY KEY, name TEXT NOT NULL UNIQUE, root {bytes} NOT NULL, "
    "head {bytes} NOT NULL, at_ns {int} NOT NULL, entry_count {int} NOT NULL, signature {bytes} NOT NULL){strict}",
    "CREATE TABLE IF NOT EXISTS balance (account TEXT PRIMARY KEY, debits {int} NOT NULL, credits {int} NOT NULL, "
    "debits_pending {int} NOT NULL, credits_pending {int} NOT NULL){strict}",
    "CREATE TABLE IF NOT EXISTS state (only_one {int} PRIMARY KEY, version {int} NOT NULL, salt {bytes} NOT NULL, "
    "entry_count {int} NOT NULL, head {bytes} NOT NULL, at_ns {int} NOT NULL){strict}",
)
KEPT: Final = {"account": "accounts", "entry": "entries", "slot": "slots"}
"""Tables whose rows nobody changes or deletes."""
COLUMNS: Final = "number, id, debit, credit, amount, kind, slot, pending_id, timeout_ns, is_linked, at_ns, hash"
SLOT_COLUMNS: Final = "name, root, head, at_ns, entry_count, signature"
BALANCE_COLUMNS: Final = "account, debits, credits, debits_pending, credits_pending"
NEXT: Final = "UPDATE state SET version = version + 1 WHERE version = ?"
# Index entry_slot is skipped through, from one name to the next.
OPEN_SLOTS: Final = """
WITH RECURSIVE named (slot) AS (
  SELECT min(slot) FROM entry
  UNION ALL SELECT (SELECT min(slot) FROM entry WHERE entry.slot > named.slot) FROM named WHERE named.slot IS NOT NULL)
SELECT slot FROM named WHERE slot IS NOT NULL AND slot NOT IN (SELECT name FROM slot WHERE entry_count <= ?)"""
CHECKPOINT_EVERY: Final = 50_000
"""Entries that are played again at most, more or less, when a ledger is opened. [entries]"""
TRIES: Final = 8
KINDS: Final = {each.value: each for each in Kind}

Row = tuple[Any, ...]
T = TypeVar("T")
Keep = Callable[[], None]


class Base(Protocol):
    """A database, behind which one connection stands. Whatever it cannot do it tells as a StoreError."""

    types: Mapping[str, str]
    """What the base calls whole numbers, bytes, and a table that checks both."""

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Return what a query finds."""
        ...

    def stream(self, sql: str) -> Iterator[Row]:
        """Yield what a query finds, in pieces that fit into memory."""
        ...

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement; return how many rows it has touched."""
        ...

    def many(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        """Insert rows."""
        ...

    def known(self, ids: Sequence[str]) -> list[Row]:
        """Return the entries of those ids that there are."""
        ...

    def forget(self, accounts: Sequence[str]) -> None:
        """Delete the balances of those accounts."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """All of it or nothing, durable at its end, one after the other."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Reads that see one and the same state."""
        ...

    def protect(self) -> None:
        """Let nobody change or delete a row of what is kept."""
        ...

    def close(self) -> None:
        """Let go of the connection; once more is harmless."""
        ...


class SqlLedger:
    """A ledger in a base. Threads may share it."""

    secret: bytes
    """Keeps roots from telling what was booked."""

    def __init__(self, base: Base, *, salt: bytes, sign: Sign | None, is_new: bool = True) -> None:
        self._base, self._sign, self._lock = base, sign, RLock()
        self._books: Books | None = None
        self._version = -1
        try:
            if is_new:
                self._begin(salt)
            ((self.secret,),) = base.rows("SELECT salt FROM state")
            self._current()
        except BaseException:
            base.close()
            raise

    def close(self) -> None:
        """Let go of the base."""
        self._base.close()

    # -- writing -------------------------------------------------------------------------------------------------

    def open_accounts(self, accounts: Iterable[Account]) -> None:
        wanted = list(accounts)

        def work(books: Books) -> tuple[None, Keep | None]:
            first = len(books.accounts) + 1
            new = books.open(wanted)
            rows = [(first + at, each.id, each.unit.value, int(each.has_no_overdraft)) for at, each in enumerate(new)]
            return None, (lambda: self._base.many("account", "number, id, unit, no_overdraft", rows)) if rows else None

        self._change(work)

    def submit(self, transfers: Sequence[Transfer], at_ns: int) -> list[Refusal]:
        def work(books: Books) -> tuple[list[Refusal], Keep | None]:
            told, entries = books.apply(transfers, at_ns, self._aside(books, transfers))
            return told, (lambda: self._base.many("entry", COLUMNS, map(_row, entries))) if entries else None

        return self._change(work)

    def expire(self, at_ns: int) -> int:
        with self._lock:
            over = self._current().over(at_ns)
            self.submit(over, at_ns)
            return len(over)

    def close_slot(self, slot: str, at_ns: int) -> ClosedSlot:
        with self._lock:
            made = self._change(lambda books: self._closing(books, slot, at_ns))
            if self._current().count - self._checkpoint()[0] >= CHECKPOINT_EVERY:
                self._change(self._balances_kept)
            return made

    def _closing(self, books: Books, slot: str, at_ns: int) -> tuple[ClosedSlot, Keep | None]:
        if slot in books.closed:
            (row,) = self._base.rows(f"SELECT {SLOT_COLUMNS} FROM slot WHERE name = ?", (slot,))
            return ClosedSlot(*row), None
        number = len(books.closed) + 1
        _, entries = books.apply(voids(books.waiting(slot), "close"), at_ns)
        made = closed(books, slot, at_ns).signed_by(self._sign)
        row = (number, made.name, made.root, made.head, made.at_ns, made.entry_count, made.signature)

        def keep() -> None:
            self._base.many("entry", COLUMNS, map(_row, entries))
            self._base.many("slot", f"number, {SLOT_COLUMNS}", [row])

        return made, keep

    def _balances_kept(self, books: Books) -> tuple[None, Keep]:
        """Keep what follows from all entries up to here, so that the next opening need not play them."""

        def keep() -> None:
            names = sorted(books.touched)
            self._base.forget(names)
            self._base.many("balance", BALANCE_COLUMNS, [(name, *_amounts(books.balance[name])) for name in names])
            mark = (books.count, books.head, books.at_ns)
            self._base.run("UPDATE state SET entry_count = ?, head = ?, at_ns = ?", mark)
            books.touched.clear()

        return None, keep

    def _change(self, work: Callable[[Books], tuple[T, Keep | None]]) -> T:
        """Change books, then the base, both on what is newest.

        Raises:
            StoreError: The base could not be written; nothing of it was booked.
        """
        with self._lock:
            for _ in range(TRIES):
                books, version = self._current(), self._version
                self._books = None  # ahead of the base from here on, until that has followed
                told, keep = work(books)
                if keep is None:
                    self._books = books
                    return told
                with self._base.transaction():
                    if is_newest := self._base.run(NEXT, (version,)) == 1:
                        keep()
                if is_newest:
                    self._books, self._version = books, version + 1
                    return told
            raise StoreError("others write to this ledger all the time; nothing of it was booked, try again")

    # -- reading -------------------------------------------------------------------------------------------------

    def waiting(self, slot: str) -> Mapping[str, Transfer]:
        with self._lock:
            return {each.id: each for each in self._current().waiting(slot)}

    def balances(self) -> Mapping[str, Balance]:
        with self._lock:
            return self._current().balance

    def entries(self, *, slot: str | None = None, account: str | None = None) -> list[Entry]:
        wanted, values = list[str](), list[str]()
        if slot is not None:
            wanted, values = ["slot = ?"], [slot]
        if account is not None:
            wanted, values = [*wanted, "(debit = ? OR credit = ?)"], [*values, account, account]
        where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
        with self._lock:
            return [
                _entry(row) for row in self._base.rows(f"SELECT {COLUMNS} FROM entry{where} ORDER BY number", values)
            ]

    def entry(self, number: int) -> Entry | None:
        with self._lock:
            rows = self._base.rows(f"SELECT {COLUMNS} FROM entry WHERE number = ?", (number,))
        return _entry(rows[0]) if rows else None

    def closed_slots(self) -> list[ClosedSlot]:
        with self._lock:
            return [ClosedSlot(*row) for row in self._base.rows(f"SELECT {SLOT_COLUMNS} FROM slot ORDER BY number")]

    def entry_counts(self) -> dict[str, int]:
        """Return how many entries each slot has."""
        with self._lock:
            return dict(self._base.rows("SELECT slot, count(*) FROM entry GROUP BY slot"))

    def head(self) -> bytes:
        with self._lock:
            return self._current().head

    def verified(self) -> Books:
        """Play everything again from the first entry, and compare what was kept to open quickly.

        Raises:
            LedgerError: Something was altered; the message says what.
        """
        with self._lock, self._base.snapshot():
            count, head, at_ns = self._checkpoint()
            books = Books(self.secret)
            books.open(self._accounts(0))

            def entries() -> Iterator[Entry]:
                for row in self._base.stream(f"SELECT {COLUMNS} FROM entry ORDER BY number"):
                    if books.count == count:
                        self._compare(books, head, at_ns)
                    yield _entry(row)

            played(books, entries(), self.closed_slots())
            if books.count < count:
                raise LedgerError(f"entries after {books.count} are missing: {count} were there at the last checkpoint")
            if books.count == count:
                self._compare(books, head, at_ns)
            return books

    def _compare(self, books: Books, head: bytes, at_ns: int) -> None:
        kept = {name: Balance(*amounts) for name, *amounts in self._base.rows(f"SELECT {BALANCE_COLUMNS} FROM balance")}
        seen = {name: each for name, each in books.balance.items() if each != Balance()}
        if books.count and (kept, head, at_ns) != (seen, books.head, books.at_ns):
            wrong = sorted(name for name in {*kept, *seen} if kept.get(name) != seen.get(name))
            raise LedgerError(
                f"the checkpoint at entry {books.count} was altered: {', '.join(wrong[:5]) or 'its head'}"
            )

    # -- taking up -----------------------------------------------------------------------------------------------

    def _begin(self, salt: bytes) -> None:
        with self._base.transaction():
            for text in TABLES:
                self._base.run(text.format(**self._base.types))
            self._base.protect()
            self._base.run(
                "INSERT INTO state (only_one, version, salt, entry_count, head, at_ns) "
                "VALUES (0, 0, ?, 0, ?, 0) ON CONFLICT (only_one) DO NOTHING",
                (salt, START),
            )

    def _current(self) -> Books:
        """Return books that are as new as the base."""
        books = self._books
        if books is None or self._newest_version() != self._version:
            self._books = None  # half caught up is worth nothing
            with self._base.snapshot():
                version = self._newest_version()
                books = self._caught_up(books or self._from_checkpoint())
            self._books, self._version = books, version
        return books

    def _newest_version(self) -> int:
        ((version,),) = self._base.rows("SELECT version FROM state")
        return int(version)

    def _from_checkpoint(self) -> Books:
        books = Books(self.secret)
        books.open(self._accounts(0))
        books.count, books.head, books.at_ns = count, _, _ = self._checkpoint()
        for name, *amounts in self._base.rows(f"SELECT {BALANCE_COLUMNS} FROM balance"):
            books.balance[name] = Balance(*amounts)
        books.closed |= {name for (name,) in self._base.rows("SELECT name FROM slot WHERE entry_count <= ?", (count,))}
        for (slot,) in self._base.rows(OPEN_SLOTS, (count,)) if count else ():
            # Of what belongs to no slot, which is never closed, only reserves are wanted.
            rest = "" if slot else " AND kind <> 'post'"
            query = f"SELECT {COLUMNS} FROM entry WHERE slot = ? AND number <= ?{rest} ORDER BY number"
            books.remember(_entry(row) for row in self._base.rows(query, (slot, count)))
        return books

    def _caught_up(self, books: Books) -> Books:
        books.open(self._accounts(len(books.accounts)))
        rows = self._base.rows(f"SELECT {COLUMNS} FROM entry WHERE number > ? ORDER BY number", (books.count,))
        query = f"SELECT {SLOT_COLUMNS} FROM slot WHERE number > ? ORDER BY number"
        slots = [ClosedSlot(*row) for row in self._base.rows(query, (len(books.closed),))]
        return played(books, map(_entry, rows), slots)

    def _checkpoint(self) -> tuple[int, bytes, int]:
        ((count, head, at_ns),) = self._base.rows("SELECT entry_count, head, at_ns FROM state")
        return int(count), bytes(head), int(at_ns)

    def _accounts(self, after: int) -> list[Account]:
        query = "SELECT id, unit, no_overdraft FROM account WHERE number > ? ORDER BY number"
        return [Account(name, Unit(unit), bool(flag)) for name, unit, flag in self._base.rows(query, (after,))]

    def _aside(self, books: Books, transfers: Sequence[Transfer]) -> dict[str, Transfer]:
        """Return those that happened, of transfers that the books know nothing of, any more."""
        ids = [each.id for each in transfers if not books.is_known(each.id)]
        return {each.transfer.id: each.transfer for each in map(_entry, self._base.known(ids))} if ids else {}


def _amounts(balance: Balance) -> tuple[int, int, int, int]:
    return balance.debits, balance.credits, balance.debits_pending, balance.credits_pending


def _row(entry: Entry) -> Row:
    number, at_ns, (name, debit, credit, amount, kind, slot, pending_id, timeout_ns, is_linked), own_hash = entry
    words = (number, name, debit, credit, amount, str(kind), slot, pending_id)
    return (*words, timeout_ns, 1 if is_linked else 0, at_ns, own_hash)


def _entry(row: Row) -> Entry:
    number, name, debit, credit, amount, kind, slot, pending_id, timeout_ns, is_linked, at_ns, own_hash = row
    transfer = Transfer(
        name, debit, credit, amount, KINDS[kind], slot, pending_id, timeout_ns, is_linked=is_linked == 1
    )
    return Entry(number, at_ns, transfer, own_hash)
