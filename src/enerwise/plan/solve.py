"""A `Problem` becomes a `Plan`: exact, soft where wishes collide, steady from one plan to the next.

Four stages, most of which an ordinary day never enters:
1. The linear program, wishes hard. Where it is infeasible, wishes give way by rank, and the plan names each.
2. Where the relaxation charges and discharges, or buys and sells, at once, binaries enter at those steps and wherever
   prices make burning energy pay; solve again until the relaxation is clean.
   Least powers, shortest runs and starts are rounded, priced and, where that is not good enough, searched (`whole`).
3. Duals, from the linear program in which the binaries are settled: the worth of stored energy in each step.
4. Stability: among plans that cost a trifle more than the best the one nearest to the plan before, or that acts early.
"""

from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np

from enerwise.core.errors import PlanError
from enerwise.core.outlook import Plan
from enerwise.core.plugin import load
from enerwise.core.time import Instant, cpu_s
from enerwise.core.units import BoolArray, ByteArray, FloatArray, IntArray
from enerwise.plan import caps, circuit, own_limits, risk, tree, whole
from enerwise.plan.blocks import battery, connection, pv
from enerwise.plan.coupling import coupled
from enerwise.plan.flexible import connect
from enerwise.plan.model import Arrays, Model
from enerwise.plan.pairs import MOST_ROUNDS, both_used, smaller
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem
from enerwise.plan.solver import Integers, LinearProgram, Solution, solve_integer
from enerwise.plan.told import read
from enerwise.plan.warm import Basis
from enerwise.plan.wishes import BROKEN, NOTICED, at_a_price, broken, together

Found = TypeVar("Found")
TRIFLE: Final = 1e-6
"""Price of using a column at all while slack is made small: without it ties would look like burning."""
EARLY: Final = 0.02
"""Weight of acting early against nearness to the plan before."""


def solve(problem: Problem, issued_at: Instant, *, keep_basis: bool = False) -> Plan:
    """Return the best plan there is.

    Args:
        problem: What is asked.
        issued_at: When.
        keep_basis: Whether the plan brings along where the solver ended, for `enerwise.plan.warm.start_from`.

    Raises:
        PlanError: The solver failed, or found nothing even with every wish given up.
    """
    began_s = cpu_s()
    model, parts = build(problem)
    arrays = model.arrays()
    built_s = cpu_s()
    solved, is_broken = optimum(model, problem, arrays, keep_basis=keep_basis)
    solved_s = cpu_s()
    best = solved.best
    chosen = steady(solved.program, model, solved.arrays, parts, problem, best)
    timing = {"build_s": built_s - began_s, "solve_s": solved_s - built_s, "steady_s": cpu_s() - solved_s}
    hard = broken(model.wishes, best.column) if is_broken else ()
    missed = together(hard, broken(model.soft, chosen.column, NOTICED))
    plan = read(problem, issued_at, model, parts, best=best, chosen=chosen, missed=missed)
    return replace(plan, gap_eur=solved.gap_eur, timing=timing, basis=solved.basis)


def optimum(model: Model, problem: Problem, arrays: Arrays, *, keep_basis: bool = False) -> tuple["Solved", bool]:
    """Return the optimum, and whether wishes had to give way for it; raises `PlanError` as `solve` does."""
    solved = _solved(model, problem, arrays, keep_basis=keep_basis)
    is_broken = solved is None
    if solved is None:
        solved = _solved(model, problem, give_way(model, arrays))
    if solved is None:  # What is least in a relaxation may be out of reach of least powers and whole starts.
        solved = certain(_solved(model, problem, at_a_price(model, arrays), is_last=True))
    return solved, is_broken


def kept(model: Model, problem: Problem, arrays: Arrays) -> "Solved":
    """Return the optimum of a model whose bounds somebody has changed, without burning and whole, every wish kept.

    Raises:
        PlanError: The solver failed, or nothing can be done within these bounds.
    """
    return certain(_solved(model, problem, arrays))


