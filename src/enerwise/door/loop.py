"""The loop of the door: one thread that waits for whatever comes first, at most ten milliseconds.

Stops come before everything else. Then devices are heard, the site process is listened to, and once a second, or when
there is news, the core decides. Nothing in here touches a disk, waits for a lock or for a peer.
"""

import json
import select
from typing import Final

from enerwise.core.time import now_ns
from enerwise.devices.door_words import ASK_BYTES
from enerwise.devices.mailbox import Mailbox
from enerwise.door.core import MS, SECOND, Core
from enerwise.door.inputs import Answer, Client, Command, Inputs
from enerwise.door.link import Link, link_for
from enerwise.door.machine import Machine
from enerwise.door.realtime import Granted
from enerwise.door.remote import Remote, news_of
from enerwise.door.setup import BEAT_BYTES, Setup
from enerwise.door.starts import Starts, age_ns
from enerwise.door.stops import Stops
from enerwise.door.teller import Teller
from enerwise.door.unit import STOPS_REMEMBERED, Unit
from enerwise.guard import Checker, is_controllable
from enerwise.site.wiring import DOOR_DRIVERS, Device

TICK_MS: Final = 10
SUPERVISE_NS: Final = 250 * MS
DECIDE_NS: Final = SECOND
PUBLISH_NS: Final = 250 * MS
HELD_UP_NS: Final = 400 * MS
"""A pause of the loop after which nothing that was decided before is still true."""
WATCHDOG_LIMIT_NS: Final = 5 * SECOND
GOODBYE_NS: Final = 2 * SECOND
UNWATCHED: Final = "its own watchdog does not hold"
WHO_LENGTH: Final = 80
CAUSE_LENGTH: Final = 200
IN, OUT = select.POLLIN, select.POLLOUT


