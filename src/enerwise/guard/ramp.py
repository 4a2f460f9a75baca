"""The ramp: how fast a setpoint may grow. Towards safety it falls at once.

Between zero and the safe power everything is free, and so is every way that leads there. What leads away from there is
slewed, and what crosses to the other side begins at its edge. A long silence earns nothing: whoever comes back after an
hour does not find the way already open.
"""

import math
from dataclasses import dataclass

from enerwise.guard.judge import number
from enerwise.guard.kernels import BEYOND


@dataclass(frozen=True, slots=True)
class Ramp:
    """How fast, and where nothing is slewed."""

    rise_w_per_s: float = math.inf
    safe_w: float = 0.0
    gap_max_s: float = 1.0
    """Most time between two looks that counts."""

    def __post_init__(self) -> None:
        if not (self.rise_w_per_s > 0 and math.isfinite(self.safe_w) and 0 < self.gap_max_s < math.inf):
            raise ValueError(f"no ramp: {self}")


@dataclass(frozen=True, slots=True)
class RampState:
    """What was let through last, and when on the monotonic clock."""

    value_w: float
    t_s: float


def start(ramp: Ramp, t_s: float) -> RampState:
    """Return the beginning: at the safe power."""
    return RampState(ramp.safe_w, t_s)


def step(ramp: Ramp, state: RampState, aim_w: object, t_s: float) -> tuple[RampState, float]:
    """Return how far a setpoint may go now.

    Args:
        ramp: How fast.
        state: What the last look left.
        aim_w: Where it shall go; what is no finite number means the safe power. [W]
        t_s: Now, on the monotonic clock; one that goes back, or is no number, lets nothing grow. [s]
    """
    now_s = number(t_s)
    has_gone_on = state.t_s <= now_s < BEYOND
    value_w = limited_w(ramp, state.value_w, aim_w, now_s - state.t_s if has_gone_on else 0.0)
    return RampState(value_w, now_s if has_gone_on else state.t_s), value_w


def limited_w(ramp: Ramp, last_w: float, aim_w: object, dt_s: float) -> float:
    """Return how far a setpoint may go from ``last_w`` within a time.

    >>> ramp = Ramp(rise_w_per_s=500.0)
    >>> limited_w(ramp, 1000.0, 5000.0, 0.1), limited_w(ramp, 1000.0, 0.0, 0.1), limited_w(ramp, 1000.0, -5000.0, 0.1)
    (1050.0, 0.0, -50.0)
    """
    aim, last = (each if math.isfinite(each) else ramp.safe_w for each in (number(aim_w), last_w))
    # Infinity times no time is no number; a ramp without a limit lets everything through at any time.
    gap_s = min(dt_s, ramp.gap_max_s) if dt_s > 0 else 0.0
    rise_w = ramp.rise_w_per_s * gap_s if math.isfinite(ramp.rise_w_per_s) else math.inf
    lowest_w = min(last, ramp.safe_w, 0.0) - rise_w
    highest_w = max(last, ramp.safe_w, 0.0) + rise_w
    return min(max(aim, lowest_w), highest_w)
