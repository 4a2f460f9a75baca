"""What a feed tells, as columns: one value for each step, in house units. Forecasts and published prices lie ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import TIME_TYPE, TimeArray
from enerwise.core.units import FloatArray

STEP_COUNT_MOST: Final = 20_000
"""Half a year of quarter-hours; an answer with more is none that was asked for."""
PRICE: Final = "price"
"""What the market asks for a kWh, before fees and taxes; for whom it counts, and which way, is said elsewhere."""
PRICE_MOST_EUR_PER_MWH: Final = 20_000.0
"""Far above what the coupled day-ahead market lets anybody bid, some 5000 EUR/MWh upwards and -500 downwards."""
KWH_PER_MWH: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Steps:
    """One value for each step of ``step_s``: ``start_utc`` (n) rises, ``value`` (n) is finite; a gap is a step less."""

    start_utc: TimeArray
    step_s: int
    value: FloatArray

    def __post_init__(self) -> None:
        if self.start_utc.shape != self.value.shape or self.value.ndim != 1:
            raise ValueError(f"{self.start_utc.size} starts have {self.value.size} values")
        if not 0 < self.value.size <= STEP_COUNT_MOST:
            raise ValueError(f"the answer holds {self.value.size} values, not within 1..{STEP_COUNT_MOST}")
        if not np.isfinite(self.value).all():
            raise ValueError("the answer holds a value that is not finite")
        # Written so that NaT fails too.
        if self.step_s < 1 or not (np.diff(self.start_utc) >= np.timedelta64(self.step_s, "s")).all():
            raise ValueError(f"the answer holds steps that overlap or are out of order, each {self.step_s} s long")

    def __len__(self) -> int:
        return self.value.size


def instants(epoch_ms: Sequence[int]) -> TimeArray:
    """Return milliseconds since 1970 as instants. Shape (n,)"""
    return np.array(epoch_ms, dtype=np.int64).astype(TIME_TYPE)


def checked(value: FloatArray, *, lowest: float, highest: float, unit: str) -> FloatArray:
    """Return values that all lie within what nature or a market allows.

    Raises:
        ValueError: One does not, or is NaN; most often the unit is another than the one told.
    """
    outside = value[~((value >= lowest) & (value <= highest))]
    if outside.size:
        raise ValueError(f"{outside[0]:g} {unit} is not within {lowest:g}..{highest:g} {unit}; is that the unit?")
    return value


def prices(start_utc: TimeArray, step_s: int, price_eur_per_mwh: FloatArray) -> dict[str, Steps]:
    """Return market prices as steps, in the unit of the house.

    Raises:
        ValueError: One is beyond what any market asks, or the steps overlap.
    """
    most = PRICE_MOST_EUR_PER_MWH
    within = checked(price_eur_per_mwh, lowest=-most, highest=most, unit="EUR/MWh")
    return {PRICE: Steps(start_utc, step_s, within / KWH_PER_MWH)}
