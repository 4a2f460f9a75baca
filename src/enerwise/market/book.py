"""The book: the orders of one slot, as columns of integers."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.units import BoolArray, IntArray

QUANTITY_MAX_WH: Final = 2**40
TOTAL_MAX_WH: Final = 2**60
PRICE_MAX_UEUR_PER_KWH: Final = 10**9
"""A thousand euro per kWh, either sign: whatever is above is a slip of the hand."""
SHOWN_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Book:
    """Orders of one slot, in any sequence; who was first is said by ``time_ns``, and at the same time by ``id``.

    All columns have the shape (order,). Participants and areas are numbers from zero; whoever reads a file or a
    request keeps their names.
    """

    id: IntArray
    """Unlike in a book."""
    participant: IntArray
    is_buy: BoolArray
    quantity_wh: IntArray
    """1 to 2^40. [Wh]"""
    price_ueur_per_kwh: IntArray
    """The most a buyer pays, the least a seller takes; may be zero or below. [micro-EUR/kWh]"""
    area: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    time_ns: IntArray = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        """Fill in what was left out, and refuse orders that no rule can clear.

        Raises:
            ProblemsFound: Each order that is wrong, by its id.
        """
        count = np.size(self.id)
        for name in ("area", "time_ns"):
            if getattr(self, name).size == 0 < count:
                object.__setattr__(self, name, np.zeros(count, np.int64))
        sizes = {each.name: np.shape(getattr(self, each.name)) for each in fields(self)}
        if set(sizes.values()) != {(count,)}:
            raise ValueError(f"columns of a book are of unlike length: {sizes}")
        if problems := _problems(self):
            raise ProblemsFound("orders", problems[:SHOWN_MOST])

    def __len__(self) -> int:
        return int(self.id.size)

    @classmethod
    def of(cls, orders: Sequence[tuple[Any, ...]]) -> "Book":
        """Make a small book from rows ``(id, participant, is_buy, quantity_wh, price[, area[, time_ns]])``.

        >>> len(Book.of([(1, 0, True, 500, 300_000), (2, 1, False, 500, 100_000)]))
        2
        """
        rows = [(*row, *(0,) * (7 - len(row))) for row in orders]
        columns = list(zip(*rows, strict=True)) if rows else [()] * 7
        types = [np.int64, np.int64, np.bool_, *[np.int64] * 4]
        return cls(*[np.array(each, dtype=kind) for each, kind in zip(columns, types, strict=True)])

    def take(self, rows: IntArray) -> "Book":
        """Return the orders at some rows, in that sequence."""
        columns = {each.name: getattr(self, each.name)[rows] for each in fields(self)}
        return replace(self, **columns)


def in_priority(book: Book, *, is_buy: bool) -> IntArray:
    """Return the rows of one side, best price first; at the same price the earlier, then the smaller id.

    The sequence depends on what the orders say and not on where they stand in the book.
    """
    rows = np.flatnonzero(book.is_buy == is_buy)
    price = book.price_ueur_per_kwh[rows]
    key = -price if is_buy else price
    if is_in_time(book, rows):
        return rows[np.argsort(key, kind="stable")]
    return rows[np.lexsort((book.id[rows], book.time_ns[rows], key))]


def is_in_time(book: Book, rows: IntArray) -> bool:
    """Tell whether rows stand by time, then id, already, as books that were filled as orders came do."""
    time, number = book.time_ns[rows], book.id[rows]
    later = time[1:] > time[:-1]
    return bool((later | ((time[1:] == time[:-1]) & (number[1:] > number[:-1]))).all())


def _problems(book: Book) -> list[Problem]:
    quantity, price = book.quantity_wh, book.price_ueur_per_kwh
    found = [
        Problem(f"order {book.id[row]}", f"quantity {quantity[row]} Wh", f"offer 1 to {QUANTITY_MAX_WH} Wh")
        for row in np.flatnonzero((quantity < 1) | (quantity > QUANTITY_MAX_WH))[:SHOWN_MOST]
    ]
    found += [
        Problem(f"order {book.id[row]}", f"price {price[row]} micro-EUR/kWh", f"stay within {PRICE_MAX_UEUR_PER_KWH}")
        for row in np.flatnonzero(np.abs(price) > PRICE_MAX_UEUR_PER_KWH)[:SHOWN_MOST]
    ]
    found += [
        Problem(f"order {each}", "this id is given to several orders", "give each order an id of its own")
        for each in _repeated(book.id)[:SHOWN_MOST]
    ]
    if not found and float(quantity.sum(dtype=np.float64)) > TOTAL_MAX_WH:
        found.append(Problem("orders", f"more than {TOTAL_MAX_WH} Wh together", "split the book by slot"))
    if np.any(book.participant < 0) or np.any(book.area < 0):
        raise ValueError("participants and areas are numbers from zero")
    return found


def _repeated(number: IntArray) -> IntArray:
    if number.size < 2 or bool((number[1:] > number[:-1]).all()):
        return number[:0]
    ordered = np.sort(number)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
