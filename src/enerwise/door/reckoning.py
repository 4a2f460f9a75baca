"""Dead reckoning: how full a battery must be by now, where its own word has not changed since.

A level that stands still may be a coarse number, or a frozen one. From the moment it last changed the door adds up what
it has told the battery to do, and reckons with that until the level moves again: a battery whose sensor is stuck is
brought to rest at the end of its band and not driven past it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from enerwise.core.quantity import ENERGY_WH, SOC_RATIO
from enerwise.core.series import Key
from enerwise.guard.observed import stored_wh
from enerwise.site.assets import Battery

HOUR_NS: Final = 3_600_000_000_000
SAME_WH: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One battery."""

    told_wh: float
    """What it said when its word last changed."""
    energy_wh: float
    """What it must hold by now."""
    at_ns: int


def reckoned(
    before: Reckoned | None, battery: Battery, live: Mapping[Key, float], power_w: float, now_ns: int
) -> Reckoned:
    """Return what a battery must hold now.

    Args:
        before: What was reckoned last; None for nothing.
        battery: Its facts.
        live: What it tells.
        power_w: What it was told to do since then; NaN where it is left to itself: then its own word is all there is.
        now_ns: The present on the monotonic clock.
    """
    told_wh = stored_wh(battery, live)
    has_moved = before is None or not abs(told_wh - before.told_wh) <= SAME_WH
    if has_moved or before is None or not math.isfinite(power_w):
        return Reckoned(told_wh, told_wh, now_ns)
    share = battery.one_way_ratio if power_w > 0 else 1.0 / battery.one_way_ratio
    moved_wh = power_w * share * (now_ns - before.at_ns) / HOUR_NS
    return Reckoned(told_wh, before.energy_wh + moved_wh, now_ns)


def with_reckoned(live: Mapping[Key, float], found: Mapping[str, Reckoned]) -> dict[Key, float]:
    """Return values in which batteries hold what was reckoned."""
    values = dict(live)
    for asset, each in found.items():
        if math.isfinite(each.energy_wh):
            # Whichever of the two channels the battery tells is the one that is looked at.
            key = Key(asset, ENERGY_WH)
            if key in values or Key(asset, SOC_RATIO) in values:
                values[key] = each.energy_wh
    return values
