"""Whole numbers where they pay: round the relaxation, repair it, and search only where that is not good enough.

Least powers, shortest runs and starts are first left to the linear program, which mostly keeps them by itself: whoever
charges at the cheapest hours charges at full power. Where it does not, runs are rounded in a few ways and then changed
by small moves, each priced by the same program from where it stands. What the relaxation costs bounds what could still
be gained; only beyond `GOOD_RATIO`, and only where few steps are in doubt, a search with binaries follows. All of it is
bounded by counts, so that the same problem always gives the same plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.plan import moves, rounding
from enerwise.plan.binaries import with_gates
from enerwise.plan.model import Arrays, Gate, Model
from enerwise.plan.problem import Problem
from enerwise.plan.solver import LinearProgram, Solution, solve_binary

GOOD_RATIO: Final = 0.005
"""Of the money moved: a gap that is not worth a search."""
WAYS: Final = tuple(rounding.Way)
STEADY_RATIO: Final = 0.001
"""The same for what other runs must save before those of the plan before are left."""
MOST_ROUNDINGS: Final = 10
"""Ways of rounding that are priced."""
MOST_DIVES: Final = 400
"""Steps that are decided one by one."""
MOST_TRIES: Final = 32
"""Changes of rounded runs that are priced."""
MOST_BINARIES: Final = 12
"""A search over more takes longer than a plan may."""
MOST_NODES: Final = 200


@dataclass(frozen=True, slots=True)
class Settled:
    """A model whose gates and choices are decided, by bounds, and the solver that stands at its optimum."""

    program: LinearProgram
    arrays: Arrays
    best: Solution


@dataclass(frozen=True, slots=True)
class _Decided:
    """Columns that are decided, and the bounds that say so."""

    columns: IntArray
    lower: FloatArray
    upper: FloatArray

    def on(self, arrays: Arrays) -> Arrays:
        lower, upper = arrays.lower.copy(), arrays.upper.copy()
        lower[self.columns], upper[self.columns] = self.lower, self.upper
        return replace(arrays, lower=lower, upper=upper)


def is_whole(model: Model, column: FloatArray) -> bool:
    """Tell whether a solution keeps all gates and choices."""
    return all(rounding.is_gated(gate, column) for gate in model.gates) and all(
        np.all(np.minimum(column[each.columns], 1.0 - column[each.columns]) < 1e-6) for each in model.choices
    )


def pin(model: Model, arrays: Arrays, program: LinearProgram, column: FloatArray) -> Arrays:
    """Hold a program to the runs and choices of a solution that keeps them, and return its model with these bounds."""
    decided = _decided_by(
        model,
        arrays,
        [column[gate.columns] > rounding.RESTING_KW for gate in model.gates],
        [column[each.columns] > 0.5 for each in model.choices],
    )
    program.set_bounds(decided.columns, decided.lower, decided.upper)
    return decided.on(arrays)


def settle(
    model: Model, problem: Problem, arrays: Arrays, program: LinearProgram, relaxed: Solution, *, is_last: bool = False
) -> Settled | None:
    """Decide gates and choices.

    Args:
        model: Knows gates and choices.
        problem: Knows the plan before: its runs are kept where they are good enough, so that bursts do not wander.
        arrays: The model that was relaxed.
        program: The solver that found the relaxed optimum; its bounds are changed.
        relaxed: The optimum, a bound on every plan.
        is_last: Whether nothing else is left if nothing is found: then the search takes as long as it takes.

    Returns:
        The decided model and its optimum; None where no decision keeps all wishes.
    """
    moved_eur = float(np.abs(arrays.cost * relaxed.column).sum()) if model.gates else _moved_eur(model, relaxed.column)
    moved_eur = max(0.1, moved_eur)
    good_eur = relaxed.objective + GOOD_RATIO * moved_eur
    again = _again(model, arrays, program, relaxed, _runs_before(model, problem))
    if again is not None and again.best.objective <= good_eur:
        return _final(model, arrays, program, again)
    found = _cheaper(_rounded(model, arrays, program, relaxed, good_eur), again)
    found = found or _dived(model, arrays, program, relaxed)
    if found is not None:
        found = _improved(model, arrays, program, found, good_eur)
        if again is not None and again.best.objective <= found.best.objective + STEADY_RATIO * moved_eur:
            return _final(model, arrays, program, again)
        if found.best.objective <= good_eur or _doubtful(model, relaxed) > MOST_BINARIES:
            return _final(model, arrays, program, found)
    elif _doubtful(model, relaxed) > MOST_BINARIES and not is_last:
        return None
    searched = _searched(model, arrays, relaxed)
    if found is None or (searched is not None and searched.best.objective < found.best.objective):
        return searched
    return _final(model, arrays, program, found)


def _moved_eur(model: Model, column: FloatArray) -> float:
    """Return the money that a solution moves, term by term; what a term counts from is none of it.

    A free threshold of a peak, or the worth of all heat in a building, would make any gap look small.
    """
    total_eur = 0.0
    for term, parts in model.costs.items():
        moved = [cost * column[columns] for columns, cost in parts]
        offset_eur = model.constants.get(term, 0.0)
        if offset_eur:
            total_eur += abs(sum(float(each.sum()) for each in moved) + offset_eur)
        else:
            total_eur += sum(float(np.abs(each).sum()) for each in moved)
    return total_eur


def _final(model: Model, arrays: Arrays, program: LinearProgram, found: "_Found") -> Settled | None:
    """Bring the solver back to what was found; the last thing it tried may have been something else."""
    decided = found.bounds(model, arrays)
    program.set_bounds(decided.columns, decided.lower, decided.upper)
    best = program.solve()
    return None if best is None else Settled(program, decided.on(arrays), best)


def _runs_before(model: Model, problem: Problem) -> tuple[FloatArray, ...]:
    """Return in which steps each gate was open in the plan before: 1, 0, or NaN where nobody knows. Shapes (step,)"""
    if problem.previous_flexible_w is None:
        return ()
    ids = [each.id for each in problem.flexible]
    found = []
    for gate in model.gates:
        power_w = problem.previous_flexible_w[ids.index(gate.asset)] * (-1.0 if gate.gives else 1.0)
        found.append(np.where(np.isnan(power_w), np.nan, power_w > rounding.RESTING_KW * 1e3))
    return tuple(found)


def _again(
    model: Model, arrays: Arrays, program: LinearProgram, relaxed: Solution, before: Sequence[FloatArray]
) -> "_Found | None":
    """Price the runs of the plan before, rounded where it had none; None where they no longer fit."""
    if not before:
        return None
    runs = []
    for gate, was_on in zip(model.gates, before, strict=True):
        fresh = rounding.runs(gate, relaxed.column, arrays.upper, rounding.Way.NEAREST)
        can = arrays.upper[gate.columns] >= gate.least - rounding.RESTING_KW
        runs.append(np.where(np.isnan(was_on), fresh, was_on > 0.5) & can)
        if not rounding.keeps_dwell(gate, runs[-1]):
            return None
    picks = [rounding.chosen(choice, relaxed.column) for choice in model.choices]
    return _tried(model, arrays, program, runs, picks)


@dataclass(frozen=True, slots=True)
class _Found:
    """Runs and picks, the optimum with them, and its reduced costs."""

    runs: tuple[BoolArray, ...]
    picks: tuple[BoolArray, ...]
    best: Solution
    reduced_eur: FloatArray

    def bounds(self, model: Model, arrays: Arrays) -> _Decided:
        return _decided_by(model, arrays, self.runs, self.picks)


def _cheaper(one: "_Found | None", other: "_Found | None") -> "_Found | None":
    if one is None or other is None:
        return one or other
    return one if one.best.objective <= other.best.objective else other


def _tried(
    model: Model, arrays: Arrays, program: LinearProgram, runs: Sequence[BoolArray], picks: Sequence[BoolArray]
) -> _Found | None:
    """Price runs and picks, from where the program stands."""
    decided = _decided_by(model, arrays, runs, picks)
    program.set_bounds(decided.columns, decided.lower, decided.upper)
    best = program.solve()
    return None if best is None else _Found(tuple(runs), tuple(picks), best, program.reduced_costs())


def _rounded(model: Model, arrays: Arrays, program: LinearProgram, relaxed: Solution, good_eur: float) -> _Found | None:
    """Round all gates in one way, then gate by gate in others; keep what is cheapest."""
    picks = [rounding.chosen(choice, relaxed.column) for choice in model.choices]
    rounded = [[rounding.runs(gate, relaxed.column, arrays.upper, way) for way in WAYS] for gate in model.gates]
    count = len(model.gates)
    waiting = [(way,) * count for way in (range(len(WAYS)) if count else range(1))]
    best: _Found | None = None
    best_way, seen = waiting[0], set[tuple[int, ...]]()
    for _ in range(MOST_ROUNDINGS):
        if not waiting or (best is not None and best.best.objective <= good_eur):
            break
        way = waiting.pop(0)
        seen.add(way)
        runs = [each[at] for each, at in zip(rounded, way, strict=True)]
        found = _tried(model, arrays, program, runs, picks)
        if found is not None and (best is None or found.best.objective < best.best.objective):
            best, best_way = found, way
        if not waiting and best is not None:
            waiting = [other for other in _beside(best_way) if other not in seen]
    return best


def _dived(model: Model, arrays: Arrays, program: LinearProgram, relaxed: Solution) -> _Found | None:
    """Decide one step after the other, the likeliest first, and let the program answer in between.

    For plans whose limits leave no room for all runs that rounding would open at once. Gates with shortest runs follow
    when all others stand.
    """
    loose = np.array([each for gate in model.gates if not _dwells(gate) for each in gate.columns], dtype=np.int64)
    least = np.concatenate([np.zeros(0), *(gate.least for gate in model.gates if not _dwells(gate))])
    picks = np.concatenate([np.zeros(0, np.int64), *(choice.columns for choice in model.choices)])
    columns, size = np.concatenate([loose, picks]), np.concatenate([least, np.ones(picks.size)])
    others = [each for gate in model.gates for each in (gate.columns, gate.on) if each is not None]
    free = np.unique(np.concatenate([columns, *others]))
    program.set_bounds(free, arrays.lower[free], arrays.upper[free])
    best = program.solve()
    for _ in range(MOST_DIVES):
        if best is None:
            return None
        share = best.column[columns] / np.maximum(size, rounding.RESTING_KW)
        open_to_doubt = (share > 1e-5) & (share < 1 - 1e-5)
        if not open_to_doubt.any():
            break
        at = int(np.argmax(np.where(open_to_doubt, share, 0.0)))
        one = columns[at : at + 1]
        program.set_bounds(one, size[at : at + 1], arrays.upper[one])
        best = program.solve()
        if best is None:
            program.set_bounds(one, np.zeros(1), np.zeros(1))
            best = program.solve()
    return None if best is None else _with_dwelling(model, arrays, program, best)


def _with_dwelling(model: Model, arrays: Arrays, program: LinearProgram, dived: Solution) -> _Found | None:
    """Round the gates with shortest runs, the others as they stand."""
    picks = [dived.column[each.columns] > 0.5 for each in model.choices]
    best: _Found | None = None
    for way in WAYS if any(map(_dwells, model.gates)) else WAYS[:1]:
        runs = [
            rounding.runs(gate, dived.column, arrays.upper, way)
            if _dwells(gate)
            else dived.column[gate.columns] > rounding.RESTING_KW
            for gate in model.gates
        ]
        found = _tried(model, arrays, program, runs, picks)
        if found is not None and (best is None or found.best.objective < best.best.objective):
            best = found
    return best


def _dwells(gate: Gate) -> bool:
    return gate.run_steps > 1 or gate.pause_steps > 1 or gate.on is not None


def _beside(way: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the ways in which one gate is rounded otherwise."""
    return [
        (*way[:at], other, *way[at + 1 :]) for at, mine in enumerate(way) for other in range(len(WAYS)) if other != mine
    ]


