"""The continuous double auction: whoever comes trades at once with the best that rests, and rests with what is left.

Price, then time: the best resting price first, at the same price whoever came first. A trade has the price of the
resting order. An order that would meet one of the same participant is refused from there on: what is left of it neither
trades nor rests, so that no book is ever crossed. Cancelling takes an order out; replacing is cancelling and coming
anew, at the end of the queue. Ties: the earlier order first, then the smaller id.

Good within the day, where nobody wants to wait. Orders that arrive at random reach about 70 % of the welfare of a call
auction, so that is the default elsewhere.

Two engines write one tape: a compiled one (extra ``market``) and one in plain Python, which needs nothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.book import Book
from enerwise.market.clearing import Clearing, Trades
from enerwise.market.mechanism import Promise
from enerwise.market.paired import filled_at_mean
from enerwise.market.tape import Engine, Tape, engine, entries

PROMISES: Final = frozenset({Promise.LIMITS, Promise.PERMUTATION, Promise.NO_SURPLUS})


@dataclass(frozen=True, slots=True)
class Continuous:
    """First come, first served."""

    is_compiled: bool | None = None
    """None takes the compiled engine where it is installed."""
    name: str = "continuous"
    promises: frozenset[Promise] = PROMISES

    def clear(self, book: Book) -> Clearing:
        """Play a whole book in the sequence of its times, then ids."""
        order = np.lexsort((book.id, book.time_ns))
        tape = self.engine().play(entries(book, order))
        return _cleared(book, order, tape)

    def engine(self) -> Engine:
        """Return an empty book that takes orders as they come."""
        return engine(is_compiled=self.is_compiled)


def _cleared(book: Book, order: IntArray, tape: Tape) -> Clearing:
    came, rested = order[tape.came], order[tape.rested]
    is_buyer = book.is_buy[came]
    buy, sell = np.where(is_buyer, came, rested), np.where(is_buyer, rested, came)
    trades = Trades(buy, sell, tape.quantity_wh, tape.price_ueur_per_kwh, tape.price_ueur_per_kwh)
    filled, price = filled_at_mean(trades, len(book))
    return Clearing(filled, price, trades=trades)
