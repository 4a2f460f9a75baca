"""Switched loads that tell their power in their own time, as chargers do: how long that is believed, and what then.

A charger tells every few seconds. Its last word counts as long as it was told no less since: then it may only have
risen, up to what it was told, and both ends are reckoned with. One that was told less, or is silent for longer, may
take anything from nothing to all that it was told.
"""

import math
from collections.abc import Mapping, MutableMapping
from typing import Final

from enerwise.core.quantity import IS_CLOSED, POWER_W
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

    def look(
        self, values: MutableMapping[Key, float], ages_s: MutableMapping[Key, float], told_w: Mapping[str, float]
    ) -> tuple[dict[str, float], float]:
        """Return what loads may take of which nothing is known, and how much more the believed ones may take by now.

        Args:
            values: Latest value of each channel; a load whose contact is seen takes its power while it is closed.
            ages_s: Age of each; that of a load which is believed is no reason to doubt the rest. [s]
            told_w: What each was told last. [W]
        """
        unread_w, rise_w = {}, 0.0
        for load, most_s in self._patience_s.items():
            key, contact = Key(load.id, POWER_W), Key(load.id, IS_CLOSED)
            if key not in values and self._is_fresh(ages_s.get(contact, math.inf)) and contact in values:
                values[key], ages_s[key] = load.switch_power_w * (values[contact] > 0.5), ages_s[contact]
            age_s, value_w = ages_s.get(key, math.inf), values.get(key, 0.0)
            told = told_w.get(load.id, load.switch_power_w)
            # One that was told less since may have obeyed: its last word would hide what others take.
            if self._is_fresh(age_s) or (0.0 <= age_s <= most_s and told >= value_w):
                ages_s[key] = min(age_s, self._stale_after_s)
                rise_w += 0.0 if self._is_fresh(age_s) else max(0.0, told - value_w)
            else:
                unread_w[load.id] = max(told, value_w)
        return unread_w, rise_w

    def _is_fresh(self, age_s: float) -> bool:
        return 0.0 <= age_s <= self._stale_after_s
