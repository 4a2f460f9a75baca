"""What the door can move, whatever is between: a line of its own to the device, or a gateway process."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from enerwise.core.series import Key
from enerwise.core.time import Instant
from enerwise.devices.points import Write
from enerwise.guard.permit import Check, Permit
from enerwise.site.wiring import Device

Sampled = Callable[[Key, float, int], None]
"""Takes a channel, a value and when it was measured. [ns]"""
Acknowledged = Callable[[str, float, int], None]
"""Takes an asset, the value its device has acknowledged, and when. [ns]"""


@dataclass(slots=True)
class Target:
    """What one asset was last told."""

    role: str
    asset: str
    safe_w: float
    value_w: float = math.nan
    """Last value sent."""
    acked_w: float = math.nan
    """Last value the device acknowledged."""
    sent_ns: int = 0
    pending_count: int = 0
    check_ns: int = 0
    """When to read back; 0 for not."""
    mismatch_count: int = 0
    written: tuple[Write, ...] = ()


class Line(Protocol):
    """What there is to say of a way to a device."""

    @property
    def is_open(self) -> bool:
        """Whether it stands."""
        ...

    @property
    def problem(self) -> str:
        """Why it does not; empty where it does."""
        ...

    @property
    def lost_count(self) -> int:
        """How often it was lost."""
        ...

    @property
    def refused_count(self) -> int:
        """How much was said that could not be believed."""
        ...


class Machine(Protocol):
    """One device, as the loop of the door sees it. No call waits."""

    sampled: Sampled
    acknowledged: Acknowledged

    @property
    def device(self) -> Device: ...
    @property
    def link(self) -> Line: ...
    @property
    def targets(self) -> Mapping[str, Target]:
        """By asset, whatever it may move."""
        ...

    @property
    def problems(self) -> Mapping[str, str]: ...
    @property
    def write_count(self) -> int: ...
    @property
    def comms_loss_s(self) -> float:
        """After how long a silence the device rests by itself; NaN where that is not known."""
        ...

    @property
    def is_unwatched(self) -> bool:
        """Whether it would no longer rest by itself, although it was told to."""
        ...

    @property
    def is_connected(self) -> bool:
        """Whether it can be told something."""
        ...

    def is_fresh(self, now_ns: int) -> bool:
        """Tell whether it has been heard lately."""
        ...

    def start_at(self, at_ns: int) -> None:
        """Begin to look at this moment."""
        ...

    def tick(self, now_ns: int) -> None:
        """Begin what is due."""
        ...

    def arm(self, now_ns: int) -> None:
        """See to it that the device rests by itself when it hears nothing."""
        ...

    def apply(self, permit: Permit, now: Instant, now_ns: int) -> Check:
        """Carry out a permit of the door's guard."""
        ...

    def fire(self, permit: Permit, now: Instant, now_ns: int, done: Acknowledged) -> bool:
        """Carry out a reflex before all that waits, and say whether it is on its way."""
        ...
