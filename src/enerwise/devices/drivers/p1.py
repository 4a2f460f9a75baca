"""The smart meter's customer port, over a serial line or a network: telegrams come by themselves, about once a second.

A task of its own reads and reconnects; a turn takes what has come since. Nothing is ever sent.
"""

import asyncio
import contextlib
import os
import termios
from collections.abc import Sequence
from typing import Final

from enerwise.core.series import Key, Reading
from enerwise.core.time import Instant, LiveClock
from enerwise.protocols import dsmr
from enerwise.site.site import GRID
from enerwise.site.wiring import Device

METER: Final = "meter"
BAUD: Final = termios.B115200
OLD_BAUD: Final = termios.B9600
"""DSMR 2 and 3 speak slowly, with seven bits and parity."""
PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
SILENT_S: Final = 15.0
"""Meters speak every second, old ones every ten."""
QUEUE_LENGTH: Final = 100


class P1:
    """One smart meter."""

    def __init__(self, device: Device) -> None:
        self.id = device.id
        self._device = device
        self._asset = device.serves.get(METER, GRID)
        self._new: list[Reading] = []
        self._reader = dsmr.Reader()
        self._task: asyncio.Task[None] | None = None
        self._problem = "not connected yet"
        self._clock = LiveClock()

    async def open(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def read(self, now: Instant) -> Sequence[Reading]:
        """Return what has come since the last read."""
        found, self._new = self._new, []
        return found

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong now."""
        refused = self._reader.refused_count
        return tuple(each for each in (self._problem, f"{refused} telegrams refused" if refused else "") if each)

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                await self._hear()
            except (OSError, TimeoutError, EOFError, termios.error) as error:
                self._problem = str(error) or type(error).__name__
                failures += 1
            await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])

    async def _hear(self) -> None:
        async with contextlib.AsyncExitStack() as stack:
            stream = await self._connected(stack)
            self._problem = "no telegram yet"
            while True:
                data = await asyncio.wait_for(stream.read(4096), timeout=SILENT_S)
                if not data:
                    raise EOFError("closed by the meter")
                self._take(data)

    def _take(self, data: bytes) -> None:
        self._reader, telegrams = self._reader.feed(data)
        at = self._clock.now()
        for telegram in telegrams:
            told = dsmr.values(telegram)
            self._problem = "" if told else "telegrams tell nothing of the connection"
            self._new += [Reading(Key(self._asset, quantity), at, value, at) for quantity, value in told.items()]
        del self._new[:-QUEUE_LENGTH]

    async def _connected(self, stack: contextlib.AsyncExitStack) -> asyncio.StreamReader:
        address = self._device.address
        if address.startswith("/"):
            return await _serial(address, stack, is_old=self._device.options.get("version") in ("2", "3"))
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, int(port)), timeout=5.0)
        stack.callback(writer.close)
        return reader


async def _serial(path: str, stack: contextlib.AsyncExitStack, *, is_old: bool) -> asyncio.StreamReader:
    fd = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    file = os.fdopen(fd, "rb", buffering=0)
    stack.callback(file.close)
    mode = termios.tcgetattr(fd)
    bits = termios.CS7 | termios.PARENB if is_old else termios.CS8
    mode[0:4] = [termios.ISTRIP if is_old else 0, 0, bits | termios.CREAD | termios.CLOCAL, 0]
    mode[4] = mode[5] = OLD_BAUD if is_old else BAUD
    termios.tcsetattr(fd, termios.TCSANOW, mode)
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), file
    )
    stack.callback(transport.close)
    return reader


def make(device: Device) -> P1:
    """Return the driver of a device."""
    return P1(device)
