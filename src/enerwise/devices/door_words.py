"""What site process and door say to each other, as JSON in a mailbox: an `Ask` goes in, a `Told` comes out.

The door believes nothing that it is told: permits carry seals, values carry the moment they were read, and bytes that
are not an `Ask` are no message at all.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from enerwise.core.series import Key
from enerwise.core.time import TIME_TYPE, Instant
from enerwise.guard.permit import Permit

Sighting = tuple[float, int]
"""A value, and when it was read on the monotonic clock. [ns]"""
ASK_BYTES: Final = 1 << 18
TOLD_BYTES: Final = 1 << 19


@dataclass(frozen=True, slots=True)
class Ask:
    """What the site process wants of the door."""

    turn: int
    permits: tuple[Permit, ...] = ()
    live: Mapping[Key, Sighting] = field(default_factory=dict)
    """Channels that the door does not read itself."""

    def to_bytes(self) -> bytes:
        """Return the message."""
        row = {
            "turn": self.turn,
            "permits": [_permit_row(each) for each in self.permits],
            "live": {str(key): [value, at_ns] for key, (value, at_ns) in self.live.items()},
        }
        return json.dumps(row, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Ask | None":
        """Read a message; None where it is none."""
        try:
            row = json.loads(content)
            permits = tuple(_permit(*each) for each in row["permits"])
            live = {Key.parse(key): (float(value), int(at_ns)) for key, (value, at_ns) in row["live"].items()}
            return cls(int(row["turn"]), permits, live)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one permit that the site process sent."""

    asset: str
    nonce: int
    check: str
    outcome: str = ""
    """Granted, cut, relief or refused by the door's own judge; empty where the permit opened nothing."""
    rule: str = ""
    value_w: float = math.nan
    """What was sent to the device."""
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the door says of itself."""

    state: str
    why: str = ""
    """What brought it there, where something did."""
    turn: int = -1
    answers: tuple[Answer, ...] = ()
    live: Mapping[Key, Sighting] = field(default_factory=dict)
    trips: tuple[Mapping[str, Any], ...] = ()
    trips_blob: str = ""
    findings: tuple[Mapping[str, Any], ...] = ()
    units: tuple[Mapping[str, Any], ...] = ()
    refusals: tuple[str, ...] = ()
    """Why it does not arm, all of it."""
    health: Mapping[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the message."""
        row = {
            "state": self.state,
            "why": self.why,
            "turn": self.turn,
            "answers": [[getattr(each, name) for name in Answer.__dataclass_fields__] for each in self.answers],
            "live": {str(key): [value, at_ns] for key, (value, at_ns) in self.live.items()},
            "trips": self.trips,
            "trips_blob": self.trips_blob,
            "findings": self.findings,
            "units": self.units,
            "refusals": self.refusals,
            "health": self.health,
        }
        return json.dumps(row, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Told":
        """Read a message that `to_bytes` wrote."""
        row = json.loads(content)
        row["answers"] = tuple(Answer(*each) for each in row["answers"])
        row["live"] = {Key.parse(key): (value, at_ns) for key, (value, at_ns) in row["live"].items()}
        for name in ("trips", "findings", "units", "refusals"):
            row[name] = tuple(row[name])
        return cls(**row)


def _permit_row(permit: Permit) -> list[Any]:
    until_ms = int(permit.valid_until.astype(TIME_TYPE).astype(np.int64))
    return [permit.asset, permit.quantity, permit.value, until_ms, permit.nonce, permit.seal.hex()]


def _permit(asset: str, quantity: str, value: float, until_ms: int, nonce: int, seal: str) -> Permit:
    until: Instant = np.datetime64(int(until_ms), "ms")
    return Permit(asset, quantity, value, until, nonce, bytes.fromhex(seal))
