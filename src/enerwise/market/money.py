"""Money: watt-hours times micro-euro per kWh, rounded once to whole micro-euro."""

from typing import Final

import numpy as np

from enerwise.core.units import IntArray

WH_PER_KWH: Final = 1000
EXACT_MOST: Final = 2**61
"""Products below this are taken in 64 bits, others in Python's whole numbers."""


def amount_ueur(energy_wh: IntArray | int, price_ueur_per_kwh: IntArray | int) -> IntArray:
    """Price energy, to the nearest micro-euro, halves upward.

    Args:
        energy_wh: Of either sign. [Wh]
        price_ueur_per_kwh: Of either sign, same shape. [micro-EUR/kWh]

    Raises:
        OverflowError: An amount does not fit into 64 bits.

    >>> amount_ueur(np.array([1500, 1, -1]), np.array([300_001, 500, 500])).tolist()
    [450002, 1, 0]
    """
    energy, price = np.broadcast_arrays(np.asarray(energy_wh, np.int64), np.asarray(price_ueur_per_kwh, np.int64))
    if float(np.max(np.abs(energy), initial=0)) * float(np.max(np.abs(price), initial=0)) < EXACT_MOST:
        return np.asarray((energy * price + WH_PER_KWH // 2) // WH_PER_KWH, np.int64)
    exact = [(int(q) * int(p) + WH_PER_KWH // 2) // WH_PER_KWH for q, p in zip(energy.flat, price.flat, strict=True)]
    return np.array(exact, np.int64).reshape(energy.shape)


def summed(number: IntArray, amount: IntArray, count: int) -> IntArray:
    """Add up whole amounts by number, 0 to ``count - 1``, without the rounding that floats bring.

    >>> summed(np.array([1, 0, 1]), np.array([2**60, 5, 1]), 2).tolist() == [5, 2**60 + 1]
    True
    """
    total = np.zeros(count, np.int64)
    np.add.at(total, number, amount)
    return total


def priced_sum_ueur(number: IntArray, energy_wh: IntArray, price_ueur_per_kwh: IntArray, count: int) -> IntArray:
    """Price energy and add it up by number, 0 to ``count - 1``; each sum is rounded once, halves upward. [micro-EUR]

    >>> priced_sum_ueur(np.array([0, 0]), np.array([1, 1]), np.array([400, 400]), 1).tolist()
    [1]
    """
    largest = float(np.max(np.abs(energy_wh), initial=0)) * float(np.max(np.abs(price_ueur_per_kwh), initial=0))
    if largest * max(energy_wh.size, 1) < EXACT_MOST:
        return (summed(number, energy_wh * price_ueur_per_kwh, count) + WH_PER_KWH // 2) // WH_PER_KWH
    total = [0] * count
    for who, energy, price in zip(number.tolist(), energy_wh.tolist(), price_ueur_per_kwh.tolist(), strict=True):
        total[who] += energy * price
    return np.array([(each + WH_PER_KWH // 2) // WH_PER_KWH for each in total], np.int64)
