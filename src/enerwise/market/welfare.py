"""Welfare: what trades are worth at the prices that were reported."""

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.book import Book, in_priority
from enerwise.market.mechanisms.uniform import crossing_wh, served


def welfare_neur(book: Book, filled_wh: IntArray) -> int:
    """Return what buyers would have paid at most, less what sellers would have taken at least. [10^-9 EUR]

    >>> book = Book.of([(1, 0, True, 500, 300_000), (2, 1, False, 500, 100_000)])
    >>> welfare_neur(book, np.array([500, 500]))
    100000000
    """
    signed = np.where(book.is_buy, filled_wh, -filled_wh)
    return sum(wh * price for wh, price in zip(signed.tolist(), book.price_ueur_per_kwh.tolist(), strict=True))


def best_welfare_neur(book: Book) -> int:
    """Return the most that any trades within one area can be worth: the area between the two curves. [10^-9 EUR]"""
    buy, sell = in_priority(book, is_buy=True), in_priority(book, is_buy=False)
    wanted, offered = np.cumsum(book.quantity_wh[buy]), np.cumsum(book.quantity_wh[sell])
    most = crossing_wh(book.price_ueur_per_kwh[buy], wanted, book.price_ueur_per_kwh[sell], offered)
    filled = np.zeros(len(book), np.int64)
    filled[buy], filled[sell] = served(wanted, most), served(offered, most)
    return welfare_neur(book, filled)
