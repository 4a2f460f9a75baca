"""The few calls to the operating system with which something is made to last.

They stand in one place so that a test can put another disk there: one that refuses, one that is slow, one that loses
power between two calls.
"""

import contextlib
import fcntl
import os
from pathlib import Path
from typing import Final


class Disk:
    """The machine's own disk. Every call raises OSError where the machine refuses."""

    def names(self, folder: Path) -> list[str]:
        """Return what lies in a folder, sorted; nothing where there is no folder."""
        with contextlib.suppress(FileNotFoundError):
            return sorted(each.name for each in folder.iterdir())
        return []

    def read(self, path: Path) -> bytes:
        """Return the whole content of a file."""
        return path.read_bytes()

    def open(self, path: Path, *, size: int = 0) -> int:
        """Open a file for writing at its end, cut to ``size`` bytes where it is longer, made where there is none."""
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.ftruncate(fd, min(size, os.fstat(fd).st_size))
            os.lseek(fd, 0, os.SEEK_END)
        except OSError:
            os.close(fd)
            raise
        return fd

    def put(self, fd: int, content: bytes) -> None:
        """Write all of it; after an OSError some of it may have been written."""
        left = memoryview(content)
        while left:
            left = left[os.write(fd, left) :]

    def sync(self, fd: int) -> None:
        """Make the content of a file durable."""
        os.fsync(fd)

    def close(self, fd: int) -> None:
        """Close a file, durable or not."""
        os.close(fd)

    def rename(self, before: Path, after: Path) -> None:
        """Put a file in the place of another, whole or not at all."""
        before.replace(after)

    def remove(self, path: Path) -> None:
        """Remove a file that may be gone already."""
        path.unlink(missing_ok=True)

    def sync_folder(self, folder: Path) -> None:
        """Make durable which files there are in a folder, and under which names."""
        fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def lock(self, path: Path) -> int:
        """Make a folder with a lock in it, and hold the lock until the file that is returned is closed.

        Raises:
            BlockingIOError: Another process holds it.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
            raise
        return fd


DISK: Final = Disk()


def write_whole(path: Path, content: bytes, *, disk: Disk = DISK) -> None:
    """Write a file so that it appears whole or not at all; its name lasts after `Disk.sync_folder`.

    Raises:
        OSError: The disk refuses; what was there before stays.
    """
    beside = path.with_name(f"{path.name}.new")
    fd = disk.open(beside)
    try:
        disk.put(fd, content)
        disk.sync(fd)
    finally:
        disk.close(fd)
    disk.rename(beside, path)
