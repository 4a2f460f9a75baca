"""From what was played to what a picture shows, and to the columns of a CSV file."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from enerwise.core.time import TimeGrid, local_fields
from enerwise.core.units import FloatArray, IntArray
from enerwise.serve.deeds import stretches
from enerwise.serve.plot.panels import Scene
from enerwise.serve.runs import equal_runs
from enerwise.serve.totals import Played
from enerwise.site.assets import Battery
from enerwise.site.site import Site

WEEK_DAYS = 7


def scene_of(played: Played, steps: slice, *, with_lane: bool = False) -> Scene:
    """Return the picture of a part of what was played."""
    grid = played.grid.part(steps.start, steps.stop - steps.start)
    site = played.site
    battery_w, grid_w = played.battery_w[steps], played.grid_w[steps]
    return Scene(
        grid=grid,
        zone=site.timezone,
        buy_eur_per_kwh=site.tariff.import_eur_per_kwh(grid, site.timezone),
        sell_eur_per_kwh=site.tariff.export_eur_per_kwh(grid, site.timezone),
        load_w=played.load_w[steps],
        pv_w=played.pv_w[steps],
        battery_w=battery_w,
        grid_w=grid_w,
        soc_ratio=played.soc_ratio[steps.start : steps.stop + 1],
        soc_band_ratio=soc_band_ratio(site.of_kind(Battery)),
        stretches=stretches(battery_w, grid_w) if with_lane else (),
        is_past=True,
    )


def soc_band_ratio(batteries: Sequence[Battery]) -> tuple[float, float]:
    """Return the levels within which all batteries are kept, 0..1."""
    lowest = min((each.soc_min_ratio for each in batteries), default=0.0)
    return lowest, max((each.soc_max_ratio for each in batteries), default=1.0)


def typical_week(grid: TimeGrid, zone: str, saved_eur: FloatArray) -> slice:
    """Return the seven local days whose saving is the median of all weeks that begin on a Monday.

    Args:
        grid: The steps.
        zone: Whose Mondays.
        saved_eur: What was saved in each step. Shape (step,)
    """
    local = local_fields(grid.starts_utc, zone)
    week = (local.day + 3) // WEEK_DAYS
    whole = [each for each in equal_runs(week) if _is_whole(local.day[each])]
    if not whole:
        return slice(0, min(grid.step_count, int(WEEK_DAYS * 24 / grid.step_h)))
    totals = np.array([saved_eur[each].sum() for each in whole])
    order = np.argsort(totals, kind="stable")
    return whole[int(order[len(whole) // 2])]


def _is_whole(day: IntArray) -> bool:
    counts = np.unique(day, return_counts=True)[1]
    # A day of 23 or 25 hours is whole, one that the data cut in half is not.
    return bool(counts.size == WEEK_DAYS and counts.min() * 2 > counts.max())


def energy_cost_eur(site: Site, grid: TimeGrid, grid_w: FloatArray) -> FloatArray:
    """Return what energy cost in each step, fees and peaks left out. [EUR], shape (step,)"""
    buy = site.tariff.import_eur_per_kwh(grid, site.timezone)
    sell = site.tariff.export_eur_per_kwh(grid, site.timezone)
    paid = np.maximum(grid_w, 0.0) * buy - np.maximum(-grid_w, 0.0) * sell
    cost_eur: FloatArray = np.nan_to_num(paid) * grid.step_h / 1e3
    return cost_eur


def columns_of(played: Played, prefix: str = "") -> dict[str, Any]:
    """Return powers by asset, and energy at the end of each step, as columns."""
    columns: dict[str, Any] = {f"{prefix}{name}_power_w": power_w for name, power_w in played.power_w.items()}
    for row, battery in enumerate(played.site.of_kind(Battery)):
        columns[f"{prefix}{battery.id}_energy_wh"] = played.energy_wh[row, 1:]
    return columns


def price_columns(site: Site, grid: TimeGrid) -> Mapping[str, FloatArray]:
    """Return the prices of each step as columns."""
    return {
        "price_import_eur_per_kwh": site.tariff.import_eur_per_kwh(grid, site.timezone),
        "price_export_eur_per_kwh": site.tariff.export_eur_per_kwh(grid, site.timezone),
    }
