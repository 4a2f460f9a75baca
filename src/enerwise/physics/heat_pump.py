"""The heat pump twin: a compressor that turns a little electricity into much heat, less so in the cold.

Coefficients of performance are those of a data sheet at a few temperatures of the source, straight lines between. The
compressor modulates between a least and a most power; below the least it stands still.
"""

from dataclasses import dataclass

import numpy as np

from enerwise.core.units import BoolArray, FloatArray
from enerwise.physics.setpoint import runs_at


@dataclass(frozen=True, slots=True)
class Compressor:
    """The facts of one heat pump, chiller or air conditioner."""

    source_degc: tuple[float, ...]
    """Temperatures of the data sheet, rising: of the air outside, say."""
    cop: tuple[float, ...]
    """Heat (or cold) delivered per electricity taken, at each of them."""
    power_min_w: float
    power_max_w: float

    def __post_init__(self) -> None:
        if len(self.source_degc) != len(self.cop) or not self.cop:
            raise ValueError(f"{len(self.source_degc)} temperatures and {len(self.cop)} coefficients of performance")
        if any(low >= high for low, high in zip(self.source_degc[:-1], self.source_degc[1:], strict=True)):
            raise ValueError(f"temperatures of the data sheet must rise, got {self.source_degc}")
        if not all(each > 0 for each in self.cop):
            raise ValueError(f"coefficients of performance must be above zero, got {self.cop}")
        if not 0 <= self.power_min_w <= self.power_max_w:
            raise ValueError(f"power {self.power_min_w}..{self.power_max_w} W is not a range")

    def cop_at(self, source_degc: FloatArray | float) -> FloatArray:
        """Return the coefficient of performance, level beyond both ends of the data sheet. Same shape."""
        return np.interp(np.asarray(source_degc, dtype=np.float64), self.source_degc, self.cop)


def step(
    facts: Compressor, power_w: FloatArray, source_degc: FloatArray | float, *, is_blocked: BoolArray | bool = False
) -> tuple[FloatArray, FloatArray]:
    """Run a compressor for a step.

    Args:
        facts: What it is.
        power_w: Electric power asked for. [W], any shape
        source_degc: Temperature of the source. [degC]
        is_blocked: Whether it must stand still, by its own shortest pause or by a grid operator.

    Returns:
        Electric power taken: zero below the least, cut at the most. [W]; and the heat delivered. [W]

    Source: linear between the points of a data sheet (EN 14511 test conditions).
    Holds for: modulating compressors at a constant flow temperature; defrosting only as far as the data sheet has it.

    >>> pump = Compressor((-7.0, 2.0, 7.0), (2.6, 3.4, 4.2), 600.0, 3000.0)
    >>> step(pump, np.array([500.0, 1000.0, 9000.0]), 7.0)
    (array([   0., 1000., 3000.]), array([    0.,  4200., 12600.]))
    """
    runs = runs_at(power_w, facts.power_min_w) & ~np.asarray(is_blocked)
    taken_w: FloatArray = np.where(runs, np.minimum(power_w, facts.power_max_w), 0.0)
    return taken_w, taken_w * facts.cop_at(source_degc)
