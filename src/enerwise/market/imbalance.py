"""Imbalance: who takes more, or gives less, than was traded pays for it, so that nobody gains by planning to.

Who is short pays the dearer of spot and slot price and a margin; who is long gets the cheaper less the margin. The
balancing party buys and sells what is left over at spot; what the two prices take in beyond goes to "surplus".
"""

from dataclasses import dataclass

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.money import amount_ueur


@dataclass(frozen=True, slots=True)
class ImbalancePrices:
    """Prices of a slot. [micro-EUR/kWh]"""

    spot_ueur_per_kwh: int
    slot_ueur_per_kwh: int
    margin_ueur_per_kwh: int = 0
    is_single: bool = False
    """One price, spot, for both directions: simpler, but then a planned deviation may pay."""

    def __post_init__(self) -> None:
        if self.margin_ueur_per_kwh < 0:
            raise ValueError(f"a margin of {self.margin_ueur_per_kwh} micro-EUR/kWh would reward deviations")

    @property
    def short_ueur_per_kwh(self) -> int:
        """What who is short pays."""
        if self.is_single:
            return self.spot_ueur_per_kwh
        return max(self.spot_ueur_per_kwh, self.slot_ueur_per_kwh) + self.margin_ueur_per_kwh

    @property
    def long_ueur_per_kwh(self) -> int:
        """What who is long gets."""
        if self.is_single:
            return self.spot_ueur_per_kwh
        return min(self.spot_ueur_per_kwh, self.slot_ueur_per_kwh) - self.margin_ueur_per_kwh


def deviation_ueur(deviation_wh: IntArray, prices: ImbalancePrices) -> IntArray:
    """Return what each participant pays for the deviation; received below zero. [micro-EUR]

    Args:
        deviation_wh: Above zero who took more than was recognised (short), below zero who gave more (long). [Wh]
        prices: Of the slot.

    >>> deviation_ueur(np.array([1000, -1000]), ImbalancePrices(200_000, 100_000, 10_000)).tolist()
    [210000, -90000]
    """
    price = np.where(deviation_wh > 0, prices.short_ueur_per_kwh, prices.long_ueur_per_kwh)
    return amount_ueur(deviation_wh, price.astype(np.int64))
