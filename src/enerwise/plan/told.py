"""What a solution says, as the rows of a plan: batteries and PV, and flexible assets beneath."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from enerwise.core.outlook import BrokenWish, Plan
from enerwise.core.time import Instant
from enerwise.core.units import ByteArray, FloatArray
from enerwise.plan import caps
from enerwise.plan.blocks import battery
from enerwise.plan.flexible import FlexiblePart
from enerwise.plan.laws import agreed_steps, battery_laws, buying_eur_per_kwh, grid_ceiling_w, pv_laws, sells
from enerwise.plan.model import Model, cost_by_term_eur
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem
from enerwise.plan.solver import Solution


def with_flexible(
    plan: Plan, scenarios: Sequence[Sequence[FlexiblePart]], main: int, column: FloatArray, row_dual: FloatArray
) -> Plan:
    """Return a plan of batteries and PV with the flexible assets beneath.

    Args:
        plan: What is planned for the others; its power at the connection already counts these.
        scenarios: Where the assets live in each scenario.
        main: The scenario that is shown.
        column: The solution that is carried out.
        row_dual: Duals of the optimum.
    """
    parts, steps = scenarios[main], plan.grid.step_count
    if not parts:
        return plan
    states = {each.asset.id: each.foretell(column) for each in parts}
    powers_w = [each.power_w(column, steps) for each in parts]
    laws = [
        each.asset.laws(plan.grid, power_w, plan.grid_power_w) for each, power_w in zip(parts, powers_w, strict=True)
    ]
    none_wh = np.full(steps + 1, np.nan)
    worth = [_worth(each, row_dual, steps) for each in zip(*scenarios, strict=True)]
    return replace(
        plan,
        assets=(*plan.assets, *states),
        power_w=np.concatenate([plan.power_w, powers_w]),
        energy_wh=np.concatenate([plan.energy_wh, [each.get("energy_wh", none_wh) for each in states.values()]]),
        law=np.concatenate([plan.law, laws]),
        dual_eur_per_kwh=np.concatenate([plan.dual_eur_per_kwh, worth]),
        states=states,
    )


def _battery_laws(
    problem: Problem, battery_w: FloatArray, grid_w: FloatArray, worth: FloatArray, buy: FloatArray
) -> list[ByteArray]:
    """Return the law of each battery. Shapes (battery, step), (step,), (battery, step), (step,)"""
    return [
        battery_laws(
            problem,
            power_w=power_w,
            grid_w=grid_w,
            worth_eur_per_kwh=value,
            gain=gain,
            drain=drain,
            buy_eur_per_kwh=buy,
        )
        for power_w, value, (gain, drain) in zip(
            battery_w, worth, map(battery.conversion, problem.batteries), strict=True
        )
    ]


def _others_w(parts: Parts, column: FloatArray, steps: int) -> FloatArray:
    """Return what flexible assets take and inverters lose together. Shape (step,)"""
    total_w = np.zeros(steps)
    for each in parts.flexible:
        total_w += each.power_w(column, steps)
    for lost in parts.losses:
        total_w += column[lost] * 1e3
    return total_w


def _worth(parts: Sequence[FlexiblePart], row_dual: FloatArray, steps: int) -> FloatArray:
    """Return what one more stored kWh is worth, expected over the scenarios; NaN where nothing is stored."""
    known = [part.worth(row_dual) for part in parts if part.worth is not None]
    return np.sum(known, axis=0) if known else np.full(steps, np.nan)


def read(
    problem: Problem,
    issued_at: Instant,
    model: Model,
    scenarios: tuple[Parts, ...],
    *,
    best: Solution,
    chosen: Solution,
    missed: tuple[BrokenWish, ...],
) -> Plan:
    """Turn columns into the words of a plan: the middle scenario, with worths expected over all of them."""
    column, steps, parts = chosen.column, problem.grid.step_count, scenarios[problem.main]
    curtailed_w = np.zeros((len(problem.pvs), steps))
    for part in parts.pvs:
        curtailed_w[problem.pvs.index(part.asset), part.steps] = column[part.curtailed] * 1e3
    battery_w = _stacked([(column[part.charge] - column[part.discharge]) * 1e3 for part in parts.batteries], steps)
    pv_w = problem.available_w[problem.main] + curtailed_w
    grid_w = problem.load_w[problem.main] + battery_w.sum(axis=0) + pv_w.sum(axis=0) + _others_w(parts, column, steps)
    rows = [[part.balance_rows for part in scenario.batteries] for scenario in scenarios]
    worth = -np.sum([best.row_dual[np.array(each, dtype=np.int64).reshape(-1, steps)] for each in rows], axis=0)
    energy_wh = [
        np.concatenate(([start_wh], column[part.energy] * 1e3))
        for part, start_wh in zip(parts.batteries, problem.start_wh.tolist(), strict=True)
    ]
    marginal_eur = caps.marginal_eur(model, problem.caps, problem.aims, best.row_dual)
    laws = _battery_laws(problem, battery_w, grid_w, worth, buying_eur_per_kwh(problem, marginal_eur))
    plan = Plan(
        grid=problem.grid,
        issued_at=issued_at,
        assets=problem.asset_ids[: len(battery_w) + len(pv_w)],
        power_w=np.concatenate([battery_w, pv_w]),
        energy_wh=np.concatenate([_stacked(energy_wh, steps + 1), np.full((len(problem.pvs), steps + 1), np.nan)]),
        law=np.concatenate(
            [
                _stacked(laws, steps),
                pv_laws(curtailed_w=curtailed_w, power_w=pv_w, grid_w=grid_w, sells=sells(problem)),
            ]
        ).astype(np.uint8),
        grid_target_w=np.where(agreed_steps(problem), grid_w, 0.0),
        grid_power_w=grid_w,
        grid_ceiling_w=grid_ceiling_w(problem, grid_w),
        cost_eur=cost_by_term_eur(model, column),
        dual_eur_per_kwh=np.concatenate([worth, np.full((len(problem.pvs), steps), np.nan)]),
        gap_eur=0.0,
        broken=missed,
        notes=problem.notes,
        marginal_eur=marginal_eur,
    )
    return with_flexible(plan, [each.flexible for each in scenarios], problem.main, column, best.row_dual)


def _stacked(rows: Sequence[FloatArray | ByteArray], length: int) -> FloatArray:
    return np.stack(rows) if rows else np.zeros((0, length))
