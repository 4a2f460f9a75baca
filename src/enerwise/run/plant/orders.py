"""Faults on order: a line of JSON on a loopback port sets one, is answered with the state of the plant."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from enerwise.core.errors import ProblemsFound
from enerwise.run.plant.server import LOOPBACK

Obey = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Carries out an order and returns the state; raises `ProblemsFound` where it cannot."""
HELP: Final = 'write {"device": "hybrid", "fault": "silent"}, {"device": "hybrid", "heal": true}, or an empty line'


class Orders:
    """Listens for orders; an empty line asks for the state only."""

    def __init__(self, obey: Obey, port: int) -> None:
        """Hand orders to ``obey``; port 0 takes a free one."""
        self._obey, self._port = obey, port
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()

    async def open(self) -> int:
        """Listen on loopback, and return the port.

        Raises:
            OSError: Somebody listens there already.
        """
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self._port)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Listen no more, and drop every connection."""
        if self._server is not None:
            self._server.close()
            for line in list(self._lines):
                line.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        try:
            while line := await reader.readline():
                writer.write(json.dumps(self._answer(line)).encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError, asyncio.CancelledError):
            pass  # Who hangs up, or sends a line without end, is not answered.
        finally:
            self._lines.discard(writer)
            writer.close()

    def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            order = json.loads(line) if line.strip() else {}
        except ValueError:
            order = None
        if not isinstance(order, dict):
            return {"ok": False, "why": f"this is no order: {HELP}"}
        try:
            return {"ok": True, **self._obey(order)}
        except ProblemsFound as found:
            return {"ok": False, "why": str(found)}
