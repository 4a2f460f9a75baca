"""Setpoints as machines read them: whoever has a least power runs at it or above, or stands still."""

from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray

RESOLUTION_W: Final = 0.5
"""Setpoints are no finer: whoever asks for that little less than the least power means the least power."""


def runs_at(asked_w: FloatArray, least_w: FloatArray | float) -> BoolArray:
    """Tell where a machine of some least power runs. Sizes [W], same shape

    >>> runs_at(np.array([0.0, 599.0, 599.6, 900.0]), 600.0)
    array([False, False,  True,  True])
    """
    return np.asarray((asked_w >= least_w - RESOLUTION_W) & (asked_w > 0))
