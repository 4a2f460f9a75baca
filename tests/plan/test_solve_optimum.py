"""A plan costs the optimum, told by a differently built program and, where everything is whole, by trying all paths."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.outlook import Plan
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.plan import solver
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve
from enerwise.site.tariff import DemandComponent, DemandState
from tests.builders import BERLIN, a_battery, a_demand, a_grid, a_pv, a_tariff, a_window
from tests.plan.builders import a_demand_problem, a_load_w, a_problem, a_sun_w, hours
from tests.plan.reference import least_cost_eur

NEAR_EUR = 1e-4
DAY = a_grid(step_s=3600, steps=24)
JULY = 2024 * 12 + 6
"""The billing month as `DemandComponent.intervals` counts it."""


def the_best(problem: Problem) -> Plan:
    return solve(replace(problem, stability_eur=0.0), problem.grid.start_utc)


def a_home(grid: TimeGrid = DAY, **facts: object) -> Problem:
    defaults = {"load_w": a_load_w(grid), "available_w": a_sun_w(grid), "end_value_eur_per_kwh": np.array([0.15])}
    return a_problem(grid=grid, **{**defaults, **facts})  # type: ignore[arg-type]


def around_noon(width_h: float, inside: float, otherwise: float, grid: TimeGrid = DAY) -> FloatArray:
    return np.where(np.abs(hours(grid) - 12.0) < width_h, inside, otherwise)


DAYS = {
    "ordinary": a_home(buy=np.where(hours(DAY) > 14, 0.52, 0.27)),
    "in quarters": a_home(a_grid(steps=96), buy=np.where(hours(a_grid(steps=96)) > 14, 0.52, 0.27)),
    "flat": a_home(),
    "negative at noon": a_home(buy=around_noon(3, -0.10, 0.30), sell=around_noon(3, -0.15, 0.05)),
    "negative and fixed PV": a_home(
        buy=around_noon(3, -0.10, 0.30), sell=around_noon(3, -0.15, 0.05), pvs=[a_pv(can_curtail=False)]
    ),
    "negative all day": a_home(buy=-0.05, sell=-0.20),
    "export above import": a_home(buy=0.20, sell=np.where(hours(DAY) > 18, 0.35, 0.05)),
    "no loss": a_home(batteries=[a_battery(round_trip_ratio=1.0)], buy=around_noon(4, 0.10, 0.30)),
    "wear": a_home(batteries=[a_battery(ageing_eur_per_kwh=0.04)], buy=around_noon(4, 0.10, 0.30)),
    "two batteries": a_home(
        batteries=[a_battery(), a_battery("second", capacity_wh=4000.0, charge_limit_w=1500.0, round_trip_ratio=0.8)],
        end_value_eur_per_kwh=np.array([0.15, 0.12]),
    ),
    "no battery": a_home(batteries=[], end_value_eur_per_kwh=np.zeros(0)),
    "only a load": a_problem(batteries=[], load_w=a_load_w(DAY)),
    "a battery that cannot charge": a_home(batteries=[a_battery(charge_limit_w=0.0)], buy=around_noon(4, 0.10, 0.30)),
    "a battery that cannot deliver": a_home(
        batteries=[a_battery(discharge_limit_w=0.0)], buy=around_noon(4, -0.1, 0.3)
    ),
    "a load that feeds": a_home(load_w=a_load_w(DAY) - 900.0),
    "tight limits": a_home(import_limit_w=1800.0, export_limit_w=900.0, buy=around_noon(4, 0.10, 0.30)),
    "no export": a_home(export_limit_w=0.0),
    "two steps": a_home(a_grid(step_s=3600, steps=2)),
    "one step": a_home(a_grid("2024-07-01T19:00", step_s=3600, steps=1)),
}


@pytest.mark.parametrize("day", DAYS)
def test_a_plan_costs_the_optimum(day: str) -> None:
    problem = DAYS[day]
    plan = the_best(problem)
    assert plan.broken == ()
    assert plan.total_eur == pytest.approx(least_cost_eur(problem), abs=NEAR_EUR)


@pytest.mark.parametrize("day", DAYS)
def test_a_plan_adds_up(day: str) -> None:
    assert_consistent(the_best(DAYS[day]), DAYS[day])


DEMANDS = {
    "the highest quarter-hour": a_demand(),
    "the mean of three days": a_demand(top_count=3),
    "above a free part": a_demand(above_w=1500.0, top_count=2),
    "by the day": a_demand(per="day"),
    "by the year": a_demand(per="year", top_count=3, above_w=500.0),
    "on weekday afternoons": a_demand(window=a_window(14, 20, days="weekdays")),
    "in hours": a_demand(interval_s=3600),
    "in two hours": a_demand(interval_s=7200, top_count=3),
}
INCUMBENTS = {
    "nothing yet": DemandState(),
    "one high day": DemandState(JULY, {19900: 2600.0}),
    "four days": DemandState(JULY, {19905: 2200.0, 19906: 900.0, 19907: 1800.0, 19908: 1200.0}),
    "last month": DemandState(JULY - 1, {19890: 9000.0}),
    "earlier today": DemandState(JULY, {19909: 1700.0}),
}


@pytest.mark.parametrize("incumbent", INCUMBENTS)
@pytest.mark.parametrize("demand", DEMANDS)
def test_a_plan_costs_the_optimum_under_a_demand_charge(demand: str, incumbent: str) -> None:
    problem = a_dear_peak(DEMANDS[demand], INCUMBENTS[incumbent])
    assert the_best(problem).total_eur == pytest.approx(least_cost_eur(problem, zone=BERLIN), abs=NEAR_EUR)


@pytest.mark.parametrize("incumbent", INCUMBENTS)
@pytest.mark.parametrize("demand", DEMANDS)
def test_the_tariff_bills_what_the_plan_foresaw(demand: str, incumbent: str) -> None:
    component, state = DEMANDS[demand], INCUMBENTS[incumbent]
    problem = a_dear_peak(component, state)
    plan = the_best(problem)
    tariff = a_tariff(0.27, 0.08, demand=[component])
    bill = tariff.bill(problem.grid, plan.grid_power_w, BERLIN, {component.name: state})
    assert plan.cost_eur[f"demand {component.name}"] == pytest.approx(
        bill.cost_eur[f"demand {component.name}"], abs=1e-6
    )
    assert plan.cost_eur["energy"] == pytest.approx(bill.cost_eur["import"] + bill.cost_eur["export"], abs=1e-6)


def a_dear_peak(component: DemandComponent, state: DemandState) -> Problem:
    """Thirty hours over two local days, little sun, a small battery, from 3 o'clock on 5 July 2024 in Berlin."""
    grid = a_grid("2024-07-05T01:00", step_s=3600, steps=30)
    demand = a_demand_problem(component, grid, zone=BERLIN, state=state)
    small = a_battery(capacity_wh=6000.0, charge_limit_w=3000.0)
    return a_home(grid, available_w=0.1 * a_sun_w(grid), buy=0.27, batteries=[small], demand=(demand,))


