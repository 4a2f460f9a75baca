"""There is always a plan: what cannot be kept is named with its amount, and what matters more is given up later."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.outlook import Plan
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve
from tests.builders import a_battery, a_grid, a_pv
from tests.plan.builders import a_load_w, a_problem, a_sun_w, hours
from tests.plan.test_solve_optimum import assert_consistent

DAY = a_grid(step_s=3600, steps=24)
NEAR_W = 0.3
"""In W and Wh: where wishes give way, the solver gets a little room to find what is left."""


def plan_of(problem: Problem) -> Plan:
    return solve(problem, problem.grid.start_utc)


def named(plan: Plan) -> dict[str, float]:
    """Return the amount of every broken wish by its name and unit; each is named once."""
    assert len({each.name for each in plan.broken}) == len(plan.broken)
    return {f"{each.name} [{each.unit}]": each.amount for each in plan.broken}


def test_a_plan_that_keeps_everything_names_nothing() -> None:
    assert plan_of(a_problem(end_wh=np.array([6000.0]))).broken == ()


def test_an_end_target_within_reach_is_met_whatever_it_costs() -> None:
    plan = plan_of(a_problem(buy=9.0, sell=0.0, load_w=0.0, start_wh=np.array([2000.0]), end_wh=np.array([12_000.0])))
    assert plan.broken == ()
    assert plan.energy_wh[0, -1] >= 12_000.0 - 1e-3


def test_an_end_target_out_of_reach_is_missed_by_as_little_as_can_be() -> None:
    grid = a_grid(step_s=3600, steps=1)
    battery = a_battery(round_trip_ratio=0.81)
    plan = plan_of(a_problem(grid=grid, batteries=[battery], start_wh=np.array([2000.0]), end_wh=np.array([12_000.0])))
    missing_kwh = 12.0 - (2.0 + 5.0 * 0.9)
    assert named(plan) == pytest.approx({"battery energy at the end [kWh]": missing_kwh}, abs=1e-3)
    assert plan.power_w[0, 0] == pytest.approx(5000.0, abs=0.1)


def test_a_battery_that_begins_below_its_band_is_brought_back_as_fast_as_it_can() -> None:
    grid = a_grid(step_s=3600, steps=6)
    plan = plan_of(a_problem(grid=grid, batteries=[a_battery(charge_limit_w=500.0)], start_wh=np.array([500.0])))
    missing_kwh = 1.35 - (0.5 + 0.5 * 0.9**0.5)
    assert named(plan) == pytest.approx({"battery above its lowest level [kWh]": missing_kwh}, abs=1e-3)
    assert plan.energy_wh[0, -1] >= 1350.0 - NEAR_W


def test_a_battery_that_begins_above_its_band_is_brought_back_as_fast_as_it_can() -> None:
    grid = a_grid(step_s=3600, steps=6)
    battery = a_battery(discharge_limit_w=500.0)
    plan = plan_of(a_problem(grid=grid, batteries=[battery], load_w=600.0, start_wh=np.array([13_500.0])))
    too_much_kwh = 13.5 - 0.5 / 0.9**0.5 - 12.15
    assert named(plan) == pytest.approx({"battery below its highest level [kWh]": too_much_kwh}, abs=1e-3)


def test_a_level_a_hair_outside_the_band_breaks_nothing() -> None:
    battery = a_battery()
    for start_wh in (battery.energy_min_wh - 1e-7, battery.energy_max_wh + 1e-7):
        assert plan_of(a_problem(batteries=[battery], start_wh=np.array([start_wh]))).broken == ()


def test_a_load_above_the_import_limit_is_covered_as_far_as_the_battery_goes() -> None:
    grid = a_grid(step_s=3600, steps=4)
    problem = a_problem(grid=grid, load_w=[500.0, 11_000.0, 500.0, 500.0], import_limit_w=4000.0)
    plan = plan_of(problem)
    assert named(plan) == pytest.approx({"import limit [kW]": 2.0}, abs=1e-3)
    assert plan.grid_power_w.max() == pytest.approx(6000.0, abs=0.1)


def test_sun_that_cannot_be_curtailed_breaks_the_export_limit_by_no_more_than_it_must() -> None:
    """Emptying the battery into the grid beforehand would lose energy and lower the sum: it is no way out."""
    sun_w = a_sun_w(DAY)
    plan = plan_of(a_problem(available_w=sun_w, pvs=[a_pv(can_curtail=False)], load_w=300.0, export_limit_w=0.0))
    assert [each.name for each in plan.broken] == ["export limit"]
    assert plan.broken[0].amount <= -sun_w.min() / 1e3 - 0.3 + 1e-3
    assert_consistent(
        plan, a_problem(available_w=sun_w, pvs=[a_pv(can_curtail=False)], load_w=300.0, export_limit_w=0.0)
    )


def test_a_limit_outranks_the_band_and_the_band_the_end() -> None:
    """Little may be bought, the battery is nearly empty: it cannot serve the load, refill its band, and be full."""
    grid = a_grid(step_s=3600, steps=3)
    problem = a_problem(grid=grid, load_w=[1500.0, 900.0, 900.0], import_limit_w=1000.0, start_wh=np.array([1000.0]),
                        end_wh=np.array([9000.0]))  # fmt: skip
    plan = plan_of(problem)
    assert plan.grid_power_w.max() <= 1000.0 + NEAR_W
    assert [each.name for each in plan.broken] == ["battery above its lowest level", "battery energy at the end"]


def test_a_wish_of_higher_rank_is_never_broken_for_one_of_lower_rank() -> None:
    grid = a_grid(step_s=3600, steps=2)
    alone = a_problem(grid=grid, load_w=3000.0, import_limit_w=2000.0, start_wh=np.array([1000.0]))
    both = a_problem(grid=grid, load_w=3000.0, import_limit_w=2000.0, start_wh=np.array([1000.0]),
                     end_wh=np.array([12_000.0]))  # fmt: skip
    first = {each.name: each.amount for each in plan_of(alone).broken}
    second = {each.name: each.amount for each in plan_of(both).broken}
    assert second.pop("battery energy at the end") > 0
    assert second == pytest.approx(first, abs=1e-3)


def test_a_wish_broken_in_every_scenario_is_named_once_by_its_worst() -> None:
    load_w = np.array([4000.0, 5000.0, 7000.0])[:, None] * np.ones(24)
    problem = a_problem(load_w=load_w, batteries=[], import_limit_w=3000.0, probability=np.array([0.3, 0.4, 0.3]))
    assert named(plan_of(problem)) == pytest.approx({"import limit [kW]": 4.0}, abs=1e-3)


def test_energy_is_not_burned_to_keep_a_wish() -> None:
    """At negative prices a battery charging and discharging at once would sink the sun that nobody may export."""
    inside = np.abs(hours(DAY) - 12) < 4
    problem = a_problem(available_w=a_sun_w(DAY), pvs=[a_pv(can_curtail=False)], load_w=300.0, export_limit_w=0.0,
                        buy=np.where(inside, -0.2, 0.3), sell=np.where(inside, -0.3, 0.0))  # fmt: skip
    plan = plan_of(problem)
    assert [each.name for each in plan.broken] == ["export limit"]
    assert_consistent(plan, problem)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_there_is_always_a_plan(data: st.DataObject) -> None:
    steps = data.draw(st.integers(1, 8))
    amounts = st.lists(st.floats(0.0, 15_000.0), min_size=steps, max_size=steps)
    prices = st.lists(st.sampled_from([-0.2, 0.0, 0.3]), min_size=steps, max_size=steps)
    limits = st.sampled_from([0.0, 500.0, 5000.0])
    level = st.floats(0.0, 13_500.0)
    problem = a_problem(
        grid=a_grid(step_s=data.draw(st.sampled_from([900, 3600])), steps=steps),
        batteries=[a_battery(charge_limit_w=data.draw(limits), discharge_limit_w=data.draw(limits))],
        pvs=[a_pv(can_curtail=data.draw(st.booleans()))],
        load_w=np.array(data.draw(amounts)) - 500.0,
        available_w=0.0 - np.array(data.draw(amounts)) / 3,
        buy=np.array(data.draw(prices)),
        sell=np.array(data.draw(prices)),
        import_limit_w=data.draw(limits),
        export_limit_w=data.draw(limits),
        start_wh=np.array([data.draw(level)]),
        end_wh=np.array([data.draw(st.one_of(st.just(np.nan), level))]),
    )
    plan = plan_of(problem)
    assert np.isfinite(plan.total_eur) and np.isfinite(plan.power_w).all()
    over_w = max(0.0, float((plan.grid_power_w - problem.import_limit_w).max()))
    under_w = max(0.0, float((-plan.grid_power_w - problem.export_limit_w).max()))
    told = {each.name: each.amount for each in plan.broken}
    assert told.get("import limit", 0.0) * 1e3 == pytest.approx(over_w, abs=NEAR_W)
    assert told.get("export limit", 0.0) * 1e3 == pytest.approx(under_w, abs=NEAR_W)
    missing_wh = np.nan_to_num(problem.end_wh[0]) - plan.energy_wh[0, -1]
    assert told.get("battery energy at the end", 0.0) * 1e3 == pytest.approx(max(0.0, missing_wh), abs=NEAR_W)
    way = problem.batteries[0].one_way_ratio
    stored_wh = np.where(plan.power_w[0] > 0, plan.power_w[0] * way, plan.power_w[0] / way) * problem.grid.step_h
    assert np.allclose(np.diff(plan.energy_wh[0]), stored_wh, atol=0.1)


def test_a_quiet_day_is_planned_at_the_price_of_the_load_it_has() -> None:
    plan = plan_of(a_problem(load_w=a_load_w(DAY), batteries=[]))
    assert plan.total_eur == pytest.approx(0.30 * a_load_w(DAY).sum() / 1e3)
