"""What the last hours showed, carried into the steps ahead: how much of recent errors is left is learned step by step.

A model of whole days says of the next hour what such hours are like; what just happened says more. For every step of
the horizon, past errors of that step are regressed on the errors that had been seen when it was foreseen: of the newest
forecasts for the last hours, and for the same hours a day ago. What is wrong on the mean, as medians of skewed loads
are, is taken off in full. Who knows better of the next step alone, such as a `nowcast`, gives a hint: how far it lies
from the model counts like one more error. Issues need not be a day apart.

Source: ridge regression (Hoerl and Kennard 1970) on lagged errors; a moving-average model written for each horizon.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray

LAGS: Final = (1, 2, 3, 4, 24)
"""Steps back whose errors are looked at, for hourly steps."""
LEAST_ISSUES: Final = 168
RIDGE: Final = 5.0
"""Added to the diagonal, in mean squared errors: as if so many issues had shown that nothing is left."""


@dataclass
class Nearing:
    """Learns from issue after issue of one series, and corrects the next. Values keep the unit of the series."""

    horizon: int
    lags: Sequence[int] = LAGS
    _errors: list[float] = field(default_factory=list)
    """Of the newest forecast of each step that has ended; zero where there was none."""
    _seen: list[FloatArray] = field(default_factory=list)
    _said: list[FloatArray] = field(default_factory=list)
    _weights: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    """Shape (lag + 2, horizon), the last rows for the hint and for what is always wrong; empty before the first fit."""

    def measured(self, value: float) -> None:
        """Take what the step after the last issue came to; NaN where nothing was measured."""
        error = value - self._said[-1][0] if self._said else 0.0
        self._errors.append(error if np.isfinite(error) else 0.0)

    def foreseen(self, said: FloatArray, hint: float | None = None) -> FloatArray:
        """Take what a model says of the steps ahead, and return it corrected. Called once for each step.

        Args:
            said: What the model says. Shape (horizon,)
            hint: What somebody else says of the first of them, if anybody does.

        Returns:
            The same, with what recent errors and the hint change. Shape (horizon,)
        """
        if said.shape != (self.horizon,):
            raise ValueError(f"said has shape {said.shape}, expected {(self.horizon,)}")
        self._said.append(said)
        self._seen.append(np.append(self._lagged(), [0.0 if hint is None else hint - said[0], 1.0]))
        return said + self._seen[-1] @ self._weights if self._weights.size else said.copy()

    def fit(self, target: FloatArray) -> None:
        """Learn how much of recent errors is left at each step.

        Args:
            target: What was measured, up to now; its last value belongs to the step before the next issue. NaN where
                nothing was. Shape (step,), at least as long as there were issues.
        """
        issues = self._whole_issues(target)
        if issues.size < LEAST_ISSUES:
            return
        seen = np.stack(self._seen)[issues]
        first = target.size - len(self._said)
        position = first + issues[:, None] + np.arange(self.horizon)
        error = np.nan_to_num(target[position] - np.stack(self._said)[issues])
        power = seen.T @ seen
        errors = power.shape[0] - 1
        size = max(float(np.trace(power[:errors, :errors])) / errors / issues.size, 1e-12)
        # The mean is known from all issues: it is not held back.
        held = np.diag(np.append(np.full(errors, RIDGE * size), 0.0))
        self._weights = np.linalg.solve(power + held, seen.T @ error)

    def _whole_issues(self, target: FloatArray) -> IntArray:
        """Return the issues whose whole horizon has been measured, without those that had seen no error yet."""
        return np.arange(min(max(self.lags), len(self._said)), max(0, len(self._said) - self.horizon + 1))

    def _lagged(self) -> FloatArray:
        count = len(self._errors)
        return np.array([self._errors[count - lag] if lag <= count else 0.0 for lag in self.lags])
