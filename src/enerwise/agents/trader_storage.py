"""A storage on its own: buys below what stored energy is worth and sells above it, on both sides at once.

What it buys arrives less the way in, what it sells costs the way out besides; between the two prices lie the losses and
the margin it wants. Both orders never meet each other, for it bids below what it asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from enerwise.agents.trader import MarketView, offer
from enerwise.agents.trader_keep import Keeper
from enerwise.agents.trader_state import state_of, worth_eur_per_kwh
from enerwise.core.intent import Order, Side
from enerwise.market.strategies.within import charge_wh, discharge_wh
from enerwise.market.strategy import UEUR


@dataclass(frozen=True, slots=True)
class Storage(Keeper):
    """Trades energy over time."""

    name: str = "storage"
    margin_ueur_per_kwh: float = 10_000.0
    """What each side must bring at least. [micro-EUR/kWh]"""

    def orders(self, view: MarketView, rng: np.random.Generator) -> Sequence[Order]:
        """Return a bid for the room in the battery, and an ask for what is in it."""
        del rng
        if not view.is_open:
            return ()
        state = state_of(view)
        way, worth_ueur = float(state.batteries.one_way_ratio[0]), worth_eur_per_kwh(state) * UEUR
        traded_wh = view.bought_wh - view.sold_wh
        room_wh = min(float(charge_wh(state)[0]) - max(traded_wh, 0), float(state.import_limit_wh[0]))
        stock_wh = min(float(discharge_wh(state)[0]) + min(traded_wh, 0), float(state.export_limit_wh[0]))
        bid = min(worth_ueur * way - self.margin_ueur_per_kwh, float(view.buy_ueur_per_kwh[0]))
        ask = max(worth_ueur / way + self.margin_ueur_per_kwh, float(view.sell_ueur_per_kwh[0]))
        bids = offer(self.name, view, Side.BUY, room_wh, bid)
        return (*bids, *offer(self.name, view, Side.SELL, stock_wh, ask)) if bid < ask else bids
