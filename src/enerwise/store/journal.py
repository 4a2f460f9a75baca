"""A journal of commands: numbered records that are on disk when `add` returns, read again in their sequence.

Whoever plays them again comes to the same state. SQLite, each call one transaction; records stay as they are.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from enerwise.core.errors import StoreError

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS record (
  number INTEGER PRIMARY KEY, at_ns INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
  content BLOB NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS record_subject ON record (subject, number);
"""


@dataclass(frozen=True, slots=True)
class Record:
    """One command."""

    at_ns: int
    kind: str
    subject: str
    """What it is about, such as a slot; empty for the whole."""
    content: bytes


class Journal:
    """A journal in a file of its own, for one process that writes."""

    def __init__(self, path: Path) -> None:
        """Open, or begin, a journal.

        Raises:
            StoreError: The file cannot be opened, or is none of ours.
        """
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;")
            self._db.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise StoreError(f"{path}: cannot be opened as a journal: {error}") from error

    def add(self, records: Sequence[Record]) -> None:
        """Keep records, all or none.

        Raises:
            StoreError: They could not be written.
        """
        rows = [(each.at_ns, each.kind, each.subject, each.content) for each in records]
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT INTO record (at_ns, kind, subject, content) VALUES (?, ?, ?, ?)", rows)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise StoreError(f"the journal could not be written: {error}; nothing of it was done") from error

    def subjects(self) -> list[str]:
        """Return what records are about, in alphabetical sequence."""
        return [name for (name,) in self._db.execute("SELECT DISTINCT subject FROM record ORDER BY subject")]

    def records(self, subjects: Sequence[str] | None = None) -> Iterator[Record]:
        """Return records in their sequence, all or those about some subjects."""
        wanted = None if subjects is None else set(subjects)
        rows = self._db.execute("SELECT at_ns, kind, subject, content FROM record ORDER BY number")
        if wanted is not None:
            marks = ", ".join("?" * len(wanted))
            rows = self._db.execute(
                f"SELECT at_ns, kind, subject, content FROM record WHERE subject IN ({marks}) ORDER BY number",
                sorted(wanted),
            )
        for at_ns, kind, subject, content in rows:
            yield Record(at_ns, kind, subject, content)

    def close(self) -> None:
        """Close the file."""
        self._db.close()
