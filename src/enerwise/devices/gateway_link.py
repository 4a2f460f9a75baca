"""The near side of a gateway: permits and a heartbeat go in, receipts and readings come out, and nobody is waited for.

It is called from the door's loop, which may not wait: every call returns at once. A gateway that is away
is called again at the next beat. Only the standard library and numpy are needed.
"""

import math
import socket
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from enerwise.core.series import Reading
from enerwise.core.time import elapsed_s
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
from enerwise.guard.permit import Permit

READ_BYTES: Final = 1 << 16
LINES_COUNT: Final = 50
"""So many lines are taken in at one look: a gateway that talks without end delays nobody."""
NONSENSE_COUNT: Final = 200
STUCK_S: Final = 2.0
"""After this long without room for a word the line is given up: a gateway that hangs must not wake to old permits."""
KEPT_COUNT: Final = 5000
AWAY: Final = "the gateway does not run"


class GatewayLink:
    """One gateway, as whoever hands it permits sees it."""

    def __init__(self, path: Path) -> None:
        """Call nobody yet; ``path`` is that of the gateway's socket."""
        self._path = path
        self._line: socket.socket | None = None
        self._received, self._unsent = b"", b""
        self._nonsense_count, self._stuck_s = 0, math.inf
        self._readings: deque[Reading] = deque(maxlen=KEPT_COUNT)
        self._receipts: dict[int, Receipt] = {}
        self._problems: tuple[str, ...] = ()
        self.lost_count = 0
        self.refused_count = 0
        """Lines that were no message."""
        self.rested_count = 0
        self.rested = ""
        """Why everything there was brought to rest last."""

    @property
    def problem(self) -> str:
        """Why nothing can be said there; empty where it can."""
        return "" if self._line is not None else AWAY

    @property
    def is_open(self) -> bool:
        """Whether the gateway is there."""
        return self._line is not None

    def beat(self) -> None:
        """Say that we are alive, and call the gateway where it is away."""
        if self._line is None:
            self._call()
        self._say(Beat())
        self.look()

    def permit(self, permit: Permit) -> bool:
        """Hand over a permit; say whether it could be sent."""
        return self._say(Allowed(permit))

    def stop(self, asset: str) -> bool:
        """Ask for what an asset is doing to be ended; say whether that could be sent."""
        return self._say(Stop(asset))

    def tell(self, readings: Sequence[Reading]) -> bool:
        """Hand over what others may be told; say whether all of it could be sent."""
        parts = range(0, len(readings), READINGS_COUNT)
        return all(self._say(News(tuple(readings[first : first + READINGS_COUNT]))) for first in parts)

    def look(self) -> None:
        """Take in what the gateway has said, or a part of it where that is much."""
        if self._line is None or self._sort_lines():
            return
        try:
            data = self._line.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lose()
            return
        self._received += data
        self._sort_lines()

    def readings(self) -> list[Reading]:
        """Return what was measured since the last call, as far as it has been taken in."""
        found = list(self._readings)
        self._readings.clear()
        return found

    def receipt(self, nonce: int) -> Receipt | None:
        """Return what became of a permit, once, as soon as it is known."""
        return self._receipts.pop(nonce, None)

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong there now."""
        return self._problems if self._line is not None else ()

    def close(self) -> None:
        """End the line: the gateway brings everything to rest."""
        if self._line is not None:
            self._line.close()
            self._line = None

    # -- Inside --------------------------------------------------------------------------------------------------

    def _lose(self) -> None:
        self.lost_count += 1
        self.close()

    def _call(self) -> None:
        try:
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        except OSError:
            return
        line.setblocking(False)
        try:
            line.connect(str(self._path))
        except OSError:
            line.close()
        else:
            self._line, self._received, self._unsent = line, b"", b""
            self._nonsense_count, self._stuck_s = 0, math.inf

    def _say(self, word: Word) -> bool:
        if self._line is None:
            return False
        if self._unsent and not self._push():
            # It does not take anything now, and what would be said to it is soon out of date.
            self._stuck_s = min(self._stuck_s, elapsed_s())
            if elapsed_s() - self._stuck_s > STUCK_S:
                self._lose()
            return False
        self._stuck_s = math.inf
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
            self._lose()
            return False
        return not self._unsent

    def _sort_lines(self) -> bool:
        """Sort so many lines as one look may cost, and tell whether there are more."""
        *lines, rest = self._received.split(b"\n", LINES_COUNT)
        for line in lines:
            self._sort(word_of(line))
        self._received = rest
        if len(rest) > LINE_BYTES and b"\n" not in rest:
            # A line without end is none.
            self._refuse()
        if self._nonsense_count > NONSENSE_COUNT:
            # Who talks nonsense is not listened to; the gateway rests, and may begin anew.
            self._lose()
        return b"\n" in self._received

    def _refuse(self) -> None:
        self.refused_count += 1
        self._nonsense_count += 1

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
                self.rested, self.rested_count = why, self.rested_count + 1
            case _:
                self._refuse()