def _improved(model: Model, arrays: Arrays, program: LinearProgram, found: _Found, good_eur: float) -> _Found:
    """Try the changes that promise most, take what is cheaper, and go on from there."""
    tries, seen = 0, {_name(found.runs, found.picks)}
    while found.best.objective > good_eur:
        for runs, picks in _changes(model, arrays, found):
            name = _name(runs, picks)
            if name in seen:
                continue
            if tries == MOST_TRIES:
                return found
            tries, seen = tries + 1, seen | {name}
            other = _tried(model, arrays, program, runs, picks)
            if other is not None and other.best.objective < found.best.objective - moves.LEAST_GAIN_EUR:
                found = other
                break
        else:
            return found
    return found


def _changes(model: Model, arrays: Arrays, found: _Found) -> list[tuple[tuple[BoolArray, ...], tuple[BoolArray, ...]]]:
    """Return changed runs and picks, what promises most first."""
    changes = []
    column, reduced = found.best.column, found.reduced_eur
    for at, gate in enumerate(model.gates):
        can = arrays.upper[gate.columns] >= gate.least - rounding.RESTING_KW
        power, running = reduced[gate.columns], 0.0 if gate.on is None else reduced[gate.on]
        for gain, on in moves.run_moves(gate, found.runs[at], can, column[gate.columns], power, running):
            changes.append((gain, (*found.runs[:at], on, *found.runs[at + 1 :]), found.picks))
    for at, choice in enumerate(model.choices):
        for gain, picked in moves.choice_moves(choice, found.picks[at], reduced[choice.columns]):
            changes.append((gain, found.runs, (*found.picks[:at], picked, *found.picks[at + 1 :])))
    return [(runs, picks) for _, runs, picks in sorted(changes, key=lambda each: -each[0])]


