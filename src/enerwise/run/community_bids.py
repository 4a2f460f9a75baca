"""Bids: one order of each home for a slot, as columns; how a home arrives at it is its strategy.

What a home would do at a price, and what the last unit of it is worth, follows from what its stored energy is worth:
energy that would be stored is sold when a neighbour pays more than storing is worth, a need that the battery would
cover is bought when that costs less than the energy in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.plugin import load, names
from enerwise.core.units import SECONDS_PER_HOUR, BoolArray, FloatArray, IntArray
from enerwise.run.community_outlook import UEUR, Outlook
from enerwise.run.community_value import Worth, best_move_wh, outside_wh

GROUP: Final = "enerwise.strategies"


@dataclass(frozen=True, slots=True)
class Bids:
    """One order of each home; a quantity of zero is none. Shapes (home,)"""

    is_buy: BoolArray
    quantity_wh: IntArray
    price_ueur_per_kwh: IntArray


Bidder = Callable[[Outlook, np.random.Generator], Bids]


@dataclass(frozen=True, slots=True)
class Strategy:
    """How homes bid, and whether their batteries then weigh what energy is worth."""

    name: str
    bids: Bidder
    is_planning: bool = False


def truthful(outlook: Outlook, rng: np.random.Generator) -> Bids:
    """Bid what is left after the battery has taken every surplus and covered every need, at the supplier's prices."""
    del rng
    net_wh = _left_wh(outlook)
    return _at(outlook, net_wh, *_supplier(outlook))


def zero_intelligence(outlook: Outlook, rng: np.random.Generator) -> Bids:
    """Bid the same energy at any price that is no loss, drawn evenly.

    Source: Gode and Sunder 1993, J. Political Economy 101(1), zero intelligence with a budget.
    """
    net_wh = _left_wh(outlook)
    buy, sell = _supplier(outlook)
    drawn = sell + rng.random(net_wh.size) * (buy - sell)
    return _at(outlook, net_wh, drawn, drawn)


def marginal_value(outlook: Outlook, rng: np.random.Generator) -> Bids:
    """Bid what the home would take at the expected local price, at what the last unit of it is worth."""
    del rng
    worth, facts, step_h = outlook.worth, outlook.community.batteries, outlook.step_s / SECONDS_PER_HOUR
    assert worth is not None, "who bids marginal values weighs what energy is worth"
    energy_wh, local = outlook.energy_wh[:, None], float(outlook.local_ueur_per_kwh[0]) / UEUR
    move_wh = best_move_wh(worth, energy_wh, outlook.net_w[:, :1], local, local, step_s=float(outlook.step_s))
    net_wh = (outlook.net_w[:, :1] * step_h + outside_wh(facts, move_wh))[:, 0]
    most, least = _last_unit(outlook, worth, move_wh[:, 0])
    buy, sell = _supplier(outlook)
    return _at(outlook, net_wh, np.minimum(most * UEUR, buy), np.maximum(least * UEUR, sell))


MARGINAL_VALUE: Final = Strategy("marginal_value", marginal_value, is_planning=True)
TRUTHFUL: Final = Strategy("truthful", truthful)
ZERO_INTELLIGENCE: Final = Strategy("zero_intelligence", zero_intelligence)


def strategy_names() -> tuple[str, ...]:
    """Return the strategies that homes can bid by."""
    return names(GROUP)


def strategy(name: str) -> Strategy:
    """Return a strategy by its name.

    Raises:
        PluginError: There is none of that name; the message lists those there are.
    """
    found: Strategy = load(GROUP, name)
    return found


def _supplier(outlook: Outlook) -> tuple[FloatArray, FloatArray]:
    """Return the supplier's two prices of this slot, for every home. [micro-EUR/kWh]"""
    like = np.ones(outlook.energy_wh.size)
    return like * outlook.buy_ueur_per_kwh[0], like * outlook.sell_ueur_per_kwh[0]


def _left_wh(outlook: Outlook) -> FloatArray:
    """Return what is left to each home after plain self-consumption. [Wh]"""
    facts, step_h = outlook.community.batteries, outlook.step_s / SECONDS_PER_HOUR
    others_w, way = outlook.net_w[:, 0], facts.one_way_ratio
    room_w = np.maximum(facts.energy_max_wh - outlook.energy_wh, 0.0) / way / step_h
    stock_w = np.maximum(outlook.energy_wh - np.maximum(facts.energy_min_wh, facts.reserve_wh), 0.0) * way / step_h
    battery_w = np.clip(
        -others_w, -np.minimum(stock_w, facts.discharge_limit_w), np.minimum(room_w, facts.charge_limit_w)
    )
    left_wh: FloatArray = (others_w + battery_w) * step_h
    return left_wh


def _last_unit(outlook: Outlook, worth: Worth, move_wh: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the most a home pays, and the least it takes, for the last unit of a move. [EUR/kWh]

    Who bought to fill values the unit by what it adds in the battery, who sold to empty by what it takes away. Whose
    battery could still give in place of what is bought pays no more than that would cost, and whose could still take
    asks no less than that would save; else there is the supplier.
    """
    facts, step_h = worth.facts, outlook.step_s / SECONDS_PER_HOUR
    way, little_wh = facts.one_way_ratio, 1e-6 * worth.part_wh
    end_wh = outlook.energy_wh + move_wh
    below, above = worth.at(end_wh - little_wh), worth.at(end_wh)
    could_give = (end_wh > facts.energy_min_wh + little_wh) & (-move_wh < facts.discharge_limit_w * step_h / way)
    could_take = (end_wh < facts.energy_max_wh - little_wh) & (move_wh < facts.charge_limit_w * step_h * way)
    most = np.where(move_wh > 0.0, below * way, np.where(could_give, below / way, np.inf))
    least = np.where(move_wh < 0.0, above / way, np.where(could_take, above * way, -np.inf))
    return most, least


def _at(outlook: Outlook, net_wh: FloatArray, most: FloatArray, least: FloatArray) -> Bids:
    """Return orders in whole Wh and micro-euro; buyers round down and sellers up, so that nobody bids beyond worth."""
    is_buy = net_wh > 0.0
    community, step_h = outlook.community, outlook.step_s / SECONDS_PER_HOUR
    carried_wh = np.where(is_buy, community.import_limit_w, community.export_limit_w) * step_h
    quantity_wh = np.floor(np.minimum(np.abs(net_wh), carried_wh)).astype(np.int64)
    # A tariff that pays more for selling than it takes for buying leaves nothing to trade over.
    quantity_wh[outlook.buy_ueur_per_kwh[0] <= outlook.sell_ueur_per_kwh[0]] = 0
    price = np.where(is_buy, np.floor(most), np.ceil(least)).astype(np.int64)
    return Bids(is_buy, quantity_wh, price)
