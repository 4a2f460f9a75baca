"""An inverter that is told a power: what it is told is checked, slewed and rounded, and what it does is followed up.

What is no finite number, or beyond what the inverter can do, is refused and means its safe power. Away from there it
goes no faster than the ramp, and only as far as its registers can say. One answering time after a setpoint the measured
power must be there, unless the device itself has said that it can do less. Before it may be armed its own watchdog must
hold exactly the time that was set.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from enerwise.core.quantity import POWER_W
from enerwise.devices.blocks import image_of
from enerwise.devices.bound import Bound
from enerwise.devices.points import Image, Write
from enerwise.devices.wrappers.following import Check, Checked, Told, checked, told
from enerwise.guard import ramp
from enerwise.guard.arming import Precondition, Refusal
from enerwise.guard.judge import number
from enerwise.guard.kernels import BEYOND
from enerwise.guard.ramp import Ramp, RampState
from enerwise.guard.supervise import Finding, Sample

REFRESHES: Final = 3.0
"""How often a value is written, and the heartbeat beats, within the device's own comms-loss time."""
NOT_FOLLOWED: Final = "setpoint-not-followed"
FOLLOWED: Final = "setpoint not followed"
NOT_HELD: Final = "setpoint-not-held"
HELD: Final = "setpoint not held"
ROUNDING_W: Final = 1e-3
SAME_RATIO: Final = 1e-6
"""Numbers so near to each other are one: registers count in whole steps."""

Quantise = Callable[[float], float]
"""Setpoint -> what the registers of the device say of it, no further from zero. [W]"""


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
    comms_loss_s: float
    """What its own watchdog is set to, as its registers can say it (`comms_loss_told`)."""
    beats: bool = False
    """Whether it wants a counter that goes on."""
    is_ceiling: bool = False
    """Whether a setpoint is the most it may give, such as that of PV, and not what it does."""
    answer_s: float = 2.0
    """Time in which it follows: its own ramp, and what its measuring takes."""
    tolerance_w: float = 100.0
    stale_s: float = 3.0
    """From then on a sample is unknown."""
    after_s: float = 1.0
    """How long samples must be wrong before it is said."""

    def __post_init__(self) -> None:
        if not -BEYOND < self.lower_w <= self.ramp.safe_w <= self.upper_w < BEYOND:
            raise ValueError(f"{self.asset}: safe power is not within {self.lower_w}..{self.upper_w}: {self.ramp}")
        if not 0 < self.comms_loss_s < math.inf:
            raise ValueError(f"{self.asset}: comms_loss_s must be above 0, got {self.comms_loss_s}")
        assert self.checks

    @property
    def checks(self) -> tuple[Check, Check]:
        """Return the check of its power, and the one of what it holds as its setpoint."""
        kinds = (NOT_FOLLOWED, FOLLOWED, self.tolerance_w), (NOT_HELD, HELD, ROUNDING_W)
        power, holds = (
            Check(
                id=name,
                asset=self.asset,
                cause=cause,
                tolerance_w=tolerance_w,
                answer_s=self.answer_s,
                stale_s=self.stale_s,
                after_s=self.after_s,
            )
            for name, cause, tolerance_w in kinds
        )
        return power, holds


@dataclass(frozen=True, slots=True, kw_only=True)
class InverterInputs:
    """What comes in at one look."""

    setpoint_w: object
    """What a permit says; anything at all may stand here."""
    power_w: Sample | None = None
    """What the device does, as it or a meter says."""
    held_w: Sample | None = None
    """The setpoint as read back from its registers."""
    able_w: tuple[float, float] = (-math.inf, math.inf)
    """What the device itself says it can do now, such as the limits of its battery; NaN where it does not."""
    comms_loss_s: float = math.nan
    """Its own watchdog, as read back."""


@dataclass(frozen=True, slots=True)
class InverterState:
    """What is remembered; times on the monotonic clock."""

    ramp: RampState
    told: tuple[Told, ...]
    checked: tuple[Checked, Checked] = (Checked(), Checked())
    sent_w: float = math.nan
    sent_s: float = -math.inf
    beat_s: float = -math.inf
    beat_count: int = 0


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
    """What is wrong, or has just ceased to be."""
    refusals: tuple[Refusal, ...]
    """Why it must not be armed."""


def quantised(bound: Bound, role: str) -> Quantise:
    """Return what a setpoint becomes in the registers of a device; ValueError for what it cannot be told."""
    return lambda value_w: bound.setpoint(role, POWER_W, _image(bound.writes(role, POWER_W, value_w)))


