"""Switched loads that tell their power in their own time, as chargers do: how long that is believed, and what then.

A charger tells every few seconds. Where its power has changed meanwhile, the connection's own meter shows it, as it
does for every load that jumps, and the next look ends what is too much. What is silent for longer may take all that it
was told it may.
"""

import math
from collections.abc import Mapping, MutableMapping
from typing import Final

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.door.setup import Setup
from enerwise.guard import is_controllable
from enerwise.site.assets import Load
from enerwise.site.wiring import Device

SELDOM_S: Final = 30.0
"""Who tells by itself does so within this: then it has been heard lately."""


def patience_s(device: Device) -> float:
    """Return how long a device that tells by itself may be silent. [s]"""
    return max(SELDOM_S, 3.0 * device.poll_s)


class Seldom:
    """The switched loads of a site."""

    def __init__(self, setup: Setup) -> None:
        own = {asset: each for each in setup.devices if each.id in setup.gateways for asset in each.serves.values()}
        self._stale_after_s = setup.stale_after_s
        self._patience_s = {
            load: patience_s(own[load.id]) if load.id in own else setup.stale_after_s
            for load in setup.site.of_kind(Load)
            if is_controllable(load)
        }

    def unread_w(
        self, values: Mapping[Key, float], ages_s: MutableMapping[Key, float], told_w: Mapping[str, float]
    ) -> dict[str, float]:
        """Return what loads may take of which nothing is known, and take the others at their word.

        Args:
            values: Latest value of each channel.
            ages_s: Age of each; that of a load which is believed is no reason to doubt the rest. [s]
            told_w: What each was told last. [W]
        """
        found = {}
        for load, most_s in self._patience_s.items():
            key = Key(load.id, POWER_W)
            if 0.0 <= ages_s.get(key, math.inf) <= most_s:
                ages_s[key] = min(ages_s[key], self._stale_after_s)
            else:
                found[load.id] = max(told_w.get(load.id, load.switch_power_w), values.get(key, 0.0))
        return found
