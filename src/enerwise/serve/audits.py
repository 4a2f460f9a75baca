"""The audit of a running box: the door's lines and the box's own, in one chain."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from enerwise.store.audit import AuditLog, AuditQueue


class Audit:
    """Takes lines as the door writes them."""

    def __init__(self, folder: Path) -> None:
        """Open the chain in a folder.

        Raises:
            StoreError: Another process writes it, or the folder cannot be used.
        """
        # The parent keeps the processes alive: it waits for no disk.
        self._log = AuditQueue(AuditLog(folder))

    def take(self, line: Mapping[str, Any]) -> None:
        """Add a line; it raises nothing."""
        payload = dict(line.get("payload") or {})
        if lost := line.get("lost"):
            payload["door_lost_count"] = lost
        who = str(payload.pop("who", ""))
        self._log.write(
            str(line.get("at", "")), str(line.get("kind", "")), str(line.get("subject", "")), payload, who=who
        )

    def close(self) -> None:
        """Make everything durable."""
        self._log.close()
