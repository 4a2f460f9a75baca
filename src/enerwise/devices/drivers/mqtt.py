"""Devices behind an MQTT broker, and the site told to whoever listens there.

What devices publish is read; a permit is published where its device listens; what the site measures is published as
retained states. The broker keeps a session for us, and the house keeps what it had to say, so that nothing is lost
while the other is away. Setpoints are never kept: a late one is none. A second connection for each setpoint lies there
with the safe value as its last will: when this process is killed, the broker itself tells the device to rest.
"""

import asyncio
import math
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Any, Final

import numpy as np

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key, Reading
from enerwise.core.time import Clock, Instant, LiveClock, elapsed_s
from enerwise.devices.drivers.driver import CONNECTION, Backoff, Troubles, Upkeep
from enerwise.devices.drivers.mqtt_line import WINDOW_COUNT, MqttLine, connected
from enerwise.devices.drivers.mqtt_options import Broker, broker_of
from enerwise.devices.drivers.mqtt_outbox import Outbox
from enerwise.devices.port import Receipt
from enerwise.devices.seat import Seat, Standing
from enerwise.guard.permit import Check, Permit
from enerwise.protocols.mqtt import Command, Message, announcement, measured_at, numbers, state, status
from enerwise.site.wiring import Device

OUT_COUNT: Final = 20_000
"""A day of ten channels a minute, and more."""
IN_COUNT: Final = 20_000
OLD_S: Final = 60.0
SILENT_POLLS: Final = 3
SILENT_LEAST_S: Final = 30.0
REST_HOLD_S: Final = 86_400.0
"""The safe value may be held for ever; devices want a number."""
NOTHING_YET: Final = "nothing has been heard yet"
CONTENT: Final = "content"
SILENCE: Final = "silence"
INBOX: Final = "inbox"
OUTBOX: Final = "outbox"
COMMANDS: Final = "commands"


