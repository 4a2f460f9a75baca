"""Time stamps as people's files hold them: texts with or without an offset, wall clocks, steps named by their end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, TIME_TYPE, utc_offset_s
from enerwise.core.units import BoolArray, IntArray
from enerwise.store.cells import NO_TIME

CLOCKS: Final = ("wall", "24h")
"""``wall``: changes with daylight saving. ``24h``: 24 rows a day all year, so an hour in autumn stands for two."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """One stamp per row. Shapes (n,)"""

    at_ms: IntArray
    """UTC where ``has_offset``, else the wall clock; `NO_TIME` where the text is no time."""
    has_offset: BoolArray


def parse_stamps(texts: Sequence[str | None]) -> Stamps:
    """Read ISO texts such as ``2024-07-01 14:05``, ``2024-07-01T12:05:00Z`` or ``2024-07-01T14:05+02:00``."""
    found = [_stamp(text) for text in texts]
    at_utc = np.array([each[0] for each in found], dtype=TIME_TYPE)
    return Stamps(at_utc.astype(np.int64), np.array([each[1] for each in found], dtype=np.bool_))


def _stamp(text: str | None) -> tuple[datetime | None, bool]:
    if text is None:
        return None, False
    try:
        at = datetime.fromisoformat(text.strip())
        return (at, False) if at.tzinfo is None else (at.astimezone(UTC).replace(tzinfo=None), True)
    except (ValueError, OverflowError):
        return None, False


@dataclass(frozen=True, slots=True)
class FromWall:
    """Wall-clock stamps on UTC. Shapes (n,)"""

    at_ms: IntArray
    exists: BoolArray
    """False in the hour that spring skips."""
    is_twice: BoolArray
    """True in the hour that autumn repeats."""


def from_wall(wall_ms: IntArray, zone: str) -> FromWall:
    """Turn wall-clock stamps into UTC.

    A stamp of the repeated hour means its first pass when it is met first, the second pass when it is met again.

    Args:
        wall_ms: Milliseconds since 1970-01-01 00:00 on the wall clock, in the order of the file. Shape (n,)
        zone: Time zone of the clock.
    """
    wall_s = wall_ms // 1000
    # Clocks change at most once within a day either way, so the offsets on both sides are the only candidates.
    first_s, second_s = (wall_s - utc_offset_s(wall_s - side_s, zone) for side_s in (DAY_S, -DAY_S))
    first_fits, second_fits = (at_s + utc_offset_s(at_s, zone) == wall_s for at_s in (first_s, second_s))
    is_twice = first_fits & second_fits & (first_s != second_s)
    at_s = np.where(first_fits, first_s, second_s)
    again = np.flatnonzero(is_twice)[_met_again(wall_ms[is_twice])]
    at_s[again] = second_s[again]
    return FromWall(at_s * 1000 + wall_ms % 1000, first_fits | second_fits, is_twice)


def _met_again(values: IntArray) -> BoolArray:
    again = np.ones(values.size, dtype=np.bool_)
    again[np.unique(values, return_index=True)[1]] = False
    return again


def usual_step_ms(at_ms: IntArray) -> int:
    """Return the commonest distance between neighbours, 0 where there are none. Stamps must rise."""
    if at_ms.size < 2:
        return 0
    distance_ms, count = np.unique(np.diff(at_ms), return_counts=True)
    return int(distance_ms[np.argmax(count)])


def off_grid(at_ms: IntArray, step_ms: int) -> BoolArray:
    """Tell which stamps lie off the grid that most of them share. Same shape"""
    rest_ms, count = np.unique(at_ms % step_ms, return_counts=True)
    off: BoolArray = at_ms % step_ms != rest_ms[np.argmax(count)]
    return off


def show_ms(at_ms: int) -> str:
    """Write a stamp in a message."""
    return str(np.datetime64(at_ms, "ms").astype("datetime64[s]")).replace("T", " ")


__all__ = [
    "CLOCKS",
    "NO_TIME",
    "FromWall",
    "Stamps",
    "from_wall",
    "off_grid",
    "parse_stamps",
    "show_ms",
    "usual_step_ms",
]
