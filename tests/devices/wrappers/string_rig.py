"""A battery string on its twin, with the relay wrapper in front, on a virtual clock."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from enerwise.core.series import Key
from enerwise.devices.sequences import load_sequence
from enerwise.devices.wrappers import relay
from enerwise.devices.wrappers.relay import Relay, RelayInputs, RelayOutputs
from enerwise.guard.sequence import Standing
from enerwise.guard.supervise import Sample
from enerwise.physics import contactor
from enerwise.physics.contactor import CONTACTS, StringFacts, StringState

ASSETS = {"minus": "string-minus", "precharge": "string-precharge", "plus": "string-plus", "battery": "string"}
PACK_V = 400.0
Happening = tuple[float, str, frozenset[str]]


def a_relay(numbers: Mapping[str, float] | None = None, *, stale_s: float = 0.5) -> Relay:
    return Relay(load_sequence("contactors", numbers or {}), ASSETS, stale_s)


@dataclass
class Rig:
    """One string; every look moves the clock on by a tick."""

    tick_s: float = 0.01
    relay: Relay = field(default_factory=a_relay)
    facts: StringFacts = field(default_factory=StringFacts)
    state: StringState = field(default_factory=StringState)
    t_s: float = 0.0
    wants: tuple[str, ...] = ("wanted",)
    is_permitted: bool = True
    is_reset: bool = False
    stuck: dict[str, bool] = field(default_factory=dict)
    welded: tuple[str, ...] = ()
    load_ohm: float = math.inf
    asked_a: float = 0.0
    """What the inverter feeds while power may flow."""
    obeys: bool = True
    """Whether it stops when it is told to rest."""
    hides: tuple[str, ...] = ()
    """Channels that are silent, as ``part.quantity``."""
    current_a: float = 0.0
    flows: list[contactor.StringFlow] = field(default_factory=list)
    log: list[Happening] = field(default_factory=list)
    standing: Standing = field(init=False)
    last: RelayOutputs = field(init=False)

    def __post_init__(self) -> None:
        self.standing = relay.start(self.relay, self.t_s)
        self.look()

    def samples(self) -> dict[Key, Sample]:
        seen = contactor.sensors(self.facts, self.state, pack_v=PACK_V, current_a=self.current_a, stuck=self.stuck)
        return {Key(ASSETS[k.asset], k.quantity): Sample(v) for k, v in seen.items() if str(k) not in self.hides}

    def look(self) -> RelayOutputs:
        inputs = RelayInputs(
            wants=self.wants, is_permitted=self.is_permitted, is_reset=self.is_reset, samples=self.samples()
        )
        self.standing, self.last = relay.step(self.relay, self.standing, inputs, self.t_s)
        self.is_reset = False
        coils = frozenset(each for each, is_on in self.last.coils.items() if is_on)
        if not self.log or self.log[-1][1:] != (self.last.stage, coils):
            self.log.append((self.t_s, self.last.stage, coils))
        self.state, flow = contactor.step(
            self.facts,
            self.state,
            coils,
            pack_v=PACK_V,
            step_s=self.tick_s,
            inverter_a=self.asked_a if self.last.may_carry or not self.obeys else 0.0,
            load_ohm=self.load_ohm,
            welded=self.welded,
        )
        self.current_a = flow.current_a
        self.flows.append(flow)
        self.t_s += self.tick_s
        return self.last

    def until(self, stage: str, *, limit_s: float = 30.0) -> float:
        """Look on until a stage is there, and return how long it took; infinity where it does not come."""
        return self.while_(lambda: self.last.stage != stage, limit_s=limit_s)

    def while_(self, goes_on: Callable[[], bool], *, limit_s: float) -> float:
        begin_s = self.t_s
        while goes_on():
            if self.t_s - begin_s > limit_s:
                return math.inf
            self.look()
        return self.t_s - begin_s

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / self.tick_s)):
            self.look()

    def began(self, stage: str) -> list[float]:
        return [t_s for t_s, each, _ in self.log if each == stage]

    @property
    def stages(self) -> list[str]:
        return [each for _, each, _ in self.log]

    @property
    def welds(self) -> list[str]:
        return [each for each in CONTACTS if self.state.is_welded[each]]


def a_closed_rig(**facts: object) -> Rig:
    rig = Rig(**facts)  # type: ignore[arg-type]
    assert rig.until("closed") < 3.0, rig.log
    return rig
