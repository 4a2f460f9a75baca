"""Warm starts: the same cost as from cold, bit by bit again from what is stored, and no harm where nothing fits."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.time import TimeGrid
from enerwise.plan.problem import Problem
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import build, solve
from enerwise.plan.warm import Basis, start_from
from tests.builders import a_battery, a_grid
from tests.plan.blocks.test_charger import a_charger
from tests.plan.blocks.test_heat_pump import a_heat_pump
from tests.plan.builders import a_load_w, a_problem, a_sun_w, hours


def a_window(first: int, *, start_ratio: float = 0.5, has_car: bool = True) -> Problem:
    """A day in half-hours that begins some steps later, all of its data moved."""
    whole_day = a_grid(step_s=1800, steps=48)
    grid = TimeGrid(whole_day.start_utc + np.timedelta64(1800 * first, "s"), 1800, 48)
    car = a_charger(stays=((10 - first, 30 - first),), current_min_a=0.0)
    pump = a_heat_pump(grid, outdoor=5.0 + 3.0 * np.sin(hours(grid) / 24 * 2 * np.pi))
    return a_problem(
        grid=grid, batteries=[a_battery()], load_w=a_load_w(grid), available_w=a_sun_w(grid),
        buy=np.where(hours(grid) > 14, 0.4, 0.25) + 0.01 * np.sin(hours(grid)), start_ratio=start_ratio,
        end_value_eur_per_kwh=np.array([0.2]), flexible=(car, pump) if has_car else (pump,), import_limit_w=17e3,
        stability_eur=0.0,
    )  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(shift=st.integers(0, 6), start_ratio=st.floats(0.1, 0.9))
def test_a_warm_start_costs_what_a_cold_one_does(shift: int, start_ratio: float) -> None:
    before = solve(a_window(0), a_window(0).grid.start_utc, keep_basis=True)
    cold = a_window(shift, start_ratio=start_ratio)
    warm = start_from(cold, before)
    assert warm.basis is before.basis and warm.basis_shift == shift
    one, two = solve(cold, cold.grid.start_utc), solve(warm, warm.grid.start_utc)
    assert one.total_eur == pytest.approx(two.total_eur, abs=1e-6)


def test_what_is_stored_gives_the_same_plan_again() -> None:
    before = solve(a_window(0), a_window(0).grid.start_utc, keep_basis=True)
    warm = start_from(a_window(1), before)
    one = solve(warm, warm.grid.start_utc)
    two = solve(from_bytes(to_bytes(warm)), warm.grid.start_utc)
    assert one.power_w.tobytes() == two.power_w.tobytes() and dict(one.cost_eur) == dict(two.cost_eur)


def test_a_basis_of_another_home_is_left_alone() -> None:
    other = a_window(0, has_car=False)
    before = solve(other, other.grid.start_utc, keep_basis=True)
    warm = start_from(a_window(1), before)
    assert before.basis is not None
    assert Basis.of(before.basis, build(warm)[0]) is None
    assert solve(warm, warm.grid.start_utc).total_eur == solve(a_window(1), warm.grid.start_utc).total_eur


def test_a_basis_of_another_day_or_grid_is_not_taken() -> None:
    before = solve(a_window(4), a_window(4).grid.start_utc, keep_basis=True)
    earlier = a_window(0)
    assert start_from(earlier, before) is earlier
    assert start_from(earlier, replace(before, basis=None)) is earlier
    assert solve(earlier, earlier.grid.start_utc).basis is None


def test_what_has_a_column_for_each_step_moves() -> None:
    problem = a_window(0)
    model, _ = build(problem)
    status = np.arange(model.column_count + model.row_count).astype(np.uint8)
    basis = Basis.of(status, model)
    assert basis is not None
    moved = basis.moved(model, 1, 48)
    assert moved.columns[:47].tolist() == basis.columns[1:48].tolist() and moved.columns[47] == basis.columns[47]
