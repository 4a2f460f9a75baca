"""Why a plan differs from the one before: the problem before is carried to now, and told one piece of news at a time.

Carried to now (`enerwise.plan.carried`) it holds what was known then, on the steps of the new plan: the plan made of it
differs from the plan before by its horizon alone. Each group of inputs in turn is then replaced by what is known now,
and the problem solved again: what that costs, and what it moves, is what the news of that group did. Effects need not
add up; what is left is their working together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

import numpy as np

from enerwise.core.outlook import Plan
from enerwise.core.units import FloatArray
from enerwise.plan.carried import SETTING_FIELDS, carried, hanging, previous_of
from enerwise.plan.flexible import Flexible, Passed
from enerwise.plan.problem import DemandProblem, Problem
from enerwise.plan.solve import solve

PRICES, LIMITS, LOAD, SUN, OUTLOOK = "prices", "limits", "load", "sun", "outlook"
LEVEL, PEAK, SETTINGS, MACHINE, HORIZON = "level", "peak", "settings", "machine", "horizon"
SAME: Final = 1e-6
"""Inputs that differ by less, of their size, are the same."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What the news of one group of inputs did by itself."""

    group: str
    subject: str
    """The machine, where it is one."""
    more_eur: float
    """What the best plan costs more because of it, over the horizon of the new plan."""
    moved_w: FloatArray
    """Power because of it less power without it. Shape (asset, step)"""


@dataclass(frozen=True, slots=True)
class Changed:
    """What is different, and why. Powers over the steps and assets of the new plan."""

    passed: Passed
    moved_w: FloatArray
    """The new plan less the plan before; zero beyond what that one reached. Shape (asset, step)"""
    causes: tuple[Cause, ...]
    """Dearest and cheapest news first; the horizon is one of them, without a price."""
    more_eur: float
    """What all news together made the best plan cost more."""

    @property
    def together_eur(self) -> float:
        """What is left beside the effects of each."""
        return self.more_eur - sum(each.more_eur for each in self.causes)

    def cause_of(self, row: int) -> Cause | None:
        """Return the news that explains most of how an asset moved; None where none explains any of it."""
        moved_w = self.moved_w[row]
        size = float(np.abs(moved_w).sum())
        shares = [size - float(np.abs(moved_w - self._common(each)[row]).sum()) for each in self.causes]
        best = int(np.argmax(shares)) if shares else 0
        return self.causes[best] if shares and shares[best] > SAME * max(size, 1.0) else None

    def _common(self, cause: Cause) -> FloatArray:
        return np.where(np.arange(cause.moved_w.shape[1]) < self.passed.count, cause.moved_w, 0.0)


def changed(before: Problem, planned: Plan, after: Problem, plan: Plan) -> Changed | None:
    """Return what changed between two plans and why; None where they cannot be compared.

    Args:
        before: The problem of the plan before.
        planned: That plan.
        after: The problem of the new plan; batteries and PV are the same ones, steps as long and as many.
        plan: The new plan.

    Raises:
        PlanError: The solver failed.
    """
    passed = Passed.between(before.grid, after.grid)
    if passed is None or _ids(before) != _ids(after):
        return None
    after = replace(after, basis=None)
    base = carried(before, planned, after, passed)
    news = [each for each in groups(base, after) if _differs(base, _told(base, after, each))]
    carried_plan = solve(base, plan.issued_at)
    power_w, was_w = _power(carried_plan, plan.assets), _later_w(planned, plan, passed)
    known = np.arange(plan.grid.step_count) < passed.count
    causes = [Cause(HORIZON, "", 0.0, np.where(known, power_w - was_w, 0.0))]
    for each in news:
        made = solve(replace(base, **_told(base, after, each)), plan.issued_at)
        moved_w = _power(made, plan.assets) - power_w
        causes.append(Cause(*each, _bound_eur(made) - _bound_eur(carried_plan), moved_w))
    more_eur = _bound_eur(solve(after, plan.issued_at)) - _bound_eur(carried_plan) if news else 0.0
    moved_w = np.where(known, plan.power_w - was_w, 0.0)
    return Changed(passed, moved_w, tuple(sorted(causes, key=lambda each: -abs(each.more_eur))), more_eur)


