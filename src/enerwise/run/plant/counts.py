"""What was ever beyond a limit of the site, in steps: what a safety test looks at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from enerwise.core.time import Instant
from enerwise.site.assets import Battery
from enerwise.site.site import Site

TOLERANCE_W: Final = 50.0
"""What a meter and a regulator may be off before a limit counts as broken."""
TOLERANCE_WH: Final = 5.0


@dataclass(slots=True)
class Counts:
    """What has been beyond a limit, in steps."""

    battery_power: int = 0
    battery_energy: int = 0
    import_limit: int = 0
    export_limit: int = 0
    steps: int = 0
    worst: dict[str, float] = field(default_factory=dict)
    """By how much at most, in W or Wh."""

    @property
    def violations(self) -> int:
        """All of it."""
        return self.battery_power + self.battery_energy + self.import_limit + self.export_limit

    def look(self, site: Site, at: Instant, power_w: Mapping[str, float], soc_ratio: Sequence[float]) -> None:
        """Look at one step: powers of all assets, and how full the batteries are."""
        self.steps += 1
        now, connection, grid_w = np.array([at]), site.connection, sum(power_w.values())
        self._note("import_limit", grid_w - float(connection.import_limit_w(now, site.timezone)[0]), TOLERANCE_W)
        self._note("export_limit", -grid_w - float(connection.export_limit_w(now, site.timezone)[0]), TOLERANCE_W)
        for each, soc in zip(site.of_kind(Battery), soc_ratio, strict=True):
            over_w = max(power_w[each.id] - each.charge_limit_w, -power_w[each.id] - each.discharge_limit_w)
            self._note("battery_power", over_w, TOLERANCE_W)
            self._note("battery_energy", _outside_wh(each, soc, power_w[each.id]), TOLERANCE_WH)

    def _note(self, name: str, over: float, tolerance: float) -> None:
        # Written so that a value nobody can tell counts as broken.
        if not over <= tolerance:
            setattr(self, name, getattr(self, name) + 1)
            self.worst[name] = max(over, self.worst.get(name, 0.0))


def _outside_wh(facts: Battery, soc_ratio: float, power_w: float) -> float:
    """Return how far beyond its band a battery is; one on its way back is no fault of anybody."""
    if soc_ratio > facts.soc_max_ratio:
        return (soc_ratio - facts.soc_max_ratio) * facts.capacity_wh * (power_w > TOLERANCE_W)
    return max(facts.soc_min_ratio - soc_ratio, 0.0) * facts.capacity_wh * (power_w < -TOLERANCE_W)
