"""Trading as it was first designed: a score from 0 to 100 says whether a slot is worth it, the forecast which way.

Where the score is above 75 and the predicted price lies below the current one, a home buys; where it lies above, it
sells; otherwise it holds. For a battery that reads inverted: who can store buys before prices rise. So the decision is
here to the letter, and its twin beside it with the direction turned; both are told side by side. Prices are a home's
own, what it pays in need and what it gets in plenty: with one price for all, all would take one side.

The score adds what the price step is worth after losses and margin (60 points), how much the battery can still do that
way (25), and whether the home has need (red) or plenty (green) that speaks for it (15). The design names the score and
no formula; the weights are our reading of it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from enerwise.core.units import SECONDS_PER_HOUR, BoolArray, FloatArray, IntArray
from enerwise.run.community_bids import Bids, Strategy
from enerwise.run.community_outlook import Outlook

LOSS_RATIO: Final = 0.05
"""Of what is sent between homes."""
MARGIN_RATIO: Final = 0.05
"""The least that a price step must bring."""
FULL_RATIO: Final = 0.20
"""A step of so much beyond losses and margin has every point."""
IMPORT_MOST_WH: Final = 10_000.0
EXPORT_MOST_WH: Final = 4_000.0
"""In one interval."""
THRESHOLD: Final = 75.0
AHEAD_S: Final = 12 * 3600
"""The predicted price is the mean over so long."""
SPREAD_POINTS, BATTERY_POINTS, NEED_POINTS = 60.0, 25.0, 15.0


class Signal(StrEnum):
    """What a home has."""

    RED = "red"
    """Need of power."""
    GREEN = "green"
    """Plenty, or just enough."""


@dataclass(frozen=True, slots=True)
class Score:
    """Whether a slot is worth trading, 0 to 100, with its parts. Shapes (home,)"""

    spread: FloatArray
    battery: FloatArray
    need: FloatArray

    @property
    def total(self) -> FloatArray:
        """All parts together."""
        total: FloatArray = self.spread + self.battery + self.need
        return total


def own_prices_ueur_per_kwh(outlook: Outlook) -> FloatArray:
    """Return what a kWh is to each home in every slot ahead: bought where it has need, else sold. (home, slot ahead)"""
    return np.where(outlook.net_w > 0.0, outlook.buy_ueur_per_kwh, outlook.sell_ueur_per_kwh).astype(np.float64)


def current_and_predicted(outlook: Outlook) -> tuple[FloatArray, FloatArray]:
    """Return each home's price now, and the mean that is expected over the hours after. [micro-EUR/kWh]"""
    prices, steps = own_prices_ueur_per_kwh(outlook), max(1, AHEAD_S // outlook.step_s)
    ahead = prices[:, 1 : 1 + steps] if prices.shape[1] > 1 else prices
    return prices[:, 0], ahead.mean(axis=1)


def signals(outlook: Outlook) -> list[Signal]:
    """Return red where a home needs power in this slot, green where it does not."""
    return [Signal.RED if each > 0.0 else Signal.GREEN for each in outlook.net_w[:, 0]]


def score(outlook: Outlook, is_buying: BoolArray) -> Score:
    """Score a slot for the direction that each home would take. Shape of ``is_buying`` (home,)"""
    now, then = current_and_predicted(outlook)
    gain_ratio = np.abs(then - now) / np.maximum(np.abs(now), 1.0) - LOSS_RATIO - MARGIN_RATIO
    facts = outlook.community.batteries
    usable_wh = np.maximum(facts.energy_max_wh - facts.energy_min_wh, 1.0)
    room_ratio = np.clip((facts.energy_max_wh - outlook.energy_wh) / usable_wh, 0.0, 1.0)
    return Score(
        SPREAD_POINTS * np.clip(gain_ratio / FULL_RATIO, 0.0, 1.0),
        BATTERY_POINTS * np.where(is_buying, room_ratio, 1.0 - room_ratio),
        NEED_POINTS * ((outlook.net_w[:, 0] > 0.0) == is_buying),
    )


def as_designed(outlook: Outlook, rng: np.random.Generator) -> Bids:
    """Buy when the price is predicted to fall, sell when it is predicted to rise, to the letter."""
    del rng
    return _decided(outlook, buys_when_falling=True)


def as_designed_corrected(outlook: Outlook, rng: np.random.Generator) -> Bids:
    """Buy when the price is predicted to rise, sell when it is predicted to fall."""
    del rng
    return _decided(outlook, buys_when_falling=False)


def _decided(outlook: Outlook, *, buys_when_falling: bool) -> Bids:
    now, then = current_and_predicted(outlook)
    is_buying = (then < now) == buys_when_falling
    is_worth_it = (score(outlook, is_buying).total > THRESHOLD) & (then != now)
    wanted_wh = np.where(is_buying, _buyable_wh(outlook), _sellable_wh(outlook))
    quantity = np.where(is_worth_it, np.floor(np.maximum(wanted_wh, 0.0)), 0.0).astype(np.int64)
    buy, sell = float(outlook.buy_ueur_per_kwh[0]), float(outlook.sell_ueur_per_kwh[0])
    # A tariff that pays more for selling than it takes for buying leaves nothing to trade over.
    quantity[buy <= sell] = 0
    return Bids(is_buying, quantity, _limit(now, then, is_buying, buy, sell))


def _limit(now: FloatArray, then: FloatArray, is_buying: BoolArray, buy: float, sell: float) -> IntArray:
    """Return what is paid at most, or taken at least: either price less the margin, within those of the supplier."""
    high, low = np.maximum(now, then) * (1.0 - MARGIN_RATIO), np.minimum(now, then) * (1.0 + MARGIN_RATIO)
    price = np.where(is_buying, np.floor(high), np.ceil(low))
    return np.clip(price, min(sell, buy), buy).astype(np.int64)


def _buyable_wh(outlook: Outlook) -> FloatArray:
    """Return the need, and what the battery can take besides, within what may be imported. [Wh]"""
    facts, step_h = outlook.community.batteries, outlook.step_s / SECONDS_PER_HOUR
    room_wh = np.maximum(facts.energy_max_wh - outlook.energy_wh, 0.0) / facts.one_way_ratio
    charge_wh = np.minimum(room_wh, facts.charge_limit_w * step_h)
    most_wh = np.minimum(IMPORT_MOST_WH, outlook.community.import_limit_w * step_h)
    return np.minimum(outlook.net_w[:, 0] * step_h + charge_wh, most_wh)


def _sellable_wh(outlook: Outlook) -> FloatArray:
    """Return the surplus, and what the battery can give besides, within what may be exported. [Wh]"""
    facts, step_h = outlook.community.batteries, outlook.step_s / SECONDS_PER_HOUR
    floor_wh = np.maximum(facts.energy_min_wh, facts.reserve_wh)
    give_wh = np.minimum(
        np.maximum(outlook.energy_wh - floor_wh, 0.0) * facts.one_way_ratio, facts.discharge_limit_w * step_h
    )
    most_wh = np.minimum(EXPORT_MOST_WH, outlook.community.export_limit_w * step_h)
    return np.minimum(give_wh - outlook.net_w[:, 0] * step_h, most_wh)


AS_DESIGNED: Final = Strategy("as_designed", as_designed)
AS_DESIGNED_CORRECTED: Final = Strategy("as_designed_corrected", as_designed_corrected)