class Mqtt:
    """Everything at one broker."""

    def __init__(
        self,
        device: Device,
        *,
        seat: Seat | None = None,
        clock: Clock | None = None,
        rng: np.random.Generator | None = None,
        out_count: int = OUT_COUNT,
    ) -> None:
        """Prepare.

        Args:
            device: Its address and options are described at `enerwise.devices.drivers.mqtt_options`.
            seat: Opens permits; None only reads.
            clock: Says when a message came; None takes the seat's, else the machine's own.
            rng: Spreads the tries to connect.
            out_count: So many states wait while the broker is away.

        Raises:
            ProblemsFound: Its options cannot be read; all of it is told.
        """
        self.id = device.id
        self._device, self._broker, self._rng = device, broker_of(device), rng
        self._seat = None if device.is_read_only else seat
        self._clock = clock or (seat.clock if seat is not None else LiveClock())
        self._new: deque[Reading] = deque()
        self._lost_count = 0
        self._heard_s = math.nan
        self._line: MqttLine | None = None
        self._outbox, self._announced = Outbox(out_count), set[Key]()
        self._standing: dict[Key, Standing] = {}
        self._falls: dict[Key, asyncio.TimerHandle] = {}
        self._troubles, self._rest_troubles = Troubles("the broker is not connected yet"), Troubles()
        self._backoff = Backoff(rng=rng)
        commands = self._broker.commands.values() if self._seat is not None else ()
        self._upkeeps = [
            Upkeep(self._serve, self._troubles, self._backoff),
            *(self._dead_man(number, each) for number, each in enumerate(commands)),
        ]

    @property
    def broker(self) -> Broker:
        """What it was set up with."""
        return self._broker

    @property
    def dropped_count(self) -> int:
        """States that nobody will ever get, because the broker was away for too long."""
        return self._outbox.dropped_count

    @property
    def moves(self) -> frozenset[str]:
        """Assets that have a command for their power."""
        return frozenset(key.asset for key in self._broker.commands if key.quantity == POWER_W)

    # -- Driver --------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Begin to connect."""
        for each in self._upkeeps:
            each.start()

    async def close(self) -> None:
        """Say goodbye, and let go of everything."""
        for fall in self._falls.values():
            fall.cancel()
        self._falls.clear()
        self._say_goodbye()
        for each in self._upkeeps:
            await each.stop()

    async def read(self, now: Instant) -> Sequence[Reading]:
        """Return what has come since the last read."""
        found = list(self._new)
        self._new.clear()
        self._tell_silence()
        return found

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong now."""
        return self._troubles.told() + tuple(f"last will: {each}" for each in self._rest_troubles.told())

    async def apply(self, permit: Permit, now: Instant) -> Receipt:
        """Publish a permit's value; the receipt tells what the broker took, NaN where it took nothing."""
        if self._seat is None:
            return Receipt(permit.asset, permit.quantity, math.nan, Check.ALTERED, now)
        check = self._seat.checker.check(permit, now)
        if check is not Check.OPENS:
            return Receipt(permit.asset, permit.quantity, permit.value, check, now)
        command = self._broker.commands.get(Key(permit.asset, permit.quantity))
        if command is None:
            self._troubles.tell(COMMANDS, f"{permit.asset}.{permit.quantity} has no command here")
            return Receipt(permit.asset, permit.quantity, math.nan, check, now)
        held_s = self._seat.held_s(permit)
        self._hold(command, Standing(permit.value, permit.valid_until), held_s)
        is_told = await self._told(command)
        return Receipt(permit.asset, permit.quantity, permit.value if is_told else math.nan, check, now)

    async def rest(self) -> bool:
        """Publish the safe value of everything; say whether the broker has all of them."""
        if self._seat is None:
            return True
        for command in self._broker.commands.values():
            self._let_go(command.key)
        return all(await asyncio.gather(*(self._told(each) for each in self._broker.commands.values())))

    async def stop(self, asset: str) -> bool:
        """Bring an asset to its safe value; say whether the broker has it."""
        commands = [each for key, each in self._broker.commands.items() if key.asset == asset]
        if self._seat is None or not commands:
            return False
        for each in commands:
            self._let_go(each.key)
        return all(await asyncio.gather(*(self._told(each) for each in commands)))

    def tell(self, readings: Sequence[Reading]) -> None:
        """Publish states of the site, now or when the broker is back, in their order."""
        for reading in readings:
            if self._broker.discovery and reading.key not in self._announced:
                self._announced.add(reading.key)
                found = announcement(self._broker.discovery, self._broker.base, self._broker.client_id, reading.key)
                if found is not None:
                    self._outbox.put(found)
            self._outbox.put(state(self._broker.base, reading))
        if self._outbox.dropped_count:
            self._troubles.tell(OUTBOX, f"{self._outbox.dropped_count} states were dropped since the start")

    # -- The line ------------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        """Hold one connection to its end."""
        base = self._broker.base
        async with connected(
            self._broker.account(),
            will=status(base, is_online=False),
            topics=tuple(self._broker.fields),
            is_lasting=True,
            take=self._take,
        ) as line:
            self._line = line
            try:
                self._begin(line)
                await self._send_all(line)
            finally:
                self._line = None

    def _begin(self, line: MqttLine) -> None:
        self._backoff.reset()
        if self._broker.fields and math.isnan(self._heard_s):
            self._troubles.tell(CONNECTION, NOTHING_YET)
        else:
            self._troubles.well(CONNECTION)
        line.publish(status(self._broker.base, is_online=True))
        for command in self._broker.commands.values() if self._seat is not None else ():
            self._tell(line, command)

    async def _send_all(self, line: MqttLine) -> None:
        """Send what waits, in its order, a few at a time, until the connection ends."""
        self._outbox.begin_afresh()
        under_way: deque[asyncio.Future[None]] = deque()
        while True:
            while len(under_way) < WINDOW_COUNT and (message := self._outbox.next()) is not None:
                under_way.append(line.publish(message))
            if under_way:
                await under_way.popleft()
                self._outbox.confirm()
            else:
                await _first_of(self._outbox.wait(), line.ended)

    def _say_goodbye(self) -> None:
        """Say what the broker would say in our place; it does not where a connection ends in order.

        Nothing is waited for: where this does not come through, neither does the goodbye, and the last wills stand.
        """
        line = self._line
        if line is None:
            return
        for command in self._broker.commands.values() if self._seat is not None else ():
            self._let_go(command.key)
            self._tell(line, command)
        line.publish(status(self._broker.base, is_online=False))

    # -- In ------------------------------------------------------------------------------------------------------

    def _take(self, topic: str, payload: bytes, is_retained: bool) -> None:
        at = self._clock.now()
        start_utc = at
        self._heard_s = elapsed_s()
        self._troubles.well(CONNECTION)
        if self._broker.stamp is not None:
            told = measured_at(payload, self._broker.stamp)
            if told is None:
                self._troubles.tell(CONTENT, f"{topic} does not say when it was measured")
                return
            start_utc = min(told, at)
        if is_retained and (self._broker.stamp is None or (at - start_utc) / np.timedelta64(1, "s") > OLD_S):
            return  # Nobody knows how long ago that was true.
        values = numbers(self._broker.fields.get(topic, ()), payload)
        absent = [str(key) for key, value in values.items() if not math.isfinite(value)]
        if absent:
            self._troubles.tell(CONTENT, f"{topic} does not hold {', '.join(absent)}")
        else:
            self._troubles.well(CONTENT)
        self._new += [Reading(key, start_utc, value, at) for key, value in values.items() if math.isfinite(value)]
        self._bound()

    def _bound(self) -> None:
        while len(self._new) > IN_COUNT:
            self._new.popleft()
            self._lost_count += 1
        if self._lost_count:
            self._troubles.tell(INBOX, f"{self._lost_count} values came faster than they were read, and are lost")

    def _tell_silence(self) -> None:
        silent_s = max(SILENT_LEAST_S, SILENT_POLLS * self._device.poll_s)
        if elapsed_s() - self._heard_s > silent_s:
            self._troubles.tell(SILENCE, f"nothing has been heard for {silent_s:g} s")
        else:
            self._troubles.well(SILENCE)

    # -- Setpoints -----------------------------------------------------------------------------------------------

    def _hold(self, command: Command, standing: Standing, held_s: float) -> None:
        self._let_go(command.key)
        self._standing[command.key] = standing
        self._falls[command.key] = asyncio.get_running_loop().call_later(held_s, self._fall, command)

    def _let_go(self, key: Key) -> None:
        self._standing.pop(key, None)
        fall = self._falls.pop(key, None)
        if fall is not None:
            fall.cancel()

    def _fall(self, command: Command) -> None:
        self._let_go(command.key)
        if self._line is not None:
            self._tell(self._line, command)

    async def _told(self, command: Command) -> bool:
        """Publish what stands for a channel, and say whether the broker has it, within a bounded time."""
        if self._line is None:
            return False
        sent = self._tell(self._line, command)
        await asyncio.wait([sent], timeout=self._device.timeout_s)
        return sent.done() and not sent.cancelled() and sent.exception() is None

    def _tell(self, line: MqttLine, command: Command) -> "asyncio.Future[None]":
        standing = self._standing.get(command.key)
        if standing is None:
            return line.publish(self._safe(command), qos=self._broker.command_qos)
        left_s = float((standing.until - self._clock.now()) / np.timedelta64(1, "s"))
        message = command.message(standing.value, max(0.0, left_s))
        return line.publish(message, qos=self._broker.command_qos, expires_s=left_s)

    def _safe(self, command: Command) -> Message:
        assert self._seat is not None
        return command.message(self._seat.safe_value(command.key), REST_HOLD_S)

    def _dead_man(self, number: int, command: Command) -> Upkeep:
        """Keep up a connection that does nothing but die with us."""
        backoff = Backoff(rng=self._rng)

        async def hold() -> None:
            account = self._broker.account(f"{self._broker.client_id}-rest-{number}")
            async with connected(account, will=self._safe(command)) as line:
                backoff.reset()
                self._rest_troubles.well()
                if self._line is not None:
                    # Its last will may have been published when the connection before it was lost.
                    self._tell(self._line, command)
                await line.wait_end()

        return Upkeep(hold, self._rest_troubles, backoff)


async def _first_of(waited: Coroutine[Any, Any, None], ended: "asyncio.Future[None]") -> None:
    """Wait for something, or raise as soon as the connection has ended."""
    task = asyncio.get_running_loop().create_task(waited)
    try:
        await asyncio.wait([task, ended], return_when=asyncio.FIRST_COMPLETED)
    finally:
        task.cancel()
    if ended.done():
        ended.result()


def make(device: Device, *, seat: Seat | None = None, clock: Clock | None = None) -> Mqtt:
    """Return the driver of a device.

    Raises:
        ProblemsFound: Its address or options cannot be read.
    """
    return Mqtt(device, seat=seat, clock=clock)
