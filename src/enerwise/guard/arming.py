"""Arming: everything that must be so before anything may move, looked at together.

Pure: facts in, every reason against it out, all at once, so that nobody has to find them one by one. There is no way to
insist. A fact that is unknown counts as not met.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from enerwise.guard.lifecycle import State
from enerwise.guard.supervise import Finding
from enerwise.guard.trips import Trips
from enerwise.site.rules import Tier

COMMS_LOSS_MIN_S: Final = 2.0
COMMS_LOSS_MAX_S: Final = 5.0
"""As quoted in the safety requirements of this project: a device that hears nothing for 2 to 5 s goes to rest."""
HEARTBEAT_MAX_S: Final = 0.5
"""The same: the limit for a sender of normal priority."""
ROUNDING_W: Final = 1.0
"""A limit read back from a register may differ from the one written by so much."""


class Precondition(StrEnum):
    """What has to be met."""

    DEVICE = "there is a device to move"
    ANSWERS = "device answers"
    COMMS_LOSS = "comms-loss time read back and in range"
    LIMITS = "limits read back and not above the site's"
    SIGNS = "signs checked at commissioning"
    STOP_INPUT = "stop input healthy"
    WATCHDOG = "watchdog alive"
    TRIPS = "nothing tripped"
    FINDINGS = "no fault active"
    METER = "meter fresh"
    HEARTBEAT = "site process alive"
    STATE = "lifecycle idle"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason not to arm."""

    precondition: Precondition
    subject: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """What is known of one device that can be written to."""

    id: str
    answers: bool = False
    comms_loss_s: float = float("nan")
    """As read back; NaN where it was not."""
    comms_loss_min_s: float = COMMS_LOSS_MIN_S
    comms_loss_max_s: float = COMMS_LOSS_MAX_S
    limits_w: Mapping[str, tuple[float, float]]
    """By name: what the device says, NaN where it does not, and what the site allows; both as sizes."""
    signs_checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmingFacts:
    """What is known of the site."""

    devices: Sequence[DeviceFacts]
    stop_inputs: Mapping[str, bool]
    """By name: whether each is wired, answers and is not pressed."""
    watchdog_is_alive: bool
    trips: Trips
    findings: Sequence[Finding]
    meter_age_s: float
    meter_stale_s: float
    heartbeat_age_s: float
    heartbeat_max_s: float = HEARTBEAT_MAX_S
    state: State


def refusals(facts: ArmingFacts) -> tuple[Refusal, ...]:
    """Return every reason not to arm; there is none where arming is allowed."""
    devices = (refusal for device in facts.devices for refusal in _of_device(device))
    return (*_of_site(facts), *devices)


def cautions(facts: ArmingFacts) -> tuple[Refusal, ...]:
    """Return what a person should know although it does not forbid arming."""
    return tuple(
        Refusal(Precondition.SIGNS, each.id, "nobody has checked the signs of its powers; check them at commissioning")
        for each in facts.devices
        if each.signs_checked is not True
    )


def _of_site(facts: ArmingFacts) -> Iterator[Refusal]:
    stale_s, beat_s = facts.meter_stale_s, facts.heartbeat_max_s
    checks = (
        (bool(facts.devices), Precondition.DEVICE, "no device to move is known"),
        (facts.watchdog_is_alive is True, Precondition.WATCHDOG, "the watchdog does not answer"),
        (
            0 <= facts.meter_age_s <= stale_s,
            Precondition.METER,
            f"last reading {facts.meter_age_s:g} s old, allowed {stale_s:g} s",
        ),
        (
            0 <= facts.heartbeat_age_s <= beat_s,
            Precondition.HEARTBEAT,
            f"last sign of life {facts.heartbeat_age_s:g} s old, allowed {beat_s:g} s",
        ),
        (facts.state is State.IDLE, Precondition.STATE, f"the lifecycle is {facts.state}, not {State.IDLE}"),
    )
    yield from (Refusal(which, "site", message) for is_met, which, message in checks if not is_met)
    for name, is_healthy in facts.stop_inputs.items():
        if is_healthy is not True:
            yield Refusal(Precondition.STOP_INPUT, name, "is pressed, or not known to be healthy")
    for trip in facts.trips.latched:
        yield Refusal(Precondition.TRIPS, trip.subject, f"{trip.cause}: reset it, knowing the cause")
    for each in facts.findings:
        if each.tier is Tier.TRIP and each.is_active:
            yield Refusal(
                Precondition.FINDINGS,
                each.subject,
                f"{each.cause}: {each.value:g} {each.unit} is beyond {each.limit:g}",
            )


def _of_device(device: DeviceFacts) -> Iterator[Refusal]:
    if device.answers is not True:
        yield Refusal(Precondition.ANSWERS, device.id, "does not answer")
    least_s, most_s = device.comms_loss_min_s, device.comms_loss_max_s
    if not least_s <= device.comms_loss_s <= most_s:
        message = f"comms-loss time reads {device.comms_loss_s:g} s, must be {least_s:g} to {most_s:g} s"
        yield Refusal(Precondition.COMMS_LOSS, device.id, message)
    for name, (limit_w, allowed_w) in device.limits_w.items():
        if not 0 <= limit_w <= allowed_w + ROUNDING_W:
            message = f"{name} reads {limit_w:g} W, the site allows {allowed_w:g} W"
            yield Refusal(Precondition.LIMITS, device.id, message)
