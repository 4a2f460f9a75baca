"""What knowing more would be worth, and what planning for several futures is worth, in euros of one plan.

Waiting and seeing
    Each future planned as if it were known: nobody can do better. The plan's distance to it is the expected value of
    perfect information: what a perfect forecast would be worth now.
The middle path alone
    Its first step carried out, and then each future planned as if it were known from there on. The plan's distance to
    it is the value of planning for several futures. (Source: Birge and Louveaux 2011, Introduction to Stochastic
    Programming, chapter 4: EVPI and VSS.)
"""

from dataclasses import dataclass, replace

import numpy as np

from enerwise.core.errors import PlanError
from enerwise.core.outlook import Plan
from enerwise.core.time import Instant
from enerwise.core.units import FloatArray
from enerwise.plan.flexible import FlexiblePart
from enerwise.plan.problem import Problem
from enerwise.plan.reading import read
from enerwise.plan.solve import best_of, build, solve
from enerwise.plan.wishes import NOTICED, broken


@dataclass(frozen=True, slots=True)
class Information:
    """Expected costs of three ways to plan, prices of aims and worths of what is left among them. [EUR]"""

    plan_eur: float
    known_eur: float
    """With each future known before."""
    single_eur: float
    """With the middle path taken for certain; infinite where its first step leaves some future no plan."""

    @property
    def perfect_eur(self) -> float:
        """What knowing the future would be worth."""
        return self.plan_eur - self.known_eur

    @property
    def scenarios_eur(self) -> float:
        """What planning for several futures instead of the middle one is worth."""
        return self.single_eur - self.plan_eur


def information(problem: Problem, issued_at: Instant) -> Information:
    """Return what knowing more would be worth to a plan.

    Raises:
        PlanError: The solver failed.
    """
    exact = replace(problem, stability_eur=0.0, basis=None, previous_w=None, previous_flexible_w=None)
    futures = [alone(exact, scenario) for scenario in range(problem.probability.size)]
    plan_eur = solve(exact, issued_at).total_eur
    known_eur = float(problem.probability @ [solve(each, issued_at).total_eur for each in futures])
    first = solve(futures[problem.main], issued_at)
    try:
        single = [at_first(each, first, issued_at).total_eur for each in futures]
    except PlanError:
        single = [np.inf]
    single_eur = float(problem.probability @ single) if len(single) == len(futures) else float("inf")
    return Information(plan_eur, known_eur, single_eur)


def alone(problem: Problem, scenario: int) -> Problem:
    """Return the problem of one future that is known."""
    return replace(
        problem,
        load_w=problem.load_w[scenario : scenario + 1],
        available_w=problem.available_w[scenario : scenario + 1],
        probability=np.ones(1),
        node=None,
    )


def at_first(problem: Problem, first: Plan, issued_at: Instant) -> Plan:
    """Return the best plan that begins with the first step of another one, on the same assets.

    Raises:
        PlanError: The solver failed, or that step leaves nothing that can be done.
    """
    model, parts = build(problem)
    arrays = model.arrays()
    count, lower, upper = len(problem.batteries), arrays.lower.copy(), arrays.upper.copy()
    for scenario in parts:
        for part, energy_wh in zip(scenario.batteries, first.energy_wh[:count, 1].tolist(), strict=True):
            lower[part.energy[0]] = upper[part.energy[0]] = energy_wh / 1e3
        for row, each in enumerate(scenario.flexible, len(first.assets) - len(scenario.flexible)):
            _begin(lower, upper, each, float(first.power_w[row, 0]) / 1e3)
    arrays = replace(arrays, lower=lower, upper=upper)
    best = best_of(model, problem, arrays)
    missed = broken(model.soft, best.column, NOTICED)
    return read(problem, issued_at, model, parts, best=best, chosen=best, missed=missed)


def _begin(lower: FloatArray, upper: FloatArray, part: FlexiblePart, power_kw: float) -> None:
    """Let a flexible asset begin with a power, where one column alone moves it in the first step."""
    first = [(link.columns[at], link.kw[at]) for link in part.links for at in np.flatnonzero(link.steps == 0)]
    moving = [(column, kw) for column, kw in first if kw and upper[column] > lower[column]]
    if len(moving) == 1:
        ((column, kw),) = moving
        lower[column] = upper[column] = np.clip(power_kw / kw, lower[column], upper[column])
