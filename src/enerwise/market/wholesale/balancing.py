"""What balancing prices tell of the system: short where balancing is dearer than day-ahead, long where it is cheaper.

Whoever is short while the system is long helps it, and the other way round; a single price rewards that, two prices
only do not punish it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import IntArray

SHORT: Final = 1
EVEN: Final = 0
LONG: Final = -1
WORDS: Final = {SHORT: "short", EVEN: "even", LONG: "long"}


@dataclass(frozen=True, slots=True)
class BalancingSignal:
    """The state of the system, slot by slot."""

    direction: IntArray
    """`SHORT`, `EVEN` or `LONG`. Shape (slot,)"""
    spread_ueur_per_kwh: IntArray
    """Balancing less day-ahead price. Shape (slot,)"""

    @property
    def stays_ratio(self) -> float:
        """How often a slot is as the one before; NaN with fewer than two."""
        same = self.direction[1:] == self.direction[:-1]
        return float(same.mean()) if same.size else float("nan")

    def share_ratio(self, direction: int) -> float:
        """Return how often the system is so; NaN without slots."""
        return float((self.direction == direction).mean()) if self.direction.size else float("nan")


def balancing_signal(
    day_ahead_ueur_per_kwh: IntArray, balancing_ueur_per_kwh: IntArray, *, even_ueur_per_kwh: int = 0
) -> BalancingSignal:
    """Return the state of the system.

    Args:
        day_ahead_ueur_per_kwh: Shape (slot,)
        balancing_ueur_per_kwh: Shape (slot,)
        even_ueur_per_kwh: Up to which difference the system counts as even.

    >>> made = balancing_signal(np.array([50_000, 50_000, 50_000]), np.array([90_000, 50_000, -10_000]))
    >>> [WORDS[each] for each in made.direction.tolist()], made.share_ratio(SHORT) == 1 / 3
    (['short', 'even', 'long'], True)
    """
    spread = np.asarray(balancing_ueur_per_kwh - day_ahead_ueur_per_kwh, np.int64)
    direction = np.where(np.abs(spread) <= even_ueur_per_kwh, EVEN, np.sign(spread))
    return BalancingSignal(direction.astype(np.int64), spread)