def build(problem: Problem) -> tuple[Model, tuple[Parts, ...]]:
    """Return the linear model of a problem, and where its parts lie in each scenario.

    Scenarios share what is done where they share a node, in the first step at least, which the stored energy at its end
    stands for; what comes later may wait for what is then known.
    """
    model, parts, marks = Model(), [], []
    for scenario, probability in enumerate(problem.probability.tolist()):
        marks.append(risk.Mark.of(model))
        model.enter(scenario, probability)
        parts.append(add_site(model, problem, scenario))
    marks.append(risk.Mark.of(model))
    model.enter(0, 1.0)
    tree.share(model, parts, problem.nodes)
    risk.add(model, problem.risk, problem.probability, marks)
    caps.add(model, problem.caps, problem.aims)
    return model, tuple(parts)


def add_site(model: Model, problem: Problem, scenario: int) -> Parts:
    """Add everything that stands at a site, in one scenario, with the terms that price it."""
    point = connection.add(model, problem, scenario)
    rows = point.balance_rows
    batteries = tuple(
        battery.add(model, problem, asset, start_wh=start_wh, end_wh=end_wh, site_rows=rows)
        for asset, start_wh, end_wh in zip(
            problem.batteries, problem.start_wh.tolist(), problem.end_wh.tolist(), strict=True
        )
    )
    plants = tuple(
        pv.add(model, problem, plant, scenario=scenario, site_rows=rows)
        for plant, asset in enumerate(problem.pvs)
        if asset.can_curtail
    )
    flexible = coupled(model, [asset.add(model, problem.grid) for asset in problem.flexible])
    connect(model, flexible, rows)
    parts = Parts(point, batteries, plants, flexible)
    parts = replace(parts, losses=circuit.add(model, problem, parts, scenario))
    own_limits.add(model, problem, parts)
    add_terms(model, problem, parts)
    return parts


def add_terms(model: Model, problem: Problem, parts: Parts) -> None:
    """Add the costs a problem names."""
    for term in problem.terms:
        load("enerwise.terms", term)(model, problem, parts)


@dataclass(frozen=True, slots=True)
class Solved:
    """The optimum without burning, and the linear program that has it."""

    program: LinearProgram
    arrays: Arrays
    best: Solution
    gap_eur: float = 0.0
    basis: ByteArray | None = None

    @property
    def bound_eur(self) -> float:
        """Return what no plan can cost less than: it moves with the inputs alone, not with what a search found."""
        return self.best.objective - self.gap_eur


def _solved(
    model: Model, problem: Problem, arrays: Arrays, *, keep_basis: bool = False, is_last: bool = False
) -> Solved | None:
    """Return the optimum; None where no point keeps all wishes, or only one that burns energy does."""
    program = LinearProgram(arrays, is_scaled=not problem.flexible)
    if (start := Basis.of(problem.basis, model)) is not None:
        moved = start.moved(model, problem.basis_shift, problem.grid.step_count)
        program.start_at(moved.columns, moved.rows)
    best = program.solve()
    if best is None:
        return None
    basis = program.standing(arrays) if keep_basis else None
    found = _unburnt(model, problem, arrays, program, best, is_last=is_last)
    return None if found is None else replace(found, basis=basis)


def _unburnt(
    model: Model, problem: Problem, arrays: Arrays, program: LinearProgram, best: Solution, *, is_last: bool
) -> Solved | None:
    """Keep a relaxed optimum that uses no pair at once and is whole; else decide what must be decided."""
    dirty = both_used(model, best.column)
    if not dirty.any():
        relaxed = Solved(program, arrays, best)
    else:
        found = _settle_pairs(model, arrays, dirty | problem.may_burn[None, :])
        cleaned = None if found is None else _clean(model, *found)
        if cleaned is None:
            return None
        relaxed = cleaned
    if not (model.gates or model.choices):
        return relaxed
    if not whole.is_whole(model, relaxed.best.column):
        return _whole(model, problem, relaxed, is_last=is_last or not model.wishes)
    return replace(relaxed, arrays=whole.pin(model, relaxed.arrays, relaxed.program, relaxed.best.column))


