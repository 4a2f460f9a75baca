"""MUDA: the book is dealt into two halves, and each half trades at the price of the other.

Nobody's order has a say in the price at which it trades, and who is served within a half goes by time and not by price,
so that nothing but the true price is worth reporting, with any number of units. The price of truth: what could have
been traded across the halves is not, and where one half has no price the other does not trade.

A participant is dealt as a whole, by a hash of number and seed: the same seed deals the same halves.

Source: Segal-Halevi, Hassidim and Aumann 2018, MUDA: a truthful multi-unit double-auction mechanism. Within a half the
earlier order comes first, then the smaller id.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.market.book import Book
from enerwise.market.clearing import Clearing, Trades, pairs
from enerwise.market.mechanism import Promise
from enerwise.market.mechanisms.uniform import Uniform, served
from enerwise.market.paired import joined

PROMISES: Final = frozenset(
    {
        Promise.LIMITS,
        Promise.PERMUTATION,
        Promise.SPLIT,
        Promise.MONOTONE,
        Promise.NO_SURPLUS,
        Promise.TRUTHFUL,
    }
)
# Source: Steele, Lea and Flood 2014, fast splittable pseudorandom number generators (its finaliser).
GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
MIX: Final = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, slots=True)
class Muda:
    """Each half at the other's price."""

    seed: int = 0
    name: str = "muda"
    promises: frozenset[Promise] = PROMISES

    def clear(self, book: Book) -> Clearing:
        """Deal, price, and trade crosswise."""
        halves = [np.flatnonzero(half == dealt) for dealt in (False, True) for half in [_half(book, self.seed)]]
        prices = [_price(book.take(rows)) for rows in halves]
        filled, price, trades = np.zeros(len(book), np.int64), np.zeros(len(book), np.int64), list[Trades]()
        for rows, other in zip(halves, reversed(prices), strict=True):
            if other is not None:
                price[rows] = other
                trades.append(_trade(book, rows, other, filled, price))
        return Clearing(filled, price, trades=joined(trades))


def _half(book: Book, seed: int) -> BoolArray:
    """Return in which half a participant stands."""
    mixed = (book.participant.astype(np.uint64) + np.uint64(seed % 2**63) + np.uint64(1)) * GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * MIX[0]
    mixed = (mixed ^ (mixed >> np.uint64(27))) * MIX[1]
    return np.asarray((mixed ^ (mixed >> np.uint64(31))) & np.uint64(1), np.bool_)


def _price(book: Book) -> int | None:
    cleared = Uniform().clear(book)
    return None if cleared.bounds_ueur_per_kwh is None else int(cleared.price_ueur_per_kwh[0])


def _trade(book: Book, rows: IntArray, price: int, filled: IntArray, prices: IntArray) -> Trades:
    """Trade within a half at a price that comes from outside; fills are written down."""
    limit, is_buy = book.price_ueur_per_kwh[rows], book.is_buy[rows]
    willing = rows[np.where(is_buy, limit >= price, limit <= price)]
    queue = willing[np.lexsort((book.id[willing], book.time_ns[willing]))]
    buy, sell = queue[book.is_buy[queue]], queue[~book.is_buy[queue]]
    wanted, offered = np.cumsum(book.quantity_wh[buy]), np.cumsum(book.quantity_wh[sell])
    most_wh = int(min(wanted.max(initial=0), offered.max(initial=0)))
    filled[buy], filled[sell] = served(wanted, most_wh), served(offered, most_wh)
    return pairs(buy, sell, filled, prices)
