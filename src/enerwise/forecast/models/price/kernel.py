"""Gaussian processes over days: days that look alike have like prices, and those long ago count less.

A covariance adds three parts: likeness of days, straight lines whose weights drift over years, and a level that wanders
over weeks. Likeness is told in two ways, each a member: by distance (Matérn 3/2), or as a neural network of endless
width with three hidden layers of rectifiers would tell it, which has no seed to scatter with.

One Cholesky factor gives the honest one-day-ahead forecast of every day in it: with L Lᵀ = K and L z = y, the forecast
of day i from the days before it is y_i - L_ii z_i. The factor of the days before an anchor is kept; later days are rows
added below it.

Source: Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, sections 2.2, 4.2 and A.4; Cho and Saul
2009, Kernel Methods for Deep Learning, equations 1 to 6.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.forecast.models.price.days import LONGEST_LAG, Days, Kept, spans
from enerwise.forecast.models.price.looks import YEAR_DAYS, Look, Scales, Weights, look

BLOCKS: Final = 3
"""Parts of the day with a factor each: night, day, evening."""
MOST_DAYS: Final = 1820
LEAST_DAYS: Final = 28
NOT_LEARNED: Final = 1e4
"""Noise of a day that teaches nothing."""
NOISE: Final = 0.13
LINE_LEVEL: Final = 0.0035
LINE_DRIFT: Final = 0.05
"""Per square year."""
WANDER: Final = 0.017
WANDER_DAYS: Final = 38.0
LAYERS: Final = 3
NETWORK_LEVEL: Final = 1.0
LAYER_LEVEL: Final = 0.1

Likeness = Callable[[FloatArray, FloatArray], FloatArray]


def by_distance(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the Matérn 3/2 covariance of rows. Shapes (m, feature), (n, feature) -> (m, n)"""
    square = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2 * a @ b.T
    far = np.sqrt(3 * np.maximum(square, 0.0))
    return np.asarray(0.4 * (1 + far) * np.exp(-far))


