"""What may happen on the day of delivery: joint paths of prices and sun, each with its probability."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.market.book import PRICE_MAX_UEUR_PER_KWH

SUM: Final = 1e-9
"""How far off a sum of probabilities may be."""


@dataclass(frozen=True, slots=True)
class Scenarios:
    """Joint paths. Hours of one day, and prices and sun, belong together: a path happens as a whole or not at all."""

    price_ueur_per_kwh: IntArray
    """Of the day-ahead auction. Shape (scenario, slot)"""
    probability: FloatArray
    """Shape (scenario,), with the sum 1"""
    pv_wh: FloatArray = field(default_factory=lambda: np.empty((0, 0)))
    """What PV could deliver, zero or above; left out for none. Shape (scenario, slot)"""

    def __post_init__(self) -> None:
        count = self.probability.size
        if self.price_ueur_per_kwh.ndim != 2 or len(self.price_ueur_per_kwh) != count or not count:
            raise ValueError(f"{count} probabilities do not fit prices {self.price_ueur_per_kwh.shape}")
        if self.pv_wh.size == 0:
            object.__setattr__(self, "pv_wh", np.zeros(self.price_ueur_per_kwh.shape))
        if self.pv_wh.shape != self.price_ueur_per_kwh.shape or not np.all(self.pv_wh >= 0):
            raise ValueError(f"PV of scenarios {self.pv_wh.shape} must be zero or above, as many as prices")
        if not (np.all(self.probability >= 0) and abs(float(self.probability.sum()) - 1) < SUM):
            raise ValueError(f"probabilities must be zero or above with the sum 1, got {self.probability.sum()}")
        if np.any(np.abs(self.price_ueur_per_kwh) > PRICE_MAX_UEUR_PER_KWH):
            raise ValueError(f"a price is beyond {PRICE_MAX_UEUR_PER_KWH} micro-EUR/kWh")

    @property
    def slot_count(self) -> int:
        """Number of slots."""
        return int(self.price_ueur_per_kwh.shape[1])

    @classmethod
    def equal(cls, price_ueur_per_kwh: IntArray, pv_wh: FloatArray | None = None) -> "Scenarios":
        """Return paths of equal probability."""
        count = len(price_ueur_per_kwh)
        none = np.empty((0, 0))
        return cls(price_ueur_per_kwh, np.full(count, 1.0 / count), none if pv_wh is None else pv_wh)

    def in_order(self) -> "Scenarios":
        """Return the paths in an order that depends on nothing but themselves, so that a programme of them does too."""
        columns = np.column_stack([self.probability, self.pv_wh, self.price_ueur_per_kwh])
        order = np.lexsort(columns.T)
        return Scenarios(self.price_ueur_per_kwh[order], self.probability[order], self.pv_wh[order])
