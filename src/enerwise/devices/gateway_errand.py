"""What a gateway is told at its start, once, through a pipe from its parent."""

import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Final

from enerwise.core.time import Instant
from enerwise.site.wiring import Device

LENGTH: Final = struct.Struct("<Q")
BEAT_LIMIT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class GatewayErrand:
    """What a gateway is told at its start."""

    device: Device
    keys: tuple[bytes, ...] = field(repr=False)
    """Each opens permits of one guard of whoever hands them out; without any the gateway only reads."""
    anchor: tuple[Instant, int] = field(repr=False)
    """Where control time begins; see `enerwise.core.time.AnchoredClock`."""
    socket_path: str
    safe_power_w: Mapping[str, float] = field(default_factory=dict)
    """By asset; 0 W where it is not named. [W]"""
    beat_limit_s: float = BEAT_LIMIT_S
    """So long a heartbeat may be away. [s]"""
    life_fd: int | None = None
    """Readable or closed when the parent is gone."""


def hand_down(errand: GatewayErrand, stream: IO[bytes]) -> None:
    """Tell a gateway its errand."""
    content = pickle.dumps(errand)
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def take(stream: IO[bytes]) -> GatewayErrand:
    """Take the errand from the parent.

    Raises:
        ValueError: The pipe ended before the errand did.
    """
    head = stream.read(LENGTH.size)
    length = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else 0
    content = stream.read(length)
    errand = pickle.loads(content) if length and len(content) == length else None
    if not isinstance(errand, GatewayErrand):
        raise ValueError("the parent handed down no errand")
    return errand
