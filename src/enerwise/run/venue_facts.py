"""What a market file says, as facts: what is traded under which rule, who takes part, and within which limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from enerwise.core.time import Instant
from enerwise.core.units import IntArray
from enerwise.market.imbalance import Supplier
from enerwise.market.mechanism import Mechanism
from enerwise.market.product import Product, Slot, gate_utc, open_slots, slot_at

DAY_NS: Final = 86_400_000_000_000
MOST_W: Final = 100e6
"""What a connection carries where nothing is said: whatever is above is a slip."""
SETTLE_WITHIN_NS: Final = 30 * DAY_NS
"""What was reserved and never settled is given back so long after delivery."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one participant may do in one slot."""

    price_min_ueur_per_kwh: int
    price_max_ueur_per_kwh: int
    volume_wh: int
    """Bought and sold together. [Wh]"""
    position_wh: int
    """In one direction. [Wh]"""
    budget_ueur: int
    """What all orders may cost at the worst. [micro-EUR]"""


class MeterKind(StrEnum):
    """Who tells what a participant has really done."""

    SITE = "site"
    """The meter at the connection of its site on this server, and nobody else."""
    TOLD = "told"
    """Whoever may send readings."""
    AS_TRADED = "as_traded"
    """Nobody: it is simulated, and does what it has traded."""
    TWIN = "twin"
    """The simulated home itself."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What a connection can carry, by which readings are plausible. [W]"""

    import_limit_w: float
    export_limit_w: float


@dataclass(frozen=True, slots=True)
class Total:
    """The meter that counts all participants together, such as that of a transformer station."""

    site: str
    """A site of this server; its meter at the connection counts."""
    loss_most_ppm: int = 50_000
    """Of what flows, at most lost on the way, per million."""


@dataclass(frozen=True, slots=True)
class Bidding:
    """How the server bids for a participant, and within what."""

    strategy: str
    """One of `enerwise.market.strategy`."""
    reserve_ratio: float = 0.0
    """Nothing is sold out of a battery below this level. 0..1"""
    sell_floor_ueur_per_kwh: int | None = None
    """Nothing is sold for less; None leaves that to the strategy."""
    buy_cap_ueur_per_kwh: int | None = None
    """Nothing is bought for more."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A simulated home that takes part: generated people, sun and battery."""

    peak_w: float
    """Of its PV; zero is none."""
    battery_wh: float
    buy_ueur_per_kwh: int
    """What its supplier asks."""
    sell_ueur_per_kwh: int
    """What its supplier gives."""
    steady_w: float = 0.0
    """What a small plant gives all the time, such as a water mill."""
    flat_count: int = 1
    """Households behind its meter."""


@dataclass(frozen=True, slots=True)
class Party:
    """A participant: an account of the ledger, and who may act for it."""

    id: str
    name: str
    limits: Limits
    deposit_ueur: int = 0
    """What it has brought in. [micro-EUR]"""
    site: str | None = None
    """Whoever may trade for this site of the server acts for it; its meter at the connection is the one that counts."""
    accounts: frozenset[str] = frozenset()
    """Ids of people and keys that act for it besides."""
    owner: str = ""
    """Who stands behind it, where several participants belong to one; the supervisor looks at owners."""
    is_simulated: bool = False
    shown_as: str = ""
    """The name under which it has agreed to be known to those it trades with; empty where it has not."""
    bidding: Bidding | None = None
    """None where others send its orders."""
    twin: Twin | None = None
    meter: MeterKind = MeterKind.TOLD
    connection: Connection = Connection(MOST_W, MOST_W)
    area: int = 0
    """Position of its area in `Facts.areas`."""


@dataclass(frozen=True, slots=True)
class Balancing:
    """What deviations are settled at. [micro-EUR/kWh]"""

    spot_ueur_per_kwh: int
    margin_ueur_per_kwh: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """One market: one product under one rule."""

    id: str
    name: str
    zone: str
    product: Product
    rule: Mechanism
    parties: tuple[Party, ...]
    balancing: Balancing
    horizon_s: int = 86_400
    """How far ahead slots take orders. [s]"""
    settle_after_s: int = 900
    """How long after delivery readings are waited for; who has none by then is posted nothing. [s]"""
    areas: tuple[str, ...] = ()
    """Names of areas, where a rule knows of them."""
    total: Total | None = None
    """By which readings must add up."""
    settings: Mapping[str, int] = field(default_factory=dict)
    """Numbers of the rule that differ from its own."""

    @property
    def is_continuous(self) -> bool:
        """Whether orders meet as they come, and not at the gate."""
        return self.rule.name == "continuous"

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of participants, by their number."""
        return tuple(each.id for each in self.parties)

    @property
    def supplier(self) -> Supplier | None:
        """What the supplier asks and gives, where the rule lets it fill everybody; else None."""
        prices = [getattr(self.rule, f"{name}_ueur_per_kwh", None) for name in ("retail", "feed_in")]
        return None if None in prices else Supplier(*(int(each or 0) for each in prices))

    @property
    def area_of(self) -> IntArray:
        """Where participants are, by their number. Shape (participant,)"""
        return np.array([each.area for each in self.parties], np.int64)

    def number_of(self, party: str) -> int | None:
        """Return the number of a participant."""
        return next((at for at, each in enumerate(self.parties) if each.id == party), None)

    def gate_ns(self, slot: Slot) -> int:
        """Return before when orders for a slot are taken. [ns since 1970]"""
        return to_ns(gate_utc(self.product, slot, self.zone))

    def ends_ns(self, slot: Slot) -> int:
        """Return when the delivery of a slot ends. [ns since 1970]"""
        return to_ns(slot.end_utc)

    def slot_at(self, start_utc: Instant) -> Slot | None:
        """Return the slot that begins at a moment; None where none does."""
        slot = slot_at(self.product, start_utc, self.zone)
        return slot if slot.start_utc == start_utc else None

    def open_slots(self, at_ns: int) -> tuple[Slot, ...]:
        """Return the slots that take orders, the nearest first."""
        return open_slots(self.product, from_ns(at_ns), self.horizon_s, self.zone)


def slot_named(name: str) -> Slot:
    """Return the slot of an id.

    >>> slot_named("2026-05-14T11:00Z/900").id
    '2026-05-14T11:00Z/900'
    """
    start, _, length_s = name.partition("Z/")
    return Slot(np.datetime64(start, "ms"), int(length_s))


def to_ns(at: Instant) -> int:
    """Return a moment as ns since 1970."""
    return int(at.astype("datetime64[ns]").astype(np.int64))


def from_ns(at_ns: int) -> Instant:
    """Return ns since 1970 as a moment, to the millisecond."""
    return np.datetime64(at_ns // 1_000_000, "ms")
