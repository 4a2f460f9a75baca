"""Starts: devices set their own watchdogs and confirm them, and everything that speaks against a start is told at once.

There is no way round a refusal: it goes when its cause goes.
"""

import math
from collections.abc import Sequence
from typing import Final

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.devices.mailbox import Mailbox
from enerwise.door.core import SECOND, Core
from enerwise.door.inputs import Inputs
from enerwise.door.machine import Machine
from enerwise.guard.arming import COMMS_LOSS_MAX_S, ArmingFacts, DeviceFacts, Precondition, refusals
from enerwise.site.site import GRID

PATIENCE_NS: Final = 3 * SECOND
"""How long devices have to confirm before the start is refused."""
WATCHDOG_NS: Final = SECOND
FOR_LOOKING: Final = (Precondition.STATE, Precondition.HEARTBEAT, Precondition.STOP_INPUT)
"""What even a site that only looks needs."""


class Starts:
    """The start on its way, and why the last one was refused."""

    def __init__(
        self, core: Core, units: Sequence[Machine], inputs: Inputs, *, beat: Mailbox, watch: Mailbox | None
    ) -> None:
        self._core, self._units, self._inputs, self._beat, self._watch = core, units, inputs, beat, watch
        self._began_ns = 0
        self._who = ""
        self.refusals: tuple[str, ...] = ()

    def begin(self, now_ns: int, who: str) -> None:
        """Arm every device, once; in passive mode nothing is written, and nothing needs to be."""
        if self._began_ns:
            return
        self._began_ns, self._who = now_ns, who
        if not self._core.setup.is_passive:
            for unit in self._units:
                unit.arm(now_ns)

    def cancel(self) -> None:
        """Forget the start on its way: somebody has stopped."""
        self._began_ns = 0

    def follow(self, now_ns: int) -> None:
        """Start as soon as nothing speaks against it, refuse when patience ends."""
        if not self._began_ns:
            return
        refusals = self.found(now_ns)
        if not refusals or now_ns - self._began_ns > PATIENCE_NS:
            self._began_ns = 0
            self.refusals = self._core.start(refusals, self._who)

    def found(self, now_ns: int) -> tuple[str, ...]:
        """Return everything that speaks against a start; where nothing will be moved, devices cannot."""
        found = refusals(self._facts(now_ns))
        if self._core.setup.is_passive:
            found = tuple(each for each in found if each.precondition in FOR_LOOKING)
        told = [f"{each.subject}: {each.message}" for each in found]
        told += [
            f"{unit.device.id}: {unit.link.problem or 'does not answer'}"
            for unit in self._units
            if not unit.targets and not unit.is_fresh(now_ns) and not self._core.setup.is_passive
        ]
        return tuple(told)

    def _facts(self, now_ns: int) -> ArmingFacts:
        core, inputs = self._core, self._inputs.stop_inputs
        wanted = len(core.setup.wires.stop_fds) + bool(core.setup.stop_file)
        ended = {"a stop input that has ended": False} if len(inputs) < wanted else {}
        return ArmingFacts(
            devices=[_device_facts(unit, now_ns) for unit in self._units if unit.targets],
            stop_inputs={**inputs, **ended},
            watchdog_is_alive=self._watch is None or age_ns(self._watch, now_ns) <= WATCHDOG_NS,
            trips=core.guard.trips,
            findings=core.findings,
            meter_age_s=core.ages_s(now_ns).get(Key(GRID, POWER_W), math.inf),
            meter_stale_s=core.setup.stale_after_s,
            heartbeat_age_s=age_ns(self._beat, now_ns) / SECOND,
            heartbeat_max_s=core.setup.beat_limit_s,
            state=core.state,
        )


def _device_facts(unit: Machine, now_ns: int) -> DeviceFacts:
    return DeviceFacts(
        id=unit.device.id,
        answers=unit.is_fresh(now_ns) and unit.is_connected,
        comms_loss_s=unit.comms_loss_s,
        # A product whose own time is longer can be had only by an owner who writes that time into the site file.
        comms_loss_max_s=max(COMMS_LOSS_MAX_S, unit.device.comms_loss_s),
        limits_w={},
    )


def age_ns(box: Mailbox, now_ns: int) -> float:
    """Return how long ago somebody wrote into a mailbox; for ever where nobody has. [ns]"""
    message = box.read()
    return float("inf") if message is None else now_ns - message.written_ns
