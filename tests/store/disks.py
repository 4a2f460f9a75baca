"""Disks for tests: one of paper that loses power between any two calls, and one that refuses or hangs when told to.

What a power cut leaves is as bad as POSIX allows: of what was not made durable, any part of a file's new bytes, or
zeros in their place, and any selection of the names that were made, changed and removed.
"""

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from enerwise.store.disk import Disk

FOLDER = Path("/paper")
Choose = Callable[[int], int]
"""Picks one of so many possibilities."""


class PowerCut(BaseException):
    """The machine is off."""


class Inode:
    """Bytes, and as much of them as is durable."""

    def __init__(self, content: bytes = b"") -> None:
        self.content, self.durable = content, content


class PaperDisk(Disk):
    """A disk in memory."""

    def __init__(self, files: dict[Path, bytes] | None = None) -> None:
        self.files = {path: Inode(content) for path, content in (files or {}).items()}
        self._lasting = dict(self.files)
        self._changes: list[tuple[Path, Inode | None]] = []
        """Changes of names that are not durable, oldest first; None takes a name away."""
        self._open: dict[int, Inode] = {}
        self.calls_left: int | None = None
        """After so many calls the power is gone."""
        self.call_count = 0

    def after_cut(self, choose: Choose) -> "PaperDisk":
        """Return the disk as it may be found after a power cut."""
        lasting = dict(self._lasting)
        for path, inode in self._changes:
            if choose(2):
                lasting.pop(path, None)
                if inode is not None:
                    lasting[path] = inode
        return PaperDisk({path: _found(inode, choose) for path, inode in lasting.items()})

    def files_now(self) -> dict[Path, bytes]:
        """Return all there is."""
        return {path: inode.content for path, inode in self.files.items()}

    def names(self, folder: Path) -> list[str]:
        return sorted(path.name for path in self.files if path.parent == folder)

    def read(self, path: Path) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(errno.ENOENT, "no such file", str(path))
        return self.files[path].content

    def open(self, path: Path, *, size: int = 0) -> int:
        self._call()
        if path not in self.files:
            self.files[path] = Inode()
            self._changes.append((path, self.files[path]))
        inode = self.files[path]
        inode.content = inode.content[:size]
        self._open[len(self._open) + 1] = inode
        return len(self._open)

    def put(self, fd: int, content: bytes) -> None:
        self._call()
        self._open[fd].content += content

    def sync(self, fd: int) -> None:
        self._call()
        self._open[fd].durable = self._open[fd].content

    def close(self, fd: int) -> None:
        self._call()

    def rename(self, before: Path, after: Path) -> None:
        self._call()
        self.files[after] = self.files.pop(before)
        self._changes += [(after, self.files[after]), (before, None)]

    def remove(self, path: Path) -> None:
        self._call()
        if self.files.pop(path, None) is not None:
            self._changes.append((path, None))

    def sync_folder(self, folder: Path) -> None:
        self._call()
        self._lasting, self._changes = dict(self.files), []

    def lock(self, path: Path) -> int:
        return 0

    def _call(self) -> None:
        if self.calls_left is not None:
            if self.calls_left == 0:
                raise PowerCut
            self.calls_left -= 1
        self.call_count += 1


def _found(inode: Inode, choose: Choose) -> bytes:
    """Return what may be found of a file's content."""
    content, durable = inode.content, inode.durable
    if content == durable:
        return durable
    if not content.startswith(durable):
        if not choose(2):
            return durable
        durable = b""
    size = len(durable) + choose(len(content) - len(durable) + 1)
    return content[:size] + b"\0" * ((len(content) - size) * choose(2))


def every(play: Callable[[Choose], None]) -> int:
    """Play once for every possible row of choices; return how many there were."""
    count, row = 0, list[tuple[int, int]]()
    while True:
        at = iter(range(1 << 30))

        def choose(limit: int, at: Iterator[int] = at) -> int:
            place = next(at)
            if place == len(row):
                row.append((0, limit))
            return row[place][0]

        play(choose)
        count += 1
        while row and row[-1][0] + 1 == row[-1][1]:
            row.pop()
        if not row:
            return count
        row[-1] = row[-1][0] + 1, row[-1][1]


class FaultyDisk(Disk):
    """The machine's own disk, which refuses some calls while it is told to."""

    def __init__(self) -> None:
        self.refused: frozenset[str] = frozenset()
        """Names of calls."""
        self.room: int | None = None
        """Bytes that still fit."""
        self.number = errno.ENOSPC
        self.can_sync = Event()
        """While this is not set a sync hangs."""
        self.can_sync.set()
        self.sync_count = 0

    def _ask(self, name: str) -> None:
        if name in self.refused:
            raise OSError(self.number, "refused", name)

    def open(self, path: Path, *, size: int = 0) -> int:
        self._ask("open")
        return super().open(path, size=size)

    def put(self, fd: int, content: bytes) -> None:
        self._ask("put")
        if self.room is not None and self.room < len(content):
            super().put(fd, content[: self.room])
            self.room = 0
            raise OSError(errno.ENOSPC, "No space left on device")
        super().put(fd, content)
        self.room = None if self.room is None else self.room - len(content)

    def sync(self, fd: int) -> None:
        self.can_sync.wait()
        self._ask("sync")
        self.sync_count += 1
        super().sync(fd)

    def rename(self, before: Path, after: Path) -> None:
        self._ask("rename")
        super().rename(before, after)

    def remove(self, path: Path) -> None:
        self._ask("remove")
        super().remove(path)

    def sync_folder(self, folder: Path) -> None:
        self._ask("sync_folder")
        super().sync_folder(folder)
