"""A slot of 10 000 trades into the ledger: reserve, settle, close, durable; against plain rows into SQLite.

The slot is settled in five new ledgers, one after the other; told are medians.

Bound on a quiet core: 10 000 trades settled, closed and on disk within 1 s of computing. The reference writes as many
rows of the same width in one transaction; it hashes nothing, checks nothing, and keeps one index less.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

import numpy as np
from rich.console import Console
from rich.table import Table

from enerwise.core.time import elapsed_s
from enerwise.market.book import Book
from enerwise.market.clearing import Trades, trades_of
from enerwise.market.imbalance import ImbalancePrices
from enerwise.market.ledger import Transfer
from enerwise.market.mechanism import mechanism
from enerwise.market.settle import BANK, Slot, accounts, cash, reserves, settled
from enerwise.store.ledger_sql import COLUMNS
from enerwise.store.ledger_sqlite import SqliteLedger

TRADES = 10_000
MILLION = 1_000_000
BATCH = 50_000
SETTLED = 5
PRICES = ImbalancePrices(150_000, 150_000, 5000)


def a_slot() -> tuple[Slot, Trades]:
    """A slot with a little more than ten thousand trades."""
    count, rng = TRADES + 100, np.random.default_rng(1)
    number, who = np.arange(count), tuple(f"home-{each}" for each in range(count // 2))
    quantity, price = rng.integers(1, 5000, count), rng.integers(100_000, 300_000, count)
    is_buy = number % 2 == 0
    # Buyers that value energy above every seller, so that nearly all of the book is traded.
    book = Book(number, number // 2, is_buy, quantity, price + 300_000 * is_buy, time_ns=number)
    return Slot("noon", book, who), trades_of(book, mechanism().clear(book))


def plain_s(folder: Path, count: int) -> float:
    """Return how much computing as many plain rows take. [s]"""
    path = folder / "plain.db"
    path.unlink(missing_ok=True)
    file = sqlite3.connect(path, isolation_level=None)
    columns = COLUMNS.replace("number", "number INTEGER PRIMARY KEY").replace("id,", "id UNIQUE,", 1)
    file.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE entry ({columns})")
    rows = [
        (at, f"noon/delivered/{at}", "cash:escrow", f"cash:{at}", 5, "post", "noon", "", 0, 0, 1, bytes(32))
        for at in range(count)
    ]
    began = process_time()
    file.execute("BEGIN")
    file.executemany(f"INSERT INTO entry VALUES ({', '.join('?' * len(rows[0]))})", rows)
    file.execute("COMMIT")
    took_s = process_time() - began
    file.close()
    return took_s


class Steps:
    """What each step took, beside as many plain rows; the median where it was done more than once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken: dict[tuple[str, int], list[tuple[float, float, float]]] = {}

    @contextmanager
    def step(self, name: str, count: int) -> Iterator[None]:
        began, cpu = elapsed_s(), process_time()
        yield
        cpu_s, took_s = process_time() - cpu, elapsed_s() - began
        plain = plain_s(self.folder, min(count, BATCH)) * count / min(count, BATCH)
        self.taken.setdefault((name, count), []).append((cpu_s, took_s, cpu_s / plain))

    @property
    def table(self) -> Table:
        """All steps."""
        table = Table("step", "transfers", "computing s", "elapsed s", "times plain rows")
        for (name, count), each in self.taken.items():
            cpu_s, took_s, ratio = np.median(each, axis=0)
            table.add_row(name, f"{count}", f"{cpu_s:.2f}", f"{took_s:.2f}", f"{ratio:.1f}")
        return table


def settle_a_slot(ledger: SqliteLedger, steps: Steps) -> None:
    """Reserve, settle and close."""
    slot, trades = a_slot()
    ledger.open_accounts(accounts(slot.participants))
    ledger.submit([Transfer(f"deposit/{each}", cash(BANK), cash(each), 10**10) for each in slot.participants], 0)
    with steps.step("orders reserve", len(slot.book)):
        ledger.submit(reserves(slot), 1)
    metered = np.random.default_rng(2).integers(-4000, 4000, len(slot.participants))
    waiting = ledger.waiting("noon")
    count = len(settled(slot, trades, metered, PRICES, waiting).transfers)
    with steps.step(f"{len(trades)} trades settled, slot closed", count):
        ledger.submit(settled(slot, trades, metered, PRICES, waiting).transfers, 2)
        ledger.close_slot("noon", 3)


def move_a_million(ledger: SqliteLedger, steps: Steps) -> None:
    """Transfers between everybody, a slot for each batch."""
    pairs = np.random.default_rng(3).integers(0, TRADES // 2, (MILLION, 2)).tolist()
    moves = [
        Transfer(f"m/{at}", f"energy:home-{one}", f"energy:home-{other}", 1 + at % 900, slot=f"batch-{at // BATCH}")
        for at, (one, other) in enumerate(pairs)
    ]
    with steps.step("a million transfers, twenty slots closed", MILLION):
        for at in range(0, MILLION, BATCH):
            ledger.submit(moves[at : at + BATCH], 4)
            ledger.close_slot(f"batch-{at // BATCH}", 5)
    assert sum(each.net for each in ledger.balances().values()) == 0


def main() -> None:
    """Print what each step took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ledger, steps = SqliteLedger(folder / "ledger.db", salt=b"of this bench"), Steps(folder)
        settle_a_slot(ledger, steps)
        for again in range(1, SETTLED):
            other = SqliteLedger(folder / f"ledger-{again}.db", salt=b"of this bench")
            settle_a_slot(other, steps)
            other.close()
        move_a_million(ledger, steps)
        head, balances = ledger.head(), {name: str(each) for name, each in ledger.balances().items()}
        ledger.close()
        with steps.step("opened again", MILLION):
            ledger = SqliteLedger(folder / "ledger.db")
        assert ledger.head() == head
        with steps.step("verified from the first entry", MILLION):
            books = ledger.verified()
        assert (books.head, {name: str(each) for name, each in books.balance.items()}) == (head, balances)
        ledger.close()
    Console().print(steps.table)


if __name__ == "__main__":
    main()
