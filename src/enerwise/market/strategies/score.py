"""The profitability score of trading as first designed: 0 to 100 points in four parts, and the prices it compares.

The design names the score, its threshold and its numbers, and gives no formula; parts and weights are our reading of
it: what the price step brings after losses and margin (55 points), how much the battery can still do that way (20), how
surely the energy will be there (10), and whether need or plenty speak for it (15). No slot passes the threshold without
more than half the points for the price.

Prices are a home's own, what it pays in need and what it gets in plenty: with one price for all, all would take one
side and nobody could trade.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray
from enerwise.market.strategies.within import buyable_wh, sellable_wh
from enerwise.market.strategy import Score, Signal, State
from enerwise.site.assets import Battery

SPREAD_POINTS, BATTERY_POINTS, CONFIDENCE_POINTS, NEED_POINTS = 55.0, 20.0, 10.0, 15.0
THRESHOLD: Final = 75.0
"""Above this a slot is worth trading."""


@dataclass(frozen=True, slots=True)
class Design:
    """The numbers of the design."""

    import_most_wh: float = 10_000.0
    """In one slot."""
    export_most_wh: float = 4_000.0
    loss_ratio: float = 0.05
    """Of what is sent between homes."""
    margin_ratio: float = 0.05
    """The least that a price step must bring."""
    full_ratio: float = 0.20
    """A step of so much beyond losses and margin has every point."""
    ahead_s: float = 12 * 3600.0
    """The predicted price is the mean over so long."""


DESIGNED_BATTERY: Final = Battery(
    "battery", 13_500.0, 5_000.0, 5_000.0, round_trip_ratio=0.90, soc_min_ratio=0.10, soc_max_ratio=0.80
)
"""The battery of the design: it moves between 10 and 80 %."""


def own_prices_ueur_per_kwh(state: State) -> FloatArray:
    """Return what a kWh is to each home: bought where it has need, else sold. [micro-EUR/kWh], shape (home, slot)"""
    return np.where(state.net_wh > 0.0, state.buy_ueur_per_kwh, state.sell_ueur_per_kwh).astype(np.float64)


def current_and_predicted(state: State, design: Design) -> tuple[FloatArray, FloatArray]:
    """Return each home's price now, and the mean it expects over the hours after. [micro-EUR/kWh], shapes (home,)"""
    prices, count = own_prices_ueur_per_kwh(state), max(1, int(design.ahead_s // state.step_s))
    ahead = prices[:, 1 : 1 + count] if prices.shape[1] > 1 else prices
    return prices[:, 0], _mean(ahead.T)


def score(state: State, is_buy: BoolArray, design: Design) -> Score:
    """Score a slot for the side each home would take; what is unknown has no points. Shape of ``is_buy`` (home,)"""
    now, then = current_and_predicted(state, design)
    step_ratio = np.abs(then - now) / np.maximum(np.abs(now), 1.0)
    lost_ratio = design.loss_ratio + design.margin_ratio
    able_wh = np.maximum(np.where(is_buy, buyable_wh(state), sellable_wh(state)), 0.0)
    return Score(
        spread=SPREAD_POINTS * _share((step_ratio - lost_ratio) / design.full_ratio),
        battery=BATTERY_POINTS * _share(_headroom_ratio(state, is_buy)),
        confidence=CONFIDENCE_POINTS * _share(able_wh / np.maximum(able_wh + np.abs(state.spread_wh), 1.0)),
        need=NEED_POINTS * ((state.signal == Signal.RED) == is_buy),
    )


def _headroom_ratio(state: State, is_buy: BoolArray) -> FloatArray:
    """Return how much of the band is free to fill, or filled to give."""
    facts = state.batteries
    band_wh = np.maximum(facts.energy_max_wh - facts.energy_min_wh, 1.0)
    free_ratio = np.minimum(np.maximum((facts.energy_max_wh - state.energy_wh) / band_wh, 0.0), 1.0)
    return np.where(is_buy, free_ratio, 1.0 - free_ratio)


def _share(ratio: FloatArray) -> FloatArray:
    return np.where(ratio > 0.0, np.minimum(ratio, 1.0), 0.0)


def _mean(columns: Iterable[FloatArray]) -> FloatArray:
    """Return a mean added one by one: along an axis, one home might be added in another order than many."""
    each = list(columns)
    mean: FloatArray = reduce(np.add, each) / len(each)
    return mean
