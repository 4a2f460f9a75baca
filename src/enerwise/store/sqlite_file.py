"""The SQLite file: its schema, its version, and the refusal to touch what is not ours.

A file carries our application id and a schema version. One without tables is taken for new; any other that does not
carry the id belongs to somebody else and is left as it is, as is a file that a newer Enerwise has written.
"""

import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

from enerwise.core.errors import StoreError

APPLICATION_ID: Final = 0x456E6572
"""The letters ``Ener``."""
VERSION: Final = 1
BUSY_S: Final = 1.0
"""Longest wait for another process that holds the file."""
WAL_LIMIT_BYTES: Final = 16 * 2**20
SYNCHRONOUS: Final = ("NORMAL", "FULL")
MAGIC: Final = b"SQLite format 3\0"

# A reading is found by channel and start, and its versions lie side by side; a table without row ids is that order.
SCHEMA: Final = (
    "CREATE TABLE channel (id INTEGER PRIMARY KEY, asset TEXT NOT NULL, quantity TEXT NOT NULL, "
    "UNIQUE (asset, quantity))",
    "CREATE TABLE reading (channel INTEGER NOT NULL, start_ms INTEGER NOT NULL, known_ms INTEGER NOT NULL, "
    "value REAL NOT NULL, quality INTEGER NOT NULL, PRIMARY KEY (channel, start_ms, known_ms)) WITHOUT ROWID",
    "CREATE TABLE event (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, "
    "subject TEXT NOT NULL, line BLOB NOT NULL)",
    "CREATE INDEX event_by_time ON event (at_ms)",
    "CREATE INDEX event_by_kind ON event (kind)",
    "CREATE TABLE blob (kind TEXT NOT NULL, name TEXT NOT NULL, known_ms INTEGER NOT NULL, content BLOB NOT NULL, "
    "PRIMARY KEY (kind, name, known_ms))",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {VERSION}",
)


def open_writer(path: Path, *, synchronous: str, size_limit_bytes: int | None) -> sqlite3.Connection:
    """Open a file for writing, and make it ours if it is new.

    Args:
        path: The file; its folder must be there.
        synchronous: ``NORMAL``: a power cut may cost the last seconds. ``FULL``: it costs nothing that was kept.
        size_limit_bytes: The file never grows beyond; None leaves that to the disk.

    Raises:
        StoreError: The file cannot be opened, is not ours, or was written by a newer version.
    """
    if synchronous not in SYNCHRONOUS:
        raise ValueError(f"synchronous is {synchronous!r}, not one of {', '.join(SYNCHRONOUS)}")
    _check_place(path)
    connection = _connect(path, "rwc")
    try:
        if not _is_ours(path, connection):
            connection.execute("PRAGMA journal_mode = WAL")
            _create(path, connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
        if size_limit_bytes is not None:
            page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {max(1, size_limit_bytes // page_bytes)}")
    except sqlite3.Error as error:
        connection.close()
        raise StoreError(f"{path}: cannot be opened for writing: {error}; check rights, space and disk") from error
    except StoreError:
        connection.close()
        raise
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """Open a file of ours for reading, also while another process writes to it.

    Raises:
        StoreError: There is no such file, it is not ours, or a newer version has written it.
    """
    if not path.is_file():
        raise StoreError(f"{path}: there is no such file; check the name and the folder")
    _check_place(path)
    connection = _connect(path, "ro")
    try:
        is_ours = _is_ours(path, connection)
    except sqlite3.OperationalError:
        # A folder that cannot be written to has no room for the shared index of a file that others may write to; a
        # file without a log has no writer, and needs none.
        connection.close()
        if path.with_name(f"{path.name}-wal").exists():
            raise StoreError(f"{path}: cannot be read while its folder is read-only; copy file and log") from None
        connection = _connect(path, "ro&immutable=1")
        is_ours = _is_ours(path, connection)
    except StoreError:
        connection.close()
        raise
    if not is_ours:
        connection.close()
        raise StoreError(f"{path}: the file is empty; nothing has been recorded in it yet")
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode={mode}",
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be opened: {error}; check folder and rights") from error


def _check_place(path: Path) -> None:
    """Refuse what is no database before SQLite touches it."""
    if not path.parent.is_dir():
        raise StoreError(f"{path}: there is no folder {path.parent}; create it, or choose another place")
    if path.is_dir():
        raise StoreError(f"{path}: this is a folder; name a file in it, such as {path / 'history.db'}")
    try:
        if path.exists() and (head := _head(path)) and head != MAGIC:
            raise StoreError(f"{path}: this is no Enerwise history but another kind of file; choose another name")
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}; check rights and disk") from error


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(MAGIC))


def _is_ours(path: Path, connection: sqlite3.Connection) -> bool:
    """Tell whether the file carries our schema; False for a file without any table.

    Raises:
        StoreError: It is somebody else's, damaged, or newer than this version.
    """
    try:
        application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        table_count = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: the file is damaged: {error}; restore it from a copy") from error
    if application_id == 0 and version == 0 and table_count == 0:
        return False
    if application_id != APPLICATION_ID:
        raise StoreError(f"{path}: this database belongs to another program; choose another name")
    if version > VERSION:
        raise StoreError(
            f"{path}: written by a newer Enerwise, in format {version}; this one knows up to {VERSION}: update it"
        )
    return True


def _create(path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not _is_ours(path, connection):  # Another process may have been quicker.
            for statement in SCHEMA:
                connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
