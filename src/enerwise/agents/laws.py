"""Mode laws: what a storage does against the power of everything else, as array kernels.

Every function is elementwise and broadcasts over a leading axis: a step, or ten thousand homes. Powers have the house
sign, results lie within ``lower_w`` and ``upper_w``, and a negative zero never comes out. An unknown (NaN) power of the
others gives NaN where the law needs it: the caller decides what to do without.
"""

from typing import Any

import numpy as np

from enerwise.core.outlook import Law
from enerwise.core.units import ByteArray, FloatArray

Powers = FloatArray | float


def follow(target_w: Powers, others_w: Powers, lower_w: Powers, upper_w: Powers) -> FloatArray:
    """Keep the connection at ``target_w``: take what is missing to it, deliver what is above it. [W]

    >>> follow(0.0, np.array([-3000.0, 800.0, 9000.0]), -5000.0, 5000.0)
    array([ 3000.,  -800., -5000.])
    """
    return _clip(np.subtract(target_w, others_w), lower_w, upper_w)


def self_consumption(others_w: Powers, lower_w: Powers, upper_w: Powers, *, deliver_limit_w: Powers) -> FloatArray:
    """Take every surplus and cover every need, but deliver no more than ``deliver_limit_w`` (a size). [W]

    The limit keeps the reserve: see `enerwise.guard.kernels.drain_limit_w`. Where the bounds ask for more than it, the
    bounds win.
    """
    return follow(0.0, others_w, _clip(np.subtract(0.0, deliver_limit_w), lower_w, upper_w), upper_w)


def charge_only(others_w: Powers, upper_w: Powers, *, from_grid_w: Powers = 0.0) -> FloatArray:
    """Take surplus, at least ``from_grid_w`` whatever it costs; never deliver. [W]

    >>> charge_only(np.array([-3000.0, 800.0]), 2500.0)
    array([2500.,    0.])
    """
    wanted_w = np.maximum(np.subtract(0.0, others_w), from_grid_w)
    return _clip(wanted_w, 0.0, np.maximum(upper_w, 0.0))


def peak_shaving(
    others_w: Powers, lower_w: Powers, upper_w: Powers, *, ceiling_w: Powers, headroom_w: Powers
) -> FloatArray:
    """Keep import at or below ``ceiling_w``; recharge while it is more than ``headroom_w`` below. [W]

    >>> peak_shaving(np.array([6000.0, 3800.0, 1000.0]), -5000.0, 5000.0, ceiling_w=4000.0, headroom_w=400.0)
    array([-2000.,     0.,  2600.])
    """
    above_w = np.minimum(np.subtract(ceiling_w, others_w), 0.0)
    room_w = np.maximum(np.subtract(np.subtract(ceiling_w, headroom_w), others_w), 0.0)
    return _clip(above_w + room_w, lower_w, upper_w)


def law_power(
    law: ByteArray | int,
    planned_w: Powers,
    grid_target_w: Powers,
    grid_ceiling_w: Powers,
    others_w: Powers,
    lower_w: Powers,
    upper_w: Powers,
) -> FloatArray:
    """Return the power with which a storage carries out a step of a plan.

    Args:
        law: One of `enerwise.core.outlook.Law`.
        planned_w: Power of the plan.
        grid_target_w: What the connection shall draw while a law follows it.
        grid_ceiling_w: Import above it is answered under every law, down to ``lower_w``; infinite for none.
        others_w: Power of everything else at this instant. NaN gives NaN, except under FIXED, which does without.
        lower_w: Least that is allowed.
        upper_w: Most that is allowed.

    Returns:
        Power, within bounds. [W], broadcast shape

    >>> laws = np.arange(6)  # FIXED, FOLLOW, ABSORB, COVER, CHARGE, FEED
    >>> law_power(laws, 1000.0, 0.0, np.inf, -3000.0, -5000.0, 5000.0)
    array([1000., 3000., 3000.,    0., 3000., 1000.])
    >>> law_power(laws, -1000.0, 0.0, np.inf, 3000.0, -5000.0, 5000.0)
    array([-1000., -3000.,     0., -3000., -1000., -3000.])
    """
    # One column for each law, in its order: FIXED, FOLLOW, ABSORB, COVER, CHARGE, FEED.
    least: tuple[Any, ...] = (planned_w, lower_w, 0.0, lower_w, planned_w, lower_w)
    most: tuple[Any, ...] = (planned_w, upper_w, upper_w, 0.0, upper_w, planned_w)
    least_w, most_w = np.choose(np.asarray(law), least), np.choose(np.asarray(law), most)
    wanted_w = np.minimum(np.maximum(np.subtract(grid_target_w, others_w), least_w), most_w)
    power_w = _clip(np.where(np.equal(law, Law.FIXED), planned_w, wanted_w), lower_w, upper_w)
    # fmin: with others unknown a fixed power stays.
    return np.maximum(np.fmin(power_w, np.subtract(grid_ceiling_w, others_w)), lower_w) + 0.0


def unclipped(power_w: Powers, others_w: Powers, upper_w: Powers, *, row_lower_w: Powers) -> FloatArray:
    """Charge at least what would be lost at the export limit ``row_lower_w`` (below zero), whatever a law prefers. [W]

    >>> unclipped(0.0, np.array([-9500.0, -4000.0]), 5000.0, row_lower_w=-9000.0)
    array([500.,   0.])
    """
    lost_w = np.minimum(np.maximum(np.subtract(row_lower_w, others_w), 0.0), np.maximum(upper_w, 0.0))
    # fmax: with others unknown nothing is known to be lost.
    return np.where(np.greater(lost_w, 0.0), np.fmax(power_w, lost_w), power_w) + 0.0


def _clip(value: Powers, lower: Powers, upper: Powers) -> FloatArray:
    return np.minimum(np.maximum(value, lower), upper) + 0.0
