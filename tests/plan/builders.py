"""Problems with good defaults: ``a_problem(buy=[...])`` says only what the test is about."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.plan.problem import DemandProblem, Problem
from enerwise.site.assets import Battery, Pv
from enerwise.site.tariff import DemandComponent, DemandState
from tests.builders import a_battery, a_grid, a_pv

Values = Sequence[float] | FloatArray | float


def a_problem(
    *,
    grid: TimeGrid | None = None,
    batteries: Sequence[Battery] | None = None,
    pvs: Sequence[Pv] | None = None,
    load_w: Values = 500.0,
    available_w: Values | None = None,
    buy: Values = 0.30,
    sell: Values = 0.08,
    import_limit_w: Values = 9000.0,
    export_limit_w: Values = 9000.0,
    start_ratio: float = 0.5,
    **facts: Any,
) -> Problem:
    """A day of hours at Lindenweg 8 with nothing on the roof, one scenario, no worth of energy at the end."""
    grid = grid or a_grid(step_s=3600, steps=24)
    batteries = (a_battery(),) if batteries is None else tuple(batteries)
    pvs = ((a_pv(),) if available_w is not None else ()) if pvs is None else tuple(pvs)
    scenarios = np.asarray(facts.get("probability", np.ones(1))).size
    steps = grid.step_count

    def each_step(value: Values) -> FloatArray:
        return np.broadcast_to(np.asarray(value, dtype=np.float64), (steps,)).copy()

    defaults: dict[str, Any] = {
        "start_wh": np.array([each.capacity_wh * start_ratio for each in batteries]),
        "end_wh": np.full(len(batteries), np.nan),
        "end_value_eur_per_kwh": np.zeros(len(batteries)),
    }
    sun_w = np.asarray(0.0 if available_w is None else available_w, dtype=np.float64)
    return Problem(
        grid=grid,
        batteries=batteries,
        pvs=pvs,
        load_w=np.broadcast_to(np.asarray(load_w, dtype=np.float64), (scenarios, steps)).copy(),
        available_w=np.broadcast_to(sun_w, (scenarios, len(pvs), steps)).copy(),
        import_eur_per_kwh=each_step(buy),
        export_eur_per_kwh=each_step(sell),
        import_limit_w=each_step(import_limit_w),
        export_limit_w=each_step(export_limit_w),
        **{**defaults, **facts},
    )


def a_demand_problem(
    component: DemandComponent,
    grid: TimeGrid,
    *,
    zone: str = "UTC",
    state: DemandState | None = None,
    elapsed_w: float = 0.0,
) -> DemandProblem:
    """One component over the steps of a grid, nothing paid for yet."""
    return DemandProblem.of(component, grid, zone, state or DemandState(), elapsed_w)


def a_load_w(grid: TimeGrid, *, evening_w: float = 2500.0) -> FloatArray:
    """300 W at night, a hump in the morning and a larger one in the evening. Shape (step,)"""
    hour = hours(grid)
    morning, evening = 800.0 * np.exp(-((hour - 7.5) ** 2) / 2), evening_w * np.exp(-((hour - 19.0) ** 2) / 4)
    return np.asarray(300.0 + morning + evening, dtype=np.float64)


def a_sun_w(grid: TimeGrid, *, peak_w: float = 4500.0) -> FloatArray:
    """Available PV of a clear day, zero or below. Shape (step,)"""
    return np.minimum(0.0, -peak_w * np.sin((hours(grid) - 6.0) / 12.0 * np.pi)) + 0.0


def hours(grid: TimeGrid) -> FloatArray:
    """Hour of the UTC day in the middle of each step. Shape (step,)"""
    second = grid.starts_utc.astype("datetime64[s]").astype(np.int64) % 86_400
    return np.asarray((second + grid.step_s / 2) / 3600.0, dtype=np.float64)
