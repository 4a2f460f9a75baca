"""Curtailments: for a while somebody, such as a network operator, asks for at most so much from the grid.

Unlike a lease it names no asset: who gives way is for the site to say, what is worth least first.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import Instant, TimeArray
from enerwise.core.units import FloatArray

LONGEST: Final = np.timedelta64(7, "D")


@dataclass(frozen=True, slots=True)
class Curtailment:
    """A limit on the import of a site, from one moment to another."""

    id: str
    limit_w: float
    """Most import, zero or above."""
    since: Instant
    until: Instant
    who: str
    reason: str = ""

    def __post_init__(self) -> None:
        if not self.since < self.until <= self.since + LONGEST:
            raise ValueError(f"curtailment {self.id}: ends {self.until}, not within seven days of {self.since}")
        if not 0 <= self.limit_w < np.inf:
            raise ValueError(f"curtailment {self.id}: a limit must be 0 W or more, got {self.limit_w} W")

    def limit_at_w(self, starts_utc: TimeArray, step_s: float) -> FloatArray:
        """Return the limit in each span that it touches, infinite elsewhere. [W], same shape

        Args:
            starts_utc: Where the spans begin.
            step_s: How long they are.
        """
        ends_utc = starts_utc + np.timedelta64(round(step_s * 1000), "ms")
        touched = (starts_utc < self.until) & (ends_utc > self.since)
        return np.where(touched, self.limit_w, np.inf)
