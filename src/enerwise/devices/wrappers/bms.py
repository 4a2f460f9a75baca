"""The word of a battery management: checked, held for a while, and turned into what the guard may allow.

A value counts when it is a number, within what can be, and no further from the last good one than time allows. Where
none comes the last good one holds for a bounded time, and then the safe side: no current either way, and a state of
charge that nobody knows. A limit that falls is taken at once; one that rises is followed slowly, from nothing on.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from enerwise.core import quantity as q
from enerwise.guard.judge import number
from enerwise.guard.kernels import BEYOND
from enerwise.guard.supervise import Sample
from enerwise.site.assets import Battery

RISE_MIN_A_PER_S: Final = 0.1
RISE_MAX_A_PER_S: Final = 1.0
"""Safety requirements of this project; OpenEMS has 0.1 A/s for one product and 0.5 A/s in its tests."""
HOLD_MIN_S: Final = 2.0
HOLD_POLLS: Final = 3.0
"""Safety requirements of this project: three polling periods, and never below 2 s for a battery management."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What one quantity can be."""

    quantity: str
    low: float
    high: float
    jump: float = math.inf
    """Change that needs no time: resolution, and what a step of the current does."""
    rate_per_s: float = math.inf
    """Change beyond that."""
    fallback: float = math.nan
    source: str

    def __post_init__(self) -> None:
        has_pace = 0 <= self.jump < math.inf and 0 <= self.rate_per_s < math.inf
        if not self.low < self.high or not (has_pace or math.isinf(self.jump)):
            raise ValueError(f"{self.quantity}: nothing can be within {self}")


SIGNALS: Final = (
    Signal(
        quantity=q.SOC_RATIO,
        low=0.0,
        high=1.0,
        jump=0.03,
        rate_per_s=0.005,
        source="this project: 18 times the current that fills it in an hour; whole percents, and a step or two of them",
    ),
    Signal(quantity=q.PACK_VOLTAGE_V, low=5.0, high=1500.0, source="Low Voltage Directive 2014/35/EU: up to 1500 V DC"),
    Signal(quantity=q.CURRENT_A, low=-2000.0, high=2000.0, source="this project: more than one string carries"),
    *(
        Signal(
            quantity=each,
            low=0.5,
            high=5.0,
            jump=0.5,
            rate_per_s=0.5,
            source="this project: no cell in use lies outside; half a volt is an inner resistance of 2 mohm at 250 A",
        )
        for each in (q.CELL_VOLTAGE_MIN_V, q.CELL_VOLTAGE_MAX_V)
    ),
    *(
        Signal(
            quantity=each,
            low=-40.0,
            high=125.0,
            jump=3.0,
            rate_per_s=2.0,
            source="this project: range of usual sensors; twice the rate at which the safety requirements trip",
        )
        for each in (q.CELL_TEMPERATURE_MIN_DEGC, q.CELL_TEMPERATURE_MAX_DEGC)
    ),
    *(
        Signal(quantity=each, low=0.0, high=2000.0, fallback=0.0, source="this project: more than one string carries")
        for each in (q.CHARGE_CURRENT_LIMIT_A, q.DISCHARGE_CURRENT_LIMIT_A)
    ),
)


class Doubt(StrEnum):
    """Why a value does not count."""

    SILENT = "silent"
    NOT_A_NUMBER = "not a finite number"
    OUT_OF_RANGE = "out of range"
    TOO_FAST = "changed too fast"
    CLOCK = "clock not believed"


class Why(StrEnum):
    """What decided about a limit."""

    TOLD = "told by the battery"
    RISING = "rising slowly"
    HELD = "last good word"
    LIMIT_UNKNOWN = "limit unknown"
    VOLTAGE_UNKNOWN = "voltage unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bms:
    """One battery management."""

    poll_s: float
    """How often it is asked."""
    one_way_ratio: float = 1.0
    """Of the inverter between battery and connection: what is taken there is more than what the battery gives."""
    rise_a_per_s: float = RISE_MAX_A_PER_S
    signals: tuple[Signal, ...] = SIGNALS

    def __post_init__(self) -> None:
        if not 0 < self.poll_s < math.inf or not 0 < self.one_way_ratio <= 1:
            raise ValueError(f"poll_s is above 0 and one_way_ratio within 0..1: {self.poll_s}, {self.one_way_ratio}")
        if not RISE_MIN_A_PER_S <= self.rise_a_per_s <= RISE_MAX_A_PER_S:
            raise ValueError(f"limits rise by {RISE_MIN_A_PER_S} to {RISE_MAX_A_PER_S} A/s, not {self.rise_a_per_s}")

    @property
    def hold_s(self) -> float:
        """How long a value counts."""
        return max(HOLD_MIN_S, HOLD_POLLS * self.poll_s)


