"""How a site learns about itself, and how its plans weigh what it cannot know."""

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Final

RHYTHMS: Final = {"daily": 1, "weekly": 7, "monthly": 28, "never": None}
"""Words of the site file, and the days between two trainings. [d]"""
MOST_BRANCHES: Final = 5
MOST_FUTURES: Final = 12
"""A plan of more takes too long to be made anew every quarter-hour, and four weeks hold no more kinds of days."""


@dataclass(frozen=True, slots=True)
class Learning:
    """The owner's word about training; what is installed decides whether it can be kept."""

    retrain: str = "weekly"

    def __post_init__(self) -> None:
        if self.retrain not in RHYTHMS:
            raise ValueError(f"forecast: retrain {self.retrain!r} is not one of {', '.join(RHYTHMS)}")

    @property
    def every_days(self) -> int | None:
        """Days between two trainings; None where there are to be none.

        >>> Learning("monthly").every_days, Learning("never").every_days
        (28, None)
        """
        return RHYTHMS[self.retrain]


@dataclass(frozen=True, slots=True)
class Modelling:
    """The owner's word about identifying devices from what is measured of them."""

    identify: str = "weekly"

    def __post_init__(self) -> None:
        if self.identify not in RHYTHMS:
            raise ValueError(f"models: identify {self.identify!r} is not one of {', '.join(RHYTHMS)}")

    @property
    def every_days(self) -> int | None:
        """Days between two identifications; None where there are to be none."""
        return RHYTHMS[self.identify]


@dataclass(frozen=True, slots=True)
class Futures:
    """The owner's word about the futures that plans weigh, and how much the worst of them count.

    Without stages three paths share the first step and are taken to be known from then on. With stages they are a tree:
    what looks alike until a stage begins is decided together until then.
    """

    stages_s: tuple[float, ...] = ()
    """When something more becomes known, from the first step on, rising."""
    branches: tuple[int, ...] = ()
    """Into how many each future parts at each stage."""
    risk_ratio: float = 0.0
    """How much the worst futures count beside the mean: 0 plans for the mean alone."""
    worst_ratio: float = 0.2
    """Probability of what counts as the worst."""

    def __post_init__(self) -> None:
        if len(self.stages_s) != len(self.branches):
            raise ValueError(f"planning: {len(self.stages_s)} stages with {len(self.branches)} branches")
        if any(late <= early for early, late in pairwise((0.0, *self.stages_s))):
            raise ValueError(f"planning: stages after {list(self.stages_s)} s do not rise")
        if any(not 2 <= each <= MOST_BRANCHES for each in self.branches) or self.count > MOST_FUTURES:
            raise ValueError(
                f"planning: branches {list(self.branches)} are not 2 to {MOST_BRANCHES} each, {MOST_FUTURES} in all"
            )
        if not 0 <= self.risk_ratio <= 1 or not 0 < self.worst_ratio <= 1:
            raise ValueError(f"planning: risk {self.risk_ratio} of the worst {self.worst_ratio} are no shares of 1")

    @property
    def count(self) -> int:
        """How many futures a tree ends in."""
        return prod(self.branches)
