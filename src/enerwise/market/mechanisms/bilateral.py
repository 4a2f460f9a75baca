"""Bilateral contracts: what two have agreed beforehand goes first, at their price; the rest goes on to a market.

A contract names a buyer, a seller, a quantity and a price. It is delivered out of what both bring to the slot: from
the orders of the buyer and the seller, the earlier first, until the contract or one side is used up. Limits of orders
do not count there, since the contract was agreed to. Contracts are served in the sequence in which they are listed.
What is left of every order is cleared by another rule, by default at one price.

A contract promises no energy by itself: whoever brings less than was agreed delivers less, and settles the difference
as a deviation. Ties: those of the rule that clears the rest.
"""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.book import PRICE_MAX_UEUR_PER_KWH, QUANTITY_MAX_WH, Book
from enerwise.market.clearing import Clearing, Trades, pairs, trades_of
from enerwise.market.mechanism import Mechanism, Promise
from enerwise.market.mechanisms.uniform import Uniform, served
from enerwise.market.paired import filled_at_mean, joined

PROMISES: Final = frozenset({Promise.PERMUTATION, Promise.MONOTONE, Promise.NO_SURPLUS})


@dataclass(frozen=True, slots=True)
class Contract:
    """What two have agreed for the slot."""

    buyer: int
    seller: int
    """Participants by their number."""
    quantity_wh: int
    price_ueur_per_kwh: int

    def __post_init__(self) -> None:
        if self.buyer == self.seller:
            raise ValueError(f"participant {self.buyer} cannot have a contract with itself")
        if not 1 <= self.quantity_wh <= QUANTITY_MAX_WH:
            raise ValueError(f"a contract over {self.quantity_wh} Wh; agree on 1 to {QUANTITY_MAX_WH} Wh")
        if abs(self.price_ueur_per_kwh) > PRICE_MAX_UEUR_PER_KWH:
            raise ValueError(f"a contract at {self.price_ueur_per_kwh}; stay within {PRICE_MAX_UEUR_PER_KWH}")


@dataclass(frozen=True, slots=True)
class Bilateral:
    """Contracts, then a market."""

    contracts: tuple[Contract, ...] = ()
    rest: Mechanism = field(default_factory=Uniform)
    """What clears the rest; a rule that pairs buyers and sellers, not one that trades with the grid."""
    name: str = "bilateral"
    promises: frozenset[Promise] = PROMISES

    def clear(self, book: Book) -> Clearing:
        """Deliver the contracts and clear what is left.

        Raises:
            ValueError: The rule for the rest trades with a pool, so that nobody has a partner.
        """
        left_wh, agreed = book.quantity_wh.copy(), list[Trades]()
        for contract in self.contracts:
            agreed.append(_delivered(book, contract, left_wh))
        rows = np.flatnonzero(left_wh)
        open_book = replace(book.take(rows), quantity_wh=left_wh[rows])
        trades = joined([*agreed, _moved(trades_of(open_book, self.rest.clear(open_book)), rows)])
        filled, price = filled_at_mean(trades, len(book))
        return Clearing(filled, price, trades=trades)


def _delivered(book: Book, contract: Contract, left_wh: IntArray) -> Trades:
    """Return the trades of one contract; what is left of the orders is written down."""
    buy, sell = (_orders(book, who, left_wh, is_buy=who == contract.buyer) for who in (contract.buyer, contract.seller))
    wanted, offered = np.cumsum(left_wh[buy]), np.cumsum(left_wh[sell])
    most_wh = int(min(wanted.max(initial=0), offered.max(initial=0), contract.quantity_wh))
    filled = np.zeros(len(book), np.int64)
    filled[buy], filled[sell] = served(wanted, most_wh), served(offered, most_wh)
    left_wh -= filled
    return pairs(buy, sell, filled, np.full(len(book), contract.price_ueur_per_kwh, np.int64))


def _orders(book: Book, who: int, left_wh: IntArray, *, is_buy: bool) -> IntArray:
    """Return the open orders of a participant on one side, the earlier first."""
    rows = np.flatnonzero((book.participant == who) & (book.is_buy == is_buy) & (left_wh > 0))
    return rows[np.lexsort((book.id[rows], book.time_ns[rows]))]


def _moved(trades: Trades, rows: IntArray) -> Trades:
    """Return trades of some rows of a book as trades of the book."""
    return replace(trades, buy=rows[trades.buy], sell=rows[trades.sell])
