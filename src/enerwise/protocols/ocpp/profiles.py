"""Charging profiles: how a permit becomes a limit that ends by itself.

Two profiles stand on each outlet. On level 0 a default without end holds the safe value; above it, on level 1, lies
what a permit allows, until the permit ends. When nothing comes any more, for whatever reason, the charger itself falls
back to the safe value. Source: OCPP 1.6 edition 2, 3.13 (Smart Charging); OCPP 2.0.1 edition 2, K.
"""

import math
from typing import Final

import numpy as np

from enerwise.core.time import TIME_TYPE, Instant
from enerwise.protocols.ocpp.words import Json, Limit, stamp

WATTS: Final = "W"
AMPERES: Final = "A"
STEPS: Final = {WATTS: 1.0, AMPERES: 0.1}
"""What limits are whole multiples of; the schema of 1.6 has one decimal."""
SAFE_LEVEL: Final = 0
PERMIT_LEVEL: Final = 1
DEFAULT: Final = "TxDefaultProfile"
TRANSACTION: Final = "TxProfile"
LEAD_S: Final = 60
"""A schedule begins so long ago, so that a charger whose clock is a little late does not wait for it. Only its end
counts. [s]"""


def rate_of(power_w: float, *, unit: str, phases: int, voltage_v: float) -> float:
    """Return a power as a limit in the unit of a charger: never above it, never below zero.

    Args:
        power_w: What may be taken. [W], positive into the car
        unit: ``W`` or ``A``; amperes are those of each phase.
        phases: How many phases charge.
        voltage_v: Line to neutral. [V]

    >>> rate_of(11_050.0, unit="A", phases=3, voltage_v=230.0)
    16.0
    """
    told = power_w if unit == WATTS else power_w / (phases * voltage_v)
    count = math.floor(round(max(0.0, told) / STEPS[unit], 6))
    return round(count * STEPS[unit], 1)


def power_of(limit: Limit, voltage_v: float) -> float:
    """Return the power that a limit allows. [W]"""
    return limit.rate if limit.unit == WATTS else limit.rate * limit.phases * voltage_v


def identity(outlet: int, level: int, purpose: str) -> int:
    """Return the number of a profile: one for each outlet, level and purpose, so that a new one replaces the old."""
    return outlet * 10 + level * 2 + (1 if purpose == TRANSACTION else 2)


def purpose_of(transaction: str | None) -> str:
    """Return the purpose of a limit: for one transaction, or for whatever charges at an outlet."""
    return DEFAULT if transaction is None else TRANSACTION


def schedule(limit: Limit, now: Instant) -> Json:
    """Return the schedule of a limit: one period, which ends with the limit."""
    period: Json = {"startPeriod": 0, "limit": limit.rate}
    if limit.unit == AMPERES:
        period["numberPhases"] = limit.phases
    found: Json = {"chargingRateUnit": limit.unit, "chargingSchedulePeriod": [period]}
    if limit.until is not None:
        start_ms = int(now.astype(TIME_TYPE).astype(np.int64)) // 1000 * 1000 - LEAD_S * 1000
        end_ms = int(limit.until.astype(TIME_TYPE).astype(np.int64))
        found["startSchedule"] = stamp(np.datetime64(start_ms, "ms"))
        found["duration"] = max(0, (end_ms - start_ms) // 1000)
    return found


def kind(limit: Limit) -> Json:
    """Return how a limit lies in time: until an instant, or for as long as a transaction lasts."""
    if limit.until is None:
        return {"chargingProfileKind": "Relative"}
    return {"chargingProfileKind": "Absolute", "validTo": stamp(limit.until)}
