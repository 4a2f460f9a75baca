"""How energy a day depends on the weather: straight lines that bend where heating ends and cooling begins.

Daily energy is a base, plus a slope for each degree below one temperature, plus another for each degree above a second
one. Whether there is heating, cooling, both or neither is decided by the Bayesian information criterion.

Source: J. K. Kissock, J. S. Haberl, D. E. Claridge, "Inverse Modeling Toolkit: Numerical Algorithms", ASHRAE
Transactions 109 (2003) part 2, models of two to five parameters; here with a base for days of work and one for others.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray

LEAST_DAYS: Final = 60
LEAST_SPREAD_K: Final = 8.0
"""Between the 5th and the 95th hundredth of daily temperatures: less shows nothing of the weather."""
TRIED: Final = 13
"""Temperatures tried for each bend at first."""
FINER: Final = 7
"""And around the best of them, so often again."""
REFINED: Final = 3
EDGE_RATIO: Final = 0.1
"""So many days lie beyond a bend at least."""


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A fitted model. Slopes are zero and bends NaN where there is no heating, or no cooling."""

    base_wh: float
    """Of a day of work in mild weather."""
    other_day_wh: float
    """What a day without work takes more; mostly below zero."""
    heats_below_degc: float
    heating_wh_per_k: float
    cools_above_degc: float
    cooling_wh_per_k: float
    r2_ratio: float
    """Share of the variance of days that it explains."""
    cvrmse_ratio: float
    """Root of the mean squared error over the mean."""
    day_count: int

    def energy_wh(self, air_degc: FloatArray, is_work: BoolArray) -> FloatArray:
        """Return the energy of days. [Wh], shape (day,)"""
        cold = np.nan_to_num(np.maximum(self.heats_below_degc - air_degc, 0.0))
        warm = np.nan_to_num(np.maximum(air_degc - self.cools_above_degc, 0.0))
        level = self.base_wh + np.where(is_work, 0.0, self.other_day_wh)
        return np.asarray(level + self.heating_wh_per_k * cold + self.cooling_wh_per_k * warm)


def fit(energy_wh: FloatArray, air_degc: FloatArray, is_work: BoolArray) -> ChangePoint:
    """Fit the bends to days.

    Args:
        energy_wh: Of each day, NaN where it is not known whole. Shape (day,)
        air_degc: Mean temperature of each day. Shape (day,)
        is_work: Whether it is a day of work. Shape (day,)

    Raises:
        ValueError: Too few days are known, or the weather hardly changes.
    """
    known = np.isfinite(energy_wh) & np.isfinite(air_degc)
    energy, air, other = energy_wh[known], air_degc[known], ~is_work[known]
    if energy.size < LEAST_DAYS:
        raise ValueError(f"{energy.size} days with energy and temperature, at least {LEAST_DAYS} are needed")
    low, high = np.quantile(air, [0.05, 0.95])
    if high - low < LEAST_SPREAD_K:
        raise ValueError(f"days are between {low:.1f} and {high:.1f} degC, too alike to tell what the weather does")
    low, high = np.quantile(air, [EDGE_RATIO, 1 - EDGE_RATIO])
    kinds = [(False, False), (True, False), (False, True), (True, True)]
    return min((_best(energy, air, other, kind, (low, high)) for kind in kinds), key=lambda each: each[0])[1]


def _best(
    energy: FloatArray, air: FloatArray, other: BoolArray, kind: tuple[bool, bool], span: tuple[float, float]
) -> tuple[float, ChangePoint]:
    """Return the best of one kind: coarse bends first, then ever finer ones around the best of them."""
    tried: list[FloatArray] = [np.linspace(*span, TRIED) if each else np.array([np.nan]) for each in kind]
    cell = (span[1] - span[0]) / (TRIED - 1)
    found = min(_tried(energy, air, other, tried), key=lambda each: each[1][0])
    for _ in range(REFINED):
        tried = [at + np.linspace(-cell, cell, FINER) if np.isfinite(at) else np.array([np.nan]) for at in found[0]]
        found = min(_tried(energy, air, other, tried), key=lambda each: each[1][0])
        cell = 2 * cell / (FINER - 1)
    return found[1]


def _tried(
    energy: FloatArray, air: FloatArray, other: BoolArray, tried: list[FloatArray]
) -> list[tuple[tuple[float, float], tuple[float, ChangePoint]]]:
    pairs = [(cold, warm) for cold in tried[0].tolist() for warm in tried[1].tolist() if not cold > warm]
    return [(pair, _fitted(energy, air, other, pair)) for pair in pairs]


def _fitted(
    energy: FloatArray, air: FloatArray, other: BoolArray, pair: tuple[float, float]
) -> tuple[float, ChangePoint]:
    """Return the information criterion of one pair of bends, and its model; slopes below zero count as none."""
    heats, cools = pair
    cold, warm = np.maximum(heats - air, 0.0), np.maximum(air - cools, 0.0)
    is_there = np.isfinite([heats, cools])
    while True:
        columns = [np.ones(energy.size), other.astype(np.float64)]
        columns += [each for each, has in zip((cold, warm), is_there, strict=True) if has]
        found = np.linalg.lstsq(np.stack(columns, axis=1), energy, rcond=None)[0]
        slopes = np.zeros(2)
        slopes[is_there] = found[2:]
        if (slopes >= 0).all():
            break
        is_there &= slopes >= 0
    residual = energy - np.stack(columns, axis=1) @ found
    square = float(residual @ residual)
    spread = float(((energy - energy.mean()) ** 2).sum())
    model = ChangePoint(
        base_wh=float(found[0]),
        other_day_wh=float(found[1]),
        heats_below_degc=heats if is_there[0] else float("nan"),
        heating_wh_per_k=float(slopes[0]),
        cools_above_degc=cools if is_there[1] else float("nan"),
        cooling_wh_per_k=float(slopes[1]),
        r2_ratio=1.0 - square / spread if spread > 0 else 0.0,
        cvrmse_ratio=float(np.sqrt(square / energy.size)) / float(energy.mean()) if energy.mean() else float("nan"),
        day_count=energy.size,
    )
    # Each bend is a number more that was chosen.
    parameters = 2 + 2 * int(is_there.sum())
    return energy.size * float(np.log(max(square / energy.size, 1e-12))) + parameters * float(
        np.log(energy.size)
    ), model
