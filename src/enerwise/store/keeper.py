"""Small things that must survive a power cut: written beside the old ones, made durable, and only then put in place.

Each file begins with a checksum. The version before is kept under ``.old``; where the newest one does not check out,
that is what is found, and the finder is told so. A memory that was there and cannot be read is never silence.
"""

import contextlib
import os
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import Final

SUM_BYTES: Final = 16
HEAD_BYTES: Final = 2 * SUM_BYTES + 1


class Condition(StrEnum):
    """How far what was kept can be trusted."""

    NOTHING = "nothing was kept"
    WHOLE = "as it was written"
    OLDER = "the newest version is damaged; this is the one before"
    DAMAGED = "damaged, and no older version is whole"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found."""

    condition: Condition
    content: bytes = b""


def keep(path: Path, content: bytes) -> None:
    """Make ``content`` what is found at ``path``, now and after a power cut at any moment.

    Raises:
        OSError: The disk refuses; what was kept before stays.
    """
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(_sum(content) + b"\n" + content)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileNotFoundError):
        path.replace(_older(path))
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def kept(path: Path) -> Kept:
    """Return what was kept at ``path``, the version before where the newest one is not whole."""
    newest, older = _read(path), _read(_older(path))
    if isinstance(newest, bytes):
        return Kept(Condition.WHOLE, newest)
    if isinstance(older, bytes):
        # Between two renames there is no newest version, and nothing is wrong.
        return Kept(Condition.OLDER if newest else Condition.WHOLE, older)
    return Kept(Condition.DAMAGED if newest or older else Condition.NOTHING)


def _read(path: Path) -> bytes | bool:
    """Return the content; True for one that is there and damaged, False for none."""
    try:
        blob = path.read_bytes()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    content = blob[HEAD_BYTES:]
    return content if blob[:HEAD_BYTES] == _sum(content) + b"\n" else True


def _older(path: Path) -> Path:
    return path.with_name(f"{path.name}.old")


def _sum(content: bytes) -> bytes:
    return blake2b(content, digest_size=SUM_BYTES).hexdigest().encode()