def by_network(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the covariance of what endlessly wide networks of random weights say. Shapes as in `by_distance`."""
    value = a @ b.T + NETWORK_LEVEL
    left, right = ((each * each).sum(axis=1) + NETWORK_LEVEL for each in (a, b))
    for _ in range(LAYERS):
        size = np.sqrt(left[:, None] * right)
        cosine = np.clip(value / size, -1.0, 1.0)
        value = size * (np.sqrt(1 - cosine * cosine) + (np.pi - np.arccos(cosine)) * cosine) / np.pi + LAYER_LEVEL
        left, right = left + LAYER_LEVEL, right + LAYER_LEVEL
    return np.asarray(0.6 * value)


@dataclass(frozen=True, slots=True)
class _Block:
    """The factor of a block's days before an anchor."""

    look: Look
    factor: FloatArray
    """Lower triangle. Shape (row, row)"""
    z: FloatArray
    """Shape (row, slot)"""


@dataclass(frozen=True, slots=True)
class _Anchored:
    """Everything learned at an anchor."""

    scales: Scales
    blocks: tuple[_Block, ...]
    lowest: FloatArray
    highest: FloatArray


@dataclass
class Kernel:
    """A process with its way of telling likeness; it keeps what it learned at its latest anchor."""

    name: str
    likeness: Likeness
    line_share: float
    weights: Weights = field(default_factory=Weights)
    _kept: Kept[_Anchored] = field(default_factory=lambda: Kept(1), repr=False)

    def said(self, days: Days, first: int) -> FloatArray:
        """Return the forecasts of each day from ``first`` on. Shape (day, slot)"""
        out = np.full((days.count + 1 - first, days.target.shape[1]), np.nan)
        for anchor, begin, end in spans(days, first):
            # Before a first anchor has four weeks behind it, every day is one.
            places = [(anchor, begin, end)] if _learnable(days, anchor).size >= LEAST_DAYS else _each(begin, end)
            for learned_at, start, stop in places:
                if _learnable(days, learned_at).size >= LEAST_DAYS:
                    out[start - first : stop - first] = self._after(days.before(stop - 1), learned_at)[
                        start - learned_at :
                    ]
        return out

    def _after(self, days: Days, anchor: int) -> FloatArray:
        """Return the forecasts of the anchor's day and all later ones, the one to come last. Shape (day, slot)"""
        learned = self._anchored(days.before(anchor))
        later = np.arange(anchor, days.count + 1)
        truth = np.zeros((later.size, days.target.shape[1]))
        truth[:-1] = learned.scales.inward(days.target[anchor:])
        teaches = np.append(days.is_whole[anchor:], False)
        truth[~teaches] = 0.0
        value = np.full(truth.shape, np.nan)
        for block, (slots, hour) in zip(learned.blocks, _blocks(truth.shape[1]), strict=True):
            seen = look(days, learned.scales, self.weights, hour).rows(later)
            known = np.flatnonzero(np.isfinite(seen.like).all(axis=1))
            error = self._added(block, seen.rows(known), truth[known][:, slots], teaches[known])
            value[np.ix_(known, slots)] = truth[known][:, slots] - error
        return learned.scales.outward(np.asarray(np.clip(value, learned.lowest, learned.highest)))

    def _anchored(self, days: Days) -> _Anchored:
        return self._kept.get(days.digest(), lambda: self._learned(days))

    def _learned(self, days: Days) -> _Anchored:
        learned = _learnable(days, days.count)
        scales = Scales.of(days, learned, days.count)
        z = scales.inward(days.target[learned])
        blocks = tuple(self._block(days, scales, learned, z[:, slots], hour) for slots, hour in _blocks(z.shape[1]))
        return _Anchored(scales, blocks, z.min(axis=0) - 1.0, z.max(axis=0) + 1.0)

    def _block(self, days: Days, scales: Scales, learned: IntArray, z: FloatArray, hour: float) -> _Block:
        from scipy.linalg import cholesky, solve_triangular

        seen = look(days, scales, self.weights, hour).rows(learned)
        covariance = self._covariance(seen, seen)
        covariance[np.diag_indices(learned.size)] += NOISE
        factor = cholesky(covariance.astype(np.float32), lower=True, overwrite_a=True, check_finite=False)
        return _Block(seen, factor, solve_triangular(factor, z.astype(np.float32), lower=True, check_finite=False))

    def _added(self, block: _Block, seen: Look, y: FloatArray, teaches: BoolArray) -> FloatArray:
        """Return the one-day-ahead errors of rows added below a factor. Shape (row, slot)"""
        from scipy.linalg import cholesky, solve_triangular

        across = self._covariance(block.look, seen).astype(np.float32)
        below = solve_triangular(block.factor, across, lower=True, check_finite=False).astype(np.float64)
        rest = self._covariance(seen, seen) - below.T @ below
        rest[np.diag_indices(seen.day.size)] += np.where(teaches, NOISE, NOT_LEARNED)
        corner = cholesky(rest, lower=True, check_finite=False)
        return np.asarray(np.diag(corner)[:, None] * solve_triangular(corner, y - below.T @ block.z, lower=True))

    def _covariance(self, a: Look, b: Look) -> FloatArray:
        apart_days = np.abs(a.day[:, None] - b.day).astype(np.float64)
        drift = np.exp(-0.5 * LINE_DRIFT * (apart_days / YEAR_DAYS) ** 2)
        lines = self.line_share * (a.line @ b.line.T + LINE_LEVEL) * drift
        return np.asarray(self.likeness(a.like, b.like) + lines + WANDER * np.exp(-apart_days / WANDER_DAYS))


def likeness() -> Kernel:
    """Return the member that tells likeness by distance."""
    return Kernel("likeness", by_distance, line_share=1.0)


def wide_network() -> Kernel:
    """Return the member that tells likeness as a network of endless width does."""
    return Kernel("wide_network", by_network, line_share=0.5)


def _learnable(days: Days, anchor: int) -> IntArray:
    begin = max(LONGEST_LAG, anchor - MOST_DAYS)
    table = days.known[begin - LONGEST_LAG : anchor], days.target[begin - LONGEST_LAG : anchor]
    finite = np.asarray(np.isfinite(table[0]).all(axis=(1, 2)) & np.isfinite(table[1]).all(axis=1))
    # Gaps are filled forward, so only days at the very beginning can lack a value.
    ready = finite[LONGEST_LAG:] & finite[:-LONGEST_LAG] if finite.size > LONGEST_LAG else finite[:0]
    return begin + np.flatnonzero(ready & days.is_whole[begin:anchor])


def _each(begin: int, end: int) -> list[tuple[int, int, int]]:
    return [(day, day, day + 1) for day in range(begin, end)]


def _blocks(slots: int) -> list[tuple[IntArray, float]]:
    """Return the slots of each block and the hour in its middle."""
    parts = np.array_split(np.arange(slots), min(BLOCKS, slots))
    return [(each, float((each[0] + each[-1] + 1) / 2 * 24.0 / slots)) for each in parts]
