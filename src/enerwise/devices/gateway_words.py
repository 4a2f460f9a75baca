"""What a gateway and whoever hands it permits say to each other: JSON, one message a line.

Neither side believes the other: a permit carries its seal, and a line that is no message is no message at all. Only the
standard library and numpy are needed, so that the door can speak this too.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from enerwise.core.series import Key, Reading
from enerwise.core.time import TIME_TYPE, Instant
from enerwise.devices.port import Receipt
from enerwise.guard.permit import Check, Permit

LINE_BYTES: Final = 1 << 18
"""No line is longer."""
READINGS_COUNT: Final = 500
"""So many readings fit into one line."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The sender is alive."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A permit to be carried out."""

    permit: Permit


@dataclass(frozen=True, slots=True)
class Stop:
    """What an asset is doing shall end, such as a charge."""

    asset: str


@dataclass(frozen=True, slots=True)
class News:
    """Readings: towards a gateway what others may be told, away from it what its devices measure."""

    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Took:
    """What became of a permit."""

    nonce: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Troubles:
    """What is wrong at a gateway now."""

    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rested:
    """Everything was brought to its safe value."""

    why: str
    is_confirmed: bool


Word = Beat | Allowed | Stop | News | Took | Troubles | Rested


def line_of(word: Word) -> bytes:
    """Return a message as a line."""
    return json.dumps(_row(word), separators=(",", ":"), allow_nan=False).encode() + b"\n"


def word_of(line: bytes) -> Word | None:
    """Read a line; None where it is no message. Raises nothing."""
    try:
        row = json.loads(line)
        return _READERS[row["is"]](row)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, IndexError):
        return None


def _row(word: Word) -> dict[str, Any]:
    match word:
        case Beat():
            return {"is": "beat"}
        case Allowed(permit):
            until_ms = _ms(permit.valid_until)
            told = [permit.asset, permit.quantity, permit.value, until_ms, permit.nonce, permit.seal.hex()]
            return {"is": "permit", "permit": told}
        case Stop(asset):
            return {"is": "stop", "asset": asset}
        case News(readings):
            rows = [[str(each.key), _ms(each.start_utc), _finite(each.value), _ms(each.known_at)] for each in readings]
            return {"is": "news", "readings": rows}
        case Took(nonce, receipt):
            told = [receipt.asset, receipt.quantity, _finite(receipt.value), str(receipt.check), _ms(receipt.at)]
            return {"is": "took", "nonce": nonce, "receipt": told}
        case Troubles(problems):
            return {"is": "troubles", "problems": list(problems)}
        case Rested(why, is_confirmed):
            return {"is": "rested", "why": why, "confirmed": is_confirmed}


def _allowed(row: dict[str, Any]) -> Allowed:
    asset, quantity, value, until_ms, nonce, seal = row["permit"]
    permit = Permit(str(asset), str(quantity), float(value), _instant(until_ms), int(nonce), bytes.fromhex(seal))
    return Allowed(permit)


def _news(row: dict[str, Any]) -> News:
    return News(
        tuple(
            Reading(Key.parse(key), _instant(start_ms), _value(value), _instant(known_ms))
            for key, start_ms, value, known_ms in row["readings"]
        )
    )


def _took(row: dict[str, Any]) -> Took:
    asset, quantity, value, check, at_ms = row["receipt"]
    receipt = Receipt(str(asset), str(quantity), _value(value), Check(check), _instant(at_ms))
    return Took(int(row["nonce"]), receipt)


_READERS: Final[dict[str, Callable[[dict[str, Any]], Word]]] = {
    "beat": lambda row: Beat(),
    "permit": _allowed,
    "stop": lambda row: Stop(str(row["asset"])),
    "news": _news,
    "took": _took,
    "troubles": lambda row: Troubles(tuple(map(str, row["problems"]))),
    "rested": lambda row: Rested(str(row["why"]), bool(row["confirmed"])),
}


def _ms(at: Instant) -> int:
    return int(at.astype(TIME_TYPE).astype(np.int64))


def _instant(ms: object) -> Instant:
    if isinstance(ms, bool) or not isinstance(ms, int):
        raise ValueError(f"{ms!r} is no instant")
    return np.datetime64(ms, "ms")


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _value(value: object) -> float:
    return math.nan if value is None else float(value)  # type: ignore[arg-type]
