"""Intents: what an agent may say. It wishes (`Proposal`), it offers (`Order`), and both stay under its `Mandate`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from enerwise.core.time import Instant


class Priority(IntEnum):
    """Who wins when wishes meet; the larger number is heard first."""

    FALLBACK = 10
    MODE = 20
    PLAN = 30
    MARKET = 40
    OWNER = 50
    GRID_OPERATOR = 60
    SAFETY = 90


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as data: a code and its numbers. The sentence is made where people read it, in their language."""

    code: str
    facts: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A wish for one asset: a band to insist on, and a value to prefer within it. Positive is taken"""

    agent: str
    priority: int
    asset: str
    lower: float
    upper: float
    preferred: float | None
    valid_until: Instant
    reason: Reason
    cause: str | None = None
    """Id of the event this wish follows from: a plan, a mode change, an order."""
    quantity: str = "power_w"

    def __post_init__(self) -> None:
        if not self.lower <= self.upper:
            raise ValueError(f"{self.agent} proposes an empty band for {self.asset}: {self.lower} > {self.upper}")
        if self.preferred is not None and math.isnan(self.preferred):
            raise ValueError(f"{self.agent} prefers NaN for {self.asset}")


class Side(StrEnum):
    """Which side of a trade."""

    BUY = "buy"
    SELL = "sell"


@dataclass(frozen=True, slots=True)
class Order:
    """An offer to buy or sell energy in a slot: whole watt-hours, whole micro-euro per kWh."""

    agent: str
    slot_start_utc: Instant
    node: str
    side: Side
    quantity_wh: int
    limit_price_ueur_per_kwh: int
    valid_until: Instant

    def __post_init__(self) -> None:
        if self.quantity_wh <= 0:
            raise ValueError(f"{self.agent} orders {self.quantity_wh} Wh; an order is above 0 Wh")


@dataclass(frozen=True, slots=True)
class OrderMandate:
    """Within which limits an agent may order in one slot; what it may cost is the mandate's budget."""

    volume_wh: int
    """Bought and sold together. [Wh]"""
    position_wh: int
    """In one direction. [Wh]"""
    price_min_ueur_per_kwh: int
    price_max_ueur_per_kwh: int

    def __post_init__(self) -> None:
        if self.volume_wh < 0 or self.position_wh < 0:
            raise ValueError(f"orders of {self.volume_wh} Wh, {self.position_wh} Wh one way: limits are zero or more")
        if not self.price_min_ueur_per_kwh <= self.price_max_ueur_per_kwh:
            band = f"{self.price_min_ueur_per_kwh}..{self.price_max_ueur_per_kwh}"
            raise ValueError(f"orders at {band} micro-EUR/kWh: the price band is empty")


@dataclass(frozen=True, slots=True)
class Mandate:
    """What an agent may touch: assets, power band, money. The guard enforces it."""

    agent: str
    assets: frozenset[str]
    lower_w: float = -math.inf
    upper_w: float = math.inf
    budget_ueur: int = 0
    """Money it may spend; 0 forbids orders."""
    orders: OrderMandate | None = None
    """Limits of its orders; None forbids them."""

    def allows(self, proposal: Proposal) -> bool:
        """Tell whether the proposal stays within the mandate: its band leaves a power inside, and so is the wish."""
        return (
            proposal.agent == self.agent
            and proposal.asset in self.assets
            and proposal.lower <= self.upper_w
            and proposal.upper >= self.lower_w
            and (proposal.preferred is None or self.lower_w <= proposal.preferred <= self.upper_w)
        )
