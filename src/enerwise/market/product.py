"""Products: what is traded by name, how long one delivery lasts, and until when orders are taken.

A slot is a matter of UTC: it begins at a whole multiple of its length, so that everybody in every time zone names the
same slots. A local day holds the slots that begin in it: 23, 24 or 25 hours, 92, 96 or 100 quarters. A forward is the
exception: its slot is one whole local day, however long that is, and is delivered evenly over shorter slots.

Orders are taken until the gate closes: a fixed time before the slot begins, or, where a whole day is cleared at once,
before the local day of delivery begins.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from enerwise.core.errors import EnerwiseError
from enerwise.core.time import DAY_S, TIME_TYPE, Instant, local_day_start, to_datetime
from enerwise.core.units import IntArray
from enerwise.market.shares import pro_rata

HOUR_S: Final = 3600
LOOK_MOST: Final = 100_000
"""More slots than that are never opened at once."""


class Kind(StrEnum):
    """When the gate of a slot closes, and how its orders meet."""

    SPOT = "spot"
    """Called once, shortly before the slot."""
    INTRADAY = "intraday"
    """Traded on and on until shortly before the slot."""
    DAY_AHEAD = "day_ahead"
    """All slots of a local day are called at once, the day before."""
    FORWARD = "forward"
    """One local day as a whole, days before."""


BY_THE_DAY: Final = frozenset({Kind.DAY_AHEAD, Kind.FORWARD})


@dataclass(frozen=True, slots=True)
class Product:
    """What is traded."""

    name: str
    length_s: int
    """Of one slot; of a forward 86 400, for one local day whatever its true length. [s]"""
    gate_closes_before_s: int
    """Before the slot begins, or before the local day of delivery where a day is called at once. [s]"""
    kind: Kind

    def __post_init__(self) -> None:
        if not 0 < self.length_s <= DAY_S or DAY_S % self.length_s:
            raise ValueError(f"{self.name}: slots of {self.length_s} s do not fill a day of {DAY_S} s")
        if (self.kind is Kind.FORWARD) != (self.length_s == DAY_S):
            raise ValueError(f"{self.name}: a forward is one day long, and nothing else is; got {self.length_s} s")
        if self.gate_closes_before_s < 0:
            raise ValueError(
                f"{self.name}: the gate closes {self.gate_closes_before_s} s before delivery, not after it"
            )


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One stretch of delivery; it excludes its end."""

    start_utc: Instant
    length_s: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "start_utc", self.start_utc.astype(TIME_TYPE))
        if np.isnat(self.start_utc):
            raise ValueError("start_utc must be an instant, got NaT")
        if self.length_s <= 0:
            raise ValueError(f"length_s must be above 0 s, got {self.length_s!r}")

    @property
    def end_utc(self) -> Instant:
        return _later(self.start_utc, self.length_s)

    @property
    def id(self) -> str:
        """How ledgers and people call the slot.

        >>> Slot(np.datetime64("2026-03-29T00:15"), 900).id
        '2026-03-29T00:15Z/900'
        """
        return f"{to_datetime(self.start_utc):%Y-%m-%dT%H:%M}Z/{self.length_s}"

    def holds(self, at_utc: Instant) -> bool:
        return bool(self.start_utc <= at_utc < self.end_utc)

    def next(self) -> "Slot":
        """Return the slot of the same length that follows."""
        return Slot(self.end_utc, self.length_s)


PRODUCTS: Final[Mapping[str, Product]] = MappingProxyType(
    {
        each.name: each
        for each in (
            Product("quarter_hour", 900, 300, Kind.SPOT),
            Product("half_hour", 1800, 300, Kind.SPOT),
            Product("hour", HOUR_S, 300, Kind.SPOT),
            Product("intraday", 900, 300, Kind.INTRADAY),
            Product("day_ahead", HOUR_S, 12 * HOUR_S, Kind.DAY_AHEAD),
            Product("forward", DAY_S, 48 * HOUR_S, Kind.FORWARD),
        )
    }
)
"""Day-ahead gates close at noon of the day before, as those of the coupled European auctions do."""


