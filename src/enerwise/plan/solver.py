"""The one file that knows the solver: HiGHS, fed with arrays, every status looked at.

Gaps are set, not left: the library's default gap misses the optimum by more than we allow, and it returns a status
where others raise.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import highspy
import numpy as np

from enerwise.core.errors import PlanError
from enerwise.core.units import ByteArray, FloatArray, IntArray
from enerwise.plan.model import Arrays

ABSOLUTE_GAP_EUR: Final = 5e-5
MOST_NODES: Final = 200_000
"""A bound on the search that does not depend on the machine: the same problem always gives the same plan."""
PIVOTS_PER_LINE: Final = 50
"""Pivots allowed for each row and column before a program is begun anew: a home needs about one, a cycle no end."""
LONGEST_S: Final = 60.0
"""No call of the solver lasts longer; the only bound that depends on the machine, and far from all others."""

_OK: Final = highspy.HighsStatus.kOk
_WARNING: Final = highspy.HighsStatus.kWarning
_OPTIMAL: Final = highspy.HighsModelStatus.kOptimal
_INFEASIBLE: Final = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
_LIMIT: Final = (highspy.HighsModelStatus.kSolutionLimit, highspy.HighsModelStatus.kTimeLimit)
DUAL_SIMPLEX, PRIMAL_SIMPLEX = 1, 4
NO_LIMIT: Final = 2**31 - 1
AT_LOWER, BASIC, AT_UPPER, AT_ZERO = 0, 1, 2, 3
"""Numbers of a basis, as stored with plans."""
_STATUS: Final = [highspy.HighsBasisStatus(each) for each in range(5)]


@dataclass(frozen=True, slots=True)
class Solution:
    """A point of a model: cost, columns and row duals."""

    objective: float
    column: FloatArray
    row_dual: FloatArray
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Integers:
    """Pairs of columns of which one must be zero: ``first <= u1 * b`` and ``second <= u2 * (1 - b)``."""

    first: IntArray
    second: IntArray


class LinearProgram:
    """A linear program that can be solved, changed and solved again from where it stands."""

    def __init__(self, arrays: Arrays, *, is_scaled: bool = True) -> None:
        """Take a model; one whose numbers are of one size is faster without the solver's own scaling."""
        self._highs = _highs()
        if not is_scaled:
            _set(self._highs, simplex_scale_strategy=0)
        self._column_count = arrays.cost.size
        pass_model(self._highs, arrays)

    def solve(self) -> Solution | None:
        """Return the optimum; None where no point keeps all bounds and rows.

        Where the simplex method goes round in circles or gets stuck, it begins once more, from nothing.

        Raises:
            PlanError: The solver stopped without an answer both times.
        """
        pivots = PIVOTS_PER_LINE * (self._highs.getNumCol() + self._highs.getNumRow())
        _set(self._highs, simplex_iteration_limit=pivots)
        status = _run(self._highs)
        if status not in (_OPTIMAL, *_INFEASIBLE):
            status = self._solve_anew()
        if status in _INFEASIBLE:
            return None
        if status != _OPTIMAL:
            raise PlanError(f"the solver stopped with {self._highs.modelStatusToString(status)}")
        solution = self._highs.getSolution()
        return Solution(
            objective=self._highs.getInfo().objective_function_value,
            column=np.array(solution.col_value),
            row_dual=np.array(solution.row_dual),
        )

    def _solve_anew(self) -> highspy.HighsModelStatus:
        """Forget the basis and solve by other means; later solutions begin from where this one ends, as ever."""
        self._highs.clearSolver()
        _set(self._highs, presolve="on", simplex_strategy=DUAL_SIMPLEX, simplex_iteration_limit=NO_LIMIT)
        status = _run(self._highs)
        _set(self._highs, presolve="off")
        return status

    def set_costs(self, cost: FloatArray) -> None:
        """Minimise something else."""
        everything = np.arange(cost.size, dtype=np.int32)
        _expect(self._highs.changeColsCost(cost.size, everything, cost), "changing costs")

    def set_bounds(self, columns: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Change the bounds of columns."""
        _expect(self._highs.changeColsBounds(columns.size, columns.astype(np.int32), lower, upper), "changing bounds")

    def cap(self, cost: FloatArray, upper: float) -> None:
        """Add the row ``cost @ x <= upper``."""
        columns = np.flatnonzero(cost).astype(np.int32)
        _expect(self._highs.addRow(-highspy.kHighsInf, upper, columns.size, columns, cost[columns]), "adding a row")

    def add_distances(self, plus: IntArray, minus: IntArray, target: FloatArray) -> IntArray:
        """Add ``x[plus] - x[minus] - up + down = target`` with ``up, down >= 0``; return the positions of both.

        Where both cost something, their sum is the distance of the difference from its target.
        """
        each = np.arange(plus.size)
        rows, columns = np.concatenate([each, each]), np.concatenate([plus, minus])
        return self.add_power_distances(rows, columns, np.repeat([1.0, -1.0], plus.size), target)

    def add_power_distances(self, row: IntArray, columns: IntArray, kw: FloatArray, target_kw: FloatArray) -> IntArray:
        """Do what `add_distances` does for powers that are sums of columns: ``kw`` of each counts in its row."""
        count, first = target_kw.size, self._highs.getNumCol()
        infinite, nothing = np.full(2 * count, highspy.kHighsInf), np.zeros(0, dtype=np.int32)
        none, starts = np.zeros(2 * count), np.zeros(2 * count, dtype=np.int32)
        added = self._highs.addCols(2 * count, none, none, infinite, 0, starts, nothing, np.zeros(0))
        _expect(added, "adding columns")
        up = np.arange(first, first + count)
        rows = np.concatenate([row, np.arange(count), np.arange(count)])
        order = np.argsort(rows, kind="stable")
        index = np.concatenate([columns, up, up + count])[order].astype(np.int32)
        value = np.concatenate([kw, np.full(count, -1.0), np.ones(count)])[order]
        starts = np.concatenate([[0], np.bincount(rows, minlength=count).cumsum()[:-1]]).astype(np.int32)
        _expect(self._highs.addRows(count, target_kw, target_kw, index.size, starts, index, value), "adding rows")
        return np.concatenate([up, up + count])

    def prefer_primal(self) -> None:
        """Go on from a feasible basis with the primal simplex."""
        _set(self._highs, simplex_strategy=PRIMAL_SIMPLEX)

    def start_at(self, columns: ByteArray, rows: ByteArray) -> None:
        """Begin at a basis, given as the solver's numbers for each column and row; it is mended where it must be."""
        basis = highspy.HighsBasis()
        basis.valid, basis.alien = True, True
        basis.col_status = [_STATUS[each] for each in columns.tolist()]
        basis.row_status = [_STATUS[each] for each in rows.tolist()]
        _expect(self._highs.setBasis(basis), "setting a basis")
        # Exact edge weights of a basis that is nearly optimal cost more than the few pivots that are left.
        _set(self._highs, simplex_dual_edge_weight_strategy=1)

    def standing(self, arrays: Arrays) -> ByteArray:
        """Return where it stands in the model it was given, columns first. Shape (column + row,)

        The solver hands out a basis as objects one by one; which are basic it tells as an array, and the rest lies at
        the nearer of its bounds.
        """
        highs: Any = self._highs  # The library's stubs do not know the call.
        status, basic = highs.getBasicVariables()
        _expect(status, "reading the basis")
        solution = self._highs.getSolution()
        value = np.concatenate([np.array(solution.col_value), np.array(solution.row_value)])
        lower = np.concatenate([arrays.lower, arrays.row_lower])
        upper = np.concatenate([arrays.upper, arrays.row_upper])
        is_upper = np.abs(upper - value) < np.abs(value - lower)
        found = np.where(is_upper, AT_UPPER, np.where(np.isinf(lower), AT_ZERO, AT_LOWER)).astype(np.uint8)
        found[np.where(basic >= 0, basic, self._column_count - 1 - basic)] = BASIC
        return found

    def reduced_costs(self) -> FloatArray:
        """Return what one more unit of each column would cost, at the solution last found. Shape (column,)"""
        return np.array(self._highs.getSolution().col_dual)


def solve_integer(arrays: Arrays, pairs: Integers) -> Solution | None:
    """Return the optimum of the model in which of each pair of columns one is zero; None where there is none.

    Raises:
        PlanError: The solver stopped before it found a point.
    """
    highs = _highs()
    count, first = pairs.first.size, arrays.cost.size
    extended = with_pairs(arrays, pairs)
    pass_model(highs, extended, np.concatenate([np.zeros(first, np.uint8), np.ones(count, np.uint8)]))
    status = _run(highs)
    info = highs.getInfo()
    if status in _INFEASIBLE:
        return None
    if (
        status not in (_OPTIMAL, *_LIMIT)
        or info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible
    ):
        raise PlanError(f"the solver stopped with {highs.modelStatusToString(status)}")
    column = np.array(highs.getSolution().col_value)
    gap = max(0.0, info.objective_function_value - info.mip_dual_bound)
    assert column.size == first + count
    return Solution(info.objective_function_value, column, np.zeros(0), gap)


def solve_binary(arrays: Arrays, binaries: IntArray, *, most_nodes: int = MOST_NODES) -> Solution | None:
    """Return the best point found in which some columns are 0 or 1, and how far it may be from the optimum.

    None where there is none, or none was found within the nodes.
    """
    highs = _highs()
    _set(highs, presolve="on", mip_max_nodes=most_nodes)
    integral = np.zeros(arrays.cost.size, np.uint8)
    integral[binaries] = 1
    pass_model(highs, arrays, integral)
    status = _run(highs)
    info = highs.getInfo()
    if status not in (_OPTIMAL, *_LIMIT, *_INFEASIBLE):
        raise PlanError(f"the solver stopped with {highs.modelStatusToString(status)}")
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    gap = max(0.0, info.objective_function_value - info.mip_dual_bound)
    return Solution(info.objective_function_value, np.array(highs.getSolution().col_value), np.zeros(0), gap)


def with_pairs(arrays: Arrays, pairs: Integers) -> Arrays:
    """Return the model with one binary column and two rows for each pair."""
    count, columns, rows = pairs.first.size, arrays.cost.size, arrays.row_lower.size
    column = np.repeat(np.arange(columns), np.diff(arrays.start))
    each = np.arange(count)
    size = [arrays.upper[pairs.first], arrays.upper[pairs.second]]
    assert all(np.isfinite(bound).all() for bound in size), "an exclusive column has no upper bound"
    # first - u1 * b <= 0   and   second + u2 * b <= u2
    column = np.concatenate([column, pairs.first, columns + each, pairs.second, columns + each])
    row = np.concatenate([arrays.index, rows + each, rows + each, rows + count + each, rows + count + each])
    value = np.concatenate([arrays.value, np.ones(count), -size[0], np.ones(count), size[1]])
    order = np.argsort(column * np.int64(rows + 2 * count) + row)
    return replace(
        arrays,
        cost=np.concatenate([arrays.cost, np.zeros(count)]),
        lower=np.concatenate([arrays.lower, np.zeros(count)]),
        upper=np.concatenate([arrays.upper, np.ones(count)]),
        row_lower=np.concatenate([arrays.row_lower, np.full(2 * count, -np.inf)]),
        row_upper=np.concatenate([arrays.row_upper, np.zeros(count), size[1]]),
        start=np.concatenate(([0], np.bincount(column, minlength=columns + count).cumsum())).astype(np.int32),
        index=row[order].astype(np.int32),
        value=value[order],
    )


def pass_model(highs: highspy.Highs, arrays: Arrays, integral: ByteArray | None = None) -> None:
    """Hand the model over as arrays; an object with one attribute after the other costs five times as much."""
    # Asked to minimise NaN the library answers "optimal"; a coefficient of NaN it takes for a model without a solution.
    if not (np.isfinite(arrays.cost).all() and np.isfinite(arrays.value).all()):
        raise PlanError("the solver failed at passing the model: a cost or coefficient is not a number")
    kinds = np.zeros(arrays.cost.size, dtype=np.int32) if integral is None else integral.astype(np.int32)
    status = highs.passModel(
        arrays.cost.size,
        arrays.row_lower.size,
        arrays.value.size,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        arrays.cost,
        arrays.lower,
        arrays.upper,
        arrays.row_lower,
        arrays.row_upper,
        arrays.start,
        arrays.index,
        arrays.value,
        kinds,
    )
    _expect(status, "passing the model")


def _highs() -> highspy.Highs:
    highs = highspy.Highs()
    # A home's model is small: presolve costs more than it saves, and the duals of all rows are wanted.
    _set(highs, output_flag=False, threads=1, presolve="off", solver="simplex")
    _set(highs, mip_rel_gap=0.0, mip_abs_gap=ABSOLUTE_GAP_EUR, mip_max_nodes=MOST_NODES)
    return highs


def _set(highs: highspy.Highs, **options: bool | int | float | str) -> None:
    for name, value in options.items():
        _expect(highs.setOptionValue(name, value), f"option {name}")


def _run(highs: highspy.Highs) -> highspy.HighsModelStatus:
    """Solve and return how it ended; the solver's own clock adds up over all its calls."""
    _set(highs, time_limit=highs.getRunTime() + LONGEST_S)
    is_done = highs.run() in (_OK, _WARNING)
    return highs.getModelStatus() if is_done else highspy.HighsModelStatus.kSolveError


def _expect(status: highspy.HighsStatus, doing: str) -> None:
    if status not in (_OK, _WARNING):
        raise PlanError(f"the solver failed at {doing}: {status}")
