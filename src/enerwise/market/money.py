"""Money: watt-hours times micro-euro per kWh, rounded once to whole micro-euro."""

from typing import Final

import numpy as np

from enerwise.core.units import IntArray

WH_PER_KWH: Final = 1000
EXACT_MOST: Final = 2**61
"""Products below this are taken in 64 bits, others in Python's whole numbers."""


def amount_ueur(energy_wh: IntArray | int, price_ueur_per_kwh: IntArray | int) -> IntArray:
    """Price energy in whole micro-euro, rounded toward zero: parts of an order never come to more than the whole.

    Args:
        energy_wh: Of either sign. [Wh]
        price_ueur_per_kwh: Of either sign, same shape. [micro-EUR/kWh]

    Raises:
        OverflowError: An amount does not fit into 64 bits.

    >>> amount_ueur(np.array([1500, 1, -1]), np.array([300_001, 900, 1500])).tolist()
    [450001, 0, -1]
    """
    energy, price = np.broadcast_arrays(np.asarray(energy_wh, np.int64), np.asarray(price_ueur_per_kwh, np.int64))
    if float(np.max(np.abs(energy), initial=0)) * float(np.max(np.abs(price), initial=0)) < EXACT_MOST:
        return to_ueur(energy * price)
    exact = [_toward_zero(int(q) * int(p)) for q, p in zip(energy.flat, price.flat, strict=True)]
    return np.array(exact, np.int64).reshape(energy.shape)


def to_ueur(neur: IntArray) -> IntArray:
    """Round 10^-9 EUR, which watt-hours times micro-euro per kWh are, to whole micro-euro, toward zero."""
    return np.asarray(np.sign(neur) * (np.abs(neur) // WH_PER_KWH), np.int64)


def _toward_zero(neur: int) -> int:
    return neur // WH_PER_KWH if neur >= 0 else -(-neur // WH_PER_KWH)


def summed(number: IntArray, amount: IntArray, count: int) -> IntArray:
    """Add up whole amounts by number, 0 to ``count - 1``, without the rounding that floats bring.

    >>> summed(np.array([1, 0, 1]), np.array([2**60, 5, 1]), 2).tolist() == [5, 2**60 + 1]
    True
    """
    total = np.zeros(count, np.int64)
    np.add.at(total, number, amount)
    return total


def priced_sum_ueur(number: IntArray, energy_wh: IntArray, price_ueur_per_kwh: IntArray, count: int) -> IntArray:
    """Price energy and add it up by number, 0 to ``count - 1``; each sum is rounded once, toward zero. [micro-EUR]

    >>> priced_sum_ueur(np.array([0, 0]), np.array([1, 1]), np.array([600, 600]), 1).tolist()
    [1]
    """
    largest = float(np.max(np.abs(energy_wh), initial=0)) * float(np.max(np.abs(price_ueur_per_kwh), initial=0))
    if largest * max(energy_wh.size, 1) < EXACT_MOST:
        return to_ueur(summed(number, energy_wh * price_ueur_per_kwh, count))
    total = [0] * count
    for who, energy, price in zip(number.tolist(), energy_wh.tolist(), price_ueur_per_kwh.tolist(), strict=True):
        total[who] += energy * price
    return np.array([_toward_zero(each) for each in total], np.int64)
