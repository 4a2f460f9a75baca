"""Scenarios share their first step; what comes later may wait for what is then known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.outlook import Plan
from enerwise.core.units import FloatArray
from enerwise.plan.problem import Problem
from enerwise.plan.solve import build, solve
from enerwise.plan.solver import LinearProgram
from tests.builders import BERLIN, a_demand, a_grid
from tests.plan.builders import a_demand_problem, a_load_w, a_problem, a_sun_w, hours
from tests.plan.reference import least_cost_eur

DAY = a_grid(step_s=3600, steps=24)
THIRDS = np.array([0.3, 0.4, 0.3])


def three_loads(spread: float = 0.5, **facts: object) -> Problem:
    load_w = np.array([1 - spread, 1.0, 1 + spread])[:, None] * a_load_w(DAY)
    available_w = np.array([1.2, 1.0, 0.5])[:, None, None] * a_sun_w(DAY)
    defaults = {
        "load_w": load_w,
        "available_w": available_w,
        "probability": THIRDS,
        "buy": np.where(hours(DAY) > 14, 0.5, 0.3),
    }
    return a_problem(**{**defaults, **facts})  # type: ignore[arg-type]


def the_best(problem: Problem) -> Plan:
    return solve(replace(problem, stability_eur=0.0), problem.grid.start_utc)


def first_steps_w(problem: Problem) -> FloatArray:
    """Battery power of the first step in each scenario, from the linear program itself."""
    model, parts = build(problem)
    found = LinearProgram(model.arrays()).solve()
    assert found is not None
    return np.array(
        [found.column[each.batteries[0].charge[0]] - found.column[each.batteries[0].discharge[0]] for each in parts]
    )


def test_the_expected_cost_is_the_optimum() -> None:
    problem = three_loads()
    assert the_best(problem).total_eur == pytest.approx(least_cost_eur(problem), abs=1e-4)


def test_the_expected_cost_is_the_optimum_under_a_demand_charge() -> None:
    demand = (a_demand_problem(a_demand(top_count=2, above_w=500.0), DAY, zone=BERLIN),)
    problem = three_loads(demand=demand)
    assert the_best(problem).total_eur == pytest.approx(least_cost_eur(problem, zone=BERLIN), abs=1e-4)


def test_the_expected_cost_is_the_optimum_at_negative_prices() -> None:
    inside = np.abs(hours(DAY) - 12) < 3
    problem = three_loads(buy=np.where(inside, -0.1, 0.3), sell=np.where(inside, -0.2, 0.05))
    assert the_best(problem).total_eur == pytest.approx(least_cost_eur(problem), abs=1e-4)


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_expected_cost_is_the_optimum(data: st.DataObject) -> None:
    steps = data.draw(st.integers(1, 5))
    scenarios = data.draw(st.integers(2, 3))
    weight = np.array(data.draw(st.lists(st.integers(1, 5), min_size=scenarios, max_size=scenarios)))
    load_w = st.lists(st.floats(-2000.0, 4000.0), min_size=steps, max_size=steps)
    price = st.lists(st.sampled_from([-0.1, 0.1, 0.3]), min_size=steps, max_size=steps)
    problem = a_problem(
        grid=a_grid(step_s=3600, steps=steps), probability=weight / weight.sum(),
        load_w=np.array([data.draw(load_w) for _ in range(scenarios)]),
        buy=np.array(data.draw(price)), sell=np.array(data.draw(price)), end_value_eur_per_kwh=np.array([0.15]),
    )  # fmt: skip
    assert the_best(problem).total_eur == pytest.approx(least_cost_eur(problem), abs=1e-4)


def test_all_scenarios_begin_alike() -> None:
    first_kw = first_steps_w(three_loads(load_w=np.array([[500.0], [3000.0], [6000.0]]) * np.ones(24)))
    assert np.ptp(first_kw) < 1e-6


def test_one_scenario_is_the_deterministic_plan() -> None:
    one = the_best(a_problem(load_w=a_load_w(DAY)))
    same = the_best(a_problem(load_w=a_load_w(DAY), probability=np.array([1.0])))
    assert np.array_equal(one.power_w, same.power_w)


def test_equal_scenarios_cost_what_one_of_them_costs() -> None:
    one = a_problem(load_w=a_load_w(DAY), available_w=a_sun_w(DAY))
    equal = a_problem(load_w=a_load_w(DAY), available_w=a_sun_w(DAY), probability=THIRDS)
    plan = the_best(equal)
    assert plan.total_eur == pytest.approx(the_best(one).total_eur, abs=1e-6)
    assert plan.dual_eur_per_kwh[0, 0] == pytest.approx(the_best(one).dual_eur_per_kwh[0, 0], abs=1e-6)


def test_the_plan_shows_the_middle_scenario() -> None:
    problem = three_loads()
    plan = the_best(problem)
    assert np.allclose(plan.grid_power_w, problem.load_w[1] + plan.power_w.sum(axis=0), atol=1e-3)


def test_knowing_more_is_never_dearer() -> None:
    """The mean of three plans that each know their day is a bound no shared first step can go below."""
    problem = three_loads()
    alone = [
        the_best(replace(problem, load_w=problem.load_w[[row]], available_w=problem.available_w[[row]],
                         probability=np.ones(1))).total_eur
        for row in range(3)
    ]  # fmt: skip
    assert the_best(problem).total_eur >= float(THIRDS @ alone) - 1e-6


def test_the_steady_plan_keeps_the_expected_cost() -> None:
    problem = replace(three_loads(), previous_w=np.full((1, 24), 500.0), stability_eur=0.002)
    exact = the_best(problem)
    steady = solve(problem, DAY.start_utc)
    assert exact.total_eur - 1e-6 <= steady.total_eur <= exact.total_eur + 0.002 + 1e-6
