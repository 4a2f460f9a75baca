"""Whole numbers: rounding keeps runs and pauses, moves keep them too, and the result stands beside the full search."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.units import BoolArray, FloatArray
from enerwise.plan.binaries import with_gates
from enerwise.plan.model import Choice, Gate, Model
from enerwise.plan.moves import choice_moves, run_moves
from enerwise.plan.problem import Problem
from enerwise.plan.rounding import Way, chosen, is_gated, keeps_dwell, runs
from enerwise.plan.solve import build, solve
from enerwise.plan.solver import LinearProgram, solve_binary
from tests.builders import a_grid
from tests.plan.blocks.test_charger import a_charger
from tests.plan.blocks.test_heat_pump import a_heat_pump
from tests.plan.builders import a_problem

DAY = a_grid(step_s=1800, steps=48)


def a_gate(count: int, *, least: float = 1.0, most: float = 3.0, **facts: Any) -> Gate:
    return Gate(np.arange(count), np.full(count, least), np.full(count, most), **facts)


@st.composite
def gates(draw: st.DrawFn) -> tuple[Gate, FloatArray, FloatArray]:
    """A gate, a relaxed solution and upper bounds, some steps shut."""
    count = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 9999)))
    gate = a_gate(
        count,
        run_steps=draw(st.integers(1, 4)),
        pause_steps=draw(st.integers(1, 4)),
        held_steps=draw(st.integers(-5, 5)),
    )
    column = np.where(rng.random(count) < draw(st.floats(0, 1)), rng.uniform(0.0, 3.0, count), 0.0)
    return gate, column, np.full(count, 3.0)


@given(drawn=gates(), way=st.sampled_from(Way))
def test_rounded_runs_keep_the_shortest_runs_and_pauses(drawn: tuple[Gate, FloatArray, FloatArray], way: Way) -> None:
    gate, column, upper = drawn
    assert keeps_dwell(gate, runs(gate, column, upper, way))


@given(seed=st.integers(0, 9999), count=st.integers(1, 60), way=st.sampled_from([Way.NEAREST, Way.AMPLE, Way.SPARING]))
def test_what_has_run_stays_near_what_was_asked_for(seed: int, count: int, way: Way) -> None:
    share = np.random.default_rng(seed).uniform(0.0, 1.0, count)
    gate = a_gate(count)
    on = runs(gate, share, np.full(count, 3.0), way)
    ahead: FloatArray = np.cumsum(on) - np.cumsum(share)
    low, high = {Way.NEAREST: (-0.5, 0.5), Way.AMPLE: (-2e-3, 1.0), Way.SPARING: (-1.0, 2e-3)}[way]
    assert np.all(ahead >= low - 1e-6) and np.all(ahead <= high + 1e-6)


def test_a_gate_is_shut_where_its_least_power_does_not_fit() -> None:
    gate, upper = a_gate(4), np.array([3.0, 0.0, 0.5, 3.0])
    on = runs(gate, np.array([1.0, 0.0, 0.4, 2.0]), upper, Way.AMPLE)
    assert on.tolist() == [True, False, False, True]


@pytest.mark.parametrize(
    ("on", "keeps"),
    [([0, 1, 1, 0, 0, 1], True), ([0, 1, 0, 0, 0, 1], False), ([1, 1, 0, 1, 1, 1], False), ([0, 0, 0, 0, 0, 1], True)],
)
def test_runs_and_pauses_of_two(on: list[int], keeps: bool) -> None:
    assert keeps_dwell(a_gate(6, run_steps=2, pause_steps=2), np.array(on, np.bool_)) is keeps


def test_who_has_just_started_runs_on() -> None:
    gate = a_gate(4, run_steps=3, held_steps=1)
    assert runs(gate, np.zeros(4), np.full(4, 3.0), Way.NEAREST).tolist() == [True, True, False, False]
    assert not keeps_dwell(gate, np.zeros(4, np.bool_))
    assert not is_gated(gate, np.zeros(4))


@given(drawn=gates())
def test_moves_keep_runs_and_pauses_and_promise_something(drawn: tuple[Gate, FloatArray, FloatArray]) -> None:
    gate, column, upper = drawn
    on = runs(gate, column, upper, Way.NEAREST)
    reduced = np.random.default_rng(on.size).uniform(-1.0, 1.0, on.size)
    gains = []
    for gain, changed in run_moves(gate, on, np.ones(on.size, np.bool_), column, reduced):
        assert keeps_dwell(gate, changed) and (changed != on).any() and gain > 0
        gains.append(gain)
    assert gains == sorted(gains, reverse=True)


def test_choices_are_the_likeliest_and_change_for_what_is_cheaper() -> None:
    choice = Choice(np.arange(4), 2)
    picked = chosen(choice, np.array([0.5, 0.5, 0.2, 0.8]))
    assert picked.tolist() == [True, False, False, True]
    (gain, changed), *_ = choice_moves(choice, picked, np.array([3.0, 1.0, 0.0, 0.0]))
    assert gain == 3.0 and changed.tolist() == [False, False, True, True]


def best_by_trying(model: Model) -> float:
    """Return the optimum over every pattern of one small gate, each a linear program."""
    (gate,) = model.gates
    arrays = model.arrays()
    costs = []
    for pattern in itertools.product((False, True), repeat=gate.columns.size):
        on: BoolArray = np.array(pattern)
        if keeps_dwell(gate, on):
            lower, upper = arrays.lower.copy(), arrays.upper.copy()
            lower[gate.columns] = gate.least * on
            upper[gate.columns] = gate.most * on
            found = LinearProgram(replace(arrays, lower=lower, upper=upper)).solve()
            costs += [] if found is None else [found.objective]
    return min(costs)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 99), run=st.integers(1, 3), pause=st.integers(1, 3), held=st.integers(-2, 2))
def test_the_search_with_binaries_finds_the_best_of_all_patterns(seed: int, run: int, pause: int, held: int) -> None:
    grid = a_grid(step_s=3600, steps=7)
    buy = np.random.default_rng(seed).uniform(0.1, 0.6, 7)
    pump = a_heat_pump(
        grid, power_min_w=900.0, run_min_s=3600.0 * run, pause_min_s=3600.0 * pause, held_s=3600.0 * held
    )
    model, _ = build(a_problem(grid=grid, batteries=[], buy=buy, flexible=(pump,)))
    extended, binaries, _ = with_gates(model, model.arrays())
    found = solve_binary(extended, binaries)
    assert found is not None
    assert found.objective == pytest.approx(best_by_trying(model), abs=1e-3)


def a_home(seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    buy = 0.3 + 0.05 * rng.standard_normal(48).cumsum() / 3
    car = a_charger(stays=((4, 22),), start_wh=20e3, target_wh=rng.uniform(25e3, 45e3))
    pump = a_heat_pump(DAY, outdoor=rng.uniform(-5.0, 8.0), power_min_w=700.0, high=24.0, run_min_s=3600.0)
    load_w = rng.uniform(200.0, 2000.0, 48)
    return a_problem(grid=DAY, load_w=load_w, buy=buy, sell=0.02, flexible=(car, pump), import_limit_w=17e3)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 50))
def test_the_gap_bounds_what_the_relaxation_says_is_possible(seed: int) -> None:
    problem = a_home(seed)
    plan = solve(replace(problem, stability_eur=0.0), DAY.start_utc)
    model, parts = build(problem)
    relaxed = LinearProgram(model.arrays()).solve()
    assert relaxed is not None
    bound = relaxed.objective + sum(model.constants.values())
    assert bound - 1e-4 <= plan.total_eur <= bound + plan.gap_eur + 1e-4
    assert plan.gap_eur <= 0.10 * abs(bound) + 0.2
    again = solve(replace(problem, stability_eur=0.0), DAY.start_utc)
    assert again.power_w.tobytes() == plan.power_w.tobytes()
    assert len(parts[0].flexible) == 2


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 99), limit_w=st.sampled_from([17e3, 6e3, 4.5e3]))
def test_scenarios_share_their_first_step_and_keep_least_powers(seed: int, limit_w: float) -> None:
    home = a_home(seed)
    car: Any = home.flexible[0]
    problem = replace(
        home,
        load_w=np.array([0.6, 1.0, 1.5])[:, None] * home.load_w,
        available_w=np.zeros((3, 0, 48)),
        probability=np.array([0.3, 0.4, 0.3]),
        import_limit_w=np.full(48, limit_w),
        flexible=(replace(car, arrives_step=np.array([0]), capacity_wh=70e3), home.flexible[1]),
    )
    plan = solve(problem, DAY.start_utc)
    for asset, power_w in zip(problem.flexible, plan.power_w[1:], strict=True):
        replayed = asset.replay(DAY, power_w, plan.states[asset.id])
        assert np.abs(replayed.power_w - power_w).max() < 0.2
    assert plan.grid_power_w.max() <= limit_w + 0.5


def test_where_rounding_leaves_no_room_steps_are_decided_one_by_one() -> None:
    """Two cars of 4.1 kW at least behind 9 kW: rounding opens both at once where the relaxation shares what is left."""
    rng = np.random.default_rng(3)
    cars = tuple(a_charger(name, stays=((0, 40),), start_wh=10e3, target_wh=40e3) for name in ("car", "van"))
    problem = a_problem(
        grid=DAY, batteries=[], load_w=rng.uniform(500.0, 2500.0, 48), buy=rng.uniform(0.2, 0.4, 48),
        import_limit_w=9000.0, flexible=cars,
    )  # fmt: skip
    plan = solve(problem, DAY.start_utc)
    charging = plan.power_w[plan.power_w > 1.0]
    assert charging.min() >= 4140.0 - 0.5
    assert plan.grid_power_w.max() <= 9000.5
    assert not plan.broken or all(each.amount < 4.14 * 0.5 for each in plan.broken)
