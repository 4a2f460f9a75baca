"""Settlement: each local day that has ended is billed from its measurements, and the bill becomes an event.

The same tariff object that prices plans bills the past. Peaks are carried from day to day, so that the days of a month
add up to the month.
"""

from dataclasses import dataclass, field

import numpy as np

from enerwise.core.event import Event, Json, Kind
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid, local_day_start
from enerwise.run.world import World
from enerwise.site.site import GRID
from enerwise.site.tariff import DemandState


@dataclass
class Settlement:
    """Bills day after day, each once."""

    peaks: dict[str, DemandState] = field(default_factory=dict)
    total_eur: float = 0.0
    _since: Instant | None = None
    _due: Instant | None = None

    def settle(self, world: World, now: Instant) -> None:
        """Bill every local day that has ended since the last call; the first may be a part of one."""
        if self._since is None:
            self._since, self._due = now, local_day_start(now, world.site.timezone, days=1)
        while self._due is not None and now >= self._due:
            self._bill(world, self._since, self._due, now)
            self._since, self._due = self._due, local_day_start(self._due, world.site.timezone, days=1)

    def _bill(self, world: World, since: Instant, until: Instant, now: Instant) -> None:
        site = world.site
        grid = TimeGrid.between(since, until, world.turn_s)
        if not grid.step_count:
            return
        power_w = world.store.read_frame([Key(GRID, POWER_W)], grid, as_of=now).value[:, 0]
        bill = world.prices.tariff(now).bill(grid, power_w, site.timezone, self.peaks)
        self.peaks.update(bill.demand)
        self.total_eur += bill.total_eur
        told: dict[str, Json] = {
            "since": str(since),
            "until": str(until),
            "cost_eur": {term: round(eur, 6) for term, eur in bill.cost_eur.items()},
            "import_kwh": float(np.nansum(np.maximum(power_w, 0.0)) * grid.step_h / 1e3),
            "export_kwh": float(np.nansum(np.maximum(-power_w, 0.0)) * grid.step_h / 1e3),
            "notes": list(bill.notes),
        }
        cause = () if world.seen_id is None else (world.seen_id,)
        world.store.note([Event(f"{world.event_id(0)}s-{str(since)[:16]}", now, Kind.SETTLED, site.id, told, cause)])
