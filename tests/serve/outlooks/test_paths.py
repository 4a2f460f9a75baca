"""Paths: energy balances, the humble law is the one the product runs, batch equals single."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve
from enerwise.run.goals import weighed
from enerwise.run.loop import play
from enerwise.serve.outlooks.paths import Powers, Supply, along
from enerwise.serve.totals import played
from tests.builders import a_battery, a_pv
from tests.run.builders import a_house, a_world
from tests.run.test_goals import a_problem


def supply_of(problem: Problem, factors: tuple[float, ...] = (1.0,)) -> Supply:
    times = np.array(factors)
    return Supply(
        load_w=problem.load_w[0] * times[:, None],
        available_w=problem.available_w[0] * times[:, None, None],
        import_limit_w=problem.import_limit_w,
        export_limit_w=problem.export_limit_w,
        step_s=float(problem.grid.step_s),
    )


def run(problem: Problem, factors: tuple[float, ...], *, with_plan: bool) -> Powers:
    plan = solve(problem, problem.grid.start_utc) if with_plan else None
    start_wh = np.tile(problem.start_wh, (len(factors), 1))
    return along(supply_of(problem, factors), problem.batteries, problem.pvs, start_wh, plan=plan)


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), factor=st.floats(0.2, 3.0), with_plan=st.booleans())
def test_power_balances_and_no_battery_leaves_its_band(seed: int, factor: float, with_plan: bool) -> None:
    problem = a_problem(seed=seed)
    found = run(problem, (1.0, factor), with_plan=with_plan)
    supply = supply_of(problem, (1.0, factor))
    np.testing.assert_allclose(
        found.grid_w, supply.load_w + found.battery_w.sum(axis=1) + found.pv_w.sum(axis=1), atol=1e-9
    )
    battery = problem.batteries[0]
    assert found.energy_wh.min() >= battery.energy_min_wh - 1.0
    assert found.energy_wh.max() <= battery.energy_max_wh + 1.0
    assert found.grid_w.min() >= -9000.0 - 1e-6


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), factor=st.floats(0.3, 2.0))
def test_energy_is_stored_less_the_loss(seed: int, factor: float) -> None:
    found = run(a_problem(seed=seed), (factor,), with_plan=False)
    change_wh = np.diff(found.energy_wh[0, 0])
    charge_wh, give_wh = np.maximum(found.battery_w[0, 0], 0), np.maximum(-found.battery_w[0, 0], 0)
    one_way = a_battery().one_way_ratio
    np.testing.assert_allclose(change_wh, charge_wh * one_way - give_wh / one_way, atol=1e-6)


def test_many_paths_are_each_what_they_are_alone() -> None:
    problem = a_problem(seed=3)
    together = run(problem, (0.5, 1.0, 2.0), with_plan=True)
    for at, factor in enumerate((0.5, 1.0, 2.0)):
        alone = run(problem, (factor,), with_plan=True)
        np.testing.assert_array_equal(together.grid_w[at], alone.grid_w[0])


def test_a_plan_on_its_own_outlook_does_what_it_planned() -> None:
    problem = a_problem(seed=5)
    plan = solve(problem, problem.grid.start_utc)
    found = run(problem, (1.0,), with_plan=True)
    off_wh = np.abs(found.energy_wh[0] - plan.energy_wh[:1]).max()
    assert off_wh < 0.02 * problem.batteries[0].capacity_wh


def test_own_power_on_its_outlook_buys_no_more_than_self_consumption() -> None:
    problem = weighed(a_problem(seed=7), "own_power")
    planned, humble = (run(problem, (1.0,), with_plan=each) for each in (True, False))
    bought = [float(np.maximum(each.grid_w, 0).sum()) for each in (planned, humble)]
    assert bought[0] <= bought[1] + 20.0


def test_self_consumption_is_what_the_product_does() -> None:
    """A day played by the whole product, turn by turn, and the same day along one path: the same meters."""
    world = a_world("self_consumption", days=2)
    play(world, 48)
    frame, grid = a_house(2)
    real = played(world.store, world.site, grid, start_soc_ratio=0.5)
    limits = np.full(48, 9000.0)
    supply = Supply(frame.value[None, :, 0], frame.value[None, None, :, 1], limits, limits, 3600.0)
    found = along(supply, (a_battery(),), (a_pv(),), np.array([[6750.0]]))
    np.testing.assert_allclose(found.grid_w[0], real.grid_w, atol=1.0)


def test_a_gap_rests_the_battery_and_stays_a_gap() -> None:
    problem = a_problem(seed=2)
    supply = supply_of(problem)
    supply.load_w[0, 5:8] = np.nan
    found = along(supply, problem.batteries, problem.pvs, problem.start_wh[None])
    assert np.isnan(found.grid_w[0, 5:8]).all() and np.isfinite(found.grid_w[0, [4, 8]]).all()
    assert found.energy_wh[0, 0, 5] == pytest.approx(found.energy_wh[0, 0, 8])
    assert np.isnan(found.battery_w[0, 0, 5:8]).all()


def test_a_site_without_battery_and_sun_is_its_load() -> None:
    supply = Supply(np.full((1, 4), 500.0), np.zeros((1, 0, 4)), np.full(4, 9e3), np.full(4, 9e3), 900.0)
    found = along(supply, (), (), np.zeros((1, 0)))
    np.testing.assert_array_equal(found.grid_w, np.full((1, 4), 500.0))
