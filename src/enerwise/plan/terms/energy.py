"""Energy bought and sold at the prices of each step."""

from enerwise.plan.model import Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Price import and export; a sale is a cost below zero."""
    hours = problem.grid.step_h
    model.cost("energy", parts.connection.bought, problem.import_eur_per_kwh * hours)
    model.cost("energy", parts.connection.sold, -problem.export_eur_per_kwh * hours)
