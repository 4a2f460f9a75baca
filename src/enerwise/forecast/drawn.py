"""Drawn towards the present: what the last hour showed corrects what is usual, and the correction fades.

It fades with the horizon as errors of this channel have faded before: added for loads, as a share of the clear value
for PV.
"""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from enerwise.core.quantity import AVAILABLE_POWER_W
from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.banded import Banded
from enerwise.forecast.past import Past

RECENT_S: Final = 3600
"""How far back the present error is looked at; single steps are too noisy."""
RATIO_RANGE: Final = (0.1, 3.0)


@dataclass(frozen=True)
class Drawn(Banded):
    """A forecaster whose usual value is corrected by the present error."""

    fading: float = 0.0
    """Share of the present error that is left after one step."""

    @abstractmethod
    def usual(self, past: Past, position: IntArray) -> FloatArray:
        """Return what is expected at positions whatever the last hour showed; NaN where nothing is."""

    def drawn(self, past: Past, position: IntArray, error: FloatArray) -> Self:
        """Return this forecaster with fading and band of the errors of its usual value."""
        learned = replace(self, fading=fading_of(error, len(recent(past))))
        return learned.with_errors(past, position, error)

    def centre(self, past: Past, position: IntArray) -> FloatArray:
        """Return the usual value at positions; those beyond the past are corrected by the present error."""
        value = self.usual(past, position)
        ahead = position - past.value.size
        if not self.fading or not (ahead >= 0).any():
            return value
        left = np.where(ahead >= 0, self.fading ** (1.0 + np.maximum(0, ahead)), 0.0)
        near = recent(past)
        now, usual = past.value[near], self.usual(past, near)
        known = np.isfinite(now) & np.isfinite(usual)
        if not known.any():
            return value
        measured, expected = now[known].mean(), usual[known].mean()
        if past.key.quantity == AVAILABLE_POWER_W:
            ratio = float(np.clip(measured / expected, *RATIO_RANGE)) if abs(expected) > 1.0 else 1.0
            shaded: FloatArray = value * (1.0 + (ratio - 1.0) * left)
            return shaded
        shifted: FloatArray = value + (measured - expected) * left
        return shifted

    def band_scale(self, past: Past, position: IntArray) -> FloatArray:
        """Return how far errors have grown back to their usual size: near steps are known better."""
        ahead = np.maximum(0, position - past.value.size)
        return np.sqrt(1.0 - self.fading ** (2.0 * (1.0 + ahead)))


def recent(past: Past) -> IntArray:
    """Return the positions of the last hour."""
    count = max(1, RECENT_S // past.grid.step_s)
    return np.arange(max(0, past.value.size - count), past.value.size)


def fading_of(error: FloatArray, steps: int) -> float:
    """Return how much of a recent mean error is left one step later, from its correlation an hour apart."""
    before = np.convolve(np.nan_to_num(error), np.full(steps, 1.0 / steps), mode="valid")[:-1]
    after = error[steps:]
    known = np.isfinite(after)
    before, after = before[known], after[known]
    power = float(before @ before)
    if power <= 0:
        return 0.0
    # A mean over the last steps stands half its span further back than the last step.
    return float(np.clip(before @ after / power, 0.0, 0.95))
