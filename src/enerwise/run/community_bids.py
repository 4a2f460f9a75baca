"""Bids: what homes see becomes the columns that a strategy takes; how it arrives at orders is its own."""

import numpy as np

from enerwise.market.strategy import Decisions, Memory, State, Strategy, strategy, strategy_names
from enerwise.run.community_outlook import Outlook

__all__ = ["Bids", "Strategy", "state_of", "strategy", "strategy_names"]

Bids = Decisions


def state_of(outlook: Outlook, memory: Memory | None = None) -> State:
    """Return what homes know at the gate of a slot; of past slots what their strategy has learned."""
    community, step_h = outlook.community, outlook.step_s / 3600.0
    return State(
        step_s=float(outlook.step_s),
        batteries=community.batteries,
        energy_wh=outlook.energy_wh,
        net_wh=outlook.net_wh,
        spread_wh=outlook.spread_w * step_h,
        buy_ueur_per_kwh=outlook.buy_ueur_per_kwh.astype(np.float64),
        sell_ueur_per_kwh=outlook.sell_ueur_per_kwh.astype(np.float64),
        local_ueur_per_kwh=outlook.local_ueur_per_kwh.astype(np.float64),
        import_limit_wh=community.import_limit_w * step_h,
        export_limit_wh=community.export_limit_w * step_h,
        worth=outlook.worth,
        memory=memory,
    )
