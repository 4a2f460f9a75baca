"""Events: what happened, to whom, and from what it followed.

Ids are built from site, turn and a counter, so that the same file and seed give the same bytes. From a setpoint one
walks back over permit, verdict, proposal and plan to the measurements: ``cause`` holds the ids of one step back.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from enerwise.core.time import Instant, instant

Json = None | bool | int | float | str | list["Json"] | Mapping[str, "Json"]


class Kind(StrEnum):
    """What an event tells of."""

    MEASURED = "measured"
    REJECTED = "rejected"
    FORECAST = "forecast"
    PLANNED = "planned"
    MODE = "mode"
    PROPOSED = "proposed"
    JUDGED = "judged"
    PERMITTED = "permitted"
    RECEIPT = "receipt"
    TRIPPED = "tripped"
    RESET = "reset"
    LIFECYCLE = "lifecycle"
    SETTLED = "settled"
    SILENT = "silent"
    FAULT = "fault"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    id: str
    at: Instant
    kind: Kind
    subject: str
    payload: Mapping[str, Json]
    cause: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Return one canonical line of JSON: equal events give equal bytes."""
        row = {
            "id": self.id,
            "at": str(self.at),
            "kind": self.kind.value,
            "subject": self.subject,
            "payload": self.payload,
            "cause": list(self.cause),
        }
        return json.dumps(_plain(row), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, line: bytes) -> "Event":
        """Read back what `to_bytes` wrote."""
        row = json.loads(line)
        at = instant(np.datetime64(row["at"]))
        return cls(row["id"], at, Kind(row["kind"]), row["subject"], row["payload"], tuple(row["cause"]))


def _plain(value: object) -> object:
    """Turn numpy scalars into Python ones and values JSON cannot hold into null."""
    match value:
        case str() | bool() | None:
            return value
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case np.ndarray() | list() | tuple():
            return [_plain(each) for each in value]
        case float() | np.floating():
            return float(value) if math.isfinite(value) else None
        case int() | np.integer():
            return int(value)
        case np.bool_():
            return bool(value)
        case _:
            return str(value)
