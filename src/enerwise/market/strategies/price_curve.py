"""Price curve: what a home would take at every price, so that no price has to be guessed.

An order at one price says what a home does where it expects the price to be. A curve says what it does at any price:
how far the battery would fill or empty, weighed by what stored energy is worth. As orders it is a ladder, each rung
what is wanted, or offered, from one price on. So a price above the supplier's, where a connection is full, moves
batteries, while what must run is bid at the highest price there is.

Source: the demand function of a device agent; Kok, Warmer and Kamphuis 2005, PowerMatcher.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.strategies.marginal_value import MarginalValue
from enerwise.market.strategy import UEUR, Decisions, State
from enerwise.market.worth import best_move_wh, outside_wh


@dataclass(frozen=True, slots=True)
class PriceCurve:
    """Bids its whole demand curve where a market takes ladders; elsewhere one order, as `MarginalValue`."""

    name: ClassVar[str] = "price_curve"
    is_planning: ClassVar[bool] = True

    def decide(self, state: State, rng: np.random.Generator) -> Decisions:
        """Return one order of each home, the best move at the expected local price."""
        return MarginalValue().decide(state, rng)

    def curve_wh(self, state: State, price_ueur_per_kwh: IntArray) -> IntArray:
        """Return what each home would take at each price, given below zero: falling, whole, within its connection.

        Args:
            state: What homes know.
            price_ueur_per_kwh: Rising. [micro-EUR/kWh], shape (price,)

        Returns:
            Net energy. [Wh], shape (home, price); zero where something is unknown.

        Raises:
            ValueError: The state says nothing of what stored energy is worth.
        """
        worth = state.worth
        if worth is None:
            raise ValueError("who bids a price curve must be told what stored energy is worth: State.worth")
        net_wh = state.net_wh[:, :1]
        level_wh, net_w = state.energy_wh[:, None], net_wh / state.step_h
        prices = (price_ueur_per_kwh / UEUR).tolist()
        move_wh = [best_move_wh(worth, level_wh, net_w, each, each, step_s=state.step_s) for each in prices]
        taken_wh = net_wh + np.concatenate([outside_wh(worth.facts, each) for each in move_wh], axis=1)
        taken_wh = np.clip(taken_wh, -state.export_limit_wh[:, None], state.import_limit_wh[:, None])
        falling_wh = np.minimum.accumulate(np.where(np.isfinite(taken_wh), taken_wh, 0.0), axis=1)
        return np.trunc(falling_wh).astype(np.int64)
