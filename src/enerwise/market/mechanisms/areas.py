"""What area markets have in common: whole prices, and orders that are filled around what a network brings and takes.

At the price of its area an order either accepts or not. All who accept are served, best price first, as far as energy
goes; what comes over the network is served before any seller, what leaves before any buyer.
"""

from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.market.book import Book, in_priority
from enerwise.market.money import summed
from enerwise.market.network import PPM

WHOLE: Final = 1e-3
"""A price this near below a whole micro-euro is that micro-euro; orders have whole prices, so nobody is left out."""


def price_between(low: FloatArray, high: FloatArray, k_ppm: int) -> IntArray:
    """Return whole prices, rounded down, between the lowest and the highest of a program. [micro-EUR/kWh]"""
    return np.asarray(np.floor(low + (high - low) * (k_ppm / PPM) + WHOLE), np.int64)


def accepting_wh(book: Book, price: IntArray) -> tuple[IntArray, IntArray]:
    """Return what is wanted and what is offered in each area at its price. [Wh], shapes (area,)"""
    accepts = _accepts(book, price)
    wanted, offered = (
        summed(book.area[rows], book.quantity_wh[rows], price.size)
        for rows in (accepts & book.is_buy, accepts & ~book.is_buy)
    )
    return wanted, offered


def filled_around(book: Book, price: IntArray, come_wh: IntArray) -> IntArray:
    """Return what each order gets, so that in every area sold and come equal bought and left. [Wh], shape (order,)

    Args:
        book: Orders of all areas.
        price: Of each area. [micro-EUR/kWh], shape (area,)
        come_wh: What the network brings, below zero what it takes; no more than accepting orders take or give.
    """
    wanted, offered = accepting_wh(book, price)
    brought, taken = np.maximum(come_wh, 0), np.maximum(-come_wh, 0)
    traded = np.minimum(wanted + taken, offered + brought)
    assert bool((traded >= np.maximum(brought, taken)).all()), "the network brings more than is wanted"
    filled, accepts = np.zeros(len(book), np.int64), _accepts(book, price)
    for is_buy, before in ((True, taken), (False, brought)):
        rows = in_priority(book, is_buy=is_buy)
        rows = rows[accepts[rows]]
        rows = rows[np.argsort(book.area[rows], kind="stable")]
        filled[rows] = _served_by_area(book, rows, traded - before)
    return filled


def _served_by_area(book: Book, rows: IntArray, traded_wh: IntArray) -> IntArray:
    """Serve orders that stand area by area, in each of them down to what is traded there."""
    area, quantity = book.area[rows], book.quantity_wh[rows]
    up_to = np.cumsum(quantity)
    first = np.searchsorted(area, area, side="left")
    before = up_to[first] - quantity[first]
    reached = np.minimum(up_to - before, traded_wh[area])
    is_first = first == np.arange(rows.size)
    return np.where(is_first, reached, reached - np.roll(reached, 1))


def _accepts(book: Book, price: IntArray) -> BoolArray:
    here, limit = price[book.area], book.price_ueur_per_kwh
    return np.where(book.is_buy, limit >= here, limit <= here)
