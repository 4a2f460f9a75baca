"""Batteries whose management tells how much current it allows: its word narrows what the guard allows, at every look.

A limit that falls is taken at once, one that rises is followed slowly; where the management has spoken and falls
silent nothing is allowed. One that has never told a limit leaves the battery to its facts and to supervision.
"""

import math
from collections.abc import Mapping
from typing import Final

from enerwise.core.quantity import CHARGE_CURRENT_LIMIT_A, DISCHARGE_CURRENT_LIMIT_A, PACK_VOLTAGE_V
from enerwise.core.series import Key
from enerwise.devices.wrappers.bms import SIGNALS, Bms, BmsOutputs, BmsState, step
from enerwise.door.setup import Setup
from enerwise.guard.envelope import Ratios
from enerwise.guard.supervise import Sample
from enerwise.site.assets import Battery

LIMITS: Final = (CHARGE_CURRENT_LIMIT_A, DISCHARGE_CURRENT_LIMIT_A)
NEEDED: Final = (*LIMITS, PACK_VOLTAGE_V)
WHOLE: Final[Ratios] = (1.0, 1.0)


class Managed:
    """One battery."""

    def __init__(self, battery: Battery, *, poll_s: float) -> None:
        """Take a battery whose management is asked every ``poll_s``."""
        self.battery = battery
        self._bms = Bms(poll_s=poll_s, one_way_ratio=battery.one_way_ratio)
        self._state: BmsState | None = None
        self.outputs: BmsOutputs | None = None
        """What the last look found; None before the management has told its limits."""

    def left(self, samples: Mapping[Key, Sample], t_s: float) -> Ratios:
        """Return what is left of its limits, discharging and charging. [ratio]"""
        own = {
            each.quantity: sample
            for each in SIGNALS
            if (sample := samples.get(Key(self.battery.id, each.quantity))) is not None
        }
        if self._state is None:
            if not any(each in own and math.isfinite(own[each].value) for each in LIMITS):
                return WHOLE
            # It is believed as it stands when we come: what it allows now it has been allowing.
            self._state = BmsState(t_s, charge_limit_a=math.inf, discharge_limit_a=math.inf)
        self._state, self.outputs = step(self._bms, self._state, own, t_s)
        return self.outputs.left_ratio(self.battery)


def managed(setup: Setup) -> tuple[Managed, ...]:
    """Return the batteries whose devices can tell limits, by their profiles."""
    found = []
    for battery in setup.site.of_kind(Battery):
        for device in setup.devices:
            roles = {role for role, asset in device.serves.items() if asset == battery.id}
            profile = setup.profiles.get(device.id)
            told = {each.quantity for each in profile.points if each.role in roles} if profile is not None else set()
            if told.issuperset(NEEDED):
                found.append(Managed(battery, poll_s=device.poll_s))
                break
    return tuple(found)


def narrowed(derate: Mapping[str, Ratios], batteries: Mapping[str, Ratios]) -> dict[str, Ratios]:
    """Return what is left where both narrow: the smaller share each way.

    >>> narrowed({"battery": (0.5, 1.0)}, {"battery": (1.0, 0.2), "other": (0.9, 1.0)})
    {'battery': (0.5, 0.2), 'other': (0.9, 1.0)}
    """
    found = dict(derate)
    for asset, (discharge, charge) in batteries.items():
        before = found.get(asset, WHOLE)
        # Written so that a share that is no number leaves nothing.
        found[asset] = (
            before[0] if before[0] <= discharge else discharge,
            before[1] if before[1] <= charge else charge,
        )
    return {asset: each for asset, each in found.items() if each != WHOLE or asset in derate}
