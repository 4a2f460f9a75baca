"""A queue before an audit, for those who may not wait for a disk.

One thread takes lines from a bounded queue and writes them. When it is full, lines are lost and counted, and the chain
tells the count; lines of the kinds that matter most have as much room again for themselves. Whoever must know that
something is on the disk waits for it, as long as he likes.
"""

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from enerwise.store.audit_chain import DURABLE
from enerwise.store.audit_log import AuditLog

LINE_LIMIT: Final = 1000
IDLE_S: Final = 1.0
"""After so long without news the rest is made durable."""
CLOSE_S: Final = 5.0
Line = tuple[str, str, str, Mapping[str, Any], str]


class AuditQueue:
    """Takes lines at once, and has them written."""

    def __init__(self, log: AuditLog, *, limit: int = LINE_LIMIT, idle_s: float = IDLE_S) -> None:
        """Begin; the log belongs to the queue from now on."""
        self._log, self._limit, self._idle_s = log, limit, idle_s
        self._changed = threading.Condition()
        self._lines: deque[Line] = deque()
        self._lost_count = 0
        """Lost, and not yet told to the log."""
        self.lost_count = 0
        """Lines that found no room, all together."""
        self._taken_count = self._written_count = self._safe_count = 0
        self._wants_sync = False
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    def write(self, at: str, kind: str, subject: str, payload: Mapping[str, Any], *, who: str = "") -> bool:
        """Add a line, and tell whether there was room. It never waits for the disk and raises nothing."""
        with self._changed:
            room = 2 * self._limit if kind in DURABLE else self._limit
            if self._is_closed or len(self._lines) >= room:
                self._lost_count += 1
                self.lost_count += 1
                return False
            self._lines.append((at, kind, subject, dict(payload), who))
            self._taken_count += 1
            self._changed.notify_all()
            return True

    def wait(self, timeout_s: float) -> bool:
        """Wait until everything written so far is durable, or its loss is told; return whether that is so."""
        with self._changed:
            wanted = self._taken_count
            self._wants_sync = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._safe_count >= wanted, timeout_s)

    def close(self, *, timeout_s: float = CLOSE_S) -> bool:
        """Write what is left and end; tell whether all of it is durable.

        A disk that hangs longer than ``timeout_s`` is left to the thread, which ends with the process.
        """
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        with self._changed:
            return self._safe_count >= self._taken_count

    def _run(self) -> None:
        while self._turn():
            pass
        self._log.close()
        self._tell_safe()

    def _turn(self) -> bool:
        """Write one line, or make durable what is written; tell whether there will be more to do."""
        with self._changed:
            self._changed.wait_for(lambda: self._lines or self._is_closed or self._wants_sync, self._idle_s)
            line = self._lines.popleft() if self._lines else None
            lost_count, self._lost_count = self._lost_count, 0
            self._wants_sync = self._wants_sync and line is not None
            goes_on = line is not None or not self._is_closed
        self._log.lose(lost_count)
        if line is not None:
            self._write(line)
        elif goes_on:
            self._log.sync()
        self._tell_safe()
        return goes_on

    def _write(self, line: Line) -> None:
        at, kind, subject, payload, who = line
        try:
            self._log.write(at, kind, subject, payload, who=who)
        except Exception:  # a fault of ours costs a line, which is told, and never the audit
            self._log.lose(1)
        self._written_count += 1

    def _tell_safe(self) -> None:
        if self._log.unsafe_count or self._log.lost_count:
            return
        with self._changed:
            self._safe_count = self._written_count
            self._changed.notify_all()
