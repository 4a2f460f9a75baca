"""The near side of a gateway: permits and a heartbeat go in, receipts and readings come out, and nobody is waited for.

It is called from a loop that may not wait, the door's or the site's: every call returns at once. A gateway that is away
is called again at the next beat. Only the standard library and numpy are needed.
"""

import asyncio
import math
import socket
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from enerwise.core.series import Reading
from enerwise.core.time import Instant, elapsed_s
from enerwise.devices.gateway_words import (
    LINE_BYTES,
    READINGS_COUNT,
    Allowed,
    Beat,
    News,
    Rested,
    Stop,
    Took,
    Troubles,
    Word,
    line_of,
    word_of,
)
from enerwise.devices.port import Receipt
from enerwise.guard.permit import Check, Permit

READ_BYTES: Final = 1 << 16
READS_COUNT: Final = 32
"""So much is taken in at one look."""
KEPT_COUNT: Final = 5000
ANSWER_S: Final = 0.8
"""How long a turn waits for what became of a permit. [s]"""
LOOK_S: Final = 0.01
AWAY: Final = "the gateway does not run"


class GatewayLink:
    """One gateway, as whoever hands it permits sees it. May be used from several threads."""

    def __init__(self, path: Path) -> None:
        """Call nobody yet; ``path`` is that of the gateway's socket."""
        self._path = path
        self._line: socket.socket | None = None
        self._lock = threading.RLock()
        self._received, self._unsent = b"", b""
        self._readings: deque[Reading] = deque(maxlen=KEPT_COUNT)
        self._receipts: dict[int, Receipt] = {}
        self._problems: tuple[str, ...] = ()
        self.rested = ""
        """Why everything there was brought to rest last."""

    @property
    def is_connected(self) -> bool:
        """Whether the gateway is there."""
        return self._line is not None

    def beat(self) -> None:
        """Say that we are alive, and call the gateway where it is away."""
        with self._lock:
            if self._line is None:
                self._call()
            self._say(Beat())
            self._look()

    def permit(self, permit: Permit) -> bool:
        """Hand over a permit; say whether it could be sent."""
        return self._say(Allowed(permit))

    def stop(self, asset: str) -> bool:
        """Ask for what an asset is doing to be ended; say whether that could be sent."""
        return self._say(Stop(asset))

    def tell(self, readings: Sequence[Reading]) -> None:
        """Hand over what others may be told."""
        for first in range(0, len(readings), READINGS_COUNT):
            self._say(News(tuple(readings[first : first + READINGS_COUNT])))

    def readings(self) -> list[Reading]:
        """Return what was measured since the last call."""
        with self._lock:
            self._look()
            found = list(self._readings)
            self._readings.clear()
        return found

    def receipt(self, nonce: int) -> Receipt | None:
        """Return what became of a permit, once, as soon as it is known."""
        with self._lock:
            self._look()
            return self._receipts.pop(nonce, None)

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong there now."""
        return self._problems if self._line is not None else (AWAY,)

    def close(self) -> None:
        """End the line: the gateway brings everything to rest."""
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None

    # -- Inside --------------------------------------------------------------------------------------------------

    def _call(self) -> None:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.setblocking(False)
        try:
            line.connect(str(self._path))
        except OSError:
            line.close()
        else:
            self._line, self._received, self._unsent = line, b"", b""

    def _say(self, word: Word) -> bool:
        with self._lock:
            if self._line is None:
                return False
            if self._unsent and not self._push():
                # It does not take anything now, and what would be said to it is soon out of date.
                return False
            self._unsent = line_of(word)
            self._push()
            return self._line is not None

    def _push(self) -> bool:
        """Send what is left of a line; say whether all of it is sent."""
        assert self._line is not None
        try:
            self._unsent = self._unsent[self._line.send(self._unsent) :]
        except BlockingIOError:
            return False
        except OSError:
            self.close()
            return False
        return not self._unsent

    def _look(self) -> None:
        """Take in what the gateway has said."""
        for _ in range(READS_COUNT):
            if self._line is None:
                return
            try:
                data = self._line.recv(READ_BYTES)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.close()
                return
            self._hear(data)

    def _hear(self, data: bytes) -> None:
        *lines, rest = (self._received + data).split(b"\n")
        self._received = rest[-LINE_BYTES:]
        for line in lines:
            self._sort(word_of(line))

    def _sort(self, word: Word | None) -> None:
        match word:
            case News(readings):
                self._readings.extend(readings)
            case Took(nonce, receipt):
                self._receipts[nonce] = receipt
                # What nobody asks for is not kept for ever.
                while len(self._receipts) > KEPT_COUNT:
                    self._receipts.pop(next(iter(self._receipts)))
            case Troubles(problems):
                self._problems = problems
            case Rested(why, _):
                self.rested = why
            case _:
                pass


class GatewayDriver:
    """A gateway as a driver of the site process: what stands behind it, read and written through its link."""

    def __init__(self, id: str, link: GatewayLink, *, answer_s: float = ANSWER_S, look_s: float = LOOK_S) -> None:
        """Take the near side of a gateway.

        Args:
            id: Of the device.
            link: Its line; somebody beats it, from a thread that a slow turn does not keep.
            answer_s: How long a turn waits for what became of a permit. [s]
            look_s: How often it looks meanwhile. [s]
        """
        self.id = id
        self._link, self._answer_s, self._look_s = link, answer_s, look_s

    async def open(self) -> None:
        """Call the gateway."""
        self._link.beat()

    async def close(self) -> None:
        """End the line."""
        self._link.close()

    async def read(self, now: Instant) -> Sequence[Reading]:
        """Return what was measured since the last read."""
        return self._link.readings()

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong now."""
        return self._link.problems()

    async def apply(self, permit: Permit, now: Instant) -> Receipt:
        """Hand a permit over, and wait a little for what becomes of it; NaN where nothing is known by then."""
        silent = Receipt(permit.asset, permit.quantity, math.nan, Check.OPENS, now)
        if not self._link.permit(permit):
            return silent
        end_s = elapsed_s() + self._answer_s
        while elapsed_s() < end_s:
            receipt = self._link.receipt(permit.nonce)
            if receipt is not None:
                return receipt
            await asyncio.sleep(self._look_s)
        return silent
