"""The wind turbine twin: what the wind offers by a power curve, and what is delivered of it."""

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray

SHEAR: Final = 1 / 7
"""Of the wind over open country."""


@dataclass(frozen=True, slots=True)
class PowerCurve:
    """Power over wind speed at the hub, straight lines between the points of a data sheet."""

    speed_m_per_s: tuple[float, ...]
    """Rising; below the first and above the last the turbine stands still."""
    power_w: tuple[float, ...]
    """Sizes."""

    def __post_init__(self) -> None:
        speeds = self.speed_m_per_s
        if len(speeds) != len(self.power_w) or len(speeds) < 2:
            raise ValueError(f"a power curve of {len(speeds)} speeds and {len(self.power_w)} powers")
        if any(low >= high for low, high in itertools.pairwise(speeds)):
            raise ValueError(f"speeds of a power curve must rise, got {speeds}")
        if any(each < 0 for each in self.power_w):
            raise ValueError("powers of a power curve are sizes, zero or more")


def available_w(curve: PowerCurve, speed_m_per_s: FloatArray) -> FloatArray:
    """Return what the wind offers, never above zero. [W], same shape

    Source: power curve as measured after IEC 61400-12-1, given by the maker.
    Holds for: means over ten minutes; gusts, icing and air density are left out.

    >>> curve = PowerCurve((3.0, 12.0, 25.0), (0.0, 9000.0, 9000.0))
    >>> available_w(curve, np.array([2.0, 6.0, 20.0, 30.0]))
    array([    0., -3000., -9000.,     0.])
    """
    return 0.0 - np.interp(speed_m_per_s, curve.speed_m_per_s, curve.power_w, left=0.0, right=0.0)


def at_hub_m_per_s(speed_m_per_s: FloatArray, *, measured_m: float, hub_m: float) -> FloatArray:
    """Return the wind at the height of the hub. [m/s], same shape

    Source: power law with an exponent of 1/7, Peterson and Hennessey 1978, J. Applied Meteorology 17.
    Holds for: open country; between houses and trees the wind is less, and nobody knows how much.

    >>> at_hub_m_per_s(np.array([5.0]), measured_m=10.0, hub_m=20.0).round(3)
    array([5.52])
    """
    hub_m_per_s: FloatArray = speed_m_per_s * (hub_m / measured_m) ** SHEAR
    return hub_m_per_s


def step(available_w: FloatArray, ceiling_w: FloatArray | float) -> FloatArray:
    """Return what is delivered: what is available up to a ceiling, a size. Never above zero. [W]"""
    return np.maximum(available_w, 0.0 - np.maximum(ceiling_w, 0.0))
