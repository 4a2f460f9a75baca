"""The common connection of a community: how much it carries, what its peak costs, and how a market prices both.

The supplier stands behind a line from an area of its own. The line is as wide as the connection; where a peak is paid
for, what goes beyond the peak that is reached anyway has the price of that peak as its fee. So the local price rises
where the connection is full, batteries spread over cheap hours and give at dear ones, and what scarcity takes in stays
with the homes: it pays for the peak, and the rest is shared by what each takes from outside.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.market.book import QUANTITY_MAX_WH, Book
from enerwise.market.network import Line
from enerwise.market.shares import pro_rata
from enerwise.site.assets import BatteryArrays

SUPPLIER: Final = "supplier"
"""Who sells and buys at the other end of the connection."""
UEUR: Final = 1e6
MONTH_DAYS: Final = 30.4375
NEAR_RATIO: Final = 0.95
"""From which share of the band on a peak is expected, and stored energy kept for it."""
USUAL_RATIO: Final = 0.7
"""Of the highest import without batteries: loads come in bursts that no forecast tells, so less is not aimed at."""
ROUNDS: Final = 40


@dataclass(frozen=True, slots=True)
class Coupling:
    """The point of common coupling."""

    import_limit_w: float = np.inf
    export_limit_w: float = np.inf
    demand_eur_per_kw: float = 0.0
    """For the highest mean of a slot that is taken in each month. [EUR/kW a month]"""
    scarcity_ueur_per_kwh: int = 1_000_000
    """What energy costs at most where the connection is full. [micro-EUR/kWh]"""

    def demand_ueur_per_kwh(self, step_h: float) -> int:
        """Return what another kWh in a slot costs where it lifts the peak of the month."""
        return round(self.demand_eur_per_kw * UEUR / step_h)

    def highest_ueur_per_kwh(self, buy_ueur_per_kwh: int, step_h: float) -> int:
        """Return the highest price: what must run is bid at it."""
        beyond = buy_ueur_per_kwh + self.demand_ueur_per_kwh(step_h)
        return max(self.scarcity_ueur_per_kwh, beyond + beyond // 10)

    def free_w(
        self, peak: "Peak", net_w: FloatArray, facts: BatteryArrays, energy_wh: FloatArray, step_h: float
    ) -> float:
        """Return up to which import nothing is paid for the peak: what it has reached, or will reach anyway.

        Args:
            peak: Of this month so far, and of what homes took before.
            net_w: What all homes together are expected to take without batteries. Shape (slot ahead,)
            facts: Their batteries.
            energy_wh: What they hold.
            step_h: Length of a slot. [h]
        """
        if not self.demand_eur_per_kw:
            return self.import_limit_w
        stored_wh = float((np.maximum(energy_wh - facts.energy_min_wh, 0.0) * facts.one_way_ratio).sum())
        level_w = water_level_w(net_w, stored_wh, float(facts.discharge_limit_w.sum()), step_h)
        return min(self.import_limit_w, max(peak.w, level_w, USUAL_RATIO * peak.highest_net_w))

    def lines(self, grid: int, home: int, free_w: float, step_h: float) -> tuple[Line, ...]:
        """Return the connection as lines between the supplier's area and that of the homes."""
        taken_wh, free_wh, given_wh = (
            _whole_wh(each * step_h) for each in (self.import_limit_w, free_w, self.export_limit_w)
        )
        beyond = Line(grid, home, max(taken_wh - free_wh, 0), fee_ueur_per_kwh=self.demand_ueur_per_kwh(step_h))
        return Line(grid, home, min(free_wh, taken_wh)), beyond, Line(home, grid, given_wh)


@dataclass
class Peak:
    """The highest import of the month so far."""

    month: int = -1
    w: float = 0.0
    highest_net_w: float = 0.0
    """The most that homes have ever taken without their batteries."""

    def learn(self, month: int, import_w: float, net_w: float) -> None:
        """Take in a slot: what all homes took, and what they would have taken; a new month begins at nothing."""
        self.w = max(import_w, 0.0, self.w if month == self.month else 0.0)
        self.highest_net_w = max(self.highest_net_w, net_w)
        self.month = month


