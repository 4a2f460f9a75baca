"""Stops on their way to the devices: fired at once, followed until each device has acknowledged and rests.

What is fired was sealed beforehand. A test stop takes the same way with the same bytes, where every machine rests
already, so that nothing moves.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.door.core import MS, SECOND, Core
from enerwise.door.inputs import Answer, Client, Inputs
from enerwise.door.machine import Machine
from enerwise.guard import Permit

WAIT_NS: Final = SECOND
"""How long an acknowledgement may take before it counts as missing."""
REST_NS: Final = 5 * SECOND
REST_W: Final = 100.0
"""Power that a resting machine may show: its own electronics."""
REFLEX_NS: Final = 10 * SECOND
"""How often what is armed is sealed afresh."""


@dataclass(slots=True)
class Stop:
    """One stop."""

    cause: str
    began_ns: int
    is_test: bool
    waits_for: set[str]
    fired: set[str] = field(default_factory=set)
    """Assets whose reflex opened."""
    acked_ms: dict[str, float] = field(default_factory=dict)
    clients: list[Client] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    rest_s: float = math.nan
    """How long it took until no machine moved more than a trifle."""
    who: str = ""
    """Who pressed, where somebody did."""

    def told(self) -> dict[str, Any]:
        """Return it in words that JSON knows."""
        return {
            "cause": self.cause,
            "test": self.is_test,
            "acked_ms": self.acked_ms,
            "missing": sorted({*self.waits_for, *self.missing}),
            "rest_s": self.rest_s if math.isfinite(self.rest_s) else None,
        }


class Stops:
    """The last stop, and what is armed for the next."""

    def __init__(self, core: Core, unit_of: Mapping[str, Machine], inputs: Inputs) -> None:
        self._core, self._inputs = core, inputs
        self._unit_of = {} if core.setup.is_passive else unit_of
        self._armed: dict[str, Permit] = {}
        self._rearm_ns = 0
        self.last: Stop | None = None

    def is_fired(self, asset: str) -> bool:
        """Tell whether the safe value of an asset is on its way and has not been acknowledged yet."""
        return self.last is not None and asset in self.last.fired and asset in self.last.waits_for

    @property
    def is_waiting(self) -> bool:
        """Whether any asset has not acknowledged yet."""
        return self.last is not None and bool(self.last.waits_for)

    def halt(self, cause: str, now_ns: int, *, who: str = "", client: Client | None = None) -> None:
        """Stop: fire first, then say so."""
        self.fire(cause, now_ns, who=who, client=client)
        self._core.stop(cause, who)

    def fire(
        self, cause: str, now_ns: int, *, is_test: bool = False, who: str = "", client: Client | None = None
    ) -> None:
        """Send every safe value; whoever presses while one is on its way is told when it has arrived."""
        if self.last is not None and self.last.waits_for:
            self.last.clients += [client] if client else []
            return
        self.last = Stop(cause, now_ns, is_test, set(self._unit_of), clients=[client] if client else [], who=who)
        instant = self._core.clock.at(now_ns)
        for asset, unit in self._unit_of.items():
            permit = self._armed.pop(asset, None)
            if permit is not None and unit.fire(permit, instant, now_ns, self._acknowledged):
                self._core.moved.add(asset)
                self.last.fired.add(asset)
        # A seal opens once: the next stop finds new ones at once.
        self._rearm_ns = 0
        self.follow(now_ns)

    def refusal_of_test(self) -> str:
        """Return why a test stop would move something, empty where it would not."""
        if self._core.setup.is_passive:
            return "the site is passive: nothing is ever written"
        live, moved = self._core.live, self._core.moved
        moving = {
            asset
            for asset, unit in self._unit_of.items()
            if abs(live.get(Key(asset, POWER_W), (math.nan, 0))[0]) > REST_W
            or (asset in moved and unit.targets[asset].acked_w != unit.targets[asset].safe_w)
        }
        return f"{', '.join(sorted(moving))} moves: bring it to rest first" if moving else ""

    def test(self, now_ns: int, client: Client, who: str = "") -> Answer | None:
        """Run the whole way of a stop without moving anything."""
        if why := self.refusal_of_test():
            return {"ok": False, "why": why}
        self.fire("test stop", now_ns, is_test=True, who=who, client=client)
        return None

    def follow(self, now_ns: int) -> None:
        """Arm what is not, and see how far the last stop has come."""
        if now_ns >= self._rearm_ns:
            self._rearm_ns = now_ns + REFLEX_NS
            self._armed = {each.asset: each for each in self._core.reflexes(now_ns)}
        stop = self.last
        if stop is None:
            return
        waited_ns = now_ns - stop.began_ns
        if stop.waits_for and waited_ns > WAIT_NS:
            stop.missing, stop.waits_for = tuple(sorted(stop.waits_for)), set()
            self._core.tell("fault", "*", why=f"no acknowledgement of the stop from {', '.join(stop.missing)}")
            self._tell(stop)
        elif stop.clients and not stop.waits_for:
            self._tell(stop)
        if math.isnan(stop.rest_s) and waited_ns < REST_NS and self._rests(stop):
            stop.rest_s = waited_ns / SECOND

    def _acknowledged(self, asset: str, value_w: float, at_ns: int) -> None:
        stop = self.last
        if stop is None or asset not in stop.waits_for:
            return
        stop.waits_for.discard(asset)
        stop.acked_ms[asset] = (at_ns - stop.began_ns) / MS
        if not stop.waits_for:
            self._tell(stop)

    def _tell(self, stop: Stop) -> None:
        self._core.tell("test stop" if stop.is_test else "stopped", "*", who=stop.who, **stop.told())
        answer = {"ok": not (stop.waits_for or stop.missing), **stop.told(), "state": str(self._core.state)}
        for client in stop.clients:
            self._inputs.answer(client, answer)
        stop.clients.clear()

    def _rests(self, stop: Stop) -> bool:
        """Tell whether every machine has shown since the stop that it moves no more than a trifle."""
        powers_w = [self._core.live.get(Key(asset, POWER_W), (math.nan, 0)) for asset in self._unit_of]
        return all(abs(value_w) <= REST_W and at_ns > stop.began_ns for value_w, at_ns in powers_w)
