"""Peaks already paid for: the state of each demand component, kept up from measured import."""

from dataclasses import dataclass, field

import numpy as np

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid, local_day_start, local_fields
from enerwise.site.site import GRID, Site
from enerwise.site.tariff import DemandComponent, DemandState, demand_charge
from enerwise.store.store import Store


@dataclass
class Peaks:
    """Reads each metered step once; after a restart it begins at the start of the billing period."""

    site: Site
    step_s: int
    states: dict[str, DemandState] = field(default_factory=dict)
    elapsed_w: dict[str, float] = field(default_factory=dict)
    _billed_until: dict[str, Instant] = field(default_factory=dict)

    def update(self, store: Store, now: Instant) -> None:
        """Take in what was metered up to ``now``."""
        for component in self.site.tariff.demand:
            self._update(component, store, now)

    def _update(self, component: DemandComponent, store: Store, now: Instant) -> None:
        zone, name = self.site.timezone, component.name
        since = self._billed_until.get(name)
        if since is None:
            since = _period_start(component, now, zone)
        whole = max(since, self._interval_start(component, since, now))
        self.states[name] = self._billed(component, store, since, whole, now)
        self._billed_until[name] = whole
        rest = TimeGrid.between(whole, now, self.step_s)
        self.elapsed_w[name] = float(self._import_w(store, rest, now).sum())

    def _interval_start(self, component: DemandComponent, since: Instant, now: Instant) -> Instant:
        """Return where the billed interval that holds ``now`` began; steps are counted from ``since``."""
        back = component.billed_interval_s(self.step_s) // self.step_s
        steps = TimeGrid(since, self.step_s, 0)
        grid = steps.part(steps.step_at(now) - back, back + 1)
        interval = component.intervals(grid, self.site.timezone).interval
        return grid.part(int(np.argmax(interval == interval[-1])), 1).start_utc

    def _billed(
        self, component: DemandComponent, store: Store, since: Instant, until: Instant, now: Instant
    ) -> DemandState:
        state = self.states.get(component.name, DemandState())
        grid = TimeGrid.between(since, until, self.step_s)
        if not grid.step_count:
            return state
        return demand_charge(component, grid, self._import_w(store, grid, now), self.site.timezone, state)[1]

    def _import_w(self, store: Store, grid: TimeGrid, now: Instant) -> np.ndarray:
        if not grid.step_count:
            return np.zeros(0)
        frame = store.read_frame([Key(GRID, POWER_W)], grid, as_of=now)
        return np.maximum(0.0, np.nan_to_num(frame.value[:, 0]))


def _period_start(component: DemandComponent, now: Instant, zone: str) -> Instant:
    """Return the local midnight with which the running billing period began."""
    local = local_fields(np.array([now]), zone)
    day = np.datetime64(int(local.day[0]), "D")
    unit = {"day": "D", "month": "M", "year": "Y"}[component.per]
    back = int((day - day.astype(f"datetime64[{unit}]").astype("datetime64[D]")).astype(np.int64))
    return local_day_start(now, zone, days=-back)
