"""Boosted trees over hours: one model for all slots, which sees what lines cannot, such as a price that stops at zero.

Trees say no price they were never taught; they are a minority vote beside lines and kernels, and a useful one.

Source: Ke and others 2017, LightGBM.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.models.price.days import Days, Kept, lagged, spans

if TYPE_CHECKING:
    from lightgbm import Booster

MOST_DAYS: Final = 1456
LEAST_DAYS: Final = 90
FIRST_DAY: Final = 28
"""Four weeks lie before every row."""
FORGET_DAYS: Final = 1000.0
ROUNDS: Final = 300
SETTINGS: Final[dict[str, Any]] = {
    "objective": "l1",
    "seed": 1,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 30,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "max_bin": 127,
}


@dataclass
class Trees:
    """One set of trees, grown anew at every anchor."""

    name: str = "trees"
    _kept: Kept["Booster"] = field(default_factory=Kept, repr=False)

    def said(self, days: Days, first: int) -> FloatArray:
        """Return the forecasts of each day from ``first`` on. Shape (day, slot)"""
        x = features(days)
        out = np.full((days.count + 1 - first, days.target.shape[1]), np.nan)
        for anchor, begin, end in spans(days, first):
            learned = _learnable(days, anchor)
            if learned.size >= LEAST_DAYS:
                grown = self._kept.get(days.before(anchor).digest(), partial(_grown, days, x, learned))
                value = np.asarray(grown.predict(x[begin:end].reshape(-1, x.shape[2]), num_threads=1))
                middle, scale = _scale(days.target[learned])
                out[begin - first : end - first] = np.sinh(value.reshape(end - begin, -1)) * scale + middle
        return out


def features(days: Days) -> FloatArray:
    """Return what is looked at for each slot, NaN where too little lies before it. Shape (day + 1, slot, feature)"""
    count, slots = days.count + 1, days.target.shape[1]
    before = {lag: lagged(days.target, lag, count) for lag in (1, 2, 3, 4, 5, 6, 7, 14, 21, 28)}
    week = np.mean([before[lag] for lag in range(1, 8)], axis=0)
    whole_day = [
        days.ordinal % 7,
        days.ordinal % 365.25,
        before[1][:, -1],
        *(how(before[1], axis=1) for how in (np.mean, np.min, np.max)),
        week.mean(axis=1),
    ]
    parts = [np.broadcast_to(np.arange(slots, dtype=np.float64), (count, slots))]
    parts += [np.broadcast_to(each[:, None], (count, slots)) for each in whole_day]
    parts += [before[1], before[2], before[3], before[7], week]
    parts.append(np.mean([before[lag] for lag in (7, 14, 21, 28)], axis=0))
    for column in range(days.known.shape[1]):
        parts += _told(days.known[:, column], count, slots)
    return np.stack(parts, axis=2)


def _told(value: FloatArray, count: int, slots: int) -> list[FloatArray]:
    """Return a known column, what stands beside it, how it changes, and where it lies within its day."""
    hour = max(1, slots // 24)
    slot = np.arange(slots)
    beside = [value[:, np.clip(slot + shift * hour, 0, slots - 1)] for shift in (-2, -1, 1, 2)]
    change = [value - lagged(value, lag, count) for lag in (1, 7)]
    day = [np.broadcast_to(how(value, axis=1)[:, None], value.shape) for how in (np.mean, np.min, np.max)]
    return [value, *beside, *change, *day, value - day[0]]


def _learnable(days: Days, anchor: int) -> IntArray:
    begin = max(FIRST_DAY, anchor - MOST_DAYS)
    return begin + np.flatnonzero(days.is_whole[begin:anchor])


def _grown(days: Days, x: FloatArray, rows: IntArray) -> "Booster":
    import lightgbm

    middle, scale = _scale(days.target[rows])
    y = np.arcsinh((days.target[rows] - middle) / scale)
    weight = np.repeat(np.exp((rows - rows[-1]) / FORGET_DAYS), x.shape[1])
    data = lightgbm.Dataset(x[rows].reshape(-1, x.shape[2]), y.ravel(), weight=weight, params=SETTINGS)
    return lightgbm.train(SETTINGS, data, num_boost_round=ROUNDS)


def _scale(target: FloatArray) -> tuple[float, float]:
    middle = float(np.median(target))
    return middle, float(np.median(np.abs(target - middle))) / 0.6745 or 1.0
