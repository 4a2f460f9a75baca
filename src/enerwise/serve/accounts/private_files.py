"""Files that only their owner may read."""

import os
import stat
from pathlib import Path
from typing import Final

from enerwise.core.errors import EnerwiseError

PRIVATE: Final = 0o600


class NotPrivate(EnerwiseError):
    """Others may read what is meant for one."""


def write_private(path: Path, content: bytes) -> None:
    """Write a file that nobody else can ever have read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    with os.fdopen(fd, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(fd)
    beside.replace(path)


def read_private(path: Path) -> bytes | None:
    """Return the content of a file; None where there is none.

    Raises:
        NotPrivate: Group or others may read or write it.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise NotPrivate(f"{path}: others may read this (mode {mode:o}); run: chmod 600 {path}")
            return file.read()
    except FileNotFoundError:
        return None
