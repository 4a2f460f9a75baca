"""Output error: parameters are moved until a simulation stays near what was measured, from its first value on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray

MOST_ROUNDS: Final = 60
NUDGE: Final = 1e-4
STEADY: Final = 1e-7
"""Relative gain of a round below which nothing more is learned."""
GIVES_UP: Final = 1e8
"""Damping at which no step is any use."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Where a search ended."""

    point: FloatArray
    """Shape (parameter,)"""
    miss: FloatArray
    """Weighted errors there. Shape (value,)"""
    slope: FloatArray
    """How each parameter moves them. Shape (parameter, value)"""


def nearest(
    simulate: Callable[[FloatArray], FloatArray],
    measured: FloatArray,
    weight: FloatArray,
    begin: FloatArray,
    room: FloatArray,
) -> Nearest:
    """Return the parameters whose simulation is nearest to what was measured.

    Args:
        simulate: From several points to what each of them foretells. Shape (point, parameter) -> (point, value)
        measured: NaN where nothing was; there the weight is zero. Shape (value,)
        weight: How much each value counts. Shape (value,)
        begin: Where the search begins. Shape (parameter,)
        room: How far each parameter may leave that. Shape (parameter,)

    Source: Levenberg 1944 and Marquardt 1963, damped least squares; slopes by differences.
    """
    point, damping = begin.copy(), 1e-2
    miss, slope = _misses(simulate, measured, weight, point)
    for _ in range(MOST_ROUNDS):
        normal = slope @ slope.T
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-9), -slope @ miss)
        other = np.clip(point + step, begin - room, begin + room)
        other_miss, other_slope = _misses(simulate, measured, weight, other)
        before, after = float(miss @ miss), float(other_miss @ other_miss)
        if after < before:
            point, miss, slope, damping = other, other_miss, other_slope, damping / 5
            if before - after < STEADY * before:
                break
        else:
            damping *= 5
            if damping > GIVES_UP:
                break
    return Nearest(point, miss, slope)


def errors_by_day(found: Nearest, per_day: int, *, zones: int = 1) -> FloatArray:
    """Return standard errors that allow for errors which last: those of one day count as one. Shape (parameter,)

    Args:
        found: Where a search ended; its values are those of one zone after the other.
        per_day: Steps of a day.
        zones: How many; what all of them missed on a day counts as one, too.

    Source: Liang and Zeger 1986, Longitudinal data analysis using generalized linear models, Biometrika 73(1), 13-22.
    """
    # What moves nothing, such as a window where the sun never shone, is not known at all.
    inverse = np.linalg.pinv(found.slope @ found.slope.T, rcond=1e-12, hermitian=True)
    pulls = (found.slope * found.miss).reshape(found.slope.shape[0], zones, -1).sum(axis=1)
    days = np.add.reduceat(pulls, np.arange(0, pulls.shape[1], per_day), axis=1)
    error: FloatArray = np.sqrt(np.maximum(np.diag(inverse @ (days @ days.T) @ inverse), 0.0))
    return error


def _misses(
    simulate: Callable[[FloatArray], FloatArray], measured: FloatArray, weight: FloatArray, point: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the weighted errors, and how each parameter moves them. Shapes (value,), (parameter, value)"""
    runs = simulate(np.concatenate([point[None], point + NUDGE * np.eye(point.size)]))
    miss = np.nan_to_num(runs[0] - measured) * weight
    return miss, (runs[1:] - runs[0]) / NUDGE * weight
