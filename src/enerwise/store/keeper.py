"""Small things that must survive a power cut: written beside the old ones, made durable, and only then put in place.

Each file begins with a checksum. Before a new version takes the place of a whole one, that one is copied to ``.old``; a
copy and no second name for the same bytes, so that a bad place on the disk cannot spoil both. Where the newest version
is gone or does not check out, the one before is what is found, and the finder is told so. A memory that was there and
cannot be read is never silence.
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import Final

from enerwise.store.disk import DISK, Disk, write_whole

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


def keep(path: Path, content: bytes, *, disk: Disk = DISK) -> None:
    """Make ``content`` what is found at ``path``, now and after a power cut at any moment.

    Raises:
        OSError: The disk refuses; what was kept before stays, or the new is kept already.
    """
    before = _read(path, disk)
    if isinstance(before, bytes):
        # A damaged version never takes the place of an older one that is whole.
        write_whole(_older(path), _sealed(before), disk=disk)
    write_whole(path, _sealed(content), disk=disk)
    disk.sync_folder(path.parent)


def kept(path: Path, *, disk: Disk = DISK) -> Kept:
    """Return what was kept at ``path``, the version before where the newest one is not whole."""
    newest, older = _read(path, disk), _read(_older(path), disk)
    if isinstance(newest, bytes):
        return Kept(Condition.WHOLE, newest)
    if isinstance(older, bytes):
        return Kept(Condition.OLDER, older)
    return Kept(Condition.DAMAGED if newest or older else Condition.NOTHING)


def _read(path: Path, disk: Disk) -> bytes | bool:
    """Return the content; True for one that is there and damaged, False for none."""
    try:
        blob = disk.read(path)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    content = blob[HEAD_BYTES:]
    return content if blob == _sealed(content) else True


def _older(path: Path) -> Path:
    return path.with_name(f"{path.name}.old")


def _sealed(content: bytes) -> bytes:
    return blake2b(content, digest_size=SUM_BYTES).hexdigest().encode() + b"\n" + content
