"""What a kernel sees of a day: numbers whose distance says how unlike two days are, and others that lines go through.

Scales come from the days before an anchor and stay until the next one, so rows of later days can be added to what was
already factored. A block of hours looks harder at its own hours than at the rest of the day.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.models.price.days import KNOWN_LAGS, LONGEST_LAG, PRICE_LAGS, Days, by_hour, lagged, weekdays
from enerwise.forecast.models.price.lear import robust_scale

YEAR_DAYS: Final = 365.25
NEAR_HOURS: Final = 3.0
NEAR_SHARE: Final = 0.5
"""How much of the look goes to hours about the block."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each thing counts, per unit of variance.

    Found by walking forward over the two years before the published test windows of two markets, for both together; for
    either alone they did worse in the years after.
    """

    like_target: tuple[float, ...] = (0.1, 0.0025, 0.00015, 0.03)
    """By lag of 1, 2, 3 and 7 days."""
    like_known: tuple[float, ...] = (0.85, 0.1, 0.002)
    """By lag of 0, 1 and 7 days."""
    like_weekday: float = 0.042
    like_season: float = 0.21
    like_age: float = 0.125
    """Per square year."""
    line_target: tuple[float, ...] = (0.085, 0.004, 0.0001, 0.0001)
    line_known: tuple[float, ...] = (0.2, 0.012, 0.0019)
    line_weekday: float = 0.016


@dataclass(frozen=True, slots=True)
class Scales:
    """Middles and deviations of the days before an anchor."""

    anchor: int
    middle: FloatArray
    scale: FloatArray
    level: FloatArray
    """Mean of the scaled prices of each slot. Shape (slot,)"""
    target_deviation: FloatArray
    known_middle: FloatArray
    known_deviation: FloatArray

    @classmethod
    def of(cls, days: Days, learned: IntArray, anchor: int) -> "Scales":
        middle, scale = robust_scale(days.target[learned])
        z = np.arcsinh((days.target[learned] - middle) / scale)
        level, known = z.mean(axis=0), by_hour(days.known)[learned]
        return cls(
            anchor=anchor,
            middle=middle,
            scale=scale,
            level=level,
            target_deviation=_positive(by_hour(z - level).std(axis=0)),
            known_middle=known.mean(axis=(0, 2), keepdims=True)[0],
            known_deviation=_positive(known.std(axis=(0, 2), keepdims=True)[0]),
        )

    def inward(self, target: FloatArray) -> FloatArray:
        return np.asarray(np.arcsinh((target - self.middle) / self.scale) - self.level)

    def outward(self, z: FloatArray) -> FloatArray:
        return np.asarray(np.sinh(z + self.level) * self.scale + self.middle)


@dataclass(frozen=True, slots=True)
class Look:
    """Rows of days as a block of hours sees them."""

    day: IntArray
    """Places of the days. Shape (row,)"""
    like: FloatArray
    """Shape (row, feature)"""
    line: FloatArray
    """Shape (row, feature)"""

    def rows(self, chosen: IntArray) -> "Look":
        return Look(self.day[chosen], self.like[chosen], self.line[chosen])


def look(days: Days, scales: Scales, weights: Weights, near_hour: float) -> Look:
    """Return every day as hours about ``near_hour`` see it; rows with NaN lack a week before them."""
    count = days.count + 1
    price = by_hour(scales.inward(days.target)) / scales.target_deviation
    known = (by_hour(days.known) - scales.known_middle) / scales.known_deviation
    near = _near(price.shape[1], near_hour)
    parts = [
        (weights.like_target[at], weights.line_target[at], lagged(price, lag, count))
        for at, lag in enumerate(PRICE_LAGS)
    ]
    for column in range(known.shape[1]):
        parts += [
            (weights.like_known[at], weights.line_known[at], lagged(known[:, column], lag, count))
            for at, lag in enumerate(KNOWN_LAGS)
        ]
    like = [np.sqrt(weight * near / near.size) * each for weight, _, each in parts]
    line = [np.sqrt(weight / near.size) * each for _, weight, each in parts]
    week = weekdays(days.ordinal)
    turn = 2 * np.pi * (days.ordinal % YEAR_DAYS) / YEAR_DAYS
    season = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    age = (np.arange(count) - scales.anchor)[:, None] / YEAR_DAYS
    like += [
        np.sqrt(weights.like_weekday / 7) * week,
        np.sqrt(weights.like_season / 2) * season,
        np.sqrt(weights.like_age) * age,
    ]
    line.append(np.sqrt(weights.line_weekday / 7) * week)
    return Look(np.arange(count), *(_centred(np.concatenate(each, axis=1), scales.anchor) for each in (like, line)))


def _near(hours: int, near_hour: float) -> FloatArray:
    """Return the weight of each part of the day, of mean 1. Shape (hours,)"""
    distance = (np.arange(hours) + 0.5) * 24.0 / hours - near_hour
    bump = np.exp(-0.5 * (distance / NEAR_HOURS) ** 2)
    return np.asarray(1.0 - NEAR_SHARE + NEAR_SHARE * bump / bump.mean())


def _centred(value: FloatArray, anchor: int) -> FloatArray:
    before = value[LONGEST_LAG:anchor]
    return np.asarray(value - before[np.isfinite(before).all(axis=1)].mean(axis=0))


def _positive(deviation: FloatArray) -> FloatArray:
    return np.where(deviation > 0, deviation, 1.0)
