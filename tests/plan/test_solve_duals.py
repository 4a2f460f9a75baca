"""Duals are reasons: what one more stored kWh would have saved, as differences of the cost tell it too."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.outlook import Plan
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve
from tests.builders import BERLIN, a_battery, a_demand, a_grid
from tests.plan.builders import a_demand_problem, a_load_w, a_problem, a_sun_w, hours

DAY = a_grid(step_s=3600, steps=24)
NUDGE_WH = 0.5


def the_best(problem: Problem) -> Plan:
    return solve(replace(problem, stability_eur=0.0), problem.grid.start_utc)


def slopes_eur_per_kwh(problem: Problem, battery: int = 0) -> tuple[float, float]:
    """Return what a little more energy at the start saves, from below and from above; convex, so the first is more."""
    costs = []
    for nudge_wh in (-NUDGE_WH, 0.0, NUDGE_WH):
        start_wh = problem.start_wh.copy()
        start_wh[battery] += nudge_wh
        # What the battery holds at the start is booked as a constant: it is no saving.
        constant = np.nan_to_num(problem.end_value_eur_per_kwh)[battery] * nudge_wh / 1e3
        costs.append(the_best(replace(problem, start_wh=start_wh)).total_eur - constant)
    return (costs[0] - costs[1]) / NUDGE_WH * 1e3, (costs[1] - costs[2]) / NUDGE_WH * 1e3


PROBLEMS = {
    "ordinary": a_problem(load_w=a_load_w(DAY), available_w=a_sun_w(DAY), buy=np.where(hours(DAY) > 14, 0.52, 0.27)),
    "worth at the end": a_problem(load_w=300.0, end_value_eur_per_kwh=np.array([0.2])),
    "a target at the end": a_problem(load_w=300.0, end_wh=np.array([9000.0])),
    "export above import": a_problem(load_w=a_load_w(DAY), buy=0.20, sell=np.where(hours(DAY) > 18, 0.35, 0.05)),
    "negative at noon": a_problem(load_w=a_load_w(DAY), buy=np.where(abs(hours(DAY) - 12) < 3, -0.10, 0.30), sell=-0.2),
    "two batteries": a_problem(
        batteries=[a_battery(), a_battery("second", round_trip_ratio=0.8)],
        load_w=a_load_w(DAY),
        available_w=a_sun_w(DAY),
    ),
    "a demand charge": a_problem(
        load_w=a_load_w(DAY),
        batteries=[a_battery(capacity_wh=4000.0)],
        demand=(a_demand_problem(a_demand(), DAY, zone=BERLIN),),
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_first_dual_is_the_slope_of_the_cost_in_start_energy(name: str) -> None:
    problem = PROBLEMS[name]
    for battery in range(len(problem.batteries)):
        first = float(the_best(problem).dual_eur_per_kwh[battery, 0])
        below, above = slopes_eur_per_kwh(problem, battery)
        assert above - 1e-4 <= first <= below + 1e-4


@settings(max_examples=25, deadline=None)
@given(
    prices=st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.5]), min_size=4, max_size=4),
    load_w=st.lists(st.floats(-3000.0, 4000.0), min_size=4, max_size=4),
    start_ratio=st.floats(0.2, 0.8),
)
def test_any_first_dual_is_a_slope_of_the_cost(prices: list[float], load_w: list[float], start_ratio: float) -> None:
    grid = a_grid(step_s=3600, steps=4)
    problem = a_problem(grid=grid, buy=prices, sell=np.array(prices) / 2, load_w=load_w, start_ratio=start_ratio)
    below, above = slopes_eur_per_kwh(problem)
    assert above - 1e-4 <= float(the_best(problem).dual_eur_per_kwh[0, 0]) <= below + 1e-4


def test_energy_spares_the_dearest_purchase_it_can_still_replace() -> None:
    """Too little for the whole evening, no way to refill before: a stored kWh is worth the evening's price."""
    problem = a_problem(load_w=2000.0, buy=np.where(hours(DAY) > 17, 0.50, 0.30), sell=0.0, start_wh=np.array([3000.0]),
                        batteries=[a_battery(charge_limit_w=0.0)])  # fmt: skip
    worth = the_best(problem).dual_eur_per_kwh[0]
    assert worth[:17] == pytest.approx(0.50 * 0.9**0.5, abs=1e-6)


def test_duals_are_told_for_storages_only() -> None:
    plan = the_best(PROBLEMS["ordinary"])
    assert np.isfinite(plan.dual_eur_per_kwh[0]).all() and np.isnan(plan.dual_eur_per_kwh[1]).all()


def test_duals_are_those_of_the_optimum_not_of_the_steady_plan() -> None:
    problem = replace(PROBLEMS["ordinary"], stability_eur=0.02, previous_w=np.full((1, 24), 700.0))
    assert np.array_equal(
        solve(problem, DAY.start_utc).dual_eur_per_kwh, the_best(problem).dual_eur_per_kwh, equal_nan=True
    )
