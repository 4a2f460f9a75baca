"""The audit: what was decided, stopped, reset and refused, each line sealed to the one before by its hash.

A line is JSON: its number, when, what kind, about whom, what, the hash of the line before, and its own. Whoever alters,
removes or reorders a line breaks the chain at that place. Files are begun anew at a size and the oldest are given up
beyond a count; what was given up leaves its last hash as the anchor of what remains, and the chain says how many lines
went. A disk that refuses costs lines, which are counted and told in the chain as soon as it takes them again.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, Final

from enerwise.core.errors import StoreError

START: Final = "0" * 32
HASH_BYTES: Final = 16
FILE_BYTES: Final = 4 << 20
FILE_COUNT: Final = 32
DURABLE: Final = frozenset(("stop", "stopped", "trip", "reset", "lifecycle", "died"))
"""Kinds that are made durable at once; the others within a few lines."""
BATCH: Final = 20
LOST: Final = "lost"
TORN: Final = "torn"


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold, and how many lines before it do."""

    file: str
    line: int
    why: str
    intact_count: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.why}; {self.intact_count} lines before it are intact"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look at the whole chain found."""

    line_count: int
    last_hash: str
    anchor: str
    broken: Break | None = None


class AuditLog:
    """The one writer of a chain."""

    def __init__(self, folder: Path, *, file_bytes: int = FILE_BYTES, file_count: int = FILE_COUNT) -> None:
        """Open a chain, or begin one.

        Raises:
            StoreError: Another process writes it, or the folder cannot be used.
        """
        self._folder, self._file_bytes, self._file_count = folder, file_bytes, file_count
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / "lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise StoreError(f"{folder}: another process writes this audit; stop it first") from None
        except OSError as error:
            raise StoreError(
                f"{folder}: the audit cannot be kept here: {error.strerror}; choose another folder"
            ) from None
        self._file: IO[bytes] | None = None
        self._number, self._hash = 0, START
        self._since_sync = 0
        self.lost_count = 0
        self._resume()

    def write(self, at: str, kind: str, subject: str, payload: Mapping[str, Any], *, who: str = "") -> None:
        """Add a line. Raises nothing: what the disk does not take is counted, and told in the chain later."""
        try:
            if self.lost_count:
                self._add(at, LOST, "audit", {"count": self.lost_count}, "")
                self.lost_count = 0
            self._add(at, kind, subject, payload, who)
            self._since_sync += 1
            if kind in DURABLE or self._since_sync >= BATCH:
                self.sync()
        except OSError:
            self.lost_count += 1
            self._abandon()

    def sync(self) -> None:
        """Make everything durable.

        Raises:
            OSError: The disk refuses.
        """
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
        self._since_sync = 0

    def close(self) -> None:
        """Make durable what can be, and let others write."""
        with contextlib.suppress(OSError):
            self.sync()
        self._abandon()
        self._lock.close()

    def _add(self, at: str, kind: str, subject: str, payload: Mapping[str, Any], who: str) -> None:
        line, digest = sealed(self._number + 1, at, kind, subject, payload, who, self._hash)
        file = self._open()
        file.write(line + b"\n")
        file.flush()
        self._number, self._hash = self._number + 1, digest
        if file.tell() >= self._file_bytes:
            self.sync()
            self._abandon()
            self._give_up_oldest()

    def _open(self) -> IO[bytes]:
        if self._file is None:
            files = chain_files(self._folder)
            is_full = bool(files) and files[-1].stat().st_size >= self._file_bytes
            path = files[-1] if files and not is_full else self._folder / f"audit-{self._number + 1:012d}.jsonl"
            self._file = path.open("ab")
        return self._file

    def _abandon(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            # What could not be written is lost; what it left of a line is cut off at the next start.
            with contextlib.suppress(OSError):
                file.close()

    def _give_up_oldest(self) -> None:
        files = chain_files(self._folder)
        for path in files[: max(0, len(files) - self._file_count)]:
            path.unlink()

    def _resume(self) -> None:
        """Go on after the last whole line; what a power cut tore is kept aside."""
        files = chain_files(self._folder)
        if not files:
            return
        newest = files[-1]
        content = newest.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        lines = whole.splitlines()
        row = _row(lines[-1]) if lines else None
        if len(files) > 1 and row is None:
            row = _row(files[-2].read_bytes().splitlines()[-1])
        if row is not None:
            self._number, self._hash = int(row["seq"]), str(row["hash"])
        if len(whole) < len(content):
            newest.with_suffix(".torn").write_bytes(content[len(whole) :])
            os.truncate(newest, len(whole))
            self._add(str((row or {}).get("at", "")), TORN, "audit", {"bytes": len(content) - len(whole)}, "")


def sealed(
    number: int, at: str, kind: str, subject: str, payload: Mapping[str, Any], who: str, before: str
) -> tuple[bytes, str]:
    """Return a line and its hash."""
    row = {"seq": number, "at": at, "kind": kind, "subject": subject, "payload": payload, "who": who, "before": before}
    body = json.dumps(row, separators=(",", ":"), default=str).encode()
    digest = blake2b(body, digest_size=HASH_BYTES).hexdigest()
    return body[:-1] + b',"hash":"' + digest.encode() + b'"}', digest


def chain_files(folder: Path) -> list[Path]:
    """Return the files of a chain, oldest first."""
    return sorted(folder.glob("audit-*.jsonl"))


def read_audit(folder: Path, *, start: str = "", end: str = "~") -> Iterator[dict[str, Any]]:
    """Yield the lines from ``start`` up to, not including, ``end`` (UTC, as text), passing over unreadable ones."""
    for path in chain_files(folder):
        for line in path.read_bytes().splitlines():
            row = _row(line)
            if row is not None and start <= row["at"] < end:
                yield row


def verify(folder: Path) -> Verified:
    """Walk the whole chain and say where it breaks first, if it does.

    Raises:
        StoreError: There is no audit.
    """
    files = chain_files(folder)
    if not files:
        raise StoreError(f"{folder}: there is no audit here; name the folder of a site, such as home.run/audit")
    before, number, anchor, count = "", 0, "", 0
    for path in files:
        for at, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
            row = _row(line)
            if not count and row is not None:
                before, number, anchor = str(row["before"]), int(row["seq"]) - 1, str(row["before"])
            why = _wrong(row, line, before, number)
            if why or row is None:
                return Verified(count, before, anchor, Break(path.name, at, why, count))
            before, number, count = str(row["hash"]), number + 1, count + 1
    return Verified(count, before, anchor)


def _wrong(row: Mapping[str, Any] | None, line: bytes, before: str, number: int) -> str:
    if row is None:
        return "cannot be read"
    body = line[: line.rfind(b',"hash":"')] + b"}"
    if blake2b(body, digest_size=HASH_BYTES).hexdigest() != row["hash"]:
        return "was altered"
    if row["seq"] != number + 1:
        return f"number {row['seq']} follows {number}: lines were removed or moved"
    return "" if row["before"] == before else "does not follow from the line before"


def _row(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    keys = {"seq", "at", "kind", "subject", "payload", "who", "before", "hash"}
    return row if isinstance(row, dict) and keys <= row.keys() else None
