"""Which prices a step of a curve covers: scenarios are dealt to steps of about equal probability, slot by slot.

Two paths whose prices fall into one step of a slot cannot be told apart there, so that they trade the same: this is
all that a bid can know, and what makes a plan over scenarios a bid.
"""

from dataclasses import dataclass

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.market.wholesale.scenarios import Scenarios


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of all curves, one after the other: slot by slot, by rising price."""

    slot: IntArray
    """Shape (step,)"""
    price_from_ueur_per_kwh: IntArray
    """From which price on each holds. Shape (step,)"""
    of: IntArray
    """The step that each scenario falls into. Shape (scenario, slot)"""

    @property
    def extremes(self) -> IntArray:
        """The steps of the lowest price in every slot, and those of the highest. Shape (2, slot)"""
        slot = np.arange(int(self.slot[-1]) + 1)
        return np.stack([np.searchsorted(self.slot, slot), np.searchsorted(self.slot, slot, side="right") - 1])

    @property
    def followed(self) -> IntArray:
        """Which steps are followed by one of the same slot. Shape (n,)"""
        return np.flatnonzero(self.slot[1:] == self.slot[:-1])


def steps_of(scenarios: Scenarios, most: int, floor_ueur_per_kwh: int) -> Steps:
    """Deal scenarios to steps.

    Args:
        scenarios: Paths.
        most: Steps that a curve may have, at least one.
        floor_ueur_per_kwh: The lowest price of the auction, from which the first step of each slot holds.
    """
    if most < 1:
        raise ValueError(f"a curve needs a step, got at most {most}")
    slots, prices, of, count = list[IntArray](), list[IntArray](), list[IntArray](), 0
    for slot, price in enumerate(scenarios.price_ueur_per_kwh.T):
        step, price_from = _dealt(price, scenarios.probability, most)
        price_from[0] = min(floor_ueur_per_kwh, int(price.min()))
        slots.append(np.full(price_from.size, slot, np.int64))
        prices.append(price_from)
        of.append(step + count)
        count += price_from.size
    return Steps(np.concatenate(slots), np.concatenate(prices), np.stack(of, axis=1))


def _dealt(price: IntArray, probability: FloatArray, most: int) -> tuple[IntArray, IntArray]:
    """Return the step of each path, and from which price each step holds: half way between it and the one below."""
    value, where = np.unique(price, return_inverse=True)
    weight = np.bincount(where, probability, value.size)
    middle = np.cumsum(weight) - weight / 2
    rough = np.minimum((middle * most * (1 + 1e-12)).astype(np.int64), most - 1)
    # Steps that nothing falls into are left out.
    step = np.cumsum(np.diff(rough, prepend=rough[0]) > 0)
    first = np.flatnonzero(np.diff(step, prepend=-1))
    below = value[np.maximum(first - 1, 0)]
    price_from = (below + value[first] + 1) // 2
    return step[where].astype(np.int64), price_from.astype(np.int64)
