"""A plan replayed on the twin: power is what was planned, no limit is left, and energy ends near where it should."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.outlook import Plan
from enerwise.core.units import FloatArray
from enerwise.physics import battery as twin
from enerwise.physics.battery import BatteryState
from enerwise.plan.blocks.battery import conversion
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve
from enerwise.site.assets import Battery, BatteryArrays
from tests.builders import a_battery, a_grid
from tests.plan.builders import a_load_w, a_problem, a_sun_w, hours

NEAR_RATIO = 0.02
"""What plan and twin may be apart after a day, as a share of the capacity."""


def replayed(problem: Problem, plan: Plan) -> tuple[FloatArray, FloatArray]:
    """Return what the twins did with the planned powers: power (battery, step) and energy (battery, step + 1)."""
    facts = BatteryArrays.of(problem.batteries)
    state = BatteryState.new(facts, soc_ratio=problem.start_wh / facts.capacity_wh)
    power_w, energy_wh = [], [state.energy_wh]
    for asked_w in plan.power_w[: len(problem.batteries)].T:
        state, flow = twin.step(facts, state, asked_w, ambient_degc=20.0, step_s=float(problem.grid.step_s))
        power_w.append(flow.power_w)
        energy_wh.append(state.energy_wh)
    return np.array(power_w).T, np.array(energy_wh).T


@st.composite
def days(draw: st.DrawFn, batteries: st.SearchStrategy[Battery]) -> Problem:
    """Days of load, sun and two prices, at 15, 30 or 60 minutes."""
    step_s = draw(st.sampled_from([900, 1800, 3600]))
    grid = a_grid(step_s=step_s, steps=86_400 // step_s)
    noise = np.random.default_rng(draw(st.integers(0, 999))).uniform(0.0, 300.0, grid.step_count)
    return a_problem(
        grid=grid,
        batteries=[draw(batteries)],
        load_w=draw(st.floats(0.3, 1.5)) * a_load_w(grid, evening_w=draw(st.floats(200.0, 4000.0))) + noise,
        available_w=a_sun_w(grid, peak_w=draw(st.floats(0.0, 6000.0))),
        buy=np.where(hours(grid) > 14, draw(st.floats(0.30, 0.60)), 0.30),
        sell=draw(st.sampled_from([0.0, 0.08])),
        start_ratio=draw(st.floats(0.1, 0.9)),
        end_value_eur_per_kwh=np.array([0.2]),
    )


# Smaller or lossier ones warm up beyond 35 degC at full power, where their management cuts what was planned.
plain = st.builds(a_battery, capacity_wh=st.floats(10_000.0, 20_000.0), round_trip_ratio=st.floats(0.85, 1.0))
lossy = st.builds(
    a_battery, capacity_wh=st.floats(10_000.0, 20_000.0), round_trip_ratio=st.floats(0.85, 0.95),
    idle_loss_w=st.floats(0.0, 8.0), resistive_ratio=st.floats(0.0, 0.02),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(problem=days(plain))
def test_with_constant_efficiency_the_twin_does_exactly_what_was_planned(problem: Problem) -> None:
    plan = solve(problem, problem.grid.start_utc)
    power_w, energy_wh = replayed(problem, plan)
    battery = problem.batteries[0]
    assert np.allclose(power_w[0], plan.power_w[0], atol=0.1)
    assert np.allclose(energy_wh[0], plan.energy_wh[0], atol=0.5)
    assert energy_wh.min() >= battery.energy_min_wh - 0.5 and energy_wh.max() <= battery.energy_max_wh + 0.5
    assert_limits_kept(problem, plan, power_w)


@settings(max_examples=25, deadline=None)
@given(problem=days(lossy))
def test_with_losses_that_depend_on_power_the_twin_stays_near_the_plan(problem: Problem) -> None:
    plan = solve(problem, problem.grid.start_utc)
    power_w, energy_wh = replayed(problem, plan)
    battery = problem.batteries[0]
    near_wh = NEAR_RATIO * battery.capacity_wh
    assert np.abs(energy_wh - plan.energy_wh[:1]).max() <= near_wh
    assert energy_wh.min() >= battery.energy_min_wh - near_wh and energy_wh.max() <= battery.energy_max_wh + near_wh
    assert_limits_kept(problem, plan, power_w)


def assert_limits_kept(problem: Problem, plan: Plan, power_w: FloatArray) -> None:
    battery = problem.batteries[0]
    assert np.all(power_w <= battery.charge_limit_w) and np.all(power_w >= -battery.discharge_limit_w)
    grid_w = problem.load_w[0] + plan.power_w[1:].sum(axis=0) + power_w[0]
    assert np.all(grid_w <= problem.import_limit_w + 0.1) and np.all(grid_w >= -problem.export_limit_w - 0.1)


def test_losses_make_storing_dearer_in_the_plan_as_on_the_twin() -> None:
    plain_gain, plain_drain = conversion(a_battery())
    gain, drain = conversion(a_battery(idle_loss_w=20.0, resistive_ratio=0.02))
    assert gain < plain_gain and drain > plain_drain
    assert (plain_gain, plain_drain) == pytest.approx((0.9**0.5, 0.9**-0.5))


def test_a_battery_without_power_converts_nothing_and_divides_by_nothing() -> None:
    assert np.isfinite(conversion(a_battery(charge_limit_w=0.0, discharge_limit_w=0.0, idle_loss_w=20.0))).all()


def test_self_discharge_never_makes_a_plan_impossible() -> None:
    problem = a_problem(batteries=[a_battery(self_discharge_w=50.0)], start_ratio=0.1, load_w=0.0, buy=0.5, sell=0.0)
    for start_wh in (1350.0, 1360.0, 6000.0, 12_150.0):
        plan = solve(replace(problem, start_wh=np.array([start_wh])), problem.grid.start_utc)
        assert plan.broken == ()
