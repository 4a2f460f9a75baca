"""What a profile is made of: where numbers stand in a device, and how they read in the words of the house.

Everywhere ``house = count * factor * 10^scale * rating + offset``: ``count`` is what the register holds, ``factor``
turns it into house units and the house sign (positive is taken), ``scale`` is a register with a power of ten, and
``rating`` one with what 1 stands for where the device speaks in shares. Writing goes the same way back.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from enerwise.protocols.pdu import Table
from enerwise.protocols.registers import WIDTHS, RegisterType

Image = Mapping[tuple[Table, int], int]
"""Words by table and address."""


@dataclass(frozen=True, slots=True)
class Register:
    """One number in a device."""

    address: int
    """From the head of the SunSpec model, where there is one; 0 is where the id of the model stands."""
    kind: RegisterType
    table: Table = Table.HOLDING
    models: tuple[int, ...] = ()
    """SunSpec models of which the first one present is meant; none: the address stands for itself."""
    swaps_words: bool = False
    factor: float = 1.0
    offset: float = 0.0
    scale: int | None = None
    """Address of a signed power of ten."""
    rating: "Register | None" = None
    missing: tuple[int, ...] | None = None
    """Bit patterns for "no value"; None takes those of SunSpec."""

    @property
    def width(self) -> int:
        return WIDTHS[self.kind]

    def at(self, bases: Mapping[int, int]) -> "Register | None":
        """Return where it stands in a device with these models; None where it has none of them."""
        if not self.models:
            return self
        base = next((bases[model] for model in self.models if model in bases), None)
        rating = self.rating.at(bases) if self.rating else None
        if base is None or (self.rating and rating is None):
            return None
        scale = None if self.scale is None else self.scale + base
        return replace(self, address=self.address + base, models=(), scale=scale, rating=rating)


class Case(StrEnum):
    """Which way a setpoint goes."""

    TAKING = "taking"
    RESTING = "resting"
    GIVING = "giving"


class Part(StrEnum):
    """What of a setpoint a register takes."""

    VALUE = "value"
    TAKEN = "taken"
    """What is above zero, as a size."""
    GIVEN = "given"
    """What is below zero, as a size."""


ALL_CASES: Final = tuple(Case)


def case_of(value: float) -> Case:
    """Return which way a value goes."""
    return Case.TAKING if value > 0 else Case.GIVING if value < 0 else Case.RESTING


def part_of(value: float, part: Part) -> float:
    """Return what of a value a register takes."""
    if part is Part.VALUE:
        return value
    return max(value if part is Part.TAKEN else -value, 0.0)


@dataclass(frozen=True, slots=True)
class Point:
    """Something a device measures. Several of one role and quantity add up: three lines, charge less discharge."""

    role: str
    quantity: str
    register: Register
    is_optional: bool = False
    """Whether it counts as nothing where it is missing, as long as another term is there: lines that are not used."""


@dataclass(frozen=True, slots=True)
class Step:
    """One register of a setpoint."""

    register: Register
    fixed: int | None = None
    """Count to write whatever the value is: a mode, an enable flag."""
    part: Part = Part.VALUE
    when: tuple[Case, ...] = ALL_CASES
    joins: bool = False
    """Whether it goes into one message with the step before, whose address it follows."""
    function: int = 16
    is_ceiling: bool = False
    """Whether anything above the rating means the rating."""
    reads_back: bool = True
    """Whether what was written can be read there."""


@dataclass(frozen=True, slots=True)
class Setpoint:
    """What a device can be told: one or more registers in this order."""

    role: str
    quantity: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class CommsLoss:
    """The device's own watchdog: after so long without a word it does what it does by itself."""

    action: str
    """What it does then, in words."""
    steps: tuple[Step, ...] = ()
    """Take the time-out in seconds, and whatever switches it on."""
    fixed_s: float = math.nan
    """The time-out of a device that lets nobody change it."""


@dataclass(frozen=True, slots=True)
class Read:
    """A block to be read in one message."""

    table: Table
    address: int
    count: int


@dataclass(frozen=True, slots=True)
class Write:
    """Words to be written in one message."""

    address: int
    words: tuple[int, ...]
    function: int = 16
    reads_back: bool = True

    @property
    def table(self) -> Table:
        return Table.COIL if self.function in (5, 15) else Table.HOLDING

    @property
    def read_back(self) -> Read:
        """Where to look for what was written."""
        return Read(self.table, self.address, len(self.words))
