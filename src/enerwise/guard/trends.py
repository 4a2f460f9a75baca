"""Trends: how fast a value moves, and how long it has not moved although it should.

Each trend keeps a ring of sixteen samples, whatever its window: bounded memory, and a rate that reaches back by the
window at least. Time is that of the samples on a clock that only goes on.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.guard.limits import turned
from enerwise.site.numbered import Movers, Windows

SLOT_COUNT: Final = 16


@dataclass(frozen=True, slots=True)
class Rings:
    """The samples that are kept. Shapes (trend, slot) and (trend,)"""

    at_s: FloatArray
    value: FloatArray
    next_slot: IntArray

    @classmethod
    def empty(cls, trend_count: int) -> "Rings":
        """No sample yet."""
        shape = trend_count, SLOT_COUNT
        return cls(np.full(shape, -np.inf), np.full(shape, np.nan), np.zeros(trend_count, dtype=np.int64))


def followed(windows: Windows, rings: Rings, fresh: FloatArray, sampled_s: FloatArray) -> tuple[Rings, FloatArray]:
    """Keep what is new, and return the rate of each trend.

    Args:
        windows: What is followed.
        rings: The samples so far.
        fresh: Measured values, NaN where unknown. Shape (channel,)
        sampled_s: When each was sampled. [s], shape (channel,)

    Returns:
        The rings, and change per second since the youngest sample that is at least a window old; NaN before the window
        is full. Shape (trend,)
    """
    value, at_s = fresh[windows.channel], sampled_s[windows.channel]
    is_old = at_s[:, None] - rings.at_s >= windows.window_s[:, None] * (1 - 1e-9)
    is_old &= np.isfinite(rings.at_s)
    slot = np.argmax(np.where(is_old, rings.at_s, -np.inf), axis=1)[:, None]
    then_s, then = (np.take_along_axis(each, slot, axis=1)[:, 0] for each in (rings.at_s, rings.value))
    rate_per_s = np.where(is_old.any(axis=1), (value - then) / (at_s - then_s), np.nan)
    # Two slots to spare: the oldest of sixteen is then always older than the window.
    is_due = np.isfinite(value) & (at_s - rings.at_s.max(axis=1) >= windows.window_s / (SLOT_COUNT - 2))
    return (_kept(rings, np.flatnonzero(is_due), at_s, value) if is_due.any() else rings), rate_per_s


def _kept(rings: Rings, due: IntArray, at_s: FloatArray, value: FloatArray) -> Rings:
    times_s, values, following = rings.at_s.copy(), rings.value.copy(), rings.next_slot.copy()
    times_s[due, following[due]] = at_s[due]
    values[due, following[due]] = value[due]
    following[due] = (following[due] + 1) % SLOT_COUNT
    return Rings(times_s, values, following)


@dataclass(frozen=True, slots=True)
class Stills:
    """Since which value, and for how long under the condition, each has stood still. Shapes (mover,)"""

    value: FloatArray
    still_s: FloatArray

    @classmethod
    def empty(cls, mover_count: int) -> "Stills":
        """No value yet."""
        return cls(np.full(mover_count, np.nan), np.zeros(mover_count))


def stood_still(movers: Movers, stills: Stills, fresh: FloatArray, gain_s: FloatArray) -> Stills:
    """Count the time in which values did not move although they should.

    Args:
        movers: Which should move, and when.
        stills: The count so far.
        fresh: Measured values, NaN where unknown, then a constant for those without a condition. Shape (channel + 1,)
        gain_s: Time from the last sample of each to this one, 0 where there is none. [s], shape (channel,)
    """
    value, gain = fresh[movers.channel], gain_s[movers.channel]
    has_moved = ~(np.abs(value - stills.value) <= movers.resolution) & np.isfinite(value)
    should = (turned(movers.when, fresh) > movers.when.at) & np.isfinite(value)
    counted_s = stills.still_s + np.where(should, gain, 0.0)
    return replace(
        stills,
        value=np.where(has_moved, value, stills.value),
        still_s=np.where(has_moved, 0.0, counted_s),
    )
