"""Community pooling: everybody's energy goes into one pool at one price, and is shared pro rata.

The price is agreed beforehand and is the same for all. Whoever would not trade at it stays out. Where more is wanted
than offered, buyers share what there is in proportion to what they want; where more is offered, sellers share the sales
likewise. Nobody is first: neither a better price nor an earlier order gets more. What a member lacks is left unfilled,
for the next market or the supplier behind the connection.

A single watt-hour that does not divide goes to the largest remainder, then to the earlier order, then to the smaller
id; so an order cut in two may get a watt-hour more or less per part.

Source: Council of European Energy Regulators 2019, regulatory aspects of self-consumption and energy communities
(dynamic sharing in proportion to consumption).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.book import PRICE_MAX_UEUR_PER_KWH, Book
from enerwise.market.clearing import Clearing
from enerwise.market.mechanism import Promise
from enerwise.market.shares import pro_rata

PROMISES: Final = frozenset(
    {Promise.LIMITS, Promise.ONE_PRICE, Promise.PERMUTATION, Promise.MONOTONE, Promise.NO_SURPLUS}
)


@dataclass(frozen=True, slots=True)
class Pooling:
    """One pool at an agreed price."""

    price_ueur_per_kwh: int = 190_000
    """Half-way between 0.30 EUR/kWh from the grid and 0.08 EUR/kWh into it. [micro-EUR/kWh]"""
    name: str = "pooling"
    promises: frozenset[Promise] = PROMISES

    def __post_init__(self) -> None:
        if abs(self.price_ueur_per_kwh) > PRICE_MAX_UEUR_PER_KWH:
            raise ValueError(f"the pool's price is {self.price_ueur_per_kwh}; it lies within {PRICE_MAX_UEUR_PER_KWH}")

    def clear(self, book: Book) -> Clearing:
        """Share the smaller side among all of the larger."""
        price, limit = self.price_ueur_per_kwh, book.price_ueur_per_kwh
        willing = np.where(book.is_buy, limit >= price, limit <= price)
        sides = [np.flatnonzero(willing & (book.is_buy == is_buy)) for is_buy in (True, False)]
        traded_wh = min(int(book.quantity_wh[rows].sum()) for rows in sides)
        filled = np.zeros(len(book), np.int64)
        if traded_wh:
            for rows in sides:
                filled[rows] = pro_rata(book.quantity_wh[rows], traded_wh, _rank(book, rows))
        return Clearing(filled, np.full(len(book), price, np.int64), bounds_ueur_per_kwh=(price, price))


def _rank(book: Book, rows: IntArray) -> IntArray:
    return np.argsort(np.lexsort((book.id[rows], book.time_ns[rows])))
