"""A household: sun, battery and people, one order a slot by a strategy it shares with thousands."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from enerwise.agents.trader import MarketView, offer
from enerwise.agents.trader_keep import Keeper
from enerwise.agents.trader_state import state_of
from enerwise.core.intent import Order, Side
from enerwise.market.strategies.marginal_value import MarginalValue
from enerwise.market.strategy import Strategy


@dataclass(frozen=True, slots=True)
class Household(Keeper):
    """Trades what its strategy says; without another word, the marginal value of its stored energy."""

    name: str = "household"
    strategy: Strategy = field(default_factory=MarginalValue)

    def orders(self, view: MarketView, rng: np.random.Generator) -> Sequence[Order]:
        """Return at most one order."""
        if not view.is_open:
            return ()
        made = self.strategy.decide(state_of(view), rng)
        side = Side.BUY if made.is_buy[0] else Side.SELL
        return offer(self.name, view, side, float(made.quantity_wh[0]), float(made.price_ueur_per_kwh[0]))
