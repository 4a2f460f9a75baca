"""A walk along a whole chain, which names the first place where it does not hold.

Beside the lines it heeds what is remembered of the chain, so that lines taken from its beginning or its end are missed,
and links that were noted elsewhere, such as in a signed report: a chain that was written anew does not hold those.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from enerwise.core.errors import StoreError
from enerwise.store import audit_files as files
from enerwise.store.audit_chain import BEGIN, GAP, LOST, START, TORN, Link, Row, parsed, wrong
from enerwise.store.audit_files import Remembered
from enerwise.store.disk import DISK, Disk
from enerwise.store.keeper import Condition

TRY_COUNT: Final = 4
REMARK_COUNT: Final = 100
WORDS: Final = {
    LOST: "{count} lines were lost before it: the disk did not take them",
    TORN: "{bytes} torn bytes before it were set aside in {kept_in}",
    GAP: "{why}",
}


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold, and what is intact around it."""

    file: str
    line: int
    """Counted from 1; one beyond the last where lines are missing at the end."""
    why: str
    intact_count: int
    """Lines before it, all intact."""
    later_count: int = 0
    """Lines behind it that follow from the one before them."""

    def __str__(self) -> str:
        behind = f", and {self.later_count} behind it hold together" if self.later_count else ""
        return f"{self.file}, line {self.line}: {self.why}; {self.intact_count} lines before it are intact{behind}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look at the whole chain found."""

    line_count: int
    """Intact lines, up to the first break."""
    link: Link
    """The last of them."""
    anchor: str
    """The hash that the first line follows."""
    broken: Break | None = None
    remarks: tuple[str, ...] = ()
    """What the chain tells of its own troubles, and what cannot be told."""

    @property
    def last_hash(self) -> str:
        """The hash of the last intact line."""
        return self.link.digest


def verify(folder: Path, *, holds: Iterable[Link] = (), disk: Disk = DISK) -> Verified:
    """Walk the whole chain and say where it breaks first, if it does. It may be written meanwhile.

    Args:
        folder: Where it lies.
        holds: Lines that it must hold, such as those of signed reports.
        disk: Where it is read.

    Raises:
        StoreError: There is no audit, or files come and go all the time.
    """
    links = tuple(holds)
    for _ in range(TRY_COUNT):
        before = files.remembered(folder, disk)
        try:
            found = _verified(folder, *before, links, disk)
        except FileNotFoundError:
            continue
        if files.remembered(folder, disk) == before:
            return found
    raise StoreError(f"{folder}: its files change all the time; try again")


def _verified(folder: Path, condition: Condition, known: Remembered, holds: tuple[Link, ...], disk: Disk) -> Verified:
    paths = files.chain_files(folder, disk)
    if not paths and condition is Condition.NOTHING:
        raise StoreError(f"{folder}: there is no audit here; name the folder of a site, such as home.run/audit")
    walk = Walk(known.anchor, (known.anchor, known.tip, *holds), file=paths[0].name if paths else files.MEMORY)
    if condition is not Condition.WHOLE:
        walk.remarks.append(
            f"what is remembered of the chain: {condition}; lines taken from its beginning or end may not be missed"
        )
    for path in paths:
        content, trouble = files.present_content_of(path, disk)
        walk.file, walk.line = path.name, 0
        for line, is_whole in files.lines_of(content):
            if is_whole or (path is not paths[-1] and not trouble):
                walk.take(parsed(line))
            elif not trouble:
                walk.remarks.append(f"{len(line)} bytes at the end are no line yet, or were torn by a power cut")
        if trouble:
            walk.line += 1
            walk.stumble(trouble)
    return walk.end()


@dataclass(slots=True)
class Walk:
    """Where a walk has come to."""

    anchor: Link
    """What has been given up before the first line."""
    holds: tuple[Link, ...]
    """Lines that must be met on the way."""
    file: str
    line: int = 0
    first: Row | None = None
    last: Link | None = None
    """The line that was met last."""
    intact: Link = BEGIN
    """The last one before the first break."""
    intact_count: int = 0
    later_count: int = 0
    broken: Break | None = None
    remarks: deque[str] = field(default_factory=lambda: deque(maxlen=REMARK_COUNT))

    def take(self, row: Row | None) -> None:
        """Meet the next line."""
        self.line += 1
        why = next(self._doubts(row), "")
        if why:
            self.stumble(why)
        elif self.broken is None and row is not None:
            self.intact, self.intact_count = row.link, self.intact_count + 1
        else:
            self.later_count += 1
        if row is not None:
            self.first, self.last = self.first or row, row.link
            self._remark(row)

    def stumble(self, why: str) -> None:
        """Note a break; the first one counts."""
        self.broken = self.broken or Break(self.file, self.line, why, self.intact_count)

    def end(self) -> Verified:
        """Miss what should still have come, and say what was found."""
        last_number = self.last.number if self.last else self.anchor.number
        reached = max((each.number for each in self.holds), default=0)
        if reached > last_number:
            self.line += 1
            self.stumble(f"{files.missing_words(last_number + 1, reached)} at the end")
        begins = self.first.seq if self.first else 1
        for each in self.holds:
            if self.anchor.number != each.number < begins - 1:
                self.remarks.append(f"line {each.number} has been given up and cannot be compared any more")
        broken = self.broken and Break(
            self.broken.file, self.broken.line, self.broken.why, self.broken.intact_count, self.later_count
        )
        anchor = self.first.before if self.first else START
        return Verified(self.intact_count, self.intact, anchor, broken, tuple(self.remarks))

    def _doubts(self, row: Row | None) -> Iterator[str]:
        """Yield what speaks against the next line."""
        if row is None or not row.is_sound:
            yield wrong(row, BEGIN)
            return
        before = self.last or Link(row.seq - 1, row.before)
        if self.last is None and row.seq - 1 > self.anchor.number:
            yield f"{files.missing_words(self.anchor.number + 1, row.seq - 1)} before it"
        elif why := wrong(row, before):
            is_jump = row.seq > before.number + 1 and self.line == 1
            yield f"{why}; a file is missing" if is_jump else why
        for each in self.holds:
            if (each.number == row.seq and each != row.link) or (
                self.last is None and each.number == before.number and each != before
            ):
                yield f"line {each.number} is not the one that was noted elsewhere"

    def _remark(self, row: Row) -> None:
        if row.kind in WORDS and row.subject == "audit":
            try:
                words = WORDS[row.kind].format_map(row.payload)
            except (KeyError, ValueError):
                words = str(row.payload)
            self.remarks.append(f"line {row.seq}: {words}")
