"""Ledgers in memory, in a file and in PostgreSQL: the contract, altered files, kills in the middle of a settlement."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.errors import StoreError
from enerwise.market.book import Book
from enerwise.market.clearing import trades_of
from enerwise.market.imbalance import ImbalancePrices
from enerwise.market.ledger import Kind, LedgerError, Refusal, Transfer
from enerwise.market.mechanism import mechanism
from enerwise.market.settle import BANK, Slot, accounts, cash, energy, reserves, settled
from enerwise.store import ledger_sql
from enerwise.store.ledger import LedgerStore, MemoryLedger
from enerwise.store.ledger_postgres import PostgresLedger
from enerwise.store.ledger_sqlite import SqliteLedger
from enerwise.testing.contracts.ledger import ACCOUNTS, MOVES, LedgerContract, seen


class TestMemoryLedger(LedgerContract):
    lasts = False

    def open(self, folder: Path) -> LedgerStore:
        del folder
        return MemoryLedger()


class TestSqliteLedger(LedgerContract):
    def open(self, folder: Path) -> LedgerStore:
        return SqliteLedger(folder / "ledger.db")


class TestPostgresLedger(LedgerContract):
    """On a server that is named, or on one of its own; without PostgreSQL all of it is skipped, and says so."""

    server = ""

    @pytest.fixture(autouse=True)
    def _has_server(self, postgres: str) -> None:
        self.server = postgres

    def open(self, folder: Path) -> LedgerStore:
        return PostgresLedger(a_schema(self.server, folder))


def a_schema(server: str, folder: Path) -> str:
    """Return the address of a schema of its own for a folder."""
    psycopg = import_module("psycopg")
    schema = f"l{sha256(str(folder).encode()).hexdigest()[:20]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    return f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"


def a_kept_ledger(path: Path) -> None:
    made = SqliteLedger(path)
    made.open_accounts(ACCOUNTS)
    made.submit(MOVES, 1)
    made.close()


@pytest.mark.parametrize(
    "change", ["UPDATE entry SET amount = 1 WHERE number = 2", "DELETE FROM entry WHERE number = 2"]
)
def test_entries_stay_and_whoever_goes_round_that_is_found_out(tmp_path: Path, change: str) -> None:
    path = tmp_path / "ledger.db"
    a_kept_ledger(path)
    with sqlite3.connect(path) as file:
        with pytest.raises(sqlite3.IntegrityError, match="entries stay as they are"):
            file.execute(change)
        file.executescript(f"DROP TRIGGER entry_stays; DROP TRIGGER entry_lasts; {change};")
    with pytest.raises(LedgerError, match=r"entry 2 .*(does not follow|missing)"):
        SqliteLedger(path)


def test_a_file_of_something_else_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"something else entirely, and longer than a header" * 99)
    with pytest.raises(StoreError, match="cannot be opened as a ledger"):
        SqliteLedger(tmp_path / "ledger.db")


def test_a_full_disk_books_nothing_and_the_next_try_works(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.db")
    ledger.open_accounts(ACCOUNTS)
    ledger._base.rows("PRAGMA max_page_count = 1")
    many = [Transfer(f"{number}", "bank", "ben", 1, slot="x" * 500) for number in range(500)]
    with pytest.raises(StoreError, match="nothing of it was booked"):
        ledger.submit(many, 1)
    assert ledger.balances()["ben"].net == 0
    ledger._base.rows("PRAGMA max_page_count = 100000")
    assert set(ledger.submit(many, 2)) == {Refusal.NONE}


def test_opening_starts_from_a_checkpoint_and_comes_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_sql, "CHECKPOINT_EVERY", 1)
    whole, path = MemoryLedger(), tmp_path / "ledger.db"
    for ledger in (whole, SqliteLedger(path)):
        ledger.open_accounts(ACCOUNTS)
        ledger.submit([*MOVES, Transfer("7", "ben", "ada", 3, Kind.PEND, slot="one", timeout_ns=70)], 1)
        ledger.submit([Transfer("8", "ben", "ada", 4, Kind.PEND), Transfer("9", "ben", "ada", 1, slot="one")], 2)
        ledger.close_slot("noon", 3)
        ledger.submit([Transfer("after", "bank", "ben", 9, slot="two")], 4)
        ledger.close()
    again = SqliteLedger(path)
    assert again._checkpoint()[0] == 8, "the entry before the last"
    assert (again.head(), seen(again.balances())) == (whole.head(), seen(whole.balances()))
    assert again.submit(MOVES[:4], 5) == whole.submit(MOVES[:4], 5) == [Refusal.EXISTS] * 4
    ends = [
        Transfer(f"{each}-end", "ben", "ada", 1, Kind.POST_PENDING, slot, each)
        for each, slot in (("7", "one"), ("8", ""))
    ]
    assert again.submit(ends, 6) == whole.submit(ends, 6) == [Refusal.NONE] * 2, "what was reserved before still is"
    assert again.close_slot("one", 7) == whole.close_slot("one", 7), "with a root over what came before the checkpoint"
    assert seen(again.verified().balance) == seen(again.balances())
    again.close()
    with sqlite3.connect(path) as file:
        file.execute("UPDATE balance SET debits = debits + 1 WHERE account = 'ben'")
    with closing(SqliteLedger(path)) as altered, pytest.raises(LedgerError, match=r"checkpoint .* altered: ben"):
        altered.verified()


@pytest.mark.parametrize("count", [10_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_any_number_of_transfers_sums_to_zero_and_plays_again(tmp_path: Path, count: int) -> None:
    ledger, part = SqliteLedger(tmp_path / "ledger.db"), count // 20
    ledger.open_accounts(accounts(WHO))
    pairs = np.random.default_rng(6).integers(0, len(WHO), (count, 2)).tolist()
    for at in range(0, count, part):
        slot = f"slot-{at}"
        moves = [
            Transfer(f"{at + row}", energy(WHO[one]), energy(WHO[other]), 1 + row % 900, slot=slot)
            for row, (one, other) in enumerate(pairs[at : at + part])
        ]
        assert set(ledger.submit(moves, at)) <= {Refusal.NONE, Refusal.SELF}
        ledger.close_slot(slot, at)
    assert sum(each.net for each in ledger.balances().values()) == 0
    books = ledger.verified()
    assert (books.head, books.count) == (ledger.head(), sum(one != other for one, other in pairs))
    assert seen(books.balance) == seen(ledger.balances())
    ledger.close()


# ---------------------------------------------------------------------------------------------------------------
# Kills

COUNT = 60
WHO = tuple(f"home-{number}" for number in range(20))


def a_slot() -> Slot:
    rng, number = np.random.default_rng(4), np.arange(COUNT)
    price = rng.integers(100_000, 300_000, COUNT)
    return Slot("noon", Book(number, number % 20, rng.random(COUNT) < 0.5, rng.integers(1, 900, COUNT), price), WHO)


def settle_all(ledger: LedgerStore, *, tell: bool = False) -> None:
    """Deposit, reserve, settle and close, a few transfers at a time; what happened before happens once."""
    slot = a_slot()
    trades = trades_of(slot.book, mechanism().clear(slot.book))
    ledger.open_accounts(accounts(WHO))
    steps = [[Transfer(f"deposit/{each}", cash(BANK), cash(each), 10**9) for each in WHO], reserves(slot)]
    for moves in steps:
        in_parts(ledger, moves, tell=tell)
    # What was reserved, not what is left of it: the same transfers, before and after a kill.
    waiting = {each.id: each for each in reserves(slot)}
    metered = np.random.default_rng(5).integers(-900, 900, len(WHO))
    in_parts(
        ledger, settled(slot, trades, metered, ImbalancePrices(150_000, 150_000, 5000), waiting).transfers, tell=tell
    )
    ledger.close_slot("noon", 3)


def in_parts(ledger: LedgerStore, moves: "list[Transfer] | tuple[Transfer, ...]", *, tell: bool) -> None:
    for at in range(0, len(moves), 4):
        assert set(ledger.submit(moves[at : at + 4], 1)) <= {Refusal.NONE, Refusal.EXISTS}
        if tell:
            print(at, flush=True)


def test_a_kill_in_the_middle_of_a_settlement_loses_nothing_and_books_nothing_twice(tmp_path: Path) -> None:
    whole = MemoryLedger()
    settle_all(whole)
    for number, lines in enumerate((1, 9, 17, 23, 30, 41)):
        path = tmp_path / f"{number}.db"
        command = [sys.executable, "-c", f"import pathlib; from tests.store.test_ledger import *; "
                   f"settle_all(SqliteLedger(pathlib.Path({str(path)!r})), tell=True)"]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(lines):
                process.stdout.readline()
            process.kill()
        ledger = SqliteLedger(path)
        acknowledged = len(ledger.entries())
        assert acknowledged >= 1
        settle_all(ledger)
        assert ledger.head() == whole.head(), f"killed after {lines} batches and {acknowledged} entries"
        assert [each.transfer.id for each in ledger.entries()] == [each.transfer.id for each in whole.entries()]
