"""The mid-market rate: neighbours trade half-way between what the grid takes and what it pays, and share the rest.

With retail price r and feed-in price f, local energy costs (r + f) / 2. Where there is less of it than is wanted,
buyers share what the grid charges for the rest; where there is more, sellers share what the grid pays for the rest.
Everybody is filled, and nobody does worse than with the grid alone; prices of orders are not looked at.

Source: Tushar et al. 2018, peer-to-peer energy trading with sustainable user participation; Long et al. 2017.
Holds for: f <= r. A shared price is rounded down to whole micro-EUR/kWh; what that leaves goes to "rounding".
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.market.book import Book
from enerwise.market.clearing import GRID, Clearing
from enerwise.market.mechanism import Promise
from enerwise.market.money import amount_ueur

PROMISES: Final = frozenset({Promise.PRIORITY, Promise.PERMUTATION, Promise.SPLIT, Promise.MONOTONE})


@dataclass(frozen=True, slots=True)
class MidMarket:
    """Half-way between the grid's two prices. [micro-EUR/kWh]"""

    retail_ueur_per_kwh: int = 300_000
    feed_in_ueur_per_kwh: int = 80_000
    name: str = "mid_market"
    promises: frozenset[Promise] = PROMISES

    def __post_init__(self) -> None:
        check_grid_prices(self.retail_ueur_per_kwh, self.feed_in_ueur_per_kwh)

    def clear(self, book: Book) -> Clearing:
        """Fill everybody; the grid takes or gives what neighbours cannot."""
        supply_wh, demand_wh = totals_wh(book)
        retail, feed_in = self.retail_ueur_per_kwh, self.feed_in_ueur_per_kwh
        buy = sell = (retail + feed_in) // 2
        if supply_wh < demand_wh:
            buy = (supply_wh * sell + (demand_wh - supply_wh) * retail) // demand_wh
        elif supply_wh > demand_wh:
            sell = (demand_wh * buy + (supply_wh - demand_wh) * feed_in) // supply_wh
        return with_grid(book, buy, sell, retail=retail, feed_in=feed_in)


def check_grid_prices(retail: int, feed_in: int) -> None:
    """Refuse a grid that pays more than it takes."""
    if feed_in > retail:
        raise ValueError(f"the grid pays {feed_in} and takes {retail} micro-EUR/kWh; it must pay no more than it takes")


def totals_wh(book: Book) -> tuple[int, int]:
    """Return what is offered and what is wanted. [Wh]"""
    return int(book.quantity_wh[~book.is_buy].sum()), int(book.quantity_wh[book.is_buy].sum())


def with_grid(book: Book, buy: int, sell: int, *, retail: int, feed_in: int) -> Clearing:
    """Fill everybody at a price for each side, and let the grid take or give the rest at its own."""
    supply_wh, demand_wh = totals_wh(book)
    taken_wh = supply_wh - demand_wh
    paid = int(amount_ueur(taken_wh, feed_in if taken_wh > 0 else retail))
    return Clearing(
        book.quantity_wh.copy(),
        np.where(book.is_buy, buy, sell).astype(np.int64),
        accounts_wh={GRID: taken_wh} if taken_wh else {},
        accounts_ueur={GRID: paid} if paid else {},
    )
