"""The lines of an audit, and what ties each to the one before.

A line is JSON: its number, when, what kind, about whom, what, who did it, the hash of the line before, and its own hash
over all of that. Whoever alters, removes or moves a line breaks the chain at that place. The hashes need no key: who
may write the files can also write a whole new chain, which only a hash shows that was noted elsewhere. `signed` puts
such a hash under a key, for a report.
"""

import json
import math
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from hmac import compare_digest
from hmac import new as keyed
from typing import Any, Final

HASH_BYTES: Final = 32
START: Final = "0" * 2 * HASH_BYTES
"""Stands for the hash before the first line."""
DURABLE: Final = frozenset(("stop", "stopped", "trip", "reset", "refused reset", "lifecycle", "died"))
"""Kinds that are made durable at once; the others within a few lines."""
LOST: Final = "lost"
"""Lines are missing here because the disk did not take them."""
TORN: Final = "torn"
"""The end of the chain was half written and has been set aside."""
GAP: Final = "gap"
"""What is remembered of the chain and what was found of it differ."""
PAYLOAD_CHARS: Final = 16_384
TEXT_CHARS: Final = 200
DEPTH: Final = 8
KEY_BYTES: Final = 16
HASH_KEY: Final = b',"hash":"'


@dataclass(frozen=True, slots=True)
class Link:
    """A place in a chain: the number of a line, and its hash."""

    number: int = 0
    digest: str = START


BEGIN: Final = Link()
"""Before the first line."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A link under a key: whoever holds the key can tell later that the chain had come to it."""

    link: Link
    signature: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line that has been read."""

    seq: int
    at: str
    kind: str
    subject: str
    payload: Mapping[str, Any]
    who: str
    before: str
    hash: str
    is_sound: bool
    """Whether its own hash holds."""

    @property
    def link(self) -> Link:
        """Its place in the chain."""
        return Link(self.seq, self.hash)

    def facts(self) -> dict[str, Any]:
        """Return it as it was written."""
        return {name: getattr(self, name) for name in FIELDS}


FIELDS: Final = ("seq", "at", "kind", "subject", "payload", "who", "before", "hash")
TYPES: Final = (int, str, str, str, dict, str, str, str)


def sealed(
    before: Link, at: str, kind: str, subject: str, payload: Mapping[str, Any], who: str = ""
) -> tuple[bytes, Link]:
    """Return a line that follows ``before``, and its own place. Total: what JSON cannot hold is put in words."""
    head = {"seq": before.number + 1, "at": _short(at), "kind": _short(kind), "subject": _short(subject)}
    tail = {"who": _short(who), "before": before.digest}
    body = f'{_json(head)[:-1]},"payload":{_payload(payload)},{_json(tail)[1:]}'.encode()
    link = Link(before.number + 1, _digest(body))
    return _line(body, link.digest), link


def parsed(line: bytes) -> Row | None:
    """Read a line; None where it is none."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or tuple(row) != FIELDS:
        return None
    # A truth is a whole number to Python, and none to us.
    if any(type(value) is not wanted for value, wanted in zip(row.values(), TYPES, strict=True)):
        return None
    body = line[: line.rfind(HASH_KEY)] + b"}"
    is_sound = row["hash"] == _digest(body) and line == _line(body, row["hash"])
    return Row(**row, is_sound=is_sound)


def wrong(row: Row | None, before: Link) -> str:
    """Say why a line does not follow a link; empty where it does."""
    if row is None:
        return "cannot be read"
    if not row.is_sound:
        return "was altered"
    if row.seq != before.number + 1:
        return f"number {row.seq} follows {before.number}: lines were removed or moved"
    return "" if row.before == before.digest else "does not follow from the line before"


def moment(text: str) -> datetime | None:
    """Read the time of a line, in UTC unless it says otherwise; None where it is none."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def signed(link: Link, key: bytes) -> Signed:
    """Put a link under a key.

    Raises:
        ValueError: The key is shorter than 16 bytes.
    """
    if len(key) < KEY_BYTES:
        raise ValueError(f"a key needs at least {KEY_BYTES} bytes, this one has {len(key)}")
    return Signed(link, keyed(key, f"enerwise audit {link.number} {link.digest}".encode(), sha256).hexdigest())


def is_genuine(mark: Signed, key: bytes) -> bool:
    """Tell whether a link was signed with this key, and not altered since."""
    return compare_digest(mark.signature.encode(), signed(mark.link, key).signature.encode())


def _line(body: bytes, digest: str) -> bytes:
    return body[:-1] + HASH_KEY + digest.encode() + b'"}'


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=HASH_BYTES).hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _payload(payload: Mapping[str, Any]) -> str:
    try:
        text = _json(_plain(dict(payload), DEPTH))
    except Exception as error:  # whatever somebody hands over: the line is written
        return _json({"unreadable": type(error).__name__})
    if len(text) <= PAYLOAD_CHARS:
        return text
    return _json({"cut": text[:TEXT_CHARS], "was_chars": len(text)})


def _plain(value: object, depth: int) -> Any:
    """Return what JSON holds; a number that is none becomes a word."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth == 0:
        return "..."
    if isinstance(value, Mapping):
        return {str(key): _plain(each, depth - 1) for key, each in value.items()}
    if isinstance(value, list | tuple | Set):
        return [_plain(each, depth - 1) for each in value]
    return _plain(value.tolist(), depth - 1) if hasattr(value, "tolist") else str(value)


def _short(value: object) -> str:
    return str(value)[:TEXT_CHARS]