def test_import_before_the_plan_counts_in_an_interval_that_has_begun() -> None:
    grid = a_grid("2024-07-05T01:30", step_s=1800, steps=20)
    component = a_demand(interval_s=3600)
    demand = a_demand_problem(component, grid, zone=BERLIN, elapsed_w=2400.0)
    problem = a_home(grid, load_w=1500.0, available_w=0.0, buy=0.27, demand=(demand,))
    assert the_best(problem).total_eur == pytest.approx(least_cost_eur(problem, zone=BERLIN), abs=NEAR_EUR)
    assert the_best(problem).cost_eur["demand demand-1"] >= 4.20 * 1.2 - 1e-9


def test_several_demand_components_are_paid_side_by_side() -> None:
    grid = a_grid("2024-07-05T01:00", step_s=3600, steps=30)
    components = [a_demand("peak", price_eur_per_kw=3.0), a_demand("evening", window=a_window(17, 21), top_count=2)]
    demand = tuple(a_demand_problem(each, grid, zone=BERLIN) for each in components)
    problem = a_home(grid, available_w=0.1 * a_sun_w(grid), demand=demand)
    assert the_best(problem).total_eur == pytest.approx(least_cost_eur(problem, zone=BERLIN), abs=NEAR_EUR)


def test_what_flows_over_the_import_limit_is_metered_for_the_demand_charge() -> None:
    grid = a_grid("2024-07-05T01:00", step_s=3600, steps=4)
    demand = a_demand_problem(a_demand(), grid, zone=BERLIN)
    problem = a_home(grid, load_w=4000.0, available_w=0.0, batteries=[], import_limit_w=3000.0, demand=(demand,),
                     end_value_eur_per_kwh=np.zeros(0))  # fmt: skip
    plan = the_best(problem)
    bill = a_tariff(0.30, 0.08, demand=[a_demand()]).bill(grid, plan.grid_power_w, BERLIN)
    assert plan.total_eur == pytest.approx(bill.total_eur, abs=1e-6)


