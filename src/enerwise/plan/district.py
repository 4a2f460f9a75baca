"""Homes planned together: each with its own batteries and prices, and one connection they share.

A district is nothing but problems: one for every home, and one, without assets, for the point at which their sum is
measured. Whatever is priced there (energy, demand, ramping, peak, carbon) uses the same terms as a home does.

Where the relaxation charges and discharges at once, the smaller of both is closed and the rest solved again: rounding,
not search. What that cost at most is the plan's gap. (Common prices on changes of power make burning energy pay in many
steps at once, and integers for all of them would cost seconds.)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np

from enerwise.core.errors import PlanError, ProblemsFound
from enerwise.core.errors import Problem as Fault
from enerwise.core.outlook import BrokenWish, Plan
from enerwise.core.time import Instant, cpu_s
from enerwise.core.units import ByteArray, FloatArray, IntArray
from enerwise.plan import caps, tree
from enerwise.plan import solve as single
from enerwise.plan.model import Arrays, Model, cost_by_term_eur
from enerwise.plan.pairs import MOST_ROUNDS, both_used, smaller
from enerwise.plan.parts import ConnectionPart, Parts
from enerwise.plan.problem import Problem
from enerwise.plan.reading import read
from enerwise.plan.risk import Risk
from enerwise.plan.solver import LinearProgram, Solution
from enerwise.plan.spread import expect
from enerwise.plan.warm import Basis
from enerwise.plan.wishes import NOTICED, broken, together

Named = TypeVar("Named")
SEPARATOR: Final = " | "


@dataclass(frozen=True, slots=True)
class District:
    """Homes, and the point they share."""

    homes: tuple[Problem, ...]
    shared: Problem
    """Prices, limits and aims of the sum; its load is what else hangs there. Without batteries and PV."""

    def __post_init__(self) -> None:
        faults = [
            Fault(f"homes[{row}].{name}", "differs from that of the shared point", "plan all over the same future")
            for row, home in enumerate(self.homes)
            for name, is_same in (
                ("grid", home.grid == self.shared.grid),
                ("probability", np.array_equal(home.probability, self.shared.probability)),
                ("risk", home.risk == self.shared.risk == Risk()),
            )
            if not is_same
        ]
        if self.shared.asset_ids:
            faults.append(Fault("shared", f"has assets: {', '.join(self.shared.asset_ids)}", "give them to a home"))
        if faults:
            raise ProblemsFound("district", faults)


@dataclass(frozen=True, slots=True)
class DistrictPlan:
    """Plans of the homes, and what becomes of their sum."""

    homes: tuple[Plan, ...]
    grid_power_w: FloatArray
    """At the shared point, in the middle scenario. Shape (step,)"""
    cost_eur: dict[str, float]
    """At the shared point, by term."""
    broken: tuple[BrokenWish, ...]
    """Limits of the shared point that could not be kept."""
    gap_eur: float
    """Most that a plan without rounding could have been cheaper."""
    basis: ByteArray
    """Where the solver stood: a plan of the same shape may begin there."""
    solve_s: float


def solve(
    district: District, issued_at: Instant, *, basis: ByteArray | None = None, basis_shift: int = 0
) -> DistrictPlan:
    """Return plans for all homes at the least common cost; what is done in the first step is the same in all scenarios.

    Args:
        district: The homes and their point.
        issued_at: The moment of issue.
        basis: Where the solver may begin: that of a plan of the same shape. The cost does not depend on it; among plans
            of equal cost the one found may.
        basis_shift: Steps by which this plan begins later than that one.

    Raises:
        ProblemsFound: A home has something that runs at a least power or not at all.
        PlanError: The solver failed, or found nothing even with every wish given up.
    """
    model, homes, points = build(district)
    arrays = model.arrays()
    began_s = cpu_s()
    start = Basis.of(basis, model)
    if start is not None:
        start = start.moved(model, basis_shift, district.shared.grid.step_count)
    found = _rounded(model, arrays, start)
    hard: tuple[BrokenWish, ...] = ()
    if found is None:
        found = single.certain(_rounded(model, single.give_way(model, arrays), None))
        hard = broken(model.wishes, found.best.column)
    best = found.best
    costs = _by_owner(cost_by_term_eur(model, best.column))
    missed = together(hard, broken(model.soft, best.column, NOTICED))
    named = _by_owner({each.name: each for each in missed})
    plans = tuple(
        replace(
            read(home, issued_at, model, parts, best=best, chosen=best, missed=_named(named, _owner(row))),
            cost_eur=costs.get(_owner(row), {}),
        )
        for row, (home, parts) in enumerate(zip(district.homes, homes, strict=True))
    )
    point = points[district.shared.main]
    grid_kw = best.column[point.bought] - best.column[point.sold]
    grid_kw[point.over_steps] += best.column[point.over]
    return DistrictPlan(
        homes=plans,
        grid_power_w=grid_kw * 1e3,
        cost_eur=costs.get("", {}),
        broken=_named(named, ""),
        gap_eur=max(0.0, best.objective - found.relaxed_eur),
        basis=found.basis,
        solve_s=cpu_s() - began_s,
    )


def build(district: District) -> tuple[Model, list[tuple[Parts, ...]], list[ConnectionPart]]:
    """Return the model; parts of each home by scenario; the shared point by scenario."""
    model = Model()
    homes: list[list[Parts]] = [[] for _ in district.homes]
    points = []
    for scenario, probability in enumerate(district.shared.probability.tolist()):
        model.enter(scenario, probability)
        for row, home in enumerate(district.homes):
            model.owner = _owner(row)
            homes[row].append(single.add_site(model, home, scenario))
        model.owner = ""
        points.append(_point(model, district.shared, scenario, [each[-1].connection for each in homes]))
        single.add_terms(model, district.shared, Parts(points[-1], (), ()))
    model.enter(0, 1.0)
    for row, (home, parts) in enumerate(zip(district.homes, homes, strict=True)):
        model.owner = _owner(row)
        tree.share(model, parts, home.nodes)
        caps.add(model, home.caps, home.aims)
    model.owner = ""
    caps.add(model, district.shared.caps, district.shared.aims)
    _refuse_whole(model)
    return model, [tuple(each) for each in homes], points


def _refuse_whole(model: Model) -> None:
    """Say so where only rounding would do: a plan that breaks a least power would be none."""
    if model.gates or model.choices:
        whose = ", ".join(sorted({each.asset for each in model.gates})) or "a program or a load that may pause"
        told = f"{whose}: homes that are planned together know no least powers, runs and starts"
        raise ProblemsFound("district", [Fault("homes", told, "plan such a home by itself, or without them")])


def _point(model: Model, shared: Problem, scenario: int, homes: Sequence[ConnectionPart]) -> ConnectionPart:
    """Add the balance of the shared point: bought less sold is the sum of the homes and what else hangs there."""
    steps = shared.grid.step_count
    load_kw = shared.load_w[scenario] / 1e3
    bought = model.columns(steps, 0.0, shared.import_limit_w / 1e3)
    sold = model.columns(steps, 0.0, shared.export_limit_w / 1e3)
    rows = model.rows(load_kw, load_kw, steps)
    model.put(rows, bought, 1.0)
    model.put(rows, sold, -1.0)
    if (spread_kw := shared.aims.spread_kw(steps)).any():
        expect(model, bought, sold, spread_kw)
    for home in homes:
        model.put(rows, home.bought, -1.0)
        model.put(rows, home.sold, 1.0)
        model.put(rows[home.over_steps], home.over, -1.0)
    over_steps = np.flatnonzero(np.isfinite(shared.import_limit_w))
    over = _slack(model, rows, over_steps, "shared import limit", 1.0)
    _slack(model, rows, np.flatnonzero(np.isfinite(shared.export_limit_w)), "shared export limit", -1.0)
    model.cost("energy", over, shared.import_eur_per_kwh[over_steps] * shared.grid.step_h)
    return ConnectionPart(bought, sold, over, over_steps, rows)


def _slack(model: Model, rows: IntArray, steps: IntArray, name: str, sign: float) -> IntArray:
    slack = model.columns(steps.size, 0.0, 0.0)
    model.put(rows[steps], slack, sign)
    if steps.size:
        model.wish(name, slack, rank=1, unit="kW")
    return slack


@dataclass(frozen=True, slots=True)
class _Rounded:
    """A point with one column of each pair closed, what the relaxation cost, and where that ended."""

    best: Solution
    relaxed_eur: float
    basis: ByteArray


def _rounded(model: Model, arrays: Arrays, start: Basis | None) -> _Rounded | None:
    """Solve, close the smaller column of each pair in use at once, and again until none is; None where nothing fits."""
    program = LinearProgram(arrays)
    if start is not None:
        program.start_at(start.columns, start.rows)
    found = program.solve()
    if found is None:
        return None
    relaxed_eur, basis = found.objective, program.standing(arrays)
    for left in reversed(range(MOST_ROUNDS)):
        dirty = both_used(model, found.column)
        if not dirty.any():
            return _Rounded(found, relaxed_eur, basis)
        # Each closing may make it pay elsewhere: in the end every pair is closed, whether it burns or not.
        for closed in smaller(model, found.column, dirty if left > 1 else np.ones_like(dirty)):
            program.set_bounds(closed, arrays.lower[closed], np.zeros(closed.size))
        found = program.solve()
        if found is None:
            return None
    raise PlanError(f"the plan still burns energy after {MOST_ROUNDS} rounds")


def _owner(row: int) -> str:
    return f"home {row}{SEPARATOR}"


def _by_owner(named: Mapping[str, Named]) -> dict[str, dict[str, Named]]:
    """Sort what has a name by the owner written before it; what is shared has none."""
    sorted_by: dict[str, dict[str, Named]] = {}
    for name, value in named.items():
        owner, separator, own_name = name.rpartition(SEPARATOR)
        sorted_by.setdefault(owner + separator, {})[own_name] = value
    return sorted_by


def _named(broken: Mapping[str, Mapping[str, BrokenWish]], owner: str) -> tuple[BrokenWish, ...]:
    return tuple(replace(each, name=name) for name, each in broken.get(owner, {}).items())