@dataclass(frozen=True, slots=True)
class BmsState:
    """What is remembered."""

    t_s: float
    good: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """By quantity: the last good value, and when it was sampled on the monotonic clock."""
    charge_limit_a: float = 0.0
    discharge_limit_a: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BmsOutputs:
    """What can be believed, and what may be done with it."""

    values: Mapping[str, float]
    """Every quantity: as told, as last told, or its fallback."""
    doubts: Mapping[str, Doubt]
    """Quantities whose newest sample does not count."""
    charge_limit_a: float
    discharge_limit_a: float
    charge_limit_w: float
    discharge_limit_w: float
    """At the AC side, as sizes: so much and no more is allowed."""
    charge_why: Why
    discharge_why: Why

    def left_ratio(self, battery: Battery) -> tuple[float, float]:
        """Return what is left of the limits of a battery, 0..1: discharging, charging, as the envelope takes them."""
        pairs = (self.discharge_limit_w, battery.discharge_limit_w), (self.charge_limit_w, battery.charge_limit_w)
        discharge, charge = (min(1.0, limit_w / rated_w) if rated_w > 0 else 1.0 for limit_w, rated_w in pairs)
        return discharge, charge


def start(t_s: float) -> BmsState:
    """Return the beginning: nothing is known, and nothing is allowed. [s], on the monotonic clock"""
    return BmsState(t_s)


def step(bms: Bms, state: BmsState, samples: Mapping[str, Sample], t_s: float) -> tuple[BmsState, BmsOutputs]:
    """Look once.

    Args:
        bms: What is looked at.
        state: What the last look left.
        samples: By quantity, what was last heard; values may be anything.
        t_s: Now, on the monotonic clock; one that goes back makes everything unknown. [s]
    """
    now_s = number(t_s)
    has_gone_on = state.t_s <= now_s < BEYOND
    good, doubts = _heard(bms, state, samples, now_s) if has_gone_on else ({}, dict.fromkeys(_names(bms), Doubt.CLOCK))
    values = {each.quantity: good.get(each.quantity, (each.fallback, 0.0))[0] for each in bms.signals}
    # Whoever has not looked for longer than a value counts has not seen it rise either.
    rise_a = bms.rise_a_per_s * min(now_s - state.t_s, bms.hold_s) if has_gone_on else 0.0
    charge_a, charge_why = _limit(q.CHARGE_CURRENT_LIMIT_A, values, doubts, good, state.charge_limit_a + rise_a)
    discharge_a, discharge_why = _limit(
        q.DISCHARGE_CURRENT_LIMIT_A, values, doubts, good, state.discharge_limit_a + rise_a
    )
    pack_v = values.get(q.PACK_VOLTAGE_V, math.nan)
    volts = pack_v if math.isfinite(pack_v) else 0.0
    outputs = BmsOutputs(
        values=values,
        doubts=doubts,
        charge_limit_a=charge_a,
        discharge_limit_a=discharge_a,
        # The inverter's loss is on the good side while charging: less reaches the battery.
        charge_limit_w=charge_a * volts,
        discharge_limit_w=discharge_a * volts * bms.one_way_ratio,
        charge_why=charge_why,
        discharge_why=discharge_why,
    )
    return BmsState(now_s if has_gone_on else state.t_s, good, charge_a, discharge_a), outputs


def _names(bms: Bms) -> tuple[str, ...]:
    return tuple(each.quantity for each in bms.signals)


def _heard(
    bms: Bms, state: BmsState, samples: Mapping[str, Sample], now_s: float
) -> tuple[dict[str, tuple[float, float]], dict[str, Doubt]]:
    """Return the values that count, and why the others do not."""
    good = {name: each for name, each in state.good.items() if now_s - each[1] <= bms.hold_s}
    doubts = {}
    for signal in bms.signals:
        sample, known = samples.get(signal.quantity), good.get(signal.quantity)
        age_s = math.nan if sample is None else number(sample.age_s)
        value = math.nan if sample is None else number(sample.value)
        doubt = _doubt(signal, known, value, now_s - age_s) if 0 <= age_s <= bms.hold_s else Doubt.SILENT
        if doubt is not None:
            doubts[signal.quantity] = doubt
        elif known is None or now_s - age_s >= known[1]:
            good[signal.quantity] = value, now_s - age_s
    return good, doubts


def _doubt(signal: Signal, known: tuple[float, float] | None, value: float, at_s: float) -> Doubt | None:
    if not math.isfinite(value):
        return Doubt.NOT_A_NUMBER
    if not signal.low <= value <= signal.high:
        return Doubt.OUT_OF_RANGE
    if known is None or math.isinf(signal.jump):
        return None
    allowed = signal.jump + signal.rate_per_s * max(at_s - known[1], 0.0)
    return Doubt.TOO_FAST if abs(value - known[0]) > allowed else None


def _limit(
    quantity: str,
    values: Mapping[str, float],
    doubts: Mapping[str, Doubt],
    good: Mapping[str, tuple[float, float]],
    highest_a: float,
) -> tuple[float, Why]:
    """Return a current limit, and what decided about it."""
    told_a = values.get(quantity, 0.0)
    if quantity not in good:
        return 0.0, Why.LIMIT_UNKNOWN
    if q.PACK_VOLTAGE_V not in good:
        return 0.0, Why.VOLTAGE_UNKNOWN
    if told_a > highest_a:
        return highest_a, Why.RISING
    return told_a, Why.HELD if quantity in doubts else Why.TOLD
