"""Delivering what was cleared: batteries follow it as far as they can, and deviate where that costs least.

After the auction all its prices are known, and what a deviation costs is expected: who takes more than was cleared pays
one price for it, who takes less gets another. Where bids were feasible for the paths of prices that came, nothing
deviates.
"""

from dataclasses import dataclass

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.market.wholesale.making import Making
from enerwise.market.wholesale.portfolio import Portfolio
from enerwise.market.wholesale.stochastic import WH, keep_levels, unburnt, whole_wh


@dataclass(frozen=True, slots=True)
class Delivered:
    """What is done."""

    charge_wh: IntArray
    """What each battery charges, below zero discharges. Shape (battery, slot)"""
    metered_wh: IntArray
    """What the meter counts: taken above zero, given below. Shape (slot,)"""


def delivered(
    portfolio: Portfolio,
    accepted_wh: IntArray,
    short_ueur_per_kwh: IntArray,
    long_ueur_per_kwh: IntArray,
    pv_wh: FloatArray | None = None,
) -> Delivered:
    """Return how batteries deliver what was cleared.

    Args:
        portfolio: Batteries, with their levels at the beginning.
        accepted_wh: Bought above zero, sold below. Shape (slot,)
        short_ueur_per_kwh: What is paid for taking more than that. Shape (slot,)
        long_ueur_per_kwh: What is got for taking less, no more than being short costs. Shape (slot,)
        pv_wh: What PV delivers, zero or above; None for none. Shape (slot,)

    Raises:
        ValueError: Deviating one way and the other at once would pay.
    """
    if np.any(long_ueur_per_kwh > short_ueur_per_kwh):
        raise ValueError("who is long gets more than who is short pays: deviations would pay without end")
    sun_wh = np.zeros(accepted_wh.size) if pv_wh is None else np.floor(pv_wh)
    made, count, slots = Making(), len(portfolio.storages), accepted_wh.size
    limit_kwh = np.array([each.limit_wh(portfolio.step_s) for each in portfolio.storages]).reshape(count, 2) * WH
    costs = np.array([each.costs_eur_per_kwh for each in portfolio.storages]).reshape(count, 2) / WH
    charge = made.add((count, slots), upper=limit_kwh[:, :1], cost=costs[:, :1])
    discharge = made.add((count, slots), upper=limit_kwh[:, 1:], cost=costs[:, 1:])
    short, long = made.add((slots,), cost=short_ueur_per_kwh * WH), made.add((slots,), cost=-long_ueur_per_kwh * WH)
    dimmed = made.add((slots,), upper=sun_wh * WH * portfolio.can_curtail)
    net_kwh = (accepted_wh + sun_wh) * WH
    balance = made.row((slots,), net_kwh, net_kwh)
    for columns, sign in ((charge, 1.0), (discharge, -1.0), (short, -1.0), (long, 1.0), (dimmed, 1.0)):
        made.put(balance, columns, sign)
    keep_levels(made, portfolio, np.arange(slots)[None], charge, discharge)
    column = unburnt(made.program(), charge, discharge)[0].column
    done_wh, dimmed_wh = whole_wh(column[charge] - column[discharge]), whole_wh(column[dimmed])
    return Delivered(done_wh, done_wh.sum(axis=0) - sun_wh.astype(np.int64) + dimmed_wh)