def _whole(model: Model, problem: Problem, relaxed: Solved, *, is_last: bool) -> Solved | None:
    """Decide what must be whole, then see to it again that nothing burns; the relaxation bounds the gap."""
    bound = relaxed.best.objective - relaxed.gap_eur
    settled = whole.settle(model, problem, relaxed.arrays, relaxed.program, relaxed.best, is_last=is_last)
    if settled is None:
        return None
    dirty = both_used(model, settled.best.column)
    if dirty.any():
        found = _settle_pairs(model, settled.arrays, dirty | problem.may_burn[None, :])
        cleaned = None if found is None else _clean(model, *found)
        if cleaned is None:
            return _without_burning(model, problem, relaxed, settled.best, bound) if is_last else None
        return replace(cleaned, gap_eur=max(0.0, cleaned.best.objective - bound))
    gap_eur = max(0.0, settled.best.objective - bound)
    return Solved(settled.program, settled.arrays, settled.best, gap_eur)


def _without_burning(
    model: Model, problem: Problem, relaxed: Solved, whole_one: Solution, bound: float
) -> Solved | None:
    """Decide anew what must be whole where the runs that were chosen could only be kept by burning.

    Such as two cars at their least power that a fuse does not carry together, one of them giving back at once: what is
    used less is closed there before runs are chosen again.
    """
    arrays = relaxed.arrays
    for _ in range(MOST_ROUNDS):
        dirty = both_used(model, whole_one.column)
        for closed in smaller(model, whole_one.column, dirty):
            arrays = replace(arrays, upper=_with(arrays.upper, closed, 0.0))
        program = LinearProgram(arrays, is_scaled=not problem.flexible)
        best = program.solve()
        settled = None if best is None else whole.settle(model, problem, arrays, program, best, is_last=True)
        if settled is None:
            return None
        if not both_used(model, settled.best.column).any():
            gap_eur = max(0.0, settled.best.objective - bound)
            return Solved(settled.program, settled.arrays, settled.best, gap_eur)
        whole_one = settled.best
    return None


def give_way(model: Model, arrays: Arrays) -> Arrays:
    """Open the slack of all wishes, then close it again rank by rank to the least that is needed without burning."""
    if not model.wishes:
        raise PlanError("no plan keeps even what physics demands; look at the start levels and limits")
    slack = np.concatenate([wish.columns for wish in model.wishes])
    arrays = replace(arrays, upper=_with(arrays.upper, slack, np.concatenate([wish.most for wish in model.wishes])))
    idle = np.zeros_like(arrays.cost)
    for pair in model.exclusives:
        idle[pair.first] = idle[pair.second] = TRIFLE
    for rank in sorted({wish.rank for wish in model.wishes}):
        columns = np.concatenate([wish.columns for wish in model.wishes if wish.rank == rank])
        least = _least(model, replace(arrays, cost=_with(idle, columns, 1.0)))
        # The least amount of this rank, step by step, is what lower ranks and cost have to live with.
        arrays = replace(arrays, upper=_with(arrays.upper, columns, least.column[columns] + BROKEN / 2))
    return arrays


def _least(model: Model, arrays: Arrays) -> Solution:
    """Return the optimum without burning energy to keep a wish."""
    best = certain(LinearProgram(arrays).solve())
    dirty = both_used(model, best.column)
    return certain(_settle_pairs(model, arrays, dirty))[1] if dirty.any() else best


def _settle_pairs(model: Model, arrays: Arrays, doubtful: BoolArray) -> tuple[Arrays, Solution] | None:
    """Return the model with one column of every doubtful pair closed, optimally, and the point that says so.

    None where no choice keeps all wishes.
    """
    first = np.stack([pair.first for pair in model.exclusives])
    second = np.stack([pair.second for pair in model.exclusives])
    for _ in range(MOST_ROUNDS):
        pairs = Integers(first[doubtful], second[doubtful])
        found = solve_integer(arrays, pairs)
        if found is None:
            return None
        # Where a binary stands already, what is left of the other column is the solver's tolerance.
        dirty = both_used(model, found.column) & ~doubtful
        if not dirty.any():
            break
        doubtful = doubtful | dirty
    else:
        raise PlanError(f"the plan still burns energy after {MOST_ROUNDS} rounds")
    is_first = found.column[arrays.cost.size :] > 0.5
    closed = np.where(is_first, pairs.second, pairs.first)
    return replace(arrays, upper=_with(arrays.upper, closed, 0.0)), found


