"""Circuits in words: what they carry, for people who check their site file, and when a plan fills one to its limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.outlook import Plan
from enerwise.core.time import show_local
from enerwise.core.units import show_power
from enerwise.plan.circuit import Circuit as Planned
from enerwise.plan.circuit import load_ratio, members_of
from enerwise.plan.flexible import LINE_V
from enerwise.plan.problem import Problem
from enerwise.serve.runs import equal_runs
from enerwise.serve.words import Fact
from enerwise.site.circuits import Circuit
from enerwise.site.site import Site

FULL_RATIO: Final = 0.995
"""From there on a circuit is what binds."""


@dataclass(frozen=True, slots=True)
class Full:
    """A stretch of steps in which a circuit carries all it may."""

    circuit: Planned
    members: tuple[str, ...]
    first: int
    last: int


def full_circuits(problem: Problem, plan: Plan) -> Iterator[Full]:
    """Yield the stretches in which a plan fills a circuit, circuit by circuit."""
    ratios = load_ratio(problem, plan)
    for each in problem.circuits:
        is_full = ratios[each.id] >= FULL_RATIO
        for run in equal_runs(is_full):
            if is_full[run.start]:
                yield Full(each, members_of(problem.circuits, each.id), run.start, run.stop)


def full_facts(full: Full, plan: Plan, zone: str) -> dict[str, Fact]:
    """Return what is told of such a stretch."""
    at = (show_local(plan.grid.part(each, 0).start_utc, zone)[11:] for each in (full.first, full.last))
    return {
        "circuit": full.circuit.id,
        "limit_w": carries_w(full.circuit),
        **dict(zip(("time", "until"), at, strict=True)),
    }


def carries_w(circuit: Planned) -> float:
    """Return what a circuit carries, evenly loaded. [W]"""
    return float(np.min([circuit.import_limit_w, circuit.export_limit_w, circuit.fuse_a * LINE_V * 3]))


def circuit_row(site: Site, circuit: Circuit) -> tuple[str, str, str, str]:
    """Return a circuit as a row of a table: id, where it hangs, what it carries, what hangs on it."""
    below = [each.id for each in site.circuits if each.parent == circuit.id]
    phases = f"line {circuit.line}" if circuit.line else "3 phases"
    fuse = f"fuse {circuit.fuse_a:g} A" if np.isfinite(circuit.fuse_a) else ""
    limit = f"at most {show_power(circuit.power_limit_w)}" if circuit.is_limited else "no limit"
    meter = f"measured by {circuit.meter}" if circuit.meter else ""
    inverter = "" if circuit.one_way_ratio is None else f"hybrid inverter, {circuit.one_way_ratio:.3g} gets through"
    words = ", ".join(each for each in (inverter, phases, fuse, limit, meter) if each)
    return circuit.id, circuit.parent or "connection", words, ", ".join([*circuit.members, *below]) or "nothing named"
