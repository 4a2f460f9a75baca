"""Long series for a screen: about two points a pixel, of which none hides a peak."""

import numpy as np

from enerwise.core.time import TimeArray
from enerwise.core.units import FloatArray


def reduced(start_utc: TimeArray, value: FloatArray, *, bins: int) -> tuple[TimeArray, FloatArray]:
    """Keep smallest and largest value of each of ``bins`` equal parts, each at its own time.

    Args:
        start_utc: Rising times. Shape (n,)
        value: NaN where unknown; a part that holds a gap keeps one NaN, so that no line is drawn across it. Shape (n,)
        bins: How many parts, above zero.

    Returns:
        Times and values, at most three for each part; unchanged where there are no more than that.
    """
    if value.size <= 2 * bins or bins < 1:
        return start_utc, value
    part = np.minimum(np.arange(value.size) * bins // value.size, bins - 1)
    first = np.searchsorted(part, np.arange(bins))
    lows = _positions(np.where(np.isnan(value), np.inf, value), part, first, np.minimum)
    highs = _positions(np.where(np.isnan(value), -np.inf, value), part, first, np.maximum)
    gaps = first[np.logical_or.reduceat(np.isnan(value), first)]
    gaps = gaps + _offset_of_gap(value, first, gaps)
    keep = np.unique(np.concatenate([lows, highs, gaps]))
    return start_utc[keep], value[keep]


def _positions(filled: FloatArray, part: np.ndarray, first: np.ndarray, least: np.ufunc) -> np.ndarray:
    """Return where each part has its extreme for the first time; nothing for parts that hold only gaps."""
    extreme = least.reduceat(filled, first)
    is_there = (filled == extreme[part]) & np.isfinite(filled)
    where = np.flatnonzero(is_there)
    _, at = np.unique(part[where], return_index=True)
    found: np.ndarray = where[at]
    return found


def _offset_of_gap(value: FloatArray, first: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """Return how far behind its beginning the first NaN of each part with a gap lies."""
    missing = np.flatnonzero(np.isnan(value))
    offset: np.ndarray = missing[np.searchsorted(missing, gaps)] - gaps
    return offset
