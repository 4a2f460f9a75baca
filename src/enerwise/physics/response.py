"""What a device makes of what it is told: bias, spread, share delivered, delay, and since when it falls short.

Medians throughout: a few wild readings move nothing. A device falls short since the step from which on almost every
step that asks for something gets too little of it: the suffix that scores highest, where a step that gets too little
counts one and one that gets enough takes back nine. A tapering charge or a car that is full for a while does not last.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray, IntArray

MAD: Final = 1.4826
"""Makes the median distance from the median the deviation of a normal distribution."""
TAKEN_BACK: Final = 9.0
NOTHING_RATIO: Final = 0.1
"""A step that gets less delivers nothing."""
LESS_RATIO: Final = 0.8
"""One that gets less gets too little."""
DELAY_STEPS: Final = 10
BETTER_RATIO: Final = 0.9
"""So much nearer must a delayed command be to count as delayed."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Since when a device gives too little, and how much."""

    first: int
    """The step it began with."""
    share_ratio: float
    """Delivered since, over what was asked for."""
    missing_wh: float
    is_stopped: bool
    """Whether it delivers nothing."""


@dataclass(frozen=True, slots=True)
class Response:
    """A device over some days, in the steps that asked it for something."""

    count: int
    asked_wh: float
    """Sizes of all that was asked for."""
    bias_w: float
    """Median of measured less asked."""
    spread_w: float
    share_ratio: float
    """Delivered in the direction asked, over asked; what is beyond the asked counts for nothing."""
    delay_s: float
    shortfall: Shortfall | None = None


def response(
    asked_w: FloatArray,
    measured_w: FloatArray,
    *,
    step_s: float,
    least_w: float,
    least_s: float = 3600.0,
    least_wh: float = 200.0,
) -> Response | None:
    """Return how a device responds; None where it was asked for nothing, or nothing was measured.

    Args:
        asked_w: Mean setpoint of each step, NaN where none was in force. [W], shape (step,)
        measured_w: Mean power of each step. [W], shape (step,)
        step_s: Length of a step. [s]
        least_w: Size from which on a setpoint asks for something. [W]
        least_s: Asking for so long without enough makes a shortfall. [s]
        least_wh: Less missing is none. [Wh]

    Source: median and median absolute deviation as in Huber 1981, Robust Statistics; the suffix as in Page 1954,
        Continuous inspection schemes, Biometrika 41, 100-115.
    """
    both = np.isfinite(asked_w) & np.isfinite(measured_w)
    asks = both & (np.abs(np.nan_to_num(asked_w)) >= least_w)
    if not asks.any():
        return None
    asked, measured = asked_w[asks], measured_w[asks]
    given = np.clip(measured * np.sign(asked), 0.0, np.abs(asked))
    off, hours = measured - asked, step_s / 3600.0
    return Response(
        count=int(asks.sum()),
        asked_wh=float(np.abs(asked).sum()) * hours,
        bias_w=float(np.median(off)),
        spread_w=MAD * float(np.median(np.abs(off - np.median(off)))),
        share_ratio=float(given.sum() / np.abs(asked).sum()),
        delay_s=_delay_steps(asked_w, measured_w) * step_s,
        shortfall=_shortfall(given, np.abs(asked), np.flatnonzero(asks), step_s, least_s, least_wh),
    )


def _shortfall(
    given: FloatArray, asked: FloatArray, steps: IntArray, step_s: float, least_s: float, least_wh: float
) -> Shortfall | None:
    """Return the worse of the two that holds: it has stopped, or gives too little."""
    for ratio in (NOTHING_RATIO, LESS_RATIO):
        first = _since(given < ratio * asked)
        missing_wh = float((asked[first:] - given[first:]).sum()) * step_s / 3600.0
        if (asked.size - first) * step_s >= least_s and missing_wh >= least_wh:
            share = float(given[first:].sum() / asked[first:].sum())
            return Shortfall(int(steps[first]), share, missing_wh, ratio == NOTHING_RATIO)
    return None


def _since(is_bad: BoolArray) -> int:
    """Return where the suffix begins that scores highest; the length where none scores at all."""
    score = np.cumsum(np.where(is_bad, 1.0, -TAKEN_BACK)[::-1])[::-1]
    best = int(np.argmax(score))
    return best if score[best] > 0 else is_bad.size


def _delay_steps(asked_w: FloatArray, measured_w: FloatArray) -> int:
    """Return by how many steps what was asked comes late; zero where no delay explains clearly more."""
    most = min(DELAY_STEPS, asked_w.size - 2)
    off = np.array([_mean_off(asked_w[: asked_w.size - by], measured_w[by:]) for by in range(max(most, 0) + 1)])
    best = int(np.argmin(off))
    return best if off[best] < BETTER_RATIO * off[0] else 0


def _mean_off(asked_w: FloatArray, measured_w: FloatArray) -> float:
    off = np.abs(asked_w - measured_w)
    return float(off[np.isfinite(off)].mean()) if np.isfinite(off).any() else float("inf")
