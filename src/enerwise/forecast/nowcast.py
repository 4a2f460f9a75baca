"""The very next step, from the last ones: boosted trees learn how a series moves, not what it is.

Models of whole days say what an hour like the next is like. Where a plan is made anew every step, what is done now
hangs on the next step alone, and there the last value, the weather of now against the next, and the same hours of
yesterday say more. What is learned is in the size of each series, from several series at once: plants under one sky
teach each other, and what the others missed a step ago counts too (`together`). The sun moves from where it is; a
household falls back to what it is used to, or goes on with what it does: the mean of a model of each is better than
both. Needs the extra `learn`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.columns.trees import SHARED

if TYPE_CHECKING:
    from lightgbm import Booster

LAGS: Final = (1, 2, 3, 4, 5, 6)
ERROR_LAGS: Final = (1, 2, 3)
DAYS: Final = (1, 2, 7)
"""Days back at which the steps around the next one are looked at."""
MEAN_DAYS: Final = (0.25, 1.0, 7.0)
"""Spans up to the step whose mean is looked at."""
LEAST_ROWS: Final = 300
STILL: Final = 0.01
"""Changes are learned where the series or what is said of it exceeds this share of its size: nights teach nothing."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a next step is learned."""

    is_change: bool
    """Whether it is told as a change from the last value, else as a difference from what was said of it."""
    rounds: int
    settings: Mapping[str, Any]


_WIDE: Final = {
    "objective": "l2",
    "seed": 2,
    "num_leaves": 31,
    "extra_trees": True,
    "min_data_in_leaf": 40,
    "lambda_l2": 10.0,
}
SUN: Final = (Way(True, 250, {"objective": "l1", "seed": 1}),)
"""For what lives from one cause, such as PV under the sun of a known hour."""
PEOPLE: Final = (Way(False, 250, _WIDE), Way(True, 250, _WIDE))
"""For what people do. Differences and changes err differently; means, since medians of skewed loads say too little."""


