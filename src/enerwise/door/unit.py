"""One device behind a line: polled by its profile, armed, moved by permits, and brought to rest by reflexes.

A value is written again before the device's own watchdog would act, also where it has not changed. What was written is
read back once it had time to take effect. A setpoint rises no faster than its ramp; towards rest it falls at once.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from enerwise.core.quantity import COMMS_LOSS_S, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Instant
from enerwise.devices.bound import Bound
from enerwise.devices.points import Read, Write
from enerwise.devices.profile import Profile
from enerwise.door.link import Link
from enerwise.door.machine import Acknowledged, Sampled, Target
from enerwise.door.own_watchdog import OwnWatchdog
from enerwise.guard.permit import Check, Checker, Permit
from enerwise.guard.ramp import Ramp, limited_w
from enerwise.protocols import sunspec
from enerwise.protocols.modbus import Request, Response, Table, payload
from enerwise.site.wiring import Device

SECOND: Final = 1_000_000_000
STOPS_REMEMBERED: Final = 1 << 16
"""Reflexes used within their time that a device remembers: whoever hammers on stop must not use up the next one."""
REFRESHES: Final = 3.0
"""How often a value is written within the device's own comms-loss time."""
READ_BACK_NS: Final = SECOND // 2


@dataclass(slots=True)
class Poll:
    """One look at all registers."""

    began_ns: int
    missing: set[Read]
    words: dict[Read, Sequence[int]] = field(default_factory=dict)


