"""The blend: a weighted mean of the floor's members, drawn towards what the last hours showed.

Weights are those that would have been best over the last four weeks, never below zero, summing to one. What is left,
the present error, fades with the horizon as errors of this channel have faded before: added for loads, as a share of
the clear value for PV.
"""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from enerwise.core.quantity import AVAILABLE_POWER_W
from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.banded import Banded, learning_positions
from enerwise.forecast.models.naive import naive_day, naive_week
from enerwise.forecast.models.profile import four_week_profile, week_profile
from enerwise.forecast.past import Past

RECENT_S: Final = 3600
"""How far back the present error is looked at; single steps are too noisy."""
ROUNDS: Final = 200
SHRINK: Final = 0.05
"""Share of the equal weights mixed in: four weeks are short."""
RATIO_RANGE: Final = (0.1, 3.0)


def _members() -> tuple[Banded, ...]:
    return (naive_day(), naive_week(), four_week_profile(), week_profile())


@dataclass(frozen=True)
class Blend(Banded):
    """A weighted mean of members, corrected by the present error."""

    members: tuple[Banded, ...] = field(default_factory=_members)
    weight: FloatArray | None = None
    """One for each member, summing to 1; None means equal."""
    fading: float = 0.0
    """Share of the present error that is left after one step."""

    def centre(self, past: Past, position: IntArray) -> FloatArray:
        """Return the weighted mean at positions; those beyond the past are corrected by the present error."""
        value = self._mean(past, position)
        ahead = position - past.value.size
        if not self.fading or not (ahead >= 0).any():
            return value
        left = np.where(ahead >= 0, self.fading ** (1.0 + np.maximum(0, ahead)), 0.0)
        recent = self._recent(past)
        now, usual = past.value[recent], self._mean(past, recent)
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

    def fit(self, past: Past) -> "Blend":
        """Learn weights, fading and band from the last four weeks."""
        position = learning_positions(past)
        if position.size < past.steps_per_day:
            return self
        parts = np.stack([member.centre(past, position) for member in self.members])
        truth = past.value[position]
        known = np.isfinite(truth) & np.isfinite(parts).all(axis=0)
        weight = best_weights(parts[:, known], truth[known]) if known.any() else None
        learned = replace(self, weight=weight)
        error = truth - learned._mean(past, position)
        learned = replace(learned, fading=_fading(error, len(self._recent(past))))
        return learned.with_errors(past, position, error)

    def band_scale(self, past: Past, position: IntArray) -> FloatArray:
        """Return how far errors have grown back to their usual size: near steps are known better."""
        ahead = np.maximum(0, position - past.value.size)
        return np.sqrt(1.0 - self.fading ** (2.0 * (1.0 + ahead)))

    def _mean(self, past: Past, position: IntArray) -> FloatArray:
        parts = np.stack([member.centre(past, position) for member in self.members])
        weight = np.full(len(self.members), 1.0 / len(self.members)) if self.weight is None else self.weight
        known = np.isfinite(parts)
        if known.all():
            mean: FloatArray = weight @ parts
            return mean
        share = np.where(known, weight[:, None], 0.0)
        total = share.sum(axis=0)
        value = np.where(known, parts, 0.0)
        known_mean: FloatArray = np.divide(
            (share * value).sum(axis=0), total, out=np.full(position.size, np.nan), where=total > 0
        )
        return known_mean

    def _recent(self, past: Past) -> IntArray:
        count = max(1, RECENT_S // past.grid.step_s)
        return np.arange(max(0, past.value.size - count), past.value.size)


def blend() -> Blend:
    """Return the blend with its usual members, not yet fitted."""
    return Blend(name="blend")


def best_weights(parts: FloatArray, truth: FloatArray) -> FloatArray:
    """Return weights, never below zero and summing to one, of least mean squared error.

    Args:
        parts: What each member said. Shape (member, n)
        truth: What was measured. Shape (n,)

    Returns:
        One weight for each member; exponentiated gradient, which keeps to the simplex by construction.
        Source: Kivinen and Warmuth 1997, section 3.

    >>> best_weights(np.array([[1.0, 2.0, 3.0], [3.0, 3.0, 3.0]]), np.array([1.0, 2.0, 3.0])).round(2)
    array([0.97, 0.03])
    """
    count = parts.shape[0]
    # Weights sum to one, so the error of the mean is the mean of the errors: their products tell members apart where
    # those of the values themselves are all about as large as the load.
    error = parts - truth
    square = error @ error.T / truth.size
    weight = np.full(count, 1.0 / count)
    rate = 2.0 / max(1e-12, float(np.abs(square).max()))
    for _ in range(ROUNDS):
        slope = square @ weight
        weight = weight * np.exp(-rate * (slope - slope.min()))
        weight /= weight.sum()
    shrunk: FloatArray = (1 - SHRINK) * weight + SHRINK / count
    return shrunk


def _fading(error: FloatArray, steps: int) -> float:
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
