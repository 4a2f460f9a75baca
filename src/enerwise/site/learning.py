"""How a site learns about itself: how often what serves is challenged by what learned from newer days."""

from dataclasses import dataclass
from typing import Final

RHYTHMS: Final = {"daily": 1, "weekly": 7, "monthly": 28, "never": None}
"""Words of the site file, and the days between two trainings. [d]"""


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
