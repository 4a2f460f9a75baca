"""What a span came to: energies, peak, bill; day by day and month by month."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid, local_fields
from enerwise.core.units import FloatArray, IntArray
from enerwise.run.machine_tally import Tally, tally
from enerwise.serve.runs import equal_runs
from enerwise.site.assets import Asset, Battery, Load, Pv
from enerwise.site.machines import Machine
from enerwise.site.site import GRID, Site
from enerwise.site.tariff import Bill, DemandState
from enerwise.store.store import Store


@dataclass(frozen=True, slots=True)
class Played:
    """What the meters of a site showed over a span. Shapes (step,), energy (battery, step + 1)"""

    site: Site
    grid: TimeGrid
    power_w: Mapping[str, FloatArray]
    """By asset, and ``grid``; positive is taken."""
    available_w: FloatArray
    """What all PV could have delivered, zero or below."""
    energy_wh: FloatArray
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    """What each machine did."""
    unplanned: "Played | None" = None
    """The same span with batteries at rest and machines left to themselves, where there are machines."""
    by_clock: "Played | None" = None
    """The same span planned by the clock, where it was planned by who is there."""

    @property
    def machines_w(self) -> FloatArray:
        """All machines together."""
        return self._sum(self.site.of_kind(Machine))

    @property
    def load_w(self) -> FloatArray:
        """All loads together."""
        return self._sum(self.site.of_kind(Load))

    @property
    def pv_w(self) -> FloatArray:
        """All PV together, zero or below."""
        return self._sum(self.site.of_kind(Pv))

    @property
    def battery_w(self) -> FloatArray:
        """All batteries together."""
        return self._sum(self.site.of_kind(Battery))

    @property
    def grid_w(self) -> FloatArray:
        """The connection point."""
        return self.power_w[GRID]

    @property
    def soc_ratio(self) -> FloatArray:
        """Level of all batteries together, at the edges of the steps. Shape (step + 1,)"""
        capacity_wh = sum(each.capacity_wh for each in self.site.of_kind(Battery))
        level: FloatArray = self.energy_wh.sum(axis=0) / capacity_wh if capacity_wh else np.zeros(0)
        return level

    def bill(self) -> Bill:
        """Return what the span costs."""
        return self.site.tariff.bill(self.grid, self.grid_w, self.site.timezone)

    def _sum(self, assets: Sequence[Asset]) -> FloatArray:
        return sum((self.power_w[each.id] for each in assets), np.zeros(self.grid.step_count))


def played(store: Store, site: Site, grid: TimeGrid, *, start_soc_ratio: float) -> Played:
    """Read what a store holds of a span."""
    ids = [GRID, *(asset.id for asset in site)]
    power = store.read_frame([Key(each, POWER_W) for each in ids], grid)
    sun = store.read_frame([Key(each.id, AVAILABLE_POWER_W) for each in site.of_kind(Pv)], grid)
    batteries = site.of_kind(Battery)
    edges = grid.part(0, grid.step_count + 1)
    energy_wh = store.read_frame([Key(each.id, ENERGY_WH) for each in batteries], edges).value.T.copy()
    energy_wh[:, 0] = [each.capacity_wh * start_soc_ratio for each in batteries]
    return Played(
        site,
        grid,
        {each: power.value[:, column] for column, each in enumerate(ids)},
        sun.value.sum(axis=1),
        energy_wh,
        tally(store, site, grid),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One day or month of a span."""

    name: str
    """``2024-07-01`` or ``2024-07``."""
    grid: TimeGrid
    steps: slice


def days(grid: TimeGrid, zone: str) -> Iterator[Part]:
    """Yield the local days of a grid."""
    yield from _parts(grid, local_fields(grid.starts_utc, zone).day, "D")


def months(grid: TimeGrid, zone: str) -> Iterator[Part]:
    """Yield the local months of a grid."""
    local = local_fields(grid.starts_utc, zone)
    yield from _parts(grid, (local.year - 1970) * 12 + local.month - 1, "M")


def _parts(grid: TimeGrid, label: IntArray, unit: str) -> Iterator[Part]:
    for steps in equal_runs(label):
        name = str(np.datetime64(int(label[steps.start]), unit))  # type: ignore[call-overload]
        yield Part(name, grid.part(steps.start, steps.stop - steps.start), steps)


def bills(site: Site, parts: list[Part], grid_w: FloatArray) -> list[Bill]:
    """Return one bill for each part; together they are the bill of the whole."""
    so_far: Mapping[str, DemandState] | None = None
    found = []
    for part in parts:
        found.append(site.tariff.bill(part.grid, grid_w[part.steps], site.timezone, so_far))
        so_far = found[-1].demand
    return found
