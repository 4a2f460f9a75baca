"""When a car stands at its charger, and what it comes with."""

from dataclasses import dataclass

import numpy as np

from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.site.habits import used_wh
from enerwise.site.machines import Charger


@dataclass(frozen=True, slots=True)
class Stays:
    """When a car is there, as positions on the grid, and what it comes with. Shapes (stay,)"""

    arrives_step: tuple[int, ...]
    leaves_step: tuple[int, ...]
    start_wh: tuple[float, ...]

    def since(self, first: int, charged_wh: FloatArray) -> "Stays":
        """Return the stays that are not over at a step, on a grid that begins with it.

        Args:
            first: The step.
            charged_wh: What went into the cells in each step: a car that is there has so much more. Shape (step,)
        """
        left = [at for at, end in enumerate(self.leaves_step) if end > first]
        return Stays(
            tuple(max(0, self.arrives_step[at] - first) for at in left),
            tuple(self.leaves_step[at] - first for at in left),
            tuple(self.start_wh[at] + float(charged_wh[self.arrives_step[at] : first].sum()) for at in left),
        )


def usual_stays(facts: Charger, grid: TimeGrid, zone: str) -> Stays:
    """Return when a car is there if every week is as usual; it comes with what its trip has left."""
    used = used_wh(facts, grid, zone)
    edges = np.flatnonzero(np.diff((used <= 0).astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    start_wh = [max(0.0, facts.target_wh - (float(used[first - 1]) if first else 0.0)) for first in edges[:, 0]]
    # The last stay is not over where the grid ends.
    leaves = [int(end) if end < grid.step_count else grid.step_count + 1 for end in edges[:, 1]]
    return Stays(tuple(edges[:, 0].tolist()), tuple(leaves), tuple(start_wh))
