"""Carbon, ramping and peak: each moves the battery for its own reason, and costs what it says."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.plan.aims import Aims, Carbon, Peak, Ramping, Schedule
from enerwise.plan.problem import Problem
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import solve
from enerwise.testing.contracts.terms import TermContract
from tests.builders import a_grid
from tests.plan.builders import a_problem

GRID = a_grid(step_s=3600, steps=8)
LATE = np.arange(8) >= 4


class TestCarbon(TermContract):
    term = "carbon"

    def priced(self, problem: Problem, price: float) -> Problem:
        kg_per_kwh = np.linspace(0.2, 0.6, problem.grid.step_count)
        return replace(problem, aims=replace(problem.aims, carbon=Carbon(kg_per_kwh, price)))


class TestRamping(TermContract):
    term = "ramping"

    def priced(self, problem: Problem, price: float) -> Problem:
        return replace(problem, aims=replace(problem.aims, ramping=Ramping(price, before_w=500.0)))


class TestPeak(TermContract):
    term = "peak"

    def priced(self, problem: Problem, price: float) -> Problem:
        return replace(problem, aims=replace(problem.aims, peak=Peak(price, before_w=300.0)))


class TestSchedule(TermContract):
    term = "schedule"

    def priced(self, problem: Problem, price: float) -> Problem:
        tiers = np.array([price, 2 * price])
        schedule = Schedule(np.full(problem.grid.step_count, 700.0), tiers, np.full(2, 500.0))
        return replace(problem, aims=replace(problem.aims, schedule=schedule))


def with_aims(term: str, load_w: np.ndarray, aims: Aims) -> Problem:
    problem = a_problem(grid=GRID, load_w=load_w, buy=0.20, sell=0.0)
    return replace(problem, terms=("energy", term), stability_eur=0.0, aims=aims)


def test_a_clean_hour_charges_for_a_dirty_one() -> None:
    problem = with_aims("carbon", np.full(8, 1500.0), Aims(carbon=Carbon(np.where(LATE, 0.8, 0.1), 1.0)))
    power_w = solve(replace(problem, start_wh=problem.start_wh * 0.2), GRID.start_utc).power_w[0]
    assert power_w[~LATE].max() > 500.0 and power_w[LATE].min() < -500.0


@given(
    load_w=st.lists(st.floats(0.0, 3000.0), min_size=8, max_size=8).map(np.array),
    before_w=st.none() | st.floats(-2000.0, 3000.0),
)
def test_ramping_costs_the_changes_of_the_planned_power(load_w: np.ndarray, before_w: float | None) -> None:
    plan = solve(with_aims("ramping", load_w, Aims(ramping=Ramping(0.3, before_w))), GRID.start_utc)
    path_kw = np.concatenate([[] if before_w is None else [before_w], plan.grid_power_w]) / 1e3
    assert plan.cost_eur.get("ramping", 0.0) == pytest.approx(0.3 * np.abs(np.diff(path_kw)).sum(), abs=1e-5)


@given(load_w=st.lists(st.floats(0.0, 4000.0), min_size=8, max_size=8).map(np.array), before_w=st.floats(0.0, 5000.0))
def test_a_peak_costs_what_lies_above_the_one_before(load_w: np.ndarray, before_w: float) -> None:
    plan = solve(with_aims("peak", load_w, Aims(peak=Peak(2.0, before_w))), GRID.start_utc)
    above_kw = max(0.0, float(plan.grid_power_w.max()) - before_w) / 1e3
    assert plan.cost_eur["peak"] == pytest.approx(2.0 * above_kw, abs=1e-5)


def test_a_peak_that_was_there_already_is_used() -> None:
    """What is stored is worth more than it saves now: only a peak that would be new draws it."""
    load_w = np.where(np.arange(8) == 5, 4000.0, 500.0)
    worth = np.array([0.4])

    def highest_w(before_w: float) -> float:
        problem = with_aims("peak", load_w, Aims(peak=Peak(2.0, before_w)))
        problem = replace(problem, terms=("energy", "end_value", "peak"), end_value_eur_per_kwh=worth)
        return float(solve(problem, GRID.start_utc).grid_power_w.max())

    assert highest_w(0.0) < 2000.0
    assert highest_w(3500.0) == pytest.approx(3500.0, abs=1.0)


@given(
    load_w=st.lists(st.floats(-3000.0, 4000.0), min_size=8, max_size=8).map(np.array),
    target_w=st.lists(st.floats(-2000.0, 3000.0), min_size=8, max_size=8).map(np.array),
)
def test_a_schedule_costs_the_distance_tier_by_tier(load_w: np.ndarray, target_w: np.ndarray) -> None:
    schedule = Schedule(target_w, np.array([0.1, 0.5]), np.array([400.0, 1.0]))
    plan = solve(with_aims("schedule", load_w, Aims(schedule=schedule)), GRID.start_utc)
    away_kw = np.abs(plan.grid_power_w - target_w) / 1e3
    expected_eur = (0.1 * away_kw + 0.4 * np.maximum(0.0, away_kw - 0.4)).sum()
    assert plan.cost_eur["schedule"] == pytest.approx(expected_eur, abs=1e-5)


def test_a_price_that_rises_spreads_what_cannot_be_kept_over_all_steps() -> None:
    """The battery holds half of what is asked for: it goes to all steps alike, to within a tier."""
    rising = Schedule(np.zeros(8), np.arange(1.0, 11.0), np.full(10, 100.0))
    problem = replace(with_aims("schedule", np.full(8, 1000.0), Aims(schedule=rising)), terms=("schedule",))
    plan = solve(replace(problem, start_wh=np.array([4000.0])), GRID.start_utc)
    assert 300.0 < plan.grid_power_w.mean() < 900.0
    assert np.ptp(plan.grid_power_w) <= 100.0 + 0.5


def test_aims_travel_with_the_stored_problem() -> None:
    carbon, schedule = Carbon(np.linspace(0.1, 0.5, 8), 0.07), Schedule(np.arange(8.0), np.ones(2), np.ones(2))
    problem = with_aims("carbon", np.full(8, 700.0), Aims(carbon, Ramping(0.1), Peak(1.5, 900.0), schedule=schedule))
    aims = from_bytes(to_bytes(problem)).aims
    assert np.array_equal(aims.carbon.kg_per_kwh, carbon.kg_per_kwh) and aims.carbon.eur_per_kg == 0.07
    assert aims.peak == problem.aims.peak and aims.ramping.eur_per_kw == problem.aims.ramping.eur_per_kw
    assert np.array_equal(aims.schedule.target_w, schedule.target_w)
    assert np.array_equal(aims.schedule.eur_per_kwh, schedule.eur_per_kwh)


@pytest.mark.parametrize(
    ("aims", "place"),
    [
        (Aims(carbon=Carbon(np.ones(3), 0.1)), "aims.carbon.kg_per_kwh"),
        (Aims(carbon=Carbon(np.full(8, np.nan), 0.1)), "aims.carbon.kg_per_kwh"),
        (Aims(ramping=Ramping(-1.0)), "aims.ramping.eur_per_kw"),
        (Aims(ramping=Ramping(1.0, np.inf)), "aims.ramping.before_w"),
        (Aims(peak=Peak(1.0, -5.0)), "aims.peak.before_w"),
        (Aims(schedule=Schedule(np.zeros(3), np.ones(1), np.ones(1))), "aims.schedule.target_w"),
        (Aims(schedule=Schedule(np.zeros(8), np.array([2.0, 1.0]), np.ones(2))), "aims.schedule.eur_per_kwh"),
        (Aims(schedule=Schedule(np.zeros(8), np.ones(2), np.ones(1))), "aims.schedule.width_w"),
    ],
)
def test_what_is_wrong_is_named(aims: Aims, place: str) -> None:
    with pytest.raises(ProblemsFound, match=place.replace(".", r"\.")):
        replace(a_problem(grid=GRID), aims=aims)
