"""The ledger in PostgreSQL: each submit one transaction, written to disk there before it returns.

Rows are protected by triggers, as in a file; whoever goes round them breaks the chain of hashes. A connection that is
gone is taken up again with the next call: what was not acknowledged is tried again by who asked, and happens once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

from enerwise.core.errors import PluginError, StoreError
from enerwise.store.ledger import Sign
from enerwise.store.ledger_sql import COLUMNS, KEPT, Row, SqlLedger

TIMEOUT_S: Final = 10
PIECE: Final = 10_000
"""Rows that are fetched at once. [entries]"""
STAYS: Final = """
CREATE OR REPLACE FUNCTION enerwise_ledger_stays() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'entries, accounts and slots stay as they are'; END $$"""
TRIGGER: Final = """
CREATE OR REPLACE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION enerwise_ledger_stays()"""


class PostgresLedger(SqlLedger):
    """A ledger in a schema of a PostgreSQL database; several processes may write."""

    def __init__(self, url: str, *, salt: bytes = b"", sign: Sign | None = None, is_readonly: bool = False) -> None:
        """Open, or begin, a ledger.

        Args:
            url: Such as ``postgresql://user@host/database?options=-csearch_path%3Dmarket``; one schema, one ledger.
            salt: For a ledger that begins: up to 64 secret random bytes, kept in it, that keep hashes from telling what
                was booked. Without them, whoever sees roots and proofs of others may guess.
            sign: Signs the root of every slot that is closed.
            is_readonly: Opens what is there and writes nothing.

        Raises:
            LedgerError: An entry was altered.
            PluginError: The extra "postgres" is not installed.
            StoreError: The database does not answer.
        """
        super().__init__(PostgresBase(url), salt=salt, sign=sign, is_new=not is_readonly)


class PostgresBase:
    """One connection to one schema."""

    types: Mapping[str, str] = {"int": "BIGINT", "bytes": "BYTEA", "strict": ""}

    def __init__(self, url: str) -> None:
        try:
            psycopg: Any = import_module("psycopg")
        except ImportError as error:
            raise PluginError("ledgers in PostgreSQL need psycopg: pip install 'enerwise[postgres]'") from error
        self._psycopg, self._url = psycopg, url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._link: Any = None

    @property
    def _db(self) -> Any:
        if self._link is None or self._link.closed:
            try:
                self._link = self._psycopg.connect(self._url, autocommit=True, connect_timeout=TIMEOUT_S)
                self._link.execute("SET synchronous_commit = on")
                self._link.execute("SET lock_timeout = '30s'")
            except self._psycopg.Error as error:
                raise StoreError(f"the ledger's database does not answer: {error}") from error
        return self._link

    def protect(self) -> None:
        self.run(STAYS)
        for table in KEPT:
            self.run(TRIGGER.format(table=table))

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        try:
            found: list[Row] = self._execute(sql, values).fetchall()
            return found
        except self._psycopg.Error as error:
            raise StoreError(f"the ledger cannot be read: {error}") from error

    def stream(self, sql: str) -> Iterator[Row]:
        with self._db.cursor("ledger") as cursor:
            cursor.itersize = PIECE
            yield from cursor.execute(sql)

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        return int(self._execute(sql, values).rowcount)

    def many(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        with self._db.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def known(self, ids: Sequence[str]) -> list[Row]:
        return self.rows(f"SELECT {COLUMNS} FROM entry WHERE id = ANY(?)", (list(ids),))

    def forget(self, accounts: Sequence[str]) -> None:
        self.run("DELETE FROM balance WHERE account = ANY(?)", (list(accounts),))

    def _execute(self, sql: str, values: Sequence[object]) -> Any:
        text = sql.replace("?", "%s")
        return self._db.execute(text, values) if values else self._db.execute(text)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield from self._within("")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        yield from self._within("ISOLATION LEVEL REPEATABLE READ")

    def _within(self, how: str) -> Iterator[None]:
        link = self._db
        try:
            link.execute(f"BEGIN {how}")
            yield
            link.execute("COMMIT")
        except BaseException as error:
            self._undo(link)
            if isinstance(error, self._psycopg.Error):
                told = f"the ledger could not be written: {error}; nothing of it was booked"
                raise StoreError(told) from error
            raise

    def _undo(self, link: Any) -> None:
        try:
            link.execute("ROLLBACK")
        except self._psycopg.Error:
            link.close()

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
