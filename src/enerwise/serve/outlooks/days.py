"""What each local day came to, and would have come to otherwise, in numbers that a month adds up from.

``no_planning``: the same load and sun, the battery under self-consumption from the level it really had at the day's
beginning. ``no_battery``: the same load and sun, nothing stored. Energy that a battery has more or less at the day's
end than in the comparison counts at the day's mean buying price, less the way out of the battery, so that a day which
leaves it fuller is not called dear. A day with less than 95 % of its minutes known has no comparison.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.core.time import QUARTER_S, Instant, TimeGrid
from enerwise.core.units import BoolArray, FloatArray
from enerwise.run.feeds import fed
from enerwise.serve.outlooks.flows import Flows, flows
from enerwise.serve.outlooks.measured import Gap, Measured, day_grid, measured
from enerwise.serve.outlooks.paths import Powers, Supply, along
from enerwise.site.assets import Battery, Pv
from enerwise.site.site import Site
from enerwise.site.tariff import Bill, Tariff
from enerwise.store.store import Store

LEAST_COVERAGE: Final = 0.95
NO_PLANNING: Final = "no_planning"
NO_BATTERY: Final = "no_battery"


@dataclass(frozen=True, slots=True)
class Device:
    """A load with a meter of its own."""

    energy_wh: float
    cost_eur: float
    """Its energy at what a used kWh cost in each minute: what was bought, spread over all that was used or stored."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The quarter of an hour with the highest mean import."""

    start_utc: Instant
    mean_w: float


@dataclass(frozen=True, slots=True)
class Other:
    """What a day would have come to otherwise."""

    bill: Bill
    kept_eur: float
    """Worth of what the real battery has more at the end than the comparison, to be added to its bill."""


@dataclass(frozen=True, slots=True)
class Day:
    """One local day. Energies as sizes over the minutes that are known."""

    day: int
    """Since 1970-01-01."""
    grid: TimeGrid
    length_h: float
    coverage_ratio: float
    meter_ratio: float
    """Share of the span of which is known what the connection drew: with none, nothing is known of money."""
    gaps: tuple[Gap, ...]
    bill: Bill
    others: Mapping[str, Other]
    """By baseline; empty where too little is known."""
    bought_wh: float
    sold_wh: float
    used_wh: float
    solar_wh: float
    from_solar_wh: float
    """Of what the home used; the three sources add up to it."""
    from_battery_wh: float
    from_grid_wh: float
    buy_eur_per_kwh: float
    """Mean over the known minutes, whatever was used in them; tax included."""
    sell_eur_per_kwh: float
    devices: Mapping[str, Device]
    peak: Peak | None

    @property
    def name(self) -> str:
        """``2024-07-01``."""
        return str(np.datetime64(self.day, "D"))

    @property
    def known_h(self) -> float:
        """Hours of which everything is known."""
        return self.coverage_ratio * self.grid.step_count * self.grid.step_h

    @property
    def is_complete(self) -> bool:
        """Whether enough is known to compare."""
        return self.coverage_ratio >= LEAST_COVERAGE


def days_of(store: Store, site: Site, days: Sequence[int], until: Instant) -> list[Day]:
    """Return local days from what a store holds, all comparisons in one run of the twins.

    Raises:
        StoreError: The store cannot be read.
    """
    found = [measured(store, site, day_grid(day, site.timezone, until)) for day in days]
    tariffs = [_tariff(store, site, each.grid) for each in found]
    humble = _self_consumption(site, found)
    return [
        _day(day, each, tariff, humble, at)
        for at, (day, each, tariff) in enumerate(zip(days, found, tariffs, strict=True))
    ]


def _tariff(store: Store, site: Site, grid: TimeGrid) -> Tariff:
    """Return the tariff with the prices that feeds told for these steps."""
    return fed(site.tariff, store, grid.start_utc, grid.end_utc)


def _self_consumption(site: Site, found: Sequence[Measured]) -> Powers:
    """Run all days under self-consumption, each from its own level; what lies beyond a day's end is unknown."""
    steps = max((each.grid.step_count for each in found), default=0)
    pvs, batteries = site.of_kind(Pv), site.of_kind(Battery)
    load_w = np.full((len(found), steps), np.nan)
    available_w = np.full((len(found), len(pvs), steps), np.nan)
    limits_w = np.zeros((2, len(found), steps))
    for at, each in enumerate(found):
        count, starts_utc = each.grid.step_count, each.grid.starts_utc
        load_w[at, :count], available_w[at, :, :count] = each.load_w, each.available_w
        limits_w[0, at, :count] = site.connection.import_limit_w(starts_utc, site.timezone)
        limits_w[1, at, :count] = site.connection.export_limit_w(starts_utc, site.timezone)
    start_wh = np.array([each.start_wh for each in found]).reshape(len(found), len(batteries))
    supply = Supply(load_w, available_w, limits_w[0], limits_w[1], 60.0)
    return along(supply, batteries, pvs, start_wh)


