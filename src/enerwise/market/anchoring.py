"""What is due to be anchored: the root of every closed slot, or one root a day over the roots of its slots.

A day is one of UTC, and is due when it is over and all its slots are closed; its leaves are its slots in order, each as
its label and its root, so that a proof within a slot and one within the day together lead to what was anchored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import groupby

from enerwise.market.merkle import root_of
from enerwise.market.tokens import label


class Every(Enum):
    """How often a root is anchored."""

    SLOT = "slot"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class SlotRoot:
    """One slot of the ledger, and its root once it is closed."""

    name: str
    start_utc: datetime
    root: bytes | None
    """32 bytes; None while the slot is open."""


@dataclass(frozen=True, slots=True)
class Period:
    """What is anchored under one name."""

    name: str
    root: bytes


def due(slots: Sequence[SlotRoot], every: Every, *, now_utc: datetime) -> tuple[Period, ...]:
    """Return what is due, in the order of time; what was anchored before is among it and is not written twice.

    Args:
        slots: Open and closed ones, all those of a day or none; a name is told once.
        every: Slot or day.
        now_utc: A day that ends later is not due.
    """
    ordered = sorted(slots, key=lambda slot: (slot.start_utc, slot.name))
    if every is Every.SLOT:
        return tuple(Period(slot.name, slot.root) for slot in ordered if slot.root is not None)
    days = {day: list(found) for day, found in groupby(ordered, key=lambda slot: slot.start_utc.date())}
    return tuple(
        Period(day.isoformat(), root_of(leaves))
        for day, found in days.items()
        if now_utc.date() > day and (leaves := day_leaves(found)) is not None
    )


def day_leaves(slots: Sequence[SlotRoot]) -> list[bytes] | None:
    """Return the leaves of a day, 64 bytes each; None while one of its slots is open."""
    leaves = [label(slot.name) + slot.root for slot in slots if slot.root is not None]
    return leaves if len(leaves) == len(slots) else None
