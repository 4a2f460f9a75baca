"""The whole home against the bare solver: 48 h at 15 min with battery, PV, two stays of a car, and a heat pump.

Four windows over the two days of `instances/ordinary.csv`, each planned cold, planned again 15 min later from the basis
of the plan before (all data new), and planned with least powers. Beside each stands one passModel + run of the same
linear program with the solver's defaults, and the full integer program, a binary at every step, at gaps of 1 % and
0.1 %. CPU ms, least of several runs of one process; ratios are the figures to compare between machines.
"""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import highspy
import numpy as np
from rich.console import Console
from rich.table import Table

from enerwise.core.time import TimeGrid, cpu_s
from enerwise.core.units import FloatArray
from enerwise.physics.building import one_node
from enerwise.physics.heat_pump import Compressor
from enerwise.plan.binaries import with_gates
from enerwise.plan.blocks.charger import Charger
from enerwise.plan.blocks.heat_pump import HeatPump
from enerwise.plan.problem import Problem
from enerwise.plan.solve import build, solve
from enerwise.plan.solver import Integers, pass_model, with_pairs
from enerwise.plan.warm import start_from
from enerwise.store.files import read_outlook

HERE = Path(__file__).resolve().parent
STEPS, DAY = 192, 96
WINDOWS = (0, 20, 50, 70)
HOUSE = one_node("house", loss_w_per_k=180.0, capacity_wh_per_k=6000.0)
SHEET = {"source_degc": (-7.0, 2.0, 7.0), "cop": (2.6, 3.4, 4.2)}


def home(first: int, *, has_integers: bool = False) -> Problem:
    """Return the window that begins ``first`` steps after the start of the data, which come round after two days."""
    outlook = read_outlook(HERE / "instances" / "ordinary.csv")
    assert outlook.price_import_eur_per_kwh is not None
    assert outlook.price_export_eur_per_kwh is not None
    at = np.arange(first, first + STEPS)
    grid = TimeGrid(outlook.grid.start_utc + np.timedelta64(900 * first, "s"), 900, STEPS)
    plan = _neighbour("plan")
    # Prices that differ a little from step to step, as those of a day-ahead market do.
    ripple = 0.01 * np.sin(1.7 * at)
    return Problem(
        grid=grid,
        batteries=(plan.BATTERY,),
        pvs=(plan.ROOF,),
        load_w=outlook.load_w[None, at % STEPS],
        available_w=outlook.pv_w[None, None, at % STEPS],
        import_eur_per_kwh=outlook.price_import_eur_per_kwh[at % STEPS] + ripple,
        export_eur_per_kwh=outlook.price_export_eur_per_kwh[at % STEPS],
        import_limit_w=np.full(STEPS, 17_250.0),
        export_limit_w=np.full(STEPS, 9000.0),
        start_wh=np.array([plan.BATTERY.capacity_wh / 2]),
        end_wh=np.array([np.nan]),
        end_value_eur_per_kwh=np.array([0.2]),
        stability_eur=0.0,
        flexible=(_car(first, has_integers), _heat_pump(at, has_integers)),
    )


def _car(first: int, has_least: bool) -> Charger:
    """Every day home from 18:00 to 07:30, with 20 kWh of 40 wished for."""
    stays = [(max(0, 72 + DAY * day - first), min(STEPS, 126 + DAY * day - first)) for day in range(-1, 4)]
    stays = [stay for stay in stays if stay[0] < stay[1] and stay[1] > 0]
    arrives, leaves = np.array(stays).T
    energy = np.full(len(stays), 20e3)
    # A vehicle that stays beyond the horizon, or leaves soon, needs what fits.
    target = 20e3 + np.minimum(20e3, (leaves - arrives) * 0.25 * 2000.0)
    return Charger("car", arrives, leaves, energy, target, current_min_a=6.0 if has_least else 0.0, charge_ratio=0.9)


def _heat_pump(at: np.ndarray, has_least: bool) -> HeatPump:
    """A cool week: outdoor air from -1 to 7 degC, sun through the windows, 20.5 degC by day and 18 by night."""
    hour = at / 4 % 24
    outdoor: FloatArray = 3.0 + 4.0 * np.sin((hour - 9) / 12 * np.pi)
    sun_w = np.where(hour < 18, 1000.0 * np.maximum(0.0, np.sin((hour - 7) / 11 * np.pi)), 0.0)
    low = np.where((hour > 6) & (hour < 22), 20.5, 18.0)
    return HeatPump(
        "heat-pump",
        Compressor(**SHEET, power_min_w=800.0 if has_least else 0.0, power_max_w=3000.0),
        HOUSE,
        outdoor,
        (200.0 + sun_w)[None],
        np.array([20.5]),
        low[None],
        np.full((1, at.size), 23.0),
    )


