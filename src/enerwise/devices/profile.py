"""Profiles: what a kind of device speaks, as data. A profile and an address make a device.

The files stand in `enerwise.devices.profiles`; `enerwise.devices.profiles.load_profile` fetches one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from enerwise.devices.bound import Bound
from enerwise.devices.points import CommsLoss, Point, Register, Setpoint


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of device measures and can be told."""

    name: str
    summary: str
    source: str
    """Where the registers are documented."""
    points: tuple[Point, ...]
    setpoints: tuple[Setpoint, ...] = ()
    comms_loss: CommsLoss | None = None
    heartbeat: Register | None = None
    """Register that wants a new count from us again and again."""
    sunspec: bool = False
    """Whether models have to be searched for (`enerwise.protocols.sunspec`) before it can be bound."""
    block_max: int = 125
    """Most registers one message may read."""
    gap_max: int = 0
    """How many registers that nobody asked for may be read to save a message."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Which parts of a device it knows."""
        measured, set_ = (each.role for each in self.points), (each.role for each in self.setpoints)
        return tuple(dict.fromkeys((*measured, *set_)))

    def bind(self, bases: Mapping[int, int] | None = None) -> Bound:
        """Return the profile at its addresses in one device.

        Args:
            bases: Where each SunSpec model's id stands, as the walk found it; None for a device without models.
        """
        return Bound.of(self, bases or {})