def groups(base: Problem, after: Problem) -> list[tuple[str, str]]:
    """Return the groups of inputs that may have news, with the machine where it is one."""
    machines = sorted({each.id for problem in (base, after) for each in problem.flexible})
    paths = (LOAD, SUN) if base.probability.size == after.probability.size else (OUTLOOK,)
    every = (PRICES, LIMITS, *paths, LEVEL, PEAK, SETTINGS)
    return [(each, "") for each in every] + [(MACHINE, each) for each in machines]


def _told(base: Problem, after: Problem, news: tuple[str, str]) -> dict[str, Any]:
    """Return the fields that tell a problem the news of a group."""
    group, subject = news
    fresh = {each.id: each for each in after.circuits}
    match group:
        case "prices":
            demand = tuple(map(_with_component, base.demand, after.demand))
            return {**_of(after, "import_eur_per_kwh", "export_eur_per_kwh"), "demand": demand}
        case "limits":
            circuits = tuple(
                replace(fresh[each.id], load_w=each.load_w, members=each.members) for each in base.circuits
            )
            return {**_of(after, "import_limit_w", "export_limit_w"), "circuits": circuits}
        case "load":
            circuits = tuple(replace(each, load_w=fresh[each.id].load_w) for each in base.circuits)
            return {**_of(after, "load_w", "probability"), "circuits": circuits}
        case "sun":
            return _of(after, "available_w")
        case "outlook":
            return _of(after, "load_w", "available_w", "probability", "node")
        case "level":
            return _of(after, "start_wh")
        case "peak":
            return {"demand": tuple(map(_with_peak, base.demand, after.demand))}
        case "settings":
            return _of(after, *SETTING_FIELDS)
        case _:
            flexible = tuple(_with_machine(base, after, subject))
            circuits = hanging(base.circuits, after, flexible)
            return {"flexible": flexible, "circuits": circuits, "previous_flexible_w": previous_of(after, flexible)}


def _with_component(was: DemandProblem, now: DemandProblem) -> DemandProblem:
    return replace(was, component=now.component)


def _with_peak(was: DemandProblem, now: DemandProblem) -> DemandProblem:
    return replace(was, state=now.state, elapsed_w=now.elapsed_w)


def _of(problem: Problem, *names: str) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in names}


def _with_machine(base: Problem, after: Problem, machine: str) -> Iterator[Flexible]:
    """Return the machines as they were known, one as it is known now, in the order of now."""
    was, now = ({each.id: each for each in problem.flexible} for problem in (base, after))
    for each in dict.fromkeys([*now, *was]):
        source = now if each == machine else was
        if each in source:
            yield source[each]


def _differs(base: Problem, told: Mapping[str, Any]) -> bool:
    news = {name: value for name, value in told.items() if name != "previous_flexible_w"}
    return any(not _same(getattr(base, name), value) for name, value in news.items())


def _same(one: Any, other: Any) -> bool:
    """Tell whether two facts are the same but for rounding."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        if one.shape != other.shape:
            return False
        if one.dtype.kind in "fc":
            size = float(np.abs(one[np.isfinite(one)]).max(initial=1.0))
            return bool(np.allclose(one, other, rtol=SAME, atol=SAME * size, equal_nan=True))
        return bool(np.array_equal(one, other))
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple):
        return len(one) == len(other) and all(_same(*pair) for pair in zip(one, other, strict=True))
    if is_dataclass(one):
        return all(_same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    if isinstance(one, float):
        return bool(one == other or abs(one - other) <= SAME * max(abs(one), abs(other), 1.0))
    return bool(one == other)


def _bound_eur(plan: Plan) -> float:
    """Return what no plan can cost less than: what a search left undecided would drown small news."""
    return plan.total_eur - plan.gap_eur


def _ids(problem: Problem) -> tuple[str, ...]:
    return tuple(each.id for kind in (problem.batteries, problem.pvs) for each in kind)


def _power(plan: Plan, assets: tuple[str, ...]) -> FloatArray:
    rows = dict(zip(plan.assets, plan.power_w, strict=True))
    return np.array([rows.get(each, np.zeros(plan.grid.step_count)) for each in assets])


def _later_w(planned: Plan, plan: Plan, passed: Passed) -> FloatArray:
    """Return what the plan before meant each asset of the new one to do, zero beyond its end. Shape (asset, step)"""
    none_w = np.zeros((len(plan.assets), plan.grid.step_count))
    return passed.later(_power(planned, plan.assets), none_w)
