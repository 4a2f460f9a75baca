"""Why a plan lets machines run when they do: what it pays, what the dearest way would cost, what holds it back.

The alternative is what the machine does by itself: a car charges as it comes, a program starts as its window opens,
heat is made evenly, air moved in full while people are there. It is billed with all else as planned, peaks left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.outlook import Plan
from enerwise.core.time import show_local
from enerwise.core.units import FloatArray
from enerwise.plan.blocks.charger import Charger
from enerwise.plan.blocks.heat_pump import HeatPump
from enerwise.plan.blocks.interruptible import Interruptible
from enerwise.plan.blocks.program import Program
from enerwise.plan.blocks.ventilation import Ventilation
from enerwise.plan.blocks.water_heater import WaterHeater
from enerwise.plan.flexible import Flexible
from enerwise.plan.problem import Problem
from enerwise.serve.runs import equal_runs
from enerwise.serve.words import Fact
from enerwise.serve.zone_reasons import zone_reasons

RESTING_W: Final = 25.0
NOTHING_WH: Final = 50.0
"""Runs of less are not told."""
SAME_EUR: Final = 0.005


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of the catalogue about a machine, and the steps it is about."""

    asset: str
    key: str
    facts: Mapping[str, Fact]
    first: int
    last: int


def machine_reasons(problem: Problem, plan: Plan, zone: str) -> list[Told]:
    """Return why each machine runs when it does, in the order of the plan."""
    return [told for each in problem.flexible for told in _reasons(each, problem, plan, zone)]


def energy_eur(problem: Problem, grid_w: FloatArray) -> float:
    """Return what energy costs at the connection, peaks left out."""
    bought_w, sold_w = np.maximum(grid_w, 0.0), np.maximum(-grid_w, 0.0)
    paid = bought_w * problem.import_eur_per_kwh - sold_w * problem.export_eur_per_kwh
    return float(paid.sum()) * problem.grid.step_h / 1e3


def _reasons(each: Flexible, problem: Problem, plan: Plan, zone: str) -> Iterator[Told]:
    power_w = plan.power_w[plan.assets.index(each.id)]
    for run in _runs(each, power_w, plan):
        alone_w = np.zeros_like(power_w)
        alone_w[run] = power_w[run]
        energy_wh = float(np.abs(alone_w).sum()) * plan.grid.step_h
        if energy_wh < NOTHING_WH:
            continue
        moved = np.flatnonzero(np.abs(alone_w) > RESTING_W)
        facts = _facts(each, problem, plan, alone_w) | {
            "asset": each.id,
            "begin": _clock(plan, int(moved[0]), zone),
            "until": _clock(plan, int(moved[-1]) + 1, zone),
            "energy_wh": energy_wh,
        }
        yield Told(each.id, f"machine.{each.kind}", facts, run.start, run.stop)
        for key, more in zone_reasons(each, plan, zone):
            yield Told(each.id, key, more, run.start, run.stop)
        other_w = _by_itself(each, plan, alone_w, run)
        if other_w is not None:
            rest_w = plan.grid_power_w - alone_w
            more_eur = energy_eur(problem, rest_w + other_w) - energy_eur(problem, plan.grid_power_w)
            code = "same" if abs(more_eur) < SAME_EUR else "more" if more_eur > 0 else "less"
            yield Told(each.id, f"machine.else_{code}", {"asset": each.id, "else_eur": more_eur}, run.start, run.stop)


def _runs(each: Flexible, power_w: FloatArray, plan: Plan) -> list[slice]:
    """Return what is told as one: a stay of a car, a run of a generator, else the whole plan."""
    if isinstance(each, Charger):
        return [slice(int(a), int(b)) for a, b in zip(each.arrives_step, each.leaves_step, strict=True)]
    if each.kind == "generator":
        runs = equal_runs(np.abs(power_w) > RESTING_W)
        return [run for run in runs if abs(power_w[run.start]) > RESTING_W]
    return [slice(0, plan.grid.step_count)]


def _facts(each: Flexible, problem: Problem, plan: Plan, alone_w: FloatArray) -> dict[str, Fact]:
    """Return what its energy costs a kWh, and the states that it is for."""
    spared_eur = energy_eur(problem, plan.grid_power_w) - energy_eur(problem, plan.grid_power_w - alone_w)
    energy_kwh = float(alone_w.sum()) * plan.grid.step_h / 1e3
    facts: dict[str, Fact] = {"paid_eur_per_kwh": spared_eur / energy_kwh if energy_kwh else None}
    used = np.abs(alone_w) > RESTING_W
    states = plan.states.get(each.id, {})
    if isinstance(each, Charger):
        end = int(np.flatnonzero(used)[-1]) + 1
        facts["leaves_wh"] = float(plan.energy_wh[plan.assets.index(each.id), end])
    degc = [value[1:] for name, value in states.items() if name.endswith("temperature_degc")]
    if degc:
        # Zones come first, walls after them; of a tank the top counts.
        rooms = degc[: len(each.building.zones)] if isinstance(each, HeatPump) else degc[:1]
        facts |= {"coldest": f"{np.min(rooms):.1f}", "warmest": f"{np.max(rooms):.1f}"}
    if isinstance(each, Ventilation):
        facts |= _of_air(each, states)
    facts["dearest_eur_per_kwh"] = float(problem.import_eur_per_kwh.max())
    facts["fuel_eur"] = plan.cost_eur.get("fuel")
    return facts


def _of_air(unit: Ventilation, states: Mapping[str, FloatArray]) -> dict[str, Fact]:
    """Return how good the air is where somebody minds, and how much of it is moved."""
    flow, felt = states["flow_m3_per_h"], states["co2_ppm"][1:][unit.limit_weight > 0]
    worst = f"{felt.max():.0f}" if felt.size else None
    return {"worst": worst, "limit": f"{unit.limit_ppm:.0f}", "least": f"{flow.min():.0f}", "most": f"{flow.max():.0f}"}


def _by_itself(each: Flexible, plan: Plan, alone_w: FloatArray, run: slice) -> FloatArray | None:
    """Return the power with which it would do the same by itself. Shape (step,); None where it would do nothing."""
    other_w = np.zeros_like(alone_w)
    if isinstance(each, Charger):
        if (alone_w < -RESTING_W).any():
            return None
        _, most_w = each.range_w(plan.grid)
        left_w = np.cumsum(most_w[run])
        total_w = alone_w.sum()
        other_w[run] = np.diff(np.minimum(left_w, total_w), prepend=0.0)
        return other_w
    if isinstance(each, Program):
        first = each.first_step
        other_w[first : first + each.sequence_w.size] = each.sequence_w
        return other_w if each.first_step > 0 or each.starts.size > 1 else None
    if isinstance(each, Interruptible):
        count = int((alone_w > RESTING_W).sum())
        other_w[each.first_step : each.first_step + count] = each.rated_w
        return other_w
    if isinstance(each, Ventilation):
        return np.where(each.exhaled_m3_per_h > 0, each.unit.power_max_w, each.unit.power_min_w)
    if isinstance(each, HeatPump | WaterHeater):
        other_w[:] = alone_w.mean()
        return other_w
    return None


def _clock(plan: Plan, step: int, zone: str) -> str:
    return show_local(plan.grid.part(step, 0).start_utc, zone)[11:]
