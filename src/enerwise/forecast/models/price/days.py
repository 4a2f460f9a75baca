"""Prices as a table of days, and what their members look at: days before, and what is told ahead for the day itself.

Every member says of each day what it would have said at its issue: a forecast is a function of the days before and of
nothing else, so what was once said can be kept, and a later look gives the same.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

import numpy as np

from enerwise.core.units import BoolArray, FloatArray, IntArray

T = TypeVar("T")
PRICE_LAGS: Final = (1, 2, 3, 7)
KNOWN_LAGS: Final = (0, 1, 7)
LONGEST_LAG: Final = 7
LOOKED_AT: Final = 24
"""Parts of a day that are looked at; finer products are forecast each by itself, but seen as means of hours."""
ANCHOR_DAYS: Final = 28
"""What is slow to learn (penalties, scales, trees) is learned anew on every 28th day, the same for whoever asks."""
GAP_STEPS: Final = 3
"""Longer gaps within a day are filled from the day before."""
TOLD_SHARE: Final = 0.5
"""A column told for more of a day than this is completed so too, in lessons as in forecasts."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days before an issue and the one to come, each beginning at the issue's time of day."""

    ordinal: IntArray
    """Days since 1970-01-01, without gaps; the last is the day to come. Shape (day + 1,)"""
    target: FloatArray
    """Any unit, gaps filled. Shape (day, slot)"""
    known: FloatArray
    """Columns told ahead, as they were told, gaps filled. Shape (day + 1, column, slot)"""
    is_whole: BoolArray
    """False where a whole day was filled from others: nothing is learned from it. Shape (day,)"""

    @property
    def count(self) -> int:
        """Days before the issue, which is also the place of the day to come."""
        return len(self.target)

    def before(self, place: int) -> "Days":
        """Return what was known at the issue of an earlier day."""
        return Days(self.ordinal[: place + 1], self.target[:place], self.known[: place + 1], self.is_whole[:place])

    def digest(self) -> bytes:
        """Return a name of all that is known here: the same days give the same, any other days another."""
        content = hashlib.blake2b(digest_size=16)
        for each in (self.ordinal, self.target, self.known, self.is_whole):
            content.update(np.ascontiguousarray(each).tobytes())
        return content.digest()


class Kept(Generic[T]):
    """The latest few things that were dear to make, by what they were made from."""

    def __init__(self, most: int = 2) -> None:
        self._most = most
        self._by_key: dict[object, T] = {}

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def get(self, key: object, make: Callable[[], T]) -> T:
        """Return what was made from this before, or make it."""
        value = self._by_key.pop(key) if key in self._by_key else make()
        self._by_key[key] = value
        if len(self._by_key) > self._most:
            del self._by_key[next(iter(self._by_key))]
        return value


class Member(Protocol):
    """One who forecasts day after day."""

    name: str

    def said(self, days: Days, first: int) -> FloatArray:
        """Return what was said of each day from ``first`` to the one to come, each from the days before it alone.

        Returns:
            In the unit of the price, NaN where there was too little to learn from. Shape (day, slot)
        """
        ...


def days_of(target: FloatArray, known: FloatArray, first_day: int) -> Days:
    """Return the table of days, with gaps filled from nothing that lies in a later day.

    Args:
        target: Prices before the issue, NaN where missing. Shape (day, slot)
        known: Columns told ahead, up to the day to come. Shape (day + 1, column, slot)
        first_day: The first day, counted from 1970-01-01.
    """
    table = np.concatenate([np.concatenate([target, np.full((1, target.shape[1]), np.nan)])[:, None], known], axis=1)
    share = np.isfinite(table).mean(axis=2)
    is_whole = (share[:, 0] >= 1.0 - GAP_STEPS / target.shape[1]) & (share[:, 1:] > TOLD_SHARE).all(axis=1)
    filled = _filled(table)
    return Days(first_day + np.arange(len(known)), filled[:-1, 0], filled[:, 1:], is_whole[:-1])


def prefix_digests(days: Days, first: int) -> list[bytes]:
    """Return for each day from ``first`` on a name of all that was known at its issue."""
    content, names = hashlib.blake2b(days.ordinal[:1].tobytes(), digest_size=16), []
    for place in range(days.count + 1):
        content.update(np.ascontiguousarray(days.known[place]).tobytes())
        if place >= first:
            names.append(content.digest())
        if place < days.count:
            content.update(np.ascontiguousarray(days.target[place]).tobytes() + days.is_whole[place].tobytes())
    return names


def spans(days: Days, first: int) -> Iterator[tuple[int, int, int]]:
    """Yield (anchor, from, to): days asked for that share what was learned at the issue of the anchor, itself a place.

    >>> days = Days(np.arange(56, 56 + 41), np.zeros((40, 24)), np.zeros((41, 0, 24)), np.ones(40, bool))
    >>> list(spans(days, 20))
    [(0, 20, 28), (28, 28, 41)]
    """
    place = first
    while place <= days.count:
        back = int(days.ordinal[place]) % ANCHOR_DAYS
        end = min(days.count + 1, place - back + ANCHOR_DAYS)
        yield max(0, place - back), place, end
        place = end


def by_hour(value: FloatArray) -> FloatArray:
    """Return finer slots as means of hours; coarser ones stay as they are. Shape (..., slot) -> (..., 24 or fewer)"""
    slots = value.shape[-1]
    if slots <= LOOKED_AT or slots % LOOKED_AT:
        return value
    return np.asarray(value.reshape(*value.shape[:-1], LOOKED_AT, -1).mean(axis=-1))


def lagged(value: FloatArray, lag: int, count: int) -> FloatArray:
    """Return rows moved so many days on, NaN before the beginning. Shape (count, ...)"""
    moved = np.full((count, *value.shape[1:]), np.nan)
    kept = value[: count - lag]
    moved[lag : lag + len(kept)] = kept
    return moved


def weekdays(ordinal: IntArray) -> FloatArray:
    """Return seven columns, one for each weekday. Shape (day, 7)"""
    return np.asarray(np.eye(7)[(ordinal + 3) % 7])


def _filled(table: FloatArray) -> FloatArray:
    """Fill short gaps within the day, longer ones from the day before. Shape (day, column, slot)"""
    filled = table.copy()
    slot = np.arange(table.shape[2])
    for day, column in np.argwhere(np.isnan(table).any(axis=2)):
        row = filled[day, column]
        missing = np.isnan(row)
        if missing.sum() <= GAP_STEPS:
            row[missing] = np.interp(slot[missing], slot[~missing], row[~missing])
        elif day:
            row[missing] = filled[day - 1, column, missing]
    return filled
