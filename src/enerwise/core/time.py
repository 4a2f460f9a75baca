"""Time: instants and grids on UTC, clocks that are passed in, and the local calendar people live by.

An instant is a ``datetime64[ms]`` in UTC. A step is named by its start and excludes its end. Local time exists only
where people read and where a tariff asks for it; `local_fields` turns whole arrays of instants into local calendar
fields, with days of 23 and 25 hours and zones of 15, 30 and 45 minutes.
"""

import time as _machine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from enerwise.core.errors import UnitError
from enerwise.core.units import IntArray

Instant = np.datetime64
TimeArray = NDArray[np.datetime64]
TIME_TYPE: Final = np.dtype("datetime64[ms]")
DAY_S: Final = 86_400
QUARTER_S: Final = 900


def instant(when: str | datetime | np.datetime64 | int, zone: str = "UTC") -> Instant:
    """Turn a text, datetime or epoch second into an instant.

    A text or datetime without offset is read in ``zone``; an hour that happens twice means its first time. What is
    finer than a millisecond is cut off.

    Raises:
        UnitError: The text is no date and time.

    >>> instant("2024-07-01 14:05", zone="Europe/Berlin")
    np.datetime64('2024-07-01T12:05:00.000')
    """
    if isinstance(when, np.datetime64):
        return when.astype(TIME_TYPE)
    if isinstance(when, int):
        return np.datetime64(when * 1000, "ms")
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when.strip())
        except ValueError:
            raise UnitError(when, "write a date and time such as '2024-07-01 14:05' or '2024-07-01T12:05Z'") from None
    if when.tzinfo is None:
        when = when.replace(tzinfo=zone_info(zone))
    try:
        return np.datetime64(when.astimezone(UTC).replace(tzinfo=None), "ms")
    except OverflowError:
        raise UnitError(str(when), "write a date between the years 2 and 9998") from None


def to_datetime(at: Instant) -> datetime:
    """Return the instant as an aware datetime in UTC."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(at.astype(TIME_TYPE).astype(np.int64)))


def show_local(at: Instant, zone: str) -> str:
    """Write an instant as people at the site read it.

    >>> show_local(instant("2024-07-01T12:05Z"), "Europe/Berlin")
    '2024-07-01 14:05'
    """
    return to_datetime(at).astimezone(zone_info(zone)).strftime("%Y-%m-%d %H:%M")


def zone_info(zone: str) -> ZoneInfo:
    """Return the time zone, or say plainly that there is none of that name."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnitError(zone, "write an IANA time zone such as 'Europe/Berlin'") from None


