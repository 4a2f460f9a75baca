"""What a driver outside the door is: something that can be opened, read, and closed, and says what troubles it.

What drivers have in common stands here too: `Troubles` for people to read, a `Backoff` between tries, and the `Upkeep`
of the task that listens or asks between turns.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

import numpy as np

from enerwise.core.series import Reading
from enerwise.core.time import Instant
from enerwise.devices.port import Receipt
from enerwise.guard.permit import Permit

CONNECTION: Final = "connection"
"""Where the trouble of a line or of its peer is told."""
TEXT_LENGTH: Final = 240
"""A peer that talks garbage does not fill anybody's screen."""
PLACE_COUNT: Final = 16
EXPONENT_MOST: Final = 16


class Driver(Protocol):
    """A device that is not behind the door."""

    @property
    def id(self) -> str:
        """The id of its device in the site file."""
        ...

    async def open(self) -> None:
        """Begin; a device that does not answer yet is no error."""
        ...

    async def close(self) -> None:
        """End, and let go of everything; a driver that was never opened closes too."""
        ...

    async def read(self, now: Instant) -> Sequence[Reading]:
        """Return what is new since the last read. Life's troubles raise nothing; `problems` tells of them."""
        ...

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong now, in words for people."""
        ...


class WritableDriver(Driver, Protocol):
    """A driver that can also be told something: its device stands in a process of its own."""

    @property
    def moves(self) -> frozenset[str]:
        """Assets whose power it can set, given a seat."""
        ...

    async def apply(self, permit: Permit, now: Instant) -> Receipt:
        """Carry out a permit that its own checker opens; any other moves nothing, and the receipt says why.

        A peer that does not answer costs a bounded time. When permits stop coming, the device is brought to its safe
        value.
        """
        ...


class Troubles:
    """What is wrong with a device now: one sentence for each place, taken back when that place is well again."""

    def __init__(self, first: str = "") -> None:
        self._by_place: dict[str, str] = {CONNECTION: first} if first else {}

    def tell(self, place: str, what: str | BaseException) -> None:
        """Say what is wrong at a place; the newest counts."""
        if place in self._by_place or len(self._by_place) < PLACE_COUNT:
            self._by_place[place] = plain(what)

    def well(self, place: str = CONNECTION) -> None:
        """Say that nothing is wrong at a place any more."""
        self._by_place.pop(place, None)

    def told(self) -> tuple[str, ...]:
        """Return everything that is wrong now."""
        return tuple(self._by_place.values())


def plain(what: str | BaseException) -> str:
    r"""Return a sentence that can be shown: never empty, printable, and of bounded length.

    >>> plain(TimeoutError()), plain("no\x07 answer")
    ('TimeoutError', 'no? answer')
    """
    text = str(what) or type(what).__name__
    shown = "".join(each if each.isprintable() else "?" for each in text[: TEXT_LENGTH + 1])
    return shown if len(shown) <= TEXT_LENGTH else shown[: TEXT_LENGTH - 1] + "…"


class Backoff:
    """How long to wait before the next try: twice as long each time, up to a bound, less a random part."""

    def __init__(self, *, first_s: float = 0.2, most_s: float = 5.0, rng: np.random.Generator | None = None) -> None:
        """Begin with the shortest wait.

        Args:
            first_s: The first wait, above zero. [s]
            most_s: No wait is longer. [s]
            rng: Takes up to half of each wait away, so that many homes do not all come back to one server at once;
                None waits in full.
        """
        if not 0 < first_s <= most_s < float("inf"):
            raise ValueError(f"waits must be above 0 s and must not shrink, got {first_s} s up to {most_s} s")
        self._first_s, self._most_s, self._rng = first_s, most_s, rng
        self._count = 0

    def next_s(self) -> float:
        """Return the next wait. [s]"""
        wait_s = min(self._most_s, self._first_s * 2.0 ** min(self._count, EXPONENT_MOST))
        self._count += 1
        return wait_s if self._rng is None else wait_s * (1.0 - 0.5 * float(self._rng.random()))

    def reset(self) -> None:
        """Begin again with the shortest wait: it worked."""
        self._count = 0


class Upkeep:
    """The task behind a driver: it does its work again and again, waits a while after a failure, and ends when told."""

    def __init__(self, work: Callable[[], Awaitable[None]], troubles: Troubles, backoff: Backoff) -> None:
        """Take what is to be kept up.

        Args:
            work: One connection or one question; returns when it shall be done again at once.
            troubles: Told of each failure, at `CONNECTION`.
            backoff: How long to wait after a failure; the work resets it when it succeeds.
        """
        self._work, self._troubles, self._backoff = work, troubles, backoff
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, unless it has begun."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End. A second call does nothing."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _keep(self) -> None:
        while True:
            try:
                await self._work()
            except Exception as error:  # What a peer can make a library raise has no list: the driver outlives it.
                self._troubles.tell(CONNECTION, error)
                await asyncio.sleep(self._backoff.next_s())
            else:
                # Work that returns at once must not keep the others from theirs.
                await asyncio.sleep(0)
