"""A device's own watchdog: the time after which it rests when it hears nothing, set, read back, and looked after.

It is set before anything may move. It is set again whenever the line comes back, for the device may have been born
again, and read back now and then, for others may hold a line too. What holds no watchdog although it was told to, twice
again, would not rest by itself any more.
"""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from enerwise.devices.points import Read
from enerwise.guard.arming import COMMS_LOSS_MAX_S, COMMS_LOSS_MIN_S
from enerwise.protocols.modbus import Response, payload
from enerwise.site.wiring import Device

if TYPE_CHECKING:
    from enerwise.door.unit import Unit

SECOND: Final = 1_000_000_000
LOOK_NS: Final = 30 * SECOND
"""How often it is read back while it is armed."""
TRIES: Final = 2
"""So often it is set again before it counts as lost."""
NAME: Final = "comms loss"
LOST: Final = "own watchdog"


class OwnWatchdog:
    """The watchdog of one device."""

    def __init__(self, unit: "Unit") -> None:
        self._unit = unit
        self.comms_loss_s = math.nan
        """As read back after it was set. [s]"""
        self.is_armed = False
        """Whether it has been set: from then on the device wants to hear from us."""
        self.is_lost = False
        """Whether it no longer holds what was set, although it was set again."""
        self._tries = 0
        self._next_look_ns = 0
        self._lost_count = 0

    @property
    def _can_be_set(self) -> bool:
        unit, fact = self._unit, self._unit.profile.comms_loss
        return bool(unit.targets) and unit.bound is not None and fact is not None and not math.isfinite(fact.fixed_s)

    def arm(self, now_ns: int) -> None:
        """Set it, and read back what the device made of it."""
        self.comms_loss_s, self.is_armed = math.nan, True
        fact = self._unit.profile.comms_loss
        if self._unit.targets and fact is not None and math.isfinite(fact.fixed_s):
            self.comms_loss_s = fact.fixed_s
        elif self._can_be_set:
            self._set(now_ns)

    def tick(self, now_ns: int) -> None:
        """Look after it."""
        if not self.is_armed or not self._can_be_set:
            return
        is_due = now_ns >= self._next_look_ns
        if self._unit.link.lost_count != self._lost_count or (is_due and self.is_lost):
            self._set(now_ns)
        elif is_due:
            self._read(now_ns)

    def _set(self, now_ns: int) -> None:
        assert self._unit.bound is not None
        self._lost_count = self._unit.link.lost_count
        try:
            writes = self._unit.bound.comms_loss_writes(self._unit.device.comms_loss_s)
        except ValueError as error:
            self._unit.problems[NAME] = str(error)
            return
        for write in writes:
            self._unit.write(write, self._unit.said(NAME), now_ns)
        self._read(now_ns)

    def _read(self, now_ns: int) -> None:
        assert self._unit.bound is not None
        self._next_look_ns = now_ns + LOOK_NS
        reads = self._unit.bound.comms_loss_reads()
        words: dict[Read, Sequence[int]] = {}
        for read in reads:
            self._unit.ask(self._unit.reading(read), self._told(read, words, len(reads)), now_ns)

    def _told(
        self, read: Read, words: dict[Read, Sequence[int]], count: int
    ) -> Callable[[Response | None, str, int], None]:
        def done(response: Response | None, why: str, now_ns: int) -> None:
            if response is None:
                self._unit.problems[NAME] = why
                return
            words[read] = payload(self._unit.reading(read), response)
            if self._unit.bound is not None and len(words) == count:
                self.comms_loss_s = self._unit.bound.comms_loss_s(words)
                self._judge(now_ns)

        return done

    def _judge(self, now_ns: int) -> None:
        problems, device = self._unit.problems, self._unit.device
        problems.pop(NAME, None)
        if holds(self.comms_loss_s, device):
            self._tries, self.is_lost = 0, False
            problems.pop(LOST, None)
            return
        self._tries += 1
        if self._tries <= TRIES:
            self._set(now_ns)
            return
        self.is_lost = True
        problems[LOST] = f"reads {self.comms_loss_s:g} s, {device.comms_loss_s:g} s was set"


def holds(comms_loss_s: float, device: Device) -> bool:
    """Tell whether a device rests by itself soon enough; longer than usual only where its owner wrote so."""
    return COMMS_LOSS_MIN_S <= comms_loss_s <= max(COMMS_LOSS_MAX_S, device.comms_loss_s)
