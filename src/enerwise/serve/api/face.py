"""The face of one server: the sites it shows, and what may be read or asked of each.

A desk is one site as the face sees it. It holds nothing that could move a machine: what it wants, it asks of the site
process or of the door, over their sockets, and is told what came of it.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from enerwise.core.errors import EnerwiseError
from enerwise.core.time import Clock
from enerwise.devices.door_words import Told
from enerwise.site.site import Site
from enerwise.store.store import Store

if TYPE_CHECKING:
    from enerwise.serve.accounts.accounts import Accounts
    from enerwise.serve.market_desk import MarketDesk

PATIENCE_S: Final = 3.0
LINE_BYTES: Final = 1 << 22


class NoAnswer(EnerwiseError):
    """Nobody answers at a socket of the site, or not in time."""


class Line(Protocol):
    """Whoever can be asked: site process or door."""

    async def ask(self, command: Mapping[str, Any], *, patience_s: float = PATIENCE_S) -> dict[str, Any]:
        """Send a command and return the answer.

        Raises:
            NoAnswer: Nobody is there, or nobody answers in time.
        """
        ...


@dataclass(frozen=True, slots=True)
class SocketLine:
    """A line of JSON to a socket on this machine, and one back; every question is a connection of its own."""

    path: Path

    async def ask(self, command: Mapping[str, Any], *, patience_s: float = PATIENCE_S) -> dict[str, Any]:
        """Send a command and return the answer.

        Raises:
            NoAnswer: Nobody is there, or nobody answers in time.
        """
        try:
            async with asyncio.timeout(patience_s):
                return await self._asked(command)
        except (OSError, TimeoutError, ValueError) as error:
            raise NoAnswer(f"{self.path.name}: {str(error) or 'no answer in time'}") from None

    async def _asked(self, command: Mapping[str, Any]) -> dict[str, Any]:
        reader, writer = await asyncio.open_unix_connection(str(self.path), limit=LINE_BYTES)
        try:
            writer.write(json.dumps(command).encode() + b"\n")
            await writer.drain()
            answer = json.loads(await reader.readline())
        finally:
            writer.close()
        if not isinstance(answer, dict):
            raise ValueError("what answers speaks another language")
        return answer


class Door(Protocol):
    """The newest words of a door, without asking it."""

    def look(self) -> Told | None:
        """Return what the door says; None where there is no door, or it is silent."""
        ...


class NoDoor:
    """A site whose machines are twins in the site process."""

    def look(self) -> Told | None:
        """Return None: there is no door."""
        return None


@dataclass(frozen=True, slots=True)
class Desk:
    """One site as the face sees it."""

    site: Site
    store: Store
    """Opened for reading only."""
    folder: Path
    """Where the running site keeps its sockets, audit and traces."""
    door: Door
    site_line: Line
    door_line: Line
    site_path: Path | None = None
    """The site file, where there is one."""
    is_demo: bool = False

    @property
    def audit_folder(self) -> Path:
        """Where the chain of what was decided, stopped and reset lies."""
        return self.folder / "audit"


@dataclass(frozen=True, slots=True)
class Face:
    """Everything that one server shows."""

    desks: Mapping[str, Desk]
    """By site id."""
    accounts: "Accounts"
    clock: Clock
    folder: Path
    """Where the server keeps its own: accounts, keys."""
    origin: str = "http://localhost:8600"
    """Where browsers find it."""
    is_demo: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    markets: Mapping[str, "MarketDesk"] = field(default_factory=dict)
    """Markets that this server runs, by id."""
