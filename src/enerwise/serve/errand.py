"""What site process, brain, face and trainer are told at their start, once, through a pipe from the box."""

import pickle
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, TypeVar

from enerwise.core.time import Instant
from enerwise.site.site import Site

LENGTH: Final = struct.Struct("<Q")
AnyErrand = TypeVar("AnyErrand")


@dataclass(frozen=True, slots=True)
class Errand:
    """What a process is told at its start."""

    site: Site
    store_path: Path
    brain_path: Path
    control_path: Path
    ask_key: bytes
    anchor: tuple[Instant, int]
    turn_s: int
    life_fd: int
    """Readable or closed when the parent is gone."""
    ask_fd: int
    told_fd: int
    beat_fd: int
    first_nonce: int = 0
    """Nonces begin here: an earlier life of the site process has used those before."""

    @property
    def desk_path(self) -> Path:
        """Where the site process takes what people ask."""
        return self.control_path.with_name("site.sock")


@dataclass(frozen=True, slots=True)
class TrainingErrand:
    """What a process that trains forecasts is told."""

    site: Site
    store_path: Path
    folder: Path
    """Of the registry."""
    now: Instant
    """Nothing later is seen."""
    step_s: int
    """Of plans."""


@dataclass(frozen=True, slots=True)
class IdentifyErrand(TrainingErrand):
    """What a process that identifies devices is told."""


def hand_down(errand: object, stream: IO[bytes]) -> None:
    """Tell a child its errand."""
    content = pickle.dumps(errand)
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def take(stream: IO[bytes]) -> Errand:
    """Take the errand of a site process or brain from the parent.

    Raises:
        ValueError: The pipe ended before the errand did.
    """
    return take_as(Errand, stream)


def take_as(kind: type[AnyErrand], stream: IO[bytes]) -> AnyErrand:
    """Take an errand of some kind from the parent.

    Raises:
        ValueError: The pipe ended before the errand did, or it is another one.
    """
    head = stream.read(LENGTH.size)
    content = stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
    errand = pickle.loads(content) if content else None
    if not isinstance(errand, kind):
        raise ValueError("the parent handed down no errand")
    return errand
