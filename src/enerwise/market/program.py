"""Linear programs of the market: the one file here that knows the solver, HiGHS, fed with arrays.

A price is a dual, and where several duals fit the same optimum the solver returns whichever it stands at. `dual_span`
returns the lowest and the highest instead, so that a rule can say where between them its price lies.
"""

from dataclasses import dataclass, replace
from typing import Final

import highspy
import numpy as np

from enerwise.core.errors import EnerwiseError
from enerwise.core.units import BoolArray, FloatArray, IntArray

AT_BOUND: Final = 1e-6
"""How near a value lies to a bound that it stands at."""
OPTIONS: Final = (
    ("output_flag", False),
    ("threads", 1),
    ("solver", "simplex"),
    ("mip_rel_gap", 1e-4),
    ("mip_max_nodes", 20_000),
    ("time_limit", 60.0),
)
"""The search for whole numbers is bounded by nodes, so that every machine finds the same; the time ends only what would
not end.
"""


@dataclass(frozen=True, slots=True)
class Program:
    """Least ``cost @ x`` with ``lower <= x <= upper`` and ``row_lower <= A @ x <= row_upper``.

    A is given entry by entry, each place at most once. Shapes (column,), (row,) and (entry,)
    """

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    row_lower: FloatArray
    row_upper: FloatArray
    row: IntArray
    column: IntArray
    value: FloatArray
    is_whole: BoolArray | None = None
    """Which columns take whole numbers only; None for none. Such a program has no duals."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """What a program comes to."""

    objective: float
    column: FloatArray
    row_value: FloatArray
    row_dual: FloatArray
    """What one more unit on the right of a row would cost."""


def solved(program: Program) -> Optimum | None:
    """Return the optimum; None where no point keeps all bounds and rows.

    Raises:
        EnerwiseError: The solver stopped without an answer.
    """
    if not program.cost.size:
        nothing = np.zeros(program.row_lower.size)
        return Optimum(0.0, np.zeros(0), nothing, nothing)
    highs = highspy.Highs()
    for name, value in OPTIONS:
        highs.setOptionValue(name, value)
    _pass(highs, program)
    highs.run()
    status = highs.getModelStatus()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return None
    is_found = highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    is_limit = status in (highspy.HighsModelStatus.kSolutionLimit, highspy.HighsModelStatus.kTimeLimit)
    is_cut_short = is_limit and is_found and program.is_whole is not None
    if status != highspy.HighsModelStatus.kOptimal and not is_cut_short:
        raise EnerwiseError(f"the market's program was not solved: {highs.modelStatusToString(status)}")
    told = highs.getSolution()
    duals = told.row_dual if program.is_whole is None else np.full(program.row_lower.size, np.nan)
    values = (np.array(each) for each in (told.col_value, told.row_value, duals))
    return Optimum(highs.getInfo().objective_function_value, *values)


def _pass(highs: highspy.Highs, program: Program) -> None:
    order = np.lexsort((program.row, program.column))
    start = np.concatenate([[0], np.cumsum(np.bincount(program.column, minlength=program.cost.size))])
    status = highs.passModel(
        program.cost.size,
        program.row_lower.size,
        program.value.size,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        program.cost,
        program.lower,
        program.upper,
        program.row_lower,
        program.row_upper,
        start.astype(np.int32),
        program.row[order].astype(np.int32),
        program.value[order],
        (np.zeros(program.cost.size) if program.is_whole is None else program.is_whole).astype(np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise EnerwiseError("the market's program was not taken by the solver")


def dual_span(program: Program, optimum: Optimum, rows: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return all duals of the optimum that are lowest, and that are highest, in the sum over some rows.

    Any mean of both fits the optimum too. A dual that nothing bounds goes no further than costs and the solver's own
    duals reach.

    Source: Dantzig 1963, Linear Programming and Extensions, chapter 6 (complementary slackness).
    """
    dual = _of_duals(program, optimum)
    found = []
    for sign in (1.0, -1.0):
        cost = np.zeros(dual.cost.size)
        cost[rows] = sign
        best = solved(replace(dual, cost=cost))
        # Values that stand near a bound but not at it may contradict each other; then the solver's own duals are kept.
        found.append(optimum.row_dual if best is None else best.column)
    return found[0], found[1]


def _of_duals(program: Program, optimum: Optimum) -> Program:
    """Return the program whose points are the duals that fit an optimum.

    A column at its lower bound allows ``A' y <= cost``, one at its upper bound ``A' y >= cost``, one between both. What
    concerns one dual only is a bound of it, and what concerns several a row.
    """
    least = np.where(_is_at(optimum.column, program.lower), -np.inf, program.cost)
    most = np.where(_is_at(optimum.column, program.upper), np.inf, program.cost)
    lower, upper = _signs(program, optimum)
    reach = float(max(np.abs(program.cost).max(initial=0.0), np.abs(optimum.row_dual).max(initial=0.0)))
    lower, upper = np.maximum(lower, -reach), np.minimum(upper, reach)
    entries = np.bincount(program.column, minlength=program.cost.size)
    is_alone = entries[program.column] == 1
    alone, value = program.column[is_alone], program.value[is_alone]
    ends = np.sort(np.stack([least[alone] / value, most[alone] / value]), axis=0)
    np.maximum.at(lower, program.row[is_alone], ends[0])
    np.minimum.at(upper, program.row[is_alone], ends[1])
    shared = np.flatnonzero(entries > 1)
    number = np.zeros(program.cost.size, np.int64)
    number[shared] = np.arange(shared.size)
    row, column, value = number[program.column[~is_alone]], program.row[~is_alone], program.value[~is_alone]
    return Program(np.zeros(lower.size), lower, upper, least[shared], most[shared], row, column, value)


def _signs(program: Program, optimum: Optimum) -> tuple[FloatArray, FloatArray]:
    """Return between which values each dual lies: below zero only at a row's upper end, above only at its lower."""
    lower = np.where(_is_at(optimum.row_value, program.row_upper), -np.inf, 0.0)
    upper = np.where(_is_at(optimum.row_value, program.row_lower), np.inf, 0.0)
    return lower, upper


def _is_at(value: FloatArray, bound: FloatArray) -> BoolArray:
    size = np.where(np.isfinite(bound), np.abs(bound), 1.0)
    return np.asarray(np.abs(value - bound) <= AT_BOUND * np.maximum(1.0, AT_BOUND * size), np.bool_)