def product(name: str) -> Product:
    """Return a product by name.

    Raises:
        EnerwiseError: There is none of that name; the message lists those there are.
    """
    try:
        return PRODUCTS[name]
    except KeyError:
        raise EnerwiseError(f"there is no product {name!r}; there are {', '.join(sorted(PRODUCTS))}") from None


def slot_at(what: Product, at_utc: Instant, zone: str = "UTC") -> Slot:
    """Return the slot that holds an instant; the zone says where a forward's day begins.

    >>> slot_at(PRODUCTS["half_hour"], np.datetime64("2026-10-25T00:59")).id
    '2026-10-25T00:30Z/1800'
    """
    if what.kind is Kind.FORWARD:
        return _day(at_utc, zone)
    return Slot(_floored(at_utc, what.length_s), what.length_s)


def slots_of_day(what: Product, day_utc: Instant, zone: str) -> tuple[Slot, ...]:
    """Return the slots of the local day that holds an instant: as many as that day is long."""
    day = _day(day_utc, zone)
    if what.kind is Kind.FORWARD:
        return (day,)
    first = _floored(_later(day.start_utc, what.length_s - 1, milliseconds=999), what.length_s)
    return tuple(_until(Slot(first, what.length_s), day.end_utc))


def gate_utc(what: Product, slot: Slot, zone: str = "UTC") -> Instant:
    """Return when the gate of a slot closes: an order at that instant comes too late."""
    start_utc = local_day_start(slot.start_utc, zone) if what.kind in BY_THE_DAY else slot.start_utc
    return _later(start_utc, -what.gate_closes_before_s)


def is_open(what: Product, slot: Slot, now_utc: Instant, zone: str = "UTC") -> bool:
    """Tell whether orders are still taken."""
    return bool(now_utc < gate_utc(what, slot, zone))


def open_slots(what: Product, now_utc: Instant, horizon_s: int, zone: str = "UTC") -> tuple[Slot, ...]:
    """Return the slots that begin within a horizon from now and take orders, the nearest first. [s]"""
    end_utc, slot, found = _later(now_utc, horizon_s), slot_at(what, now_utc, zone), list[Slot]()
    for _ in range(LOOK_MOST):
        if slot.start_utc >= end_utc:
            return tuple(found)
        if is_open(what, slot, now_utc, zone):
            found.append(slot)
        slot = slot_at(what, slot.end_utc, zone)
    raise ValueError(f"a horizon of {horizon_s} s holds more than {LOOK_MOST} slots of {what.length_s} s")


def divided(slot: Slot, length_s: int, energy_wh: int) -> tuple[tuple[Slot, ...], IntArray]:
    """Deliver the energy of a long slot evenly over the shorter ones in it, to the last watt-hour.

    What does not divide goes to the first ones, one watt-hour each.

    Raises:
        ValueError: Slots of that length do not fill the long one.

    >>> divided(Slot(np.datetime64("2026-03-29T00:00"), 3600), 900, 1002)[1].tolist()
    [251, 251, 250, 250]
    """
    if slot.length_s % length_s:
        raise ValueError(f"slots of {length_s} s do not fill one of {slot.length_s} s")
    parts = tuple(_until(Slot(slot.start_utc, length_s), slot.end_utc))
    return parts, pro_rata(np.ones(len(parts), np.int64), energy_wh)


def _day(at_utc: Instant, zone: str) -> Slot:
    start_utc, end_utc = (local_day_start(at_utc, zone, days=days) for days in (0, 1))
    return Slot(start_utc, int((end_utc - start_utc) / np.timedelta64(1, "s")))


def _until(slot: Slot, end_utc: Instant) -> Iterator[Slot]:
    while slot.start_utc < end_utc:
        yield slot
        slot = slot.next()


def _floored(at_utc: Instant, length_s: int) -> Instant:
    at_ms = int(at_utc.astype(TIME_TYPE).astype(np.int64))
    return np.datetime64(at_ms - at_ms % (length_s * 1000), "ms")


def _later(at_utc: Instant, duration_s: int, *, milliseconds: int = 0) -> Instant:
    return at_utc.astype(TIME_TYPE) + np.timedelta64(duration_s * 1000 + milliseconds, "ms")
