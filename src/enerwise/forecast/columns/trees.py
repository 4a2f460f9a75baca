"""Gradient-boosted trees with the step as a feature: one direct model for all steps, one for each of a few levels.

Centres are learned by absolute error, since that is what forecasts are judged by; levels by their own loss. Every fit
is told its seed, and one thread serves, so the same past gives the same model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.forecast.columns.learning import Lesson, lesson
from enerwise.forecast.features import rows
from enerwise.forecast.frame import MEDIAN, QUANTILES, Known

if TYPE_CHECKING:
    from lightgbm import Booster

LEVELS: Final = (0.05, 0.1, 0.25, 0.75, 0.9, 0.95)
SHARED: Final[dict[str, Any]] = {
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 30,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "max_bin": 127,
}


@dataclass(frozen=True, slots=True)
class _Centre:
    """How one of the centres is grown: they differ so that their mean is better than any."""

    rounds: int
    is_whole: bool
    """Whether it learns the value itself, not the difference from the base."""
    settings: Mapping[str, Any]


CENTRES: Final = (
    _Centre(200, False, {"seed": 1}),
    _Centre(300, False, {"seed": 2, "num_leaves": 31, "extra_trees": True}),
    _Centre(200, True, {"seed": 3}),
)
LEVEL_ROUNDS: Final = 100


@dataclass(frozen=True, slots=True)
class TreesModel:
    """Fitted trees: some for the centre, whose mean counts, and one set for each level."""

    centres: tuple["Booster", ...]
    levels: tuple["Booster", ...]

    def predict(self, known: Known) -> FloatArray:
        """Return quantiles: the centre, and between it and the levels straight lines."""
        row = rows(known, np.array([known.past_count]), known.horizon)
        return np.asarray((self.scaled(row.x, row.base) + row.base[:, None]) * row.scale[:, None])

    def scaled(self, x: FloatArray, base: FloatArray) -> FloatArray:
        """Return quantiles of the scaled difference from the base. Shape (row, 19)"""
        said = [_values(booster, x) - base * how.is_whole for how, booster in zip(CENTRES, self.centres, strict=True)]
        return spread_out(np.mean(said, axis=0), np.stack([_values(each, x) for each in self.levels]))


@dataclass(frozen=True, slots=True)
class Trees:
    """LightGBM. Source: Ke and others 2017; quantile loss: Koenker and Bassett 1978."""

    name: str = "trees"
    refit_days: int = 7

    def fit(self, known: Known) -> TreesModel:
        """Grow the trees.

        Raises:
            TooShort: There is too little to learn from.
        """
        return grown(lesson(known))


def grown(taught: Lesson) -> TreesModel:
    """Return the trees of a lesson."""
    import lightgbm

    differences = lightgbm.Dataset(taught.x, taught.y, params=SHARED, free_raw_data=False)
    values = lightgbm.Dataset(taught.x, taught.y + taught.base, params=SHARED, free_raw_data=False)

    def grow(data: "lightgbm.Dataset", rounds: int, **settings: Any) -> "Booster":
        return lightgbm.train(SHARED | settings, data, num_boost_round=rounds)

    centres = [
        grow(values if each.is_whole else differences, each.rounds, objective="l1", **each.settings) for each in CENTRES
    ]
    levels = [grow(differences, LEVEL_ROUNDS, objective="quantile", alpha=each, seed=4) for each in LEVELS]
    return TreesModel(tuple(centres), tuple(levels))


def spread_out(centre: FloatArray, table: FloatArray) -> FloatArray:
    """Return 19 rising quantiles from a centre and the values at a few levels. Shape (row, 19)"""
    levels = np.array([*LEVELS[: len(LEVELS) // 2], 0.5, *LEVELS[len(LEVELS) // 2 :]])
    half = table.shape[0] // 2
    points = np.vstack([table[:half], centre, table[half:]])
    # The centre is the best of them: a level on its wrong side is moved to it, not the other way.
    points[:half] = np.minimum(points[:half], centre)
    points[half + 1 :] = np.maximum(points[half + 1 :], centre)
    points = np.sort(points, axis=0)
    place = np.clip(np.searchsorted(levels, QUANTILES - 1e-9), 1, levels.size - 1)
    share = (QUANTILES - levels[place - 1]) / (levels[place] - levels[place - 1])
    value = points[place - 1] * (1 - share)[:, None] + points[place] * share[:, None]
    value[MEDIAN] = centre
    return np.asarray(value.T)


def _values(booster: "Booster", x: FloatArray) -> FloatArray:
    return np.asarray(booster.predict(x, num_threads=1), dtype=np.float64)
