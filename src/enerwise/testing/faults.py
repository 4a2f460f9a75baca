"""Faults on purpose: a wrapper round a port behaves like the port, except when it does not, and counts what it did.

Faults come from the generator that is handed in, so that the same seed breaks the same looks. The machines behind the
wrapper go on either way: a meter that falls silent stops no clock, and a file that cannot be written heats no cell.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

import numpy as np

from enerwise.core.event import Event, Kind
from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Frame, Key, Quality, Reading, Series
from enerwise.core.time import Instant, TimeGrid
from enerwise.devices.port import Devices, Readings, Receipt
from enerwise.guard.permit import Permit
from enerwise.store.store import Blob, Flushed, Store, Subscription


class DeviceFault(StrEnum):
    """What can go wrong at the device port."""

    DROPPED = "dropped"
    """A look brings nothing at all."""
    NAN = "nan"
    """Every value is NaN."""
    FROZEN = "frozen"
    """The last look is told again, with its times."""
    WRONG_SIGN = "wrong sign"
    """Every power is told with the other sign: meters wired backwards."""
    DEAF = "deaf"
    """Permits are neither answered nor carried out."""


class FaultyDevices:
    """Devices that fail now and then; what was injected is counted by kind in ``injected``."""

    def __init__(
        self,
        devices: Devices,
        rng: np.random.Generator,
        *,
        rate: float,
        kinds: Sequence[DeviceFault] = tuple(DeviceFault),
        most_looks: int = 1,
    ) -> None:
        """Break the port round ``devices``.

        Args:
            devices: What is really there.
            rng: Decides when, which and for how long.
            rate: Chance that a fault begins with a look. 0..1
            kinds: Faults to choose from, all alike.
            most_looks: A fault lasts from one look to so many.
        """
        if not 0 <= rate <= 1:
            raise ValueError(f"rate must be within 0..1, got {rate}")
        if not kinds or most_looks < 1:
            raise ValueError(f"there must be a kind of fault and a look to last, got {kinds!r} and {most_looks}")
        self.injected: Counter[DeviceFault] = Counter()
        self.fault: DeviceFault | None = None
        """The fault in force since the last look."""
        self._devices, self._rng, self._rate = devices, rng, rate
        self._kinds, self._most_looks = tuple(kinds), most_looks
        self._looks_left = 0
        self._last = Readings()

    async def read(self, now: Instant) -> Readings:
        """Read the devices, and tell of it as the fault in force would."""
        told = await self._devices.read(now)
        self.fault = self._next_fault()
        if self.fault is None:
            self._last = told
            return told
        self.injected[self.fault] += 1
        return self._broken(told, self.fault)

    async def apply(self, permits: Sequence[Permit], now: Instant) -> tuple[Receipt, ...]:
        """Hand permits on, unless nobody listens."""
        return () if self.fault is DeviceFault.DEAF else await self._devices.apply(permits, now)

    def _next_fault(self) -> DeviceFault | None:
        if self._looks_left > 0:
            self._looks_left -= 1
            return self.fault
        if not self._rng.random() < self._rate:
            return None
        self._looks_left = int(self._rng.integers(self._most_looks))
        return self._kinds[int(self._rng.integers(len(self._kinds)))]

    def _broken(self, told: Readings, fault: DeviceFault) -> Readings:
        match fault:
            case DeviceFault.DROPPED:
                return Readings()
            case DeviceFault.NAN:
                return Readings(_each_nan(told.measured), _each_nan(told.live))
            case DeviceFault.FROZEN:
                return self._last
            case DeviceFault.WRONG_SIGN:
                return Readings(_each_turned(told.measured), _each_turned(told.live))
            case DeviceFault.DEAF:
                return told


def _each_nan(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    return tuple(replace(each, value=float("nan")) for each in readings)


def _each_turned(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    powers = (POWER_W, AVAILABLE_POWER_W)
    return tuple(replace(each, value=-each.value) if each.key.quantity in powers else each for each in readings)


class FaultyStore:
    """A store whose disk fails now and then: a flush keeps nothing then and says so; reading goes on.

    What was handed over waits in the store behind it, and becomes durable with the next flush that goes well.
    """

    def __init__(self, store: Store, rng: np.random.Generator, *, rate: float) -> None:
        """Break the port round ``store``: a flush fails with the chance ``rate``. 0..1"""
        if not 0 <= rate <= 1:
            raise ValueError(f"rate must be within 0..1, got {rate}")
        self.injected_count = 0
        self._store, self._rng, self._rate = store, rng, rate
        self._waiting_count = 0

    def append(self, frame: Frame) -> None:
        self._waiting_count += int((np.isfinite(frame.value) & (frame.quality < Quality.MISSING)).sum())
        self._store.append(frame)

    def note(self, events: Sequence[Event]) -> None:
        self._waiting_count += len(events)
        self._store.note(events)

    def put(self, kind: str, name: str, blob: bytes, known_at: Instant) -> None:
        self._waiting_count += 1
        self._store.put(kind, name, blob, known_at)

    def flush(self, *, wait_s: float = 0.2) -> Flushed:
        if self._rng.random() < self._rate:
            self.injected_count += 1
            return Flushed(waiting_count=self._waiting_count, reason="injected: the disk is full")
        flushed = self._store.flush(wait_s=wait_s)
        self._waiting_count = flushed.waiting_count
        return flushed

    def read(self, key: Key, start_utc: Instant, end_utc: Instant, *, as_of: Instant | None = None) -> Series:
        return self._store.read(key, start_utc, end_utc, as_of=as_of)

    def read_frame(self, keys: Sequence[Key], grid: TimeGrid, *, as_of: Instant | None = None) -> Frame:
        return self._store.read_frame(keys, grid, as_of=as_of)

    def keys(self) -> tuple[Key, ...]:
        return self._store.keys()

    def events(
        self,
        *,
        kind: Kind | None = None,
        subject: str | None = None,
        start_utc: Instant | None = None,
        end_utc: Instant | None = None,
        limit: int | None = None,
    ) -> list[Event]:
        return self._store.events(kind=kind, subject=subject, start_utc=start_utc, end_utc=end_utc, limit=limit)

    def event(self, event_id: str) -> Event | None:
        return self._store.event(event_id)

    def get(self, kind: str, name: str, *, as_of: Instant | None = None) -> bytes | None:
        return self._store.get(kind, name, as_of=as_of)

    def blobs(self, kind: str) -> tuple[str, ...]:
        return self._store.blobs(kind)

    def contents(self) -> Iterator[Frame | Event | Blob]:
        return self._store.contents()

    def watch(self) -> Subscription:
        return self._store.watch()

    def close(self) -> None:
        self._store.close()
