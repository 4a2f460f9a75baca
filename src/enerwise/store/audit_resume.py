"""Where an audit goes on after its last life, and what has to be told about the end of that life.

A power cut or a kill may leave half a line, or bytes that never became one: all behind the last sound line is set aside
and the chain says so. Lines that are remembered and not found are not numbered anew: the chain goes on behind them, so
that the place stays to be seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from enerwise.core.errors import StoreError
from enerwise.store import audit_files as files
from enerwise.store.audit_chain import BEGIN, GAP, TORN, Link, Row, moment, parsed
from enerwise.store.audit_files import NOTHING_KNOWN, Remembered
from enerwise.store.disk import DISK, Disk
from enerwise.store.keeper import Condition


@dataclass(frozen=True, slots=True)
class Resumed:
    """What the next life begins with."""

    link: Link = BEGIN
    """What the next line follows."""
    path: Path | None = None
    """The file to go on with; None begins a new one."""
    size: int = 0
    """How much of that file is sound. [bytes]"""
    began: datetime | None = None
    torn: bytes = b""
    """What comes behind that, to be set aside under the name ``aside``."""
    aside: str = ""
    known: Remembered = NOTHING_KNOWN
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    """What the chain has to tell first."""


def resumed(folder: Path, disk: Disk = DISK) -> Resumed:
    """Find where the chain in a folder goes on; nothing is changed yet.

    Raises:
        StoreError: The newest file cannot be read.
    """
    condition, known = files.remembered(folder, disk)
    found = files.chain_files(folder, disk)
    if not found:
        why = _missing(known.tip, BEGIN)
        return Resumed(known.tip, known=known, notes=_notes(b"", "", why))
    content, rows = _newest(found[-1], disk)
    sound = [(row, end) for row, end in rows if row is not None and row.is_sound]
    link, size = (sound[-1][0].link, sound[-1][1]) if sound else (_last_link(found[:-1], disk), 0)
    is_plain = found[-1].suffix != ".gz"
    torn = content[size:] if is_plain else b""
    aside = files.aside_name(folder, link.number, disk) if torn else ""
    begins = _begins(found, disk)
    why = _doubt(condition, begins, [row for row, _ in sound], known.tip) or _missing(known.tip, link)
    if condition is not Condition.WHOLE and begins.number > known.anchor.number:
        known = Remembered(begins, known.tip)
    return Resumed(
        # Of two lines with one number that is followed which is remembered: then the other one stays to be seen.
        link=known.tip if known.tip.number >= link.number else link,
        path=found[-1] if is_plain else None,
        size=size,
        began=moment(sound[0][0].at) if sound else None,
        torn=torn,
        aside=aside,
        known=known,
        notes=_notes(torn, aside, why),
    )


def _newest(path: Path, disk: Disk) -> tuple[bytes, list[tuple[Row | None, int]]]:
    """Return what the newest file holds, and each of its lines with the place where it ends."""
    content, trouble = files.content_of(path, disk)
    if trouble and path.suffix != ".gz":
        raise StoreError(f"{path}: {trouble}; repair the disk, or move the folder away to begin a new chain")
    rows, end = [], 0
    for line, is_whole in files.lines_of(content):
        end += len(line) + 1
        if is_whole:
            rows.append((parsed(line), end))
    return content, rows


def _last_link(found: list[Path], disk: Disk) -> Link:
    """Return the last sound line of older files."""
    for path in reversed(found):
        rows = [parsed(line) for line, _ in files.lines_of(files.content_of(path, disk)[0])]
        if sound := [row for row in rows if row is not None and row.is_sound]:
            return sound[-1].link
    return BEGIN


def _begins(found: list[Path], disk: Disk) -> Link:
    return next((link for path in found if (link := files.first_link(path, disk)) is not None), BEGIN)


def _doubt(condition: Condition, begins: Link, rows: list[Row], tip: Link) -> str:
    """Say what does not fit between what is remembered and what was found."""
    if condition is not Condition.WHOLE:
        return f"what is remembered of the chain: {condition}; it begins with line {begins.number + 1}"
    others = [row for row in rows if row.seq == tip.number and row.hash != tip.digest]
    return f"line {tip.number} is not the one that is remembered" if others else ""


def _missing(tip: Link, link: Link) -> str:
    return files.missing_words(link.number + 1, tip.number) if tip.number > link.number else ""


def _notes(torn: bytes, aside: str, why: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    told = [(TORN, {"bytes": len(torn), "kept_in": aside})] if torn else []
    return (*told, *([(GAP, {"why": why})] if why else []))