def _day(day: int, each: Measured, tariff: Tariff, humble: Powers, at: int) -> Day:
    zone, grid = each.site.timezone, each.grid
    whole = day_grid(day, zone)
    bill = tariff.bill(grid, each.grid_w, zone)
    known = each.known
    went = flows(each.load_w, each.pv_w.sum(axis=0), each.battery_w.sum(axis=0), each.grid_w)
    buy, sell = tariff.import_eur_per_kwh(grid, zone), tariff.export_eur_per_kwh(grid, zone)
    found = Day(
        day=day,
        grid=grid,
        length_h=whole.step_count * whole.step_h,
        coverage_ratio=each.coverage_ratio,
        meter_ratio=float(np.isfinite(each.grid_w).mean()) if grid.step_count else 0.0,
        gaps=each.gaps,
        bill=replace(bill, notes=tuple(note for note in bill.notes if "without measurement" not in note)),
        others={},
        bought_wh=_wh(went.bought_w, grid),
        sold_wh=_wh(went.sold_w, grid),
        used_wh=_wh(went.used_w, grid),
        solar_wh=_wh(np.maximum(-each.pv_w, 0.0).sum(axis=0), grid),
        from_solar_wh=_wh(went.solar_w, grid),
        from_battery_wh=_wh(went.battery_w, grid),
        from_grid_wh=_wh(went.home_from_grid_w, grid),
        buy_eur_per_kwh=_mean(buy, known),
        sell_eur_per_kwh=_mean(sell, known),
        devices=_devices(each, went, buy),
        peak=_peak(each),
    )
    return (
        replace(found, others=_others(each, tariff, humble, at, found.buy_eur_per_kwh)) if found.is_complete else found
    )


def _others(each: Measured, tariff: Tariff, humble: Powers, at: int, buy_eur_per_kwh: float) -> dict[str, Other]:
    site, grid = each.site, each.grid
    count, batteries = grid.step_count, site.of_kind(Battery)
    if not (np.isfinite(each.start_wh).all() and np.isfinite(each.end_wh).all()):
        return {}
    way_out = np.array([battery.one_way_ratio for battery in batteries])
    worth = buy_eur_per_kwh / 1e3 * way_out

    def other(grid_w: FloatArray, end_wh: FloatArray) -> Other:
        filled_w = np.where(np.isfinite(grid_w), grid_w, each.grid_w)
        bill = tariff.bill(grid, filled_w, site.timezone)
        return Other(bill, float(((each.end_wh - end_wh) * worth).sum()))

    export_w = site.connection.export_limit_w(grid.starts_utc, site.timezone)
    limit_w = np.array([plant.output_limit_w for plant in site.of_kind(Pv)])[:, None]
    bare_w = np.maximum(each.load_w + np.maximum(each.available_w, -limit_w).sum(axis=0), -export_w)
    return {
        NO_PLANNING: other(humble.grid_w[at, :count], humble.energy_wh[at, :, count]),
        NO_BATTERY: other(bare_w, each.start_wh),
    }


def _devices(each: Measured, went: Flows, buy: FloatArray) -> dict[str, Device]:
    taken_w = went.used_w + went.stored_w
    price = np.where(taken_w > 0, went.bought_w * buy / np.where(taken_w > 0, taken_w, 1.0), 0.0)
    return {
        name: Device(_wh(power_w, each.grid), _wh(power_w * price, each.grid) / 1e3)
        for name, power_w in each.loads_w.items()
    }


def _peak(each: Measured) -> Peak | None:
    """Return the highest quarter of an hour that is known in full."""
    parts = QUARTER_S // each.grid.step_s
    count = each.grid.step_count // parts
    quarters_w = np.maximum(each.grid_w[: count * parts], 0.0).reshape(count, parts).mean(axis=1)
    if not np.isfinite(quarters_w).any():
        return None
    highest = int(np.nanargmax(quarters_w))
    return Peak(each.grid.part(highest * parts, 1).start_utc, float(quarters_w[highest]))


def _wh(power_w: FloatArray, grid: TimeGrid) -> float:
    return float(np.nansum(power_w)) * grid.step_h


def _mean(price: FloatArray, known: BoolArray) -> float:
    return float(price[known].mean()) if known.any() else float("nan")
