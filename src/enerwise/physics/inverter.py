"""A hybrid inverter: panels and batteries meet on its direct-current side, and share one way to the house.

What passes it loses a share, whichever way; what goes from the panels into a battery does not pass it. At its rating it
holds back what the batteries give or take and, where that is not enough, its own panels.
"""

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.site.inverter import Inverter


def loss_w(inverter: Inverter, inner_w: FloatArray | float) -> FloatArray:
    """Return what is lost where this flows on the direct-current side. Any shape"""
    gives, takes = inverter.losses
    return np.maximum(np.multiply(inner_w, takes), np.multiply(inner_w, -gives))


def held(inverter: Inverter, battery_w: FloatArray, sun_w: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what flows within the rating of what batteries and panels would: batteries give way before panels do.

    Args:
        inverter: Whose rating.
        battery_w: Of each battery, positive is charging. Shape (battery,)
        sun_w: Of each plant, zero or below. Shape (plant,)
    """
    least_w, most_w = inverter.range_w
    charge_w, discharge_w = np.maximum(battery_w, 0.0), np.minimum(battery_w, 0.0)
    sun_total_w, given_w = float(sun_w.sum()), float(discharge_w.sum())
    taken_w = min(float(charge_w.sum()), max(0.0, most_w - sun_total_w - given_w))
    given_w = max(given_w, min(0.0, least_w - sun_total_w - taken_w))
    sun_total_w = max(sun_total_w, min(0.0, least_w - given_w - taken_w))
    return _scaled(charge_w, taken_w) + _scaled(discharge_w, given_w), _scaled(sun_w, sun_total_w)


def _scaled(power_w: FloatArray, total_w: float) -> FloatArray:
    """Return powers of one sign, reduced alike to a sum."""
    now_w = float(power_w.sum())
    return power_w * (total_w / now_w) if now_w else power_w