def _clean(model: Model, arrays: Arrays, settled: Solution) -> Solved | None:
    """Solve with the binaries settled; where a tie uses both columns elsewhere, close the one that can be spared.

    None where only the tolerance of the binaries kept a wish.
    """
    for _ in range(MOST_ROUNDS):
        program = LinearProgram(arrays)
        best = program.solve()
        if best is None:
            return None
        dirty = both_used(model, best.column)
        if not dirty.any():
            return Solved(program, arrays, best, settled.gap)
        for closed in smaller(model, settled.column, dirty):
            arrays = replace(arrays, upper=_with(arrays.upper, closed, 0.0))
    raise PlanError(f"the plan still burns energy after {MOST_ROUNDS} rounds")


def steady(
    program: LinearProgram,
    model: Model,
    arrays: Arrays,
    parts: tuple[Parts, ...],
    problem: Problem,
    best: Solution,
) -> Solution:
    """Return the solution nearest to the plan before among those that cost no more than a trifle extra."""
    if not (problem.batteries or problem.flexible) or not problem.stability_eur:
        return best
    steps, hours = problem.grid.step_count, problem.grid.step_h
    wish = np.zeros(arrays.cost.size)
    early = EARLY * hours * (1 + np.arange(steps)) / steps
    for scenario, probability in zip(parts, problem.probability, strict=True):
        for part in scenario.batteries:
            wish[part.charge] = wish[part.discharge] = early * probability
        for link in (link for each in scenario.flexible for link in each.links):
            np.add.at(wish, link.columns, np.abs(link.kw) * early[link.steps] * probability)
    at_best = float(wish @ best.column)
    program.cap(arrays.cost, best.objective + problem.stability_eur)
    if problem.previous_w is not None:
        for part, before_w in zip(parts[problem.main].batteries, problem.previous_w, strict=True):
            known = np.isfinite(before_w)
            distance = program.add_distances(part.charge[known], part.discharge[known], before_w[known] / 1e3)
            wish = np.concatenate([wish, np.full(distance.size, hours)])
            net_kw = (best.column[part.charge] - best.column[part.discharge])[known]
            at_best += hours * float(np.abs(net_kw - before_w[known] / 1e3).sum())
    if problem.previous_flexible_w is not None:
        for each, before_w in zip(parts[problem.main].flexible, problem.previous_flexible_w, strict=True):
            distance = program.add_power_distances(*each.towards(before_w))
            wish = np.concatenate([wish, np.full(distance.size, hours)])
            at_best += hours * float(np.nansum(np.abs(each.power_w(best.column, steps) - before_w))) / 1e3
    program.set_costs(wish)
    program.prefer_primal()
    try:
        nearest = _nearest(program, model, arrays)
    except PlanError:  # The optimum is at hand: better an unsteady plan than none.
        return best
    return nearest if nearest is not None and nearest.objective <= at_best else best


def _nearest(program: LinearProgram, model: Model, arrays: Arrays) -> Solution | None:
    """Solve the stage; where the trifle would pay for burning energy, allow only the net direction and solve again."""
    count = arrays.cost.size
    for _ in range(MOST_ROUNDS):
        found = program.solve()
        if found is None:
            return None
        dirty = both_used(model, found.column)
        if not dirty.any():
            return replace(found, column=found.column[:count])
        for closed in smaller(model, found.column, dirty):
            program.set_bounds(closed, arrays.lower[closed], np.zeros(closed.size))
    return None


def _with(array: FloatArray, columns: IntArray, value: float | FloatArray) -> FloatArray:
    changed = array.copy()
    changed[columns] = value
    return changed


def certain(solution: Found | None) -> Found:
    """Return what was found.

    Raises:
        PlanError: Nothing was.
    """
    if solution is None:
        raise PlanError("no plan keeps even what physics demands; look at the start levels and limits")
    return solution
