"""What a battery does, as stretches of time with words: fills from the sun, powers the home, waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.plan.laws import RESTING_W
from enerwise.serve.runs import equal_runs


@dataclass(frozen=True, slots=True)
class Deed:
    """One way of acting, in words that get shorter where there is little room."""

    words: tuple[str, ...]


DEEDS: Final[Mapping[str, Deed]] = MappingProxyType(
    {
        "fills_sun": Deed(("Fills from sun", "Fills")),
        "fills_grid": Deed(("Fills from grid", "Grid")),
        "powers_home": Deed(("Powers the home", "Home")),
        "sells": Deed(("Sells", "Sold")),
        "waits": Deed(("Waits",)),
    }
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps ``first`` up to, not including, ``last`` of one deed."""

    deed: str
    first: int
    last: int


def stretches(battery_w: FloatArray, grid_w: FloatArray) -> tuple[Stretch, ...]:
    """Return what a battery does over the steps of a plan. Powers in W, positive is taken, shapes (step,)

    >>> stretches(np.array([0.0, 900.0, -500.0]), np.array([0.0, -50.0, 0.0]))[1]
    Stretch(deed='fills_sun', first=1, last=2)
    """
    fills, gives = battery_w > RESTING_W, battery_w < -RESTING_W
    conditions = [fills & (grid_w > RESTING_W), fills, gives & (grid_w < -RESTING_W), gives]
    names = np.array(["fills_grid", "fills_sun", "sells", "powers_home", "waits"])
    deed = names[np.select(conditions, [0, 1, 2, 3], 4)]
    return tuple(Stretch(str(deed[each.start]), each.start, each.stop) for each in equal_runs(deed))
