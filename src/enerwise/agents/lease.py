"""Leases: what a person wants of an asset for a while, with a reason and an end. A wish like any, judged like any."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from enerwise.core.time import Instant

LONGEST: Final = np.timedelta64(7, "D")


class Deed(StrEnum):
    """What a lease asks of its asset."""

    CHARGE = "charge"
    DISCHARGE = "discharge"
    REST = "rest"
    FILL = "fill"
    """Charge until full, then stay so."""
    HOLD = "hold"
    """The power that is named; for PV at most that."""
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Lease:
    """A wish of a person for one asset."""

    id: str
    asset: str
    deed: Deed
    since: Instant
    until: Instant
    who: str
    reason: str = ""
    power_w: float | None = None
    """Positive into the asset; None means all it can."""

    def __post_init__(self) -> None:
        if not self.since < self.until <= self.since + LONGEST:
            raise ValueError(f"lease {self.id}: ends {self.until}, which is not within seven days of {self.since}")
        if self.power_w is not None and not np.isfinite(self.power_w):
            raise ValueError(f"lease {self.id}: {self.power_w} W is no power")

    def holds(self, now: Instant) -> bool:
        """Tell whether it is in force."""
        return bool(self.since <= now < self.until)
