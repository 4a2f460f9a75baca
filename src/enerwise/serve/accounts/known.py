"""Callers that were just looked up, by the hash of what they showed: a second look costs no database.

An entry holds for a short while, so that a server beside this one learns within a minute what was withdrawn; this
server forgets everything the moment anything changes.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from enerwise.serve.api.access import Caller

HOLDS_S: Final = 60
LIMIT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A caller, and until when it may be believed."""

    caller: Caller
    until_s: int


class Known:
    """A bounded memory of callers."""

    def __init__(self) -> None:
        self._found: dict[bytes, Entry] = {}
        self.generation = 0
        """Counts how often everything was forgotten."""

    def find(self, shown: str, now_s: int) -> Caller | None:
        """Return whoever showed this not long ago."""
        entry = self._found.get(sha256(shown.encode()).digest())
        return entry.caller if entry and now_s < entry.until_s else None

    def keep(self, shown: str, caller: Caller, until_s: int, generation: int) -> None:
        """Remember a caller that was looked up since ``generation``; what changed meanwhile makes it worthless."""
        if generation != self.generation:
            return
        if len(self._found) >= LIMIT:
            self._found.clear()
        self._found[sha256(shown.encode()).digest()] = Entry(caller, until_s)

    def forget(self) -> None:
        """Forget everybody: rights, sessions or keys have changed."""
        self.generation += 1
        self._found.clear()
