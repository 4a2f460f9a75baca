"""A forest whose leaves keep what was measured: all quantiles from one fit, without assuming how errors are spread.

A row's forecast is made of the outcomes it shares leaves with, each counted by how often. Rows are in the size of their
series and outcomes are not told as differences from the base, so what was never measured is never foretold: a solar
plant yields between nothing and what it has yielded before.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.columns.learning import Lesson, lesson
from enerwise.forecast.features import rows
from enerwise.forecast.frame import QUANTILES, Known
from enerwise.forecast.reach import is_night

if TYPE_CHECKING:
    from sklearn.ensemble import ExtraTreesRegressor

TREES: Final = 200
LEAST_IN_LEAF: Final = 4
SHARE_OF_FEATURES: Final = 0.5
MOST_ROWS: Final = 12_000
ABSENT: Final = -9.0
"""Stands for what was not known; sizes are near one."""


@dataclass(frozen=True, slots=True)
class ForestModel:
    """Trees, and the outcomes in each of their leaves."""

    trees: "ExtraTreesRegressor"
    member: NDArray[np.int32]
    """Taught rows, grouped by tree and leaf; rows rise by outcome. Shape (tree * row,)"""
    first: NDArray[np.int32]
    """Where the group of each leaf of each tree begins, and the end. Shape (tree * leaf + 1,)"""
    outcome: FloatArray
    """Scaled, rising. Shape (row,)"""

    def predict(self, known: Known) -> FloatArray:
        """Return the quantiles of what shares leaves with each step."""
        row = rows(known, np.array([known.past_count]), known.horizon)
        value = np.zeros((known.horizon, QUANTILES.size))
        # Nights share one great leaf with all nights there were, only to yield nothing.
        lit = np.flatnonzero(~is_night(known)[np.arange(known.horizon) % known.steps_per_day])
        value[lit] = self.scaled(_filled(row.x[lit])) * row.scale[lit, None] if lit.size else 0.0
        return value

    def scaled(self, x: FloatArray, levels: FloatArray = QUANTILES) -> FloatArray:
        """Return quantiles of scaled outcomes. Shape (row, level)"""
        share = np.cumsum(self._weights(_leaves(self.trees, x)), axis=1)
        # Half of an outcome's weight lies below it: the median of one outcome is that outcome, of two their middle.
        middle = share - 0.5 * np.diff(share, axis=1, prepend=0.0)
        return np.stack([np.interp(levels, each, self.outcome) for each in middle])

    def _weights(self, leaf: IntArray) -> FloatArray:
        """Return how much each taught outcome counts. Rows sum to one. Shape (row, taught row)"""
        row_count, tree_count = leaf.shape
        group = (leaf + np.arange(tree_count) * (self.first.size // tree_count)).ravel()
        begin, size = self.first[group], self.first[group + 1] - self.first[group]
        # All groups one after the other, each counted from its own beginning.
        place = np.arange(size.sum()) + np.repeat(begin - np.cumsum(size) + size, size)
        row = np.repeat(np.arange(row_count), size.reshape(leaf.shape).sum(axis=1))
        share = np.repeat(1.0 / (size * tree_count), size)
        taught = self.outcome.size
        weight = np.bincount(row * taught + self.member[place], weights=share, minlength=row_count * taught)
        return np.asarray(weight.reshape(row_count, taught), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Forest:
    """Extremely randomised trees as a quantile forest. Source: Geurts and others 2006; Meinshausen 2006."""

    name: str = "pv_forest"
    refit_days: int = 14

    def fit(self, known: Known) -> ForestModel:
        """Grow the trees.

        Raises:
            TooShort: There is too little to learn from.
        """
        return grown(lesson(known))


def grown(taught: Lesson) -> ForestModel:
    """Return the forest of a lesson."""
    from sklearn.ensemble import ExtraTreesRegressor

    last = slice(-MOST_ROWS, None)
    x, outcome = _filled(taught.x[last]), (taught.y + taught.base)[last]
    trees = ExtraTreesRegressor(
        TREES, min_samples_leaf=LEAST_IN_LEAF, max_features=SHARE_OF_FEATURES, n_jobs=1, random_state=1
    ).fit(x, outcome)
    order = np.argsort(outcome, kind="stable")
    return ForestModel(trees, *_grouped(_leaves(trees, x[order])), outcome[order])


def _leaves(trees: "ExtraTreesRegressor", x: FloatArray) -> IntArray:
    """Return the leaf of each row in each tree, as `trees.apply` would after handing every tree to a worker."""
    told = np.asarray(x, dtype=np.float32)
    return np.stack([each.tree_.apply(told) for each in trees.estimators_], axis=1)


def _grouped(leaf: IntArray) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return taught rows grouped by tree and leaf, and where each group begins, from the leaf of each. (row, tree)"""
    leaf_count = int(leaf.max()) + 1
    group = (leaf + np.arange(leaf.shape[1]) * leaf_count).T.ravel()
    member = np.argsort(group, kind="stable") % leaf.shape[0]
    size = np.bincount(group, minlength=leaf_count * leaf.shape[1])
    first = np.concatenate([[0], np.cumsum(size)])
    return member.astype(np.int32), first.astype(np.int32)


def _filled(x: FloatArray) -> FloatArray:
    return np.nan_to_num(x, nan=ABSENT)
