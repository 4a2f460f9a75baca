"""Imbalance: who takes more, or gives less, than was traded pays for it, so that nobody gains by planning to.

Who is short pays the dearer of spot and slot price and a margin; who is long gets the cheaper less the margin. The
balancing party buys and sells what is left over at spot; what the two prices take in beyond goes to "surplus".

Where a supplier stands behind everybody's connection, what is beyond a trade is no deviation but a bill of that
supplier; a deviation is then only what was traded and not done.
"""

from dataclasses import dataclass

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.money import amount_ueur


@dataclass(frozen=True, slots=True)
class ImbalancePrices:
    """Prices of a slot. [micro-EUR/kWh]"""

    spot_ueur_per_kwh: int
    """At which the balancing party covers what is missing in all."""
    slot_ueur_per_kwh: int
    margin_ueur_per_kwh: int = 0
    is_single: bool = False
    """One price, spot, for both directions: simpler, but then a planned deviation may pay."""
    spare_ueur_per_kwh: int | None = None
    """At which the balancing party takes what is left over in all; spot where left out."""

    def __post_init__(self) -> None:
        if self.margin_ueur_per_kwh < 0:
            raise ValueError(f"a margin of {self.margin_ueur_per_kwh} micro-EUR/kWh would reward deviations")

    @property
    def short_ueur_per_kwh(self) -> int:
        """What who is short pays."""
        if self.is_single:
            return self.spot_ueur_per_kwh
        return max(self._all) + self.margin_ueur_per_kwh

    @property
    def long_ueur_per_kwh(self) -> int:
        """What who is long gets."""
        if self.is_single:
            return self.spot_ueur_per_kwh
        return min(self._all) - self.margin_ueur_per_kwh

    @property
    def _all(self) -> tuple[int, ...]:
        spare = self.spot_ueur_per_kwh if self.spare_ueur_per_kwh is None else self.spare_ueur_per_kwh
        return self.spot_ueur_per_kwh, self.slot_ueur_per_kwh, spare

    def balanced_ueur(self, deviation_wh: int) -> int:
        """Return what the balancing party gets for the sum of all deviations; paid below zero. [micro-EUR]"""
        spare = self.spot_ueur_per_kwh if self.spare_ueur_per_kwh is None else self.spare_ueur_per_kwh
        return int(amount_ueur(deviation_wh, self.spot_ueur_per_kwh if deviation_wh > 0 else spare))


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who delivers, behind every connection, what was not traded, and takes what is left. [micro-EUR/kWh]"""

    buy_ueur_per_kwh: int
    """What homes pay."""
    sell_ueur_per_kwh: int
    """What they get."""

    def bill_ueur(self, grid_wh: IntArray) -> IntArray:
        """Return what each pays for what was taken from the supplier; received below zero. [micro-EUR]"""
        return amount_ueur(grid_wh, np.where(grid_wh > 0, self.buy_ueur_per_kwh, self.sell_ueur_per_kwh))


def parted_wh(metered_wh: IntArray, traded_wh: IntArray, *, has_supplier: bool) -> tuple[IntArray, IntArray]:
    """Return what a meter counts beyond what was traded: the deviation, and what is the supplier's. [Wh]

    Args:
        metered_wh: Taken in, sent out below zero. Shape (participant,)
        traded_wh: Bought less sold, likewise.
        has_supplier: Whether somebody delivers beyond trades; else all of it is a deviation.

    >>> sold, off = np.array([-1000, -1000]), np.array([-600, -1300])
    >>> [each.tolist() for each in parted_wh(off, sold, has_supplier=True)]
    [[400, 0], [0, -300]]
    """
    if not has_supplier:
        return metered_wh - traded_wh, np.zeros_like(metered_wh)
    done_wh = np.clip(metered_wh, np.minimum(traded_wh, 0), np.maximum(traded_wh, 0))
    return done_wh - traded_wh, metered_wh - done_wh


def deviation_ueur(deviation_wh: IntArray, prices: ImbalancePrices) -> IntArray:
    """Return what each participant pays for the deviation; received below zero. [micro-EUR]

    Args:
        deviation_wh: Above zero who took more than was traded (short), below zero who gave more (long). [Wh]
        prices: Of the slot.

    >>> deviation_ueur(np.array([1000, -1000]), ImbalancePrices(200_000, 100_000, 10_000)).tolist()
    [210000, -90000]
    """
    price = np.where(deviation_wh > 0, prices.short_ueur_per_kwh, prices.long_ueur_per_kwh)
    return amount_ueur(deviation_wh, price.astype(np.int64))
