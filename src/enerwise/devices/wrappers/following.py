"""Does a device do what it was told?

It is told one setpoint after the other, and needs its time to answer. A sample therefore is right where it lies between
the setpoints that were in force within one answering time before it was taken, or where the device has said that it can
do less. Only samples count: a wrong one that is looked at a hundred times is still one, and silence moves nothing.
"""

import math
from dataclasses import dataclass
from typing import Final

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.guard.judge import number
from enerwise.guard.supervise import Finding, Sample
from enerwise.site.rules import Tier

SLOTS: Final = 16.0
"""Setpoints within a sixteenth of the time that is looked back are remembered as one, from lowest to highest."""
SOURCE: Final = "this project: a device that does something else than it was told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing a device shows of its setpoint."""

    id: str
    asset: str
    cause: str
    """What a finding says."""
    tolerance_w: float
    answer_s: float
    """Time in which the device follows: its own ramp, and what its measuring takes."""
    stale_s: float
    """From then on a sample is unknown."""
    after_s: float
    """Samples so far apart must be wrong, and all between them, before it is said."""

    def __post_init__(self) -> None:
        if not all(0 < each < math.inf for each in (self.tolerance_w, self.answer_s, self.stale_s)):
            raise ValueError(f"{self.asset}: tolerance and times must be above 0: {self}")
        if not 0 <= self.after_s < math.inf:
            raise ValueError(f"{self.asset}: after_s must not be below 0, got {self.after_s}")

    @property
    def memory_s(self) -> float:
        """How far is looked back."""
        return self.answer_s + self.stale_s


@dataclass(frozen=True, slots=True)
class Told:
    """The setpoints in force since a moment, until the next one begins: lowest and highest."""

    since_s: float
    low_w: float
    high_w: float


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check remembers."""

    wrong_s: float = math.inf
    """When the first of the samples was taken that are wrong until now; infinite while they are right."""
    is_said: bool = False


def told(before: tuple[Told, ...], aim_w: float, now_s: float, *, memory_s: float) -> tuple[Told, ...]:
    """Return the setpoints of the time that is looked back, oldest first, with the one that is in force from now on."""
    last = before[-1]
    if last.low_w == aim_w == last.high_w:
        after = before
    elif now_s - last.since_s < memory_s / SLOTS:
        after = (*before[:-1], Told(last.since_s, min(last.low_w, aim_w), max(last.high_w, aim_w)))
    else:
        after = (*before, Told(now_s, aim_w, aim_w))
    # One that ended before all that is looked at is no longer needed.
    first = max((at for at, each in enumerate(after) if each.since_s <= now_s - memory_s), default=0)
    return after[first:]


def checked(
    check: Check,
    state: Checked,
    setpoints: tuple[Told, ...],
    sample: Sample | None,
    now_s: float,
    *,
    able_w: tuple[float, float] = (-math.inf, math.inf),
) -> tuple[Checked, Finding | None]:
    """Look once.

    Args:
        check: What is looked at.
        state: What the last look left.
        setpoints: From `told`, as far back as the check looks.
        sample: What the device shows; None where it shows nothing.
        now_s: The present on a clock that goes on. [s]
        able_w: Lowest and highest it says it can do; NaN where it does not say. [W]

    Returns:
        What to remember, and a finding that is active or has just ceased to be.
    """
    value_w, age_s = (math.nan, math.nan) if sample is None else (number(sample.value), number(sample.age_s))
    is_known = math.isfinite(value_w) and 0 <= age_s <= check.stale_s
    low_w, high_w = _right_w(setpoints, now_s - age_s - check.answer_s, now_s - age_s, able_w)
    is_right = low_w - check.tolerance_w <= value_w <= high_w + check.tolerance_w
    if not is_known:
        after = state
    elif is_right:
        after = Checked()
    else:
        wrong_s = min(state.wrong_s, now_s - age_s)
        after = Checked(wrong_s, state.is_said or now_s - age_s - wrong_s >= check.after_s)
    if not (after.is_said or state.is_said):
        return after, None
    return after, _finding(check, after.is_said, value_w, low_w if value_w < low_w else high_w)


def _right_w(
    setpoints: tuple[Told, ...], begin_s: float, end_s: float, able_w: tuple[float, float]
) -> tuple[float, float]:
    """Return lowest and highest power that is right for a sample at the end of a time."""
    ends_s = (*(each.since_s for each in setpoints[1:]), math.inf)
    seen = [
        each for each, until_s in zip(setpoints, ends_s, strict=True) if each.since_s <= end_s and until_s > begin_s
    ]
    low_w = min((each.low_w for each in seen), default=-math.inf)
    high_w = max((each.high_w for each in seen), default=math.inf)
    least_w, most_w = map(number, able_w)
    least_w, most_w = (-math.inf if math.isnan(least_w) else least_w), (math.inf if math.isnan(most_w) else most_w)
    # What it can do may have changed since: everything between what it was told and that is right.
    return min(low_w, max(least_w, min(low_w, most_w))), max(high_w, least_w, min(high_w, most_w))


def _finding(check: Check, is_active: bool, value_w: float, limit_w: float) -> Finding:
    return Finding(
        id=check.id,
        subject=check.asset,
        tier=Tier.WARN,
        channel=Key(check.asset, POWER_W),
        limit=limit_w,
        unit="W",
        source=SOURCE,
        cause=check.cause,
        is_active=is_active,
        value=value_w,
    )
