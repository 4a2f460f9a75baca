"""The raw quarters of an hour of a month as lines of CSV, one local day after the other."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from enerwise.core.time import QUARTER_S, TimeGrid, to_datetime, zone_info
from enerwise.core.units import FloatArray
from enerwise.run.feeds import fed
from enerwise.serve.outlooks.measured import Measured, day_grid, measured
from enerwise.site.site import Site
from enerwise.store.store import Store

COLUMNS: Final = (
    "start_local",
    "start_utc",
    "bought_kwh",
    "sold_kwh",
    "home_kwh",
    "solar_kwh",
    "battery_in_kwh",
    "battery_out_kwh",
    "price_import_eur_per_kwh",
    "price_export_eur_per_kwh",
    "known_ratio",
)
PARTS: Final = 15


def quarter_lines(store: Store, site: Site, first: int, last: int) -> Iterator[str]:
    """Yield the head, then one line for each quarter of an hour; what is not known is empty.

    Raises:
        StoreError: The store cannot be read.
    """
    yield ",".join(COLUMNS) + "\n"
    for day in range(first, last + 1):
        grid = day_grid(day, site.timezone)
        quarters = TimeGrid(grid.start_utc, QUARTER_S, grid.step_count // PARTS)
        yield "".join(_lines(measured(store, site, grid), quarters, store))


def _lines(day: Measured, quarters: TimeGrid, store: Store) -> Iterator[str]:
    tariff = fed(day.site.tariff, store, quarters.start_utc, quarters.end_utc)
    buy, sell = (each(quarters, day.site.timezone) for each in (tariff.import_eur_per_kwh, tariff.export_eur_per_kwh))
    battery_w = day.battery_w.sum(axis=0)
    columns = [
        _kwh(np.maximum(day.grid_w, 0.0)),
        _kwh(np.maximum(-day.grid_w, 0.0)),
        _kwh(day.load_w),
        _kwh(np.maximum(-day.pv_w, 0.0).sum(axis=0)),
        _kwh(np.maximum(battery_w, 0.0)),
        _kwh(np.maximum(-battery_w, 0.0)),
        buy,
        sell,
        day.known.reshape(-1, PARTS).mean(axis=1),
    ]
    zone = zone_info(day.site.timezone)
    for start, row in zip(quarters.starts_utc, np.stack(columns, axis=1).tolist(), strict=True):
        at = to_datetime(start)
        numbers = (f"{each:.6g}" if math.isfinite(each) else "" for each in row)
        yield f"{at.astimezone(zone).isoformat()},{at:%Y-%m-%dT%H:%M:%SZ},{','.join(numbers)}\n"


def _kwh(power_w: FloatArray) -> FloatArray:
    """Return the energy of each quarter; unknown where any of its minutes is. Shape (quarter,)"""
    return np.asarray(power_w.reshape(-1, PARTS).mean(axis=1) * 0.25 / 1e3) + 0.0
