"""Programs that run once and loads that may pause: the replay contract, the cheapest place, and no place at all."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.outlook import Plan
from enerwise.core.time import TimeGrid
from enerwise.plan.blocks.interruptible import Interruptible
from enerwise.plan.blocks.program import Program
from enerwise.plan.flexible import Flexible, Replayed
from enerwise.plan.solve import solve
from enerwise.testing.contracts.blocks import ReplayContract
from tests.builders import a_grid
from tests.plan.builders import a_problem

DAY = a_grid(step_s=3600, steps=24)
WASH_W = np.array([2000.0, 300.0, 1200.0])


class TestProgram(ReplayContract):
    kind = "program"

    def assets(self, grid: TimeGrid) -> st.SearchStrategy[tuple[Flexible, ...]]:
        def a_program(name: str) -> st.SearchStrategy[Flexible]:
            return st.builds(
                lambda sequence, first, length: Program(
                    name, np.array(sequence), first, min(first + length, grid.step_count)
                ),
                st.lists(st.floats(0.0, 2500.0), min_size=1, max_size=4),
                st.integers(0, grid.step_count - 1),
                st.integers(1, grid.step_count),
            )

        return st.tuples(a_program("washer")) | st.tuples(a_program("washer"), a_program("dryer"))

    def limits_kept(self, asset: Program, plan: Plan, replayed: Replayed) -> None:
        ran = replayed.states["started_ratio"][-1] > 0.5
        assert ran or any(each.name == f"{asset.id} run" for each in plan.broken)
        used_wh = replayed.power_w.sum() * plan.grid.step_h
        assert used_wh == pytest.approx(asset.sequence_w.sum() * plan.grid.step_h if ran else 0.0, abs=0.5)
        assert not replayed.power_w[: asset.first_step].any() and not replayed.power_w[asset.end_step :].any()


class TestInterruptible(ReplayContract):
    kind = "interruptible"

    def assets(self, grid: TimeGrid) -> st.SearchStrategy[tuple[Flexible, ...]]:
        return st.tuples(
            st.builds(
                lambda power_w, need, first, length: Interruptible(
                    "pump", power_w, need, first, min(first + length, grid.step_count)
                ),
                st.floats(200.0, 3000.0),
                st.integers(0, 8),
                st.integers(0, grid.step_count - 1),
                st.integers(0, grid.step_count),
            )
        )

    def limits_kept(self, asset: Interruptible, plan: Plan, replayed: Replayed) -> None:
        ran = int(np.count_nonzero(replayed.power_w > 1.0))
        missed = sum(each.amount for each in plan.broken if each.name == "pump run")
        assert ran + missed == pytest.approx(asset.needed_steps, abs=1e-3)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), first=st.integers(0, 10), room=st.integers(3, 12))
def test_a_program_runs_where_it_costs_least(seed: int, first: int, room: int) -> None:
    buy = np.random.default_rng(seed).uniform(0.1, 0.5, 24)
    plan = solve(
        a_problem(grid=DAY, batteries=[], buy=buy, flexible=(Program("washer", WASH_W, first, first + room),)),
        DAY.start_utc,
    )
    costs = [float(WASH_W @ buy[at : at + 3]) for at in range(first, first + room - 2)]
    at = first + int(np.argmin(costs))
    assert np.allclose(plan.power_w[0, at : at + 3], WASH_W, atol=0.1)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_a_load_that_may_pause_takes_the_cheapest_steps(seed: int) -> None:
    buy = np.random.default_rng(seed).uniform(0.1, 0.5, 24)
    plan = solve(
        a_problem(grid=DAY, batteries=[], buy=buy, flexible=(Interruptible("pump", 1000.0, 3, 4, 12),)), DAY.start_utc
    )
    best = min(combinations(range(4, 12), 3), key=lambda each: float(buy[list(each)].sum()))
    assert set(np.flatnonzero(plan.power_w[0] > 1.0)) == set(best)


@settings(max_examples=10, deadline=None)
@given(worth=st.lists(st.floats(0.5, 5.0), min_size=3, max_size=3, unique=True), room=st.integers(0, 3))
def test_what_is_worth_least_gives_way_where_a_limit_leaves_no_room(worth: list[float], room: int) -> None:
    limit_w = np.full(24, 9000.0)
    limit_w[10:12] = 300.0 + 1000.0 * room
    loads = tuple(Interruptible(f"load-{at}", 1000.0, 12, 6, 18, missed_eur=each) for at, each in enumerate(worth))
    plan = solve(a_problem(grid=DAY, batteries=[], load_w=200.0, import_limit_w=limit_w, flexible=loads), DAY.start_utc)
    runs = plan.power_w[:, 10:12] > 1.0
    dearest = set(np.argsort(worth)[3 - room :].tolist()) if room else set()
    assert all(runs[at].all() == (at in dearest) and runs[at].any() == (at in dearest) for at in range(3))
    missed = {each.name: round(each.amount) for each in plan.broken}
    assert missed == {f"load-{at} run": 2 for at in range(3) if at not in dearest}


def test_two_programs_take_turns_under_a_capacity_that_holds_one() -> None:
    one, two = Program("washer", WASH_W, 0, 8), Program("dryer", WASH_W, 0, 8)
    plan = solve(
        a_problem(grid=DAY, batteries=[], load_w=200.0, import_limit_w=2600.0, flexible=(one, two)), DAY.start_utc
    )
    assert plan.grid_power_w.max() <= 2600.5
    assert not plan.broken
    assert plan.power_w.sum() == pytest.approx(2 * WASH_W.sum(), abs=1.0)


def test_a_program_without_room_is_named() -> None:
    plan = solve(a_problem(grid=DAY, batteries=[], flexible=(Program("washer", WASH_W, 3, 5),)), DAY.start_utc)
    assert [(each.name, round(each.amount)) for each in plan.broken] == [("washer run", 1)]
    shut = a_problem(grid=DAY, batteries=[], import_limit_w=1000.0, flexible=(Program("washer", WASH_W, 0, 9),))
    assert [each.name for each in solve(shut, DAY.start_utc).broken] == ["washer run"]


def test_wrong_windows_are_named() -> None:
    with pytest.raises(ProblemsFound, match="end_step"):
        a_problem(grid=DAY, batteries=[], flexible=(Program("washer", WASH_W, 3, 30),))
    with pytest.raises(ProblemsFound, match="sequence_w"):
        a_problem(grid=DAY, batteries=[], flexible=(Program("washer", -WASH_W, 3, 9),))
    with pytest.raises(ProblemsFound, match="needed_steps"):
        a_problem(grid=DAY, batteries=[], flexible=(Interruptible("pump", 1000.0, 99, 4, 12),))
