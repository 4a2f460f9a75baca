"""The watchdog: when the door falls silent it brings the machines to rest itself, over lines of its own.

It can send nothing but safe values: the only guard in this process is never started, so that every value it seals is a
safe one, and its lines take no other seals. It learns the registers of each device once, lets the line go again, and
comes back only when the door has not been heard for half a second.
"""

import select
from typing import Final

from enerwise.core.time import AnchoredClock, now_ns
from enerwise.devices.mailbox import Mailbox
from enerwise.door.core import MS, SECOND
from enerwise.door.link import Link, link_for
from enerwise.door.loop import IN, OUT
from enerwise.door.setup import BEAT_BYTES, Setup
from enerwise.door.unit import STOPS_REMEMBERED, Unit
from enerwise.guard import Checker, Guard, Observed, is_controllable
from enerwise.site.wiring import DOOR_DRIVERS, Device

LOOK_MS: Final = 20
SILENT_NS: Final = 500 * MS
AGAIN_NS: Final = SECOND
LEARN_NS: Final = 30 * SECOND
"""How often it tries to learn a device that did not answer."""


class Watchdog:
    """One life of the watchdog."""

    def __init__(self, setup: Setup) -> None:
        assert setup.wires.watch_fd is not None
        self._setup, self._clock = setup, AnchoredClock(*setup.anchor)
        self._guard = Guard(setup.site, setup.reflex_key)
        self._pulse = Mailbox(setup.wires.pulse_fd, BEAT_BYTES)
        self._mine = Mailbox(setup.wires.watch_fd, BEAT_BYTES)
        self.links: dict[str, Link] = {}
        self.units = (
            [] if setup.is_passive else [self._unit(each) for each in setup.devices if each.driver in DOOR_DRIVERS]
        )
        self.units = [each for each in self.units if each.targets]
        self.fired_count = 0
        self.has_seen_door = False
        self._fired_ns = 0
        self._began_ns = now_ns()

    def _unit(self, device: Device) -> Unit:
        link = self.links.setdefault(device.address, link_for(device.driver, device.address, device.baud_count))
        safe_w = {asset.id: asset.safe_power_w for asset in self._setup.site if is_controllable(asset)}
        unit = Unit(device, self._setup.profiles[device.id], link, safe_w=safe_w)
        unit.trust(permits=None, reflexes=Checker(self._setup.reflex_key, remembered_count=STOPS_REMEMBERED))
        return unit

    def run(self) -> None:
        """Go on until the parent is gone."""
        poll = select.poll()
        if self._setup.wires.life_fd is not None:
            poll.register(self._setup.wires.life_fd, IN)
        known: set[int] = set()
        while True:
            wanted = {link.fd: link for link in self.links.values() if link.fd is not None}
            for fd in known - wanted.keys():
                poll.unregister(fd)
            for fd, link in wanted.items():
                poll.register(fd, IN | (OUT if link.wants_to_write else 0))
            known = set(wanted)
            for fd, events in poll.poll(LOOK_MS):
                if fd not in wanted:
                    return
                broken = bool(events & ~(IN | OUT))
                wanted[fd].ready(now_ns(), readable=bool(events & IN) or broken, writable=bool(events & OUT))
            self.look(now_ns())

    def look(self, now: int) -> None:
        """Look at the door's heartbeat once, and do what that asks for."""
        self._mine.write(b"", written_ns=now)
        pulse = self._pulse.read()
        self.has_seen_door |= pulse is not None
        is_silent = self.has_seen_door and (pulse is None or now - pulse.written_ns > SILENT_NS)
        for unit in self.units:
            needs_line = is_silent or not unit.has_learned
            if needs_line:
                unit.link.tick(now)
                unit.tick(now)
            elif unit.link.fd is not None and unit.link.is_idle:
                # Many devices take one connection only, and that is the door's.
                unit.link.close()
        if is_silent and now - self._fired_ns > AGAIN_NS:
            self._fire(now)
        elif not is_silent:
            self._fired_ns = 0

    def _fire(self, now: int) -> None:
        self._fired_ns = now
        self.fired_count += 1
        instant = self._clock.at(now)
        verdicts = self._guard.judge((), Observed(hold_s=1.0), instant)
        permits = {each.asset: each for each in self._guard.permits(verdicts, instant, valid_s=5.0)}
        for unit in self.units:
            for asset in unit.targets:
                unit.fire(permits[asset], instant, now, lambda asset, value_w, at_ns: None)

    def close(self) -> None:
        """Let go of every line."""
        for link in self.links.values():
            link.close()
