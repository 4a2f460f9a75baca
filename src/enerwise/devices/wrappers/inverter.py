"""An inverter that is told a power: what it is told is checked, slewed and rounded, and what it does is followed up.

What is no finite number, or beyond what the inverter can do, is refused and means its safe power. Away from there it goes
no faster than the ramp, and only as far as its registers can say. One answering time after a setpoint has settled the
measured power must be there, unless the device itself has said that it can do less. Before it may be armed its own
watchdog must hold exactly the time that was set.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.devices.bound import Bound
from enerwise.guard import ramp
from enerwise.guard.arming import Precondition, Refusal
from enerwise.guard.judge import number
from enerwise.guard.kernels import BEYOND
from enerwise.guard.ramp import Ramp, RampState
from enerwise.guard.supervise import Finding, Sample
from enerwise.site.rules import Tier

NOT_FOLLOWED: Final = "setpoint-not-followed"
NOT_HELD: Final = "setpoint-not-held"
REFRESHES: Final = 3.0
"""How often a value is written, and the heartbeat beats, within the device's own comms-loss time."""
SAME_RATIO: Final = 1e-6
"""Two times so near to each other are one: registers hold tenths or hundredths of a second."""
BEATS: Final = 0x7FFF
SOURCE: Final = "this project: a device that does something else than it was told"

Quantise = Callable[[float], float]
"""Setpoint -> what the registers of the device can say of it, nearer to zero. [W]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inverter:
    """One inverter."""

    asset: str
    lower_w: float
    upper_w: float
    """Where its setpoints lie."""
    ramp: Ramp
    """How fast they grow, and its safe power."""
    quantise: Quantise
    answer_s: float = 2.0
    """Time in which the device itself follows: its own ramp, and what its measuring takes."""
    tolerance_w: float = 100.0
    stale_s: float = 3.0
    """From then on a measured value is unknown."""
    after_s: float = 1.0
    """How long it must go wrong before it is said."""
    comms_loss_s: float = 5.0
    """What its own watchdog is set to."""
    beats: bool = False
    """Whether it wants a counter that goes on."""

    def __post_init__(self) -> None:
        if not -BEYOND < self.lower_w <= self.ramp.safe_w <= self.upper_w < BEYOND:
            raise ValueError(f"{self.asset}: safe power {self.ramp.safe_w} is not within {self.lower_w}..{self.upper_w}")
        times = (self.answer_s, self.stale_s, self.comms_loss_s, self.tolerance_w)
        if not all(0 < each < math.inf for each in times) or not 0 <= self.after_s < math.inf:
            raise ValueError(f"{self.asset}: times and tolerance must be above 0: {times}, {self.after_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class InverterInputs:
    """What comes in at one look."""

    setpoint_w: object
    """What a permit says; anything at all may stand here."""
    power_w: Sample | None = None
    """What the device does, as it or a meter says."""
    held_w: float = math.nan
    """The setpoint as read back from its registers, NaN where it was not."""
    able_w: tuple[float, float] = (-math.inf, math.inf)
    """What the device itself says it can do now, such as the limits of its battery; NaN where it does not."""
    comms_loss_s: float = math.nan
    """Its own watchdog, as read back."""


@dataclass(frozen=True, slots=True)
class Band:
    """Between which setpoints the device may be: those of the last answering time or two."""

    since_s: float
    now_w: tuple[float, float]
    before_w: tuple[float, float]

    @property
    def low_w(self) -> float:
        return min(self.now_w[0], self.before_w[0])

    @property
    def high_w(self) -> float:
        return max(self.now_w[1], self.before_w[1])


@dataclass(frozen=True, slots=True)
class InverterState:
    """What is remembered."""

    ramp: RampState
    band: Band
    sent_w: float = math.nan
    sent_s: float = -math.inf
    beat_s: float = -math.inf
    beat_count: int = 0
    wrong_s: tuple[float, float] = (math.inf, math.inf)
    """Since when it has not followed, and not held, what it was told; infinite while it does."""
    is_said: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class InverterOutputs:
    """What goes out."""

    aim_w: float
    """What it shall do now: checked, slewed, rounded."""
    write_w: float | None
    """What must be written now, None where nothing is due."""
    refused: str
    """Why the setpoint means the safe power, empty where it does not."""
    beat: int | None
    """The heartbeat to be written now."""
    findings: tuple[Finding, ...]
    refusals: tuple[Refusal, ...]
    """Why it must not be armed."""


def quantised(bound: Bound, role: str) -> Quantise:
    """Return what a setpoint becomes in the registers of a device with this profile; ValueError where nothing."""

    def quantise(value_w: float) -> float:
        writes = bound.writes(role, POWER_W, value_w)
        image = {(each.table, each.address + at): word for each in writes for at, word in enumerate(each.words)}
        return bound.setpoint(role, POWER_W, image)

    return quantise


def start(inverter: Inverter, t_s: float) -> InverterState:
    """Return the beginning: at the safe power, nothing sent. [s], on the monotonic clock"""
    anywhere = (inverter.lower_w, inverter.upper_w)
    # What an earlier life has told it is not known: it may be anywhere until it had time to answer.
    return InverterState(ramp.start(inverter.ramp, t_s), Band(t_s, anywhere, anywhere))
