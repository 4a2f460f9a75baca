"""Goals are prices: what they weigh, what they leave alone, and that own power really buys least."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve
from enerwise.run.goals import GOALS, extra_eur_per_kwh, refusal, weighed
from enerwise.site.carbon import Carbon
from tests.builders import a_battery, a_grid, a_pv, a_site


def a_problem(*, seed: int = 1, spread_eur_per_kwh: float = 0.25) -> Problem:
    """A day with sun at noon and dear evenings."""
    rng = np.random.default_rng(seed)
    grid = a_grid(step_s=3600, steps=24)
    hour = np.arange(24)
    load_w = 300 + 1500 * np.exp(-(((hour - 19) / 2) ** 2)) * rng.uniform(0.6, 1.4)
    sun_w = -4000 * np.clip(np.sin((hour - 6) / 12 * np.pi), 0, None) * rng.uniform(0.1, 1.0) + 0.0
    buy = 0.25 + spread_eur_per_kwh * ((hour >= 14) & (hour < 20)) + rng.uniform(0, 0.02, 24)
    return Problem(
        grid=grid,
        batteries=(a_battery(),),
        pvs=(a_pv(),),
        load_w=load_w[None],
        available_w=sun_w[None, None],
        import_eur_per_kwh=buy,
        export_eur_per_kwh=np.full(24, 0.08),
        import_limit_w=np.full(24, 9000.0),
        export_limit_w=np.full(24, 9000.0),
        start_wh=np.array([4000.0]),
        end_wh=np.full(1, np.nan),
        end_value_eur_per_kwh=np.array([0.15]),
    )


def bought_kwh(problem: Problem) -> float:
    grid_w = solve(problem, problem.grid.start_utc).grid_power_w
    return float(np.maximum(grid_w, 0.0).sum()) * problem.grid.step_h / 1e3


def test_the_goal_cost_changes_nothing() -> None:
    problem = a_problem()
    assert weighed(problem, "cost") is problem


@pytest.mark.parametrize("goal", ["own_power", "carbon", "balanced"])
def test_a_goal_touches_buying_and_what_is_left_and_nothing_else(goal: str) -> None:
    problem = a_problem()
    other = weighed(problem, goal)
    extra = other.import_eur_per_kwh - problem.import_eur_per_kwh
    assert extra.min() == pytest.approx(extra.max()) and extra.min() > 0
    same = replace(
        other,
        import_eur_per_kwh=problem.import_eur_per_kwh,
        end_value_eur_per_kwh=problem.end_value_eur_per_kwh,
    )
    np.testing.assert_array_equal(same.export_eur_per_kwh, problem.export_eur_per_kwh)
    np.testing.assert_array_equal(same.load_w, problem.load_w)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), spread=st.floats(0.0, 0.6))
def test_own_power_buys_least_and_balanced_lies_between(seed: int, spread: float) -> None:
    problem = a_problem(seed=seed, spread_eur_per_kwh=spread)
    bought = {goal: bought_kwh(weighed(problem, goal)) for goal in ("cost", "own_power", "balanced")}
    assert bought["own_power"] <= bought["balanced"] + 0.01
    assert bought["balanced"] <= bought["cost"] + 0.01


def test_own_power_never_fills_from_the_grid_to_sell_or_use_later() -> None:
    cloudy = a_problem(spread_eur_per_kwh=0.6)
    problem = replace(cloudy, available_w=cloudy.available_w * 0.05, load_w=cloudy.load_w * 2)
    assert bought_kwh(problem) > bought_kwh(weighed(problem, "own_power")) + 0.3
    plan = solve(weighed(problem, "own_power"), problem.grid.start_utc)
    assert not ((plan.power_w[0] > 20.0) & (plan.grid_power_w > 20.0)).any()


def test_carbon_needs_a_factor_and_says_so() -> None:
    site = a_site()
    fault = refusal("carbon", site)
    assert fault is not None and "carbon: {grid: 363 g/kWh" in fault.remedy
    assert refusal("carbon", replace(site, carbon=Carbon(363.0, "UBA 2024"))) is None
    assert [refusal(goal, site) for goal in GOALS if goal != "carbon"] == [None, None, None]
    unknown = refusal("fun", site)
    assert unknown is not None and "'fun' is not known" in unknown.message


def test_weights_are_never_below_zero_where_prices_are() -> None:
    below = np.full(4, -0.10)
    assert extra_eur_per_kwh("balanced", below, below) == 0.0
    assert extra_eur_per_kwh("own_power", below, below) == 1.0
