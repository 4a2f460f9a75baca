"""What a strategy is: a kernel over homes that turns what they know at the gate of a slot into one order each.

Columns in, columns out, with homes along the leading axis: one home alone gets, to the last bit, what it gets among ten
thousand. A strategy waits for nothing, remembers nothing but what it is handed, and holds where something is unknown.
"""

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final, Protocol, Self, runtime_checkable

import numpy as np

from enerwise.core.plugin import load, names
from enerwise.core.units import SECONDS_PER_HOUR, BoolArray, ByteArray, FloatArray, IntArray
from enerwise.market.worth import Worth
from enerwise.site.assets import BatteryArrays

GROUP: Final = "enerwise.strategies"
UEUR: Final = 1e6


class Signal(IntEnum):
    """What a home has in a slot, without its battery."""

    GREEN = 0
    """Plenty of power, or just enough."""
    RED = 1
    """Need of power."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a strategy has learned of past slots. Shapes (side, home), buying first"""

    margin_ratio: FloatArray
    """How much of what can be gained a home asks for itself, 0..1."""
    momentum_ratio: FloatArray
    """By how much that moved last."""

    @classmethod
    def new(cls, home_count: int, *, margin_ratio: float = 0.2) -> Self:
        """Return the memory of a market that has not met yet."""
        return cls(np.full((2, home_count), margin_ratio), np.zeros((2, home_count)))


@dataclass(frozen=True, slots=True)
class State:
    """What homes know at the gate of a slot; "slot" is that one and those ahead of it.

    Energies are AC side and positive where a home takes; NaN in a column makes that home hold.
    """

    step_s: float
    """Length of a slot. [s]"""
    batteries: BatteryArrays
    """Shapes (home,); a home without one has a battery that moves nothing."""
    energy_wh: FloatArray
    """What batteries hold. Shape (home,)"""
    net_wh: FloatArray
    """What homes are expected to take without their batteries. Shape (home, slot)"""
    spread_wh: FloatArray
    """How far off that usually is in this slot. Shape (home,)"""
    buy_ueur_per_kwh: FloatArray
    """What the supplier asks. Shape (slot,)"""
    sell_ueur_per_kwh: FloatArray
    """What the supplier gives. Shape (slot,)"""
    local_ueur_per_kwh: FloatArray
    """What neighbours are expected to agree on. Shape (slot,)"""
    import_limit_wh: FloatArray
    """What the connection carries in a slot. Shape (home,)"""
    export_limit_wh: FloatArray
    worth: Worth | None = None
    """What stored energy is worth after this slot; None where nobody weighs it."""
    memory: Memory | None = None
    """None where nothing was learned yet."""

    def __post_init__(self) -> None:
        homes, slots = self.net_wh.shape
        shapes = {
            **dict.fromkeys(("energy_wh", "spread_wh", "import_limit_wh", "export_limit_wh"), (homes,)),
            **dict.fromkeys(("buy_ueur_per_kwh", "sell_ueur_per_kwh", "local_ueur_per_kwh"), (slots,)),
        }
        wrong = {name: each.shape for name in shapes if (each := getattr(self, name)).shape != shapes[name]}
        if wrong or not slots or self.batteries.capacity_wh.shape != (homes,):
            raise ValueError(
                f"state of {homes} homes and {slots} slots has {wrong or self.batteries.capacity_wh.shape}"
            )

    def __len__(self) -> int:
        return int(self.energy_wh.size)

    @property
    def step_h(self) -> float:
        """Length of a slot. [h]"""
        return self.step_s / SECONDS_PER_HOUR

    @property
    def signal(self) -> ByteArray:
        """`Signal` of each home: red where it needs power in this slot. Shape (home,)"""
        return np.where(self.net_wh[:, 0] > 0.0, Signal.RED, Signal.GREEN).astype(np.uint8)

    def take(self, homes: IntArray) -> "State":
        """Return what some of the homes know."""
        batteries = BatteryArrays(
            **{each.name: getattr(self.batteries, each.name)[homes] for each in fields(BatteryArrays)}
        )
        memory = self.memory and Memory(self.memory.margin_ratio[:, homes], self.memory.momentum_ratio[:, homes])
        return State(
            step_s=self.step_s,
            batteries=batteries,
            energy_wh=self.energy_wh[homes],
            net_wh=self.net_wh[homes],
            spread_wh=self.spread_wh[homes],
            buy_ueur_per_kwh=self.buy_ueur_per_kwh,
            sell_ueur_per_kwh=self.sell_ueur_per_kwh,
            local_ueur_per_kwh=self.local_ueur_per_kwh,
            import_limit_wh=self.import_limit_wh[homes],
            export_limit_wh=self.export_limit_wh[homes],
            worth=self.worth and Worth(batteries, self.worth.slope_eur_per_kwh[homes]),
            memory=memory,
        )


@dataclass(frozen=True, slots=True)
class Score:
    """Whether a slot is worth trading, in points that sum to 0..100. Shapes (home,)"""

    spread: FloatArray
    """For what the price step brings after losses and margin."""
    battery: FloatArray
    """For how much the battery can still do that way."""
    confidence: FloatArray
    """For how surely the energy will be there."""
    need: FloatArray
    """For need (red) where a home would buy, and plenty (green) where it would sell."""

    @property
    def total(self) -> FloatArray:
        """All parts together. Shape (home,)"""
        total: FloatArray = self.spread + self.battery + self.confidence + self.need
        return total


@dataclass(frozen=True, slots=True)
class Decisions:
    """One order of each home. Shapes (home,)"""

    is_buy: BoolArray
    quantity_wh: IntArray
    """Zero holds. [Wh]"""
    price_ueur_per_kwh: IntArray
    """The most a buyer pays, the least a seller takes; says nothing where a home holds."""
    score: Score | None = None
    """Where the strategy goes by one."""


class Strategy(Protocol):
    """One way of bidding."""

    @property
    def name(self) -> str:
        """How it is called."""
        ...

    @property
    def is_planning(self) -> bool:
        """Whether homes weigh what stored energy is worth: it then needs `State.worth`."""
        ...

    def decide(self, state: State, rng: np.random.Generator) -> Decisions:
        """Return an order of each home; pure but for the numbers it draws, one a home and in their order."""
        ...


@runtime_checkable
class Learner(Strategy, Protocol):
    """A strategy that goes by what became of its last orders."""

    def learn(self, state: State, decided: Decisions, news: "News", rng: np.random.Generator) -> Memory:
        """Return what is known after a slot, for the state of the next."""
        ...


@runtime_checkable
class Curved(Strategy, Protocol):
    """A strategy that can say what homes would take at every price."""

    def curve_wh(self, state: State, price_ueur_per_kwh: IntArray) -> IntArray:
        """Return what each home would take at each of some rising prices, falling. [Wh], shape (home, price)"""
        ...


@dataclass(frozen=True, slots=True)
class News:
    """What became of a slot."""

    price_ueur_per_kwh: int | None
    """Mean price of the slot; None where nothing was traded."""
    filled_wh: IntArray
    """Of every home's order. [Wh], shape (home,)"""


def strategy(name: str) -> Strategy:
    """Return a way of bidding with its own defaults.

    Raises:
        PluginError: There is none of that name; the message lists those there are.
    """
    made: Strategy = load(GROUP, name)()
    return made


def strategy_names() -> tuple[str, ...]:
    """Return the names of all ways of bidding."""
    return names(GROUP)
