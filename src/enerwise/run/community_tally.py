"""What a community has come to under one strategy: sums over homes and slots, kept while it is played.

Whole amounts stay whole: energy in Wh and money in micro-euro are added as integers.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from enerwise.core.units import SECONDS_PER_HOUR, FloatArray, IntArray
from enerwise.market.clearing import GRID, SURPLUS
from enerwise.run.community import Play, Slot
from enerwise.run.community_coupling import demand_ueur, shared_ueur
from enerwise.run.community_homes import Community


@dataclass
class Tally:
    """Sums of a run; it grows slot by slot."""

    community: Community
    paid_ueur: IntArray
    """Shape (part of the bill, home)"""
    traded_wh: IntArray
    """Bought plus sold among neighbours. Shape (home,)"""
    short_wh: IntArray
    """Sold and not delivered. Shape (home,)"""
    long_wh: IntArray
    """Bought and not taken. Shape (home,)"""
    metered_wh: IntArray
    """Of the community. Shape (slot,)"""
    volume_wh: IntArray
    """Bought from neighbours. Shape (slot,)"""
    price_ueur_per_kwh: FloatArray
    """NaN where nobody traded. Shape (slot,)"""
    used_wh: float = 0.0
    """By loads and vehicles."""
    produced_wh: float = 0.0
    curtailed_wh: float = 0.0
    battery_loss_wh: float = 0.0
    missed_wh: float = 0.0
    welfare_neur: int = 0
    best_welfare_neur: int = 0
    accounts_wh: Counter[str] = field(default_factory=Counter)
    accounts_ueur: Counter[str] = field(default_factory=Counter)
    imported_wh: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    """What each took in, slots in which it gave left out. Shape (home,)"""
    refused_count: int = 0
    """Orders that the guard has refused."""
    slot_count: int = 0

    @classmethod
    def empty(cls, community: Community) -> "Tally":
        """Return the tally of a community that has not begun."""
        homes, slots = len(community), community.grid.step_count
        return cls(
            community=community,
            paid_ueur=np.zeros((3, homes), np.int64),
            traded_wh=np.zeros(homes, np.int64),
            short_wh=np.zeros(homes, np.int64),
            long_wh=np.zeros(homes, np.int64),
            metered_wh=np.zeros(slots, np.int64),
            volume_wh=np.zeros(slots, np.int64),
            price_ueur_per_kwh=np.full(slots, np.nan),
            imported_wh=np.zeros(homes, np.int64),
        )

    def add(self, slot: Slot) -> None:
        """Take in a slot."""
        step_h, at = self.community.grid.step_s / SECONDS_PER_HOUR, slot.slot
        flows = slot.flows
        self.paid_ueur += slot.paid_ueur
        self.traded_wh += np.abs(slot.traded_wh)
        self.short_wh += np.maximum(slot.deviation_wh, 0)
        self.long_wh += np.maximum(-slot.deviation_wh, 0)
        self.metered_wh[at] = slot.metered_wh.sum()
        self.used_wh += float(flows.grid_w.sum() - flows.battery_w.sum() - flows.produced_w.sum()) * step_h
        self.produced_wh -= float(flows.produced_w.sum()) * step_h
        self.curtailed_wh += float(flows.curtailed_w.sum()) * step_h
        self.battery_loss_wh += float(flows.battery_loss_w.sum()) * step_h
        self.missed_wh += slot.missed_wh
        self.imported_wh += np.maximum(slot.metered_wh, 0)
        self.slot_count += 1
        if slot.settlement.surplus_ueur:
            self.accounts_ueur[SURPLUS] -= slot.settlement.surplus_ueur
        if slot.traded is not None:
            self._add_trades(slot)

    def _add_trades(self, slot: Slot) -> None:
        traded = slot.traded
        assert traded is not None
        self.volume_wh[slot.slot] = traded.volume_wh
        if traded.price_ueur_per_kwh is not None:
            self.price_ueur_per_kwh[slot.slot] = traded.price_ueur_per_kwh
        self.refused_count += traded.refused_count
        self.welfare_neur += traded.welfare_neur
        self.best_welfare_neur += traded.best_welfare_neur
        self.accounts_wh.update(traded.clearing.accounts_wh)
        self.accounts_ueur.update(traded.payments.accounts_ueur)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one strategy has come to, with what is left in batteries and vehicles valued alike for all of them."""

    name: str
    tally: Tally
    left_ueur: IntArray
    """Worth of the energy missing at the end against the start; below zero where more is left. Shape (home,)"""
    slot_s: float
    """Time that a slot took on the machine. [s]"""
    demand_ueur: int = 0
    """What the peaks of the common connection cost."""

    @property
    def shared_ueur(self) -> IntArray:
        """What each pays for those peaks, less what scarcity has taken in, by what it took. Shape (home,)"""
        return shared_ueur(self.demand_ueur - self.kept_ueur, self.tally.imported_wh)

    @property
    def kept_ueur(self) -> int:
        """What fees, congestion and surpluses have taken in, where the homes share it; else zero."""
        return 0 if self.tally.community.coupling is None else self._taken_in_ueur

    @property
    def _taken_in_ueur(self) -> int:
        return -sum(paid for name, paid in self.tally.accounts_ueur.items() if name != GRID)

    @property
    def cost_ueur(self) -> IntArray:
        """Bill of each home, its share of the peak, and the worth of what is missing at the end. Shape (home,)"""
        cost_ueur: IntArray = self.tally.paid_ueur.sum(axis=0) + self.left_ueur + self.shared_ueur
        return cost_ueur

    @property
    def total_eur(self) -> float:
        """What all homes pay together."""
        return int(self.cost_ueur.sum()) / 1e6

    @property
    def operator_eur(self) -> float:
        """What fees, congestion and surpluses leave with the operator of the market; the supplier is none."""
        return (self._taken_in_ueur - self.kept_ueur) / 1e6

    @property
    def peak_w(self) -> float:
        """Highest mean import of a slot, all homes together."""
        return float(self.tally.metered_wh.max(initial=0)) * SECONDS_PER_HOUR / self.tally.community.grid.step_s

    @property
    def import_wh(self) -> int:
        """What the community took from outside."""
        return int(np.maximum(self.tally.metered_wh, 0).sum())

    @property
    def export_wh(self) -> int:
        """What the community gave away."""
        return int(np.maximum(-self.tally.metered_wh, 0).sum())

    @property
    def self_sufficiency_ratio(self) -> float:
        """Share of what was used that was not taken from outside."""
        return 1.0 - self.import_wh / self.tally.used_wh if self.tally.used_wh > 0 else 1.0

    @property
    def clearing_ratio(self) -> float:
        """Welfare of the trades over the best at the prices that were reported."""
        best = self.tally.best_welfare_neur
        return self.tally.welfare_neur / best if best else 1.0


