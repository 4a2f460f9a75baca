"""The seat of a driver that writes: what it is given besides its device when it runs in a process of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key, Reading
from enerwise.core.time import Clock, Instant, LiveClock
from enerwise.devices.drivers.driver import WritableDriver
from enerwise.guard.permit import Check, Checker, Permit


class Opens(Protocol):
    """Whoever tells which permits open."""

    def check(self, permit: Permit, now: Instant) -> Check:
        """Tell whether a permit opens, and use it up if so."""
        ...


@dataclass(frozen=True, slots=True)
class Openers:
    """Several checkers as one: what is genuine to any of them is for that one to say."""

    checkers: tuple[Checker, ...]

    def check(self, permit: Permit, now: Instant) -> Check:
        """Tell whether a permit opens, and use it up if so."""
        found = (each.check(permit, now) for each in self.checkers)
        return next((check for check in found if check is not Check.ALTERED), Check.ALTERED)


@dataclass(frozen=True, slots=True)
class Seat:
    """Without one a driver only reads."""

    checker: Opens
    """Opens permits; nothing else moves a device."""
    safe_power_w: Mapping[str, float] = field(default_factory=dict)
    """What an asset does when nothing is allowed any more; 0 W where it is not named. [W]"""
    clock: Clock = field(default_factory=LiveClock)
    """Shows control time, in which permits end."""
    hold_s: float = float("inf")
    """A setpoint is held no longer than this, even where its permit is valid longer. [s]"""

    def safe_value(self, key: Key) -> float:
        """Return what a channel is told at rest; whatever is no power rests at zero."""
        return self.safe_power_w.get(key.asset, 0.0) if key.quantity == POWER_W else 0.0

    def held_s(self, permit: Permit) -> float:
        """Return for how long from now on a permit's value may be held. [s]"""
        left_ms = int((permit.valid_until - self.clock.now()).astype("timedelta64[ms]").astype(int))
        return max(0.0, min(left_ms / 1000.0, self.hold_s))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a device has been told and may still be told again: after a lost line, while it is allowed."""

    value: float
    until: Instant


class SeatedDriver(WritableDriver, Protocol):
    """A driver that writes, as a gateway runs it."""

    async def rest(self) -> bool:
        """Bring everything to its safe value, within a bounded time; say whether every device has confirmed it.

        A device that is away is told as soon as it is back.
        """
        ...

    async def stop(self, asset: str) -> bool:
        """End what an asset is doing, where it can be ended, such as a charge; say whether it was."""
        ...

    def tell(self, readings: "list[Reading]") -> None:
        """Take what others may be told of the site; a driver that tells nobody forgets it."""
        ...
