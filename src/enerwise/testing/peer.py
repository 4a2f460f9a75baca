"""A peer on the loopback interface for tests of drivers: good, silent, noisy, endless, or gone, as it is told.

It is no device and simulates none: it says the bytes it was given, well or badly.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

import numpy as np

HOST: Final = "127.0.0.1"
READ_BYTES: Final = 1 << 16
PAUSE_S: Final = 0.005
FLOOD_BYTES: Final = 1 << 20

Manner = Callable[["Peer", asyncio.StreamWriter], Awaitable[None]]


class Peer:
    """A device on the network that behaves as it is told, and may be told otherwise at any time."""

    def __init__(self, said: bytes, manner: Manner, *, is_asked: bool) -> None:
        """Take what a good peer says.

        Args:
            said: One good answer or message.
            manner: What is done on each connection.
            is_asked: Whether it waits for a question before it says anything.
        """
        self.said, self._manner, self._is_asked = said, manner, is_asked
        self.connection_count = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()
        self.heard = bytearray()
        """All that it was ever told, on whatever connection."""

    async def stand(self) -> None:
        """Listen; a second time on the same port as before."""
        self._server = await asyncio.start_server(self._serve, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def go(self) -> None:
        """Listen no more, and break off every connection."""
        if self._server is not None:
            self._server.close()
            await self._break_off()
            await self._server.wait_closed()
            self._server = None

    async def turn(self, manner: Manner) -> None:
        """Behave otherwise from now on; who is connected must come again."""
        self._manner = manner
        await self._break_off()

    async def _break_off(self) -> None:
        for each in self._lines:
            each.cancel()
        if self._lines:
            await asyncio.wait(self._lines)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connection_count += 1
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        asked = asyncio.Event()
        ear = asyncio.create_task(self._listen(reader, asked))
        # The end of a connection is no fault of a peer that is told to break off.
        with contextlib.suppress(OSError, asyncio.CancelledError):
            if self._is_asked:
                await asked.wait()
            await self._manner(self, writer)
        ear.cancel()
        writer.transport.abort()
        self._lines.discard(task)

    async def _listen(self, reader: asyncio.StreamReader, asked: asyncio.Event) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(READ_BYTES):
                self.heard += data
                asked.set()


async def good(peer: Peer, writer: asyncio.StreamWriter) -> None:
    """Say what a good peer says, and stay."""
    writer.write(peer.said)
    await writer.drain()
    if peer.said.startswith(b"HTTP"):
        writer.write_eof()
    await _for_ever()


async def silent(peer: Peer, writer: asyncio.StreamWriter) -> None:
    """Take the connection and say nothing."""
    await _for_ever()


async def gone(peer: Peer, writer: asyncio.StreamWriter) -> None:
    """Break off at once."""


async def half(peer: Peer, writer: asyncio.StreamWriter) -> None:
    """Break off in the middle."""
    writer.write(peer.said[: len(peer.said) // 2])
    await writer.drain()
    writer.write_eof()
    await asyncio.sleep(PAUSE_S)


async def trickling(peer: Peer, writer: asyncio.StreamWriter) -> None:
    """Let every byte wait, and never come to the end."""
    for byte in peer.said[:-1]:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(PAUSE_S)
    await _for_ever()


async def noisy(peer: Peer, writer: asyncio.StreamWriter) -> None:
    """Talk noise, line ends and all, and break off."""
    writer.write(np.random.default_rng(7).bytes(5000) + b"\r\n\r\n" + bytes(100))
    await writer.drain()
    writer.write_eof()
    await asyncio.sleep(PAUSE_S)


async def flooding(peer: Peer, writer: asyncio.StreamWriter) -> None:
    """Begin well and never end."""
    writer.write(peer.said[: len(peer.said) // 2])
    for _ in range(8):
        writer.write(b"A" * FLOOD_BYTES)
        await writer.drain()
    await _for_ever()


async def _for_ever() -> None:
    await asyncio.Event().wait()


BAD: Final[tuple[Manner, ...]] = (silent, gone, half, trickling, noisy, flooding)
SLOW: Final[tuple[Manner, ...]] = (silent, trickling, flooding)
