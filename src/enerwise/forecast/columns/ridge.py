"""Ridge: a straight line through the features, in closed form; numpy is all it needs."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.forecast.columns.learning import Lesson, lesson
from enerwise.forecast.features import rows
from enerwise.forecast.frame import Known
from enerwise.forecast.spread import around, error_table

PENALTY: Final = 100.0
LEARNING_DAYS: Final = 28
CUT_DEVIATIONS: Final = 4.0
"""Inputs and outcomes further from their mean are cut: a squared error would follow every spike."""


@dataclass(frozen=True, slots=True)
class RidgeModel:
    """Weights on standardised features, and the errors of the last four weeks, scaled."""

    kept: FloatArray
    mean: FloatArray
    deviation: FloatArray
    weight: FloatArray
    level: float
    table: FloatArray
    """Quantiles of scaled errors. Shape (step, 19)"""

    def centre(self, x: FloatArray) -> FloatArray:
        """Return the scaled difference from the base. Shape (row,)"""
        return np.asarray(_standard(x[:, self.kept.astype(bool)], self.mean, self.deviation) @ self.weight + self.level)

    def predict(self, known: Known) -> FloatArray:
        """Return the line's value with the quantiles of its errors."""
        row = rows(known, np.array([known.past_count]), known.horizon)
        value = around(self.centre(row.x) + row.base, self.table)
        return np.asarray(value * row.scale[:, None])


@dataclass(frozen=True, slots=True)
class Ridge:
    """Least squares with a penalty on large weights. Source: Hoerl and Kennard 1970."""

    name: str = "ridge"
    refit_days: int = 7

    def fit(self, known: Known) -> RidgeModel:
        """Solve the normal equations over up to two years."""
        return fitted(lesson(known), known)


def fitted(taught: Lesson, known: Known, *, error_days: int = LEARNING_DAYS) -> RidgeModel:
    """Return the model of a lesson, its band from the errors of the last issues taught."""
    kept = np.isfinite(taught.x).any(axis=0)
    x = taught.x[:, kept]
    mean, deviation = np.asarray(np.nanmean(x, axis=0)), np.asarray(np.nanstd(x, axis=0) + 1e-9)
    z = _standard(x, mean, deviation)
    y = taught.y
    level, width = float(np.mean(y)), float(np.std(y))
    cut = np.clip(y, level - CUT_DEVIATIONS * width, level + CUT_DEVIATIONS * width) - level
    weight = np.asarray(np.linalg.solve(z.T @ z + PENALTY * np.eye(z.shape[1]), z.T @ cut), dtype=np.float64)
    recent = taught.recent(error_days, known.horizon)
    error = np.full(recent.shape, np.nan)
    error[recent >= 0] = (y - z @ weight - level)[recent[recent >= 0]]
    table = error_table(error, known.horizon, known.steps_per_day)
    return RidgeModel(np.asarray(kept, dtype=np.float64), mean, deviation, weight, level, table)


def _standard(x: FloatArray, mean: FloatArray, deviation: FloatArray) -> FloatArray:
    return np.clip(np.nan_to_num((x - mean) / deviation), -CUT_DEVIATIONS, CUT_DEVIATIONS)
