"""From samples to readings: means of the turn that has ended, states as they are, and what follows from both.

Devices tell what is; forecasts and bills need means. Between two turns every new sample counts once. What nobody
measures is reckoned where it follows from the balance: the load of a home is what the connection shows, or the
sub-meter it hangs on, less what every other machine and every sub-meter below takes; and a plant that nobody holds back
delivers what the sun gives.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from enerwise.core.quantity import AVAILABLE_POWER_W, IS_CLOSED, POWER_W
from enerwise.core.series import Key
from enerwise.devices.door_words import Sighting
from enerwise.site.assets import Load, Pv
from enerwise.site.site import GRID, Site
from enerwise.site.submeters import splits

FLOWS = frozenset((POWER_W, AVAILABLE_POWER_W))
"""Quantities of which a step has a mean; everything else is a state."""
HELD_BACK_W = 50.0
"""A plant that delivers less than it may by more than this is limited by the sun, not by us."""


@dataclass(slots=True)
class Means:
    """Sums of the samples since the last turn."""

    sums: dict[Key, tuple[float, int]] = field(default_factory=dict)
    last_ns: dict[Key, int] = field(default_factory=dict)

    def add(self, live: Mapping[Key, Sighting]) -> None:
        """Count every sample that has not been counted yet."""
        for key, (value, at_ns) in live.items():
            if key.quantity in FLOWS and self.last_ns.get(key, -1) < at_ns and math.isfinite(value):
                total, count = self.sums.get(key, (0.0, 0))
                self.sums[key], self.last_ns[key] = (total + value, count + 1), at_ns

    def take(self) -> dict[Key, float]:
        """Return the mean of each channel since the last call, and begin anew."""
        means = {key: total / count for key, (total, count) in self.sums.items()}
        self.sums.clear()
        return means


def derived(site: Site, live: Mapping[Key, float], told_w: Mapping[str, float]) -> dict[Key, float]:
    """Return what follows from values without being measured.

    Args:
        site: Whose values.
        live: Latest value of each channel, house sign.
        told_w: What each machine was told last, house sign; absent where nobody has told it anything.
    """
    found = switched(site, live, told_w)
    for plant in site.of_kind(Pv):
        power_w, available = live.get(Key(plant.id, POWER_W), math.nan), Key(plant.id, AVAILABLE_POWER_W)
        if available not in live and -power_w < -told_w.get(plant.id, -math.inf) - HELD_BACK_W:
            found[available] = min(0.0, power_w)
    known = {**live, **found}
    powers_w = {key.asset: value for key, value in known.items() if key.quantity == POWER_W}
    loads = {each.id for each in site.of_kind(Load)}
    whole_w = powers_w.get(GRID, math.nan)
    for each in splits(site.circuits, [asset.id for asset in site], powers_w, whole_w):
        # One load that nobody measures takes what its meter counts and nothing else explains.
        if len(each.unknown) == 1 and each.unknown[0] in loads and math.isfinite(each.left):
            found[Key(each.unknown[0], POWER_W)] = each.left
    return found


def switched(site: Site, live: Mapping[Key, float], told_w: Mapping[str, float]) -> dict[Key, float]:
    """Return what switched loads take that nobody measures: their power where they are on, by contact or by word."""
    found = {}
    for load in site.of_kind(Load):
        contact, told = live.get(Key(load.id, IS_CLOSED), math.nan), told_w.get(load.id, math.nan)
        is_on = contact if math.isfinite(contact) else float(told > 0.0) if math.isfinite(told) else math.nan
        if load.switch_power_w and Key(load.id, POWER_W) not in live and math.isfinite(is_on):
            found[Key(load.id, POWER_W)] = load.switch_power_w * float(is_on > 0.5)
    return found
