"""Truthful: what is left after plain self-consumption, at what it is worth: the supplier's price of the same side."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from enerwise.market.strategies.within import left_wh, orders
from enerwise.market.strategy import Decisions, State


@dataclass(frozen=True, slots=True)
class Truthful:
    """Bids true worth."""

    name: ClassVar[str] = "truthful"
    is_planning: ClassVar[bool] = False

    def decide(self, state: State, rng: np.random.Generator) -> Decisions:
        """Offer what is left at the supplier's prices, which is what it would cost or earn without a market."""
        del rng
        net_wh = left_wh(state)
        is_buy = net_wh > 0.0
        limit = np.where(is_buy, state.buy_ueur_per_kwh[0], state.sell_ueur_per_kwh[0])
        return orders(state, is_buy, np.abs(net_wh), limit)
