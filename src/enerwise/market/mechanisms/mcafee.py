"""McAfee's trade reduction: truthful, at the price of the last trade.

Let m units be worth trading. Where the next bid and the next ask have a mean that the m-th of each side would accept,
all m trade at that mean: nobody who trades has set it. Otherwise the m-th gives way, the others buy at its bid and sell
at its ask, and the difference goes to the account "surplus".

Truthful, individually rational and weakly balanced for orders of one unit. An order of several units is one lot here:
it gives way as a whole, and its rest never serves as the next order. Such an order may still gain by hiding quantity;
`muda` is the rule made for them.

Source: McAfee 1992, a dominant strategy double auction. Ties: the earlier order first, then the smaller id.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.book import Book, in_priority
from enerwise.market.clearing import Clearing, Trades, pairs
from enerwise.market.mechanism import Promise
from enerwise.market.mechanisms.uniform import crossing_wh, served

PROMISES: Final = frozenset({Promise.LIMITS, Promise.PRIORITY, Promise.PERMUTATION, Promise.TRUTHFUL})


@dataclass(frozen=True, slots=True)
class McAfee:
    """The last trade gives way where the next orders give no price."""

    name: str = "mcafee"
    promises: frozenset[Promise] = PROMISES

    def clear(self, book: Book) -> Clearing:
        """Clear what remains after the reduction."""
        buy, sell = _Queue.of(book, is_buy=True), _Queue.of(book, is_buy=False)
        most_wh = crossing_wh(buy.price, buy.up_to, sell.price, sell.up_to)
        if not most_wh:
            return Clearing(np.zeros(len(book), np.int64), np.zeros(len(book), np.int64), trades=Trades.none())
        last_buy, last_sell = buy.at(most_wh), sell.at(most_wh)
        bid, ask = int(buy.price[last_buy]), int(sell.price[last_sell])
        middle = _middle(buy, sell, last_buy, last_sell, most_wh)
        if middle is not None and ask <= middle <= bid:
            return _cleared(book, buy, sell, most_wh, middle, middle)
        return _cleared(book, buy, sell, min(buy.before(last_buy), sell.before(last_sell)), bid, ask)


@dataclass(frozen=True, slots=True)
class _Queue:
    """One side, best first."""

    row: IntArray
    price: IntArray
    up_to: IntArray

    @classmethod
    def of(cls, book: Book, *, is_buy: bool) -> "_Queue":
        row = in_priority(book, is_buy=is_buy)
        return cls(row, book.price_ueur_per_kwh[row], np.cumsum(book.quantity_wh[row]))

    def at(self, quantity_wh: int) -> int:
        """Return which order is served last."""
        return int(np.searchsorted(self.up_to, quantity_wh))

    def before(self, position: int) -> int:
        return int(self.up_to[position - 1]) if position else 0


def _middle(buy: _Queue, sell: _Queue, last_buy: int, last_sell: int, most_wh: int) -> int | None:
    """Return the mean of the next bid and the next ask; None where either is missing, or is a rest of the last."""
    is_whole = buy.up_to[last_buy] == sell.up_to[last_sell] == most_wh
    if not is_whole or last_buy + 1 >= buy.row.size or last_sell + 1 >= sell.row.size:
        return None
    return int(buy.price[last_buy + 1] + sell.price[last_sell + 1]) // 2


def _cleared(book: Book, buy: _Queue, sell: _Queue, traded_wh: int, bid: int, ask: int) -> Clearing:
    filled = np.zeros(len(book), np.int64)
    filled[buy.row], filled[sell.row] = served(buy.up_to, traded_wh), served(sell.up_to, traded_wh)
    price = np.where(book.is_buy, bid, ask).astype(np.int64)
    return Clearing(filled, price, trades=pairs(buy.row, sell.row, filled, price))
