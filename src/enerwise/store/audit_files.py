"""The files of an audit: which there are, what they hold, and what is remembered of the chain beside them.

The newest file is plain, older ones are packed, and the oldest are given up beyond a count. Beside them lies what no
chain can tell of itself: the link at which it now begins (its anchor), and one that it is known to have reached (its
tip). Without these, whoever takes lines from the beginning or from the end would not be noticed.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from enerwise.core.errors import StoreError
from enerwise.store.audit_chain import BEGIN, Link, parsed
from enerwise.store.disk import DISK, Disk, write_whole
from enerwise.store.keeper import Condition, keep, kept

NAME: Final = re.compile(r"(audit-\d{12}\.jsonl)(\.gz)?")
MEMORY: Final = "chain.kept"
ASIDE: Final = re.compile(r"torn-\d{12}-\d+\.part")
ASIDE_COUNT: Final = 20
PIECE_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of a chain apart from its lines."""

    anchor: Link = BEGIN
    """The last line that has been given up."""
    tip: Link = BEGIN
    """A line that the chain has reached, and must still hold."""


NOTHING_KNOWN: Final = Remembered()


def lock(folder: Path, disk: Disk = DISK) -> int:
    """Become the one writer of a folder, until the file that is returned is closed.

    Raises:
        StoreError: Another process is, or the folder cannot be used.
    """
    try:
        return disk.lock(folder / "lock")
    except BlockingIOError:
        raise StoreError(f"{folder}: another process writes this audit; stop it first") from None
    except OSError as error:
        raise StoreError(f"{folder}: the audit cannot be kept here: {error.strerror}; choose another folder") from None


def chain_files(folder: Path, disk: Disk = DISK) -> list[Path]:
    """Return the files of a chain, oldest first; of one that is there plain and packed, the plain."""
    found: dict[str, Path] = {}
    for name in disk.names(folder):
        if match := NAME.fullmatch(name):
            found.setdefault(match[1], folder / name)
    return [found[name] for name in sorted(found)]


def file_for(folder: Path, number: int) -> Path:
    """Return the file that begins with a line."""
    return folder / f"audit-{number:012d}.jsonl"


def content_of(path: Path, disk: Disk = DISK) -> tuple[bytes, str]:
    """Return what a file holds, unpacked, and in words why that may not be all.

    Raises:
        FileNotFoundError: There is no such file.
    """
    try:
        blob = disk.read(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        return b"", f"cannot be read: {error.strerror}"
    return _unpacked(blob) if path.suffix == ".gz" else (blob, "")


def present_content_of(path: Path, disk: Disk = DISK) -> tuple[bytes, str]:
    """Return the content of a file that may have been packed since it was looked for; see `content_of`."""
    try:
        return content_of(path, disk)
    except FileNotFoundError:
        return content_of(_packed(path), disk)


def _unpacked(blob: bytes) -> tuple[bytes, str]:
    unpacker, content = zlib.decompressobj(wbits=31), b""
    try:
        for at in range(0, len(blob), PIECE_BYTES):
            content += unpacker.decompress(blob[at : at + PIECE_BYTES])
    except zlib.error:
        return content, "cannot be unpacked from here on"
    return content, "" if unpacker.eof and not unpacker.unused_data else "was cut off"


def remembered(folder: Path, disk: Disk = DISK) -> tuple[Condition, Remembered]:
    """Return what is known of the chain in a folder."""
    found = kept(folder / MEMORY, disk=disk)
    if not found.content:
        return found.condition, NOTHING_KNOWN
    try:
        row = json.loads(found.content)
        anchor, tip = (Link(int(row[name][0]), str(row[name][1])) for name in ("anchor", "tip"))
    except (ValueError, TypeError, LookupError):
        return Condition.DAMAGED, NOTHING_KNOWN
    return found.condition, Remembered(anchor, tip)


def remember(folder: Path, known: Remembered, disk: Disk = DISK) -> None:
    """Keep what is known of a chain.

    Raises:
        OSError: The disk refuses.
    """
    row = {name: [link.number, link.digest] for name, link in (("anchor", known.anchor), ("tip", known.tip))}
    keep(folder / MEMORY, json.dumps(row).encode(), disk=disk)


def first_link(path: Path, disk: Disk = DISK) -> Link | None:
    """Return the link before the first line of a file."""
    first = parsed(content_of(path, disk)[0].partition(b"\n")[0])
    return None if first is None else Link(first.seq - 1, first.before)


def tidied(folder: Path, known: Remembered, file_count: int, disk: Disk = DISK) -> Remembered:
    """Give up the oldest files beyond a count, pack the others but the newest; return what is then known.

    Raises:
        OSError: The disk refuses; nothing has been given up that is not remembered.
    """
    files = chain_files(folder, disk)
    surplus, rest = files[:-file_count], files[-file_count:]
    if surplus:
        known = Remembered(first_link(rest[0], disk) or known.anchor, known.tip)
    remember(folder, known, disk)
    for path in surplus:
        _remove(path, disk)
    for path in rest[:-1]:
        _pack(path, disk)
    for name in [name for name in disk.names(folder) if ASIDE.fullmatch(name)][:-ASIDE_COUNT]:
        disk.remove(folder / name)
    return known


def aside_name(folder: Path, number: int, disk: Disk = DISK) -> str:
    """Return a free name for what follows line ``number`` and is no line."""
    taken = frozenset(disk.names(folder))
    return next(name for at in count(1) if (name := f"torn-{number:012d}-{at}.part") not in taken)


def set_aside(folder: Path, name: str, content: bytes, disk: Disk = DISK) -> None:
    """Keep what is no line of the chain.

    Raises:
        OSError: The disk refuses.
    """
    write_whole(folder / name, content, disk=disk)
    disk.sync_folder(folder)


def _packed(path: Path) -> Path:
    return path if path.suffix == ".gz" else path.with_name(f"{path.name}.gz")


def _pack(path: Path, disk: Disk) -> None:
    if path == _packed(path):
        return
    write_whole(_packed(path), gzip.compress(disk.read(path), mtime=0), disk=disk)
    disk.sync_folder(path.parent)
    disk.remove(path)


def _remove(path: Path, disk: Disk) -> None:
    for each in {path, _packed(path)}:
        disk.remove(each)


def lines_of(content: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield the lines of a file, and whether each came to its end."""
    *whole, rest = content.split(b"\n")
    yield from ((line, True) for line in whole)
    if rest:
        yield rest, False


def missing_words(first: int, last: int) -> str:
    """Say which lines are not there."""
    return f"line {first} is missing" if first == last else f"lines {first} to {last} are missing"
