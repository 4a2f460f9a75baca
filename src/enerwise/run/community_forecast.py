"""What homes expect of the coming slots: a profile by time of day that each home learns, and how far off it is now.

A forecaster of one channel (`enerwise.forecast`) looks back over weeks of one home; these keep, for all homes at once,
a running mean of each time of day and how the present error fades, and forget the rest. They are told what was metered
and nothing else, so that they cannot see ahead.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray

NEWEST_RATIO: Final = 0.25
"""Weight of the newest day in the mean of a time of day: about a week is remembered."""
MEMORY_RATIO: Final = 0.98
"""How much of what is known of fading errors is kept from slot to slot."""
TYPICAL_RATIO: Final = 0.35
"""How far the typical value moves towards a new one, as a share of the usual distance."""
FADES_MOST: Final = 0.9
CLEAR_RANGE: Final = (0.1, 3.0)
LEAST_SUN_W: Final = 1.0


@dataclass
class LoadProfile:
    """Load of many homes, learned slot by slot. It grows in place: one array for ten thousand homes.

    Loads come in bursts, so that the mean of a time of day and its typical value, the median, are two things: means add
    up over hours, and who sells a slot in advance needs the median.
    """

    mean_w: FloatArray
    """Shape (home, slot of the day)"""
    typical_w: FloatArray
    """Shape (home, slot of the day)"""
    spread_w: FloatArray
    """Usual distance from the mean. Shape (home, slot of the day)"""
    error_w: FloatArray
    """How far the last slot was above its typical value. Shape (home,)"""
    together: FloatArray
    """Products of errors in a row, and of each with itself, by which they fade. Shape (2, home)"""
    seen_count: IntArray
    """How often each slot of the day was seen. Shape (slot of the day,)"""

    @classmethod
    def unknown(cls, home_count: int, day_count: int) -> "LoadProfile":
        """Return a profile of ``day_count`` slots that has seen nothing."""
        day, seen = (home_count, day_count), np.zeros(day_count, np.int64)
        mean_w, typical_w, spread_w = np.zeros((3, *day))
        return cls(mean_w, typical_w, spread_w, np.zeros(home_count), np.zeros((2, home_count)), seen)

    def learn(self, slot: int, measured_w: FloatArray) -> None:
        """Take in what was metered in a slot of the day. [W], shape (home,)"""
        if self.seen_count[slot] == 0:
            self.mean_w[:, slot] = self.typical_w[:, slot] = measured_w
            self.error_w = np.zeros_like(measured_w)
        else:
            _learn_spread(self.spread_w, self.mean_w, slot, measured_w)
            error_w = measured_w - self.typical_w[:, slot]
            self.together = MEMORY_RATIO * self.together + [error_w * self.error_w, error_w * error_w]
            moved_w = np.minimum(TYPICAL_RATIO * self.spread_w[:, slot], np.abs(error_w))
            self.typical_w[:, slot] += np.sign(error_w) * moved_w
            self.error_w = error_w
        self.seen_count[slot] += 1

    @property
    def fading_ratio(self) -> FloatArray:
        """Share of the present error that is left a slot later. Shape (home,)"""
        both, alone = self.together
        ratio: FloatArray = np.clip(np.divide(both, alone, out=np.zeros_like(both), where=alone > 0), 0.0, FADES_MOST)
        return ratio

    def ahead_w(self, slots: IntArray) -> FloatArray:
        """Return what is expected of the coming slots, the first of which begins now. [W], shape (home, slot)

        The first is the typical value, those after it are means. A time of day that was never seen is expected to be
        as those that were.
        """
        expected_w = _known(self.mean_w, slots, self.seen_count)
        expected_w[:, 0] = _known(self.typical_w, slots[:1], self.seen_count)[:, 0]
        left = self.fading_ratio[:, None] ** np.arange(1, slots.size + 1)
        return np.maximum(expected_w + self.error_w[:, None] * left, 0.0)


@dataclass
class SunProfile:
    """Available PV of many homes, learned slot by slot; clouds that are there now fade away over the next hours."""

    mean_w: FloatArray
    """Shape (home, slot of the day)"""
    spread_w: FloatArray
    """Usual distance from the mean. Shape (home, slot of the day)"""
    clear_ratio: FloatArray
    """The last slot with sun over its mean. Shape (home,)"""
    seen_count: IntArray
    fading_ratio: float
    """Share of the present difference that is left a slot later."""

    @classmethod
    def unknown(cls, home_count: int, day_count: int) -> "SunProfile":
        """Return a profile of ``day_count`` slots that has seen nothing."""
        seen = np.zeros(day_count, np.int64)
        # Clouds are half forgotten after two and a half hours, as in `enerwise.physics.weather`.
        fading_ratio = 0.5 ** (24.0 / day_count / 2.5)
        mean_w, spread_w = np.zeros((2, home_count, day_count))
        return cls(mean_w, spread_w, np.ones(home_count), seen, fading_ratio)

    def learn(self, slot: int, measured_w: FloatArray) -> None:
        """Take in what the sun gave in a slot of the day, zero or below. [W], shape (home,)"""
        mean_w = self.mean_w[:, slot]
        has_sun = mean_w < -LEAST_SUN_W
        now_ratio = np.divide(measured_w, mean_w, out=np.ones_like(mean_w), where=has_sun)
        kept_ratio = 1.0 + (self.clear_ratio - 1.0) * self.fading_ratio
        self.clear_ratio = np.where(has_sun, np.clip(now_ratio, *CLEAR_RANGE), kept_ratio)
        if self.seen_count[slot] == 0:
            self.mean_w[:, slot] = measured_w
        else:
            _learn_spread(self.spread_w, self.mean_w, slot, measured_w)
        self.seen_count[slot] += 1

    def ahead_w(self, slots: IntArray) -> FloatArray:
        """Return what is expected of the coming slots, zero or below. [W], shape (home, slot)"""
        left = self.fading_ratio ** np.arange(1, slots.size + 1)
        expected_w = _known(self.mean_w, slots, self.seen_count) * (1.0 + (self.clear_ratio[:, None] - 1.0) * left)
        return np.minimum(expected_w, 0.0)


def _learn_spread(spread_w: FloatArray, mean_w: FloatArray, slot: int, measured_w: FloatArray) -> None:
    """Move mean and usual distance of a slot of the day towards what was measured, in place."""
    error_w = measured_w - mean_w[:, slot]
    spread_w[:, slot] += NEWEST_RATIO * (np.abs(error_w) - spread_w[:, slot])
    mean_w[:, slot] += NEWEST_RATIO * error_w


def _known(mean_w: FloatArray, slots: IntArray, seen_count: IntArray) -> FloatArray:
    """Return a profile at slots of the day; what was never seen is as the mean of what was."""
    expected_w = mean_w[:, slots]
    is_known = seen_count > 0
    if is_known.all() or not is_known.any():
        return expected_w
    return np.where(is_known[slots], expected_w, mean_w[:, is_known].mean(axis=1)[:, None])


@dataclass
class Expectations:
    """What homes expect of load and sun, each with its own memory."""

    load: LoadProfile
    sun: SunProfile

    @classmethod
    def unknown(cls, home_count: int, day_count: int) -> "Expectations":
        """Return expectations of homes that have seen nothing."""
        return cls(LoadProfile.unknown(home_count, day_count), SunProfile.unknown(home_count, day_count))

    def learn(self, slot: int, load_w: FloatArray, available_w: FloatArray) -> None:
        """Take in what was metered in a slot of the day."""
        self.load.learn(slot, load_w)
        self.sun.learn(slot, available_w)

    def ahead_w(self, slots: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return expected load, never below zero, and expected sun, never above. [W], shapes (home, slot)"""
        return self.load.ahead_w(slots), self.sun.ahead_w(slots)

    def spread_w(self, slots: IntArray) -> FloatArray:
        """Return how far off the sum of both usually is. [W], shape (home, slot)"""
        return np.hypot(self.load.spread_w[:, slots], self.sun.spread_w[:, slots])
