"""How good a forecast was: pinball loss of quantiles, coverage of bands, errors of centres.

Steps whose truth or forecast is missing (NaN) are left out; a score over nothing is NaN. All scores are means over the
last axis, so that several homes or horizons are scored in one call.
"""

import numpy as np

from enerwise.core.units import BoolArray, FloatArray


def pinball_loss(truth: FloatArray, value: FloatArray, level: FloatArray) -> FloatArray:
    """Return the mean loss of quantile paths: what each level is judged by. Shape (level,)

    Args:
        truth: What was measured. Shape (step,)
        value: Quantile paths, unit of the truth. Shape (level, step)
        level: Of each path, 0..1. Shape (level,)

    Source: Koenker and Bassett 1978, regression quantiles, equation 1.

    >>> pinball_loss(np.array([10.0, 20.0]), np.array([[12.0, 12.0]]), np.array([0.9]))
    array([3.7])
    """
    missing = truth - value
    return mean_known(np.maximum(level[:, None] * missing, (level[:, None] - 1.0) * missing))


def coverage_ratio(truth: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Return the share of steps whose truth lies within a band, its edges included. Shape (...)

    Args:
        truth: What was measured. Shape (..., step)
        lower: Lower edge. Shape (..., step)
        upper: Upper edge. Shape (..., step)

    >>> float(coverage_ratio(np.array([1.0, 2.0, 3.0, np.nan]), np.zeros(4), np.full(4, 2.0)).round(2))
    0.67
    """
    is_inside = (truth >= lower) & (truth <= upper)
    return mean_known(np.where(_is_known(truth, lower, upper), is_inside, np.nan))


def mae(truth: FloatArray, value: FloatArray) -> FloatArray:
    """Return the mean absolute error, in the unit of the truth. Shape (...)

    >>> float(mae(np.array([1.0, 2.0, np.nan]), np.array([2.0, 4.0, 9.0])))
    1.5
    """
    return mean_known(np.abs(truth - value))


def rmae(truth: FloatArray, value: FloatArray, reference: FloatArray) -> FloatArray:
    """Return the mean absolute error over that of a reference, on the steps where both are known. Shape (...)

    Below 1 is better than the reference, usually the same hour of the week before; a perfect reference gives infinity.

    Source: Hyndman and Koehler 2006, relative measures.

    >>> float(rmae(np.array([1.0, 2.0]), np.array([1.0, 3.0]), np.array([3.0, 4.0])))
    0.25
    """
    known = _is_known(truth, value, reference)
    own, others = (mean_known(np.where(known, np.abs(truth - each), np.nan)) for each in (value, reference))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.divide(own, others), dtype=np.float64)


def mean_known(value: FloatArray) -> FloatArray:
    """Return the mean over the last axis of what is not NaN; NaN where nothing is. Shape (...)"""
    known = ~np.isnan(value)
    count = known.sum(axis=-1)
    total = np.where(known, value, 0.0).sum(axis=-1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan), dtype=np.float64)


def _is_known(*values: FloatArray) -> BoolArray:
    known: BoolArray = np.logical_and.reduce([np.isfinite(each) for each in np.broadcast_arrays(*values)])
    return known
