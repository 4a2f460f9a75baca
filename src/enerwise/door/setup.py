"""What the door is given at its start, once, through a pipe from its parent; afterwards it reads no file.

A setup travels pickled: parent and door are the same program of the same user, and nobody else holds the pipe.
"""

import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from enerwise.core.time import Instant
from enerwise.site.site import Site
from enerwise.site.wiring import Device

if TYPE_CHECKING:
    from enerwise.devices.profile import Profile
    from enerwise.devices.wrappers.relay import Relay
    from enerwise.site.numbered import Numbered

LENGTH: Final = struct.Struct("<Q")
BEAT_BYTES: Final = 256
"""Size of a mailbox that only tells when it was written."""


@dataclass(frozen=True, slots=True)
class Wires:
    """Open files the door was handed down."""

    ask_fd: int
    """Mailbox of the site process."""
    beat_fd: int
    """Mailbox with the heartbeat of the site process."""
    told_fd: int
    """Mailbox the door writes."""
    pulse_fd: int
    """Mailbox with the door's own heartbeat."""
    watch_fd: int | None = None
    """Mailbox with the heartbeat of the watchdog."""
    life_fd: int | None = None
    """Readable or closed when the parent is gone."""
    audit_fd: int | None = None
    """Takes lines of what was decided; never waited for."""
    stop_fds: tuple[int, ...] = ()
    """Stop inputs: anything that can be read there, and its end, is a stop."""


@dataclass(frozen=True, slots=True)
class GatewayPlace:
    """Where a gateway process listens, and what it is for."""

    path: Path
    """Of its socket."""
    beat_limit_s: float
    """After so long without a heartbeat it brings everything to rest. [s]"""
    moves: frozenset[str] = frozenset()
    """Assets it may move."""
    is_told: bool = False
    """Whether it tells others of the site."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything the door knows."""

    site: Site
    devices: tuple[Device, ...]
    profiles: "Mapping[str, Profile]"
    """By device id."""
    rules: "Numbered | None"
    """What is watched; None watches nothing but the envelope."""
    wires: Wires
    ask_key: bytes = field(repr=False)
    """Checks permits of the site process."""
    door_key: bytes = field(repr=False)
    """Seals what the door's own guard lets through."""
    reflex_key: bytes = field(repr=False)
    """Seals what is armed beforehand."""
    anchor: tuple[Instant, int] = field(repr=False)
    """Where control time begins; see `enerwise.core.time.AnchoredClock`."""
    gateways: Mapping[str, GatewayPlace] = field(default_factory=dict)
    """By device id: what the door reaches through a process of its own."""
    relays: "Mapping[str, Relay]" = field(default_factory=dict)
    """By load: the relays whose contact is read."""
    trips_blob: bytes | None = None
    starts_stopped: str = ""
    """Why the door comes up stopped; empty after an orderly end."""
    control_path: str = ""
    """Unix socket for commands of people on this machine."""
    stop_port: int = 0
    """Loopback port that takes stops, nothing else; 0 for none."""
    stop_file: str = ""
    """A file whose appearance is a stop."""
    beat_limit_s: float = 0.5
    latches_site_loss: bool = True
    """Whether the loss of the site process is a stop that a person resets; otherwise everything rests until a start."""
    stale_after_s: float = 3.0
    is_passive: bool = False
    """Whether the owner wants nothing moved at all: then nothing is ever written to a device."""
    is_realtime: bool = True
    """Whether to ask for real-time priority and locked memory."""


def send(setup: Setup, stream: IO[bytes]) -> None:
    """Hand a setup to the door."""
    content = pickle.dumps(setup)
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def receive(stream: IO[bytes]) -> Setup:
    """Take the setup from the parent.

    Raises:
        ValueError: The pipe ended before the setup did.
    """
    head = stream.read(LENGTH.size)
    content = stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
    if not content:
        raise ValueError("the parent handed down no setup")
    setup = pickle.loads(content)
    assert isinstance(setup, Setup)
    return setup
