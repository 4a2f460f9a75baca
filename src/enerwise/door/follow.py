"""Does a battery do what it was told? More than that, or the other way, is a fault that only other means can end.

Less than it was told is no fault: a battery that is nearly full or empty takes and gives what it can. What counts is
what the device has acknowledged, so that one that cannot be reached is not blamed for what never came.
"""

import math
from collections.abc import Mapping
from typing import Final

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.devices.wrappers.following import Check, Checked, Told, checked, told
from enerwise.guard.supervise import Sample
from enerwise.site.assets import Battery

NOT_FOLLOWED: Final = "does not do what it was told"
TOLERANCE_W: Final = 200.0
TOLERANCE_RATIO: Final = 0.05
"""Of what the battery can do at most."""
ANSWER_S: Final = 5.0
STALE_S: Final = 3.0
AFTER_S: Final = 10.0
NOTHING_TOLD: Final = (Told(-math.inf, -math.inf, math.inf),)
LESS_IS_RIGHT: Final = (0.0, 0.0)
SECOND: Final = 1_000_000_000


class Follow:
    """One battery."""

    def __init__(self, battery: Battery) -> None:
        most_w = max(battery.charge_limit_w, battery.discharge_limit_w)
        self._check = Check(
            id="not-followed",
            asset=battery.id,
            cause=NOT_FOLLOWED,
            tolerance_w=max(TOLERANCE_W, TOLERANCE_RATIO * most_w),
            answer_s=ANSWER_S,
            stale_s=STALE_S,
            after_s=AFTER_S,
        )
        self._told: tuple[Told, ...] = NOTHING_TOLD
        self._state = Checked()

    def told(self, value_w: float, now_ns: int) -> None:
        """Note what the device has acknowledged."""
        self._told = told(self._told, value_w, now_ns / SECOND, memory_s=self._check.memory_s)

    def is_wrong(self, samples: Mapping[Key, Sample], now_ns: int) -> bool:
        """Look at its measured power; silence changes nothing."""
        sample = samples.get(Key(self._check.asset, POWER_W))
        seen = checked(self._check, self._state, self._told, sample, now_ns / SECOND, able_w=LESS_IS_RIGHT)
        self._state = seen[0]
        return self._state.is_said
