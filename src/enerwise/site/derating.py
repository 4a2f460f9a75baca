"""Derating: the share of its rated current a battery may carry at a cell temperature.

Both the twin's battery management and the guard read these lines, so they stand on the floor below both. A line is a
trapezoid: nothing up to a first temperature, everything between two others, nothing from a fourth on. A trapezoid is
the lesser of its two slopes, kept within 0..1: seven array operations, each a few microseconds for 10 000 homes, where
a table look-up (`numpy.interp`) takes up to twice as long. NaN gives NaN: the caller decides.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray


@dataclass(frozen=True, slots=True)
class Line:
    """Where a limit begins to open, is fully open, begins to close, and is closed."""

    closed_below_degc: float
    full_from_degc: float
    full_to_degc: float
    closed_above_degc: float
    source: str

    def __post_init__(self) -> None:
        if not self.closed_below_degc < self.full_from_degc <= self.full_to_degc < self.closed_above_degc:
            raise ValueError(f"derating line does not rise: {self}")

    def ratio(self, temperature_degc: FloatArray) -> FloatArray:
        """Return the share of the rated current, 0..1, NaN where the temperature is NaN. Same shape"""
        if (
            temperature_degc.size
            and self.full_from_degc <= temperature_degc.min() <= temperature_degc.max() <= self.full_to_degc
        ):
            return np.ones_like(temperature_degc)
        # Divisions, not products with a reciprocal: the ends of the line are exactly 1, in every batch.
        rising = (temperature_degc - self.closed_below_degc) / (self.full_from_degc - self.closed_below_degc)
        falling = (self.closed_above_degc - temperature_degc) / (self.closed_above_degc - self.full_to_degc)
        return np.minimum(np.maximum(np.minimum(rising, falling), 0.0), 1.0)


# As quoted in the safety requirements of this project.
CHARGE: Final = Line(0.0, 18.0, 35.0, 40.0, source="OpenEMS, LFP, charge current by cell temperature")
DISCHARGE: Final = Line(0.0, 12.0, 45.0, 55.0, source="OpenEMS, LFP, discharge current by cell temperature")


def charge_derating_ratio(temperature_degc: FloatArray) -> FloatArray:
    """Return the share of the charge limit that an LFP battery may use.

    Args:
        temperature_degc: Cell temperature. [degC], any shape

    Returns:
        Share 0..1, same shape; NaN stays NaN.

    Source: OpenEMS battery protection for LFP: 0 degC: 0, 18 degC: 1, 35 degC: 1, 40 degC: 0, straight lines between.
    Holds for: LFP home batteries without a data sheet of their own; the data sheet wins.

    >>> charge_derating_ratio(np.array([-5.0, 9.0, 25.0, 39.0, 60.0]))
    array([0. , 0.5, 1. , 0.2, 0. ])
    """
    return CHARGE.ratio(temperature_degc)


def discharge_derating_ratio(temperature_degc: FloatArray) -> FloatArray:
    """Return the share of the discharge limit that an LFP battery may use.

    Args:
        temperature_degc: Cell temperature. [degC], any shape

    Returns:
        Share 0..1, same shape; NaN stays NaN.

    Source: OpenEMS battery protection for LFP: 0 degC: 0, 12 degC: 1, 45 degC: 1, 55 degC: 0, straight lines between.
    Holds for: LFP home batteries without a data sheet of their own; the data sheet wins.

    >>> discharge_derating_ratio(np.array([-5.0, 6.0, 25.0, 50.0, 60.0]))
    array([0. , 0.5, 1. , 0.5, 0. ])
    """
    return DISCHARGE.ratio(temperature_degc)
