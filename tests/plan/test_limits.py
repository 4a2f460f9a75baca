"""Limits tell what relaxing them is worth: exactly at the margin, never less than what anybody gains."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.plan.blocks.charger import Charger
from enerwise.plan.circuit import Circuit
from enerwise.plan.elsewhere import elsewhere
from enerwise.plan.limits import Held, held
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve
from tests.builders import a_battery, a_grid
from tests.plan.blocks.test_charger import a_charger
from tests.plan.blocks.test_generator import a_generator
from tests.plan.blocks.test_heat_pump import a_heat_pump
from tests.plan.builders import a_problem

DAY = a_grid(step_s=3600, steps=24)
WHOLE = slice(0, 24)


def prices(cheap: int = 4) -> np.ndarray:
    """One cheap hour, all others dearer as the day goes on."""
    buy = 0.30 + 0.002 * np.arange(24)
    buy[cheap] = 0.10
    return buy


def a_car_problem(**facts: Any) -> Problem:
    """A car alone, without least current."""
    charger = a_charger(current_min_a=0.0, **facts)
    return a_problem(grid=DAY, batteries=(), flexible=(charger,), buy=prices(), load_w=0.0, import_limit_w=50e3)


def one(problem: Problem, code: str) -> Held:
    (found,) = [each for each in held(problem) if each.code == code]
    return found


def cost_eur(problem: Problem) -> float:
    return solve(replace(problem, stability_eur=0.0), DAY.start_utc).total_eur


def test_full_power_in_the_cheap_hour_is_worth_the_gap_to_the_next_best_hour() -> None:
    problem = a_car_problem()
    power = one(problem, "power_max")
    # 20 kWh at 90 % need 22.2 kWh: the cheap hour and hour 2 full, the last of it in hour 3 (0.306 EUR).
    assert power.eur_per_unit[4] == pytest.approx(0.306 - 0.10)
    assert power.eur_per_unit[2] == pytest.approx(0.306 - 0.304)
    assert power.unit == "kW"
    assert power.worth_eur(slice(10, 20)) == 0.0


def test_what_a_car_leaves_with_is_worth_its_dearest_hour_and_counts_once_for_a_stay() -> None:
    departure = one(a_car_problem(), "departure")
    assert departure.is_once
    assert departure.worth_eur(WHOLE) == pytest.approx(0.306 / 0.9)


@settings(max_examples=30)
@given(extra_kw=st.floats(0.01, 3.0), cheap=st.integers(2, 11), target_kwh=st.floats(25.0, 55.0))
def test_nobody_gains_more_from_power_than_its_worth(extra_kw: float, cheap: int, target_kwh: float) -> None:
    charger = a_charger(current_min_a=0.0, target_wh=target_kwh * 1e3, value_eur_per_kwh=0.2)
    problem = a_problem(grid=DAY, batteries=(), flexible=(charger,), buy=prices(cheap), import_limit_w=50e3)
    worth_eur = sum(each.worth_eur(WHOLE) for each in held(problem) if each.code == "power_max")
    wider = replace(charger, current_max_a=charger.current_max_a + extra_kw * 1e3 / (3 * 230.0))
    gained_eur = cost_eur(problem) - cost_eur(replace(problem, flexible=(wider,)))
    assert -1e-9 <= gained_eur <= worth_eur * extra_kw + 1e-6


def test_the_margin_is_exact() -> None:
    problem = a_car_problem()
    (car,) = problem.flexible
    assert isinstance(car, Charger)
    wider = replace(car, current_max_a=16.0 + 10.0 / (3 * 230.0))
    gained_eur = cost_eur(problem) - cost_eur(replace(problem, flexible=(wider,)))
    assert gained_eur == pytest.approx(one(problem, "power_max").worth_eur(WHOLE) * 0.01, rel=1e-6)


def test_a_full_circuit_is_worth_what_its_cars_must_buy_dearer() -> None:
    cars = tuple(a_charger(each, current_min_a=0.0) for each in ("one", "two"))
    circuit = Circuit("garage", ("one", "two"), import_limit_w=11_000.0)
    problem = a_problem(
        grid=DAY, batteries=(), flexible=cars, circuits=(circuit,), buy=prices(), load_w=0.0, import_limit_w=50e3
    )
    full = one(problem, "circuit")
    assert full.holder == "garage"
    assert full.eur_per_unit[4] > 0.2
    wide = replace(problem, circuits=(replace(circuit, import_limit_w=11_010.0),))
    assert cost_eur(problem) - cost_eur(wide) == pytest.approx(full.worth_eur(WHOLE) * 0.01, rel=1e-6)


def test_a_battery_names_its_powers_and_its_room() -> None:
    buy = np.full(24, 0.30)
    buy[2], buy[18] = 0.05, 0.60
    problem = a_problem(grid=DAY, batteries=(a_battery(),), buy=buy, load_w=8000.0, import_limit_w=50e3)
    codes = {each.code for each in held(problem)}
    assert {"charge_limit", "discharge_limit"} <= codes


def test_a_cold_house_is_held_by_its_comfort() -> None:
    problem = a_problem(grid=DAY, batteries=(), flexible=(a_heat_pump(DAY),), buy=prices())
    assert "comfort_low" in {each.code for each in held(problem)}


def test_a_generator_is_held_by_its_power() -> None:
    problem = a_problem(grid=DAY, batteries=(), flexible=(a_generator(),), buy=2.0, load_w=20e3, import_limit_w=50e3)
    assert one(problem, "power_max").worth_eur(WHOLE) > 0


def test_the_next_best_time_of_a_block_costs_the_gap_in_price() -> None:
    problem = a_car_problem()
    plan = solve(problem, DAY.start_utc)
    found = elsewhere(problem, plan, "car", slice(4, 5))
    assert found is not None
    taken = plan.power_w[0]
    # What the cheap hour took is bought in the rest of hour 3 and at its start in hour 5.
    moved_kwh = taken[4] / 1e3
    assert found.power_w[4] == 0.0
    assert found.power_w.sum() == pytest.approx(taken.sum(), rel=1e-6)
    assert 0.2 * moved_kwh < found.more_eur < 0.25 * moved_kwh


def test_a_car_that_has_no_other_time_has_no_alternative() -> None:
    problem = a_car_problem(stays=((2, 5),), target_wh=48e3)
    assert elsewhere(problem, solve(problem, DAY.start_utc), "car", slice(2, 5)) is None


@settings(max_examples=20)
@given(first=st.integers(0, 22), length=st.integers(1, 3))
def test_no_other_time_is_cheaper_than_the_plan(first: int, length: int) -> None:
    problem = a_problem(grid=DAY, buy=prices(), flexible=(a_charger(),), import_limit_w=50e3)
    plan = solve(problem, DAY.start_utc)
    for asset in ("car", problem.batteries[0].id):
        found = elsewhere(problem, plan, asset, slice(first, first + length))
        assert found is None or found.more_eur >= -1e-4


def test_of_equal_times_the_nearest_to_the_plan_is_told() -> None:
    buy = np.full(24, 0.40)
    buy[[3, 4]] = 0.10
    problem = a_problem(grid=DAY, batteries=(), flexible=(a_charger(current_min_a=0.0),), buy=buy, load_w=0.0)
    plan = solve(problem, DAY.start_utc)
    found = elsewhere(problem, plan, "car", slice(3, 4))
    assert found is not None
    assert found.power_w[4] == pytest.approx(plan.power_w[0, 4], rel=1e-3)
