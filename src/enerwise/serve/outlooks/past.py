"""What was measured before a plan, on its steps, and what the plans in force then had meant the connection to draw."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from enerwise.core.event import Event
from enerwise.core.quantity import ENERGY_WH, POWER_W, SOC_RATIO
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid, local_day_start
from enerwise.core.units import FloatArray
from enerwise.run.feeds import fed
from enerwise.serve.outlooks.made import Plans
from enerwise.serve.outlooks.minutes import on_minutes
from enerwise.site.assets import Battery, Pv
from enerwise.site.site import GRID, Site
from enerwise.store.store import Store

LOAD: Final = "load"
"""Under this name stands all use of the home together."""
LEAST_H: Final = 12
MOST_PLANS: Final = 400


@dataclass(frozen=True, slots=True)
class Past:
    """Steps that have ended. Shapes (step,)"""

    grid: TimeGrid
    power_w: dict[str, FloatArray]
    """By asset, ``grid``, and ``load``: the home, what the connection draws less sun and battery."""
    soc_ratio: dict[str, FloatArray]
    planned_grid_w: FloatArray
    import_eur_per_kwh: FloatArray
    export_eur_per_kwh: FloatArray

    def as_data(self) -> dict[str, Any]:
        """Return it as the page reads it."""
        return {
            "start_utc": self.grid.starts_utc,
            "power_w": {name: np.round(each, 1) + 0.0 for name, each in self.power_w.items()},
            "soc_ratio": {name: np.round(each, 4) for name, each in self.soc_ratio.items()},
            "planned_grid_w": np.round(self.planned_grid_w, 1) + 0.0,
            "import_eur_per_kwh": np.round(self.import_eur_per_kwh, 6),
            "export_eur_per_kwh": np.round(self.export_eur_per_kwh, 6),
        }


def past_grid(site: Site, ahead: TimeGrid, now: Instant) -> TimeGrid:
    """Return the steps from the local midnight, or from twelve hours back where that is earlier, until now.

    They lie on the marks of the plan's own steps, so that both draw one line.
    """
    step_ms = ahead.step_s * 1000
    begin_ms = int(ahead.start_utc.astype(np.int64))
    start = min(local_day_start(now, site.timezone), now - np.timedelta64(LEAST_H, "h"))
    first, last = ((int(each.astype("datetime64[ms]").astype(np.int64)) - begin_ms) // step_ms for each in (start, now))
    return TimeGrid(np.datetime64(begin_ms + first * step_ms, "ms"), ahead.step_s, last - first)


def past(store: Store, site: Site, plans: Plans, ahead: TimeGrid, now: Instant) -> Past:
    """Read what was measured, NaN where nothing was.

    Args:
        store: What remembers.
        site: Whose.
        plans: Its plans.
        ahead: The steps of the plan that is shown.
        now: The present.

    Raises:
        StoreError: The store cannot be read.
    """
    grid = past_grid(site, ahead, now)
    since = grid.start_utc - np.timedelta64(1, "h")
    ids = (GRID, *(each.id for each in site))
    power_w = {each: on_minutes(store.read(Key(each, POWER_W), since, grid.end_utc), grid).mean for each in ids}
    own = [each.id for each in site if isinstance(each, Battery | Pv)]
    power_w[LOAD] = power_w[GRID] - sum((power_w[each] for each in own), np.zeros(grid.step_count))
    levels = {each.id: _level(store, each, grid) for each in site.of_kind(Battery)}
    tariff = fed(site.tariff, store, grid.start_utc, grid.end_utc)
    buy, sell = (each(grid, site.timezone) for each in (tariff.import_eur_per_kwh, tariff.export_eur_per_kwh))
    return Past(grid, power_w, levels, planned_grid_w(plans, grid), buy, sell)


def _level(store: Store, battery: Battery, grid: TimeGrid) -> FloatArray:
    """Return the level at the beginning of each step: the mean of what was told around it."""
    for quantity, per_unit in ((SOC_RATIO, 1.0), (ENERGY_WH, 1.0 / battery.capacity_wh)):
        series = store.read(Key(battery.id, quantity), grid.start_utc, grid.end_utc)
        if len(series):
            found: FloatArray = on_minutes(series, grid).mean * per_unit
            return found
    return np.full(grid.step_count, np.nan)


def planned_grid_w(plans: Plans, grid: TimeGrid) -> FloatArray:
    """Return what the plan in force at the beginning of each step had meant the connection to draw. Shape (step,)"""
    found = np.full(grid.step_count, np.nan)
    told = plans.told(MOST_PLANS, before=grid.end_utc)
    starts_utc = grid.starts_utc
    at = 0
    for step in range(grid.step_count - 1, -1, -1):
        while at < len(told) and told[at].at > starts_utc[step] + np.timedelta64(grid.step_s * 500, "ms"):
            at += 1
        if at == len(told):
            break
        found[step] = _meant_w(plans, told[at], starts_utc[step])
    return found


def _meant_w(plans: Plans, event: Event, at: Instant) -> float:
    made = plans.made(event.id)
    step = -1 if made is None else made.grid.step_at(at + np.timedelta64(made.grid.step_s * 500, "ms"))
    if made is None or not 0 <= step < made.grid.step_count:
        return float("nan")
    return float(made.plan.grid_power_w[step])
