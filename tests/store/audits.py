"""A chain to look at, with good defaults."""

from pathlib import Path
from typing import Any

from enerwise.store.audit import AuditLog, Break, chain_files, verify

AT = "2024-07-01T{:02d}:{:02d}:{:02d}.000"


def at(number: int) -> str:
    """The moment of a line: one a second from noon on."""
    return AT.format(12 + number // 3600, number // 60 % 60, number % 60)


def filled(folder: Path, count: int, *, kind: str = "decision", **options: Any) -> AuditLog:
    """A chain with some lines, of one kind, still open."""
    log = AuditLog(folder, **options)
    for number in range(count):
        log.write(at(number), kind, "battery", {"value": number}, who="Ada")
    return log


def lines(path: Path) -> list[bytes]:
    """The lines of a plain file."""
    return path.read_bytes().splitlines()


def put(path: Path, rows: list[bytes]) -> None:
    """Write them back."""
    path.write_bytes(b"".join(row + b"\n" for row in rows))


def killed(log: AuditLog) -> None:
    """End a life as a kill does: no last word, but the lock is free."""
    assert log._lock is not None
    log._disk.close(log._lock)
    if log._fd is not None:
        log._disk.close(log._fd)


def broken(folder: Path) -> Break:
    """The first place where the chain does not hold, which there must be."""
    found = verify(folder).broken
    assert found is not None
    return found


def newest(folder: Path) -> Path:
    """The file that is written."""
    return chain_files(folder)[-1]