def _name(runs: Sequence[BoolArray], picks: Sequence[BoolArray]) -> bytes:
    return b"".join(each.tobytes() for each in (*runs, *picks))


def _doubtful(model: Model, relaxed: Solution) -> int:
    """Return how many binaries a search would have to decide.

    Choices without gates are quick: then those that the relaxation has made are in no doubt.
    """
    share = np.concatenate([np.zeros(0), *(relaxed.column[each.columns] for each in model.choices)])
    count = share.size if model.gates else int(((share > 1e-5) & (share < 1 - 1e-5)).sum())
    for gate in model.gates:
        power_kw = relaxed.column[gate.columns]
        is_open = power_kw > rounding.RESTING_KW
        has_dwell = gate.run_steps > 1 or gate.pause_steps > 1
        count += gate.columns.size if has_dwell else int((is_open & (power_kw < gate.least)).sum())
    return count


def _decided_by(model: Model, arrays: Arrays, runs: Sequence[BoolArray], picks: Sequence[BoolArray]) -> _Decided:
    """Return the bounds that hold gates to runs and choices to picks."""
    columns, lower, upper = [np.zeros(0, np.int64)], [np.zeros(0)], [np.zeros(0)]
    for gate, run in zip(model.gates, runs, strict=True):
        on = run.astype(np.float64)
        columns += [gate.columns]
        lower += [gate.least * on]
        upper += [np.minimum(gate.most, arrays.upper[gate.columns]) * on]
        if gate.on is not None:
            columns, lower, upper = [*columns, gate.on], [*lower, on], [*upper, on]
    for choice, pick in zip(model.choices, picks, strict=True):
        picked = pick.astype(np.float64)
        columns, lower, upper = [*columns, choice.columns], [*lower, picked], [*upper, picked]
    return _Decided(np.concatenate(columns), np.concatenate(lower), np.concatenate(upper))


def _searched(model: Model, arrays: Arrays, relaxed: Solution) -> Settled | None:
    """Search with binaries: everywhere for runs and choices, else only where the relaxation breaks a least power."""
    extended, binaries, places = with_gates(model, arrays, relaxed.column)
    found = solve_binary(extended, binaries, most_nodes=MOST_NODES)
    if found is None:
        return None
    decided = _decided_by(
        model,
        arrays,
        [found.column[place] > 0.5 for place in places],
        [found.column[each.columns] > 0.5 for each in model.choices],
    ).on(arrays)
    program = LinearProgram(decided)
    best = program.solve()
    return None if best is None else Settled(program, decided, best)
