"""Wishes that cannot be kept: at which price they give way together, and how a plan names them."""

from dataclasses import replace
from typing import Final

from enerwise.core.outlook import BrokenWish
from enerwise.plan.model import Arrays, Model

PENALTY_EUR: Final = {1: 10_000.0, 2: 1000.0, 3: 100.0}
"""Of a kW or kWh that is missing, by the rank of its wish: where whole numbers leave no other way."""


def at_a_price(model: Model, arrays: Arrays) -> Arrays:
    """Open the slack of all wishes at prices beyond any bill, higher ranks far above lower ones."""
    cost, upper = arrays.cost.copy(), arrays.upper.copy()
    for wish in model.wishes:
        cost[wish.columns] += PENALTY_EUR[wish.rank]
        upper[wish.columns] = wish.most
    return replace(arrays, cost=cost, upper=upper)


def together(hard: tuple[BrokenWish, ...], soft: tuple[BrokenWish, ...]) -> tuple[BrokenWish, ...]:
    """Name each wish once: what could never be kept and what had to give way add up."""
    found = {each.name: each for each in hard}
    for each in soft:
        before = found.get(each.name)
        found[each.name] = replace(each, amount=each.amount + before.amount) if before else each
    return tuple(found.values())
