"""Traders: agents that offer energy in a slot, and keep what was agreed.

A trader looks at one frozen picture of a slot before its gate and answers with orders; the guard's order side judges
them against its mandate. What was traded becomes a commitment, and comes back as proposals whose firm bounds leave
everybody else only what keeps it. Like every agent it is pure: what it was committed to is part of it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from enerwise.agents.agent import Agent
from enerwise.core.intent import Order, Side
from enerwise.core.outlook import Plan
from enerwise.core.time import Instant
from enerwise.core.units import SECONDS_PER_HOUR, FloatArray
from enerwise.site.site import Site


@dataclass(frozen=True, slots=True)
class MarketView:
    """One picture of a slot at one instant; arrays hold that slot and those after it. Positive is taken"""

    now: Instant
    slot_start_utc: Instant
    step_s: float
    """Length of a slot. [s]"""
    gate_utc: Instant
    """Orders at this instant come too late."""
    node: str
    site: Site
    net_w: FloatArray
    """What everything but batteries and switched loads is expected to take, sun included. [W], shape (slot,)"""
    buy_ueur_per_kwh: FloatArray
    """What the supplier asks. Shape (slot,)"""
    sell_ueur_per_kwh: FloatArray
    """What the supplier gives. Shape (slot,)"""
    local_ueur_per_kwh: FloatArray
    """What the market is expected to agree on. Shape (slot,)"""
    energy_wh: Mapping[str, float] = field(default_factory=dict)
    """What batteries are expected to hold when the slot begins, by id; absent is unknown."""
    spread_wh: float = 0.0
    """How far off the expected energy of the slot usually is: its mean error. [Wh]"""
    plan: Plan | None = None
    bought_wh: int = 0
    """Bought in this slot already. [Wh]"""
    sold_wh: int = 0
    short_ueur_per_kwh: float | None = None
    """What a missing kWh is expected to cost when the slot is settled; None takes the supplier's price."""
    long_ueur_per_kwh: float | None = None
    """What a kWh too many is expected to earn."""

    def __post_init__(self) -> None:
        prices = (self.buy_ueur_per_kwh, self.sell_ueur_per_kwh, self.local_ueur_per_kwh)
        if not self.net_w.size or {each.shape for each in prices} != {self.net_w.shape}:
            raise ValueError(f"market view of {self.net_w.shape} slots has prices {[each.shape for each in prices]}")

    @property
    def step_h(self) -> float:
        """Length of a slot. [h]"""
        return self.step_s / SECONDS_PER_HOUR

    @property
    def is_open(self) -> bool:
        """Whether orders are still taken, and what they would be made of is known."""
        known = (self.net_w, self.buy_ueur_per_kwh, self.sell_ueur_per_kwh, self.local_ueur_per_kwh)
        return bool(self.now < self.gate_utc) and all(np.isfinite(each).all() for each in known)

    def import_limit_wh(self) -> float:
        """Return what the connection carries in this slot. [Wh]"""
        limit_w = self.site.connection.import_limit_w(np.array([self.slot_start_utc]), self.site.timezone)
        return float(limit_w[0]) * self.step_h

    def export_limit_wh(self) -> float:
        """Return what the connection takes back in this slot. [Wh]"""
        limit_w = self.site.connection.export_limit_w(np.array([self.slot_start_utc]), self.site.timezone)
        return float(limit_w[0]) * self.step_h


@dataclass(frozen=True, slots=True)
class Commitment:
    """What was traded in a slot, and how much of it the meter has seen. Positive is taken"""

    slot_start_utc: Instant
    step_s: float
    traded_wh: int
    """Bought, or below zero sold. [Wh]"""
    metered_wh: float = 0.0
    """What the connection has taken in this slot so far. [Wh]"""
    cause: str | None = None
    """Id of the event that told of the trade."""
    reserve_ratio: float = 0.0
    """Nothing is given out of a battery below this level for it. 0..1"""
    halted: str = ""
    """Why nothing more is traded; what was traded is kept."""

    def left_s(self, now: Instant) -> float:
        """Return how much of the slot is left; zero before and after it. [s]"""
        passed_s = float((now - self.slot_start_utc) / np.timedelta64(1, "ms")) / 1000.0
        return self.step_s - passed_s if 0.0 <= passed_s < self.step_s else 0.0


@runtime_checkable
class Trader(Agent, Protocol):
    """An agent that also orders."""

    def orders(self, view: MarketView, rng: np.random.Generator) -> Sequence[Order]:
        """Return what it offers in a slot; an empty answer offers nothing. Most draw no number."""
        ...


def offer(agent: str, view: MarketView, side: Side, energy_wh: float, limit_ueur_per_kwh: float) -> tuple[Order, ...]:
    """Return an order in whole numbers, none where there is less than a watt-hour or something is unknown.

    Buyers round down and sellers up, so that nobody offers beyond what it is worth. An order to which everybody would
    prefer the supplier is none.
    """
    if not (energy_wh >= 1.0 and math.isfinite(energy_wh) and math.isfinite(limit_ueur_per_kwh)):
        return ()
    price = math.floor(limit_ueur_per_kwh) if side is Side.BUY else math.ceil(limit_ueur_per_kwh)
    if price < view.sell_ueur_per_kwh[0] if side is Side.BUY else price > view.buy_ueur_per_kwh[0]:
        return ()
    quantity_wh = math.floor(energy_wh)
    return (Order(agent, view.slot_start_utc, view.node, side, quantity_wh, price, view.gate_utc),)
