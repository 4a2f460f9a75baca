"""Wind: a power curve fitted to what a park yielded at the winds foretold for it, and trees for what the curve misses.

Below a first wind nothing turns, from there power grows with the cube of the wind up to the rated wind, and then no
more. The winds of columns are taken as they are: their height and unit only stretch the curve, which is fitted. What a
forecast of wind smears, what the wake of neighbours takes and how the last hours went is left to the trees, which learn
the difference from the curve and its quantiles.

Source: cubic power curve, Carrillo and others 2013, Renewable and Sustainable Energy Reviews 21, section 3.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.forecast.columns.learning import Lesson, lesson
from enerwise.forecast.columns.trees import TreesModel, grown
from enerwise.forecast.features import Rows, rows
from enerwise.forecast.frame import Known, TooShort

SPEED_WORDS: Final = ("ws_", "wind_speed", "windspeed", "wind speed", "wind_m_per_s", "wind_kmh")
FIRST_WINDS: Final = np.arange(0.0, 0.55, 0.05)
"""Tried, as shares of the rated wind; machines have about 3 of 12 m/s."""
RATED_WINDS: Final = np.arange(0.3, 1.62, 0.03)
"""Tried, as shares of a wind that was seldom exceeded."""
SELDOM: Final = 0.99
MOST_POINTS: Final = 4000
"""A longer past is thinned: three figures are fitted."""


@dataclass(frozen=True, slots=True)
class PowerCurve:
    """Power over wind, both in the units of their columns."""

    columns: tuple[str, ...]
    """Whose mean the wind is: a park has one, a country several stations."""
    first_wind: float
    rated_wind: float
    rated: float
    """Below zero where production is counted so."""

    def power(self, wind: FloatArray) -> FloatArray:
        """Return the power at a wind, NaN where there is none. Same shape"""
        return self.rated * shape(wind, self.first_wind, self.rated_wind)


def shape(wind: FloatArray, first_wind: FloatArray | float, rated_wind: FloatArray | float) -> FloatArray:
    """Return the share of the rated power: 0 up to the first wind, 1 from the rated one, between them the cube.

    Storms in which machines are stopped are left out: in a park they cut out one by one, and hardly ever.

    >>> shape(np.array([2.0, 3.0, 8.0, 12.0, 20.0]), 3.0, 12.0).round(3)
    array([0.   , 0.   , 0.285, 1.   , 1.   ])
    """
    first, rated = np.power(first_wind, 3), np.power(rated_wind, 3)
    return np.asarray(np.clip((np.power(wind, 3) - first) / (rated - first), 0.0, 1.0))


def fitted_curve(known: Known) -> PowerCurve:
    """Return the curve of least mean squared error over what was measured, of the column that tells most, or of all.

    Raises:
        TooShort: No wind is known ahead, or too little was measured beside it.
    """
    past = known.target
    told = tuple(name for name in known.columns if any(word in name.lower() for word in SPEED_WORDS))
    found: list[tuple[float, PowerCurve]] = []
    for columns in (*((name,) for name in told), *((told,) if len(told) > 1 else ())):
        wind = known.known[: past.size, [known.columns.index(each) for each in columns]].mean(axis=1)
        both = np.isfinite(wind) & np.isfinite(past)
        if both.sum() >= 14 * known.steps_per_day:
            found.append(_fit(columns, np.maximum(wind[both], 0.0), past[both]))
    if not found:
        raise TooShort(f"{known.name}: no wind speed is known ahead, or for less than two weeks")
    return min(found, key=lambda each: each[0])[1]


def _fit(columns: tuple[str, ...], wind: FloatArray, power: FloatArray) -> tuple[float, PowerCurve]:
    """Return the mean squared error of the best curve, and the curve; the rated power follows from each shape."""
    every = -(-wind.size // MOST_POINTS)
    wind, power = wind[::every], power[::every]
    high = max(float(np.quantile(wind, SELDOM)), 1e-9)
    tried = [(share * rated, rated) for rated in high * RATED_WINDS for share in FIRST_WINDS]
    shapes = np.stack([shape(wind, first, rated) for first, rated in tried])
    square, product = (shapes**2).sum(axis=1), shapes @ power
    # With the best rated power p'c / c'c a shape leaves p'p - (p'c)^2 / c'c.
    gained = np.divide(product**2, square, out=np.zeros_like(square), where=square > 0)
    best = int(gained.argmax())
    error = float((power @ power - gained[best]) / power.size)
    first, rated = (float(each) for each in tried[best])
    return error, PowerCurve(columns, first, rated, float(product[best] / max(square[best], 1e-300)))


@dataclass(frozen=True, slots=True)
class PowerCurveModel:
    """A curve, and trees for the rest."""

    curve: PowerCurve
    trees: TreesModel

    def predict(self, known: Known) -> FloatArray:
        """Return the curve's power with what the trees have learned about it."""
        row = rows(known, np.array([known.past_count]), known.horizon)
        base = _base(self.curve, row)
        value = self.trees.scaled(_with(row.x, base), base) + base[:, None]
        return np.asarray(value * row.scale[:, None])


@dataclass(frozen=True, slots=True)
class WindPowerCurve:
    """A cubic power curve with a learned correction."""

    name: str = "wind_power_curve"
    refit_days: int = 7

    def fit(self, known: Known) -> PowerCurveModel:
        """Fit the curve, then grow trees on what it misses.

        Raises:
            TooShort: No wind is known ahead, or there is too little to learn from.
        """
        curve = fitted_curve(known)
        taught = lesson(known)
        base = _base(curve, taught)
        return PowerCurveModel(curve, grown(_anew(taught, base)))


def _anew(taught: Lesson, base: FloatArray) -> Lesson:
    """Return a lesson whose outcomes differ from another base, which is told as a feature."""
    return replace(
        taught, x=_with(taught.x, base), y=taught.y + taught.base - base, base=base, names=(*taught.names, "curve")
    )


def _base(curve: PowerCurve, row: Rows | Lesson) -> FloatArray:
    """Return the curve's power in the size of each row; what the last days suggest where no wind is told."""
    wind = row.x[:, [row.names.index(each) for each in curve.columns]].mean(axis=1)
    power = curve.power(wind) / row.scale
    return np.where(np.isfinite(power), power, row.base)


def _with(x: FloatArray, base: FloatArray) -> FloatArray:
    return np.column_stack([x, base])
