"""A PID controller for devices that know no power setpoint of their own: pure, bounded, and safe with nonsense.

Theory. With the error ``e = target - measured`` the output is ``u = P + I + D``: ``P = gain * e``;
``dI/dt = gain / integral_s * e``; ``D`` is ``-gain * derivative_s`` times the slope of the measured value, filtered
with ``filter_s``. It looks at the measured value and not at the error, so that a new target gives no kick. Between two
looks error and measured value count as straight lines, and over straight lines all integrals here are exact: it does
not matter how often one looks.

The output is limited, then slewed. Where it is held back the integral does not run any further that way, nor is it
pushed back: it is ready the moment the error turns. While somebody else holds the output the integral follows, so that
taking over is without a bump. A value that is no number gives the safe output at once; the integral keeps its value,
and the way back is the ramp's. A ramp counts no more than its ``gap_max_s`` at once: slower loops say so there.

Source: Åström and Murray, Feedback Systems (2008), chapter 10: derivative of the output alone, conditional integration,
bumpless transfer.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

from enerwise.guard import ramp
from enerwise.guard.judge import number
from enerwise.guard.kernels import BEYOND
from enerwise.guard.ramp import Ramp, RampState

LARGE: Final = 1e9
SMALL_S: Final = 1e-6
"""Nothing overflows within these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pid:
    """How it is tuned."""

    gain: float
    """W per unit of what is measured; below zero where more power makes the measured value fall."""
    integral_s: float = math.inf
    derivative_s: float = 0.0
    filter_s: float = 0.0
    """Of the derivative; above zero where there is one."""
    lower_w: float
    upper_w: float
    ramp: Ramp
    """How fast the output grows, and its safe value."""

    def __post_init__(self) -> None:
        if not (abs(self.gain) <= LARGE and self.integral_s >= SMALL_S and 0 <= self.derivative_s <= LARGE):
            raise ValueError(f"no controller is tuned like this: {self}")
        if not (SMALL_S <= self.filter_s <= LARGE or self.filter_s == self.derivative_s == 0):
            raise ValueError(f"a derivative needs filter_s above 0, got {self.filter_s}")
        if not -BEYOND < self.lower_w <= self.ramp.safe_w <= self.upper_w < BEYOND:
            raise ValueError(f"safe power {self.ramp.safe_w} is not within {self.lower_w}..{self.upper_w}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PidInputs:
    """What comes in at one look."""

    target: object
    measured: object
    """Both in the same unit; anything at all may stand here."""
    held_w: object = None
    """The output, while somebody else decides about it."""


@dataclass(frozen=True, slots=True)
class PidState:
    """What is remembered."""

    ramp: RampState
    integral_w: float = 0.0
    error: float = math.nan
    measured: float = math.nan
    """Of the last look, NaN where that told nothing: then a line begins anew."""
    smooth: float = math.nan
    """The measured value behind the filter."""
    lost_w: float = 0.0
    """What the output could not follow in the last look."""


def start(pid: Pid, t_s: float) -> PidState:
    """Return the beginning, at the safe output. [s], on the monotonic clock"""
    return PidState(ramp.start(pid.ramp, t_s))


def step(pid: Pid, state: PidState, inputs: PidInputs, t_s: float) -> tuple[PidState, float]:
    """Look once, and return the output. [W]

    Args:
        pid: How it is tuned.
        state: What the last look left.
        inputs: Target and measured value; what is no finite number gives the safe output.
        t_s: Now, on the monotonic clock; one that goes back gives the safe output, too. [s]
    """
    target, measured, now_s = number(inputs.target), number(inputs.measured), number(t_s)
    error = target - measured
    if not (abs(target) < BEYOND and abs(measured) < BEYOND and state.ramp.t_s <= now_s < BEYOND):
        slewed, output_w = ramp.step(pid.ramp, state.ramp, pid.ramp.safe_w, t_s)
        return replace(state, ramp=slewed, error=math.nan, measured=math.nan, smooth=math.nan), output_w
    dt_s = now_s - state.ramp.t_s
    smooth = _smooth(pid, state, measured, dt_s)
    moved_w = pid.gain * error + _derivative_w(pid, measured, smooth)
    if inputs.held_w is not None:
        held_w = number(inputs.held_w)
        output_w = min(max(held_w, pid.lower_w), pid.upper_w) if math.isfinite(held_w) else pid.ramp.safe_w
        return PidState(RampState(output_w, now_s), output_w - moved_w, error, measured, smooth), output_w
    added_w = _added_w(pid, state, error, dt_s)
    wanted_w = moved_w + state.integral_w + added_w
    slewed, output_w = ramp.step(pid.ramp, state.ramp, min(max(wanted_w, pid.lower_w), pid.upper_w), now_s)
    integral_w = _integral_w(state.integral_w, added_w, room_w=output_w - moved_w)
    return PidState(slewed, integral_w, error, measured, smooth, lost_w=wanted_w - output_w), output_w


def _smooth(pid: Pid, state: PidState, measured: float, dt_s: float) -> float:
    """Return the measured value behind a first-order filter, exactly for a straight line since the last look."""
    if math.isnan(state.measured) or not pid.filter_s:
        return measured
    if dt_s == 0:
        return state.smooth
    share = dt_s / pid.filter_s
    gone = -math.expm1(-share)
    return measured - (measured - state.measured) * gone / share + (state.smooth - state.measured) * (1.0 - gone)


def _derivative_w(pid: Pid, measured: float, smooth: float) -> float:
    return pid.gain * pid.derivative_s * (smooth - measured) / pid.filter_s if pid.derivative_s else 0.0


def _added_w(pid: Pid, state: PidState, error: float, dt_s: float) -> float:
    """Return what the integral gains, exactly for a straight line, and nothing where it was held back."""
    if math.isnan(state.error):
        return 0.0
    added_w = pid.gain / pid.integral_s * (state.error + error) / 2.0 * dt_s
    # Nobody knows where on its way the output came free again: none of it counts.
    return 0.0 if added_w * state.lost_w > 0 else added_w


def _integral_w(before_w: float, added_w: float, *, room_w: float) -> float:
    """Return the integral: no further than what the output could use, and never pushed back."""
    if added_w > 0:
        return max(before_w, min(before_w + added_w, room_w))
    return min(before_w, max(before_w + added_w, room_w))
