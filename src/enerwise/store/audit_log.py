"""The one writer of an audit.

A line is sealed to the one before as soon as it is written, and held in memory until the disk has made it durable. What
a disk refuses is cut off the file and written again when it takes lines again, a second later at the soonest, so a
short trouble costs nothing; beyond a thousand lines that wait, further ones are counted, and the chain tells the count.
Nothing here raises into the caller, but a slow disk makes it wait: `enerwise.store.audit_queue` stands before it where
nobody may.
"""

import contextlib
from collections import deque
from collections.abc import Callable, Mapping, Set
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from enerwise.core.time import Clock, LiveClock, elapsed_s
from enerwise.store import audit_files as files
from enerwise.store.audit_chain import DURABLE, LOST, Link, moment, sealed
from enerwise.store.audit_files import Remembered
from enerwise.store.audit_resume import Resumed, resumed
from enerwise.store.disk import DISK, Disk

FILE_BYTES: Final = 4 << 20
FILE_COUNT: Final = 32
FILE_DAYS: Final = 31
BATCH: Final = 20
HELD_LIMIT: Final = 1000
RETRY_S: Final = 1.0
REMEMBER_COUNT: Final = 1000
"""After so many lines at the latest it is remembered how far the chain has come."""


class AuditLog:
    """The one writer of a chain."""

    def __init__(
        self,
        folder: Path,
        *,
        file_bytes: int = FILE_BYTES,
        file_count: int = FILE_COUNT,
        file_days: float = FILE_DAYS,
        durable: Set[str] = DURABLE,
        batch: int = BATCH,
        clock: Clock | None = None,
        disk: Disk = DISK,
        elapsed_s: Callable[[], float] = elapsed_s,
    ) -> None:
        """Open a chain, or begin one.

        Args:
            folder: Where it lies; made if missing.
            file_bytes: A new file is begun beyond this size,
            file_days: and when the first line of a file is so old.
            file_count: How many full files are kept beside the one that is written, at least one.
            durable: Kinds that are made durable at once.
            batch: The others are after so many lines.
            clock: For what the log has to say itself.
            disk: Where it is written.
            elapsed_s: Paces how often a disk that refuses is asked again.

        Raises:
            StoreError: Another process writes it, or the folder cannot be used.
        """
        self._folder, self._disk, self._elapsed_s = folder, disk, elapsed_s
        self._file_bytes, self._file_count, self._file_age = file_bytes, max(1, file_count), timedelta(file_days)
        self._durable, self._batch, self._clock = durable, batch, clock or LiveClock()
        self.lost_count = 0
        """Lines of which the chain does not tell yet that they are lost."""
        self._held, self._put_count, self._retry_s = deque[bytes](), 0, -1.0
        self._fd: int | None = None
        self._lock: int | None = files.lock(folder, disk)
        try:
            self._go_on(resumed(folder, disk))
        except BaseException:
            self._unlock()
            raise

    def _go_on(self, found: Resumed) -> None:
        self._link, self._path, self._known, self._began = found.link, found.path, found.known, found.began
        self._size = self._durable_size = found.size
        self._torn, self._aside, self._is_new = found.torn, found.aside, False
        for kind, payload in found.notes:
            self._note(kind, payload)
        if self._push(syncs=True):
            with contextlib.suppress(OSError):
                self._remember()

    # -- what others call --------------------------------------------------------------------------------------

    def write(self, at: str, kind: str, subject: str, payload: Mapping[str, Any], *, who: str = "") -> bool:
        """Add a line. Raises nothing.

        Returns:
            Whether it is in the file, durable if its kind asks for that. A line that is not may get there yet.
        """
        if self._is_old(at):
            self._push(syncs=True, turns=True)
        if self._lock is None or (len(self._held) >= HELD_LIMIT and not self._push(syncs=True)):
            self.lost_count += 1
            return False
        self._tell_of_lost()
        self._add(at, kind, subject, payload, who)
        return self._push(syncs=kind in self._durable or len(self._held) >= self._batch)

    def lose(self, count: int) -> None:
        """Note lines that never came here: the chain tells of them with the next one."""
        self.lost_count += count

    def sync(self) -> bool:
        """Make everything durable now, and tell whether that went well."""
        if self._lock is None:
            return not self._held
        self._tell_of_lost()
        self._retry_s = -1.0
        return self._push(syncs=True)

    def close(self) -> None:
        """Make durable what can be, and let others write."""
        if self._lock is None:
            return
        if self.sync():
            with contextlib.suppress(OSError):
                self._remember()
        self._leave_file()
        self._unlock()

    @property
    def link(self) -> Link:
        """The newest line."""
        return self._link

    @property
    def unsafe_count(self) -> int:
        """Lines that a power cut would take now."""
        return len(self._held)

    # -- lines -------------------------------------------------------------------------------------------------

    def _add(self, at: str, kind: str, subject: str, payload: Mapping[str, Any], who: str = "") -> None:
        line, self._link = sealed(self._link, at, kind, subject, payload, who)
        self._held.append(line + b"\n")
        self._began = self._began or moment(at)

    def _note(self, kind: str, payload: Mapping[str, Any]) -> None:
        self._add(str(self._clock.now()), kind, "audit", payload)

    def _tell_of_lost(self) -> None:
        if self.lost_count and len(self._held) < HELD_LIMIT:
            self._note(LOST, {"count": self.lost_count})
            self.lost_count = 0

    def _is_old(self, at: str) -> bool:
        now = moment(at)
        return bool(self._path and self._began and now and now - self._began >= self._file_age)

    # -- the file ----------------------------------------------------------------------------------------------

    def _push(self, *, syncs: bool, turns: bool = False) -> bool:
        """Bring what is held to the disk, and tell whether it went there."""
        if not self._held and not self._torn and not turns:
            return True
        if self._elapsed_s() < self._retry_s:
            return False
        try:
            self._put_held()
            is_full = turns or self._size >= self._file_bytes
            if syncs or is_full:
                self._make_durable()
            if is_full:
                self._turn_over()
        except OSError:
            self._leave_file()
            self._retry_s = self._elapsed_s() + RETRY_S
            return False
        return True

    def _put_held(self) -> None:
        if self._torn:
            files.set_aside(self._folder, self._aside, self._torn, self._disk)
            self._torn = b""
        if self._fd is None:
            self._enter_file()
        assert self._fd is not None
        content = b"".join(list(self._held)[self._put_count :])
        self._disk.put(self._fd, content)
        self._size, self._put_count = self._size + len(content), len(self._held)

    def _enter_file(self) -> None:
        """Open the file as far as it is durable; what is held comes behind that."""
        if self._path is None:
            self._path = files.file_for(self._folder, self._link.number - len(self._held) + 1)
            self._durable_size, self._is_new = 0, True
        self._fd = self._disk.open(self._path, size=self._durable_size)
        self._size, self._put_count = self._durable_size, 0

    def _leave_file(self) -> None:
        if self._fd is not None:
            fd, self._fd = self._fd, None
            with contextlib.suppress(OSError):
                self._disk.close(fd)

    def _make_durable(self) -> None:
        assert self._fd is not None
        self._disk.sync(self._fd)
        if self._is_new:
            self._disk.sync_folder(self._folder)
            self._is_new = False
        self._held.clear()
        self._put_count, self._durable_size = 0, self._size
        if self._link.number - self._known.tip.number >= REMEMBER_COUNT:
            with contextlib.suppress(OSError):
                self._remember()

    def _turn_over(self) -> None:
        """Leave a file that is full; a disk that refuses to tidy is asked again with the next one."""
        self._leave_file()
        self._path, self._began = None, None
        known = Remembered(self._known.anchor, self._link)
        with contextlib.suppress(OSError):
            self._known = files.tidied(self._folder, known, self._file_count, self._disk)

    def _remember(self) -> None:
        known = Remembered(self._known.anchor, self._link)
        files.remember(self._folder, known, self._disk)
        self._known = known

    def _unlock(self) -> None:
        if self._lock is not None:
            lock, self._lock = self._lock, None
            self._disk.close(lock)
