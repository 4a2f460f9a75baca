"""Shaded: truthful energy, and a part of what can be gained asked for oneself; how much is learned from past slots.

Who was served asks for a little more next time where the market would have borne it; who was not asks for less. A
margin of zero is the truthful price, one of one the supplier's price of the other side. Margins move by a step towards
what the last price would have asked for, with momentum.

Source: Cliff 1997, HPL-97-91, zero intelligence plus, equations 4 to 8; margins are shares of the supplier's spread
there is in each slot, so that what was learned at one tariff serves at another.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray
from enerwise.market.strategies.within import left_wh, orders
from enerwise.market.strategy import Decisions, Memory, News, State

STEP_RATIO: Final = 0.3
MOMENTUM_RATIO: Final = 0.05
NUDGE_RATIO: Final = 0.05
"""How far beyond the last price the aim lies at most."""


@dataclass(frozen=True, slots=True)
class Shaded:
    """Bids below worth, and asks above it, by a margin it has learned."""

    name: ClassVar[str] = "shaded"
    is_planning: ClassVar[bool] = False

    def decide(self, state: State, rng: np.random.Generator) -> Decisions:
        """Offer what is left, a margin off the supplier's prices."""
        del rng
        net_wh = left_wh(state)
        is_buy = net_wh > 0.0
        buy, sell = float(state.buy_ueur_per_kwh[0]), float(state.sell_ueur_per_kwh[0])
        kept = _own(memory_of(state).margin_ratio, is_buy) * (buy - sell)
        return orders(state, is_buy, np.abs(net_wh), np.where(is_buy, buy - kept, sell + kept))

    def learn(self, state: State, decided: Decisions, news: News, rng: np.random.Generator) -> Memory:
        """Return the margins for the next slot; homes that held, and the other side of each, keep theirs."""
        memory, is_buy = memory_of(state), decided.is_buy
        nudge = rng.random(len(state)) * NUDGE_RATIO
        margin, momentum = _own(memory.margin_ratio, is_buy), _own(memory.momentum_ratio, is_buy)
        aim = _aim(state, decided, news, margin, nudge)
        moved = MOMENTUM_RATIO * momentum + (1.0 - MOMENTUM_RATIO) * STEP_RATIO * (aim - margin)
        moved = np.where((decided.quantity_wh > 0) & np.isfinite(aim), moved, 0.0)
        new = np.minimum(np.maximum(margin + moved, 0.0), 1.0)
        return Memory(_with_own(memory.margin_ratio, is_buy, new), _with_own(memory.momentum_ratio, is_buy, moved))


def memory_of(state: State) -> Memory:
    """Return what was learned, or what one begins with."""
    return Memory.new(len(state)) if state.memory is None else state.memory


def _aim(state: State, decided: Decisions, news: News, margin: FloatArray, nudge: FloatArray) -> FloatArray:
    """Return the margin each home should have had, NaN where what it has may stay."""
    buy, sell = float(state.buy_ueur_per_kwh[0]), float(state.sell_ueur_per_kwh[0])
    is_served = news.filled_wh > 0
    if news.price_ueur_per_kwh is None or not buy > sell:
        return np.where(is_served, np.nan, margin - nudge)
    price = float(news.price_ueur_per_kwh)
    at_price = np.where(decided.is_buy, buy - price, price - sell) / (buy - sell)
    # Served below the margin the price would have borne: ask for more. Left out above it: ask for less.
    raises, lowers = is_served & (margin <= at_price), ~is_served & (margin >= at_price)
    return np.where(raises, at_price + nudge, np.where(lowers, at_price - nudge, np.nan))


def _own(both: FloatArray, is_buy: BoolArray) -> FloatArray:
    own: FloatArray = np.where(is_buy, both[0], both[1])
    return own


def _with_own(both: FloatArray, is_buy: BoolArray, new: FloatArray) -> FloatArray:
    return np.stack([np.where(is_buy, new, both[0]), np.where(is_buy, both[1], new)])
