"""More levels than were learned: 99 quantiles out of 19, for whoever scores or wants the tails."""

from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.forecast.frame import QUANTILES

FINER: Final = np.arange(1, 100) / 100.0
"""0.01..0.99. Shape (99,)"""


def finer(value: FloatArray) -> FloatArray:
    """Return 99 quantiles: straight lines between those there are, the outermost line going on beyond them.

    A tail never changes its sign: nobody uses less than nothing, and a plant at night yields none.

    Args:
        value: Rising quantiles at `QUANTILES`, NaN where nothing was said. Shape (..., 19)

    Returns:
        Rising quantiles at `FINER`. Shape (..., 99)

    >>> finer(np.arange(1.0, 20.0))[[0, 4, 49, 94, 98]].round(2)
    array([ 0.2,  1. , 10. , 19. , 19.8])
    """
    place = np.clip(np.searchsorted(QUANTILES, FINER - 1e-9), 1, QUANTILES.size - 1)
    share = (FINER - QUANTILES[place - 1]) / (QUANTILES[place] - QUANTILES[place - 1])
    line = (1 - share) * value[..., place - 1] + share * value[..., place]
    least = np.where(value[..., :1] >= 0, 0.0, -np.inf)
    most = np.where(value[..., -1:] <= 0, 0.0, np.inf)
    return np.asarray(np.clip(line, least, most))
