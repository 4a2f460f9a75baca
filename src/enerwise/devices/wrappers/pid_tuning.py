"""How a PID controller finds its own gains: a relay makes the loop swing a little, and the swing tells the gains.

Theory. Power one step above and one step below a middle, changed whenever the measured value crosses the target, makes
nearly every loop swing with its ultimate period ``P``. From the height ``a`` of the swing, the step ``d`` and the
hysteresis ``h`` of the relay follows its ultimate gain ``K = 4 d / (pi sqrt(a^2 - h^2))``, and from both the gains. The
swing is bounded by the step, and the test ends at the safe power as soon as the measured value leaves its band, tells
nothing, or does not swing in time. A schedule holds tunings at several working points and goes straight between them.

Sources: Aström and Hägglund, Automatic tuning of simple regulators with specifications on phase and amplitude margins,
Automatica 20 (1984), for the relay; Tyreus and Luyben, Tuning PI controllers for integrator/dead time processes,
Industrial & Engineering Chemistry Research 31 (1992), and Luyben's PID of it, for the gains: calmer than those of
Ziegler and Nichols.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from enerwise.devices.wrappers.pid import Pid
from enerwise.guard.judge import number
from enerwise.guard.kernels import BEYOND


class Stage(StrEnum):
    """Where a test stands."""

    SWINGING = "swinging"
    DONE = "done"
    LEFT_BAND = "measured value left its band"
    NO_VALUE = "measured value tells nothing"
    NO_SWING = "did not swing in time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """How a loop is made to swing."""

    target: float
    """Where the measured value swings about."""
    middle_w: float
    step_w: float
    """Above and below the middle; below zero where more power makes the measured value fall."""
    hysteresis: float
    """How far the value goes beyond the target before the relay turns: above the noise of its sensor."""
    lower: float
    upper: float
    """The band that the measured value must not leave."""
    safe_w: float = 0.0
    swings: int = 4
    """Whole swings that are measured, after one that is not."""
    limit_s: float = 3600.0
    """The test ends after so long."""

    def __post_init__(self) -> None:
        facts = (self.target, self.middle_w, self.step_w, self.hysteresis, self.lower, self.upper, self.safe_w)
        if not all(abs(each) < BEYOND for each in facts) or self.step_w == 0 or self.hysteresis < 0:
            raise ValueError(f"no relay swings like this: {self}")
        if not self.lower < self.target - self.hysteresis <= self.target + self.hysteresis < self.upper:
            raise ValueError(f"target {self.target} with its hysteresis is not within {self.lower}..{self.upper}")
        if self.swings < 1 or not self.limit_s > 0:
            raise ValueError("a test needs at least one swing, and time for it")


@dataclass(frozen=True, slots=True)
class RelayState:
    """What is remembered."""

    begin_s: float
    t_s: float
    is_up: bool = True
    stage: Stage = Stage.SWINGING
    highest: float = -math.inf
    lowest: float = math.inf
    """Of the running swing."""
    turns_s: tuple[float, ...] = ()
    """When the relay went up."""
    heights: tuple[float, ...] = ()
    """Half of what each whole swing spanned."""


@dataclass(frozen=True, slots=True)
class Swing:
    """What a loop swings with."""

    gain: float
    """Ultimate gain; W per unit, of the sign of the loop."""
    period_s: float


def start(t_s: float) -> RelayState:
    """Return the beginning. [s], on the monotonic clock"""
    return RelayState(t_s, t_s)


def step(relay: Relay, state: RelayState, measured: object, t_s: float) -> tuple[RelayState, float]:
    """Look once, and return the output. [W]

    Args:
        relay: How the loop is made to swing.
        state: What the last look left.
        measured: Anything at all may stand here; what is no finite number ends the test.
        t_s: Now; a clock that goes back ends the test, too. [s]
    """
    value, now_s = number(measured), number(t_s)
    if state.stage is not Stage.SWINGING:
        return state, relay.safe_w
    if (ended := _ended(relay, state, value, now_s)) is not None:
        return replace(state, stage=ended), relay.safe_w
    seen = replace(state, t_s=now_s, highest=max(state.highest, value), lowest=min(state.lowest, value))
    if seen.is_up and value > relay.target + relay.hysteresis:
        seen = replace(seen, is_up=False)
    elif not seen.is_up and value < relay.target - relay.hysteresis:
        seen = _turned(relay, seen, value, now_s)
    if seen.stage is Stage.DONE:
        return seen, relay.safe_w
    return seen, relay.middle_w + (relay.step_w if seen.is_up else -relay.step_w)


def _ended(relay: Relay, state: RelayState, value: float, now_s: float) -> Stage | None:
    if not (abs(value) < BEYOND and state.t_s <= now_s < BEYOND):
        return Stage.NO_VALUE
    if not relay.lower <= value <= relay.upper:
        return Stage.LEFT_BAND
    return Stage.NO_SWING if now_s - state.begin_s > relay.limit_s else None


def _turned(relay: Relay, seen: RelayState, value: float, now_s: float) -> RelayState:
    """Go up again: a whole swing is over, unless it is the first, which began anywhere."""
    heights = seen.heights
    if seen.turns_s:
        heights = (*heights, (seen.highest - seen.lowest) / 2.0)
    # The first whole swing still carries the way to the target.
    stage = Stage.DONE if len(heights) > relay.swings else Stage.SWINGING
    turns_s = (*seen.turns_s, now_s)
    return replace(seen, is_up=True, stage=stage, highest=value, lowest=value, turns_s=turns_s, heights=heights)


def swing(relay: Relay, state: RelayState) -> Swing | None:
    """Return what the loop swings with; None before the test is done, and where it hardly moved."""
    if state.stage is not Stage.DONE:
        return None
    height = sum(state.heights[1:]) / relay.swings
    period_s = sum(other - one for one, other in pairwise(state.turns_s[1:])) / relay.swings
    beyond = height**2 - relay.hysteresis**2
    if beyond <= 0 or period_s <= 0:
        return None
    return Swing(4.0 * relay.step_w / (math.pi * math.sqrt(beyond)), period_s)


def tuned(found: Swing, pid: Pid, *, has_derivative: bool = False) -> Pid:
    """Return a controller with gains for a loop that swings like this; its bounds and ramp stay.

    >>> from enerwise.guard.ramp import Ramp
    >>> tuned(Swing(320.0, 10.0), Pid(gain=1.0, lower_w=0.0, upper_w=1e3, ramp=Ramp())).gain
    100.0
    """
    if not has_derivative:
        return replace(pid, gain=found.gain / 3.2, integral_s=2.2 * found.period_s, derivative_s=0.0, filter_s=0.0)
    derivative_s = found.period_s / 6.3
    return replace(
        pid,
        gain=found.gain / 2.2,
        integral_s=2.2 * found.period_s,
        derivative_s=derivative_s,
        filter_s=derivative_s / 10.0,
    )


@dataclass(frozen=True, slots=True)
class Schedule:
    """Tunings at working points of a loop whose gain changes with what it does, such as a valve or a compressor."""

    at: Sequence[float]
    """Working points, rising."""
    pids: Sequence[Pid] = field(default_factory=tuple)
    """One for each, with the same bounds and ramp."""

    def __post_init__(self) -> None:
        if not self.at or len(self.at) != len(self.pids) or any(one >= other for one, other in pairwise(self.at)):
            raise ValueError("a schedule needs rising working points, and a controller for each")
        if any((each.gain > 0) != (self.pids[0].gain > 0) or each.gain == 0 for each in self.pids):
            raise ValueError("controllers of one schedule push the same way")

    def pid(self, point: float) -> Pid:
        """Return the controller at a working point: straight lines between two, the nearest one beyond them.

        Reset and derivative times go in a straight line, too; at a point that is no number the calmest one serves.
        """
        if not math.isfinite(point):
            return min(self.pids, key=lambda each: abs(each.gain))
        above = next((place for place, each in enumerate(self.at) if each >= point), len(self.at) - 1)
        if above == 0 or self.at[above] <= point:
            return self.pids[above]
        share = (point - self.at[above - 1]) / (self.at[above] - self.at[above - 1])
        one, other = self.pids[above - 1], self.pids[above]
        return replace(
            one,
            gain=_between(one.gain, other.gain, share),
            integral_s=_between(one.integral_s, other.integral_s, share),
            derivative_s=_between(one.derivative_s, other.derivative_s, share),
            filter_s=_between(one.filter_s, other.filter_s, share),
        )


def _between(one: float, other: float, share: float) -> float:
    return one if one == other else one + share * (other - one)
