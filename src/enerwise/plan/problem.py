"""The question a plan answers: assets, outlook, prices, limits, start and end, and what was planned before.

A `Problem` is complete: stored with its plan, it gives the same plan again, bit by bit.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.errors import ProblemsFound
from enerwise.core.outlook import Plan
from enerwise.core.time import TimeGrid
from enerwise.core.units import BoolArray, ByteArray, FloatArray, IntArray
from enerwise.plan.aims import Aims
from enerwise.plan.caps import cap_faults
from enerwise.plan.circuit import Circuit, circuit_faults
from enerwise.plan.flexible import Flexible
from enerwise.plan.risk import Risk
from enerwise.plan.tree import fan, node_faults
from enerwise.site.assets import Battery, Pv
from enerwise.site.tariff import DemandComponent, DemandState

DEFAULT_TERMS: Final = ("energy", "demand", "ageing", "end_value")
CAUTIOUS_TERMS: Final = (*DEFAULT_TERMS, "caution")
"""What a plan built on forecasts weighs."""


@dataclass(frozen=True, slots=True)
class DemandProblem:
    """One demand component over the steps of a plan."""

    component: DemandComponent
    interval: IntArray
    """Billed interval of each step. Shape (step,)"""
    day: IntArray
    """Local day of each interval. Shape (interval,)"""
    period: IntArray
    """Billing period of each interval. Shape (interval,)"""
    is_billed: FloatArray
    """1 where the interval counts. Shape (interval,)"""
    steps_per_interval: int
    state: DemandState = field(default_factory=DemandState)
    """Peaks already set in the running period."""
    elapsed_w: float = 0.0
    """Sum of import over the steps of the first interval that lie before the plan."""

    @classmethod
    def of(
        cls, component: DemandComponent, grid: TimeGrid, zone: str, state: DemandState, elapsed_w: float = 0.0
    ) -> "DemandProblem":
        """Map the steps of a grid to the component's intervals."""
        spans = component.intervals(grid, zone)
        return cls(
            component=component,
            interval=spans.interval,
            day=spans.day,
            period=spans.period,
            is_billed=spans.is_billed.astype(np.float64),
            steps_per_interval=spans.steps_per_interval,
            state=state,
            elapsed_w=elapsed_w,
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a plan depends on. Powers in W, positive is taken; arrays of shape (step,) unless said."""

    grid: TimeGrid
    batteries: tuple[Battery, ...]
    pvs: tuple[Pv, ...]
    load_w: FloatArray
    """Power of everything that is not planned, in each scenario. Shape (scenario, step)"""
    available_w: FloatArray
    """What each PV plant could deliver, zero or below. Shape (scenario, pv, step)"""
    import_eur_per_kwh: FloatArray
    export_eur_per_kwh: FloatArray
    import_limit_w: FloatArray
    export_limit_w: FloatArray
    start_wh: FloatArray
    """Energy in each battery at the start. Shape (battery,)"""
    end_wh: FloatArray
    """Least energy wished for at the end; NaN where none is. Shape (battery,)"""
    end_value_eur_per_kwh: FloatArray
    """Worth of energy left at the end where no target is set. Shape (battery,)"""
    demand: tuple[DemandProblem, ...] = ()
    probability: FloatArray = field(default_factory=lambda: np.ones(1))
    """Of each scenario, summing to 1; the middle one is what the plan shows. Shape (scenario,)"""
    previous_w: FloatArray | None = None
    """Power of each battery in the plan before; NaN where it had none. Shape (battery, step)"""
    flexible: tuple[Flexible, ...] = ()
    """Everything else that can be planned: chargers, heat pumps, tanks and so on, each kind a file of `blocks`."""
    previous_flexible_w: FloatArray | None = None
    """Power of each flexible asset in the plan before; NaN where it had none. Shape (flexible, step)"""
    flexible_limit_w: FloatArray | None = None
    """Most that each flexible asset may take, infinite where nothing limits it. Shape (flexible, step)"""
    circuits: tuple[Circuit, ...] = ()
    """Sub-distributions with limits of their own, as a tree."""
    basis: ByteArray | None = None
    """Where the solver begins, from a plan before; None begins cold. See `enerwise.plan.warm`."""
    basis_shift: int = 0
    """Steps by which this plan begins later than that one."""
    terms: tuple[str, ...] = DEFAULT_TERMS
    stability_eur: float = 0.00005
    """Cost a plan may give away to stay near the one before, or to act early. A plan every half-hour gives it away
    17 520 times a year: forty times as much cost three points of the captured saving (docs/adr/0005)."""
    aims: Aims = field(default_factory=Aims)
    """What counts beside money billed, for the terms of `enerwise.plan.aims`."""
    node: IntArray | None = None
    """Which scenarios decide together in which step: those of one node (`enerwise.plan.tree`); None where all share the
    first step and nothing later. Shape (scenario, step)"""
    risk: Risk = field(default_factory=Risk)
    """How much the worst futures count beside the mean."""
    caps: tuple[tuple[str, float], ...] = ()
    """Terms, and the most that each may cost. [EUR]"""

    def __post_init__(self) -> None:
        steps, batteries, scenarios = self.grid.step_count, len(self.batteries), self.probability.size
        faults = [
            Fault(name, f"shape {array.shape}, expected {shape}", "give one value per step")
            for name, array, shape in (
                ("load_w", self.load_w, (scenarios, steps)),
                ("available_w", self.available_w, (scenarios, len(self.pvs), steps)),
                ("import_eur_per_kwh", self.import_eur_per_kwh, (steps,)),
                ("export_eur_per_kwh", self.export_eur_per_kwh, (steps,)),
                ("import_limit_w", self.import_limit_w, (steps,)),
                ("export_limit_w", self.export_limit_w, (steps,)),
                ("start_wh", self.start_wh, (batteries,)),
                ("end_wh", self.end_wh, (batteries,)),
                ("end_value_eur_per_kwh", self.end_value_eur_per_kwh, (batteries,)),
            )
            if array.shape != shape
        ]
        if not faults:
            faults = [fault for name in _MUST_BE_FINITE for fault in _gaps(name, getattr(self, name))]
            faults += [fault for name in _MUST_NOT_BE_NEGATIVE for fault in _negatives(name, getattr(self, name))]
            faults += self._faults_of_scenarios() + self._faults_of_past()
            faults += self._faults_of_flexible() + (self.aims.faults(steps) or self._faults_of_spread())
            faults += cap_faults(self.caps, self.terms) + self.risk.faults()
            faults += [] if self.node is None else node_faults(self.node, scenarios, steps)
        if faults:
            raise ProblemsFound("plan", faults)

    def _faults_of_scenarios(self) -> list[Fault]:
        if self.probability.size and np.all(self.probability > 0) and abs(float(self.probability.sum()) - 1) < 1e-9:
            return []
        return [
            Fault("probability", f"{self.probability.tolist()} is no share of 1 for each scenario", "let them sum to 1")
        ]

    def _faults_of_spread(self) -> list[Fault]:
        """With a spread both directions are in use at once, so that no price may make that pay."""
        where = np.flatnonzero(self.may_burn & (self.aims.spread_kw(self.grid.step_count) > 0))
        told = "sold dearer than bought, or bought below zero, while the power is known only to within an error"
        return [Fault(f"aims.spread_w[{where[0]}]", told, "plan such steps without a spread")] if where.size else []

    def _faults_of_past(self) -> list[Fault]:
        """A plan before must have the shape of this one; energy left at the end needs a worth or a target."""
        shape = (len(self.batteries), self.grid.step_count)
        faults = []
        if self.previous_w is not None and self.previous_w.shape != shape:
            faults.append(
                Fault("previous_w", f"shape {self.previous_w.shape}, expected {shape}", "give one value per step")
            )
        unknown = np.isnan(self.end_wh) & ~np.isfinite(self.end_value_eur_per_kwh)
        faults += [
            Fault(f"end_value_eur_per_kwh[{row}]", "neither a worth nor a target for the end", "give one of both")
            for row in np.flatnonzero(unknown).tolist()
        ]
        return faults

    def _faults_of_flexible(self) -> list[Fault]:
        """Assets look after their own facts; nobody may share a name."""
        ids = self.asset_ids
        faults = [
            Fault(each, "stands for more than one asset", "give each a name of its own")
            for each in sorted({each for each in ids if ids.count(each) > 1})
        ]
        faults += [fault for each in self.flexible for fault in each.check(self.grid)]
        shape = (len(self.flexible), self.grid.step_count)
        if self.previous_flexible_w is not None and self.previous_flexible_w.shape != shape:
            told = f"shape {self.previous_flexible_w.shape}, expected {shape}"
            faults.append(Fault("previous_flexible_w", told, "give one value per step"))
        limit_w = self.flexible_limit_w
        if limit_w is not None and (limit_w.shape != shape or not np.all(limit_w >= 0)):
            told = f"not of shape {shape} with sizes of 0 or more"
            faults.append(Fault("flexible_limit_w", told, "give one limit per step, infinite where there is none"))
        return faults + circuit_faults(self.circuits, ids, self.grid.step_count)

    @property
    def uncontrolled_w(self) -> FloatArray:
        """Load, and the PV that cannot be curtailed. Shape (scenario, step)"""
        fixed = [row for row, pv in enumerate(self.pvs) if not pv.can_curtail]
        total: FloatArray = self.load_w + self.available_w[:, fixed, :].sum(axis=1)
        return total

    @property
    def may_burn(self) -> BoolArray:
        """Tell where prices alone can make it pay to use energy for nothing. Shape (step,)"""
        return (self.import_eur_per_kwh < 0) | (self.export_eur_per_kwh > self.import_eur_per_kwh)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a plan tells beside its figures."""
        return tuple(
            f"{each.name}: intervals of {each.interval_s} s planned on means over {self.grid.step_s} s"
            for each in (demand.component for demand in self.demand)
            if each.interval_s < self.grid.step_s
        )

    @property
    def nodes(self) -> IntArray:
        """Return the node of each scenario and step. Shape (scenario, step)"""
        return fan(self.probability.size, self.grid.step_count) if self.node is None else self.node

    @property
    def main(self) -> int:
        """The scenario that stands in the middle."""
        return self.probability.size // 2

    @property
    def asset_ids(self) -> tuple[str, ...]:
        """Ids of what the plan sets: batteries, PV plants, then everything else."""
        plants = (plant.id for plant in self.pvs)
        return (*(battery.id for battery in self.batteries), *plants, *(each.id for each in self.flexible))

    def flexible_range_w(self) -> tuple[FloatArray, FloatArray]:
        """Return the least and the most that all flexible assets together can ever take. Shapes (step,)"""
        least_w, most_w = np.zeros(self.grid.step_count), np.zeros(self.grid.step_count)
        for each in self.flexible:
            low_w, high_w = each.range_w(self.grid)
            least_w, most_w = least_w + low_w, most_w + high_w
        return least_w, most_w


_MUST_BE_FINITE: Final = ("load_w", "available_w", "import_eur_per_kwh", "export_eur_per_kwh", "start_wh")
_MUST_NOT_BE_NEGATIVE: Final = ("import_limit_w", "export_limit_w", "start_wh")


def _gaps(name: str, array: FloatArray) -> list[Fault]:
    if np.isfinite(array).all():
        return []
    where = tuple(int(each[0]) for each in np.nonzero(~np.isfinite(array)))
    place = f"{name}[{', '.join(map(str, where))}]"
    return [Fault(place, f"{array[where]} is not a number to plan with", "fill the gap or shorten the horizon")]


def _negatives(name: str, array: FloatArray) -> list[Fault]:
    if (array >= 0).all():
        return []
    at = int(np.argmin(array >= 0))
    return [Fault(f"{name}[{at}]", f"{array[at]} is not zero or more", "write limits and energies as sizes")]


def previous_power_w(previous: Plan | None, grid: TimeGrid, asset_ids: tuple[str, ...]) -> FloatArray | None:
    """Return what the plan before meant each asset to do, on a new grid; NaN beyond its end. Shape (asset, step)

    Returns None where there is no plan before, its steps differ in length, or nothing of it is left.
    """
    if previous is None or previous.grid.step_s != grid.step_s:
        return None
    shift = previous.grid.step_at(grid.start_utc)
    left = min(previous.grid.step_count - shift, grid.step_count)
    if shift < 0 or left <= 0:
        return None
    power_w = np.full((len(asset_ids), grid.step_count), np.nan)
    for row, asset_id in enumerate(asset_ids):
        if asset_id in previous.assets:
            power_w[row, :left] = previous.power_w[previous.assets.index(asset_id), shift : shift + left]
    return power_w
