"""The database of accounts: opened by its address, brought to the newest form, asked from one thread of its own.

The event loop never waits for it: `Database.do` runs one short transaction in the thread. SQLite is the default; any
address that SQLAlchemy knows and that speaks standard SQL will do, PostgreSQL is meant.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError

from enerwise.serve.api.problems import Trouble

T = TypeVar("T")
BUSY_MS: Final = 5000
TRY_COUNT: Final = 5
COLLISIONS: Final = ("40001", "40P01")
"""Two servers changed the same; one of them tries again, as PostgreSQL asks for."""
MIGRATIONS: Final = Path(__file__).with_name("migrations")


class Database:
    """Short transactions, one after the other."""

    def __init__(self, url: str) -> None:
        """Open it and bring it to the newest form; made where there is none."""
        self._engine = _engine(url)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="accounts")
        try:
            self.do_now(migrate)
        except BaseException:
            self.close()
            raise

    async def do(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction of its own, in the thread of the database, and return what it returns."""
        return await asyncio.wrap_future(self._worker.submit(self._transact, work))

    def do_now(self, work: Callable[[Connection], T]) -> T:
        """Do the same and wait: for the time before an event loop runs."""
        return self._worker.submit(self._transact, work).result()

    def close(self) -> None:
        """Finish what was begun and let go of the file."""
        self._worker.shutdown(wait=True)
        self._engine.dispose()

    def _transact(self, work: Callable[[Connection], T]) -> T:
        for is_last in (*[False] * (TRY_COUNT - 1), True):
            try:
                with self._engine.begin() as connection:
                    return work(connection)
            except DataError:
                # PostgreSQL keeps no NUL, and no text that is longer than its column.
                raise Trouble(422, "wrong-request", "a text is too long, or holds a sign that cannot be kept") from None
            except DBAPIError as error:
                if is_last or getattr(error.orig, "sqlstate", None) not in COLLISIONS:
                    raise
        raise AssertionError("the last try returns or raises")


def migrate(connection: Connection) -> None:
    """Bring a database to the newest form; what does that is loaded only where there is something to do."""
    if _form(connection) == newest_form():
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def newest_form() -> str:
    """Return the name of the newest form, as its file begins."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _form(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        # What is looked at before a change still holds when it is made: the last owner stays, codes open once.
        return create_engine(url, hide_parameters=True, isolation_level="SERIALIZABLE", pool_pre_ping=True)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Python's driver begins transactions late; here they begin when we say so, and writers wait for each other.
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {BUSY_MS}", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
