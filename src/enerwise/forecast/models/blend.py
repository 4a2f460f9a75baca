"""The blend: a weighted mean of the floor's members, drawn towards what the last hours showed.

Weights are those that would have been best over the last four weeks, never below zero, summing to one.
"""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.banded import Banded, learning_positions
from enerwise.forecast.drawn import Drawn
from enerwise.forecast.models.naive import naive_day, naive_week
from enerwise.forecast.models.profile import four_week_profile, week_profile
from enerwise.forecast.past import Past

ROUNDS: Final = 200
SHRINK: Final = 0.05
"""Share of the equal weights mixed in: four weeks are short."""


def _members() -> tuple[Banded, ...]:
    return (naive_day(), naive_week(), four_week_profile(), week_profile())


@dataclass(frozen=True)
class Blend(Drawn):
    """A weighted mean of members, corrected by the present error."""

    members: tuple[Banded, ...] = field(default_factory=_members)
    weight: FloatArray | None = None
    """One for each member, summing to 1; None means equal."""

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
        return learned.drawn(past, position, truth - learned.usual(past, position))

    def usual(self, past: Past, position: IntArray) -> FloatArray:
        """Return the weighted mean of the members."""
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
