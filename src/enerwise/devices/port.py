"""The port to machines: read them, and hand them permits. A twin stands behind it like any driver."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from enerwise.core.series import Reading
from enerwise.core.time import Instant
from enerwise.guard.permit import Check, Permit


@dataclass(frozen=True, slots=True)
class Readings:
    """One look at all devices."""

    measured: tuple[Reading, ...] = ()
    """What is to be remembered: means of steps that have ended, states as they are now."""
    live: tuple[Reading, ...] = ()
    """What is happening now; laws act on it, forecasts and plans never see it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a device made of a permit."""

    asset: str
    quantity: str
    value: float
    check: Check
    at: Instant


class Devices(Protocol):
    """Everything wired at a site."""

    async def read(self, now: Instant) -> Readings:
        """Return the latest readings; a silent device is simply absent."""
        ...

    async def apply(self, permits: Sequence[Permit], now: Instant) -> tuple[Receipt, ...]:
        """Carry out permits; each is checked again, and one that is not genuine moves nothing."""
        ...
