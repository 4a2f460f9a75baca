"""Circuits: sub-distributions as a tree, each with a limit of its own for everything that hangs on it.

Several chargers behind one fuse are the common case. A fuse guards each line of a three-phase supply by itself, so that
three one-phase chargers on one line are worse than the same three spread out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.units import FloatArray
from enerwise.plan.flexible import LINE_V, THREE_LINES, Link
from enerwise.plan.model import Model

if TYPE_CHECKING:
    from enerwise.plan.parts import Parts
    from enerwise.plan.problem import Problem


@dataclass(frozen=True, slots=True)
class Circuit:
    """A sub-distribution: what hangs on it and what it carries. Limits as sizes."""

    id: str
    members: tuple[str, ...]
    """Ids of assets and of other circuits."""
    import_limit_w: float = np.inf
    export_limit_w: float = np.inf
    fuse_a: float = np.inf
    """Of each line."""
    load_w: FloatArray | None = None
    """The part of the load that hangs on it, spread over the lines alike. Shape (step,)"""


def circuit_faults(circuits: Sequence[Circuit], asset_ids: Sequence[str], step_count: int) -> list[Fault]:
    """Return what is wrong with a tree of circuits."""
    names = [*asset_ids, *(each.id for each in circuits)]
    known = set(names)
    members = [member for each in circuits for member in each.members]
    faults = [
        Fault(f"{each.id}.members", f"{member!r} is neither an asset nor a circuit", "name what stands at the site")
        for each in circuits
        for member in each.members
        if member not in known
    ]
    faults += [
        Fault(f"{member}", "hangs on more than one circuit", "name it in one of them")
        for member in sorted({each for each in members if members.count(each) > 1})
    ]
    faults += [
        Fault(each, "names more than one circuit or asset", "give each a name of its own")
        for each in sorted({each.id for each in circuits if names.count(each.id) > 1})
    ]
    faults += [
        Fault(f"{each.id}.load_w", "holds values that are not numbers", "fill the gap or shorten the horizon")
        for each in circuits
        if each.load_w is not None and not np.isfinite(each.load_w).all()
    ]
    faults += [
        Fault(f"{each.id}.load_w", f"shape {each.load_w.shape}, expected {(step_count,)}", "give one value per step")
        for each in circuits
        if each.load_w is not None and each.load_w.shape != (step_count,)
    ]
    faults += [
        Fault(f"{each.id}.{name}", f"{getattr(each, name)} is not zero or more", "write limits as sizes")
        for each in circuits
        for name in ("import_limit_w", "export_limit_w", "fuse_a")
        if not getattr(each, name) >= 0
    ]
    if not faults and any(each.id in _below(circuits, each.id) for each in circuits):
        faults.append(Fault("circuits", "a circuit hangs on itself", "draw them as a tree"))
    return faults


def add(model: Model, problem: "Problem", parts: "Parts", scenario: int) -> None:
    """Add one row for each limited circuit, line and step."""
    if not problem.circuits:
        return
    powers = _powers(parts)
    sun_w = {plant.id: problem.available_w[scenario, row] for row, plant in enumerate(problem.pvs)}
    for each in problem.circuits:
        inside = _below(problem.circuits, each.id)
        loads = [other.load_w for other in problem.circuits if other.id in (each.id, *inside)]
        fixed_w = np.zeros(problem.grid.step_count)
        for one in (*(load for load in loads if load is not None), *(sun_w[it] for it in inside if it in sun_w)):
            fixed_w = fixed_w + one
        members = [powers[member] for member in inside if member in powers]
        whole = [(links, 1.0) for links, _ in members]
        _limit(model, each.id, whole, fixed_w / 1e3, each.import_limit_w / 1e3, each.export_limit_w / 1e3)
        line_kw = each.fuse_a * LINE_V / 1e3
        for line in range(3):
            shares = [(links, share[line]) for links, share in members]
            _limit(model, f"{each.id} line {line + 1}", shares, fixed_w / 3e3, line_kw, line_kw)


def _limit(
    model: Model,
    name: str,
    members: Sequence[tuple[Sequence[Link], float]],
    fixed_kw: FloatArray,
    most_kw: float,
    least_kw: float,
) -> None:
    """Bound a sum of powers in each step; a load that breaks the limit by itself is named, never an excuse for more."""
    if np.isinf(most_kw) and np.isinf(least_kw):
        return
    rows = model.rows(-least_kw - fixed_kw, most_kw - fixed_kw, fixed_kw.size)
    for links, share in members:
        for link in links:
            if share:
                model.put(rows[link.steps], link.columns, link.kw * share)
    for excess_kw, sign in ((fixed_kw - most_kw, -1.0), (-fixed_kw - least_kw, 1.0)):
        steps = np.flatnonzero(excess_kw > 0)
        if steps.size:
            beyond = model.columns(steps.size, 0.0, 0.0)
            model.put(rows[steps], beyond, sign)
            model.wish(f"{name} limit", beyond, rank=1, unit="kW", most=excess_kw[steps])


def _powers(parts: "Parts") -> dict[str, tuple[Sequence[Link], tuple[float, float, float]]]:
    """Return the links of every asset, and how its power spreads over the lines."""
    found: dict[str, tuple[Sequence[Link], tuple[float, float, float]]] = {}
    for battery in parts.batteries:
        found[battery.asset.id] = ((Link.every(battery.charge, 1.0), Link.every(battery.discharge, -1.0)), THREE_LINES)
    for plant in parts.pvs:
        curtailed = Link(plant.steps, plant.curtailed, np.ones(plant.steps.size))
        found[plant.asset.id] = ((curtailed,), THREE_LINES)
    for part in parts.flexible:
        found[part.asset.id] = (part.links, part.asset.line_shares)
    return found


def _below(circuits: Sequence[Circuit], circuit_id: str) -> tuple[str, ...]:
    """Return everything that hangs on a circuit, directly or through others; each once, so that a ring ends too."""
    by_id = {each.id: each for each in circuits}
    found: dict[str, None] = {}
    waiting = list(by_id[circuit_id].members)
    while waiting:
        member = waiting.pop(0)
        if member not in found:
            found[member] = None
            waiting += by_id[member].members if member in by_id else ()
    return tuple(found)