SLOT_KW = 1.0
"""Steps of one hour, powers in whole kilowatts, no losses: then one of the best plans is whole too."""


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_whole_plan_costs_the_best_of_all_paths(data: st.DataObject) -> None:
    """A linear program over flows through time has a whole optimum, so trying every whole path finds it."""
    steps = data.draw(st.integers(1, 6))
    load_kw = data.draw(st.lists(st.integers(-3, 5), min_size=steps, max_size=steps))
    buy = data.draw(st.lists(st.integers(-20, 50), min_size=steps, max_size=steps))
    sell = [data.draw(st.integers(-30, price)) for price in buy]
    capacity_kwh, limit_kw = data.draw(st.integers(1, 6)), data.draw(st.integers(0, 3))
    start_kwh, worth = data.draw(st.integers(0, capacity_kwh)), data.draw(st.integers(0, 40))
    battery = a_battery(
        capacity_wh=1e3 * capacity_kwh, charge_limit_w=1e3 * limit_kw, discharge_limit_w=1e3 * limit_kw,
        round_trip_ratio=1.0, soc_min_ratio=0.0, soc_max_ratio=1.0,
    )  # fmt: skip
    problem = a_problem(
        grid=a_grid(step_s=3600, steps=steps), batteries=[battery], load_w=1e3 * np.array(load_kw),
        buy=np.array(buy) / 100, sell=np.array(sell) / 100, start_wh=np.array([1e3 * start_kwh]),
        import_limit_w=50e3, export_limit_w=50e3, end_value_eur_per_kwh=np.array([worth / 100]),
    )  # fmt: skip
    cost_cent = {start_kwh: 0}
    for need_kw, price_in, price_out in zip(load_kw, buy, sell, strict=True):
        reached: dict[int, int] = {}
        for level_kwh, paid in cost_cent.items():
            for power_kw in range(-limit_kw, limit_kw + 1):
                after_kwh, grid_kw = level_kwh + power_kw, need_kw + power_kw
                if 0 <= after_kwh <= capacity_kwh:
                    total = paid + grid_kw * (price_in if grid_kw > 0 else price_out)
                    reached[after_kwh] = min(total, reached.get(after_kwh, total))
        cost_cent = reached
    least_cent = min(paid - worth * (level_kwh - start_kwh) for level_kwh, paid in cost_cent.items())
    assert the_best(problem).total_eur == pytest.approx(least_cent / 100, abs=NEAR_EUR)


