"""`python -m enerwise.devices.gateway`: one driver in a process of its own, so that its fall brings down nobody else.

It is handed its device and the keys that open permits through the pipe it is born with, once, never by an argument or
the environment. Then it listens on a unix socket that only its user can open. Whoever connects there hands it permits
and a heartbeat; one at a time is heard. When the heartbeat stops, or the line ends, every asset goes to its safe value,
and stays there until a new permit comes. When the parent is gone, everything goes to rest and the process ends.
"""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Final

from enerwise.core.plugin import load
from enerwise.core.time import AnchoredClock, Clock, elapsed_s
from enerwise.devices.drivers.make import GROUP
from enerwise.devices.gateway_errand import BEAT_LIMIT_S, GatewayErrand, take
from enerwise.devices.gateway_words import (
    LINE_BYTES,
    READINGS_COUNT,
    Allowed,
    News,
    Rested,
    Stop,
    Took,
    Troubles,
    Word,
    line_of,
    word_of,
)
from enerwise.devices.seat import Openers, Seat, SeatedDriver
from enerwise.guard.permit import Check, Checker, Permit

LOOK_S: Final = 0.1
AGAIN_S: Final = 1.0
"""How often an asset that has not confirmed its rest is told again. [s]"""
REMEMBERED_COUNT: Final = 1 << 16
"""Permits that may be open at once: whoever hammers on stop must not use up the next one."""
HANG_UP_S: Final = 10.0
"""Whoever holds the line so long without a heartbeat loses it: somebody else may call."""
CLOSE_S: Final = 5.0
OUT_BYTES: Final = 1 << 20
"""While more than this waits to be taken, nothing is added: what is measured meanwhile stays with the driver."""
NOBODY: Final = "nobody has connected yet"


