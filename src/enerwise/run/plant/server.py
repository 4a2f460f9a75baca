"""The wire of a simulated plant: Modbus TCP on this machine, one port for each address of the site file."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from enerwise.core.time import now_ns
from enerwise.protocols.modbus import (
    Asked,
    ModbusFrameError,
    Response,
    TcpServerReader,
    tcp_answer,
)
from enerwise.protocols.pdu import ILLEGAL_ADDRESS, SINGLE_WRITES
from enerwise.run.plant.box import DeviceTwin

LOOPBACK: Final = "127.0.0.1"
NO_SUCH_UNIT: Final = 11


@dataclass(slots=True)
class Wire:
    """One listening port and the devices behind it, by unit."""

    port: int
    units: Mapping[int, DeviceTwin]
    host: str = LOOPBACK
    request_count: int = 0
    _server: asyncio.Server | None = None
    _lines: set[asyncio.StreamWriter] = field(default_factory=set)

    async def open(self) -> None:
        """Listen; port 0 takes a free one.

        Raises:
            OSError: Somebody listens there already.
        """
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and drop every connection."""
        if self._server is not None:
            self._server.close()
            for line in list(self._lines):
                line.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        frames = TcpServerReader()
        try:
            while data := await reader.read(4096):
                frames, asked = frames.feed(data)
                for each in asked:
                    await self._answer(each, writer)
        except (ModbusFrameError, OSError, asyncio.CancelledError):
            pass
        finally:
            self._lines.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.request_count += 1
        device = self.units.get(asked.unit_id)
        if device is not None:
            faults = device.faults
            if faults.resets:
                raise ConnectionResetError
            if faults.is_silent:
                return
            if faults.delay_s:
                await asyncio.sleep(faults.delay_s)
        assert asked.transaction is not None
        writer.write(tcp_answer(asked.transaction, answered(asked, device, now_ns() / 1e9)))
        await writer.drain()


def answered(asked: Asked, device: DeviceTwin | None, t_s: float) -> Response:
    """Return what a device says to a request, None for a unit that is not there."""
    if device is None:
        return asked.refused(NO_SUCH_UNIT)
    request = asked.request
    if request is None:
        return asked.refused()
    if request.is_read:
        words = device.read(request.table, request.address, request.count)
        if words is None:
            return asked.refused(ILLEGAL_ADDRESS)
        return Response(request.unit_id, request.function, words, transaction=asked.transaction)
    if not device.write(request.table, request.address, request.words, t_s):
        return asked.refused(ILLEGAL_ADDRESS)
    echo = request.words if request.function in SINGLE_WRITES else ()
    count = 0 if request.function in SINGLE_WRITES else request.count
    return Response(
        request.unit_id, request.function, echo, address=request.address, count=count, transaction=asked.transaction
    )
