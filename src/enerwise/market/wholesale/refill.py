"""What energy left over at the end of a day is worth: what buying it again would cost at the cheap hours of such a day.

Days are like the days before them: where a path is dear all day, energy left over is dear too. Valued alike on every
path it would be sold out whenever prices are high, only to be bought again at high prices the day after.
"""

from typing import Final

import numpy as np

from enerwise.core.units import FloatArray

CHEAP_RATIO: Final = 0.25


def refill_eur_per_kwh(price_eur_per_kwh: FloatArray) -> FloatArray:
    """Return the mean price of the hours that are cheapest over all paths, on each path, never below zero.

    Args:
        price_eur_per_kwh: What a day may bring. Shape (path, slot)

    Returns:
        Shape (path,)

    >>> refill_eur_per_kwh(np.array([[0.1, 0.3, 0.3, 0.4], [0.2, 0.3, 0.9, 0.9]])).tolist()
    [0.1, 0.2]
    """
    count = max(1, round(CHEAP_RATIO * price_eur_per_kwh.shape[1]))
    cheap = np.argsort(price_eur_per_kwh.mean(axis=0), kind="stable")[:count]
    return np.asarray(np.maximum(price_eur_per_kwh[:, cheap].mean(axis=1), 0.0), np.float64)
