"""Trading as it was first designed, with the direction turned: buy before prices rise, sell before they fall."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from enerwise.market.strategies.as_designed import decided
from enerwise.market.strategies.score import Design
from enerwise.market.strategy import Decisions, State


@dataclass(frozen=True, slots=True)
class AsDesignedCorrected:
    """Buys where prices are predicted to rise."""

    name: ClassVar[str] = "as_designed_corrected"
    is_planning: ClassVar[bool] = False

    design: Design = field(default_factory=Design)

    def decide(self, state: State, rng: np.random.Generator) -> Decisions:
        """Buy, sell or hold, with the score of the side that was looked at."""
        del rng
        return decided(state, self.design, buys_when_falling=False)
