"""Bid curves: how much is bought or sold at which price, for each slot of an auction, as columns of whole numbers.

A curve is a staircase. Each of its steps says from which price on it holds; at a higher price nobody buys more or sells
less. Below its first step a curve says what its first step says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.units import IntArray
from enerwise.market.book import PRICE_MAX_UEUR_PER_KWH, QUANTITY_MAX_WH

SHOWN_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class BidCurves:
    """Curves of the slots of one auction, a row for each step. Shapes (row,)

    Raises:
        ProblemsFound: Each row that is wrong, by its number from 1.

    >>> made = BidCurves(np.array([0, 0, 0]), np.array([-500_000, 30_000, 60_000]), np.array([5000, 0, -4500]))
    >>> [int(made.accepted_wh(np.array([price]))[0]) for price in (29_999, 30_000, 60_000, 900_000)]
    [5000, 0, -4500, -4500]
    """

    slot: IntArray
    """Which slot the step belongs to, from 0 without a gap."""
    price_from_ueur_per_kwh: IntArray
    """From this price on, up to the next step of the slot. [micro-EUR/kWh]"""
    quantity_wh: IntArray
    """Above zero bought, below zero sold. [Wh]"""

    def __post_init__(self) -> None:
        shapes = {self.slot.shape, self.price_from_ueur_per_kwh.shape, self.quantity_wh.shape}
        if shapes != {(self.slot.size,)}:
            raise ValueError(f"columns of bid curves are of unlike length: {sorted(shapes)}")
        if problems := list(_problems(self))[:SHOWN_MOST]:
            raise ProblemsFound("bid curves", problems)

    @property
    def slot_count(self) -> int:
        """Number of slots."""
        return int(self.slot[-1]) + 1 if self.slot.size else 0

    def accepted_wh(self, price_ueur_per_kwh: IntArray) -> IntArray:
        """Return what is bought at a price of each slot; sold below zero.

        Args:
            price_ueur_per_kwh: One price for each slot, whatever stands before. Shape (..., slot)

        Returns:
            The same shape. [Wh]
        """
        if np.shape(price_ueur_per_kwh)[-1:] != (self.slot_count,):
            raise ValueError(f"{self.slot_count} slots want as many prices, got {np.shape(price_ueur_per_kwh)}")
        return np.asarray(self.quantity_wh[self.row_at(price_ueur_per_kwh)], np.int64)

    def row_at(self, price_ueur_per_kwh: IntArray) -> IntArray:
        """Return the row that holds at a price of each slot. Shape (..., slot)"""
        first = np.searchsorted(self.slot, np.arange(self.slot_count))
        # Prices and slots are whole, so that one number can order both.
        span = 4 * PRICE_MAX_UEUR_PER_KWH
        price = np.clip(price_ueur_per_kwh, -PRICE_MAX_UEUR_PER_KWH, PRICE_MAX_UEUR_PER_KWH)
        key = self.slot * span + self.price_from_ueur_per_kwh
        found = np.searchsorted(key, np.arange(self.slot_count) * span + price, side="right") - 1
        return np.asarray(np.maximum(found, first), np.int64)


def _problems(curves: BidCurves) -> Iterator[Problem]:
    slot, price, quantity = curves.slot, curves.price_from_ueur_per_kwh, curves.quantity_wh
    if slot.size and slot[0] != 0:
        yield Problem("row 1", f"begins with slot {slot[0]}", "begin with the first slot")
    if np.any(np.abs(price) > PRICE_MAX_UEUR_PER_KWH) or np.any(np.abs(quantity) > QUANTITY_MAX_WH):
        remedy = f"stay within {PRICE_MAX_UEUR_PER_KWH} micro-EUR/kWh and {QUANTITY_MAX_WH} Wh"
        yield Problem("bids", "a price or a quantity is out of range", remedy)
    rises, same = np.diff(slot), np.diff(slot) == 0
    for row in np.flatnonzero((rises < 0) | (rises > 1)):
        yield Problem(f"row {row + 2}", f"slot {slot[row + 1]} follows slot {slot[row]}", "write slots one by one")
    for row in np.flatnonzero(same & (np.diff(price) <= 0)):
        told = f"{price[row + 1]} micro-EUR/kWh follows {price[row]}"
        yield Problem(f"row {row + 2}, price", told, "let prices of a slot rise")
    for row in np.flatnonzero(same & (np.diff(quantity) > 0)):
        told = f"{quantity[row + 1]} Wh follows {quantity[row]} Wh at a lower price"
        yield Problem(f"row {row + 2}, quantity", told, "at a higher price buy no more and sell no less")


def merged(curves: BidCurves) -> BidCurves:
    """Return the same curves with as few steps as possible."""
    is_new = np.ones(curves.slot.size, np.bool_)
    is_new[1:] = (np.diff(curves.slot) != 0) | (np.diff(curves.quantity_wh) != 0)
    return BidCurves(curves.slot[is_new], curves.price_from_ueur_per_kwh[is_new], curves.quantity_wh[is_new])
