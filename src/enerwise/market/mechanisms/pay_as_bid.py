"""Pay as bid: the same orders are served as at one price, but everybody pays or gets what the own order says.

What lies between bid and ask stays with nobody and goes to the account "surplus". Those who know this shade their
orders, so that a comparison of reported welfare with other rules says little about true welfare.

Ties: the earlier order first, then the smaller id.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.market.book import Book
from enerwise.market.clearing import Clearing, trades_of
from enerwise.market.mechanism import Promise
from enerwise.market.mechanisms.uniform import Uniform

PROMISES: Final = frozenset(set(Promise) - {Promise.TRUTHFUL, Promise.ONE_PRICE, Promise.NO_SURPLUS})


@dataclass(frozen=True, slots=True)
class PayAsBid:
    """Everybody's own price."""

    name: str = "pay_as_bid"
    promises: frozenset[Promise] = PROMISES

    def clear(self, book: Book) -> Clearing:
        """Clear each order at its own price."""
        filled = Uniform().clear(book).filled_wh
        cleared = Clearing(filled, np.where(filled > 0, book.price_ueur_per_kwh, 0))
        return replace(cleared, trades=trades_of(book, cleared))
