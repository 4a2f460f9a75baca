"""A plan for an outlook that a person gives: site, outlook, levels at start and end -> `Planned`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.errors import ProblemsFound
from enerwise.core.outlook import Plan
from enerwise.core.time import cpu_s
from enerwise.core.units import FloatArray
from enerwise.physics.declared import wind_w
from enerwise.plan.circuit import circuits_of
from enerwise.plan.declared import Ahead, Standing, blocks_of, limits_w
from enerwise.plan.problem import DemandProblem, Problem
from enerwise.plan.solve import solve
from enerwise.plan.wanted import Known, wanted
from enerwise.run.end_worth import end_value_eur_per_kwh
from enerwise.site.assets import Battery, Load, Pv, Wind
from enerwise.site.machines import Charger, HeatPump, Machine, WaterHeater
from enerwise.site.site import Site
from enerwise.site.tariff import DemandState
from enerwise.site.ventilation import Ventilation
from enerwise.store.files import Outlook

G_PER_KG: Final = 1e3
START_RATIO: Final = 0.5
"""Level of a battery whose start nobody tells."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what it was made from."""

    site: Site
    problem: Problem
    plan: Plan
    notes: tuple[str, ...]
    cpu_s: float

    @property
    def load_w(self) -> FloatArray:
        """What the home is expected to use. Shape (step,)"""
        load_w: FloatArray = self.problem.load_w[0]
        return load_w

    @property
    def battery_w(self) -> FloatArray:
        """Planned power of all batteries together. Shape (step,)"""
        total: FloatArray = self.plan.power_w[: len(self.problem.batteries)].sum(axis=0)
        return total

    @property
    def pv_w(self) -> FloatArray:
        """Planned power of all PV together, zero or below. Shape (step,)"""
        first = len(self.problem.batteries)
        total: FloatArray = self.plan.power_w[first : first + len(self.problem.pvs)].sum(axis=0)
        return total

    @property
    def machine_w(self) -> dict[str, FloatArray]:
        """Planned power of each machine, by id. Shapes (step,)"""
        first = len(self.problem.batteries) + len(self.problem.pvs)
        return dict(zip(self.plan.assets[first:], self.plan.power_w[first:], strict=True))

    @property
    def soc_ratio(self) -> FloatArray:
        """Level of all batteries together at the edges of the steps, empty without one. Shape (step + 1,)"""
        batteries = self.problem.batteries
        if not batteries:
            return np.zeros(0)
        stored_wh: FloatArray = self.plan.energy_wh[: len(batteries)].sum(axis=0)
        return stored_wh / sum(each.capacity_wh for each in batteries)


def make_plan(
    site: Site,
    outlook: Outlook,
    start_wh: Mapping[str, float],
    end_wh: Mapping[str, float] | None = None,
    *,
    source: str = "outlook",
) -> Planned:
    """Return the plan for an outlook.

    Args:
        site: What stands there.
        outlook: Load, available PV and as far as given prices; what is not given comes from the tariff. Events lower
            the limit of the connection.
        start_wh: Energy in the batteries at the start, by id; half their capacity where none is given. [Wh]
        end_wh: Energy wished for at the end, by id; where none is given, what is left is valued. [Wh]
        source: What to call the outlook in a report.

    Raises:
        ProblemsFound: The outlook does not fit the site, or prices are missing.
    """
    began_s = cpu_s()
    issued_at = outlook.grid.start_utc
    known = Known(site.timezone, carbon_kg_per_kwh(site, outlook))
    problem = wanted(make_problem(site, outlook, start_wh, end_wh or {}, source=source), site.aims, known, issued_at)
    plan = solve(problem, issued_at)
    guessed = [each.id for each in site.of_kind(Battery) if each.id not in start_wh]
    notes = tuple(
        f"{each} is taken to be half full at the start; --start {each}=... says otherwise" for each in guessed
    )
    notes += _machine_notes(site, problem, start_wh) + _circuit_notes(site)
    return Planned(site, problem, plan, (*notes, *plan.notes), cpu_s() - began_s)


