"""Trading as it was first designed, to the letter: a score says whether, the forecast says which way.

Where the score is above 75 and the predicted price lies below the current one, a home buys; where it lies above, it
sells; otherwise it holds. For a battery that reads inverted: who can store buys before prices rise. So this is the
decision to the letter, and `as_designed_corrected` beside it has the direction turned; both are told side by side.
"""

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from enerwise.core.units import BoolArray, FloatArray
from enerwise.market.strategies.score import THRESHOLD, Design, current_and_predicted, score
from enerwise.market.strategies.within import buyable_wh, orders, sellable_wh
from enerwise.market.strategy import Decisions, State


@dataclass(frozen=True, slots=True)
class AsDesigned:
    """Buys where prices are predicted to fall."""

    name: ClassVar[str] = "as_designed"
    is_planning: ClassVar[bool] = False

    design: Design = field(default_factory=Design)

    def decide(self, state: State, rng: np.random.Generator) -> Decisions:
        """Buy, sell or hold, with the score of the side that was looked at."""
        del rng
        return decided(state, self.design, buys_when_falling=True)


def decided(state: State, design: Design, *, buys_when_falling: bool) -> Decisions:
    """Decide by score and direction.

    Args:
        state: What homes know.
        design: Numbers of the design.
        buys_when_falling: True as it was written, False with the direction turned.
    """
    within = replace(
        state,
        import_limit_wh=np.minimum(state.import_limit_wh, design.import_most_wh),
        export_limit_wh=np.minimum(state.export_limit_wh, design.export_most_wh),
    )
    now, then = current_and_predicted(within, design)
    is_buy = (then < now) == buys_when_falling
    points = score(within, is_buy, design)
    is_worth_it = (points.total > THRESHOLD) & (then != now)
    able_wh = np.where(is_buy, buyable_wh(within), sellable_wh(within))
    return orders(within, is_buy, np.where(is_worth_it, able_wh, 0.0), _limit(now, then, is_buy, design), score=points)


def _limit(now: FloatArray, then: FloatArray, is_buy: BoolArray, design: Design) -> FloatArray:
    """Return the higher of both prices less the margin for a buyer, the lower with it for a seller."""
    high, low = np.maximum(now, then), np.minimum(now, then)
    return np.where(is_buy, high - design.margin_ratio * np.abs(high), low + design.margin_ratio * np.abs(low))
