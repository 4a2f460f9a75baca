"""A consumer: a factory that must run, and has work that can wait.

What must run is bought at no more than the supplier asks. Work that can wait is bought at the price at which it would
otherwise be done: the dearest of the cheapest later slots that still hold all of it; the last slots leave no choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from enerwise.agents.trader import MarketView, offer
from enerwise.agents.trader_keep import Keeper
from enerwise.core.intent import Order, Side
from enerwise.site.assets import Load


@dataclass(frozen=True, slots=True)
class Consumer(Keeper):
    """Buys what it needs, and shifts what it can."""

    name: str = "consumer"
    waiting_wh: float = 0.0
    """Work that can wait: what switched loads still have to take. [Wh]"""
    slot_count: int = 0
    """Slots left for it, this one included."""

    def orders(self, view: MarketView, rng: np.random.Generator) -> Sequence[Order]:
        """Return a bid for what must run, and one for what could."""
        del rng
        if not view.is_open:
            return ()
        buy = float(view.buy_ueur_per_kwh[0])
        must_wh = max(float(view.net_w[0]) * view.step_h, 0.0)
        most_wh = max(view.import_limit_wh() - view.bought_wh, 0.0)
        base_wh = min(max(must_wh - view.bought_wh, 0.0), most_wh)
        # What was bought beyond the need was bought for the work.
        shift_wh = min(self._shiftable_wh(view) - max(view.bought_wh - must_wh, 0.0), most_wh - base_wh)
        base = offer(self.name, view, Side.BUY, base_wh, buy)
        return (*base, *offer(self.name, view, Side.BUY, shift_wh, min(self.patience_ueur_per_kwh(view), buy)))

    def patience_ueur_per_kwh(self, view: MarketView) -> float:
        """Return the price from which on waiting is better. [micro-EUR/kWh]"""
        slot_wh = self._power_w(view) * view.step_h
        later = np.sort(view.local_ueur_per_kwh[1 : max(self.slot_count, 1)])
        needed = int(np.ceil(self.waiting_wh / slot_wh)) if slot_wh > 0.0 else 0
        if not 1 <= needed <= later.size:
            return float(view.buy_ueur_per_kwh[0])
        return float(later[needed - 1])

    def _shiftable_wh(self, view: MarketView) -> float:
        """Return how much of the waiting work one slot can do."""
        return min(self.waiting_wh, self._power_w(view) * view.step_h) if self.slot_count > 0 else 0.0

    def _power_w(self, view: MarketView) -> float:
        return float(sum(each.switch_power_w for each in view.site.of_kind(Load)))