class Unit:
    """One device."""

    def __init__(self, device: Device, profile: Profile, link: Link, *, safe_w: Mapping[str, float]) -> None:
        """Prepare a device; ``safe_w`` holds the safe power of each asset it may move."""
        self.device, self.profile, self.link = device, profile, link
        self.bound: Bound | None = None if profile.sunspec else profile.bind()
        movable = (
            {each.role for each in profile.setpoints if each.quantity == POWER_W} if not device.is_read_only else ()
        )
        self.targets = {
            asset: Target(role, asset, safe_w[asset])
            for role, asset in device.serves.items()
            if role in movable and asset in safe_w
        }
        self.sampled: Sampled = lambda key, value, at_ns: None
        self.acknowledged: Acknowledged = lambda asset, value, at_ns: None
        self.answered_ns = 0
        self.has_learned = False
        """Whether scales and ratings are known, so that setpoints can be written."""
        self.write_count = 0
        """Write messages put on the wire."""
        self.problems: dict[str, str] = {}
        self._permits: Checker | None = None
        self._reflexes: Checker | None = None
        self._poll: Poll | None = None
        self._next_poll_ns = 0
        self._walk: sunspec.Walk | None = None
        self._reads: tuple[Read, ...] | None = None
        self._beat_count = 0
        self._next_beat_ns = 0
        self.own_watchdog = OwnWatchdog(self)

    def trust(self, *, permits: Checker | None, reflexes: Checker) -> None:
        """Say whose seals open this device; without ``permits`` nothing but a reflex does."""
        self._permits, self._reflexes = permits, reflexes

    @property
    def is_connected(self) -> bool:
        """Whether it can be spoken to and its registers are known."""
        return self.link.is_open and self.has_learned

    def is_fresh(self, now_ns: int) -> bool:
        """Tell whether it has answered within three polls."""
        return self.answered_ns > 0 and now_ns - self.answered_ns <= 3 * self.device.poll_s * SECOND

    # -- in the loop ---------------------------------------------------------------------------------------------

    def tick(self, now_ns: int) -> None:
        """Begin what is due."""
        if not self.link.is_open:
            self._poll = self._walk = None
            return
        if self.bound is None:
            if self._walk is not None or now_ns >= self._next_poll_ns:
                self._walk_on(now_ns)
        elif now_ns >= self._next_poll_ns and self._poll is None:
            self._begin_poll(now_ns)
        if self.own_watchdog.is_armed and now_ns >= self._next_beat_ns:
            self._beat(now_ns)
        self.own_watchdog.tick(now_ns)
        for target in self.targets.values():
            if target.check_ns and now_ns >= target.check_ns and not target.pending_count:
                self._read_back(target, now_ns)

    def start_at(self, at_ns: int) -> None:
        """Poll first at this moment: devices are spread over the second."""
        self._next_poll_ns = at_ns

    def _beat(self, now_ns: int) -> None:
        """Tell the device that we are there, where it has a register for that."""
        self._next_beat_ns = now_ns + int(self.device.comms_loss_s / REFRESHES * SECOND)
        self._beat_count += 1
        for write in self.bound.heartbeat_writes(self._beat_count) if self.bound and self.targets else ():
            self.write(write, self.said("heartbeat"), now_ns)

    # -- arming --------------------------------------------------------------------------------------------------

    def arm(self, now_ns: int) -> None:
        """Set the device's own watchdog, and read back what it made of it."""
        self.own_watchdog.arm(now_ns)

    @property
    def comms_loss_s(self) -> float:
        """The device's own time-out as read back after it was set; NaN where it was not. [s]"""
        return self.own_watchdog.comms_loss_s

    @property
    def is_unwatched(self) -> bool:
        """Whether it would no longer rest by itself, although it was told to."""
        return self.own_watchdog.is_lost

    # -- moving --------------------------------------------------------------------------------------------------

    def apply(self, permit: Permit, now: Instant, now_ns: int) -> Check:
        """Carry out a permit of the door's guard."""
        if self._permits is None:
            return Check.ALTERED
        check = self._permits.check(permit, now)
        if check is Check.OPENS and permit.quantity == POWER_W:
            self._move(self.targets[permit.asset], permit.value, now_ns)
        return check

    def fire(self, permit: Permit, now: Instant, now_ns: int, done: Acknowledged) -> bool:
        """Carry out a reflex: at once, before all that waits, unslewed; say whether its seal opens."""
        assert self._reflexes is not None
        check = self._reflexes.check(permit, now)
        if check is Check.OPENS:
            self.link.drop_writes(now_ns)
            self._send(self.targets[permit.asset], permit.value, now_ns, is_urgent=True, done=done)
        return check is Check.OPENS

    def _move(self, target: Target, value_w: float, now_ns: int) -> None:
        if target.pending_count:
            return
        last_w = target.acked_w if math.isfinite(target.acked_w) else target.safe_w
        ramp = Ramp(self.device.ramp_w_per_s, target.safe_w)
        value_w = limited_w(ramp, last_w, value_w, (now_ns - target.sent_ns) / SECOND)
        refresh_ns = int(self.device.comms_loss_s / REFRESHES * SECOND)
        if value_w == target.acked_w and now_ns - target.sent_ns < refresh_ns:
            return
        self._send(target, value_w, now_ns, is_urgent=False, done=self.acknowledged)

    def _send(self, target: Target, value_w: float, now_ns: int, *, is_urgent: bool, done: Acknowledged) -> None:
        if self.bound is None:
            return
        try:
            writes = self.bound.writes(target.role, POWER_W, value_w)
        except ValueError as error:
            self.problems[f"setpoint {target.asset}"] = str(error)
            return
        target.value_w, target.sent_ns, target.written = value_w, now_ns, tuple(writes)
        target.acked_w, target.check_ns = math.nan, 0
        target.pending_count = len(writes)
        for write in writes:
            self.write(write, self._wrote(target, value_w, done), now_ns, is_urgent=is_urgent)

    def _wrote(self, target: Target, value_w: float, done: Acknowledged) -> Callable[[Response | None, str, int], None]:
        def answered(response: Response | None, why: str, now_ns: int) -> None:
            target.pending_count = max(0, target.pending_count - 1)
            if response is None:
                self.problems[f"setpoint {target.asset}"] = why
                target.pending_count = 0
            elif not target.pending_count and target.value_w == value_w:
                target.acked_w, target.check_ns = value_w, now_ns + READ_BACK_NS
                self.problems.pop(f"setpoint {target.asset}", None)
                done(target.asset, value_w, now_ns)

        return answered

    def _read_back(self, target: Target, now_ns: int) -> None:
        target.check_ns = 0
        for write in target.written:
            if write.reads_back:
                self.ask(self.reading(write.read_back), self._compared(target, write), now_ns)

    def _compared(self, target: Target, write: Write) -> Callable[[Response | None, str, int], None]:
        request = self.reading(write.read_back)

        def done(response: Response | None, why: str, now_ns: int) -> None:
            if response is None or write not in target.written:
                return
            keeps = payload(request, response) == write.words
            target.mismatch_count = 0 if keeps else target.mismatch_count + 1
            name = f"read back {target.asset}"
            if not keeps:
                # Nothing counts as told that the device does not hold: the next decision writes it again.
                target.acked_w = math.nan
            if target.mismatch_count >= 2:
                self.problems[name] = (
                    f"holds {payload(request, response)} at {write.address}, {write.words} was written"
                )
            elif keeps:
                self.problems.pop(name, None)

        return done

    # -- reading -------------------------------------------------------------------------------------------------

    def _begin_poll(self, now_ns: int) -> None:
        assert self.bound is not None
        self._next_poll_ns = max(self._next_poll_ns + int(self.device.poll_s * SECOND), now_ns)
        self._reads = self._reads or self.bound.reads()
        self._poll = Poll(now_ns, set(self._reads))
        for read in self._reads:
            self.ask(self.reading(read), self._polled(self._poll, read), now_ns)

    def _polled(self, poll: Poll, read: Read) -> Callable[[Response | None, str, int], None]:
        def done(response: Response | None, why: str, now_ns: int) -> None:
            if poll is not self._poll:
                return
            if response is None:
                self._poll = None
                self.problems["poll"] = why
                return
            poll.words[read] = payload(self.reading(read), response)
            poll.missing.discard(read)
            if not poll.missing:
                self._looked(poll, now_ns)

        return done

    def _looked(self, poll: Poll, now_ns: int) -> None:
        assert self.bound is not None
        self._poll, self.answered_ns = None, now_ns
        self.problems.pop("poll", None)
        # Every time: some devices change scales and ratings under way, and an old one would let more through.
        self.bound = self.bound.learned(poll.words)
        if not self.has_learned:
            self._reads, self.has_learned = None, True
            self.problems |= {f"profile {at}": why for at, why in enumerate(self.bound.problems())}
        for (role, quantity), value in self.bound.decode(poll.words).items():
            asset = self.device.serves.get(role)
            if asset is not None and quantity != COMMS_LOSS_S:
                # A value is as old as the question, whatever the answer took.
                self.sampled(Key(asset, quantity), value, poll.began_ns)

    def _walk_on(self, now_ns: int) -> None:
        """Search for the models of a SunSpec device, one question after the other."""
        if self._walk is None:
            self._walk = sunspec.Walk()
            self._ask_walk(now_ns)

    def _ask_walk(self, now_ns: int) -> None:
        assert self._walk is not None
        wanted = self._walk.wants
        if wanted is None:
            self._walked(self._walk)
            return
        request = Request.read(self.device.unit_id, Table.HOLDING, *wanted)

        def done(response: Response | None, why: str, now_ns: int) -> None:
            if self._walk is not None and self.link.is_open:
                self._walk = self._walk.told(None if response is None else payload(request, response))
                self._ask_walk(now_ns)

        self.ask(request, done, now_ns)

    def _walked(self, walk: sunspec.Walk) -> None:
        if walk.problem:
            self.problems["sunspec"] = walk.problem
        if walk.models:
            self.bound = self.profile.bind(walk.bases)
        else:
            # A device that is still waking up shows its map later.
            self._walk, self._next_poll_ns = None, self._next_poll_ns + int(self.device.poll_s * SECOND)

    # -- the wire ------------------------------------------------------------------------------------------------

    def reading(self, read: Read) -> Request:
        """Return the question for registers."""
        return Request.read(self.device.unit_id, read.table, read.address, read.count)

    def ask(self, request: Request, done: Callable[[Response | None, str, int], None], now_ns: int) -> None:
        """Ask the device something."""
        self.link.ask(request, done, timeout_s=self.device.timeout_s, now_ns=now_ns)

    def write(
        self,
        write: Write,
        done: Callable[[Response | None, str, int], None],
        now_ns: int,
        *,
        is_urgent: bool = False,
    ) -> None:
        """Write registers."""
        self.write_count += 1
        request = Request.write(self.device.unit_id, write.function, write.address, write.words)
        self.link.ask(request, done, timeout_s=self.device.timeout_s, now_ns=now_ns, is_urgent=is_urgent)

    def said(self, name: str) -> Callable[[Response | None, str, int], None]:
        """Return what notes under a name whether a write was answered."""

        def done(response: Response | None, why: str, now_ns: int) -> None:
            if response is None:
                self.problems[name] = why
            else:
                self.problems.pop(name, None)

        return done