def comms_loss_told(bound: Bound, wanted_s: float) -> float:
    """Return the time its own watchdog holds once it has been told one; ValueError for what it cannot be told. [s]"""
    return bound.comms_loss_s_in(_image(bound.comms_loss_writes(wanted_s)))


def start(inverter: Inverter, t_s: float) -> InverterState:
    """Return the beginning: at the safe power, nothing sent. [s], on the monotonic clock"""
    # What an earlier life has told it is not known: it may be anywhere until it has had time to answer.
    anywhere = Told(t_s, inverter.lower_w, inverter.upper_w)
    return InverterState(ramp.start(inverter.ramp, t_s), (anywhere,))


def step(
    inverter: Inverter, state: InverterState, inputs: InverterInputs, t_s: float
) -> tuple[InverterState, InverterOutputs]:
    """Look once.

    Args:
        inverter: What is told.
        state: What the last look left.
        inputs: The setpoint, and what was read; values may be anything.
        t_s: Now, on the monotonic clock; one that goes back means the safe power. [s]
    """
    has_gone_on = state.ramp.t_s <= number(t_s) < BEYOND
    refused = _refused(inverter, inputs.setpoint_w) if has_gone_on else "the clock cannot be believed"
    ramped, value_w = ramp.step(inverter.ramp, state.ramp, None if refused else inputs.setpoint_w, t_s)
    aim_w, unsaid = _said(inverter, value_w)
    now_s = ramped.t_s
    is_due = now_s - state.sent_s >= inverter.comms_loss_s / REFRESHES or not has_gone_on
    writes = is_due or aim_w != state.sent_w
    beats = inverter.beats and now_s - state.beat_s >= inverter.comms_loss_s / REFRESHES
    follows, holds = inverter.checks
    setpoints = told(state.told, aim_w, now_s, memory_s=follows.memory_s)
    # A ceiling may always be left unused.
    able_w = (0.0, 0.0) if inverter.is_ceiling else inputs.able_w
    power, not_followed = checked(follows, state.checked[0], setpoints, inputs.power_w, now_s, able_w=able_w)
    held, not_held = checked(holds, state.checked[1], setpoints, inputs.held_w, now_s)
    after = InverterState(
        ramp=ramped,
        told=setpoints,
        checked=(power, held),
        sent_w=aim_w,
        sent_s=now_s if writes else state.sent_s,
        beat_s=now_s if beats else state.beat_s,
        beat_count=state.beat_count + beats,
    )
    return after, InverterOutputs(
        aim_w=aim_w,
        write_w=aim_w if writes else None,
        refused=refused or unsaid,
        beat=after.beat_count if beats else None,
        findings=tuple(each for each in (not_followed, not_held) if each is not None),
        refusals=_refusals(inverter, inputs.comms_loss_s),
    )


def _refused(inverter: Inverter, setpoint_w: object) -> str:
    value_w = number(setpoint_w)
    if not math.isfinite(value_w):
        return f"setpoint {setpoint_w!r:.40} is no finite number"
    if not inverter.lower_w <= value_w <= inverter.upper_w:
        return f"setpoint {value_w:g} W is not within {inverter.lower_w:g}..{inverter.upper_w:g} W"
    return ""


def _said(inverter: Inverter, value_w: float) -> tuple[float, str]:
    """Return what the registers will say, and why it is the safe power where they cannot say the value."""
    try:
        aim_w = inverter.quantise(value_w)
    except ValueError as trouble:
        return inverter.ramp.safe_w, str(trouble)
    room_w = abs(value_w) * SAME_RATIO
    if not min(value_w, 0.0) - room_w <= aim_w <= max(value_w, 0.0) + room_w:
        return inverter.ramp.safe_w, f"setpoint {value_w:g} W becomes {aim_w:g} W in the device"
    return aim_w, ""


def _refusals(inverter: Inverter, read_s: float) -> tuple[Refusal, ...]:
    wanted_s = inverter.comms_loss_s
    if abs(number(read_s) - wanted_s) <= wanted_s * SAME_RATIO:
        return ()
    message = f"comms-loss time reads {read_s:g} s, {wanted_s:g} s was set"
    return (Refusal(Precondition.COMMS_LOSS, inverter.asset, message),)


def _image(writes: tuple[Write, ...]) -> Image:
    return image_of({each.read_back: each.words for each in writes})