def _whole_wh(energy_wh: float) -> int:
    return int(min(energy_wh, QUANTITY_MAX_WH))


def water_level_w(net_w: FloatArray, stored_wh: float, give_w: float, step_h: float) -> float:
    """Return the lowest import that batteries, full beforehand, can keep: what is above it they give.

    >>> round(water_level_w(np.array([1000.0, 5000.0, 3000.0]), 2000.0, 9000.0, 1.0))
    3000
    """
    low, high = 0.0, max(float(net_w.max(initial=0.0)), 0.0)
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        above_w = np.maximum(net_w - middle, 0.0)
        is_kept = above_w.max(initial=0.0) <= give_w and above_w.sum() * step_h <= stored_wh
        low, high = (low, middle) if is_kept else (middle, high)
    return high


def dear_ahead(coupling: Coupling, buy: FloatArray, net_w: FloatArray, free_w: float, step_h: float) -> FloatArray:
    """Return what buying is expected to cost, dearer where the connection is expected to be full. Shape (slot ahead,)

    Args:
        coupling: The connection.
        buy: What it would cost else. [micro-EUR/kWh]
        net_w: What all homes together are expected to take without batteries.
        free_w: Up to which import nothing is paid for the peak.
        step_h: Length of a slot. [h]
    """
    is_full = net_w > NEAR_RATIO * min(free_w, coupling.import_limit_w)
    dear = np.array([coupling.highest_ueur_per_kwh(round(each), step_h) for each in buy.tolist()], np.float64)
    return np.where(is_full, dear, buy)


def with_supplier(book: Book, coupling: Coupling, who: int, area: int, buy: int, sell: int, step_h: float) -> Book:
    """Return a book with what the supplier asks and gives, at the far end of the connection.

    Args:
        book: Orders of homes.
        coupling: The connection.
        who: Number of the supplier as a participant.
        area: Its area.
        buy: What homes pay it. [micro-EUR/kWh]
        sell: What it gives; no more than the above.
        step_h: Length of a slot. [h]
    """
    first = int(book.id.max(initial=-1)) + 1
    limits = (coupling.import_limit_w, coupling.export_limit_w)
    # More than the connection carries: what is scarce is the connection, and its rent is not the supplier's.
    rows = [
        (first + at, who, is_buy, _whole_wh(2 * limit * step_h + 1), price, area)
        for at, (is_buy, limit, price) in enumerate(zip((False, True), limits, (buy, min(sell, buy)), strict=True))
    ]
    added = Book.of(rows)
    columns = ("id", "participant", "is_buy", "quantity_wh", "price_ueur_per_kwh", "area", "time_ns")
    return Book(*(np.concatenate([getattr(book, name), getattr(added, name)]) for name in columns))


def shared_ueur(total_ueur: int, imported_wh: IntArray) -> IntArray:
    """Return each home's share of a cost, or of what is given back, by what it took from outside. Shape (home,)"""
    if not total_ueur or not imported_wh.any():
        return np.zeros_like(imported_wh)
    share = pro_rata(imported_wh, abs(total_ueur))
    return share if total_ueur > 0 else -share


def demand_ueur(coupling: Coupling, metered_wh: IntArray, month: IntArray, step_h: float) -> int:
    """Return what the peaks of all months cost; of a month that is not whole, its days. [micro-EUR]

    Args:
        coupling: The connection.
        metered_wh: What all homes together took in each slot. Shape (slot,)
        month: Number of the month of each slot.
        step_h: Length of a slot. [h]
    """
    total_eur = 0.0
    for each in np.unique(month).tolist():
        at = month == each
        peak_kw = max(float(metered_wh[at].max()), 0.0) / step_h / 1e3
        total_eur += coupling.demand_eur_per_kw * peak_kw * min(at.sum() * step_h / 24 / MONTH_DAYS, 1.0)
    return round(total_eur * UEUR)
