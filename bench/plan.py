"""The planner against the bare solver: CPU of a whole solve over CPU of one passModel + run of the same model.

Ordinary and capacity-charge days are compared with the linear program, negative prices with the full integer program,
binaries at every step; gap settings are equal, all else is the solver's default. Instances lie in `bench/instances`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import highspy
import numpy as np
from rich.console import Console
from rich.table import Table

from enerwise.core.time import cpu_s
from enerwise.plan.problem import DemandProblem, Problem
from enerwise.plan.solve import build, solve
from enerwise.plan.solver import ABSOLUTE_GAP_EUR, Integers, with_pairs
from enerwise.site.assets import Battery, Pv
from enerwise.site.tariff import DemandComponent, DemandState
from enerwise.store.files import read_outlook

INSTANCES = Path(__file__).resolve().parent / "instances"
BATTERY = Battery("battery", 13_500.0, 5000.0, 5000.0, soc_min_ratio=0.1, soc_max_ratio=0.9)
ROOF = Pv("roof", 6000.0, can_curtail=True)
PEAK = DemandComponent("peak", 4.20, above_w=500.0)
REPEATS = {"ordinary": 20, "capacity": 20, "negative": 4}


def problem(kind: str, steps: int) -> Problem:
    """Return the first steps of an instance; the battery begins and ends half full."""
    outlook = read_outlook(INSTANCES / f"{kind}.csv")
    grid = outlook.grid.part(0, steps)
    assert outlook.price_import_eur_per_kwh is not None
    assert outlook.price_export_eur_per_kwh is not None
    half_wh = np.array([BATTERY.capacity_wh / 2])
    demand = (DemandProblem.of(PEAK, grid, "UTC", DemandState()),) if kind == "capacity" else ()
    return Problem(
        grid=grid,
        batteries=(BATTERY,),
        pvs=(ROOF,),
        load_w=outlook.load_w[None, :steps],
        available_w=outlook.pv_w[None, None, :steps],
        import_eur_per_kwh=outlook.price_import_eur_per_kwh[:steps],
        export_eur_per_kwh=outlook.price_export_eur_per_kwh[:steps],
        import_limit_w=np.full(steps, 9000.0),
        export_limit_w=np.full(steps, 9000.0),
        start_wh=half_wh,
        end_wh=half_wh,
        end_value_eur_per_kwh=np.zeros(1),
        demand=demand,
    )


def reference(kind: str, asked: Problem) -> tuple[Callable[[], None], Callable[[], float]]:
    """Return one passModel + run of the same model, and a look at its cost."""
    model, _ = build(asked)
    arrays = model.arrays()
    integral = 0
    if kind == "negative":
        first, second = (
            np.concatenate([getattr(pair, side) for pair in model.exclusives]) for side in ("first", "second")
        )
        integral, arrays = first.size, with_pairs(arrays, Integers(first, second))
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = arrays.cost.size, arrays.row_lower.size
    program.col_cost_, program.col_lower_, program.col_upper_ = arrays.cost, arrays.lower, arrays.upper
    program.row_lower_, program.row_upper_ = arrays.row_lower, arrays.row_upper
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_, program.a_matrix_.value_ = (
        arrays.start,
        arrays.index,
        arrays.value,
    )
    if integral:
        kinds = [highspy.HighsVarType.kContinuous] * (arrays.cost.size - integral)
        program.integrality_ = kinds + [highspy.HighsVarType.kInteger] * integral
    highs = highspy.Highs()
    for name, value in (
        ("output_flag", False),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", ABSOLUTE_GAP_EUR),
        ("threads", 1),
    ):
        highs.setOptionValue(name, value)

    def run() -> None:
        highs.passModel(program)
        highs.run()

    constants = sum(model.constants.values())
    return run, lambda: float(highs.getInfo().objective_function_value) + constants


def least_ms(work: Callable[[], object], repeats: int) -> float:
    """Return the least processor time of several runs. [ms]"""
    work()
    took = []
    for _ in range(repeats):
        began_s = cpu_s()
        work()
        took.append(cpu_s() - began_s)
    return min(took) * 1e3


def main() -> None:
    """Print one line for each instance."""
    table = Table(title="CPU ms, least of several runs")
    for name in ("day", "steps", "solver", "plan", "ratio", "with stability", "ratio", "cost above optimum EUR"):
        table.add_column(name, justify="right")
    for kind, repeats in REPEATS.items():
        for steps in (96, 192):
            asked = problem(kind, steps)
            exact = replace(asked, stability_eur=0.0)
            run, optimum = reference(kind, asked)
            bare_ms = least_ms(run, repeats)
            exact_ms = least_ms(partial(solve, exact, exact.grid.start_utc), repeats)
            steady_ms = least_ms(partial(solve, asked, asked.grid.start_utc), repeats)
            above_eur = solve(exact, exact.grid.start_utc).total_eur - optimum()
            figures = [bare_ms, exact_ms, exact_ms / bare_ms, steady_ms, steady_ms / bare_ms]
            table.add_row(kind, str(steps), *(f"{each:.2f}" for each in figures), f"{above_eur:.1e}")
    Console().print(table)


if __name__ == "__main__":
    main()
