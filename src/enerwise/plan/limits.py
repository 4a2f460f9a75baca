"""What holds a plan back, and what one more unit of it would be worth: read from the duals of the program it came from.

A dual is a price at the margin: nobody gains more by widening a limit than its dual times what it is widened by, and
the first of it gains just that. Runs, starts and programs stay as decided, since whole numbers have no margin. Worths
are expected over the scenarios. (Source: Boyd and Vandenberghe 2004, Convex Optimization, section 5.6.)
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.plan.model import Arrays, Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem
from enerwise.plan.solve import Solved, build, certain, optimum
from enerwise.plan.solver import LinearProgram

RUNNING_KW: Final = 0.025
SMALL_EUR: Final = 1e-6
"""Worths below it are the solver's tolerance."""


@dataclass(frozen=True, slots=True)
class Held:
    """One limit of an asset, a circuit or the connection over the steps of a plan."""

    holder: str
    """Asset, circuit (with its line), or "grid"."""
    code: str
    unit: str
    eur_per_unit: FloatArray
    """What one more unit in each step saves; zero where it does not bind. Shape (step,)"""
    is_once: bool = False
    """Whether one bound holds for all steps at once, such as what a car leaves with."""

    def worth_eur(self, steps: slice) -> float:
        """Return what one more unit over some steps would save."""
        within = self.eur_per_unit[steps]
        return float(within.max(initial=0.0) if self.is_once else within.sum())


def held(problem: Problem) -> tuple[Held, ...]:
    """Return the limits that hold a plan of this problem, those that are worth anything.

    Raises:
        PlanError: The solver failed.
    """
    model, parts = build(problem)
    solved = _at_its_limits(parts, problem, optimum(model, problem, model.arrays())[0])
    reduced_eur = reduced_costs(solved.arrays, solved.best.row_dual)
    found: dict[tuple[str, str, str, tuple[int, ...]], Held] = {}
    for each in (*_declared(model, problem, solved, reduced_eur), *_powers(model, parts, problem, solved, reduced_eur)):
        if each.eur_per_unit.max(initial=0.0) < SMALL_EUR:
            continue
        # Two stays of one car are two limits; the scenarios of one limit are one.
        where = tuple(np.flatnonzero(each.eur_per_unit > 0).tolist()) if each.is_once else ()
        key = (each.holder, each.code, each.unit, where)
        before = found.get(key)
        total = each.eur_per_unit if before is None else each.eur_per_unit + before.eur_per_unit
        found[key] = Held(each.holder, each.code, each.unit, total, each.is_once)
    return tuple(found.values())


def _at_its_limits(parts: tuple[Parts, ...], problem: Problem, solved: Solved) -> Solved:
    """Return the optimum with the connection held by its limits alone.

    For the sake of integers it is also held by the most that all assets can take, which would share their worth.
    """
    upper = solved.arrays.upper.copy()
    for each in (scenario.connection for scenario in parts):
        for columns, limit_w in ((each.bought, problem.import_limit_w), (each.sold, problem.export_limit_w)):
            upper[columns] = np.where(upper[columns] > 0, limit_w / 1e3, 0.0)
    arrays = replace(solved.arrays, upper=upper)
    program = LinearProgram(arrays)
    return Solved(program, arrays, certain(program.solve()))


def reduced_costs(arrays: Arrays, row_dual: FloatArray) -> FloatArray:
    """Return what one more unit of each column would cost at an optimum. Shape (column,)"""
    counts = np.diff(arrays.start)
    owner = np.repeat(np.arange(counts.size), counts)
    priced = np.bincount(owner, weights=arrays.value * row_dual[arrays.index], minlength=counts.size)
    return np.asarray(arrays.cost - priced)


def _declared(model: Model, problem: Problem, solved: Solved, reduced_eur: FloatArray) -> Iterator[Held]:
    """Read the limits that blocks name."""
    for each in model.limits:
        dual = solved.best.row_dual[each.at] if each.is_row else _open(solved, reduced_eur, each.at)
        saved = np.maximum(-dual if each.is_upper else dual, 0.0)
        worth = np.zeros(problem.grid.step_count)
        is_once = each.at.size == 1 and each.steps.size > 1
        np.add.at(worth, each.steps, saved[0] if is_once else saved)
        yield Held(each.holder, each.code, each.unit, worth, is_once)


def _open(solved: Solved, reduced_eur: FloatArray, columns: IntArray) -> FloatArray:
    """Return reduced costs of columns, none where a decision has closed both bounds: that is no limit of theirs."""
    is_open = solved.arrays.upper[columns] > solved.arrays.lower[columns]
    return np.where(is_open, reduced_eur[columns], 0.0)


def _powers(
    model: Model, parts: tuple[Parts, ...], problem: Problem, solved: Solved, reduced_eur: FloatArray
) -> Iterator[Held]:
    """Read the most and least power of machines, and the runs that keep them off, from the columns of their power."""
    original = model.arrays()
    chosen = np.concatenate([each.columns for each in model.choices]) if model.choices else np.zeros(0, np.int64)
    gated = {int(column) for gate in model.gates for column in gate.columns}
    for part in (each for scenario in parts for each in scenario.flexible):
        for link in part.links:
            if not link.columns.size or np.isin(link.columns, chosen).any():
                continue
            size = np.abs(link.kw)
            dual = reduced_eur[link.columns] / np.where(size > 0, size, 1.0)
            can_run = original.upper[link.columns] > original.lower[link.columns]
            runs = solved.best.column[link.columns] * size > RUNNING_KW
            is_gated = np.isin(link.columns, list(gated))
            for code, where, saved in (
                ("power_max", can_run & runs, -dual),
                ("power_min", can_run & runs & is_gated, dual),
                ("kept_off", can_run & ~runs & is_gated & (solved.arrays.upper[link.columns] <= 0), -dual),
            ):
                worth = np.zeros(problem.grid.step_count)
                np.add.at(worth, link.steps, np.where(where, np.maximum(saved, 0.0), 0.0))
                yield Held(part.asset.id, code, "kW", worth)
