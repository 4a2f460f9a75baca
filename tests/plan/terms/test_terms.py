"""Our own terms keep the contract of all terms."""

from dataclasses import replace

import numpy as np

from enerwise.plan.problem import Problem
from enerwise.testing.contracts.terms import TermContract
from tests.builders import a_demand
from tests.plan.builders import a_demand_problem


class TestEnergy(TermContract):
    term = "energy"

    def priced(self, problem: Problem, price: float) -> Problem:
        steps = problem.grid.step_count
        return replace(problem, import_eur_per_kwh=np.full(steps, price), export_eur_per_kwh=np.full(steps, price / 2))


class TestDemand(TermContract):
    term = "demand"
    price = 4.20

    def priced(self, problem: Problem, price: float) -> Problem:
        components = [
            a_demand("peak", price_eur_per_kw=price),
            a_demand("evening", price_eur_per_kw=price, top_count=2),
        ]
        return replace(problem, demand=tuple(a_demand_problem(each, problem.grid) for each in components))

    def names(self, problem: Problem) -> set[str]:
        return {f"demand {each.component.name}" for each in problem.demand}


class TestAgeing(TermContract):
    term = "ageing"
    price = 0.01

    def priced(self, problem: Problem, price: float) -> Problem:
        return replace(problem, batteries=tuple(replace(each, ageing_eur_per_kwh=price) for each in problem.batteries))


class TestEndValue(TermContract):
    term = "end_value"

    def priced(self, problem: Problem, price: float) -> Problem:
        return replace(problem, end_value_eur_per_kwh=np.full(len(problem.batteries), price))
