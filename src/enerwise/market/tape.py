"""The tape of a continuous auction: what came, in its sequence, and what traded with what.

Entries are columns, a position on the tape is the name of an order. Engines keep what rests between calls, so that a
venue hands over a batch or a single order, and what comes out is the same tape.
"""

import heapq
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.market.book import Book

SUBMIT: Final = 0
CANCEL: Final = 1
REPLACE: Final = 2


@dataclass(frozen=True, slots=True)
class Entries:
    """What comes, one after the other. Shapes (entry,)"""

    kind: IntArray
    """SUBMIT, CANCEL of the order at ``target``, or REPLACE: both at once, if that order is still open."""
    target: IntArray
    """Position on the tape of the order that is cancelled or replaced; -1 else."""
    participant: IntArray
    is_buy: BoolArray
    quantity_wh: IntArray
    price_ueur_per_kwh: IntArray

    def __len__(self) -> int:
        return int(self.kind.size)

    @classmethod
    def submit(cls, participant: int, *, is_buy: bool, quantity_wh: int, price_ueur_per_kwh: int) -> "Entries":
        """Return one order."""
        return cls._one(SUBMIT, -1, participant, is_buy, quantity_wh, price_ueur_per_kwh)

    @classmethod
    def cancel(cls, target: int) -> "Entries":
        """Return the end of an order; nothing happens where it is gone."""
        return cls._one(CANCEL, target, 0, False, 0, 0)

    @classmethod
    def replace(
        cls, target: int, participant: int, *, is_buy: bool, quantity_wh: int, price_ueur_per_kwh: int
    ) -> "Entries":
        """Return an order in place of another, at the end of the queue; it is refused where that one is gone."""
        return cls._one(REPLACE, target, participant, is_buy, quantity_wh, price_ueur_per_kwh)

    @classmethod
    def _one(cls, *row: int) -> "Entries":
        kind, target, participant, is_buy, quantity_wh, price = (np.array([each], np.int64) for each in row)
        return cls(kind, target, participant, is_buy.astype(np.bool_), quantity_wh, price)


@dataclass(frozen=True, slots=True)
class Tape:
    """What traded. Shapes (trade,); orders are positions on the tape, counted over all calls of an engine"""

    came: IntArray
    rested: IntArray
    quantity_wh: IntArray
    price_ueur_per_kwh: IntArray
    refused: IntArray
    """Orders that met one of their own participant, so that what was left of them is gone, or that were to replace what
    was gone. Shape (refusal,)"""

    @classmethod
    def of(cls, trades: IntArray, refused: IntArray) -> "Tape":
        """Take trades as rows: who came, who rested, energy, price. Shape (4, trade)"""
        came, rested, quantity_wh, price = (each.copy() for each in trades)
        return cls(came, rested, quantity_wh, price, refused)

    def to_bytes(self) -> bytes:
        """Return the tape as bytes: equal tapes give equal bytes."""
        return np.stack([self.came, self.rested, self.quantity_wh, self.price_ueur_per_kwh]).astype("<i8").tobytes()


class Engine(Protocol):
    """A continuous book."""

    def play(self, entries: Entries) -> Tape:
        """Take what comes, and return what traded; a cancel of what is gone, or was never there, does nothing."""
        ...

    def left_wh(self) -> IntArray:
        """Return what is left of every order so far; zero where it is done, cancelled or refused. [Wh]"""
        ...


def entries(book: Book, rows: IntArray | None = None) -> Entries:
    """Return orders of a book as what comes, in the sequence of some rows, or of all."""
    at: IntArray | slice = slice(None) if rows is None else rows
    count = len(book) if rows is None else rows.size
    return Entries(
        kind=np.full(count, SUBMIT, np.int64),
        target=np.full(count, -1, np.int64),
        participant=book.participant[at],
        is_buy=book.is_buy[at],
        quantity_wh=book.quantity_wh[at],
        price_ueur_per_kwh=book.price_ueur_per_kwh[at],
    )


def engine(*, is_compiled: bool | None = None) -> Engine:
    """Return an empty book.

    Args:
        is_compiled: None takes the compiled engine where numba is installed.

    Raises:
        ImportError: The compiled one is asked for and numba is missing; the extra ``market`` brings it.
    """
    if is_compiled is False:
        return PlainEngine()
    try:
        from enerwise.market.tape_compiled import CompiledEngine
    except ImportError:
        if is_compiled:
            raise
        return PlainEngine()
    return CompiledEngine()


class PlainEngine:
    """Two heaps of Python, to be read in one sitting."""

    def __init__(self) -> None:
        self._bids: list[tuple[int, int]] = []
        self._asks: list[tuple[int, int]] = []
        self._left: list[int] = []
        self._who: list[int] = []
        self._price: list[int] = []
        self._trades: list[tuple[int, int, int, int]] = []
        self._refused: list[int] = []

    def left_wh(self) -> IntArray:
        return np.array(self._left, np.int64)

    def play(self, entries: Entries) -> Tape:
        self._trades, self._refused = [], []
        columns = (entries.kind, entries.target, entries.participant, entries.is_buy)
        amounts = (entries.quantity_wh, entries.price_ueur_per_kwh)
        for kind, target, who, is_buy, quantity, price in zip(
            *(each.tolist() for each in (*columns, *amounts)), strict=True
        ):
            self._left.append(0)
            self._who.append(who)
            self._price.append(price)
            order = len(self._left) - 1
            was_open = kind != SUBMIT and self._close(target)
            if kind == SUBMIT or (kind == REPLACE and was_open):
                self._submit(order, is_buy, quantity)
            elif kind == REPLACE:
                self._refused.append(order)
        trades = np.array(self._trades, np.int64).reshape(-1, 4).T
        return Tape.of(trades, np.array(self._refused, np.int64))

    def _close(self, target: int) -> bool:
        was_open = 0 <= target < len(self._left) and self._left[target] > 0
        if was_open:
            self._left[target] = 0
        return was_open

    def _submit(self, order: int, is_buy: bool, rest: int) -> None:
        opposite, sign = (self._asks, 1) if is_buy else (self._bids, -1)
        while rest and opposite:
            key, other = opposite[0]
            if not self._left[other]:
                heapq.heappop(opposite)
                continue
            if key > sign * self._price[order]:
                break
            if self._who[other] == self._who[order]:
                self._refused.append(order)
                return
            traded = min(rest, self._left[other])
            self._trades.append((order, other, traded, self._price[other]))
            self._left[other] -= traded
            rest -= traded
        self._left[order] = rest
        if rest:
            heapq.heappush(self._bids if is_buy else self._asks, (-sign * self._price[order], order))
