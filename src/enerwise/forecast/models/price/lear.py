"""LEAR: straight lines with few weights, one for each hour, over windows of several lengths, averaged.

Prices and columns pass through asinh after scaling by median and median deviation, so that spikes do not pull. How few
weights an hour gets is decided by Akaike's criterion along the path of least angle regression, every 28 days; the
weights themselves are found anew every day, by coordinate descent on the products of the window.

Source: Lago, Marcjasz, De Schutter and Weron 2021, Applied Energy 293, 116983; Efron and others 2004; Tibshirani 1996.
"""

import warnings
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.models.price.days import (
    KNOWN_LAGS,
    LONGEST_LAG,
    PRICE_LAGS,
    Days,
    Kept,
    by_hour,
    lagged,
    spans,
    weekdays,
)

WINDOWS_DAYS: Final = (56, 84, 1092, 1456)
LEAST_DAYS: Final = 42
LEAST_PENALTY: Final = 3e-4
PATH_STEPS: Final = 120
SHARE: Final = 3
"""So many neighbouring slots share the penalty of their middle one."""
TOLERANCE: Final = 1e-3
"""Of the duality gap, over the outcome's sum of squares."""
ROUNDS: Final = 1000
NORMAL_MAD: Final = 0.6745
"""Median absolute deviation of a normal distribution of deviation 1."""


@dataclass
class Lear:
    """The mean over windows."""

    name: str = "lear"
    windows_days: tuple[int, ...] = WINDOWS_DAYS
    _kept: Kept[tuple[FloatArray, FloatArray]] = field(default_factory=lambda: Kept(8), repr=False)

    def said(self, days: Days, first: int) -> FloatArray:
        """Return the forecasts of each day from ``first`` on. Shape (day, slot)"""
        return np.asarray(self.said_by_window(days, first).mean(axis=0))

    def said_by_window(self, days: Days, first: int) -> FloatArray:
        """Return what each window says. Shape (window, day, slot)"""
        x = regressors(days)
        out = np.full((len(self.windows_days), days.count + 1 - first, days.target.shape[1]), np.nan)
        for place, window in enumerate(self.windows_days):
            for anchor, begin, end in spans(days, first):
                start: tuple[FloatArray, FloatArray] | None = None
                for day in range(begin, end):
                    if place and day - LONGEST_LAG <= self.windows_days[place - 1]:
                        out[place, day - first] = out[place - 1, day - first]  # a longer window holds no more days
                        continue
                    rows = _rows(days, x, day, window)
                    if rows.size < LEAST_DAYS:
                        continue
                    if start is None:
                        earlier = _rows(days, x, anchor, window)
                        start = self._start(days, x, earlier if earlier.size >= LEAST_DAYS else rows, window)
                    out[place, day - first] = _Window.of(x, days.target, rows).solved(*start).predict(x[day])
        return out

    def _start(self, days: Days, x: FloatArray, rows: IntArray, window: int) -> tuple[FloatArray, FloatArray]:
        """Return penalties and weights chosen on these rows, once."""

        def choose() -> tuple[FloatArray, FloatArray]:
            return _Window.of(x, days.target, rows).chosen()

        return self._kept.get((window, rows.tobytes(), days.before(int(rows[-1]) + 1).digest()), choose)


