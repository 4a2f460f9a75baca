"""A problem carried from one plan to the next: what was known then on the steps of now, had all come as foretold.

What lies beyond its horizon, and what nobody could foretell, is taken from the problem of now.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

import numpy as np

from enerwise.core.outlook import Plan
from enerwise.core.units import FloatArray
from enerwise.plan.circuit import Circuit
from enerwise.plan.flexible import Flexible, Passed
from enerwise.plan.problem import DemandProblem, Problem
from enerwise.site.tariff import DemandState

SETTING_FIELDS: Final = ("batteries", "pvs", "terms", "stability_eur", "risk", "caps", "aims")
"""What people decide, not what is foreseen or measured."""


def carried(before: Problem, planned: Plan, after: Problem, passed: Passed) -> Problem:
    """Return the problem of now as it was known before, had all come as foretold."""
    names = ["import_eur_per_kwh", "export_eur_per_kwh", "import_limit_w", "export_limit_w"]
    known = {name: passed.later(getattr(before, name), getattr(after, name)) for name in names}
    paths = ("load_w", "available_w")
    outlook: dict[str, Any] = {name: passed.later(getattr(before, name), getattr(after, name)) for name in paths}
    if before.probability.size != after.probability.size:
        outlook = _other_paths(before, after, passed)
    else:
        outlook |= {"probability": before.probability}
    level_wh = [passed.state(edges) for edges in planned.energy_wh[: len(before.batteries)]]
    flexible = tuple(_carried_machines(before, planned, after, passed))
    settings: dict[str, Any] = {name: getattr(before, name) for name in SETTING_FIELDS if name != "aims"}
    return replace(
        after,
        **{**known, **outlook, **settings},
        start_wh=np.array(level_wh),
        flexible=flexible,
        previous_flexible_w=previous_of(after, flexible),
        circuits=hanging(_carried_circuits(before, after, passed), after, flexible),
        demand=tuple(_carried_peak(each, before, planned, passed) for each in after.demand),
        aims=_later(before.aims, after.aims, passed),
    )


def previous_of(after: Problem, flexible: tuple[Flexible, ...]) -> FloatArray | None:
    """Return what the machines of a problem were planned to do before. Shape (flexible, step)"""
    if after.previous_flexible_w is None:
        return None
    rows = {each.id: row for each, row in zip(after.flexible, after.previous_flexible_w, strict=True)}
    none_w = np.full(after.grid.step_count, np.nan)
    return np.array([rows.get(each.id, none_w) for each in flexible]).reshape(-1, after.grid.step_count)


def _later(was: Any, fresh: Any, passed: Passed) -> Any:
    """Return facts with every array of one value a step on the later grid."""
    if isinstance(was, np.ndarray):
        return passed.later(was, fresh) if was.ndim and was.shape[-1:] == passed.step.shape else was
    if is_dataclass(was) and not isinstance(was, type):
        parts = {each.name: _later(getattr(was, each.name), getattr(fresh, each.name), passed) for each in fields(was)}
        return replace(was, **parts)
    return was


def _other_paths(before: Problem, after: Problem, passed: Passed) -> dict[str, Any]:
    """Return the paths of before where now there are more or fewer: beyond their horizon they go on as expected."""
    count, found = before.probability.size, dict[str, Any]()
    for name in ("load_w", "available_w"):
        mean = np.tensordot(after.probability, getattr(after, name), axes=1)
        found[name] = passed.later(getattr(before, name), np.repeat(mean[None], count, axis=0))
    return {**found, "probability": before.probability, "node": None}


def _carried_machines(before: Problem, planned: Plan, after: Problem, passed: Passed) -> Iterator[Flexible]:
    was = {each.id: each for each in before.flexible}
    now = {each.id: each for each in after.flexible}
    for name, fresh in now.items():
        if name in was:
            kept = was[name].later(passed, planned.states[name], fresh)
            if kept is not None:
                yield kept
        elif _lies_beyond(fresh, after, passed):
            yield fresh
    for name, each in was.items():
        if name not in now:
            # Nobody knows how it would go on: it is carried only as far as its own horizon tells.
            gone = each.later(passed, planned.states[name], each)
            low_w, high_w = (np.zeros(1), np.zeros(1)) if gone is None else gone.range_w(after.grid)
            if gone is not None and (low_w.any() or high_w.any()) and not gone.check(after.grid):
                yield gone


def _lies_beyond(fresh: Flexible, after: Problem, passed: Passed) -> bool:
    """Tell whether a machine has nothing to do before the end of the plan before."""
    low_w, high_w = fresh.range_w(after.grid)
    return not (low_w[: passed.count].any() or high_w[: passed.count].any())


def hanging(circuits: tuple[Circuit, ...], known: Problem, flexible: tuple[Flexible, ...]) -> tuple[Circuit, ...]:
    """Return circuits with those members that are planned, of all that a problem and the circuits know."""
    there = {each.id for kind in (known.batteries, known.pvs, flexible, circuits) for each in kind}
    fresh = {each.id: each.members for each in known.circuits}
    members = {each.id: tuple(dict.fromkeys([*each.members, *fresh.get(each.id, ())])) for each in circuits}
    return tuple(replace(each, members=tuple(name for name in members[each.id] if name in there)) for each in circuits)


def _carried_circuits(before: Problem, after: Problem, passed: Passed) -> tuple[Circuit, ...]:
    """Return the limits of before with its loads, for the circuits there are now."""
    was = {each.id: each for each in before.circuits}
    found = []
    for each in after.circuits:
        old = was.get(each.id, each)
        load_w = each.load_w if old.load_w is None or each.load_w is None else passed.later(old.load_w, each.load_w)
        found.append(replace(old, load_w=load_w))
    return tuple(found)


def _carried_peak(fresh: DemandProblem, before: Problem, planned: Plan, passed: Passed) -> DemandProblem:
    """Return the peaks known before, and those that the plan before meant to set until now."""
    old = next((each for each in before.demand if each.component.name == fresh.component.name), None)
    if old is None or _billed(old) != _billed(fresh):
        return fresh
    bought_w = np.maximum(planned.grid_power_w, 0.0)
    total_w = np.bincount(old.interval, weights=bought_w, minlength=old.day.size)
    total_w[0] += old.elapsed_w
    over = np.bincount(old.interval, minlength=old.day.size).cumsum() <= passed.steps
    period = int(fresh.period[0]) if fresh.period.size else old.state.period
    highest = dict(old.state.within(period))
    for at in np.flatnonzero(over & (old.is_billed > 0) & (old.period == period)):
        day = int(old.day[at])
        highest[day] = max(highest.get(day, 0.0), float(total_w[at]) / old.steps_per_interval)
    return replace(fresh, component=old.component, state=DemandState(period, highest))


def _billed(demand: DemandProblem) -> tuple[object, ...]:
    """Return what its intervals depend on."""
    return demand.component.interval_s, demand.component.window, demand.steps_per_interval