@st.composite
def homes(draw: st.DrawFn, *, prices: st.SearchStrategy[float] | None = None) -> Problem:
    """Small homes of every sort: up to two batteries of any efficiency, PV of both kinds, odd loads, any prices."""
    steps = draw(st.integers(1, 10))
    price = prices or st.sampled_from([-0.3, -0.05, 0.0, 0.1, 0.2, 0.3, 0.5])
    power = st.floats(0.0, 4000.0)
    batteries = [
        a_battery(
            f"battery-{number}",
            capacity_wh=draw(st.floats(1000.0, 12_000.0)),
            charge_limit_w=draw(st.sampled_from([0.0, 1000.0, 5000.0])),
            discharge_limit_w=draw(st.sampled_from([0.0, 2000.0, 5000.0])),
            round_trip_ratio=draw(st.sampled_from([0.5, 0.9, 1.0])),
            ageing_eur_per_kwh=draw(st.sampled_from([0.0, 0.03])),
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    return a_problem(
        grid=a_grid(step_s=draw(st.sampled_from([900, 1800, 3600])), steps=steps),
        batteries=batteries,
        pvs=[a_pv(can_curtail=draw(st.booleans()))],
        load_w=np.array(draw(st.lists(power, min_size=steps, max_size=steps))) - draw(st.sampled_from([0.0, 500.0])),
        available_w=0.0 - np.array(draw(st.lists(power, min_size=steps, max_size=steps))),
        buy=np.array(draw(st.lists(price, min_size=steps, max_size=steps))),
        sell=np.array(draw(st.lists(price, min_size=steps, max_size=steps))),
        import_limit_w=20_000.0,
        export_limit_w=20_000.0,
        start_ratio=draw(st.floats(0.1, 0.9)),
        end_value_eur_per_kwh=np.array([draw(st.sampled_from([0.0, 0.1, 0.3])) for _ in batteries]),
    )


@settings(max_examples=60, deadline=None)
@given(problem=homes())
def test_any_plan_costs_the_optimum_and_burns_nothing(problem: Problem) -> None:
    plan = the_best(problem)
    assert plan.total_eur == pytest.approx(least_cost_eur(problem), abs=NEAR_EUR)
    assert_consistent(plan, problem)


def assert_consistent(plan: Plan, problem: Problem) -> None:
    """Power, energy, grid and cost tell the same story: nothing is charged and discharged, bought and sold at once.

    Energy follows from net power alone only if no battery does both in one step, and cost from net grid power only if
    the connection does not.
    """
    grid, count = problem.grid, len(problem.batteries)
    for battery, power_w, energy_wh in zip(
        problem.batteries, plan.power_w[:count], plan.energy_wh[:count], strict=True
    ):
        way = battery.one_way_ratio
        stored_wh = np.where(power_w > 0, power_w * way, power_w / way) * grid.step_h
        assert np.allclose(np.diff(energy_wh), stored_wh, atol=0.05)
        assert np.all(power_w <= battery.charge_limit_w + 1e-3) and np.all(power_w >= -battery.discharge_limit_w - 1e-3)
        assert np.all(energy_wh >= battery.energy_min_wh - 1e-3) and np.all(energy_wh <= battery.energy_max_wh + 1e-3)
    available_w = problem.available_w[problem.main]
    assert np.all(plan.power_w[count:] >= available_w - 1e-3) and np.all(plan.power_w[count:] <= 1e-3)
    assert np.allclose(plan.grid_power_w, problem.load_w[problem.main] + plan.power_w.sum(axis=0), atol=1e-3)
    if not plan.broken:
        assert np.all(plan.grid_power_w <= problem.import_limit_w + 1e-3)
        assert np.all(plan.grid_power_w >= -problem.export_limit_w - 1e-3)
    bought_w, sold_w = np.maximum(plan.grid_power_w, 0.0), np.maximum(-plan.grid_power_w, 0.0)
    energy_eur = (bought_w @ problem.import_eur_per_kwh - sold_w @ problem.export_eur_per_kwh) * grid.step_h / 1e3
    if "energy" in plan.cost_eur and not plan.broken:
        assert plan.cost_eur["energy"] == pytest.approx(float(energy_eur), abs=1e-5)


def test_the_smaller_the_choice_the_dearer_the_plan() -> None:
    costs = [the_best(replace(DAYS["ordinary"], batteries=(a_battery(capacity_wh=size),),
                              start_wh=np.array([900.0]))).total_eur for size in (9000.0, 4000.0, 1500.0)]  # fmt: skip
    assert all(larger <= smaller + 1e-9 for larger, smaller in pairwise(costs))


@pytest.mark.parametrize("day", ["negative all day", "negative and fixed PV", "export above import"])
def test_a_search_that_is_cut_short_tells_how_far_from_the_best_it_may_be(
    day: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solver, "MOST_NODES", 1)
    plan = the_best(DAYS[day])
    least_eur = least_cost_eur(DAYS[day])
    assert plan.gap_eur > 0.0
    assert plan.total_eur - plan.gap_eur - NEAR_EUR <= least_eur <= plan.total_eur + NEAR_EUR