@dataclass(frozen=True, slots=True)
class Near:
    """One series, what was said of each step at the issue before it, and columns known one step ahead."""

    target: FloatArray
    """Measured so far. Shape (past,)"""
    said: FloatArray
    """Of each step at its own issue; the last one is of the step to come. Shape (past + 1,)"""
    known: FloatArray
    """Shape (past + 2, column): they reach a step beyond the next."""
    steps_per_day: int
    others: FloatArray = field(default_factory=lambda: np.zeros(0))
    """What others of the kind missed, each in its size, as `together` tells it. Shape (past,); empty where unknown"""

    def rows(self, steps: IntArray) -> FloatArray:
        """Return what was known just before each step. Shape (step, feature)"""
        size, day = self.size, self.steps_per_day
        back = [*LAGS, *(day * days + each for days in DAYS for each in (-1, 0, 1))]
        value = np.stack([_at(self.target, steps - each) for each in back], axis=1) / size
        missed = [_at(self.target, steps - lag) - _at(self.said, steps - lag) for lag in ERROR_LAGS]
        usual = [*self._same_time(steps), *self._expected(steps)]
        error = np.stack([*missed, *self._means(steps), *usual], axis=1) / size
        others = np.stack([*self._missed_by_others(steps)], axis=1)
        around = np.concatenate([_rows_at(self.known, steps + each) for each in (-1, 0, 1, -day)], axis=1)
        when = np.stack([steps % day, steps // day % 7], axis=1).astype(np.float64)
        return np.concatenate([value, error, self.said[steps][:, None] / size, others, around, when], axis=1)

    def _means(self, steps: IntArray) -> Iterator[FloatArray]:
        """Yield means over spans that end before each step; what is missing counts as nothing."""
        total = np.concatenate([[0.0], np.nan_to_num(self.target).cumsum()])
        for days in MEAN_DAYS:
            begin = np.maximum(0, steps - round(days * self.steps_per_day))
            yield (total[steps] - total[begin]) / np.maximum(1, steps - begin)

    def _same_time(self, steps: IntArray) -> Iterator[FloatArray]:
        """Yield the highest of the last seven days at the time of each step, and how far they differ."""
        week = [np.nan_to_num(_at(self.target, steps - days * self.steps_per_day)) for days in range(1, 8)]
        yield np.max(week, axis=0)
        yield np.std(week, axis=0)

    def _expected(self, steps: IntArray) -> Iterator[FloatArray]:
        """Yield what was usual at the time of each step, and how it moves there: by what was usual and what is said."""
        days = self.steps_per_day * np.arange(1, 8)[:, None]
        usual, before = (np.nan_to_num(_at(self.target, steps - back)).mean(axis=0) for back in (days, days + 1))
        yield usual
        yield usual - before
        yield self.said[steps] - _at(self.said, steps - 1)

    def _missed_by_others(self, steps: IntArray) -> Iterator[FloatArray]:
        """Yield what they missed in the step before, and in all that are looked at; NaN where nobody told."""
        others = self.others if self.others.size else np.full(self.target.size, np.nan)
        lately = [_at(others, steps - lag) for lag in ERROR_LAGS]
        yield lately[0]
        yield np.sum(lately, axis=0)

    def begins(self, steps: IntArray, way: Way) -> FloatArray:
        """Return what the step is told from: the value before it, or what was said of it. Shape (step,)"""
        return self.target[steps - 1] if way.is_change else self.said[steps]

    @property
    def size(self) -> float:
        """Mean size of what was measured; 1 where all is zero or unknown."""
        known = np.abs(self.target[np.isfinite(self.target)])
        return float(known.mean()) if known.any() else 1.0

    def moves(self, steps: IntArray) -> IntArray:
        """Return those of the steps at which there is anything to tell."""
        least = STILL * self.size
        told = (np.abs(self.said[steps]) > least) | (np.abs(_at(self.target, steps - self.steps_per_day)) > least)
        return np.asarray(steps[told | (np.abs(_at(self.target, steps - 1)) > least)])


@dataclass(frozen=True, slots=True)
class Nowcast:
    """Fitted trees, one model for each way; they count alike."""

    ways: tuple[Way, ...]
    boosters: "tuple[Booster, ...]"

    def next(self, near: Near) -> float:
        """Return the step to come, in the unit of the series; what is said of it where nothing moves."""
        step = np.array([near.target.size])
        begins = [float(near.begins(step, way)[0]) for way in self.ways]
        if not np.isfinite(begins).any() or not near.moves(step).size:
            return float(near.said[-1])
        row = near.rows(step)
        moves = [np.asarray(each.predict(row, num_threads=1))[0] for each in self.boosters]
        return float(np.nanmean(np.array(begins) + np.array(moves) * near.size))


def together(series: Sequence[Near]) -> list[Near]:
    """Return the same series, each told what the others missed so far; gaps count as no error, and so does no other."""
    missed = np.array([np.nan_to_num(near.target - near.said[:-1]) / near.size for near in series])
    others = (missed.sum(axis=0) - missed) / max(1, len(series) - 1)
    return [replace(near, others=each) for near, each in zip(series, others, strict=True)]


def fitted(series: Sequence[Near], ways: Sequence[Way], first: int) -> Nowcast | None:
    """Return trees that learned from the steps of all series from ``first`` on; None where those are too few.

    Args:
        series: Of one kind. Steps whose value or, for changes, the one before is unknown teach nothing.
        ways: How they are learned; the mean of all counts.
        first: Step from which on they are.
    """
    steps = [near.moves(np.arange(max(first, 1), near.target.size)) for near in series]
    x = np.concatenate([near.rows(at) for near, at in zip(series, steps, strict=True)])
    boosters = []
    for way in ways:
        y = np.concatenate(
            [(near.target[at] - near.begins(at, way)) / near.size for near, at in zip(series, steps, strict=True)]
        )
        if np.isfinite(y).sum() < LEAST_ROWS:
            return None
        boosters.append(_grown(x[np.isfinite(y)], y[np.isfinite(y)], way))
    return Nowcast(tuple(ways), tuple(boosters))


def _grown(x: FloatArray, y: FloatArray, way: Way) -> "Booster":
    import lightgbm

    settings = SHARED | dict(way.settings)
    return lightgbm.train(settings, lightgbm.Dataset(x, y, params=settings), num_boost_round=way.rounds)


def _at(value: FloatArray, steps: IntArray) -> FloatArray:
    """Return values at steps, NaN outside."""
    inside = (steps >= 0) & (steps < value.size)
    return np.where(inside, value[np.clip(steps, 0, value.size - 1)], np.nan)


def _rows_at(value: FloatArray, steps: IntArray) -> FloatArray:
    inside = (steps >= 0) & (steps < value.shape[0])
    return np.where(inside[:, None], value[np.clip(steps, 0, value.shape[0] - 1)], np.nan)
