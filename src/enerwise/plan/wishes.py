"""Wishes that cannot be kept: at which price they give way together, and how a plan names them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from enerwise.core.outlook import BrokenWish
from enerwise.core.units import FloatArray
from enerwise.plan.model import Arrays, Model, Wish

BROKEN: Final = 1e-4
"""A wish missed by less, in kW or kWh, is the solver's tolerance."""
NOTICED: Final = 0.01
"""The same for wishes with a price, in K, runs or steps: less is what a plan gives away to be steady."""

COARSE: Final = {"ppm": 5.0}
"""Units of which so little is nothing that a sensor would notice."""

PENALTY_EUR: Final = {1: 10_000.0, 2: 1000.0, 3: 100.0, 4: 10.0}
"""Of a kW, kWh or EUR that is missing, by the rank of its wish: where whole numbers leave no other way."""


def at_a_price(model: Model, arrays: Arrays) -> Arrays:
    """Open the slack of all wishes at prices beyond any bill, higher ranks far above lower ones."""
    cost, upper = arrays.cost.copy(), arrays.upper.copy()
    for wish in model.wishes:
        cost[wish.columns] += PENALTY_EUR[wish.rank]
        upper[wish.columns] = wish.most
    return replace(arrays, cost=cost, upper=upper)


def broken(wishes: Sequence[Wish], column: FloatArray, least: float = BROKEN) -> tuple[BrokenWish, ...]:
    """Name every broken wish once: the most that is missing in any step of any scenario, and how likely that is."""
    most: dict[str, BrokenWish] = {}
    chances: dict[str, dict[int, float]] = {}
    for wish in wishes:
        amount = float(column[wish.columns].max())
        if amount > max(least, COARSE.get(wish.unit, 0.0)):
            chances.setdefault(wish.name, {})[wish.scenario] = wish.probability
            if wish.name not in most or amount > most[wish.name].amount:
                most[wish.name] = BrokenWish(wish.name, amount, wish.unit)
    return tuple(replace(each, chance_ratio=min(1.0, sum(chances[name].values()))) for name, each in most.items())


def together(hard: tuple[BrokenWish, ...], soft: tuple[BrokenWish, ...]) -> tuple[BrokenWish, ...]:
    """Name each wish once: what could never be kept and what had to give way add up."""
    found = {each.name: each for each in hard}
    for each in soft:
        found[each.name] = _both(found[each.name], each) if each.name in found else each
    return tuple(found.values())


def _both(one: BrokenWish, other: BrokenWish) -> BrokenWish:
    chance_ratio = max(one.chance_ratio, other.chance_ratio)
    return replace(one, amount=one.amount + other.amount, chance_ratio=chance_ratio)
