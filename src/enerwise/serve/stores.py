"""Store files of the command line: opened for looking, begun afresh for runs that can be run again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enerwise.core.errors import Problem, ProblemsFound, StoreError

if TYPE_CHECKING:
    from enerwise.core.time import Instant
    from enerwise.store.store import Store

RUN: Final = "run"
"""Kind of the blob that says which command filled a store; only such a store is ever replaced."""
BESIDE: Final = ("", "-wal", "-shm")
"""Endings of the files that make up one store."""


def open_store(path: Path, *, read_only: bool = False) -> "Store":
    """Return the store in a file.

    Raises:
        ProblemsFound: It is to be read, and is not there.
        StoreError: It is no store, or cannot be opened.
    """
    from enerwise.store.sqlite import SqliteStore

    if read_only and not path.is_file():
        remedy = "name one with --store; `enerwise backtest` and `enerwise run` leave one beside the site file"
        raise ProblemsFound("--store", [Problem(str(path), "there is no such file", remedy)])
    store: Store = SqliteStore(path, read_only=read_only)
    return store


@contextmanager
def fresh_store(path: Path, command: str, at: "Instant") -> Iterator["Store"]:
    """Open an empty store; one that an earlier run of such a command left is replaced.

    Raises:
        ProblemsFound: The file holds something else.
    """
    check_replaceable(path)
    for ending in BESIDE:
        path.with_name(path.name + ending).unlink(missing_ok=True)
    store = open_store(path)
    try:
        store.put(RUN, "command", command.encode(), at)
        store.flush()
        yield store
    finally:
        store.close()


def check_replaceable(path: Path) -> None:
    """Complain about a file that is there and that no earlier run of such a command left.

    Raises:
        ProblemsFound: It holds something else.
    """
    if not path.exists():
        return
    try:
        store = open_store(path, read_only=True)
    except StoreError as error:
        raise _kept(path, f"is no store of Enerwise ({error})") from None
    try:
        is_run = store.get(RUN, "command") is not None
    finally:
        store.close()
    if not is_run:
        raise _kept(path, "holds the history of a running site")


def _kept(path: Path, why: str) -> ProblemsFound:
    return ProblemsFound("--store", [Problem(str(path), f"{why}, and is left as it is", "choose another name")])
