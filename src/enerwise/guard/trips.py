"""Trips: faults that latch. What has tripped stays at its safe power until a person resets it, knowing the cause.

A trip stays when its fault goes away, and survives a restart: `Trips.to_bytes` is what the caller keeps on disk. Bytes
that cannot be read as they were written count as a trip of the whole site. A reset is refused while the fault is
active, without a name, and sooner than ten seconds after the last one.
"""

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b
from typing import Final

import numpy as np

from enerwise.core.time import TIME_TYPE, Instant

WHOLE_SITE: Final = "*"
"""The subject of a trip that holds every asset."""
RESET_PAUSE: Final = np.timedelta64(10_000, "ms")
LATCHED_COUNT: Final = 256
"""Beyond so many trips no further one is told apart: the whole site trips."""
MEMORY_DAMAGED: Final = "memory of trips damaged"
TOO_MANY: Final = "too many trips"
CHECKSUM_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Trip:
    """One latched fault."""

    subject: str
    """An asset, or `WHOLE_SITE`."""
    cause: str
    at: Instant
    is_active: bool = True
    """Whether the fault is there still; the trip stays either way."""


class ResetRefusal(StrEnum):
    """Why a reset changes nothing."""

    NOT_TRIPPED = "this has not tripped"
    NOBODY = "a reset needs the name of a person"
    ACTIVE = "the fault is active"
    TOO_SOON = "less than 10 s after the last reset"


@dataclass(frozen=True, slots=True)
class Trips:
    """Everything that has tripped. A value: each change returns a new one."""

    latched: tuple[Trip, ...] = ()
    last_reset_at: Instant | None = None

    def tripped(self, subject: str, cause: str, now: Instant) -> "Trips":
        """Latch a fault; one that is latched already becomes active again and keeps its first moment."""
        if self._find(subject, cause):
            return self._with_active(subject, cause, is_active=True)
        if len(self.latched) >= LATCHED_COUNT:
            subject, cause = WHOLE_SITE, TOO_MANY
        if self._find(subject, cause):
            return self
        return replace(self, latched=(*self.latched, Trip(subject, cause, now)))

    def calmed(self, subject: str, cause: str) -> "Trips":
        """Note that a fault is no longer active; its trip stays."""
        return self._with_active(subject, cause, is_active=False)

    def reset(self, subject: str, cause: str, *, person: str, now: Instant) -> "Trips | ResetRefusal":
        """Release one trip: ``person`` names who looked, ``cause`` is what he or she acknowledges."""
        trip = self._find(subject, cause)
        if trip is None:
            return ResetRefusal.NOT_TRIPPED
        if not person.strip():
            return ResetRefusal.NOBODY
        if trip.is_active:
            return ResetRefusal.ACTIVE
        if self.last_reset_at is not None and not now - self.last_reset_at >= RESET_PAUSE:
            return ResetRefusal.TOO_SOON
        return Trips(tuple(each for each in self.latched if each is not trip), now)

    def holds(self, asset: str) -> bool:
        """Tell whether an asset must stay at its safe power."""
        return any(each.subject in (asset, WHOLE_SITE) for each in self.latched)

    @property
    def is_site_tripped(self) -> bool:
        """Whether the whole site must stay at rest."""
        return any(each.subject == WHOLE_SITE for each in self.latched)

    def to_bytes(self) -> bytes:
        """Return the trips as bytes with a checksum; equal trips give equal bytes."""
        rows = [[each.subject, each.cause, _ms(each.at), each.is_active] for each in self.latched]
        last_ms = None if self.last_reset_at is None else _ms(self.last_reset_at)
        body = json.dumps({"latched": rows, "last_reset_ms": last_ms}, separators=(",", ":")).encode()
        return _checksum(body) + body

    @classmethod
    def from_bytes(cls, blob: bytes, now: Instant) -> "Trips":
        """Read back what `to_bytes` wrote; anything else is a site that has tripped ``now``."""
        checksum, body = blob[: 2 * CHECKSUM_BYTES], blob[2 * CHECKSUM_BYTES :]
        if checksum != _checksum(body):
            return cls((Trip(WHOLE_SITE, MEMORY_DAMAGED, now, is_active=False),))
        read = json.loads(body)
        latched = tuple(Trip(subject, cause, _at(ms), active) for subject, cause, ms, active in read["latched"])
        last_ms = read["last_reset_ms"]
        return cls(latched, None if last_ms is None else _at(last_ms))

    def _find(self, subject: str, cause: str) -> Trip | None:
        return next((each for each in self.latched if (each.subject, each.cause) == (subject, cause)), None)

    def _with_active(self, subject: str, cause: str, *, is_active: bool) -> "Trips":
        found = self._find(subject, cause)
        changed = (replace(each, is_active=is_active) if each is found else each for each in self.latched)
        return replace(self, latched=tuple(changed))


def _checksum(body: bytes) -> bytes:
    return blake2b(body, digest_size=CHECKSUM_BYTES).hexdigest().encode()


def _ms(at: Instant) -> int:
    return int(at.astype(TIME_TYPE).astype(np.int64))


def _at(ms: int) -> Instant:
    return np.datetime64(ms, "ms")
