"""Generators and wind: the replay contract, when an engine pays, starts, and what the wind offers."""

from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.outlook import Law, Plan
from enerwise.core.time import TimeGrid
from enerwise.physics.generator import Engine
from enerwise.physics.wind import PowerCurve, available_w
from enerwise.plan.blocks.generator import Generator
from enerwise.plan.blocks.wind import Wind
from enerwise.plan.flexible import Flexible, Replayed
from enerwise.plan.solve import solve
from enerwise.testing.contracts.blocks import ReplayContract
from tests.builders import a_grid
from tests.plan.builders import a_problem

DAY = a_grid(step_s=3600, steps=24)
ENGINE = Engine(1000.0, 4000.0, 800.0, 2.5, fuel_start_wh=300.0)


def a_generator(**facts: Any) -> Generator:
    """4 kW of diesel at 10 cents a kWh of fuel."""
    return Generator("diesel", **{"engine": ENGINE, "fuel_eur_per_kwh": 0.10, **facts})


class TestGenerator(ReplayContract):
    kind = "generator"

    def assets(self, grid: TimeGrid) -> st.SearchStrategy[tuple[Flexible, ...]]:
        engines = st.builds(
            Engine,
            st.floats(200.0, 1500.0),
            st.floats(2000.0, 5000.0),
            st.floats(0.0, 1000.0),
            st.floats(2.0, 3.0),
            fuel_start_wh=st.floats(0.0, 500.0),
            heat_ratio=st.floats(0.0, 0.5),
        )
        return st.tuples(
            st.builds(
                a_generator,
                engine=engines,
                fuel_eur_per_kwh=st.floats(0.05, 0.2),
                heat_eur_per_kwh=st.sampled_from([0.0, 0.06]),
                start_eur=st.floats(0.0, 0.2),
                run_min_s=st.sampled_from([0.0, 7200.0]),
                held_s=st.sampled_from([0.0, -3600.0, 3600.0]),
            )
        )

    def limits_kept(self, asset: Generator, plan: Plan, replayed: Replayed) -> None:
        delivered_w = -replayed.power_w
        runs = delivered_w > 1.0
        assert np.all(delivered_w[runs] >= asset.engine.power_min_w - 0.5)
        assert delivered_w.max() <= asset.engine.power_max_w + 0.5
        fuel_kwh = replayed.states["fuel_wh"][-1] / 1e3
        assert plan.cost_eur["fuel"] >= asset.fuel_net_eur_per_kwh * fuel_kwh - 1e-6


class TestWind(ReplayContract):
    kind = "wind"

    def assets(self, grid: TimeGrid) -> st.SearchStrategy[tuple[Flexible, ...]]:
        return st.tuples(
            st.builds(
                lambda seed, can: Wind(
                    "mill", -np.random.default_rng(seed).uniform(0.0, 9000.0, grid.step_count), can_curtail=can
                ),
                st.integers(0, 999),
                st.booleans(),
            )
        )

    def limits_kept(self, asset: Wind, plan: Plan, replayed: Replayed) -> None:
        assert np.all(replayed.power_w <= 0.0)
        if not asset.can_curtail:
            assert np.allclose(replayed.power_w, asset.available_w, atol=1e-6)


def test_an_engine_runs_while_power_is_dear() -> None:
    buy = np.where((np.arange(24) >= 8) & (np.arange(24) < 14), 0.60, 0.20)
    plan = solve(
        a_problem(grid=DAY, batteries=[], load_w=2000.0, buy=buy, sell=0.05, flexible=(a_generator(),)), DAY.start_utc
    )
    assert np.allclose(plan.power_w[0, 8:14], -2000.0, atol=1.0)
    assert np.allclose(plan.power_w[0, :8], 0.0, atol=1.0) and np.allclose(plan.power_w[0, 14:], 0.0, atol=1.0)
    burnt_kwh = plan.states["diesel"]["fuel_wh"][-1] / 1e3
    assert burnt_kwh == pytest.approx(6 * (2.0 * 2.5 + 0.8) + 0.3, rel=1e-4)
    assert plan.cost_eur["fuel"] == pytest.approx(0.10 * burnt_kwh)


def test_dear_starts_keep_it_running_through_a_short_lull() -> None:
    buy = np.where(np.isin(np.arange(24), (8, 9, 10, 12, 13, 14)), 0.60, 0.26)
    problems = [
        a_problem(grid=DAY, batteries=[], load_w=2000.0, buy=buy, sell=0.05, flexible=(a_generator(start_eur=each),))
        for each in (0.0, 0.5)
    ]
    free, dear = (solve(each, DAY.start_utc).power_w[0] for each in problems)
    assert free[11] == pytest.approx(0.0, abs=1.0)
    assert dear[11] <= -1000.0 + 1.0


def test_heat_that_is_worth_something_makes_it_run_more() -> None:
    heat = Engine(1000.0, 4000.0, 800.0, 2.5, heat_ratio=0.5)
    plain, combined = (
        solve(a_problem(grid=DAY, batteries=[], load_w=2000.0, buy=0.25, sell=0.05, flexible=(each,)), DAY.start_utc)
        for each in (a_generator(engine=heat), a_generator(engine=heat, heat_eur_per_kwh=0.10))
    )
    assert not plain.power_w.any() and combined.power_w[0].min() <= -1999.0


def test_wind_that_would_cost_is_curtailed() -> None:
    sell = np.where(np.arange(24) < 12, 0.05, -0.10)
    plan = solve(
        a_problem(grid=DAY, batteries=[], load_w=500.0, sell=sell, flexible=(Wind("mill", np.full(24, -3000.0)),)),
        DAY.start_utc,
    )
    assert np.allclose(plan.power_w[0, :12], -3000.0, atol=1.0) and np.allclose(plan.power_w[0, 12:], -500.0, atol=1.0)
    assert set(plan.law[0, :12]) == {Law.FOLLOW} and set(plan.law[0, 12:]) == {Law.FIXED}


def test_a_power_curve_ends_at_both_ends() -> None:
    curve = PowerCurve((3.0, 12.0, 25.0), (0.0, 9000.0, 9000.0))
    assert available_w(curve, np.array([2.9, 12.0, 25.0, 25.1])).tolist() == [0.0, -9000.0, -9000.0, 0.0]
    for speeds, powers in (((3.0, 2.0), (0.0, 1.0)), ((3.0,), (0.0,)), ((3.0, 4.0), (0.0, -1.0))):
        with pytest.raises(ValueError, match="power curve"):
            PowerCurve(speeds, powers)


def test_wrong_facts_are_named() -> None:
    with pytest.raises(ProblemsFound, match="available_w"):
        a_problem(grid=DAY, batteries=[], flexible=(Wind("mill", np.full(24, 100.0)),))
    with pytest.raises(ProblemsFound, match="fuel_eur_per_kwh"):
        a_problem(grid=DAY, batteries=[], flexible=(a_generator(fuel_eur_per_kwh=-1.0),))
    with pytest.raises(ProblemsFound, match="more than one asset"):
        a_problem(grid=DAY, batteries=[], flexible=(a_generator(), a_generator()))
    with pytest.raises(ValueError, match="fuel"):
        Engine(0.0, 1.0, 0.0, 0.5)
