"""From scenarios to a bid: whole curves for each slot, and what they are expected to bring.

The programme decides in real numbers. Charging is rounded up and discharging down, so that no level falls below its
floor; the room above is kept free for that. PV is rounded down.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.market.money import amount_ueur
from enerwise.market.wholesale.curve import BidCurves, merged
from enerwise.market.wholesale.portfolio import Portfolio
from enerwise.market.wholesale.risk import cvar_eur
from enerwise.market.wholesale.scenarios import Scenarios
from enerwise.market.wholesale.steps import steps_of
from enerwise.market.wholesale.stochastic import decide, whole_wh

UEUR: Final = 1e6


@dataclass(frozen=True, slots=True)
class Bid:
    """What is bid, and what is expected of it. Scenarios stand in the order in which they were given."""

    curves: BidCurves
    """All assets together."""
    charge_wh: IntArray
    """What each battery charges where a path is cleared, below zero discharges. Shape (battery, scenario, slot)"""
    sold_wh: IntArray
    """PV that was sold. Shape (scenario, slot)"""
    profit_eur: FloatArray
    """Sold less bought, with what is stored beyond the start, less wear, and what PV beyond what was sold brings.
    Shape (scenario,)"""
    probability: FloatArray
    """Shape (scenario,)"""
    alpha_ratio: float
    gap_eur: float = 0.0
    """By how much a better bid could bring more, weighed as asked for, at most."""

    @property
    def mean_eur(self) -> float:
        """Expected profit."""
        return float(self.profit_eur @ self.probability)

    @property
    def cvar_eur(self) -> float:
        """Mean profit of the worst ``1 - alpha`` of all scenarios."""
        return cvar_eur(self.profit_eur, self.probability, self.alpha_ratio)


def bid(portfolio: Portfolio, scenarios: Scenarios) -> Bid:
    """Return the best bid of a price-taker.

    Args:
        portfolio: What bids.
        scenarios: What may happen; in which order they are told changes nothing.

    Raises:
        EnerwiseError: No bid keeps every limit.
        ValueError: A battery is too small for bids in whole watt-hours.
    """
    ordered = scenarios.in_order()
    steps = steps_of(ordered, portfolio.steps_most, portfolio.floor_ueur_per_kwh)
    decided = decide(portfolio, ordered, steps)
    charge_wh, sold_wh = whole_wh(decided.charge_kwh), -whole_wh(-decided.sold_kwh)
    quantity_wh = charge_wh.sum(axis=0) - sold_wh
    curves = BidCurves(steps.slot, steps.price_from_ueur_per_kwh, quantity_wh)
    row = curves.row_at(scenarios.price_ueur_per_kwh)
    profit_eur = _profit_eur(portfolio, scenarios, charge_wh[:, row], sold_wh[row])
    parts = charge_wh[:, row], sold_wh[row], profit_eur, scenarios.probability
    return Bid(merged(curves), *parts, portfolio.alpha_ratio, decided.gap_eur)


def _profit_eur(portfolio: Portfolio, scenarios: Scenarios, charge_wh: IntArray, sold_wh: IntArray) -> FloatArray:
    price, margin = scenarios.price_ueur_per_kwh, portfolio.margin_ueur_per_kwh
    paid = amount_ueur(charge_wh.sum(axis=0) - sold_wh, price).sum(axis=1) / UEUR
    profit = _deviation_eur(scenarios.pv_wh, sold_wh, price, margin, portfolio.can_curtail) - paid
    for storage, wh in zip(portfolio.storages, charge_wh, strict=True):
        charging, discharging = storage.costs_eur_per_kwh
        profit -= np.where(wh > 0, charging * wh, -discharging * wh).sum(axis=1) / 1e3
    return np.asarray(profit, np.float64)


def _deviation_eur(pv_wh: FloatArray, sold_wh: IntArray, price: IntArray, margin: int, can_curtail: bool) -> FloatArray:
    """Return what PV that differs from what was sold brings. [EUR], shape (scenario,)"""
    beyond_wh = pv_wh - sold_wh
    long = np.maximum(price - margin, 0) if can_curtail else price - margin
    brings = beyond_wh * np.where(beyond_wh > 0, long, price + margin)
    return np.asarray(brings.sum(axis=1) / 1e9, np.float64)
