"""Self-sufficiency: every kWh drawn from the grid costs, beside its price, what not needing it is worth."""

from enerwise.plan.model import Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Price import, and what flows over the import limit."""
    price = problem.aims.self_sufficiency.eur_per_kwh * problem.grid.step_h
    if price:
        model.cost("self_sufficiency", parts.connection.bought, price)
        model.cost("self_sufficiency", parts.connection.over, price)
