"""Warm starts: a plan made a step later begins where the one before ended, its basis moved by the step.

Solved anew from there, an ordinary window takes a handful of pivots instead of a thousand. Cost is the same as from a
cold start; among plans of equal cost another may be found, so that the basis is stored with the problem's inputs and
the same problem gives the same plan again.
"""

from dataclasses import dataclass, replace

import numpy as np

from enerwise.core.outlook import Plan
from enerwise.core.time import TimeGrid
from enerwise.core.units import ByteArray
from enerwise.plan.model import Model
from enerwise.plan.problem import Problem


@dataclass(frozen=True, slots=True)
class Basis:
    """What the solver holds of each column, then of each row, as its own small numbers."""

    columns: ByteArray
    rows: ByteArray

    @classmethod
    def of(cls, status: ByteArray | None, model: Model) -> "Basis | None":
        """Cut what a plan brought along; None where it brought nothing or stems from a model of another size."""
        if status is None or status.size != model.column_count + model.row_count:
            return None
        return cls(status[: model.column_count], status[model.column_count :])

    def moved(self, model: Model, steps: int, step_count: int) -> "Basis":
        """Return the basis for a window that begins some steps later: what has a column for each step moves."""
        columns = _moved(self.columns, model.column_sizes, steps, step_count)
        return Basis(columns, _moved(self.rows, model.row_sizes, steps, step_count))


def _moved(status: ByteArray, sizes: tuple[int, ...], steps: int, step_count: int) -> ByteArray:
    moved, at = status.copy(), 0
    for size in sizes:
        if size == step_count:
            moved[at : at + size - steps] = status[at + steps : at + size]
        at += size
    return moved


def start_from(problem: Problem, previous: Plan) -> Problem:
    """Return the problem with the basis of the plan before, where that helps; else as it is."""
    if previous.basis is None or previous.grid.step_s != problem.grid.step_s:
        return problem
    shift = _shift(previous.grid, problem.grid)
    if not 0 <= shift < problem.grid.step_count or previous.grid.step_count != problem.grid.step_count:
        return problem
    return replace(problem, basis=previous.basis, basis_shift=shift)


def _shift(before: TimeGrid, now: TimeGrid) -> int:
    return int(np.round((now.start_utc - before.start_utc) / np.timedelta64(1, "s") / now.step_s))
