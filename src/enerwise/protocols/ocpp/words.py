"""What is said between a charger and the house, whichever version it speaks: facts one way, asks the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

import numpy as np

from enerwise.core.errors import UnitError
from enerwise.core.time import TIME_TYPE, Instant, instant

Json = dict[str, Any]
TAG_LENGTH: Final = 20
"""Of an id tag in OCPP 1.6, CiString20; 2.0.1 takes longer ones."""


class Status(StrEnum):
    """How an outlet of a charger stands."""

    UNKNOWN = "unknown"
    FREE = "free"
    PLUGGED = "plugged in"
    CHARGING = "charging"
    HELD = "held back by the charger"
    SATED = "held back by the car"
    FINISHING = "finishing"
    RESERVED = "reserved"
    UNAVAILABLE = "out of service"
    FAULTED = "faulted"


STATUS_CODES: Final = {each: float(code) for code, each in enumerate(Status)}
"""``state_code`` of an outlet: its place among the words above."""
IDLE: Final = frozenset(set(Status) - {Status.UNKNOWN, Status.CHARGING, Status.FAULTED})
"""Where an outlet stands like this, no power flows through it."""


@dataclass(frozen=True, slots=True)
class Booted:
    """A charger has started."""

    vendor: str
    model: str


@dataclass(frozen=True, slots=True)
class Stated:
    """An outlet tells how it stands; outlet 0 is the charger itself."""

    outlet: int | None
    status: Status
    fault: str = ""
    transaction: str | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A transaction has begun."""

    outlet: int | None
    transaction: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A transaction has ended."""

    outlet: int | None
    transaction: str


@dataclass(frozen=True, slots=True)
class Metered:
    """What an outlet measured, by quantity, in house units and the house sign."""

    outlet: int | None
    at: Instant | None
    """When, by the charger's clock; None where it does not say."""
    values: Mapping[str, float]
    transaction: str | None = None


Fact = Booted | Stated | Begun | Ended | Metered


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer to a call, and what follows from the call."""

    answer: Json = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A call to a charger."""

    action: str
    payload: Json


@dataclass(frozen=True, slots=True)
class Limit:
    """The most an outlet may take, in the unit it understands, until when."""

    rate: float
    """In ``unit``; of amperes for each phase."""
    unit: str
    phases: int
    until: Instant | None = None
    """None for as long as a transaction lasts."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a central system needs to answer."""

    now: Instant
    interval_s: int
    """How often a charger shall tell that it is there. [s]"""
    takes_tag: Callable[[str], bool]
    """Whether somebody with this tag may charge here."""
    next_transaction: Callable[[], int] = lambda: 1
    """Numbers a transaction; OCPP 1.6 lets the central system count."""


class Dialect(Protocol):
    """One version of OCPP."""

    version: str
    subprotocol: str

    def hear(self, action: str, payload: Json, desk: Desk) -> Heard | None:
        """Return the answer to a charger's call; None where there is none to this action."""
        ...

    def limit(self, outlet: int, limit: Limit, *, level: int, transaction: str | None, now: Instant) -> Ask:
        """Return the call that sets a limit: for a transaction, or for all of an outlet where None is named."""
        ...

    def clear(self, outlet: int, *, level: int, purpose: str) -> Ask:
        """Return the call that takes back a limit."""
        ...

    def start(self, outlet: int, tag: str, limit: Limit, *, number: int, now: Instant) -> Ask:
        """Return the call that starts a transaction under a limit."""
        ...

    def stop(self, transaction: str) -> Ask:
        """Return the call that ends a transaction."""
        ...

    def settings(self, interval_s: int) -> tuple[Ask, ...]:
        """Return the calls that make a charger tell what the house wants to know, as often as it wants to know it."""
        ...

    def questions(self, outlet: int) -> tuple[Ask, ...]:
        """Return the calls that make a charger tell how an outlet stands."""
        ...


def is_accepted(answer: Json) -> bool:
    """Tell whether a charger does what it was asked."""
    return answer.get("status") == "Accepted"


def stamp(at: Instant) -> str:
    """Return an instant as chargers write it.

    >>> stamp(np.datetime64("2024-07-01T12:00:00.000"))
    '2024-07-01T12:00:00.000Z'
    """
    return f"{np.datetime_as_string(at.astype(TIME_TYPE))}Z"


def stamped(text: object) -> Instant | None:
    """Read an instant as chargers write it; None where it is none.

    >>> stamped("2024-07-01T14:00:00+02:00"), stamped("yesterday")
    (np.datetime64('2024-07-01T12:00:00.000'), None)
    """
    try:
        return instant(text) if isinstance(text, str) else None
    except UnitError:
        return None
