"""Who did what, and who read whose personal data: the audit of accounts, a chain of hashes of its own.

Lines name people by their opaque ids only. When somebody is erased, the ids tell nobody anything any more, and the
chain stays whole.
"""

import hmac
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

from enerwise.core.time import Clock
from enerwise.store.audit import AuditLog, AuditQueue, Verified, chain_files, verify
from enerwise.store.audit_chain import Row, parsed
from enerwise.store.audit_files import lines_of, present_content_of

FILE_COUNT: Final = 120
DURABLE: Final = frozenset(("change", "sign-in", "refused", "read"))
REFUSED_PER_MINUTE: Final = 60
WAIT_S: Final = 2.0
NOBODY: Final = ""


class Trail:
    """Writes the chain beside the event loop, and reads it."""

    def __init__(self, folder: Path, clock: Clock, mark_key: bytes) -> None:
        """Open the chain in a folder.

        Raises:
            StoreError: Another process writes it, or the folder cannot be used.
        """
        self._folder, self._clock, self._mark_key = folder, clock, mark_key
        self._queue = AuditQueue(AuditLog(folder, file_count=FILE_COUNT, clock=clock, durable=DURABLE))
        self._minute, self._count, self._unsaid_count = "", 0, 0

    def note(self, kind: str, subject: str, *, who: str = NOBODY, **payload: Any) -> None:
        """Add a line: ``kind`` is ``change``, ``read``, ``sign-in``, ``sign-out`` or ``refused``."""
        self._queue.write(f"{self._clock.now()}Z", kind, subject, payload, who=who)

    def refused(self, subject: str, what: str, *, who: str = NOBODY, address: str = "") -> None:
        """Note something that was refused, so many a minute: nobody pushes old lines out of the chain by knocking."""
        minute = str(self._clock.now().astype("datetime64[m]"))
        self._minute, self._count = minute, self._count + 1 if minute == self._minute else 1
        if self._count > REFUSED_PER_MINUTE:
            self._unsaid_count += 1
            return
        unsaid = {"unsaid_count": self._unsaid_count} if self._unsaid_count else {}
        self._unsaid_count = 0
        self.note("refused", subject, who=who, what=what, at=self.mark(address) if address else "", **unsaid)

    def mark(self, address: str) -> str:
        """Return what stands for a network address: the same for the same, and no way back."""
        return f"address-{hmac.new(self._mark_key, address.encode(), sha256).hexdigest()[:12]}"

    def page(self, *, limit: int, before: int | None = None, about: str = "") -> list[dict[str, Any]]:
        """Return the newest lines first, at most ``limit``, with numbers below ``before``. Waits for the disk."""
        self._queue.wait(WAIT_S)
        rows = (row for row in self._newest_first() if before is None or row.seq < before)
        wanted = (row for row in rows if not about or about in (row.subject, row.who))
        return [row.facts() for row in islice(wanted, limit)]

    def _newest_first(self) -> Iterator[Row]:
        """Yield lines from the end: whoever asks for few waits for one file."""
        for path in reversed(chain_files(self._folder)):
            try:
                content = present_content_of(path)[0]
            except FileNotFoundError:
                # Given up with age since it was looked for.
                continue
            yield from (row for line, _ in reversed(list(lines_of(content))) if (row := parsed(line)) is not None)

    def verified(self) -> Verified:
        """Walk along the chain and tell whether it is whole. Waits for the disk."""
        self._queue.wait(WAIT_S)
        return verify(self._folder)

    def close(self) -> None:
        """Make everything durable."""
        self._queue.close()
