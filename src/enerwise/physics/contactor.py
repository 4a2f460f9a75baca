"""The twin of a battery string with its contactors: a simulation, no product on the market.

The string feeds the bus of an inverter through minus and plus; a pre-charge contactor with a resistor stands beside
plus. The bus is a capacitor with a bleed resistor and whatever load hangs on it. A contact follows its coil after a
while. It welds where it closes onto too much current, or where somebody says so; a welded contact stays closed for
ever. An auxiliary contact shows the contact, unless it sticks.

Within a step everything is constant but the bus voltage, which runs exponentially; current, charge and heat are exact
integrals of it. Energy balances: what the battery gives and the inverter feeds is what becomes heat or is stored.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from enerwise.core import quantity
from enerwise.core.series import Key

MINUS: Final = "minus"
PRECHARGE: Final = "precharge"
PLUS: Final = "plus"
CONTACTS: Final = (MINUS, PRECHARGE, PLUS)
ALL_OPEN: Final[Mapping[str, bool]] = MappingProxyType(dict.fromkeys(CONTACTS, False))
NEVER_S: Final[Mapping[str, float]] = MappingProxyType(dict.fromkeys(CONTACTS, 0.0))
EPSILON_S: Final = 1e-9


@dataclass(frozen=True, slots=True)
class StringFacts:
    """What the string and the bus are made of: by default 400 V, 10 kW, as on the wall of a house."""

    inner_ohm: float = 0.1
    """Battery, fuse and cables."""
    precharge_ohm: float = 50.0
    bus_farad: float = 2e-3
    bleed_ohm: float = 2e3
    travel_s: float = 0.02
    """From coil to contact."""
    weld_a: float = 500.0
    """Onto how much current a contact welds as it closes."""

    def __post_init__(self) -> None:
        parts = (self.inner_ohm, self.precharge_ohm, self.bus_farad, self.bleed_ohm, self.weld_a)
        if not all(0 < each < math.inf for each in parts) or not 0 <= self.travel_s < math.inf:
            raise ValueError(f"no string is made of {self}")


@dataclass(frozen=True, slots=True)
class StringState:
    """How it stands. By contact where it is a mapping."""

    bus_v: float = 0.0
    is_closed: Mapping[str, bool] = field(default_factory=lambda: ALL_OPEN)
    is_welded: Mapping[str, bool] = field(default_factory=lambda: ALL_OPEN)
    against_s: Mapping[str, float] = field(default_factory=lambda: NEVER_S)
    """How long the coil has wanted the other position."""
    broken_max_a: float = 0.0
    """Most current that a contact has had to break."""


@dataclass(frozen=True, slots=True)
class StringFlow:
    """What happened in a step: ``given_j + fed_j = resistor_j + inner_j + load_j + stored_j``."""

    current_a: float
    """At the end of the step, positive into the battery."""
    charge_as: float
    """What went into the battery, ampere-seconds."""
    given_j: float
    """What the battery gave before its inner resistance."""
    fed_j: float
    """What the inverter fed into the bus."""
    resistor_j: float
    inner_j: float
    load_j: float
    """Heat in bleed resistor and load."""
    stored_j: float
    """Change of what the bus holds."""


def step(
    facts: StringFacts,
    state: StringState,
    coils: Collection[str],
    *,
    pack_v: float,
    step_s: float,
    inverter_a: float = 0.0,
    load_ohm: float = math.inf,
    welded: Collection[str] = (),
) -> tuple[StringState, StringFlow]:
    """Advance the string by one step.

    Args:
        facts: What it is made of.
        state: How it stands.
        coils: Which coils are on.
        pack_v: Voltage of the battery at rest, above zero. [V]
        step_s: Length of the step, above zero. [s]
        inverter_a: What the inverter feeds, positive into the battery; it needs a battery on its bus. [A]
        load_ohm: What else hangs on the bus. [ohm]
        welded: Contacts that weld now if they are closed.

    Holds for: steps up to the travel of a contact; contacts move at the beginning of a step.

    >>> state, flow = step(StringFacts(travel_s=0.0), StringState(), ("minus", "precharge"), pack_v=400.0, step_s=0.1)
    >>> round(state.bus_v), round(flow.current_a, 1)
    (250, -3.0)
    """
    state = _moved(facts, state, coils, pack_v=pack_v, step_s=step_s)
    held = {each: state.is_welded[each] or (state.is_closed[each] and each in welded) for each in CONTACTS}
    bus_v, flow = _charged(facts, state, pack_v, inverter_a=inverter_a, load_ohm=load_ohm, step_s=step_s)
    return replace(state, bus_v=bus_v, is_welded=held), flow


def sensors(
    facts: StringFacts,
    state: StringState,
    *,
    pack_v: float,
    current_a: float,
    stuck: Mapping[str, bool] = MappingProxyType({}),
) -> dict[Key, float]:
    """Return what is measured: three auxiliary contacts, and the battery.

    Args:
        facts: What it is made of.
        state: How it stands.
        pack_v: Voltage of the battery at rest. [V]
        current_a: Current of the last step. [A]
        stuck: Auxiliary contacts that show this whatever their contact does.
    """
    shown = {**state.is_closed, **stuck}
    return {
        **{Key(each, quantity.IS_CLOSED): float(shown[each]) for each in CONTACTS},
        Key("battery", quantity.PACK_VOLTAGE_V): pack_v + current_a * facts.inner_ohm,
        Key("battery", quantity.BUS_VOLTAGE_V): state.bus_v,
        Key("battery", quantity.CURRENT_A): current_a,
    }


def _way_ohm(facts: StringFacts, is_closed: Mapping[str, bool]) -> float:
    """Return the resistance between battery and bus; infinite where there is no way."""
    if not is_closed[MINUS] or not (is_closed[PLUS] or is_closed[PRECHARGE]):
        return math.inf
    return facts.inner_ohm + (0.0 if is_closed[PLUS] else facts.precharge_ohm)


def _moved(
    facts: StringFacts, state: StringState, coils: Collection[str], *, pack_v: float, step_s: float
) -> StringState:
    """Let the contacts follow their coils; what closes onto too much current welds, what opens breaks what flows."""
    wrong = [each for each in CONTACTS if (each in coils) is not state.is_closed[each] and not state.is_welded[each]]
    due = [each for each in wrong if state.against_s[each] >= facts.travel_s - EPSILON_S]
    is_closed = {each: state.is_closed[each] is not (each in due) for each in CONTACTS}
    before_a = abs(pack_v - state.bus_v) / _way_ohm(facts, state.is_closed)
    inrush_a = abs(pack_v - state.bus_v) / _way_ohm(facts, is_closed)
    closes = [each for each in due if is_closed[each] and inrush_a > facts.weld_a]
    breaks = inrush_a < before_a
    return replace(
        state,
        is_closed=is_closed,
        is_welded={each: state.is_welded[each] or each in closes for each in CONTACTS},
        against_s={
            each: state.against_s[each] + step_s if each in wrong and each not in due else 0.0 for each in CONTACTS
        },
        broken_max_a=max(state.broken_max_a, before_a if breaks else 0.0),
    )


def _charged(
    facts: StringFacts, state: StringState, pack_v: float, *, inverter_a: float, load_ohm: float, step_s: float
) -> tuple[float, StringFlow]:
    """Return the bus voltage at the end of a step, and the exact integrals over it."""
    way_ohm = _way_ohm(facts, state.is_closed)
    # An inverter switches itself off without a battery behind it.
    fed_a = inverter_a if state.is_closed[MINUS] and state.is_closed[PLUS] else 0.0
    leak = 1.0 / facts.bleed_ohm + 1.0 / load_ohm
    pull = 1.0 / way_ohm + leak
    tau_s, end_v, begin_v = facts.bus_farad / pull, (pack_v / way_ohm + fed_a) / pull, state.bus_v
    gone = -math.expm1(-step_s / tau_s)
    far_v = begin_v - end_v
    bus_v = begin_v - far_v * gone

    def square(level: float) -> float:
        """Integral of the square of what runs from ``level + far_v`` towards ``level``."""
        return level**2 * step_s + far_v * tau_s * gone * (2.0 * level + far_v / 2.0 * (2.0 - gone))

    v_s = end_v * step_s + far_v * tau_s * gone
    charge_as = (v_s - pack_v * step_s) / way_ohm
    a2_s = square(end_v - pack_v) / way_ohm**2
    outer_ohm = way_ohm - facts.inner_ohm if math.isfinite(way_ohm) else 0.0
    return bus_v, StringFlow(
        current_a=(bus_v - pack_v) / way_ohm,
        charge_as=charge_as,
        given_j=-pack_v * charge_as,
        fed_j=fed_a * v_s,
        resistor_j=outer_ohm * a2_s,
        inner_j=facts.inner_ohm * a2_s,
        load_j=leak * square(end_v),
        stored_j=facts.bus_farad / 2.0 * (bus_v**2 - begin_v**2),
    )
