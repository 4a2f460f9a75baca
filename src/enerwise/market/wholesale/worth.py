"""What energy left over at the end of a day is worth: what it would cost to buy again at the cheap hours of a day."""

from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.site.assets import Battery

CHEAP_RATIO: Final = 0.25


def worth_eur_per_kwh(price_eur_per_kwh: FloatArray, battery: Battery) -> float:
    """Return what a stored kWh is worth at the end of a day, never below zero.

    Args:
        price_eur_per_kwh: What a day may bring. Shape (path, slot)
        battery: Whose losses count.

    >>> battery = Battery("b", 1000.0, 500.0, 500.0, round_trip_ratio=0.81)
    >>> round(worth_eur_per_kwh(np.array([[0.09, 0.18, 0.3, 0.4]]), battery), 3)
    0.1
    """
    count = max(1, round(CHEAP_RATIO * price_eur_per_kwh.shape[1]))
    cheap = np.sort(price_eur_per_kwh.mean(axis=0))[:count].mean()
    return max(0.0, float(cheap)) / battery.one_way_ratio
