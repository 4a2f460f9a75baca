"""What the face is told at its start, once, through a pipe from its parent: which sites, and where it listens."""

from dataclasses import dataclass
from pathlib import Path

from enerwise.run.venue_facts import Facts
from enerwise.site.site import Site


@dataclass(frozen=True, slots=True)
class SiteShown:
    """One site that the face shows."""

    site: Site
    path: Path
    """The site file."""
    store_path: Path
    folder: Path
    """Where the running site keeps its sockets, audit and traces."""
    told_fd: int | None = None
    """The memory in which its door tells of itself; None where there is no door."""
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class MarketShown:
    """One market that the face runs."""

    facts: Facts
    """Its file, as it was read when the server started."""
    folder: Path
    """Where its ledger and its orders lie."""


@dataclass(frozen=True, slots=True)
class FaceErrand:
    """What the face is told at its start."""

    sites: tuple[SiteShown, ...]
    folder: Path
    """Where accounts and keys lie."""
    origin: str
    socket_fd: int
    """Open and listening."""
    stop_fd: int | None
    """The same for the second way to stop."""
    life_fd: int
    """Readable or closed when the parent is gone."""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    client_ca: Path | None = None
    is_self_signed: bool = False
    is_demo: bool = False
    opens_metrics: bool = False
    markets: tuple[MarketShown, ...] = ()
