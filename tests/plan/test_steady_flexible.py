"""Flexible assets stay near the plan before where that costs next to nothing, also in when they run."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.plan.problem import Problem, previous_power_w
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import solve
from tests.builders import a_grid
from tests.plan.blocks.test_charger import a_charger
from tests.plan.blocks.test_generator import a_generator
from tests.plan.blocks.test_heat_pump import a_heat_pump
from tests.plan.builders import a_problem

DAY = a_grid(step_s=1800, steps=48)


def a_flat_day(**facts: Any) -> Problem:
    """One price all day: a car may charge whenever it likes."""
    car = a_charger(stays=((0, 40),), current_min_a=0.0)
    return a_problem(grid=DAY, batteries=[], buy=0.3, flexible=(car,), import_limit_w=17e3, **facts)


def test_among_equals_the_plan_before_is_followed() -> None:
    alone = solve(a_flat_day(), DAY.start_utc).power_w[0]
    before_w = np.zeros((1, 48))
    before_w[0, 20:24] = 10_000.0
    before_w[0, 24:25] = 20e3 / 0.9 / 0.5 - 40e3
    near = solve(a_flat_day(previous_flexible_w=before_w), DAY.start_utc).power_w[0]
    assert np.abs(near - before_w[0]).max() < 1.0
    assert np.abs(alone - before_w[0]).max() > 1000.0


def test_without_a_plan_before_it_charges_early() -> None:
    power_w = solve(a_flat_day(), DAY.start_utc).power_w[0]
    assert np.flatnonzero(power_w > 1.0).max() <= 4


def a_home(seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    pump = a_heat_pump(DAY, outdoor=rng.uniform(2.0, 9.0), power_min_w=900.0, high=24.0)
    car = a_charger(stays=((2, 30),), target_wh=rng.uniform(25e3, 45e3))
    buy = 0.3 + 0.02 * rng.standard_normal(48)
    return a_problem(grid=DAY, buy=buy, load_w=rng.uniform(200.0, 900.0, 48), flexible=(pump, car, a_generator()),
                     import_limit_w=17e3)  # fmt: skip


def test_plans_wander_less_and_cost_no_more_than_without_the_plan_before() -> None:
    """Six homes planned again at prices that moved by a fifth of a cent."""
    wandered, cost_eur = np.zeros(2), np.zeros(2)
    for seed in range(6):
        first = a_home(seed)
        plan = solve(first, DAY.start_utc)
        ids = tuple(each.id for each in first.flexible)
        nudge = 2e-3 * np.random.default_rng(seed).standard_normal(48)
        nudged = replace(first, import_eur_per_kwh=first.import_eur_per_kwh + nudge)
        steady = replace(nudged, previous_flexible_w=previous_power_w(plan, DAY, ids))
        again, fresh = solve(steady, DAY.start_utc), solve(nudged, DAY.start_utc)
        wandered += [np.abs(each.power_w[1:] - plan.power_w[1:]).sum() for each in (again, fresh)]
        cost_eur += [again.total_eur, fresh.total_eur]
        for asset, power_w in zip(steady.flexible, again.power_w[1:], strict=True):
            replayed = asset.replay(DAY, power_w, again.states[asset.id])
            assert np.abs(replayed.power_w - power_w).max() < 0.2
    assert wandered[0] < 0.6 * wandered[1]
    assert cost_eur[0] < 1.005 * cost_eur[1]


def test_the_plan_before_is_stored_and_must_fit() -> None:
    problem = a_flat_day(previous_flexible_w=np.where(np.arange(48) < 30, 500.0, np.nan)[None])
    assert to_bytes(from_bytes(to_bytes(problem))) == to_bytes(problem)
    with pytest.raises(ProblemsFound, match="previous_flexible_w"):
        a_flat_day(previous_flexible_w=np.zeros((2, 48)))