def full_search(problem: Problem, gap_ratio: float) -> tuple[float, float, float]:
    """Return CPU ms, cost and proven bound of the full integer program. [ms, EUR, EUR]"""
    model, _ = build(problem)
    arrays = model.arrays()
    gated, binaries, _ = with_gates(model, arrays)
    first, second = (np.concatenate([getattr(pair, side) for pair in model.exclusives]) for side in ("first", "second"))
    full = with_pairs(gated, Integers(first, second))
    integral = np.zeros(full.cost.size, np.uint8)
    integral[binaries] = integral[gated.cost.size :] = 1
    highs = highspy.Highs()
    for name, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", gap_ratio), ("time_limit", 60.0)):
        highs.setOptionValue(name, value)
    pass_model(highs, full, integral)
    began_s = cpu_s()
    highs.run()
    took_ms = (cpu_s() - began_s) * 1e3
    info, constants = highs.getInfo(), sum(model.constants.values())
    return took_ms, info.objective_function_value + constants, info.mip_dual_bound + constants


def _neighbour(name: str) -> ModuleType:
    if f"bench_{name}" not in sys.modules:
        spec = importlib.util.spec_from_file_location(f"bench_{name}", HERE / f"{name}.py")
        assert spec is not None and spec.loader is not None
        sys.modules[f"bench_{name}"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[f"bench_{name}"])
    return sys.modules[f"bench_{name}"]


def _planned(problem: Problem, *, keep_basis: bool = False) -> Callable[[], object]:
    return lambda: solve(problem, problem.grid.start_utc, keep_basis=keep_basis)


def main() -> None:
    """Print one line for each window, without and with integers."""
    plan = _neighbour("plan")
    linear = Table(title="No integers: CPU ms, and ratio to one passModel + run of the same program")
    for name in ("window", "columns", "rows", "solver", "cold", "ratio", "with stability", "warm", "ratio", "gap"):
        linear.add_column(name, justify="right")
    integer = Table(title="Least powers: CPU ms and EUR, against the full integer program")
    for name in ("window", "plan", "ratio", "EUR", "own gap", "full 1 %", "EUR", "full 0.1 %", "EUR", "above bound"):
        integer.add_column(name, justify="right")
    for window in WINDOWS:
        asked, later = home(window), home(window + 1)
        model, _ = build(later)
        arrays = model.arrays()
        run, optimum_eur = plan.reference("ordinary", later)
        bare_ms, cold_ms = plan.least_ms(run, 8), plan.least_ms(_planned(later), 8)
        steady_ms = plan.least_ms(_planned(replace(later, stability_eur=0.00005)), 8)
        begun = start_from(later, solve(asked, asked.grid.start_utc, keep_basis=True))
        warm_ms = plan.least_ms(_planned(begun, keep_basis=True), 8)
        cost_eur = solve(begun, begun.grid.start_utc).total_eur
        gap = abs(cost_eur - optimum_eur()) / abs(optimum_eur())
        figures = [bare_ms, cold_ms, cold_ms / bare_ms, steady_ms, warm_ms, warm_ms / bare_ms]
        size = [str(each) for each in (window, arrays.cost.size, arrays.row_lower.size)]
        linear.add_row(*size, *(f"{each:.2f}" for each in figures), f"{gap:.0e}")
        bound = home(window + 1, has_integers=True)
        found = solve(bound, bound.grid.start_utc)
        found_ms = plan.least_ms(_planned(bound), 4)
        coarse_ms, coarse_eur, _ = full_search(bound, 0.01)
        fine_ms, fine_eur, bound_eur = full_search(bound, 0.001)
        above = (found.total_eur - bound_eur) / abs(bound_eur)
        integer.add_row(
            str(window), f"{found_ms:.1f}", f"{found_ms / bare_ms:.2f}", f"{found.total_eur:.4f}",
            f"{found.gap_eur:.4f}", f"{coarse_ms:.0f}", f"{coarse_eur:.4f}", f"{fine_ms:.0f}", f"{fine_eur:.4f}",
            f"{above:.2%}",
        )  # fmt: skip
    Console(width=140).print(linear, integer)


if __name__ == "__main__":
    main()
