"""States with good defaults: a home of the design, half an hour long, and what is special about it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from enerwise.market.strategies.score import DESIGNED_BATTERY
from enerwise.market.strategy import State
from enerwise.site.assets import BatteryArrays

BUY, SELL = 300_000.0, 80_000.0


def a_state(
    net_wh: Sequence[Sequence[float]] = ((500.0, 500.0),), *, energy_wh: float | Sequence[float] = 6000.0, **more: Any
) -> State:
    """Return what homes with the battery of the design know; one row of net energy for each."""
    net, slots = np.array(net_wh, np.float64), len(net_wh[0])
    homes = net.shape[0]
    return State(
        **{
            "step_s": 1800.0,
            "batteries": BatteryArrays.of([DESIGNED_BATTERY] * homes),
            "energy_wh": np.broadcast_to(np.asarray(energy_wh, np.float64), (homes,)).copy(),
            "net_wh": net,
            "spread_wh": np.zeros(homes),
            "buy_ueur_per_kwh": np.full(slots, BUY),
            "sell_ueur_per_kwh": np.full(slots, SELL),
            "local_ueur_per_kwh": np.full(slots, (BUY + SELL) / 2),
            "import_limit_wh": np.full(homes, 10_000.0),
            "export_limit_wh": np.full(homes, 4_000.0),
            **more,
        }
    )
