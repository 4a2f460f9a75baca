"""One local day as its meters tell it: minutes of power, levels at both ends, what is missing.

The connection's meter is the one that counts for money, so the home's use is what is left of it after sun and battery;
loads of their own are kept beside it. Nothing missing is filled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, POWER_W, SOC_RATIO
from enerwise.core.series import Key, Series
from enerwise.core.time import Instant, TimeGrid, instant, local_midnight_s, utc_offset_s
from enerwise.core.units import BoolArray, FloatArray
from enerwise.serve.outlooks.minutes import MINUTE_S, Track, at_edge, on_minutes
from enerwise.serve.runs import true_runs
from enerwise.site.assets import Battery, Load, Pv
from enerwise.site.site import GRID, Site
from enerwise.store.store import Store

BEFORE: Final = np.timedelta64(3600, "s")
"""A reading holds into the day that began less than this before it."""
LEVEL_WITHIN_MS: Final = 3_600_000
LEAST_GAP_MINUTES: Final = 5
"""Shorter gaps count in the coverage and are not listed."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A span of which a channel tells nothing."""

    from_utc: Instant
    to_utc: Instant
    channel: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A local day, or what has passed of it, in minutes. Powers in W, positive is taken, NaN where unknown."""

    site: Site
    grid: TimeGrid
    grid_w: FloatArray
    load_w: FloatArray
    """The home: what the connection draws less sun and battery."""
    pv_w: FloatArray
    """Shape (pv, step)"""
    available_w: FloatArray
    """What each plant could deliver; what it delivered where nobody tells. Shape (pv, step)"""
    battery_w: FloatArray
    """Shape (battery, step)"""
    start_wh: FloatArray
    """NaN where unknown. Shape (battery,)"""
    end_wh: FloatArray
    loads_w: Mapping[str, FloatArray]
    """Loads with a meter of their own."""
    cover_ratio: Mapping[str, float]
    """Share of the span each channel covers."""
    gaps: tuple[Gap, ...]

    @property
    def known(self) -> BoolArray:
        """Tell where everything that money depends on is known. Shape (step,)"""
        return np.isfinite(self.grid_w + self.load_w)

    @property
    def coverage_ratio(self) -> float:
        """Share of the span in which connection, sun and batteries are all known."""
        return float(self.known.mean()) if self.grid.step_count else 0.0


def local_day(at: Instant, zone: str) -> int:
    """Return the local day that holds an instant, counted from 1970-01-01."""
    epoch_s = at.astype("datetime64[s]").astype(np.int64)
    return int((epoch_s + utc_offset_s(np.array([epoch_s]), zone)[0]) // 86_400)


def day_grid(day: int, zone: str, until: Instant | None = None) -> TimeGrid:
    """Return the minutes of a local day, up to the last whole one before ``until``."""
    start, end = instant(local_midnight_s(day, zone)), instant(local_midnight_s(day + 1, zone))
    return TimeGrid.between(start, end if until is None else max(start, min(end, until)), MINUTE_S)


def measured(store: Store, site: Site, grid: TimeGrid) -> Measured:
    """Read a day.

    Raises:
        StoreError: The store cannot be read.
    """
    read = _Reader(store, grid)
    pvs, batteries = site.of_kind(Pv), site.of_kind(Battery)
    steps = grid.step_count
    power = {each: read.track(Key(each, POWER_W)) for each in (GRID, *(asset.id for asset in site))}
    pv_w = _rows([power[each.id].mean for each in pvs], steps)
    battery_w = _rows([power[each.id].mean for each in batteries], steps)
    own_w = pv_w.sum(axis=0) + battery_w.sum(axis=0)
    loads = {each.id: power[each.id].mean for each in site.of_kind(Load)}
    grid_w, has_meter = power[GRID].mean, power[GRID].cover_ratio.any()
    if not has_meter and loads:
        # Without a meter at the connection the sum of all others stands for it.
        grid_w = own_w + _rows(list(loads.values()), steps).sum(axis=0)
    told = [GRID] if has_meter else list(loads)
    channels = [*told, *(each.id for each in pvs), *(each.id for each in batteries)]
    offered = [read.track(Key(each.id, AVAILABLE_POWER_W)).mean for each in pvs]
    return Measured(
        site=site,
        grid=grid,
        grid_w=grid_w,
        load_w=grid_w - own_w,
        pv_w=pv_w,
        available_w=np.where(np.isfinite(offer := _rows(offered, steps)), offer, pv_w),
        battery_w=battery_w,
        start_wh=np.array([read.level_wh(each, grid.start_utc) for each in batteries]),
        end_wh=np.array([read.level_wh(each, grid.end_utc) for each in batteries]),
        loads_w={name: each for name, each in loads.items() if np.isfinite(each).any()},
        cover_ratio={each: float(power[each].cover_ratio.mean()) if steps else 0.0 for each in channels},
        gaps=tuple(gap for each in channels for gap in _gaps(each, power[each], grid)),
    )


class _Reader:
    """Reads channels around one day."""

    def __init__(self, store: Store, grid: TimeGrid) -> None:
        self._store, self._grid = store, grid

    def track(self, key: Key) -> Track:
        return on_minutes(self._series(key), self._grid)

    def level_wh(self, battery: Battery, at: Instant) -> float:
        edge_ms = int(at.astype("datetime64[ms]").astype(np.int64))
        for quantity, per_unit_wh in ((ENERGY_WH, 1.0), (SOC_RATIO, battery.capacity_wh)):
            series = self._store.read(Key(battery.id, quantity), at - BEFORE, at + BEFORE)
            found = at_edge(series, edge_ms, within_ms=LEVEL_WITHIN_MS) * per_unit_wh
            if np.isfinite(found):
                return found
        return float("nan")

    def _series(self, key: Key) -> Series:
        return self._store.read(key, self._grid.start_utc - BEFORE, self._grid.end_utc)


def _rows(rows: list[FloatArray], steps: int) -> FloatArray:
    return np.stack(rows) if rows else np.zeros((0, steps))


def _gaps(name: str, track: Track, grid: TimeGrid) -> list[Gap]:
    return [
        Gap(grid.part(each.start, 1).start_utc, grid.part(each.stop, 1).start_utc, f"{name}.{POWER_W}")
        for each in true_runs(np.isnan(track.mean))
        if each.stop - each.start >= LEAST_GAP_MINUTES
    ]
