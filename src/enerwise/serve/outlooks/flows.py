"""Where a site's energy came from and went, step by step: the sun first, then the battery, then the grid."""

from dataclasses import dataclass

import numpy as np

from enerwise.core.units import FloatArray


@dataclass(frozen=True, slots=True)
class Flows:
    """Powers as sizes, zero or above. Shapes (step,)"""

    solar_w: FloatArray
    """Used in the home straight from the sun."""
    battery_w: FloatArray
    """Used in the home out of the battery."""
    bought_w: FloatArray
    """All that was bought, for the home or into the battery."""
    stored_w: FloatArray
    """Into the battery, from the sun or the grid."""
    sold_w: FloatArray
    used_w: FloatArray
    """What the home used."""

    @property
    def home_from_grid_w(self) -> FloatArray:
        """What the home used out of the grid."""
        return np.maximum(self.used_w - self.solar_w - self.battery_w, 0.0)


def flows(load_w: FloatArray, pv_w: FloatArray, battery_w: FloatArray, grid_w: FloatArray) -> Flows:
    """Tell sources and uses apart. Powers in W, positive is taken; unknown stays unknown. Shapes (step,)

    ``solar + battery + bought = used + stored from the grid``, and what is stored or sold is shown beside it.

    >>> found = flows(np.array([500.0]), np.array([-2000.0]), np.array([1000.0]), np.array([-500.0]))
    >>> float(found.solar_w[0]), float(found.stored_w[0]), float(found.sold_w[0])
    (500.0, 1000.0, 500.0)
    """
    used_w, sun_w = np.maximum(load_w, 0.0), np.maximum(-pv_w, 0.0)
    given_w, stored_w = np.maximum(-battery_w, 0.0), np.maximum(battery_w, 0.0)
    solar_w = np.minimum(sun_w, used_w)
    return Flows(
        solar_w=solar_w,
        battery_w=np.minimum(given_w, used_w - solar_w),
        bought_w=np.maximum(grid_w, 0.0),
        stored_w=stored_w,
        sold_w=np.maximum(-grid_w, 0.0),
        used_w=used_w,
    )


def own_power_ratio(bought_wh: float, used_wh: float) -> float | None:
    """Return the share of what the home used that was not bought, never below zero; None where nothing was used."""
    return None if not used_wh > 0 else max(0.0, 1.0 - bought_wh / used_wh)


def self_use_ratio(sold_wh: float, solar_wh: float) -> float | None:
    """Return the share of the sun's energy that was not sold, never below zero; None where there was none."""
    return None if not solar_wh > 0 else max(0.0, 1.0 - sold_wh / solar_wh)