def _machine_notes(site: Site, problem: Problem, start_wh: Mapping[str, float]) -> tuple[str, ...]:
    """Tell what was taken for granted of machines, and which are not planned."""
    planned = {each.id: each for each in problem.flexible}
    notes = []
    for each in site.of_kind(Machine):
        block = planned.get(each.id)
        if block is None:
            notes.append(f"{each.id} has nothing to do that fits into this plan")
        elif isinstance(each, Charger) and each.id not in start_wh:
            told = f"--start {each.id}=... tells what it holds"
            notes.append(f"{each.id} is taken to come and go as its week says; {told}")
        elif isinstance(each, Ventilation):
            notes.append(
                f"{each.id} is taken to begin with fresh air, with people at its limit of {each.limit_ppm:g} ppm"
            )
        elif isinstance(each, HeatPump | WaterHeater):
            notes.append(f"{each.id} is taken to begin in the middle of its band of temperatures")
    return tuple(notes)


def carbon_kg_per_kwh(site: Site, outlook: Outlook) -> FloatArray | None:
    """Return what a kWh drawn emits, from the outlook or else the site's one factor; None where nobody tells."""
    if outlook.carbon_g_per_kwh is not None:
        return outlook.carbon_g_per_kwh / G_PER_KG
    if site.carbon is None:
        return None
    return np.full(outlook.grid.step_count, site.carbon.grid_g_per_kwh / G_PER_KG)


def make_problem(
    site: Site, outlook: Outlook, start_wh: Mapping[str, float], end_wh: Mapping[str, float], *, source: str = "outlook"
) -> Problem:
    """Return what a plan for the bill alone solves; `make_plan` lays the aims of the site over it."""
    grid, zone = outlook.grid, site.timezone
    batteries, pvs = site.of_kind(Battery), site.of_kind(Pv)
    _check_feeds(site, outlook)
    buy = _given(outlook.price_import_eur_per_kwh, site.tariff.import_eur_per_kwh(grid, zone))
    sell = _given(outlook.price_export_eur_per_kwh, site.tariff.export_eur_per_kwh(grid, zone))
    _check_prices(source, outlook, buy, sell)
    _check_weather(source, site, outlook)
    machines = site.of_kind(Machine)
    standing = {each.id: Standing(start_wh[each.id]) for each in site.of_kind(Charger) if each.id in start_wh}
    flexible = blocks_of(machines, standing, Ahead(grid, zone, buy, outlook.outdoor_degc))
    planned_ids = [each.id for kind in (batteries, pvs, flexible) for each in kind]
    return Problem(
        grid=grid,
        batteries=batteries,
        pvs=pvs,
        load_w=outlook.load_w[None],
        available_w=_available_w(outlook, pvs, source)[None],
        import_eur_per_kwh=buy,
        export_eur_per_kwh=sell,
        import_limit_w=_asked_for(outlook, site.connection.import_limit_w(grid.starts_utc, zone)),
        export_limit_w=site.connection.export_limit_w(grid.starts_utc, zone),
        start_wh=np.array([start_wh.get(each.id, each.capacity_wh * START_RATIO) for each in batteries]),
        end_wh=np.array([end_wh.get(each.id, np.nan) for each in batteries]),
        end_value_eur_per_kwh=np.array([end_value_eur_per_kwh(each, buy, sell) for each in batteries]),
        demand=tuple(DemandProblem.of(each, grid, zone, DemandState()) for each in site.tariff.demand),
        flexible=flexible,
        circuits=circuits_of(site.circuits, planned_ids, _loads_w(site, outlook)),
        flexible_limit_w=limits_w(machines, flexible, grid, zone),
    )


def _loads_w(site: Site, outlook: Outlook) -> dict[str, FloatArray]:
    """Return what each load takes as far as an outlook tells: it has all of them in one column. Shapes (step,)"""
    loads = site.of_kind(Load)
    return {loads[0].id: outlook.load_w} if len(loads) == 1 else {}


def _circuit_notes(site: Site) -> tuple[str, ...]:
    """Tell which loads are left out of their circuits."""
    loads = [each.id for each in site.of_kind(Load)]
    hidden = [(each.id, member) for each in site.circuits for member in each.members if member in loads]
    if len(loads) == 1:
        return ()
    told = "the outlook has all loads in one column"
    return tuple(f"what {load} takes of circuit {circuit} is not reckoned with: {told}" for circuit, load in hidden)


