"""One outlet of a simulated charger: the limits it holds, and what a car at it may take."""

import math
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from enerwise.core.time import Instant, instant
from enerwise.devices.drivers.ocpp_options import Socket
from enerwise.protocols.ocpp.profiles import AMPERES, TRANSACTION

LEAST_A: Final = 6.0
"""Less than this no car can be given. Source: IEC 61851-1, table A.8."""
UNLIMITED_W: Final = 1e9


@dataclass(slots=True)
class Limit:
    """One charging profile."""

    rate_w: float
    level: int
    purpose: str
    until: Instant | None
    since: Instant | None = None

    def holds(self, now: Instant) -> bool:
        """Tell whether it counts now."""
        return bool((self.until is None or now < self.until) and (self.since is None or self.since <= now))


@dataclass(slots=True)
class OutletTwin:
    """One outlet with a car at it."""

    socket: Socket
    limits: dict[int, Limit] = field(default_factory=dict)
    """By id of the profile."""
    transaction: int | None = None
    status: str = "Preparing"
    shown: dict[str, float] = field(default_factory=dict)
    """What is measured, by quantity."""
    ended_s: float = -math.inf
    """When the last charge ended: the car stays plugged in for a while. [s]"""

    def allowed_w(self, now: Instant) -> float:
        """Return what may be taken now; nothing without a transaction. [W]"""
        if self.transaction is None:
            return 0.0
        best: dict[str, Limit] = {}
        for each in self.limits.values():
            if each.holds(now) and each.level >= best.get(each.purpose, each).level:
                best[each.purpose] = each
        # A profile of the transaction takes the place of the default; a limit of the charger holds whatever they say.
        if TRANSACTION in best:
            best.pop("TxDefaultProfile", None)
        allowed_w = min((each.rate_w for each in best.values()), default=UNLIMITED_W)
        return allowed_w if allowed_w >= LEAST_A * self.socket.voltage_v * self.socket.phases else 0.0


def limit_of(profile: dict[str, Any], socket: Socket) -> Limit:
    """Return what a charging profile of one period allows."""
    schedule = profile["charging_schedule"]
    period = schedule["charging_schedule_period"][0]
    rate_w = float(period["limit"])
    if schedule["charging_rate_unit"] == AMPERES:
        rate_w *= socket.voltage_v * int(period.get("number_phases") or 3)
    ends = [instant(profile["valid_to"])] if profile.get("valid_to") else []
    begins = [instant(profile["valid_from"])] if profile.get("valid_from") else []
    if schedule.get("start_schedule"):
        begins.append(instant(schedule["start_schedule"]))
        if schedule.get("duration") is not None:
            ends.append(begins[-1] + np.timedelta64(int(schedule["duration"]), "s"))
    level, purpose = int(profile["stack_level"]), profile["charging_profile_purpose"]
    return Limit(rate_w, level, purpose, min(ends, default=None), max(begins, default=None))


def fits(profile: dict[str, Any], outlet: OutletTwin) -> bool:
    """Tell whether a charger takes a profile: one of a transaction only while that very one runs."""
    if profile["charging_profile_purpose"] != TRANSACTION:
        return True
    return outlet.transaction is not None and profile.get("transaction_id", outlet.transaction) == outlet.transaction


def matches(key: int, limit: Limit, asked: dict[str, Any]) -> bool:
    """Tell whether a limit is all that is asked for."""
    wanted = (
        (asked.get("id"), key),
        (asked.get("stack_level"), limit.level),
        (asked.get("charging_profile_purpose"), limit.purpose),
    )
    return all(want is None or want == have for want, have in wanted)
