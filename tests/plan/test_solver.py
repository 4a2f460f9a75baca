"""The library returns a status where others raise: here every one of them is looked at."""

from dataclasses import replace
from types import SimpleNamespace

import highspy
import numpy as np
import pytest

from enerwise.core.errors import PlanError
from enerwise.plan import solver
from enerwise.plan.model import Arrays, Model
from enerwise.plan.solver import Integers, LinearProgram, solve_integer


def a_model(*, cost: float = 1.0, least: float = 1.0, lower: float = 0.0, upper: float = 3.0) -> Arrays:
    """Two columns, ``first + second >= least``; the first costs, the second is free up to 0.5."""
    model = Model()
    first, second = model.columns(1, lower, upper), model.columns(1, 0.0, 0.5)
    row = model.rows(least, np.inf, 1)
    model.put(row, first, 1.0)
    model.put(row, second, 1.0)
    model.cost("energy", first, cost)
    return model.arrays()


def test_an_optimum_comes_with_its_dual() -> None:
    found = LinearProgram(a_model()).solve()
    assert found is not None
    assert found.objective == pytest.approx(0.5)
    assert found.column == pytest.approx([0.5, 0.5])
    assert found.row_dual == pytest.approx([1.0])


def test_an_infeasible_model_is_a_value() -> None:
    assert LinearProgram(a_model(least=9.0)).solve() is None
    assert solve_integer(a_model(least=9.0), Integers(np.array([0]), np.array([1]))) is None


def test_an_unbounded_model_is_an_error_in_words() -> None:
    with pytest.raises(PlanError, match=r"the solver stopped with (Unbounded|Primal infeasible or unbounded)"):
        LinearProgram(a_model(cost=-1.0, upper=np.inf)).solve()


def test_a_cost_that_is_no_number_is_an_error_in_words() -> None:
    with pytest.raises(PlanError, match="the solver failed at passing the model"):
        LinearProgram(replace(a_model(), cost=np.array([np.nan, 0.0])))


def test_a_coefficient_that_is_no_number_is_an_error_in_words() -> None:
    arrays = a_model()
    with pytest.raises(PlanError, match="passing the model"):
        LinearProgram(replace(arrays, value=np.full(arrays.value.size, np.nan))).solve()


def test_a_matrix_that_does_not_fit_is_an_error_in_words() -> None:
    with pytest.raises(PlanError, match="passing the model"):
        LinearProgram(replace(a_model(), index=np.array([0, 7], dtype=np.int32)))


def test_bounds_that_cross_are_infeasible() -> None:
    assert LinearProgram(a_model(lower=2.0, upper=1.0)).solve() is None


@pytest.mark.parametrize("name", ["kIterationLimit", "kTimeLimit", "kUnknown", "kSolveError"])
def test_a_solver_that_gives_up_is_an_error_in_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program, status = LinearProgram(a_model()), getattr(highspy.HighsModelStatus, name)
    monkeypatch.setattr(highspy.Highs, "getModelStatus", lambda self: status)
    with pytest.raises(PlanError, match="the solver stopped with"):
        program.solve()


def test_a_call_that_fails_is_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highspy.Highs, "run", lambda self: highspy.HighsStatus.kError)
    with pytest.raises(PlanError, match="the solver stopped with Solve error"):
        LinearProgram(a_model()).solve()
    with pytest.raises(PlanError, match="the solver stopped with Solve error"):
        solve_integer(a_model(), Integers(np.array([0]), np.array([1])))


def test_a_search_that_ends_without_a_point_is_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highspy.Highs, "getModelStatus", lambda self: highspy.HighsModelStatus.kSolutionLimit)
    nothing = SimpleNamespace(primal_solution_status=highspy.SolutionStatus.kSolutionStatusNone)
    monkeypatch.setattr(highspy.Highs, "getInfo", lambda self: nothing)
    with pytest.raises(PlanError, match="the solver stopped with"):
        solve_integer(a_model(), Integers(np.array([0]), np.array([1])))


def test_of_a_pair_one_is_zero() -> None:
    """Together they would serve the row; alone the first has to."""
    found = solve_integer(a_model(), Integers(np.array([0]), np.array([1])))
    assert found is not None
    assert found.column[:2] == pytest.approx([1.0, 0.0])
    assert found.gap == pytest.approx(0.0, abs=solver.ABSOLUTE_GAP_EUR)


def test_an_option_the_library_does_not_know_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highspy.Highs, "setOptionValue", lambda self, name, value: highspy.HighsStatus.kError)
    with pytest.raises(PlanError, match="option output_flag"):
        LinearProgram(a_model())


def test_a_program_is_changed_and_solved_again() -> None:
    program = LinearProgram(a_model())
    program.solve()
    program.set_costs(np.array([0.0, 1.0]))
    program.set_bounds(np.array([0]), np.array([0.0]), np.array([0.8]))
    found = program.solve()
    assert found is not None and found.column == pytest.approx([0.8, 0.2])
    program.cap(np.array([0.0, 1.0]), 0.1)
    assert program.solve() is None


def test_a_distance_is_counted_in_both_directions() -> None:
    program = LinearProgram(a_model(cost=0.0))
    for target, expected in ((0.9, 0.0), (5.0, 2.0), (-2.0, 2.0)):
        fresh = LinearProgram(a_model(cost=0.0))
        added = fresh.add_distances(np.array([0]), np.array([1]), np.array([target]))
        fresh.set_costs(np.concatenate([np.zeros(2), np.ones(added.size)]))
        found = fresh.solve()
        assert found is not None and found.objective == pytest.approx(expected)
    assert program.solve() is not None


def test_a_solver_that_turns_in_circles_begins_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Circles cannot be had for the asking: a program that may not pivot at all stands in for one that never ends."""
    monkeypatch.setattr(solver, "PIVOTS_PER_LINE", 0)
    program = LinearProgram(a_model())
    for objective, dual in ((0.5, 1.0), (1.5, 0.0)):
        found = program.solve()
        assert found is not None
        assert (found.objective, found.row_dual[0]) == pytest.approx((objective, dual))
        program.set_bounds(np.array([0]), np.array([1.5]), np.array([3.0]))


@pytest.mark.parametrize("how", ["linear", "pairs"])
def test_no_call_lasts_for_ever(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "LONGEST_S", 0.0)
    with pytest.raises(PlanError, match="the solver stopped with Time limit reached"):
        if how == "linear":
            LinearProgram(a_model()).solve()
        else:
            solve_integer(a_model(), Integers(np.array([0]), np.array([1])))
