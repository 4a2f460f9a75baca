"""The uniform-price k-double auction: as much as possible is traded, at one price for everybody.

Bids fall and asks rise; where they meet lies the quantity. The price lies between what the last served and the first
unserved on either side would still accept; ``k`` says where between. The last order served may be filled in part.
Strongly budget balanced, individually rational, efficient at what was reported, and not truthful: no rule has all four.

Ties: at the last price served, the earlier order first, then the smaller id; or, as an option, all orders at that price
pro rata by quantity, where a watt-hour that does not divide goes to the largest remainder, then to the earlier order.
Pro rata nobody gains by being quick, but an order cut in two may get a watt-hour more or less per part. Either way the
same energy is traded at the same price.

Source: Satterthwaite and Williams 1989, bilateral trade with the sealed bid k-double auction; Myerson and Satterthwaite
1983.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.book import Book, in_priority
from enerwise.market.clearing import Clearing
from enerwise.market.mechanism import Promise
from enerwise.market.shares import pro_rata

PPM: Final = 1_000_000
PROMISES: Final = frozenset(set(Promise) - {Promise.TRUTHFUL})


class Ties(StrEnum):
    """Who is filled at the last price served, where not all can be."""

    TIME = "time"
    PRO_RATA = "pro_rata"


@dataclass(frozen=True, slots=True)
class Uniform:
    """One price for everybody."""

    k_ppm: int = PPM // 2
    """Where between the bounds the price lies: 0 at the sellers' end, 1 000 000 at the buyers'."""
    ties: Ties = Ties.TIME
    name: str = "uniform"

    def __post_init__(self) -> None:
        if not 0 <= self.k_ppm <= PPM:
            raise ValueError(f"k_ppm is {self.k_ppm}; it lies within 0 and {PPM}")

    @property
    def promises(self) -> frozenset[Promise]:
        """Pro rata, time counts for nothing and a part of an order may be rounded otherwise than the whole."""
        return PROMISES if self.ties is Ties.TIME else PROMISES - {Promise.PRIORITY, Promise.SPLIT}

    def clear(self, book: Book) -> Clearing:
        """Clear at one price; where nothing can be traded the price is zero and the bounds are missing."""
        buy, sell = in_priority(book, is_buy=True), in_priority(book, is_buy=False)
        bid, ask = book.price_ueur_per_kwh[buy], book.price_ueur_per_kwh[sell]
        wanted, offered = np.cumsum(book.quantity_wh[buy]), np.cumsum(book.quantity_wh[sell])
        traded_wh = crossing_wh(bid, wanted, ask, offered)
        filled = np.zeros(len(book), np.int64)
        filled[buy], filled[sell] = served(wanted, traded_wh), served(offered, traded_wh)
        if not traded_wh:
            return Clearing(filled, np.zeros(len(book), np.int64))
        if self.ties is Ties.PRO_RATA:
            filled[buy], filled[sell] = _levelled(bid, filled[buy], wanted), _levelled(ask, filled[sell], offered)
        lower, upper = price_bounds(bid, wanted, ask, offered, traded_wh)
        price = lower + (upper - lower) * self.k_ppm // PPM
        return Clearing(filled, np.full(len(book), price, np.int64), bounds_ueur_per_kwh=(lower, upper))


def crossing_wh(bid: IntArray, wanted: IntArray, ask: IntArray, offered: IntArray) -> int:
    """Return the most that can be traded. [Wh]

    Args:
        bid: Prices of buyers, falling. [micro-EUR/kWh]
        wanted: Energy up to and with each buyer. [Wh]
        ask: Prices of sellers, rising. [micro-EUR/kWh]
        offered: Energy up to and with each seller. [Wh]

    >>> crossing_wh(np.array([30, 10]), np.array([5, 9]), np.array([20]), np.array([7]))
    5
    """
    # A buyer meets all that is offered at his bid or below; what is wanted grows down the bids, what is offered falls.
    offered_at = np.concatenate([[0], offered])[np.searchsorted(ask, bid, side="right")]
    return int(np.minimum(wanted, offered_at).max(initial=0))


def served(up_to: IntArray, traded_wh: int) -> IntArray:
    """Return what each order of a side gets: the first ones all, the last one served perhaps a part. [Wh]"""
    return np.diff(np.minimum(up_to, traded_wh), prepend=0)


def price_bounds(bid: IntArray, wanted: IntArray, ask: IntArray, offered: IntArray, traded_wh: int) -> tuple[int, int]:
    """Return the lowest and highest price at which exactly that is traded; what is left of an order is unserved."""
    last_bid, last_ask = bid[np.searchsorted(wanted, traded_wh)], ask[np.searchsorted(offered, traded_wh)]
    next_bid = bid[np.searchsorted(wanted, traded_wh, side="right") :][:1]
    next_ask = ask[np.searchsorted(offered, traded_wh, side="right") :][:1]
    return int(max([last_ask, *next_bid])), int(min([last_bid, *next_ask]))


def _levelled(price: IntArray, filled: IntArray, up_to: IntArray) -> IntArray:
    """Share what the last price served gets among all orders of a side at that price, the best first in rank."""
    level = price == price[np.flatnonzero(filled)[-1]]
    levelled = filled.copy()
    levelled[level] = pro_rata(np.diff(up_to, prepend=0)[level], int(filled[level].sum()))
    return levelled
