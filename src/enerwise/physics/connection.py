"""The connection point: what flows there, and by how much it goes beyond its limits. Import is above zero."""

import functools

import numpy as np

from enerwise.core.units import FloatArray


def grid_power_w(asset_power_w: FloatArray) -> FloatArray:
    """Return the power at the connection point: the plain sum over the assets.

    Args:
        asset_power_w: Power of every asset, positive is taken. [W], shape (asset, ...)

    Returns:
        Import above zero, export below. [W], shape (...); zero where there are no assets
    """
    # Added one by one: a sum along an axis may pair its terms differently for one home than for many.
    return functools.reduce(np.add, asset_power_w, np.zeros(asset_power_w.shape[1:]))


def over_import_w(power_w: FloatArray, limit_w: FloatArray | float) -> FloatArray:
    """Return by how much import is above its limit, zero where it is not. [W]"""
    return np.maximum(power_w - limit_w, 0.0)


def over_export_w(power_w: FloatArray, limit_w: FloatArray | float) -> FloatArray:
    """Return by how much export is above its limit, written as a size, zero where it is not. [W]"""
    return np.maximum(-power_w - limit_w, 0.0)
