"""The smart meter's customer port, over a serial line or a network: telegrams come by themselves, about once a second.

A task of its own listens and reconnects; a turn takes what has come since. Nothing is ever sent. The option ``version``
(2, 3, 4 or 5) tells how the port speaks on a serial line; since version 4 it is fast.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.series import Key, Reading
from enerwise.core.time import Clock, Instant, LiveClock
from enerwise.devices.drivers.driver import CONNECTION, Backoff, Troubles, Upkeep
from enerwise.devices.transport import READ_BYTES, Line, line_of, listening
from enerwise.protocols import dsmr
from enerwise.site.site import GRID
from enerwise.site.wiring import Device

METER: Final = "meter"
VERSION: Final = "version"
OLD: Final = ("2", "2.2", "3")
"""They speak slowly, with seven bits and parity."""
VERSIONS: Final = (*OLD, "4", "5")
BAUD_COUNT: Final = 115_200
OLD_BAUD_COUNT: Final = 9600
SILENT_S: Final = 15.0
"""Meters speak every second, old ones every ten."""
KEPT_COUNT: Final = 100
WELL_COUNT: Final = 10
"""So many good telegrams after a refused one, and nobody needs to look at the line any more."""
NO_TELEGRAM: Final = "no telegram yet"
TELEGRAMS: Final = "telegrams"
CONTENT: Final = "content"


class P1:
    """One smart meter."""

    def __init__(
        self,
        device: Device,
        *,
        silent_s: float = SILENT_S,
        clock: Clock | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        """Prepare a meter.

        Args:
            device: Its address is a serial port or ``host:port``.
            silent_s: After this long without a telegram the line is opened afresh. [s]
            clock: Says when a telegram came; None takes the machine's own.
            rng: Spreads the tries to connect.

        Raises:
            ProblemsFound: Its address or version cannot be read; all of it is told.
        """
        self.id = device.id
        self._line, self._asset = _line(device), device.serves.get(METER, GRID)
        self._silent_s, self._clock = silent_s, clock or LiveClock()
        self._new: list[Reading] = []
        self._reader = dsmr.Reader()
        self._good_count = 0
        self._troubles, self._backoff = Troubles(f"{self._line} is not connected yet"), Backoff(rng=rng)
        self._upkeep = Upkeep(self._listen, self._troubles, self._backoff)

    async def open(self) -> None:
        """Begin to listen."""
        self._upkeep.start()

    async def close(self) -> None:
        """Listen no more."""
        await self._upkeep.stop()

    async def read(self, now: Instant) -> Sequence[Reading]:
        """Return what has come since the last read."""
        found, self._new = self._new, []
        return found

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong now."""
        return self._troubles.told()

    @property
    def refused_count(self) -> int:
        """Telegrams that did not check out, since the start."""
        return self._reader.refused_count

    async def _listen(self) -> None:
        """Hear one connection to its end."""
        # What was half said on an old line is not continued on a new one.
        self._reader = self._reader.begun_afresh()
        async with listening(self._line) as stream:
            self._troubles.tell(CONNECTION, NO_TELEGRAM)
            while True:
                try:
                    async with asyncio.timeout(self._silent_s):
                        await self._hear(stream)
                except TimeoutError:
                    raise TimeoutError(f"{self._line} sent no telegram within {self._silent_s:g} s") from None

    async def _hear(self, stream: asyncio.StreamReader) -> None:
        """Return when a telegram has come; noise is none, however much of it."""
        while True:
            data = await stream.read(READ_BYTES)
            if not data:
                raise EOFError(f"{self._line} was closed by the meter")
            if self._take(data):
                return

    def _take(self, data: bytes) -> bool:
        refused_count = self._reader.refused_count
        self._reader, telegrams = self._reader.feed(data)
        at = self._clock.now()
        for telegram in telegrams:
            self._keep(dsmr.values(telegram), at)
        if self._reader.refused_count > refused_count:
            self._good_count = 0
            self._troubles.tell(TELEGRAMS, f"{self._reader.refused_count} telegrams refused since the start")
        return bool(telegrams)

    def _keep(self, told: dict[str, float], at: Instant) -> None:
        self._backoff.reset()
        self._troubles.well()
        self._good_count += 1
        if self._good_count >= WELL_COUNT:
            self._troubles.well(TELEGRAMS)
        if told:
            self._troubles.well(CONTENT)
        else:
            self._troubles.tell(CONTENT, f"{self._line}: telegrams tell nothing of the connection")
        self._new += [Reading(Key(self._asset, quantity), at, value, at) for quantity, value in told.items()]
        del self._new[:-KEPT_COUNT]


def _line(device: Device) -> Line:
    problems: list[Problem] = []
    version = device.options.get(VERSION, "5")
    if version not in VERSIONS:
        remedy = f"write one of {', '.join(VERSIONS)}"
        problems.append(Problem(f"{device.id}.options.{VERSION}", f"{version!r} is no version of the port", remedy))
    problems += [
        Problem(f"{device.id}.options.{name}", "is not known", f"delete it; {VERSION} is all there is")
        for name in device.options
        if name != VERSION
    ]
    is_old = version in OLD
    line = Line()
    try:
        line = line_of(device.address, baud_count=OLD_BAUD_COUNT if is_old else BAUD_COUNT, has_parity=is_old)
    except ValueError as error:
        problems.append(Problem(f"{device.id}.address", str(error)))
    if problems:
        raise ProblemsFound(device.id, problems)
    return line


def make(device: Device) -> P1:
    """Return the driver of a device.

    Raises:
        ProblemsFound: Its address or version cannot be read.
    """
    return P1(device)
