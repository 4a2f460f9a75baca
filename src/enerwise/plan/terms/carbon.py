"""Carbon: every kWh bought emits what the grid emits then. What is sold earns nothing back."""

from enerwise.plan.model import Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Price import, and what flows over the import limit, at the emissions of each step."""
    carbon, point = problem.aims.carbon, parts.connection
    if carbon.eur_per_kg:
        price = carbon.kg_per_kwh * carbon.eur_per_kg * problem.grid.step_h
        model.cost("carbon", point.bought, price)
        model.cost("carbon", point.over, price[point.over_steps])
