"""The ledger in a file of its own: SQLite, each submit one transaction, on disk when it returns.

Nobody can change or delete an entry through this file's own rules (triggers); whoever goes round them breaks the chain
of hashes, which playing it again finds. A kill in the middle of a submit leaves all of it or nothing.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from enerwise.core.errors import StoreError
from enerwise.store.ledger import Sign
from enerwise.store.ledger_sql import COLUMNS, KEPT, Row, SqlLedger

APPLICATION_ID: Final = 0x456E4C64
"""The letters ``EnLd``."""
BUSY_S: Final = 5.0
STAYS: Final = (
    "CREATE TRIGGER IF NOT EXISTS {table}_{name} BEFORE {change} ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{plural} stay as they are'); END"
)
CHANGES: Final = {"stays": "UPDATE", "lasts": "DELETE"}


class SqliteLedger(SqlLedger):
    """A ledger in one file; meant for one process that writes, and right with several."""

    def __init__(self, path: Path, *, salt: bytes = b"", sign: Sign | None = None, is_readonly: bool = False) -> None:
        """Open, or begin, a ledger.

        Args:
            path: The file.
            salt: For a ledger that begins: up to 64 secret random bytes, kept in it, that keep hashes from telling what
                was booked. Without them, whoever sees roots and proofs of others may guess.
            sign: Signs the root of every slot that is closed.
            is_readonly: Opens what is there and writes nothing.

        Raises:
            LedgerError: An entry was altered.
            StoreError: The file cannot be opened, or is none of ours.
        """
        base = SqliteBase(path, is_readonly=is_readonly)
        super().__init__(base, salt=salt, sign=sign, is_new=not is_readonly)


class SqliteBase:
    """One connection to one file."""

    types: Mapping[str, str] = {"int": "INTEGER", "bytes": "BLOB", "strict": " STRICT"}

    def __init__(self, path: Path, *, is_readonly: bool) -> None:
        self._path = path
        mode = "ro" if is_readonly else "rwc"
        try:
            self._db = sqlite3.connect(
                f"file:{quote(str(path.absolute()))}?mode={mode}",
                uri=True,
                timeout=BUSY_S,
                isolation_level=None,
                check_same_thread=False,
            )
            self._claim(is_readonly=is_readonly)
        except sqlite3.Error as error:
            raise StoreError(f"{path}: cannot be opened as a ledger: {error}") from error

    def _claim(self, *, is_readonly: bool) -> None:
        """Make a new file ours, and refuse one of somebody else."""
        ((own,),) = self._db.execute("PRAGMA application_id")
        ((tables,),) = self._db.execute("SELECT count(*) FROM sqlite_master")
        if own != APPLICATION_ID and (tables or is_readonly):
            self.close()
            raise StoreError(f"{self._path}: cannot be opened as a ledger: it is something else; name another file")
        if not is_readonly:
            for text in ("journal_mode = WAL", "synchronous = FULL", f"application_id = {APPLICATION_ID}"):
                self._db.execute(f"PRAGMA {text}")

    def protect(self) -> None:
        for table, plural in KEPT.items():
            for name, change in CHANGES.items():
                self.run(STAYS.format(table=table, plural=plural, name=name, change=change))

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: the ledger cannot be read: {error}") from error

    def stream(self, sql: str) -> Iterator[Row]:
        yield from self._db.execute(sql)

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        return self._db.execute(sql, values).rowcount

    def many(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        places = ", ".join("?" * len(columns.split(",")))
        self._db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)

    def known(self, ids: Sequence[str]) -> list[Row]:
        return self.rows(
            f"SELECT {COLUMNS} FROM entry WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(ids),)
        )

    def forget(self, accounts: Sequence[str]) -> None:
        self.run("DELETE FROM balance WHERE account IN (SELECT value FROM json_each(?))", (json.dumps(accounts),))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                told = f"{self._path}: the ledger could not be written: {error}; nothing of it was booked"
                raise StoreError(told) from error
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        self.rows("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()
