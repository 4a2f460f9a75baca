"""Zero intelligence: the same energy as the truthful, at any price that is no loss, drawn evenly.

Source: Gode and Sunder 1993, J. Political Economy 101(1), zero intelligence with a budget.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from enerwise.market.strategies.within import left_wh, orders
from enerwise.market.strategy import Decisions, State


@dataclass(frozen=True, slots=True)
class ZeroIntelligence:
    """Bids by chance."""

    name: ClassVar[str] = "zero_intelligence"
    is_planning: ClassVar[bool] = False

    def decide(self, state: State, rng: np.random.Generator) -> Decisions:
        """Offer what is left at a price between the supplier's two."""
        net_wh = left_wh(state)
        buy, sell = float(state.buy_ueur_per_kwh[0]), float(state.sell_ueur_per_kwh[0])
        return orders(state, net_wh > 0.0, np.abs(net_wh), sell + rng.random(len(state)) * (buy - sell))
