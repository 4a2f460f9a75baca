"""The site process's side of the door: permits go into shared memory, readings and answers come out of it.

A thread of its own keeps the heartbeat and gathers samples between turns, so that a slow turn costs neither. The
device port is the same as that of the twins; nothing else in the house knows that there is a door.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from enerwise.core.series import Key, Reading
from enerwise.core.time import AnchoredClock, Instant, now_ns
from enerwise.devices.door_words import Ask, Sighting, Told
from enerwise.devices.drivers.driver import Driver
from enerwise.devices.mailbox import Mailbox
from enerwise.devices.means import FLOWS, Means, derived
from enerwise.devices.port import Readings, Receipt
from enerwise.guard.permit import Check, Permit
from enerwise.site.site import Site

BEAT_S: Final = 0.1
ANSWER_S: Final = 0.4
"""How long a turn waits for what the door made of its permits."""
LOOK_S: Final = 0.02
OWN_READ_S: Final = 0.5
"""How long a turn waits for a device that is not behind the door."""


class DoorDevices:
    """All devices of a site, behind the door."""

    is_simulated = False

    def __init__(
        self,
        site: Site,
        clock: AnchoredClock,
        *,
        ask: Mailbox,
        told: Mailbox,
        beat: Mailbox,
        turn_s: float,
        control_path: Path | None = None,
        drivers: Sequence[Driver] = (),
    ) -> None:
        """Take the site's ends of the mailboxes.

        Args:
            site: What stands there.
            clock: Control time, the same as the door's.
            ask: Where permits go; this is the only writer.
            told: What the door says.
            beat: Where the heartbeat goes; this is the only writer.
            turn_s: Time between turns. [s]
            control_path: The door's socket; the line held there tells it at once when this process dies.
            drivers: Devices that the door does not read: they can only be read.
        """
        self._site, self._clock, self._turn_s = site, clock, turn_s
        self._ask, self._told, self._beat = ask, told, beat
        self._drivers, self._control_path = drivers, control_path
        self._lifeline: socket.socket | None = None
        self._means, self._lock = Means(), threading.Lock()
        self._turn = 0
        self.troubles: dict[str, str] = {}
        """What a driver raised last, by device."""
        self._ends = threading.Event()
        self._since: Instant | None = None
        self._own: dict[Key, tuple[float, int]] = {}
        self._thread = threading.Thread(target=self._keep_beating, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """End the heartbeat."""
        self._ends.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._lifeline is not None:
            self._lifeline.close()
            self._lifeline = None

    @property
    def told(self) -> Told | None:
        """What the door said last."""
        message = self._told.read()
        return None if message is None else Told.from_bytes(message.content)

    async def read(self, now: Instant) -> Readings:
        """Return the means of the turn that has ended, and what every device told last."""
        await self._read_own(now)
        told = self.told
        live, told_w = self._live(told), _told_w(told)
        with self._lock:
            self._means.add(live)
            means = self._means.take()
        means |= self._more(means, live, told_w)
        # What was told before the first turn belongs to none.
        start_utc, self._since = self._since, now
        flows = [Reading(key, start_utc, value, now) for key, value in means.items() if start_utc is not None]
        readings = self._now(live, told_w)
        return Readings((*flows, *(each for each in readings if each.key.quantity not in FLOWS)), tuple(readings))

    def _more(
        self, means: Mapping[Key, float], live: Mapping[Key, Sighting], told_w: Mapping[str, float]
    ) -> dict[Key, float]:
        """Return what follows from means, and from states as they are."""
        states = {key: value for key, (value, _) in live.items() if key.quantity not in FLOWS}
        return derived(self._site, {**states, **means}, told_w)

    def _now(self, live: Mapping[Key, Sighting], told_w: Mapping[str, float]) -> list[Reading]:
        """Return what devices told last, and what follows from it: that is as old as the oldest of its sources."""
        at = {key: self._clock.at(at_ns) for key, (_, at_ns) in live.items()}
        readings = [Reading(key, at[key], value, at[key]) for key, (value, _) in live.items()]
        more = derived(self._site, {key: value for key, (value, _) in live.items()}, told_w)
        oldest = min((at[key] for key in at if key.quantity in FLOWS), default=None)
        return readings + [Reading(key, oldest, value, oldest) for key, value in more.items() if oldest is not None]

    async def apply(self, permits: Sequence[Permit], now: Instant) -> tuple[Receipt, ...]:
        """Hand permits to the door, and wait a little for what became of them."""
        self._turn += 1
        written_ns = now_ns()
        ask = Ask(self._turn, tuple(permits), self._own)
        expires_ns = written_ns + int(2 * self._turn_s * 1e9)
        self._ask.write(ask.to_bytes(), written_ns=written_ns, expires_ns=expires_ns)
        told = await self._answered()
        if told is None:
            return ()
        return tuple(
            Receipt(each.asset, permit.quantity, each.value_w, Check(each.check), now)
            for permit in permits
            for each in told.answers
            if each.nonce == permit.nonce and each.asset == permit.asset
        )

    async def _answered(self) -> Told | None:
        deadline_ns = now_ns() + int(ANSWER_S * 1e9)
        while now_ns() < deadline_ns:
            told = self.told
            if told is not None and told.turn == self._turn:
                return told
            await asyncio.sleep(LOOK_S)
        return None

    async def _read_own(self, now: Instant) -> None:
        """Read the devices that are not behind the door, side by side; a slow or broken one keeps nobody."""
        for readings in await asyncio.gather(*(self._read_one(each, now) for each in self._drivers)):
            for reading in readings:
                self._own[reading.key] = (reading.value, now_ns())

    async def _read_one(self, driver: Driver, now: Instant) -> Sequence[Reading]:
        try:
            return await asyncio.wait_for(driver.read(now), timeout=OWN_READ_S)
        except Exception as error:  # A driver may be anybody's code: the turn outlives it.
            self.troubles[driver.id] = f"{type(error).__name__}: {error}"
            return ()

    def _live(self, told: Told | None) -> dict[Key, tuple[float, int]]:
        return {**self._own, **({} if told is None else told.live)}

    def _keep_beating(self) -> None:
        while not self._ends.wait(BEAT_S):
            self._beat.write(b"", written_ns=now_ns())
            self._hold_lifeline()
            with contextlib.suppress(ValueError, KeyError), self._lock:
                self._means.add(self._live(self.told))

    def _hold_lifeline(self) -> None:
        """Hold a line to the door, and take a new one where the door was restarted."""
        if self._control_path is None:
            return
        if self._lifeline is not None:
            if not _is_whole(self._lifeline):
                self._lifeline.close()
                self._lifeline = None
            return
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.setblocking(False)
        try:
            line.connect(str(self._control_path))
            line.sendall(b'{"do":"live"}\n')
        except OSError:
            line.close()
        else:
            self._lifeline = line


def _is_whole(line: socket.socket) -> bool:
    """Tell whether the door still holds its end; whatever it has said is passed over."""
    try:
        return bool(line.recv(4096))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _told_w(told: Told | None) -> dict[str, float]:
    """Return what each machine was told last, as far as it has acknowledged that."""
    if told is None:
        return {}
    return {asset: float(value_w) for unit in told.units for asset, value_w in unit["told"].items()}
