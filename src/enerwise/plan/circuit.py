"""Circuits: sub-distributions as a tree, each with a limit of its own for everything that hangs on it.

Several chargers behind one fuse are the common case. A fuse guards each line of a three-phase supply by itself, so that
three one-phase chargers on one line are worse than the same three spread out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.outlook import Plan
from enerwise.core.units import FloatArray, IntArray
from enerwise.physics.inverter import loss_w
from enerwise.plan.flexible import LINE_V, THREE_LINES, Link
from enerwise.plan.model import Model
from enerwise.site.circuits import ONE_LINE, Lines
from enerwise.site.circuits import Circuit as Declared
from enerwise.site.inverter import Inverter

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
    """The part of the load that hangs on it, spread over the lines it has. Shape (step,)"""
    line: int = 0
    """The only line of a circuit of one phase, 1 to 3: all that hangs on it is on that line; zero for three phases."""
    inverter: Inverter | None = None
    """The hybrid inverter it is; limits are then of its direct-current side."""


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


def add(model: Model, problem: "Problem", parts: "Parts", scenario: int) -> tuple[IntArray, ...]:
    """Add one row for each limited circuit, line and step; return the columns of what is lost in inverters. [kW]"""
    if not problem.circuits:
        return ()
    powers, lines = _powers(parts), _lines(problem)
    losses = {
        each.id: _lost(model, problem, each, each.inverter, powers, scenario)
        for each in problem.circuits
        if each.inverter is not None
    }
    for lost in losses.values():
        model.put(parts.connection.balance_rows, lost, -1.0)
    powers |= {name: (Link.every(lost, 1.0),) for name, lost in losses.items()}
    for each in problem.circuits:
        hanging = [member for member in _below(problem.circuits, each.id) if member in powers]
        fixed_kw = _fixed_kw(problem, each, scenario, lines)
        whole = [(powers[member], 1.0) for member in hanging]
        _limit(model, each.id, whole, fixed_kw.sum(axis=0), each.import_limit_w / 1e3, each.export_limit_w / 1e3)
        line_kw = each.fuse_a * LINE_V / 1e3
        for line in range(3):
            shares = [(powers[member], lines[member][line]) for member in hanging]
            _limit(model, f"{each.id} line {line + 1}", shares, fixed_kw[line], line_kw, line_kw)
    return tuple(losses.values())


def _lost(
    model: Model,
    problem: "Problem",
    circuit: Circuit,
    inverter: Inverter,
    powers: Mapping[str, Sequence[Link]],
    scenario: int,
) -> IntArray:
    """Add what an inverter loses in each step: no less than its share of what flows, whichever way. Shape (step,)"""
    steps = problem.grid.step_count
    fixed_kw = _fixed_kw(problem, circuit, scenario, _lines(problem)).sum(axis=0)
    lost = model.columns(steps, 0.0, max(float(loss_w(inverter, each)) for each in inverter.range_w) / 1e3)
    gives, takes = inverter.losses
    for share in (takes, -gives):
        rows = model.rows(share * fixed_kw, np.inf, steps)
        model.put(rows, lost, 1.0)
        for link in (link for member in circuit.members for link in powers.get(member, ())):
            model.put(rows[link.steps], link.columns, -share * link.kw)
    return lost


def load_ratio(problem: "Problem", plan: Plan) -> dict[str, FloatArray]:
    """Return how much of what each circuit may carry a plan uses, on its fullest line. Shapes (step,), by circuit"""
    power_w, lines = dict(zip(plan.assets, plan.power_w, strict=True)), _lines(problem)
    found = {}
    for each in problem.circuits:
        line_w = np.zeros((3, problem.grid.step_count))
        # What PV plans to deliver stands in the plan; of what is fixed only the loads are missing there.
        for circuit in (each, *(other for other in problem.circuits if other.id in _below(problem.circuits, each.id))):
            if circuit.load_w is not None:
                line_w += np.outer(_own_lines(problem.circuits, circuit), circuit.load_w)
        for member in _below(problem.circuits, each.id):
            if member in power_w:
                line_w += np.outer(lines[member], power_w[member])
        total_w = line_w.sum(axis=0)
        most_w, least_w, carried_w = (
            max(size, 1e-9) for size in (each.import_limit_w, each.export_limit_w, each.fuse_a)
        )
        ratios = [total_w / most_w, -total_w / least_w, *(np.abs(line_w) / (carried_w * LINE_V))]
        found[each.id] = np.max(ratios, axis=0)
    return found


def members_of(circuits: Sequence[Circuit], circuit_id: str) -> tuple[str, ...]:
    """Return what hangs on a circuit, directly or through others, those others among it."""
    return _below(circuits, circuit_id)


def circuits_of(
    circuits: Sequence[Declared], asset_ids: Sequence[str], load_w: Mapping[str, FloatArray]
) -> tuple[Circuit, ...]:
    """Return the circuits of a site file as a plan has them.

    Args:
        circuits: Of the site.
        asset_ids: What is planned; what is not planned is left out.
        load_w: What each load is expected to take, by id. Shapes (step,)
    """
    if not any(each.is_limited for each in circuits):
        return ()
    return tuple(
        Circuit(
            each.id,
            (
                *(member for member in each.members if member in asset_ids),
                *(other.id for other in circuits if other.parent == each.id),
            ),
            **_limits(each),
            fuse_a=np.inf if each.line else each.fuse_a,
            load_w=_sum([load_w[member] for member in each.members if member in load_w]),
            line=each.line,
            inverter=each.inverter,
        )
        for each in circuits
    )


def _limits(circuit: Declared) -> dict[str, float]:
    least_w, most_w = circuit.range_w
    return {"import_limit_w": most_w, "export_limit_w": -least_w}


def _sum(loads: Sequence[FloatArray]) -> FloatArray | None:
    return np.sum(loads, axis=0) if loads else None


def _fixed_kw(problem: "Problem", circuit: Circuit, scenario: int, lines: Mapping[str, Lines]) -> FloatArray:
    """Return what nothing decides on a circuit: loads, and the sun before anything is curtailed. Shape (line, step)"""
    below, fixed_w = _below(problem.circuits, circuit.id), np.zeros((3, problem.grid.step_count))
    for each in problem.circuits:
        if each.load_w is not None and each.id in (circuit.id, *below):
            fixed_w += np.outer(_own_lines(problem.circuits, each), each.load_w)
    for row, plant in enumerate(problem.pvs):
        if plant.id in below:
            fixed_w += np.outer(lines[plant.id], problem.available_w[scenario, row])
    return fixed_w / 1e3


def _lines(problem: "Problem") -> dict[str, Lines]:
    """Return how the power of each asset spreads over the lines; a circuit of one phase puts all on its line."""
    spread: dict[str, Lines] = dict.fromkeys(problem.asset_ids, THREE_LINES)
    spread |= {each.id: each.line_shares for each in problem.flexible}
    spread |= {
        each.id: ONE_LINE[each.line - 1] if each.line else THREE_LINES for each in problem.circuits if each.inverter
    }
    for each in problem.circuits:
        if each.line:
            spread |= dict.fromkeys((each.id, *_below(problem.circuits, each.id)), ONE_LINE[each.line - 1])
    return spread


def _own_lines(circuits: Sequence[Circuit], circuit: Circuit) -> Lines:
    """Return how a load of a circuit spreads: over its one line, or that of a circuit above."""
    above = [each for each in circuits if each.line and circuit.id in (each.id, *_below(circuits, each.id))]
    return ONE_LINE[above[0].line - 1] if above else THREE_LINES


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
    for side in ("row_least", "row_most"):
        model.limit(name, "circuit", "kW", rows, side=side)
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


def _powers(parts: "Parts") -> dict[str, Sequence[Link]]:
    """Return the links of every asset."""
    found: dict[str, Sequence[Link]] = {}
    for battery in parts.batteries:
        found[battery.asset.id] = (Link.every(battery.charge, 1.0), Link.every(battery.discharge, -1.0))
    for plant in parts.pvs:
        found[plant.asset.id] = (Link(plant.steps, plant.curtailed, np.ones(plant.steps.size)),)
    return found | {part.asset.id: part.links for part in parts.flexible}


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
