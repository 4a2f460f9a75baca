"""Wear of batteries by energy moved through them; lines only, convex wear by depth comes with its own term."""

from enerwise.plan.model import Model
from enerwise.plan.parts import Parts
from enerwise.plan.problem import Problem


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Price every kWh charged and discharged at the battery's wear."""
    for part in parts.batteries:
        price = part.asset.ageing_eur_per_kwh * problem.grid.step_h
        if price:
            model.cost("ageing", part.charge, price)
            model.cost("ageing", part.discharge, price)
