"""The hierarchy: demand as a vector over prices is summed upward, and one price comes down.

Every participant tells how much would be taken, or given, at each of a few prices; a parent adds up its children and
tells no more than that, so that a street can be cleared without anybody knowing a neighbour's orders. At the root the
price is found at which most is traded. On the way down each order is served by its own price, then time, then id.

Prices of orders are rounded to the grid against their owner (bids down, asks up), so nobody trades beyond a limit; what
is lost is what lies between two prices of the grid.

Source: Kok 2013, the PowerMatcher: smart coordination for the smart electricity grid.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.book import Book, in_priority
from enerwise.market.clearing import Clearing
from enerwise.market.mechanism import Promise
from enerwise.market.mechanisms.uniform import served

PROMISES: Final = frozenset(
    {Promise.LIMITS, Promise.ONE_PRICE, Promise.PERMUTATION, Promise.SPLIT, Promise.MONOTONE, Promise.NO_SURPLUS}
)


@dataclass(frozen=True, slots=True)
class Hierarchical:
    """Vectors up, a price down."""

    price_step_ueur_per_kwh: int = 5_000
    """Between two prices of the grid."""
    fan_out: int = 16
    """Children of a parent."""
    name: str = "hierarchical"
    promises: frozenset[Promise] = PROMISES

    def __post_init__(self) -> None:
        if self.price_step_ueur_per_kwh < 1 or self.fan_out < 2:
            raise ValueError("a price step is at least 1 micro-EUR/kWh, and a parent has at least two children")

    def clear(self, book: Book) -> Clearing:
        """Clear at a price of the grid."""
        coarse = on_grid(book, self.price_step_ueur_per_kwh)
        grid = np.unique(coarse.price_ueur_per_kwh)
        wanted, offered = (summed_up(vectors(coarse, grid, is_buy=each), self.fan_out) for each in (True, False))
        traded = np.minimum(wanted, offered)
        most_wh = int(traded.max(initial=0))
        filled = np.zeros(len(book), np.int64)
        if not most_wh:
            return Clearing(filled, filled.copy())
        # Above the price nobody is left who would buy, below it nobody who would sell.
        is_upper, is_lower = np.append(wanted[1:], 0) <= most_wh, np.append(0, offered[:-1]) <= most_wh
        best = np.flatnonzero((traded == most_wh) & is_upper & is_lower)
        price = int(grid[best[(best.size - 1) // 2]])
        for is_buy in (True, False):
            rows = in_priority(coarse, is_buy=is_buy)
            filled[rows] = served(np.cumsum(book.quantity_wh[rows]), most_wh)
        return Clearing(filled, np.full(len(book), price, np.int64), bounds_ueur_per_kwh=(price, price))


def on_grid(book: Book, step: int) -> Book:
    """Return a book whose prices lie on the grid: bids rounded down, asks up."""
    price = book.price_ueur_per_kwh
    return replace(book, price_ueur_per_kwh=np.where(book.is_buy, price // step, -(-price // step)) * step)


def vectors(book: Book, grid: IntArray, *, is_buy: bool) -> IntArray:
    """Return what each participant would take (or give) at each price of the grid. [Wh], shape (participant, price)"""
    rows = np.flatnonzero(book.is_buy == is_buy)
    count = int(book.participant.max(initial=-1)) + 1
    at_price = np.zeros((count, grid.size), np.int64)
    np.add.at(
        at_price, (book.participant[rows], np.searchsorted(grid, book.price_ueur_per_kwh[rows])), book.quantity_wh[rows]
    )
    # A buyer takes at every price up to the own, a seller gives at every price from the own on.
    return np.flip(np.cumsum(np.flip(at_price, 1), 1), 1) if is_buy else np.cumsum(at_price, 1)


def summed_up(vector: IntArray, fan_out: int) -> IntArray:
    """Add up vectors level by level, as parents do; what the root holds. Shape (price,)"""
    while vector.shape[0] > 1:
        vector = np.add.reduceat(vector, np.arange(0, vector.shape[0], fan_out), axis=0)
    return vector[0] if vector.shape[0] else np.zeros(vector.shape[1], np.int64)
