"""Marginal value: what a home would do at the expected local price, at what the last unit of it is worth.

Energy that would be stored is sold when a neighbour pays more than storing is worth; a need that the battery would
cover is bought when that costs less than the energy in it. What stored energy is worth is the dual of the home's energy
balance: of one home's plan, or of the dynamic programme over all homes in `enerwise.market.worth`.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.market.strategies.within import orders
from enerwise.market.strategy import UEUR, Decisions, State
from enerwise.market.worth import Worth, best_move_wh, outside_wh

LITTLE_RATIO: Final = 1e-6
"""Of a part of the band: nearer to its end than that is at its end."""


@dataclass(frozen=True, slots=True)
class MarginalValue:
    """Bids the worth of the last unit."""

    name: ClassVar[str] = "marginal_value"
    is_planning: ClassVar[bool] = True

    def decide(self, state: State, rng: np.random.Generator) -> Decisions:
        """Offer the best move at the expected local price.

        Raises:
            ValueError: The state says nothing of what stored energy is worth.
        """
        del rng
        if state.worth is None:
            raise ValueError("who bids marginal values must be told what stored energy is worth: State.worth")
        worth, local = state.worth, float(state.local_ueur_per_kwh[0]) / UEUR
        net_w = state.net_wh[:, :1] / state.step_h
        move_wh = best_move_wh(worth, state.energy_wh[:, None], net_w, local, local, step_s=state.step_s)
        net_wh = (state.net_wh[:, :1] + outside_wh(worth.facts, move_wh))[:, 0]
        most, least = _last_unit(state, worth, move_wh[:, 0])
        is_buy = net_wh > 0.0
        return orders(state, is_buy, np.abs(net_wh), np.where(is_buy, most, least) * UEUR)


def _last_unit(state: State, worth: Worth, move_wh: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the most a home pays, and the least it takes, for the last unit of a move. [EUR/kWh]

    Who bought to fill values the unit by what it adds in the battery, who sold to empty by what it takes away. Whose
    battery could still give in place of what is bought pays no more than that would cost, and whose could still take
    asks no less than that would save; else there is the supplier.
    """
    facts, way, little_wh = worth.facts, worth.facts.one_way_ratio, LITTLE_RATIO * worth.part_wh
    end_wh = np.where(np.isfinite(move_wh), state.energy_wh + move_wh, facts.energy_min_wh)
    below, above = worth.at(end_wh - little_wh), worth.at(end_wh)
    could_give = (end_wh > facts.energy_min_wh + little_wh) & (-move_wh < facts.discharge_limit_w * state.step_h / way)
    could_take = (end_wh < facts.energy_max_wh - little_wh) & (move_wh < facts.charge_limit_w * state.step_h * way)
    most = np.where(move_wh > 0.0, below * way, np.where(could_give, below / way, np.inf))
    least = np.where(move_wh < 0.0, above / way, np.where(could_take, above * way, -np.inf))
    return most, least