class Door:
    """The process, from the first turn to the last."""

    def __init__(self, setup: Setup, granted: Granted) -> None:
        self.setup = setup
        # Lives differ in when they begin, and none counts as fast as time does.
        self.core = Core(setup, first_nonce=now_ns())
        self.links: dict[str, Link] = {}
        self._safe_w = {asset.id: asset.safe_power_w for asset in setup.site if is_controllable(asset)}
        self.units: list[Machine] = [
            self._remote(each) if each.id in setup.gateways else self._unit(each)
            for each in setup.devices
            if each.driver in DOOR_DRIVERS or each.id in setup.gateways
        ]
        self.unit_of = {asset: unit for unit in self.units for asset in unit.targets}
        wires = setup.wires
        self._ask, self._beat = Mailbox(wires.ask_fd, ASK_BYTES), Mailbox(wires.beat_fd, BEAT_BYTES)
        self._pulse = Mailbox(wires.pulse_fd, BEAT_BYTES)
        self._watch = None if wires.watch_fd is None else Mailbox(wires.watch_fd, BEAT_BYTES)
        self.inputs = Inputs(self._pressed, self._command, self._site_gone)
        self.stops = Stops(self.core, self.unit_of, self.inputs)
        self.starts = Starts(self.core, self.units, self.inputs, beat=self._beat, watch=self._watch)
        self.teller = Teller(self.core, self.units, self.inputs, self.starts, self.stops, granted)
        self._poll = select.poll()
        self._polled: dict[int, int] = {}
        self._link_of: dict[int, Link] = {}
        self._life_fd = wires.life_fd
        self._next = {"supervise": 0, "decide": 0, "publish": 0}
        self._last_ns = now_ns()
        self._told_state = self.core.state
        self._goodbye_ns = 0
        self.is_done = False

    def _unit(self, device: Device) -> Unit:
        link = self.links.setdefault(device.address, link_for(device.driver, device.address, device.baud_count))
        unit = Unit(device, self.setup.profiles[device.id], link, safe_w=self._safe_w)
        unit.trust(
            permits=Checker(self.setup.door_key),
            reflexes=Checker(self.setup.reflex_key, remembered_count=STOPS_REMEMBERED),
        )
        unit.sampled = self.core.sample
        unit.acknowledged = self.core.sent
        return unit

    def _remote(self, device: Device) -> Remote:
        remote = Remote(device, self.setup.gateways[device.id], self.core.clock, safe_w=self._safe_w)
        remote.sampled, remote.acknowledged = self.core.sample, self.core.sent
        remote.news = lambda: news_of(self.core.live, self.core.clock)
        return remote

    # -- life ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the ways in, and spread the polls over the second."""
        wires, now = self.setup.wires, now_ns()
        # Whatever is loaded and reckoned for the first time is slow: here it delays nobody.
        self.core.supervise(now)
        self.core.decide(now, ())
        self.inputs.listen(self.setup.control_path, self.setup.stop_port)
        self.inputs.watch_stop(
            {fd: f"stop input {at + 1}" for at, fd in enumerate(wires.stop_fds)}, self.setup.stop_file
        )
        self.teller.begin(now)
        for at, unit in enumerate(self.units):
            unit.start_at(now + at * SECOND // max(1, len(self.units)))

    def run(self) -> None:
        """Go on until the parent says goodbye or is gone."""
        while not self.is_done:
            self.turn()
        self.teller.flush()
        self.teller.publish(now_ns())

    def close(self) -> None:
        """Close every way in and out."""
        self.inputs.close()
        for link in self.links.values():
            link.close()

    # -- one turn ------------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Wait for what comes first, and deal with it: stops, then devices, then what is due."""
        self._register()
        ready = self._poll.poll(TICK_MS)
        now = now_ns()
        self._check_pace(now)
        for fd, events in sorted(ready, key=lambda each: each[0] in self._link_of):
            self._ready(fd, events, now)
        self._tick(now)
        # The work of this turn took its time: the heartbeat tells of the present.
        self._pulse.write(b"", written_ns=now_ns())

    def _check_pace(self, now: int) -> None:
        late_ns = now - self._last_ns - TICK_MS * MS
        self._last_ns = now
        self.teller.late(late_ns)
        if late_ns > HELD_UP_NS and self.core.is_running:
            self._halt(f"the door was held up for {late_ns / SECOND:.1f} s", now)

    def _ready(self, fd: int, events: int, now: int) -> None:
        if (link := self._link_of.get(fd)) is not None:
            is_broken = bool(events & ~(IN | OUT))
            link.ready(now, readable=bool(events & IN) or is_broken, writable=bool(events & OUT) or is_broken)
        elif fd == self._life_fd:
            self._life_fd = None
            self._say_goodbye("the parent process is gone", now)
        else:
            self.inputs.ready(fd)

    def _tick(self, now: int) -> None:
        for link in self.links.values():
            link.tick(now)
        for unit in self.units:
            unit.tick(now)
        self.inputs.tick()
        has_news = self._listen(now)
        self.stops.follow(now)
        if self._is_due("supervise", now, SUPERVISE_NS):
            has_news |= self.core.supervise(now)
            has_news |= self._watch_watchdogs(now)
        if self._is_due("decide", now, DECIDE_NS) or has_news:
            self._decide(now)
        self.starts.follow(now)
        self._follow_goodbye(now)
        if self._is_due("publish", now, PUBLISH_NS) or has_news or self.core.state is not self._told_state:
            self._told_state = self.core.state
            self.teller.publish(now)
        self.teller.flush()

    def _watch_watchdogs(self, now: int) -> bool:
        """Trip what would no longer rest by itself; tell whether that is news."""
        before = self.core.guard.trips
        for unit in self.units:
            for asset in unit.targets:
                if unit.is_unwatched:
                    self.core.trip(asset, UNWATCHED, now)
                else:
                    self.core.calm(asset, UNWATCHED)
        return self.core.guard.trips.latched != before.latched

    def _is_due(self, name: str, now: int, every_ns: int) -> bool:
        if now < self._next[name]:
            return False
        self._next[name] = now + every_ns
        return True

    def _listen(self, now: int) -> bool:
        """Hear the site process and watch the heartbeats; tell whether there was news."""
        has_news = self.core.hear(self._ask.read(), now)
        if self.core.is_running:
            if age_ns(self._beat, now) > self.setup.beat_limit_s * SECOND:
                self._lose_site("lost heartbeat of the site process", now)
            if self._watch is not None and age_ns(self._watch, now) > WATCHDOG_LIMIT_NS:
                self._halt("lost heartbeat of the watchdog", now)
        return has_news

    def _decide(self, now: int) -> None:
        instant = self.core.clock.at(now)
        for permit in self.core.decide(now, [asset for asset, unit in self.unit_of.items() if unit.is_connected]):
            if not self.stops.is_fired(permit.asset):
                self.unit_of[permit.asset].apply(permit, instant, now)

    # -- stops, commands and the end -----------------------------------------------------------------------------

    def _pressed(self, cause: str) -> None:
        self._halt(cause, now_ns())

    def _halt(self, cause: str, now: int, *, who: str = "", client: Client | None = None) -> None:
        self.stops.halt(cause, now, who=who, client=client)
        self.starts.cancel()
        # What no reflex could bring to rest the judge does, in this very turn.
        self._next["decide"] = 0

    def _site_gone(self) -> None:
        if self.core.is_running:
            self._lose_site("the site process has ended", now_ns())

    def _lose_site(self, why: str, now: int) -> None:
        if self.setup.latches_site_loss:
            self._halt(why, now)
        else:
            self.stops.fire(why, now)
            self.core.pause(why)

    def _command(self, command: Command, client: Client) -> Answer | None:
        """Obey a command; None where the answer comes later."""
        now, core = now_ns(), self.core
        who, cause = str(command.get("who", ""))[:WHO_LENGTH], str(command.get("cause", ""))[:CAUSE_LENGTH]
        subject = command.get("subject")
        match command["do"]:
            case "stop":
                self._halt(cause or "stop pressed", now, who=who, client=client)
                return None
            case "test":
                return self.stops.test(now, client, who)
            case "start":
                self.starts.begin(now, who)
            case "pause":
                core.pause(f"paused by {who or 'a command'}")
            case "reset":
                if why := core.reset(who, cause, None if subject is None else str(subject), now):
                    return {"ok": False, "why": why, "state": str(core.state)}
            case "goodbye":
                self._say_goodbye("goodbye", now)
            case "state":
                return {"ok": True, **json.loads(self.teller.told(now).to_bytes())}
            case unknown:
                return {"ok": False, "why": f"{unknown!r} is none of stop, test, start, pause, reset, goodbye, state"}
        return {"ok": True, "state": str(core.state)}

    def _say_goodbye(self, why: str, now: int) -> None:
        if self._goodbye_ns:
            return
        self._goodbye_ns = now
        self.core.tell("goodbye", "*", why=why)
        if self.core.moved:
            self.stops.fire(why, now)
        self.core.pause(why)

    def _follow_goodbye(self, now: int) -> None:
        if self._goodbye_ns:
            self.is_done = not self.stops.is_waiting or now - self._goodbye_ns > GOODBYE_NS

    # -- files ---------------------------------------------------------------------------------------------------

    def _register(self) -> None:
        self._link_of = {link.fd: link for link in self.links.values() if link.fd is not None}
        wanted = {fd: IN | (OUT if link.wants_to_write else 0) for fd, link in self._link_of.items()}
        wanted |= dict.fromkeys(self.inputs.fds, IN)
        if self._life_fd is not None:
            wanted[self._life_fd] = IN
        if wanted == self._polled:
            return
        for fd in self._polled.keys() - wanted.keys():
            self._poll.unregister(fd)
        for fd, events in wanted.items():
            if self._polled.get(fd) != events:
                self._poll.register(fd, events)
        self._polled = wanted
