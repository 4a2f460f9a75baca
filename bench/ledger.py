"""A slot of 10 000 trades into the ledger: reserve, settle, close, durable; against plain rows into SQLite.

Bound on a quiet core: settled within 1 s. The reference writes as many rows of the same width, in one transaction, and
hashes nothing, checks nothing.
"""

import sqlite3
import tempfile
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from enerwise.core.time import elapsed_s
from enerwise.market.book import Book
from enerwise.market.clearing import trades_of
from enerwise.market.imbalance import ImbalancePrices
from enerwise.market.ledger import Transfer
from enerwise.market.mechanism import mechanism
from enerwise.market.settle import BANK, Slot, accounts, cash, reserves, settled
from enerwise.store.ledger_sqlite import COLUMNS, SqliteLedger

TRADES = 10_000
MILLION = 1_000_000


def a_slot() -> Slot:
    """A slot in which nearly ten thousand trades are made."""
    count, rng = TRADES, np.random.default_rng(1)
    number, who = np.arange(count), tuple(f"home-{each}" for each in range(count // 2))
    quantity, price = rng.integers(1, 5000, count), rng.integers(100_000, 300_000, count)
    is_buy = number % 2 == 0
    # Buyers that value energy above every seller, so that nearly all of the book is traded.
    return Slot("noon", Book(number, number // 2, is_buy, quantity, price + 300_000 * is_buy, time_ns=number), who)


def reference_s(folder: Path, rows: int) -> float:
    """Return how long as many plain rows take. [s]"""
    file = sqlite3.connect(folder / "plain.db", isolation_level=None)
    names = COLUMNS.split(", ")
    file.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE entry ({', '.join(names)});")
    made = [
        (at, f"noon/delivered/{at}", "cash:escrow", f"cash:{at}", 5, "post", "noon", "", 0, 0, 1, bytes(32))
        for at in range(rows)
    ]
    began = elapsed_s()
    file.execute("BEGIN")
    file.executemany(f"INSERT INTO entry VALUES ({', '.join('?' * len(names))})", made)
    file.execute("COMMIT")
    return elapsed_s() - began


def main() -> None:
    """Print what each step took."""
    slot, table = a_slot(), Table("step", "transfers", "s", "times plain rows")
    trades = trades_of(slot.book, mechanism().clear(slot.book))
    with tempfile.TemporaryDirectory() as folder:
        ledger = SqliteLedger(Path(folder) / "ledger.db")
        ledger.open_accounts(accounts(slot.participants))
        ledger.submit([Transfer(f"deposit/{each}", cash(BANK), cash(each), 10**10) for each in slot.participants], 0)
        plain = reference_s(Path(folder), 50_000) / 50_000

        def step(name: str, count: int, took: float) -> None:
            table.add_row(name, f"{count}", f"{took:.2f}", f"{took / (plain * max(count, 1)):.1f}")

        began = elapsed_s()
        held = reserves(slot)
        ledger.submit(held, 1)
        step("orders reserve", len(held), elapsed_s() - began)
        began = elapsed_s()
        metered = np.random.default_rng(2).integers(-4000, 4000, len(slot.participants))
        made = settled(slot, trades, metered, ImbalancePrices(150_000, 150_000, 5000), ledger.waiting("noon")).transfers
        ledger.submit(made, 2)
        ledger.close_slot("noon", 3)
        step(f"{len(trades)} trades settled, slot closed", len(made), elapsed_s() - began)
        began = elapsed_s()
        rng = np.random.default_rng(3).integers(0, len(slot.participants), (MILLION, 2))
        moves = [
            Transfer(f"m/{at}", f"energy:home-{one}", f"energy:home-{other}", 1 + at % 900)
            for at, (one, other) in enumerate(rng.tolist())
        ]
        for at in range(0, MILLION, 50_000):
            ledger.submit(moves[at : at + 50_000], 4)
        step("a million transfers", MILLION, elapsed_s() - began)
        assert sum(each.net for each in ledger.balances().values()) == 0
        began = elapsed_s()
        ledger.close()
        again = SqliteLedger(Path(folder) / "ledger.db")
        took = elapsed_s() - began
        step("opened again, everything checked", len(again.entries()), took)
        assert again.head() == ledger.head()
    Console().print(table)


if __name__ == "__main__":
    main()
