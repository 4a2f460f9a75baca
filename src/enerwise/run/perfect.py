"""Perfect foresight: the least that a recorded span could have cost, as one linear program with nothing unknown.

Whoever compares with it loads the solver, so `enerwise.run.backtest` imports this only then.
"""

from collections.abc import Mapping

import numpy as np

from enerwise.core.outlook import Plan
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.devices.stays import Stays
from enerwise.devices.supply import Supply, since
from enerwise.physics.declared import zone_names
from enerwise.plan.circuit import circuits_of
from enerwise.plan.declared import Ahead, blocks_of, free, limits_w, stayed
from enerwise.plan.flexible import Flexible
from enerwise.plan.problem import DemandProblem, Problem
from enerwise.run.machine_tally import Tally, kept_heat_wh
from enerwise.run.prices import PriceBook
from enerwise.site.assets import Battery, Load, Pv
from enerwise.site.machines import HeatPump, Machine
from enerwise.site.site import GRID, Site
from enerwise.site.tariff import DemandState

Meters = tuple[dict[str, FloatArray], FloatArray, Mapping[str, Tally]]
"""Power by asset and at the connection, energy in each battery, and what machines did."""


def perfect(site: Site, supply: Supply, grid: TimeGrid, start_soc_ratio: float, worth_eur_per_kwh: float) -> Meters:
    """Return the least that could be paid: one linear program over the whole span, machines without least powers.

    Args:
        site: What stands there.
        supply: What happened, before the billed steps too.
        grid: The billed steps.
        start_soc_ratio: Level of all batteries at their beginning.
        worth_eur_per_kwh: Of energy left in batteries at their end.
    """
    from enerwise.plan.solve import solve  # The only import that loads the solver.

    supply = since(supply, site, supply.grid.step_count - grid.step_count)
    zone = site.timezone
    batteries, pvs, loads = site.of_kind(Battery), site.of_kind(Pv), site.of_kind(Load)
    prices = PriceBook(site.tariff, zone, grid.step_s)
    load_w = sum((supply.load_w[each.id] for each in loads), np.zeros(grid.step_count))
    available_w = np.array([np.maximum(supply.available_w[each.id], -each.output_limit_w) for each in pvs])
    buy = prices.import_eur_per_kwh(grid, grid.end_utc)
    flexible = _machines(site, supply, grid, buy)
    problem = Problem(
        grid=grid,
        batteries=batteries,
        pvs=pvs,
        load_w=load_w[None],
        available_w=available_w.reshape(1, len(pvs), grid.step_count),
        import_eur_per_kwh=buy,
        export_eur_per_kwh=prices.export_eur_per_kwh(grid, grid.end_utc),
        import_limit_w=site.connection.import_limit_w(grid.starts_utc, zone),
        export_limit_w=site.connection.export_limit_w(grid.starts_utc, zone),
        start_wh=np.array([each.capacity_wh * start_soc_ratio for each in batteries]),
        end_wh=np.full(len(batteries), np.nan),
        end_value_eur_per_kwh=np.full(len(batteries), worth_eur_per_kwh),
        demand=tuple(DemandProblem.of(each, grid, zone, DemandState()) for each in site.tariff.demand),
        stability_eur=0.0,
        flexible=flexible,
        circuits=circuits_of(
            site.circuits, [each.id for kind in (batteries, pvs, flexible) for each in kind], supply.load_w
        ),
        flexible_limit_w=limits_w(site.of_kind(Machine), flexible, grid, zone),
    )
    plan = solve(problem, grid.start_utc)
    power_w = dict(zip(plan.assets, plan.power_w, strict=True)) | {GRID: plan.grid_power_w}
    power_w |= {each.id: supply.load_w[each.id] for each in loads}
    machines = {each.id: _tally(each, plan, grid, site.timezone) for each in site.of_kind(Machine)}
    power_w |= {each: np.zeros(grid.step_count) for each in machines if each not in power_w}
    return power_w, plan.energy_wh[: len(batteries)], machines


def _tally(machine: Machine, plan: Plan, grid: TimeGrid, zone: str) -> Tally:
    """Return what a machine takes in a plan, and what its rooms store at the end."""
    if machine.id not in plan.assets:
        return Tally(0.0)
    energy_wh = float(plan.power_w[plan.assets.index(machine.id)].sum()) * grid.step_h
    if not isinstance(machine, HeatPump):
        return Tally(energy_wh)
    states = plan.states[machine.id]
    rooms_degc = [float(states[f"{each} temperature_degc"][-1]) for each in zone_names(machine)]
    return Tally(energy_wh, kept_wh=kept_heat_wh(machine, rooms_degc, grid, zone))


def _machines(site: Site, supply: Supply, grid: TimeGrid, buy: FloatArray) -> tuple[Flexible, ...]:
    """Return the machines as they were: recorded stays, the weather that came, no least powers and shortest runs."""
    machines = tuple(free(each) for each in site.of_kind(Machine))
    blocks = blocks_of(machines, {}, Ahead(grid, site.timezone, buy, supply.outdoor_degc))
    return tuple(_as_it_stayed(each, supply.stays.get(each.id), grid) for each in blocks)


def _as_it_stayed(block: Flexible, stays: Stays | None, grid: TimeGrid) -> Flexible:
    if stays is None:
        return block
    return stayed(block, stays.arrives_step, stays.leaves_step, stays.start_wh, grid)
