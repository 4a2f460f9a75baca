"""The hierarchy: demand as a vector over prices is summed upward, and one price comes down.

Every participant tells how much would be taken, or given, at each of a few prices; a parent adds up its children and
tells no more than that, so that a street can be cleared without anybody knowing a neighbour's orders. At the root the
price is found at which most is traded. On the way down each order is served by its own price, then time, then id. How
vectors and prices travel between homes, streets and a market is `enerwise.market.tree`.

Prices of orders are rounded to the grid against their owner (bids down, asks up), so nobody trades beyond a limit; what
is lost is what lies between two prices of the grid.

Source: Kok 2013, the PowerMatcher: smart coordination for the smart electricity grid.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.market.book import Book, in_priority
from enerwise.market.clearing import Clearing
from enerwise.market.curves import most_traded, on_grid, summed_up, vectors
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
        # The lowest parents add up their children while they read them, which spares a vector for each participant.
        street = book.participant // self.fan_out
        sides = [summed_up(vectors(coarse, street, grid, is_buy=each), self.fan_out) for each in (True, False)]
        at, traded_wh = most_traded(*sides)
        filled = np.zeros(len(book), np.int64)
        if not traded_wh:
            return Clearing(filled, filled.copy())
        for is_buy in (True, False):
            rows = in_priority(coarse, is_buy=is_buy)
            filled[rows] = served(np.cumsum(book.quantity_wh[rows]), traded_wh)
        price = int(grid[at])
        return Clearing(filled, np.full(len(book), price, np.int64), bounds_ueur_per_kwh=(price, price))
