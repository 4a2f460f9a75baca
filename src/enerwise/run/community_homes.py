"""The homes of a community as arrays: what stands in each, who has a vehicle, where they hang on the grid."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import TimeGrid, local_fields
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.physics.vehicle import Vehicles
from enerwise.run.community_coupling import Coupling
from enerwise.run.community_entries import CommunityEntry, HomesEntry, LineEntry, Range
from enerwise.site.assets import Battery, BatteryArrays
from enerwise.site.tariff import Tariff

Value = Callable[[Any], float]
NO_BATTERY: Final = Battery("none", 1.0, 0.0, 0.0, round_trip_ratio=1.0)
"""Stands where a home has none: it holds nothing and moves nothing, and arrays stay of one length."""


@dataclass(frozen=True, slots=True)
class Community:
    """Facts of many homes. Shapes (home,)"""

    name: str
    timezone: str
    grid: TimeGrid
    """The slots that are played."""
    history_count: int
    """Slots before them that homes have learned from."""
    homes: tuple[str, ...]
    batteries: BatteryArrays
    has_battery: BoolArray
    start_wh: FloatArray
    peak_w: FloatArray
    """Of generated PV; zero where there is none or it is recorded."""
    output_limit_w: FloatArray
    import_limit_w: FloatArray
    export_limit_w: FloatArray
    area: IntArray
    areas: tuple[str, ...]
    lines: tuple[LineEntry, ...]
    vehicles: Vehicles
    vehicle_home: IntArray
    """Which home a vehicle belongs to. Shape (vehicle,)"""
    tariff: Tariff
    balancing_margin_ueur_per_kwh: int
    seed: int
    coupling: Coupling | None = None
    """The connection of all homes together, where it is limited or its peak is paid for; at the first area."""

    def __len__(self) -> int:
        return len(self.homes)

    @property
    def months(self) -> IntArray:
        """Number of the local month of every slot that is played. Shape (slot,)"""
        return local_fields(self.grid.starts_utc, self.timezone).month.astype(np.int64)

    @property
    def whole(self) -> TimeGrid:
        """History and what is played."""
        grid = self.grid
        back = np.timedelta64(self.history_count * grid.step_s * 1000, "ms")
        return TimeGrid(grid.start_utc - back, grid.step_s, self.history_count + grid.step_count)


def lay_out(
    entry: CommunityEntry, tariff: Tariff, names: Sequence[Sequence[str]], *, rng: np.random.Generator
) -> Community:
    """Lay out the homes of a file: who gets PV, a battery, a vehicle, and of which size.

    Args:
        entry: The file.
        tariff: What homes pay and earn outside the market, its price files read.
        names: Names of the homes of each group.
        rng: Source of chance; the same state gives the same community.
    """
    groups = list(zip(entry.homes, names, strict=True))
    parts = [_group(group, each, rng) for group, each in groups]
    if unlike := _repeated([name for each in names for name in each]):
        problem = Problem("homes", f"{', '.join(unlike[:5])} is the name of several homes", "give each group a 'name'")
        raise ProblemsFound(entry.name, [problem])
    first = np.cumsum([0, *(len(each) for each in names)])
    owners = [start + part.drivers for start, part in zip(first, parts, strict=False)]
    day = entry.slots_per_day
    areas = entry.areas or (entry.name,)
    return Community(
        name=entry.name,
        timezone=entry.timezone,
        grid=TimeGrid(entry.start_utc, entry.step, entry.days * day),
        history_count=entry.history * day,
        homes=tuple(name for each in names for name in each),
        batteries=BatteryArrays.of([battery for part in parts for battery in part.batteries]),
        has_battery=np.array([battery is not NO_BATTERY for part in parts for battery in part.batteries]),
        start_wh=np.concatenate([part.start_wh for part in parts]),
        peak_w=np.concatenate([part.peak_w for part in parts]),
        output_limit_w=np.concatenate([np.where(part.peak_w > 0, part.peak_w, np.inf) for part in parts]),
        import_limit_w=_each(groups, lambda group: group.connection.import_limit),
        export_limit_w=_each(groups, lambda group: group.connection.export_limit),
        area=_each(groups, lambda group: areas.index(group.area or areas[0])).astype(np.int64),
        areas=areas,
        lines=tuple(entry.lines),
        vehicles=_vehicles(parts),
        vehicle_home=np.concatenate(owners).astype(np.int64),
        tariff=tariff,
        balancing_margin_ueur_per_kwh=round(entry.prices.balancing_margin * 1e6),
        seed=entry.seed,
        coupling=None if entry.connection is None else entry.connection.coupling(),
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """The homes of one entry."""

    entry: HomesEntry
    peak_w: FloatArray
    batteries: tuple[Battery, ...]
    start_wh: FloatArray
    drivers: IntArray


def _group(entry: HomesEntry, names: Sequence[str], rng: np.random.Generator) -> _Group:
    count = len(names)
    # Everything is drawn for every home, so that a share changes who has something and nothing else.
    parts = (entry.pv, entry.battery, entry.vehicle)
    sunny, stored, driven = (_share(each.share if each else 0.0, count, rng) for each in parts)
    peak_w = _sizes(entry.pv.peak if entry.pv else (0.0, 0.0), count, rng) * sunny
    capacity_wh = _sizes(entry.battery.capacity if entry.battery else (0.0, 0.0), count, rng)
    batteries = tuple(
        entry.battery.asset(name, float(size)) if entry.battery and has else NO_BATTERY
        for name, size, has in zip(names, capacity_wh, stored, strict=True)
    )
    start_ratio = entry.battery.start if entry.battery else 0.0
    return _Group(entry, peak_w, batteries, capacity_wh * start_ratio * stored, np.flatnonzero(driven))


def _share(ratio: float, count: int, rng: np.random.Generator) -> BoolArray:
    """Choose exactly a share of the homes, to the nearest home."""
    return np.argsort(rng.permutation(count)) < round(ratio * count)


def _sizes(ends: Range, count: int, rng: np.random.Generator) -> FloatArray:
    return rng.uniform(*ends, count)


def _each(groups: Sequence[tuple[HomesEntry, Sequence[str]]], value: Value) -> FloatArray:
    return np.concatenate([np.full(len(names), value(group), np.float64) for group, names in groups])


def _vehicles(parts: Sequence[_Group]) -> Vehicles:
    """Stack the vehicles of all groups; an empty fleet where nobody has one."""
    rows = [(part.entry.vehicle, part.drivers.size) for part in parts if part.entry.vehicle]

    def column(value: Value) -> FloatArray:
        return np.concatenate([np.zeros(0), *(np.full(count, value(each), np.float64) for each, count in rows)])

    return Vehicles(
        charge_limit_w=column(lambda each: each.charge_limit),
        charge_ratio=column(lambda each: each.charge_efficiency),
        capacity_wh=column(lambda each: each.capacity),
        arrives_s=column(lambda each: each.arrives),
        leaves_s=column(lambda each: each.leaves),
        needs_wh=column(lambda each: each.needs),
        goes_ratio=column(lambda each: each.driven),
    )


def _repeated(names: Sequence[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
