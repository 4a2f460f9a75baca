"""A producer: a solar farm with a battery sells what it will surely have, and what storing would not pay more for.

How much sun is sure depends on what being wrong costs. Who promises too much pays for what is missing, who promises too
little gets less for what is over; the best promise is the quantile of the forecast at the ratio of the two.

Source: Pinson, Chevallier and Kariniotakis 2007, IEEE Trans. Power Systems 22(3), equation 9. Holds for: errors spread
evenly around what is expected, within twice their mean.
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
from enerwise.site.assets import Pv


@dataclass(frozen=True, slots=True)
class Producer(Keeper):
    """Sells sun, and what the battery holds."""

    name: str = "producer"

    def orders(self, view: MarketView, rng: np.random.Generator) -> Sequence[Order]:
        """Return asks, the cheapest first: sun beyond the battery, sun it could store, what it holds."""
        del rng
        if not view.is_open:
            return ()
        state = state_of(view)
        way, worth_ueur = float(state.batteries.one_way_ratio[0]), worth_eur_per_kwh(state) * UEUR
        sun_wh = max(firm_sun_wh(view) - view.sold_wh, 0.0)
        # What cannot be known of the battery is not offered, and the sun is sold as if there were none.
        room_wh, stock_wh = (max(0.0, float(each[0])) for each in (charge_wh(state), discharge_wh(state)))
        kept_wh, floor = min(room_wh, sun_wh), floor_ueur_per_kwh(view)
        asks = [
            (sun_wh - kept_wh, floor),
            (kept_wh, max(floor, worth_ueur * way)),
            (stock_wh, max(floor, worth_ueur / way)),
        ]
        return self._within(view, asks, float(state.export_limit_wh[0]))

    def _within(self, view: MarketView, asks: list[tuple[float, float]], left_wh: float) -> Sequence[Order]:
        """Return orders as far as the connection carries them."""
        made = list[Order]()
        for energy_wh, limit in asks:
            orders = offer(self.name, view, Side.SELL, min(energy_wh, left_wh), limit)
            left_wh -= sum(each.quantity_wh for each in orders)
            made += orders
        return made


def firm_sun_wh(view: MarketView) -> float:
    """Return how much surplus to promise for the slot. [Wh]"""
    buy, sell, local = (
        float(each[0]) for each in (view.buy_ueur_per_kwh, view.sell_ueur_per_kwh, view.local_ueur_per_kwh)
    )
    short = buy if view.short_ueur_per_kwh is None else view.short_ueur_per_kwh
    long = sell if view.long_ueur_per_kwh is None else view.long_ueur_per_kwh
    ratio = min(max((local - long) / (short - long), 0.0), 1.0) if short > long else 0.5
    return max(-float(view.net_w[0]) * view.step_h + (2.0 * ratio - 1.0) * 2.0 * view.spread_wh, 0.0)


def floor_ueur_per_kwh(view: MarketView) -> float:
    """Return the least sun is sold for: what the supplier gives, and nothing below zero where it can be held back."""
    plants = view.site.of_kind(Pv)
    sell = float(view.sell_ueur_per_kwh[0])
    return max(sell, 0.0) if plants and all(each.can_curtail for each in plants) else sell
