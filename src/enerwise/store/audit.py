"""The audit: what was decided, stopped, reset and refused, each line sealed to the one before by its hash.

`AuditLog` writes a chain, `AuditQueue` does so for those who may not wait, `verify` walks along one, and here it is
read. `enerwise.store.audit_chain` says what a line is, and what hashes can show and what they cannot.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from enerwise.store import audit_files as files
from enerwise.store.audit_chain import Link, Signed, is_genuine, moment, parsed, signed
from enerwise.store.audit_files import chain_files
from enerwise.store.audit_log import AuditLog
from enerwise.store.audit_queue import AuditQueue
from enerwise.store.audit_verify import Break, Verified, verify
from enerwise.store.disk import DISK, Disk

__all__ = [
    "AuditLog",
    "AuditQueue",
    "Break",
    "Link",
    "Signed",
    "Verified",
    "chain_files",
    "is_genuine",
    "moment",
    "read_audit",
    "signed",
    "verify",
]


def read_audit(folder: Path, *, start: str = "", end: str = "", disk: Disk = DISK) -> Iterator[dict[str, Any]]:
    """Yield the lines from ``start`` up to, not including, ``end``, passing over what cannot be read.

    Args:
        folder: Where the chain lies.
        start: First moment, UTC; empty for the first there is.
        end: Moment before which it ends, empty for no end. A line without a time goes with the one before it.
        disk: Where it is read.

    Raises:
        ValueError: ``start`` or ``end`` is no time.
    """
    first, last = _bound(start), _bound(end)
    is_within = first is None
    for path in chain_files(folder, disk):
        for line, _ in files.lines_of(_content(path, disk)):
            if (row := parsed(line)) is None:
                continue
            if (at := moment(row.at)) is not None:
                is_within = (first is None or at >= first) and (last is None or at < last)
            if is_within:
                yield row.facts()


def _content(path: Path, disk: Disk) -> bytes:
    try:
        return files.present_content_of(path, disk)[0]
    except FileNotFoundError:
        # Given up with age since it was looked for.
        return b""


def _bound(text: str) -> datetime | None:
    at = moment(text)
    if text and at is None:
        raise ValueError(f"{text!r} is no time")
    return at
