"""A little writable driver for the test of the contract: lines over TCP, ``limit=...`` there, ``power=...`` back."""

import asyncio
import re
from collections.abc import Sequence

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key, Reading
from enerwise.core.time import Instant, LiveClock
from enerwise.devices.drivers.driver import Backoff, Troubles, Upkeep
from enerwise.devices.port import Receipt
from enerwise.guard.permit import Check, Checker, Permit

ASSET = "charger"
SAFE_W = 0.0
SILENT_S = 0.3
LOSS_S = 0.25
LINE_BYTES = 4096
POWER = re.compile(rb"power=([-.0-9]{1,9})\r\n")


class Limiter:
    """A charger that can be limited."""

    def __init__(self, host: str, port: int, checker: Checker) -> None:
        self.id = "limiter"
        self.moves = frozenset({ASSET})
        self._place, self._checker = (host, port), checker
        self._writer: asyncio.StreamWriter | None = None
        self._new: list[Reading] = []
        self._troubles = Troubles("not connected yet")
        self._upkeep = Upkeep(self._listen, self._troubles, Backoff(first_s=0.05))
        self._safe: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        self._upkeep.start()

    async def close(self) -> None:
        if self._safe is not None:
            self._safe.cancel()
        await self._upkeep.stop()

    async def read(self, now: Instant) -> Sequence[Reading]:
        found, self._new = self._new, []
        return found

    def problems(self) -> tuple[str, ...]:
        return self._troubles.told()

    async def apply(self, permit: Permit, now: Instant) -> Receipt:
        check = self._checker.check(permit, now)
        if check is Check.OPENS:
            self._tell(permit.value)
            if self._safe is not None:
                self._safe.cancel()
            self._safe = asyncio.get_running_loop().call_later(LOSS_S, self._tell, SAFE_W)
        return Receipt(permit.asset, permit.quantity, permit.value, check, now)

    def _tell(self, limit_w: float) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(f"limit={limit_w:g}\r\n".encode())

    async def _listen(self) -> None:
        async with asyncio.timeout(SILENT_S):
            reader, self._writer = await asyncio.open_connection(*self._place)
        try:
            await self._hear(reader)
        finally:
            self._writer.transport.abort()
            self._writer = None

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        self._troubles.tell("connection", "said nothing yet")
        rest, is_heard = b"", False
        while True:
            async with asyncio.timeout(None if is_heard else SILENT_S):
                data = await reader.read(LINE_BYTES)
            if not data:
                raise EOFError("hung up")
            *lines, rest = (rest + data).split(b"\n")
            rest = rest[:LINE_BYTES]
            for line in lines:
                match = POWER.fullmatch(line + b"\n")
                if match is not None:
                    is_heard = True
                    self._troubles.well()
                    at = LiveClock().now()
                    self._new.append(Reading(Key(ASSET, POWER_W), at, float(match[1]), at))
