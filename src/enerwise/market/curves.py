"""Curves: what orders say together, as steps of equal price, or as vectors over a grid of prices.

Steps lose nothing: orders of the same area, side and price are one step. Vectors round prices to a grid against their
owner, bids down and asks up, so that nobody trades beyond a limit; in return they have one length whatever is behind
them, add up, and tell no order.
"""

from dataclasses import dataclass, replace

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.book import Book
from enerwise.market.money import summed


@dataclass(frozen=True, slots=True)
class Steps:
    """The orders of the same area, side and price, as one step each. Shapes (step,)"""

    area: IntArray
    sign: IntArray
    """1 buys, -1 sells."""
    price_ueur_per_kwh: IntArray
    quantity_wh: IntArray

    def __len__(self) -> int:
        return int(self.area.size)


def steps_of(book: Book) -> Steps:
    """Return what a book says, whatever the sequence of its orders and however they are split.

    >>> len(steps_of(Book.of([(1, 0, True, 5, 30), (2, 1, True, 2, 30), (3, 2, False, 4, 20)])))
    2
    """
    sign, price = np.where(book.is_buy, 1, -1), book.price_ueur_per_kwh
    order = np.lexsort((price, sign, book.area))
    key = np.stack([book.area, sign, price])[:, order]
    is_first = np.append(True, (key[:, 1:] != key[:, :-1]).any(axis=0))[: len(book)]
    first = np.flatnonzero(is_first)
    quantity = np.add.reduceat(book.quantity_wh[order], first) if first.size else np.zeros(0, np.int64)
    return Steps(key[0, first], key[1, first], key[2, first], quantity)


def on_grid(book: Book, step: int) -> Book:
    """Return a book whose prices lie on the grid: bids rounded down, asks up.

    >>> on_grid(Book.of([(1, 0, True, 5, 33), (2, 1, False, 4, 21)]), 10).price_ueur_per_kwh.tolist()
    [30, 30]
    """
    price = book.price_ueur_per_kwh
    return replace(book, price_ueur_per_kwh=np.where(book.is_buy, price // step, -(-price // step)) * step)


def vectors(book: Book, owner: IntArray, grid: IntArray, *, is_buy: bool) -> IntArray:
    """Return what each owner would take (or give) at each price of a grid. [Wh], shape (owner, price)

    Args:
        book: Orders whose prices lie on the grid.
        owner: Of each order, a number from zero: a participant, a street. Shape (order,)
        grid: Prices, rising. [micro-EUR/kWh]
        is_buy: Which side.
    """
    count, rows = int(owner.max(initial=-1)) + 1, np.flatnonzero(book.is_buy == is_buy)
    place = owner[rows] * grid.size + np.searchsorted(grid, book.price_ueur_per_kwh[rows])
    at_price = summed(place, book.quantity_wh[rows], count * grid.size).reshape(count, grid.size)
    # A buyer takes at every price up to the own, a seller gives at every price from the own on.
    return np.flip(np.cumsum(np.flip(at_price, 1), 1), 1) if is_buy else np.cumsum(at_price, 1)


def summed_up(vector: IntArray, fan_out: int) -> IntArray:
    """Add up vectors level by level, as parents do; what the root holds. Shape (price,)"""
    while vector.shape[0] > 1:
        vector = np.add.reduceat(vector, np.arange(0, vector.shape[0], fan_out), axis=0)
    return vector[0] if vector.shape[0] else np.zeros(vector.shape[1], np.int64)


def most_traded(wanted: IntArray, offered: IntArray) -> tuple[int, int]:
    """Return the place on a grid of prices at which most is traded, and how much. [Wh]

    Where several prices do, those count at which nobody is left out who would accept a better one, and of these the
    middle, the lower of two. Where nothing is traded the place is zero.

    Args:
        wanted: At each price, falling. [Wh]
        offered: At each price, rising. [Wh]
    """
    traded = np.minimum(wanted, offered)
    most_wh = int(traded.max(initial=0))
    if not most_wh:
        return 0, 0
    # Above the price nobody is left who would buy, below it nobody who would sell.
    is_upper, is_lower = np.append(wanted[1:], 0) <= most_wh, np.append(0, offered[:-1]) <= most_wh
    best = np.flatnonzero((traded == most_wh) & is_upper & is_lower)
    return int(best[(best.size - 1) // 2]), most_wh
