"""The serial wire of a simulated plant: a pseudo terminal that speaks Modbus RTU, as fast as its symbol rate allows.

Whoever speaks while an answer is on its way destroys it, as on a real line. A unit that is not there says nothing.
"""

import asyncio
import contextlib
import os
import tty
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from enerwise.core.time import now_ns
from enerwise.protocols.modbus import Asked, ModbusFrameError, RtuServerReader, rtu_answer
from enerwise.run.plant.box import DeviceTwin
from enerwise.run.plant.server import answered

BITS_PER_BYTE: Final = 10
"""A start bit, eight of data, a stop bit."""
SILENCE_S: Final = 0.05
"""After such a pause something new begins; on a real line three and a half characters."""
TERMINALS: Final = Path("/dev/pts")
RECEIVE_BYTES: Final = 4096


@dataclass(slots=True)
class SerialWire:
    """One line at a path, and the devices on it, by unit."""

    path: str
    units: Mapping[int, DeviceTwin]
    baud_count: int = 9600
    request_count: int = 0
    _ours: int = -1
    _theirs: int = -1
    _reader: RtuServerReader = field(default_factory=RtuServerReader)
    _heard_s: float = 0.0
    _answer: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Lay the line: the path becomes a link to a pseudo terminal.

        Raises:
            OSError: Something else is at the path, or nothing can be there.
        """
        link = Path(self.path)
        if link.is_symlink() and TERMINALS in link.readlink().parents:
            link.unlink()  # Left by a plant that was killed.
        self._ours, self._theirs = os.openpty()
        try:
            link.symlink_to(os.ttyname(self._theirs))
        except OSError:
            self._shut()
            raise
        # Our end of theirs stays open: else the line would break with every client that leaves.
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        asyncio.get_running_loop().add_reader(self._ours, self._receive)

    def close(self) -> None:
        """Take the line away."""
        if self._ours < 0:
            return
        asyncio.get_running_loop().remove_reader(self._ours)
        self._lose_answer()
        self._shut()
        with contextlib.suppress(OSError):
            Path(self.path).unlink()

    def _shut(self) -> None:
        os.close(self._ours)
        os.close(self._theirs)
        self._ours = self._theirs = -1

    def _receive(self) -> None:
        try:
            data = os.read(self._ours, RECEIVE_BYTES)
        except OSError:
            return
        self._lose_answer()
        t_s = now_ns() / 1e9
        if t_s - self._heard_s > SILENCE_S:
            self._reader = RtuServerReader()
        self._heard_s = t_s
        try:
            self._reader, asked = self._reader.feed(data)
        except ModbusFrameError:
            self._reader = RtuServerReader()
            return
        for each in asked:
            self._take(each, len(data), t_s)

    def _take(self, asked: Asked, byte_count: int, t_s: float) -> None:
        self.request_count += 1
        device = self.units.get(asked.unit_id)
        if device is None or device.faults.is_silent or device.faults.resets:
            return
        frame = rtu_answer(answered(asked, device, t_s))
        on_the_way_s = (byte_count + len(frame)) * BITS_PER_BYTE / self.baud_count
        self._lose_answer()
        loop = asyncio.get_running_loop()
        self._answer = loop.call_later(on_the_way_s + device.faults.delay_s, self._send, frame)

    def _send(self, frame: bytes) -> None:
        self._answer = None
        # A line nobody reads is full one day; what does not fit is lost, as it would be.
        with contextlib.suppress(OSError):
            os.write(self._ours, frame)

    def _lose_answer(self) -> None:
        if self._answer is not None:
            self._answer.cancel()
            self._answer = None
