"""The stability stage: among plans that cost a trifle more, the one nearest to the plan before, or that acts early."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.outlook import Plan
from enerwise.plan.problem import Problem, previous_power_w
from enerwise.plan.solve import EARLY, solve
from tests.builders import a_battery, a_grid
from tests.plan.builders import a_load_w, a_problem, a_sun_w, hours
from tests.plan.test_solve_optimum import assert_consistent, homes

DAY = a_grid(step_s=3600, steps=24)
NIGHT_RATE = a_problem(load_w=a_load_w(DAY), buy=np.where(hours(DAY) < 6, 0.10, 0.30), sell=0.0, start_ratio=0.1)
"""Six cheap hours of which one or two are enough: a choice without a difference."""


def plan_of(problem: Problem, **changes: object) -> Plan:
    return solve(replace(problem, **changes), problem.grid.start_utc)  # type: ignore[arg-type]


def distance_kwh(plan: Plan, before_w: np.ndarray) -> float:
    return float(np.nansum(np.abs(plan.power_w[: before_w.shape[0]] - before_w))) * plan.grid.step_h / 1e3


def test_without_a_plan_before_it_acts_early() -> None:
    plan = plan_of(NIGHT_RATE, stability_eur=0.002)
    charged_w = plan.power_w[0, :6]
    assert charged_w[:2] == pytest.approx(5000.0, abs=1.0)
    assert list(np.flatnonzero(charged_w > 20.0)) == [0, 1, 2]


def test_with_a_plan_before_it_stays_where_it_was() -> None:
    before_w = np.where((hours(DAY) > 3) & (hours(DAY) < 5), 5000.0, 0.0)
    alone = plan_of(NIGHT_RATE, stability_eur=0.002)
    steady = plan_of(NIGHT_RATE, stability_eur=0.002, previous_w=before_w[None])
    assert steady.power_w[0, 3:5] == pytest.approx(5000.0, abs=1.0)
    assert alone.power_w[0, 3:5] == pytest.approx(0.0, abs=1.0)
    assert distance_kwh(steady, before_w[None]) < distance_kwh(alone, before_w[None])


def test_the_same_question_after_its_own_answer_gets_the_same_answer() -> None:
    first = plan_of(NIGHT_RATE)
    again = plan_of(NIGHT_RATE, previous_w=previous_power_w(first, NIGHT_RATE.grid, ("battery",)))
    assert np.allclose(again.power_w, first.power_w, atol=0.1)


def test_a_step_later_the_plan_goes_on() -> None:
    """The window slides by an hour, nothing unforeseen happened: what was meant for the rest of the day stays."""
    first = plan_of(NIGHT_RATE)
    later = a_problem(grid=DAY.part(1, 23), load_w=a_load_w(DAY)[1:], buy=NIGHT_RATE.import_eur_per_kwh[1:], sell=0.0,
                      start_wh=first.energy_wh[:1, 1])  # fmt: skip
    before_w = previous_power_w(first, later.grid, ("battery",))
    again = plan_of(later, previous_w=before_w)
    assert np.allclose(again.power_w[0], first.power_w[0, 1:], atol=1.0)


def test_nothing_to_give_away_leaves_the_optimum() -> None:
    exact = plan_of(NIGHT_RATE, stability_eur=0.0)
    steady = plan_of(NIGHT_RATE, stability_eur=1e-9, previous_w=np.full((1, 24), 1000.0))
    assert steady.total_eur == pytest.approx(exact.total_eur, abs=1e-6)


def test_gaps_in_the_plan_before_pull_nowhere() -> None:
    before_w = np.full((1, 24), np.nan)
    assert np.allclose(plan_of(NIGHT_RATE, previous_w=before_w).power_w, plan_of(NIGHT_RATE).power_w, atol=0.1)


def test_a_trifle_is_not_spent_on_burning_energy() -> None:
    """Paid to draw power, with a plan before that wants both directions at full power in turn."""
    inside = np.abs(hours(DAY) - 12) < 3
    before_w = np.where(np.arange(24) % 2, 5000.0, -5000.0)[None]
    problem = a_problem(load_w=a_load_w(DAY), available_w=a_sun_w(DAY), buy=np.where(inside, -0.1, 0.3),
                        sell=np.where(inside, -0.2, 0.05), previous_w=before_w, stability_eur=0.05)  # fmt: skip
    plan = plan_of(problem)
    assert_consistent(plan, problem)
    assert plan.total_eur <= plan_of(problem, stability_eur=0.0).total_eur + 0.05 + 1e-6


@settings(max_examples=50, deadline=None)
@given(problem=homes(), trifle_eur=st.sampled_from([5e-5, 0.002, 0.05]), seed=st.integers(0, 99))
def test_steadiness_costs_its_trifle_at_most_and_burns_nothing(problem: Problem, trifle_eur: float, seed: int) -> None:
    shape = (len(problem.batteries), problem.grid.step_count)
    before_w = np.random.default_rng(seed).uniform(-3000.0, 3000.0, shape)
    exact = plan_of(problem, stability_eur=0.0)
    early = plan_of(problem, stability_eur=trifle_eur)
    steady = plan_of(problem, stability_eur=trifle_eur, previous_w=before_w)
    for plan in (early, steady):
        assert exact.total_eur - 1e-6 <= plan.total_eur <= exact.total_eur + trifle_eur + 1e-6
        assert_consistent(plan, problem)
    moved_kwh = float(np.abs(exact.power_w[: shape[0]]).sum()) * exact.grid.step_h / 1e3
    assert distance_kwh(steady, before_w) <= distance_kwh(exact, before_w) + EARLY * moved_kwh + 1e-3


def test_two_batteries_each_stay_near_their_own_plan() -> None:
    batteries = [a_battery("one"), a_battery("two")]
    problem = a_problem(batteries=batteries, load_w=2000.0, buy=0.30, sell=0.08, stability_eur=0.002)
    for split in ((2000.0, 0.0), (0.0, 2000.0)):
        before_w = np.zeros((2, 24))
        before_w[:, 0] = -np.array(split)
        assert np.allclose(plan_of(problem, previous_w=before_w).power_w[:, 0], before_w[:, 0], atol=20.0)
