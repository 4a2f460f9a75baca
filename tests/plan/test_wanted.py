"""What the owner wants, laid over a problem: caps hold, an order gives up nothing that comes first, laws know of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.outlook import Law, Plan
from enerwise.plan.laws import buying_eur_per_kwh
from enerwise.plan.pareto import LEAST_EUR
from enerwise.plan.problem import Problem
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import solve
from enerwise.plan.wanted import Known, wanted
from enerwise.site.aims import Agreed, Aims, Band, Outages, Reserve, Schedule, Wear
from enerwise.site.calendar import Window
from tests.builders import NOON, a_grid
from tests.plan.builders import a_problem

HOUR = np.arange(24)
KG = np.full(24, 0.363)
KNOWN = Known("UTC", KG, 400.0)


def a_home() -> Problem:
    """Cheap nights fill the battery from the grid, which loses energy and lifts the peak."""
    sun_w = -3000.0 * np.clip(1 - np.abs(HOUR - 12) / 5, 0, 1)
    load_w = np.where((HOUR >= 17) & (HOUR < 21), 3800.0, 800.0)
    buy = np.where(HOUR < 6, 0.05, 0.35)
    return a_problem(load_w=load_w, available_w=sun_w, buy=buy, start_ratio=0.1, stability_eur=0.0)


def planned(aims: Aims, problem: Problem | None = None) -> tuple[Problem, Plan]:
    asked = wanted(problem or a_home(), aims, KNOWN, NOON)
    return asked, solve(asked, NOON)


def drawn_kwh(plan: Plan) -> float:
    return float(np.maximum(plan.grid_power_w, 0.0).sum()) / 1e3


def test_where_only_the_bill_counts_nothing_changes() -> None:
    problem = a_home()
    assert wanted(problem, Aims(), KNOWN, NOON) is problem


def test_every_kind_of_aim_becomes_a_term_with_its_facts() -> None:
    aims = Aims(
        {"carbon": 0.1, "ramping": 0.02},
        Wear((1.0,), (0.02,)),
        Outages(0.5, 2.0, 10.0, 500.0),
        Reserve(0.01, most_w=2e3),
        Band(2e3, 1e3, 0.2, Window(17 * 3600, 20 * 3600)),
        schedule=Schedule((Agreed(2e3, Window(6 * 3600, 9 * 3600)), Agreed(-1e3, Window(0, 12 * 3600))), 0.2, 300.0),
    )
    asked, plan = planned(aims)
    assert {"carbon", "ramping", "wear", "resilience", "reserve", "band", "schedule"} <= set(asked.terms)
    assert asked.aims.ramping.before_w == 400.0 and asked.aims.reserve.block_steps == 4
    target_w = asked.aims.schedule.target_w
    assert target_w[[5, 6, 8, 9, 11]].tolist() == [-1e3, 2e3, 2e3, -1e3, -1e3] and np.isnan(target_w[12:]).all()
    assert asked.aims.schedule.eur_per_kwh.tolist() == [0.0, 0.2] and asked.aims.schedule.width_w[0] == 300.0
    assert asked.aims.band.high_w[[16, 17, 20]].tolist() == [9e3, 2e3, 9e3]
    assert not plan.broken and all(np.isfinite(each) for each in plan.cost_eur.values())


@settings(max_examples=15, deadline=None)
@given(share=st.floats(0.05, 1.2))
def test_a_cap_of_a_day_counts_by_the_hours_of_the_plan_and_is_kept(share: float) -> None:
    free_kg = 0.363 * drawn_kwh(planned(Aims(most={"carbon": 1e3}))[1])
    least_kg = 0.363 * drawn_kwh(planned(Aims(order=("self_sufficiency",)))[1])
    most_kg = least_kg + share * (free_kg - least_kg) + 1e-6
    _, plan = planned(Aims(most={"carbon": most_kg}))
    assert 0.363 * drawn_kwh(plan) <= most_kg + 1e-4 and not plan.broken
    if plan.marginal_eur:
        assert 0.363 * drawn_kwh(plan) == pytest.approx(most_kg, abs=1e-4) and plan.marginal_eur["carbon"] > 0


def test_half_a_day_has_half_a_cap() -> None:
    problem = a_problem(grid=a_grid(step_s=3600, steps=12))
    asked = wanted(problem, Aims(most={"self_sufficiency": 10.0, "peak": 3.0}), KNOWN, NOON)
    assert dict(asked.caps) == {
        "self_sufficiency": pytest.approx(5.0 * LEAST_EUR),
        "peak": pytest.approx(3.0 * LEAST_EUR),
    }


def test_what_comes_first_is_as_small_as_it_can_be_and_keeps_its_true_price() -> None:
    _, bill = planned(Aims({"peak": 0.01}))
    asked, plan = planned(Aims({"peak": 0.01}, order=("peak",)))
    assert plan.grid_power_w.max() < bill.grid_power_w.max() - 50.0
    assert plan.cost_eur["peak"] == pytest.approx(0.01 * plan.grid_power_w.max() / 1e3, abs=1e-6)
    assert solve(from_bytes(to_bytes(asked)), NOON).power_w.tolist() == plan.power_w.tolist()


def test_a_bought_kwh_counts_for_its_price_and_for_what_aims_make_of_it() -> None:
    asked, plan = planned(Aims({"carbon": 0.2, "self_sufficiency": 0.1}))
    assert buying_eur_per_kwh(asked, plan.marginal_eur) == pytest.approx(
        asked.import_eur_per_kwh + 0.2 * KG + np.full(24, 0.1)
    )


def test_laws_let_a_battery_cover_the_home_where_a_capped_kwh_is_dear() -> None:
    """By its price alone a stored kWh would look too dear to be used."""
    free, least = drawn_kwh(solve(a_home(), NOON)), drawn_kwh(planned(Aims(order=("self_sufficiency",)))[1])
    _, plan = planned(Aims(most={"self_sufficiency": least + 0.3 * (free - least)}))
    row = plan.assets.index("battery")
    evening = (HOUR >= 17) & (HOUR < 21) & (plan.power_w[row] < -100.0) & (plan.grid_power_w > -20.0)
    assert plan.marginal_eur and evening.any()
    assert set(plan.law[row][evening].tolist()) <= {Law.FOLLOW, Law.COVER}


def test_a_priced_peak_is_a_ceiling_inside_the_steps() -> None:
    _, plan = planned(Aims({"peak": 1.0}))
    assert plan.grid_ceiling_w == pytest.approx(np.full(24, plan.grid_power_w.max()))
    assert np.isinf(replace(a_home()).aims.unit_price("energy") or solve(a_home(), NOON).grid_ceiling_w).all()


@settings(max_examples=20, deadline=None)
@given(
    grid_w=st.floats(-4000.0, 6000.0),
    tolerance_w=st.sampled_from([0.0, 500.0]),
    price=st.floats(0.01, 2.0),
    first=st.integers(0, 20),
)
def test_what_flows_beside_what_was_agreed_costs_its_price_and_only_there(
    grid_w: float, tolerance_w: float, price: float, first: int
) -> None:
    window = Window(first * 3600, (first + 3) * 3600)
    aims = Aims(schedule=Schedule((Agreed(grid_w, window),), price, tolerance_w))
    asked, plan = planned(aims)
    agreed = slice(first, first + 3)
    off_w = np.maximum(np.abs(plan.grid_power_w[agreed] - grid_w) - tolerance_w, 0.0)
    assert plan.cost_eur["schedule"] == pytest.approx(off_w.sum() / 1e3 * price, abs=1e-4)
    without = solve(a_home(), NOON)
    before_w = np.maximum(np.abs(without.grid_power_w[agreed] - grid_w) - tolerance_w, 0.0)
    assert off_w.sum() <= before_w.sum() + 1.0, "nobody is farther off because being off costs"
    assert to_bytes(from_bytes(to_bytes(asked))) == to_bytes(asked)