@dataclass(frozen=True, slots=True)
class _Window:
    """A window's rows as products: all that is needed to solve for any hour."""

    x_middle: FloatArray
    x_scale: FloatArray
    x_mean: FloatArray
    y_middle: FloatArray
    y_scale: FloatArray
    y: FloatArray
    """Scaled outcomes, hour first. Shape (slot, row)"""
    z: FloatArray
    """Scaled regressors less their mean. Shape (row, feature)"""
    gram: FloatArray
    products: FloatArray
    """Shape (slot, feature)"""
    weight: FloatArray | None = None
    """Shape (slot, feature)"""

    @classmethod
    def of(cls, x: FloatArray, target: FloatArray, rows: IntArray) -> "_Window":
        x_middle, x_scale = robust_scale(x[rows])
        x_middle[-7:], x_scale[-7:] = 0.0, 1.0
        y_middle, y_scale = robust_scale(target[rows])
        z = _squashed(x[rows], x_middle, x_scale)
        y = np.arcsinh((target[rows] - y_middle) / y_scale).T.copy()
        mean = z.mean(axis=0)
        z = np.asfortranarray(z - mean)
        level = y.mean(axis=1, keepdims=True)
        products = np.ascontiguousarray((y - level) @ z)
        return cls(x_middle, x_scale, mean, y_middle, y_scale, y, z, np.ascontiguousarray(z.T @ z), products)

    def chosen(self) -> tuple[FloatArray, FloatArray]:
        """Return penalties (slot,) of least information criterion, and the weights there (slot, feature)."""
        from sklearn.linear_model import lars_path_gram

        count = self.y.shape[1]
        penalty, weight = np.zeros(len(self.y)), np.zeros(self.products.shape)
        for begin in range(0, len(self.y), SHARE):
            slot = min(begin + SHARE // 2, len(self.y) - 1)
            products = self.products[slot]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # columns that repeat each other end a path early, which is no harm
                path, _, weights = lars_path_gram(
                    products,
                    self.gram.copy(),
                    n_samples=count,
                    max_iter=PATH_STEPS,
                    alpha_min=LEAST_PENALTY,
                    method="lasso",
                )
            total = float(self.y[slot].var() * count)
            left = total - 2 * weights.T @ products + ((self.gram @ weights) * weights).sum(axis=0)
            used = (weights != 0).sum(axis=0)
            criterion = count * np.log(np.maximum(left, 1e-9 * total) / count) + 2 * used
            # Beyond half as many weights as rows the criterion would praise what merely remembers.
            best = int(np.argmin(np.where(used < count / 2, criterion, np.inf)))
            penalty[begin : begin + SHARE] = max(path[best], LEAST_PENALTY)
            weight[begin : begin + SHARE] = weights[:, best]
        return penalty, weight

    def solved(self, penalty: FloatArray, start: FloatArray) -> "_Solved":
        """Return the weights at these penalties, sought from others nearby."""
        from sklearn.linear_model import lasso_path

        level = self.y.mean(axis=1)
        weight = np.zeros_like(start)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a gap a little above the tolerance is no news
            for slot, (outcome, products) in enumerate(zip(self.y - level[:, None], self.products, strict=True)):
                _, weights, _ = lasso_path(
                    self.z,
                    outcome,
                    alphas=[penalty[slot]],
                    precompute=self.gram,
                    Xy=products,
                    coef_init=start[slot].copy(),
                    tol=TOLERANCE,
                    max_iter=ROUNDS,
                    check_input=False,
                )
                weight[slot] = weights[:, 0]
        return _Solved(self, weight, level)


@dataclass(frozen=True, slots=True)
class _Solved:
    window: _Window
    weight: FloatArray
    level: FloatArray

    def predict(self, x: FloatArray) -> FloatArray:
        """Return prices from one row of regressors. Shape (slot,)"""
        window = self.window
        row = _squashed(x[None], window.x_middle, window.x_scale)[0] - window.x_mean
        lowest, highest = window.y.min(axis=1) - 1.0, window.y.max(axis=1) + 1.0
        # Straight lines know no end; what was never nearly seen is not said.
        value = np.clip(self.weight @ row + self.level, lowest, highest)
        return np.asarray(np.sinh(value) * window.y_scale + window.y_middle)


def regressors(days: Days) -> FloatArray:
    """Return what is looked at for each day, NaN in the first week. Shape (day + 1, feature), weekdays last"""
    count = days.count + 1
    price, known = by_hour(days.target), by_hour(days.known)
    parts = [lagged(price, lag, count) for lag in PRICE_LAGS]
    parts += [lagged(known[:, column], lag, count) for lag in KNOWN_LAGS for column in range(known.shape[1])]
    return np.concatenate([*parts, weekdays(days.ordinal)], axis=1)


def robust_scale(value: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the median and a deviation of each column, 1 where more than half of it is one value."""
    middle = np.median(value, axis=0)
    scale = np.median(np.abs(value - middle), axis=0) / NORMAL_MAD
    return middle, np.where(scale > 0, scale, 1.0)


def _rows(days: Days, x: FloatArray, day: int, window: int) -> IntArray:
    """Return days to learn from at an issue: whole ones of the window whose week before is known."""
    begin = max(LONGEST_LAG, day - window)
    is_good = (
        days.is_whole[begin:day]
        & np.isfinite(x[begin:day]).all(axis=1)
        & np.isfinite(days.target[begin:day]).all(axis=1)
    )
    return begin + np.flatnonzero(is_good)


def _squashed(x: FloatArray, middle: FloatArray, scale: FloatArray) -> FloatArray:
    """Return asinh of scaled columns; weekdays stay 0 and 1."""
    z = (x - middle) / scale
    z[:, :-7] = np.arcsinh(z[:, :-7])
    return z
