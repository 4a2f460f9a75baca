"""Within what a home can do in a slot: its need, its battery, its connection; and how a wish becomes a whole order."""

from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray
from enerwise.market.strategy import Decisions, Score, State

QUANTITY_MOST_WH: Final = 2.0**40
"""No book takes a larger order."""


def charge_wh(state: State) -> FloatArray:
    """Return what the battery can take in this slot, within its power and its band. [Wh], AC side, shape (home,)"""
    facts = state.batteries
    room_wh = np.maximum(facts.energy_max_wh - state.energy_wh, 0.0) / facts.one_way_ratio
    return np.minimum(room_wh, facts.charge_limit_w * state.step_h)


def discharge_wh(state: State) -> FloatArray:
    """Return what the battery can give in this slot above what it keeps in reserve. [Wh], AC side, shape (home,)"""
    facts = state.batteries
    floor_wh = np.maximum(facts.energy_min_wh, facts.reserve_wh)
    stock_wh = np.maximum(state.energy_wh - floor_wh, 0.0) * facts.one_way_ratio
    return np.minimum(stock_wh, facts.discharge_limit_w * state.step_h)


def buyable_wh(state: State) -> FloatArray:
    """Return the need, and what the battery can take besides, within the connection. [Wh], shape (home,)"""
    most_wh: FloatArray = np.minimum(state.net_wh[:, 0] + charge_wh(state), state.import_limit_wh)
    return most_wh


def sellable_wh(state: State) -> FloatArray:
    """Return the surplus, and what the battery can give besides, within the connection. [Wh], shape (home,)"""
    most_wh: FloatArray = np.minimum(discharge_wh(state) - state.net_wh[:, 0], state.export_limit_wh)
    return most_wh


def left_wh(state: State) -> FloatArray:
    """Return what is left when the battery has taken all surplus and covered all need it can. [Wh], shape (home,)"""
    net_wh = state.net_wh[:, 0]
    battery_wh = np.minimum(np.maximum(0.0 - net_wh, 0.0 - discharge_wh(state)), charge_wh(state))
    left: FloatArray = net_wh + battery_wh
    return left


def orders(
    state: State,
    is_buy: BoolArray,
    wish_wh: FloatArray,
    limit_ueur_per_kwh: FloatArray,
    *,
    score: Score | None = None,
) -> Decisions:
    """Return whole orders within what each home can do and no worse than the supplier.

    Args:
        state: What homes know.
        is_buy: Side.
        wish_wh: How much; what is not above zero, or unknown, holds. [Wh]
        limit_ueur_per_kwh: The most a buyer pays, the least a seller takes; buyers round down and sellers up, so that
            nobody bids beyond what it is worth.
        score: Where the strategy goes by one.
    """
    buy, sell = float(state.buy_ueur_per_kwh[0]), float(state.sell_ueur_per_kwh[0])
    most_wh = np.where(is_buy, buyable_wh(state), sellable_wh(state))
    # Nobody can do more than before this is known: NaN in any column goes through both minima and holds.
    able_wh = np.minimum(np.minimum(wish_wh, most_wh), QUANTITY_MOST_WH)
    price = np.where(
        is_buy, np.floor(np.minimum(limit_ueur_per_kwh, buy)), np.ceil(np.maximum(limit_ueur_per_kwh, sell))
    )
    # A tariff that pays more for selling than it takes for buying leaves nothing to trade over.
    holds = ~(able_wh >= 1.0) | ~np.isfinite(price) | np.full(len(state), not buy > sell)
    quantity_wh = np.floor(np.where(holds, 0.0, able_wh)).astype(np.int64)
    price = np.minimum(np.maximum(np.where(holds, 0.0, price), min(sell, buy)), max(sell, buy))
    return Decisions(is_buy, quantity_wh, np.where(holds, 0.0, price).astype(np.int64), score)