class Gateway:
    """A driver, and whoever hands it permits."""

    def __init__(
        self,
        driver: SeatedDriver,
        clock: Clock,
        *,
        path: Path,
        beat_limit_s: float = BEAT_LIMIT_S,
        look_s: float = LOOK_S,
    ) -> None:
        """Prepare; nothing is open yet.

        Args:
            driver: Checks every permit by itself.
            clock: Shows control time.
            path: Of the socket.
            beat_limit_s: So long a heartbeat may be away. [s]
            look_s: How often the driver is read and the heartbeat looked at. [s]
        """
        self._driver, self._clock, self._path = driver, clock, path
        self._beat_limit_s, self._look_s = beat_limit_s, look_s
        self._writer: asyncio.StreamWriter | None = None
        self._heard_s = elapsed_s()
        self._rests_why, self._has_rested, self._told_rest_s = NOBODY, False, -AGAIN_S
        self._waiting: dict[str, Permit] = {}
        """The newest permit of each asset that has not been begun."""
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._said: dict[type[Word], Word] = {}
        self._failure: Exception | None = None

    async def run(self, ends: asyncio.Event) -> None:
        """Serve until it is told to end; everything is at rest then."""
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(self._meet, str(self._path), limit=LINE_BYTES)
        finally:
            os.umask(before)
        await self._driver.open()
        try:
            while not ends.is_set():
                await self._look()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ends.wait(), self._look_s)
        finally:
            server.close()
            await self._rest("the gateway ends")
            self._hang_up()
            await self._end_workers()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._driver.close(), CLOSE_S)
            await server.wait_closed()
            self._path.unlink(missing_ok=True)

    # -- Who hands out permits -----------------------------------------------------------------------------------

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._writer is not None:
            # One is heard. Where it is dead its line has ended; where it hangs its heartbeat has.
            writer.close()
            return
        self._writer, self._said, self._heard_s = writer, {}, elapsed_s()
        if self._rests_why and self._has_rested:
            self._say_once(Rested(self._rests_why, self._has_rested))
        try:
            while line := await reader.readline():
                self._hear(line)
        except (OSError, ValueError):
            pass  # A line without end, or a line that was cut: either way its sender is not to be followed.
        finally:
            if self._writer is writer:
                self._hang_up()
                await self._rest("the line of whoever hands out permits has ended")

    def _hang_up(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _hear(self, line: bytes) -> None:
        word = word_of(line)
        if word is None:
            return
        self._heard_s = elapsed_s()
        match word:
            case Allowed(permit):
                self._waiting[permit.asset] = permit
                if permit.asset not in self._workers:
                    self._workers[permit.asset] = asyncio.create_task(self._work(permit.asset))
            case Stop(asset):
                if f"stop {asset}" not in self._workers:
                    self._workers[f"stop {asset}"] = asyncio.create_task(self._stop(asset))
            case News(readings):
                self._driver.tell(list(readings))
            case _:
                pass

    def _say(self, word: Word) -> None:
        if self._writer is not None and self._has_room():
            self._writer.write(line_of(word))

    def _say_once(self, word: Word) -> None:
        """Say something that is the same as before only once."""
        if self._said.get(type(word)) != word:
            self._said[type(word)] = word
            self._say(word)

    def _has_room(self) -> bool:
        return self._writer is not None and self._writer.transport.get_write_buffer_size() <= OUT_BYTES

    # -- What is done --------------------------------------------------------------------------------------------

    async def _work(self, asset: str) -> None:
        """Carry out the permits of one asset, the newest first and the others never."""
        try:
            while (permit := self._waiting.pop(asset, None)) is not None:
                receipt = await self._driver.apply(permit, self._clock.now())
                if receipt.check is Check.OPENS:
                    self._rests_why, self._has_rested = "", False
                    self._said.pop(Rested, None)
                self._say(Took(permit.nonce, receipt))
        except (
            Exception
        ) as error:  # A driver that breaks takes its process down, in order: all rests, and it begins anew.
            self._failure = error
        finally:
            self._workers.pop(asset, None)

    async def _stop(self, asset: str) -> None:
        try:
            await self._driver.stop(asset)
        except Exception as error:  # As above.
            self._failure = error
        finally:
            self._workers.pop(f"stop {asset}", None)

    async def _end_workers(self) -> None:
        self._waiting.clear()
        workers = list(self._workers.values())
        for each in workers:
            each.cancel()
        if workers:
            await asyncio.wait(workers)

    async def _look(self) -> None:
        if self._failure is not None:
            raise self._failure
        if not self._rests_why and elapsed_s() - self._heard_s > self._beat_limit_s:
            await self._rest(f"no heartbeat for {self._beat_limit_s:g} s")
        elif self._rests_why and not self._has_rested and elapsed_s() - self._told_rest_s > AGAIN_S:
            await self._rest(self._rests_why)
        if self._writer is not None and elapsed_s() - self._heard_s > self._beat_limit_s + HANG_UP_S:
            self._hang_up()
        await self._tell()

    async def _tell(self) -> None:
        if not self._has_room():
            return
        readings = await self._driver.read(self._clock.now())
        for first in range(0, len(readings), READINGS_COUNT):
            self._say(News(tuple(readings[first : first + READINGS_COUNT])))
        self._say_once(Troubles(self._driver.problems()))

    async def _rest(self, why: str) -> None:
        self._rests_why, self._told_rest_s = why, elapsed_s()
        await self._end_workers()
        self._has_rested = await self._driver.rest()
        self._say_once(Rested(why, self._has_rested))


# ---------------------------------------------------------------------------------------------------------------
# The process


def main() -> None:
    """Be a gateway until the parent is gone."""
    errand = take(sys.stdin.buffer)
    # The parent decides when to go; a key pressed in its terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_serve(errand))


async def _serve(errand: GatewayErrand) -> None:
    clock = AnchoredClock(*errand.anchor)
    openers = Openers(tuple(Checker(each, remembered_count=REMEMBERED_COUNT) for each in errand.keys))
    seat = Seat(openers, errand.safe_power_w, clock) if errand.keys else None
    driver: SeatedDriver = load(GROUP, errand.device.driver)(errand.device, seat=seat, clock=clock)
    gateway = Gateway(driver, clock, path=Path(errand.socket_path), beat_limit_s=errand.beat_limit_s)
    ends = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ends.set)
    if errand.life_fd is not None:
        loop.add_reader(errand.life_fd, ends.set)
    try:
        await gateway.run(ends)
    finally:
        if errand.life_fd is not None:
            loop.remove_reader(errand.life_fd)


if __name__ == "__main__":
    main()
