"""What energy left at the end of a plan is worth, learned from what it turned out to be worth to later plans.

The first step of every plan tells what one more stored kWh is worth then. The end of a plan is the same time of day for
some later plan: the mean of what those said, over the last four weeks, is what its last kWh is worth. This is the step
of temporal-difference learning with a value that is linear in the energy.

Source: Sutton 1988, Learning to predict by the methods of temporal differences.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from enerwise.core.time import Instant, local_fields
from enerwise.core.units import FloatArray
from enerwise.run.ways import END_SHARE
from enerwise.site.assets import Battery

MOST_DAYS: Final = 28
LEAST_COUNT: Final = 5
HOURS: Final = 24


@dataclass(slots=True)
class EndWorth:
    """Learns for the batteries of one site. Worths in EUR per stored kWh."""

    zone: str
    _told: dict[int, deque[tuple[Instant, FloatArray]]] = field(default_factory=dict)
    """By local hour: when, and the worth in each battery."""

    def learn(self, at: Instant, worth_eur_per_kwh: FloatArray) -> None:
        """Take what stored energy is worth now. Shape (battery,)"""
        if np.isfinite(worth_eur_per_kwh).all():
            kept = self._told.setdefault(self._hour(at), deque())
            kept.append((at, worth_eur_per_kwh))
            while at - kept[0][0] > np.timedelta64(MOST_DAYS, "D"):
                kept.popleft()

    def at(self, end: Instant) -> FloatArray | None:
        """Return what a kWh is worth at the time of day of ``end``; None where too little was seen. Shape (battery,)"""
        kept = self._told.get(self._hour(end), ())
        if len({told_at.astype("datetime64[D]") for told_at, _ in kept}) < LEAST_COUNT:
            return None
        return np.asarray(np.mean([worth for _, worth in kept], axis=0))

    def _hour(self, at: Instant) -> int:
        return int(local_fields(np.array([at]), self.zone).second[0]) * HOURS // 86_400


def end_value_eur_per_kwh(
    battery: Battery, buy: FloatArray, sell: FloatArray, *, end_share: float = END_SHARE
) -> float:
    """Return the worth of a kWh stored at the end of a plan: between selling it and the cheapest purchase it spares."""
    worth = (1 - end_share) * float(sell.mean()) + end_share * float(buy.min())
    return max(0.0, battery.one_way_ratio * worth)