def _check_weather(source: str, site: Site, outlook: Outlook) -> None:
    """A heat pump or a turbine cannot be planned without the weather."""
    pumps = [each.id for each in site.of_kind(HeatPump)]
    if pumps and outlook.outdoor_degc is None:
        message = f"is missing, and {', '.join(pumps)} cannot be planned without it"
        remedy = "add the temperature outside for each step, in degC"
        raise ProblemsFound(source, [Fault("column outdoor_degc", message, remedy)])
    turbines = [each.id for each in site.of_kind(Wind)]
    if turbines and outlook.wind_m_per_s is None:
        message = f"is missing, and {', '.join(turbines)} cannot be planned without it"
        remedy = "add the speed of the wind for each step, in m/s"
        raise ProblemsFound(source, [Fault("column wind_m_per_s", message, remedy)])


def _check_feeds(site: Site, outlook: Outlook) -> None:
    """Refuse prices that only a running site knows, where the outlook has none in their place."""
    given = {"import": outlook.price_import_eur_per_kwh, "export": outlook.price_export_eur_per_kwh}
    rates = {"import": site.tariff.import_rate, "export": site.tariff.export_rate}
    faults = [
        Fault(
            f"tariff.{way}.feed",
            f"{rate.feed!r} tells prices only while the site runs",
            f"add a column price_{way}_eur_per_kwh to the outlook",
        )
        for way, rate in rates.items()
        if rate.feed and rate.series is None and given[way] is None
    ]
    if faults:
        raise ProblemsFound(site.name, faults)


def _asked_for(outlook: Outlook, limit_w: FloatArray) -> FloatArray:
    """Return the limit of the connection, or of an event where that is lower. Shape (step,)"""
    return limit_w if outlook.import_limit_w is None else np.minimum(limit_w, outlook.import_limit_w)


def _given(price_eur_per_kwh: FloatArray | None, otherwise_eur_per_kwh: FloatArray) -> FloatArray:
    return otherwise_eur_per_kwh if price_eur_per_kwh is None else price_eur_per_kwh


def _check_prices(source: str, outlook: Outlook, buy: FloatArray, sell: FloatArray) -> None:
    faults = []
    for way, price in (("import", buy), ("export", sell)):
        missing = np.flatnonzero(~np.isfinite(price))
        if missing.size:
            at = outlook.grid.part(int(missing[0]), 1).start_utc
            message = f"neither outlook nor tariff has a price for {missing.size} steps, the first at {at} UTC"
            faults.append(Fault(f"{way} price", message, f"add a column price_{way}_eur_per_kwh to the outlook"))
    if faults:
        raise ProblemsFound(source, faults)


def _available_w(outlook: Outlook, plants: Sequence[Pv], source: str) -> FloatArray:
    """Return what each plant could deliver: PV its share of the sun, a turbine by its curve. Shape (pv, step)"""
    sunny = [each for each in plants if not isinstance(each, Wind)]
    found_w = dict(zip([each.id for each in sunny], _shared(outlook.pv_w, sunny, source), strict=True))
    for each in plants:
        if isinstance(each, Wind):
            assert outlook.wind_m_per_s is not None
            found_w[each.id] = np.maximum(wind_w(each, outlook.wind_m_per_s), -each.output_limit_w)
    return np.array([found_w[each.id] for each in plants]).reshape(len(plants), outlook.grid.step_count)


def _shared(pv_w: FloatArray, pvs: Sequence[Pv], source: str) -> FloatArray:
    """Share available PV between plants by their peak power, each up to its inverter. Shape (pv, step)"""
    if not pvs:
        if np.any(pv_w < 0):
            remedy = "add '{id: roof, kind: pv, peak: 6 kWp}' to the site file, or write zeros"
            raise ProblemsFound(source, [Fault("column pv_w", "the site has no PV plant", remedy)])
        return np.zeros((0, pv_w.size))
    total_w = sum(each.peak_w for each in pvs)
    return np.stack([np.maximum(pv_w * (each.peak_w / total_w), -each.output_limit_w) for each in pvs])