def outcome(
    name: str, run: Play, tally: Tally, missing_wh: FloatArray, worth_eur_per_kwh: float, cpu: float
) -> Outcome:
    """Close a tally.

    Args:
        name: Of the strategy.
        run: The community after its last slot.
        tally: Its sums.
        missing_wh: What vehicles needed before the first slot.
        worth_eur_per_kwh: Of energy left at the end, at the AC side.
        cpu: Time that all slots took. [s]
    """
    community, way = run.community, run.community.batteries.one_way_ratio
    left_wh = (community.start_wh - run.state.energy_wh) * way * community.has_battery
    np.add.at(left_wh, community.vehicle_home, (run.missing_wh - missing_wh) / community.vehicles.charge_ratio)
    left_ueur = np.rint(left_wh * worth_eur_per_kwh * 1e3).astype(np.int64)
    coupling, months = community.coupling, community.months[: tally.slot_count]
    metered_wh = tally.metered_wh[: tally.slot_count]
    demand = 0 if coupling is None else demand_ueur(coupling, metered_wh, months, community.grid.step_h)
    return Outcome(name, tally, left_ueur, cpu / max(tally.slot_count, 1), demand)


def gini(gain: FloatArray) -> float:
    """Return how unevenly gains are spread: 0 where all gain alike, near 1 where one takes all; losers count as zero.

    Source: Gini 1912, as half the relative mean difference.

    >>> gini(np.array([1.0, 1.0])), gini(np.array([0.0, 0.0, 0.0, 4.0]))
    (0.0, 0.75)
    """
    sorted_gain = np.sort(np.maximum(gain, 0.0))
    total = float(sorted_gain.sum())
    if total <= 0.0:
        return 0.0
    rank = np.arange(1, gain.size + 1)
    return float((2 * rank - gain.size - 1) @ sorted_gain / (gain.size * total))
