"""A feed: asks a server now and then, keeps the last good answer, and tells how old it is.

What lies ahead is no reading: nothing has been measured yet. It comes out as tables, each value with the moment it
became known here. Of the weather the value in force now is read, once, like that of any device; prices come in tables
only.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.series import Key, Reading
from enerwise.core.time import Clock, Instant, LiveClock, TimeArray
from enerwise.core.units import FloatArray
from enerwise.devices.drivers.driver import Backoff, Troubles, Upkeep
from enerwise.devices.feeds import awattar, entsoe, open_meteo
from enerwise.devices.feeds.source import Source
from enerwise.devices.transport import Web
from enerwise.protocols.steps import Steps
from enerwise.site.wiring import Device

SOURCES: Final[Mapping[str, Callable[[Device], Source]]] = {
    "awattar": awattar.source,
    "entsoe": entsoe.source,
    "open_meteo": open_meteo.source,
}
"""By the name that the site file gives as ``profile``."""
ASK_LEAST_S: Final = 900.0
"""Public servers are asked no oftener, whatever the site file says: prices come once a day, weather once an hour."""
TIMEOUT_LEAST_S: Final = 10.0
RETRY_FIRST_S: Final = 30.0
ANSWER_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class FeedTable:
    """One channel as a feed tells it: ``value`` (n) holds from ``start_utc`` (n) on for ``step_s``, mostly ahead.

    ``known_at`` (n) is when each value came here first; asking again does not make it younger.
    """

    key: Key
    start_utc: TimeArray
    step_s: int
    value: FloatArray
    known_at: TimeArray

    def row_at(self, at: Instant) -> int | None:
        """Return the row whose step holds an instant, None where there is none."""
        row = int(np.searchsorted(self.start_utc, at, side="right")) - 1
        held = row >= 0 and at < self.start_utc[row] + np.timedelta64(self.step_s, "s")
        return row if held else None


class Feed:
    """One server."""

    def __init__(
        self,
        device: Device,
        *,
        clock: Clock | None = None,
        rng: np.random.Generator | None = None,
        ask_s: float | None = None,
        timeout_s: float | None = None,
    ) -> None:
        """Prepare a feed.

        Args:
            device: Its profile names the kind of server.
            clock: Says when an answer came; None takes the machine's own.
            rng: Spreads the tries to reach a server that does not answer.
            ask_s: Time between questions; None takes the polling period of the device, but a quarter-hour at least. [s]
            timeout_s: Most time for an answer; None takes that of the device, but 10 s at least. [s]

        Raises:
            ProblemsFound: Its profile, address or options cannot be read; all of it is told.
        """
        self.id, self._device, self._source = device.id, device, source_of(device)
        self._clock = clock or LiveClock()
        self._ask_s = max(device.poll_s, ASK_LEAST_S) if ask_s is None else ask_s
        timeout_s = max(device.timeout_s, TIMEOUT_LEAST_S) if timeout_s is None else timeout_s
        self._web = Web(timeout_s=timeout_s, bytes_max=ANSWER_BYTES)
        self._tables: dict[Key, FeedTable] = {}
        self._answered_at: Instant | None = None
        self._told: dict[Key, tuple[Instant, float]] = {}
        self._troubles = Troubles("not asked yet")
        first_s = min(RETRY_FIRST_S, self._ask_s)
        self._backoff = Backoff(first_s=first_s, most_s=self._ask_s, rng=rng)
        self._upkeep = Upkeep(self._ask, self._troubles, self._backoff)

    async def open(self) -> None:
        """Begin to ask."""
        self._upkeep.start()

    async def close(self) -> None:
        """Ask no more; what was answered stays."""
        await self._upkeep.stop()

    async def read(self, now: Instant) -> Sequence[Reading]:
        """Return the values in force now that have not been read before; of prices none."""
        if not self._source.is_read:
            return ()
        found = [self._reading(table, now) for table in self._tables.values()]
        return [reading for reading in found if reading is not None]

    def tables(self) -> tuple[FeedTable, ...]:
        """Return the last good answer, a table for each channel; empty before there is one."""
        return tuple(self._tables.values())

    def age_s(self) -> float:
        """Return how old the last good answer is; infinite before there is one. [s]"""
        if self._answered_at is None:
            return float("inf")
        return float((self._clock.now() - self._answered_at) / np.timedelta64(1, "s"))

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong now, with the age of what is still told."""
        now, told = self._clock.now(), self._troubles.told()
        ended = [str(each.key) for each in self._tables.values() if each.row_at(now) is None]
        if told and self._tables:
            told = tuple(f"{each}; the last good answer is {_age(self.age_s())} old" for each in told)
        return (*told, f"nothing is known of now for {', '.join(ended)}") if ended else told

    async def _ask(self) -> None:
        content = await self._web.get(self._source.address(self._clock.now()))
        at = self._clock.now()
        # Megabytes take their time, and the turn waits for nobody.
        self._take(await asyncio.to_thread(self._source.parse, content), at)
        await asyncio.sleep(self._ask_s)

    def take(self, content: bytes) -> None:
        """Take an answer in place of the last one.

        Raises:
            ValueError: It cannot be read; the last one stays, and the text says why.
        """
        self._take(self._source.parse(content), self._clock.now())

    def _take(self, steps: Mapping[str, Steps], at: Instant) -> None:
        for role, asset in self._device.serves.items():
            for column, quantity in self._source.roles[role].items():
                key = Key(asset, quantity)
                self._tables[key] = _table(key, steps[column], at, before=self._tables.get(key))
        self._answered_at = at
        self._troubles.well()
        self._backoff.reset()

    def _reading(self, table: FeedTable, now: Instant) -> Reading | None:
        row = table.row_at(now)
        if row is None:
            return None
        start_utc, value = table.start_utc[row], float(table.value[row])
        if self._told.get(table.key) == (start_utc, value):
            return None
        self._told[table.key] = (start_utc, value)
        # Announced long before, it is a reading from its start on.
        return Reading(table.key, start_utc, value, max(start_utc, table.known_at[row]))


def source_of(device: Device) -> Source:
    """Return the server that a device stands for.

    Raises:
        ProblemsFound: Its profile is none of the feeds there are, or its options cannot be read.
    """
    make_source = SOURCES.get(device.profile)
    if make_source is None:
        remedy = f"write one of {', '.join(SOURCES)}"
        raise ProblemsFound(device.id, [Problem(f"{device.id}.profile", f"{device.profile!r} is no feed", remedy)])
    return make_source(device)


def _table(key: Key, steps: Steps, at: Instant, *, before: FeedTable | None) -> FeedTable:
    """Return a new table; what was told before and has not changed stays known since then."""
    known_at = np.full(len(steps), at)
    if before is not None:
        row = np.minimum(np.searchsorted(before.start_utc, steps.start_utc), before.start_utc.size - 1)
        same = (before.start_utc[row] == steps.start_utc) & (before.value[row] == steps.value)
        same &= before.step_s == steps.step_s
        known_at = np.where(same, before.known_at[row], known_at)
    return FeedTable(key, steps.start_utc, steps.step_s, steps.value, known_at)


def _age(age_s: float) -> str:
    return f"{age_s / 3600:.1f} h" if age_s >= 3600 else f"{age_s / 60:.0f} min"


def make(device: Device) -> Feed:
    """Return the driver of a device.

    Raises:
        ProblemsFound: Its profile, address or options cannot be read.
    """
    return Feed(device)