@dataclass(frozen=True, slots=True)
class TimeGrid:
    """Equal steps on UTC: ``step_count`` steps of ``step_s`` seconds from ``start_utc`` on."""

    start_utc: Instant
    step_s: int
    step_count: int

    def __post_init__(self) -> None:
        if self.start_utc.dtype != TIME_TYPE:
            object.__setattr__(self, "start_utc", self.start_utc.astype(TIME_TYPE))
        if np.isnat(self.start_utc):
            raise ValueError("start_utc must be an instant, got NaT")
        if self.step_s <= 0:
            raise ValueError(f"step_s must be above 0 s, got {self.step_s!r}")
        if self.step_count < 0:
            raise ValueError(f"step_count must not be negative, got {self.step_count!r}")

    @classmethod
    def between(cls, start_utc: Instant, end_utc: Instant, step_s: int) -> "TimeGrid":
        """Return the grid of whole steps from ``start_utc`` up to, not including, ``end_utc``."""
        span_ms = int((end_utc - start_utc) / np.timedelta64(1, "ms"))
        return cls(start_utc, step_s, max(0, span_ms // (step_s * 1000)))

    @property
    def end_utc(self) -> Instant:
        """The instant at which the last step ends."""
        return self.start_utc + np.timedelta64(self.step_s * 1000 * self.step_count, "ms")

    @property
    def step_h(self) -> float:
        """Length of a step in hours."""
        return self.step_s / 3600.0

    @property
    def starts_utc(self) -> TimeArray:
        """Start of every step. Shape (step,)"""
        return self.start_utc + np.arange(self.step_count) * np.timedelta64(self.step_s * 1000, "ms")

    def step_at(self, at: Instant) -> int:
        """Return the step that holds ``at``; it may lie outside 0..step_count-1."""
        return int((at - self.start_utc) / np.timedelta64(1, "ms")) // (self.step_s * 1000)

    def part(self, first: int, step_count: int) -> "TimeGrid":
        """Return ``step_count`` steps beginning with step ``first``."""
        start_utc = self.start_utc + np.timedelta64(first * self.step_s * 1000, "ms")
        return TimeGrid(start_utc, self.step_s, step_count)


@dataclass(frozen=True, slots=True)
class LocalFields:
    """Local calendar fields of instants; every array has their shape.

    ``day`` counts local days since 1970-01-01; ``day_length_s`` is 82 800, 86 400 or 90 000 s on ordinary clocks.
    """

    day: IntArray
    month: IntArray
    year: IntArray
    weekday: IntArray
    """0 is Monday."""
    second: IntArray
    """Seconds on the wall clock since 00:00."""
    day_length_s: IntArray


def local_fields(at_utc: TimeArray, zone: str) -> LocalFields:
    """Return the local calendar fields of instants in a time zone."""
    epoch_s = at_utc.astype("datetime64[s]").astype(np.int64)
    local_s = epoch_s + utc_offset_s(epoch_s, zone)
    day = local_s // DAY_S
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    unique, where = np.unique(day, return_inverse=True)
    length = np.array([_day_length_s(int(each), zone) for each in unique], dtype=np.int64)
    return LocalFields(
        day=day,
        month=month % 12 + 1,
        year=month // 12 + 1970,
        weekday=(day + 3) % 7,
        second=local_s % DAY_S,
        day_length_s=length[where].reshape(day.shape),
    )


def utc_offset_s(epoch_s: IntArray, zone: str) -> IntArray:
    """Return the offset of local time from UTC at epoch seconds. [s], same shape

    Zones change their clocks on whole quarter-hours (all of them since 1973), so one look per UTC day, and one per
    quarter-hour on the rare day of a change, is exact.
    """
    day = epoch_s // DAY_S
    unique, where = np.unique(day, return_inverse=True)
    if not unique.size:
        return np.zeros_like(epoch_s)
    table = np.stack([_day_offsets_s(int(each), zone) for each in unique])
    return table[where.reshape(day.shape), (epoch_s % DAY_S) // QUARTER_S]


@lru_cache(maxsize=20_000)
def _day_offsets_s(day: int, zone: str) -> IntArray:
    first, last = _offset_at_s(day * DAY_S, zone), _offset_at_s((day + 1) * DAY_S, zone)
    if first == last:
        return np.full(96, first, dtype=np.int64)
    return np.array([_offset_at_s(day * DAY_S + quarter * QUARTER_S, zone) for quarter in range(96)], dtype=np.int64)


def _offset_at_s(epoch_s: int, zone: str) -> int:
    offset = (datetime.fromtimestamp(0, UTC) + timedelta(seconds=epoch_s)).astimezone(zone_info(zone)).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


@lru_cache(maxsize=20_000)
def _day_length_s(day: int, zone: str) -> int:
    return local_midnight_s(day + 1, zone) - local_midnight_s(day, zone)


def local_midnight_s(day: int, zone: str) -> int:
    """Return the epoch second at which a local day (days since 1970-01-01) begins."""
    midnight = (datetime(1970, 1, 1) + timedelta(days=day)).replace(tzinfo=zone_info(zone))
    return int(midnight.timestamp())


def local_day_start(at: Instant, zone: str, *, days: int = 0) -> Instant:
    """Return the local midnight of the day that holds ``at``, moved by whole local days."""
    epoch_s = at.astype("datetime64[s]").astype(np.int64)
    day = int((epoch_s + utc_offset_s(np.array([epoch_s]), zone)[0]) // DAY_S)
    return instant(local_midnight_s(day + days, zone))


class Clock(Protocol):
    """Whoever needs the time is handed a clock; waiting is the kernel's business (`enerwise.run.clock`)."""

    def now(self) -> Instant:
        """Return the present instant."""
        ...


class LiveClock:
    """The machine's own time."""

    def now(self) -> Instant:
        """Return the present instant, to the millisecond."""
        return np.datetime64(_machine.time_ns() // 1_000_000, "ms")


class AnchoredClock:
    """A clock that cannot be set: it starts at an instant and goes on with the machine's monotonic time.

    Processes of one machine that share an anchor agree; whoever moves the wall clock moves none of them.
    """

    def __init__(self, wall_utc: Instant, monotonic_ns: int) -> None:
        """Go on from ``wall_utc``, which was when the monotonic clock showed ``monotonic_ns``."""
        self._wall_utc, self._monotonic_ns = wall_utc.astype(TIME_TYPE), monotonic_ns

    @classmethod
    def here(cls) -> "AnchoredClock":
        """Return a clock anchored at the present."""
        return cls(LiveClock().now(), now_ns())

    @property
    def anchor(self) -> tuple[Instant, int]:
        """What another process needs to show the same time."""
        return self._wall_utc, self._monotonic_ns

    def now(self) -> Instant:
        """Return the present instant, to the millisecond."""
        return self.at(now_ns())

    def at(self, monotonic_ns: int) -> Instant:
        """Return the instant at which the monotonic clock shows ``monotonic_ns``."""
        return self._wall_utc + np.timedelta64((monotonic_ns - self._monotonic_ns) // 1_000_000, "ms")

    def monotonic_ns(self, at: Instant) -> int:
        """Return what the monotonic clock shows at an instant, to the millisecond. [ns]"""
        return self._monotonic_ns + int((at - self._wall_utc).astype("timedelta64[ms]").astype(np.int64)) * 1_000_000


class VirtualClock:
    """A clock that jumps: simulated time passes at once."""

    def __init__(self, start_utc: Instant) -> None:
        self._now = start_utc.astype(TIME_TYPE)

    def now(self) -> Instant:
        """Return the instant last jumped to."""
        return self._now

    def jump_to(self, at: Instant) -> None:
        """Show ``at`` from now on; never backwards."""
        self._now = max(self._now, at.astype(TIME_TYPE))


def cpu_s() -> float:
    """Return the processor time this process has used. [s]"""
    return _machine.process_time()


def elapsed_s() -> float:
    """Return seconds on the monotonic clock, for progress and timings only. [s]"""
    return _machine.monotonic()


def now_ns() -> int:
    """Return nanoseconds on the monotonic clock, which nobody can set; all processes of a machine share it."""
    return _machine.monotonic_ns()
