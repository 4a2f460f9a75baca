"""A connection whose power is known only to within an error: what it buys, sells and changes is an expectation.

A plan that covers its load to the watt seems to buy nothing and to sell nothing. The site it stands for does both, now
this and now that, and pays for it. With a spread, errors are taken as normal: bought lies above three tangents of the
expected import, and a change of power costs little while it is smaller than the error anyhow.

Source: E max(0, x + e) = x F(x/s) + s f(x/s) for e normal with mean 0 and deviation s, F and f its distribution and
density; E |x + e| is that of x plus that of -x. Checked against drawn errors in tests/plan/test_spread.py.
"""

from collections.abc import Iterator
from math import erf, exp, pi, sqrt
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.plan.model import Model

TOUCHED: Final = (-1.0, 0.0, 1.0)
"""Where the tangents touch, in deviations."""
ROOM: Final = 0.5
"""Most that is bought beyond what is planned, in deviations (at zero it is 0.399)."""
WIDTHS: Final = (0.5, 0.5, 1.0)
"""Of the pieces of a change of power that cost less than their full price, in deviations."""


def expect(model: Model, bought: IntArray, sold: IntArray, spread_kw: FloatArray) -> None:
    """Keep bought above what is to be expected of a power of ``bought - sold``. Shapes (step,)"""
    steps = np.flatnonzero(spread_kw > 0)
    for at in TOUCHED:
        share = distribution(at)
        # bought >= share (bought - sold) + (what is expected at the point, less what the line has there)
        least = spread_kw[steps] * density(at)
        rows = model.rows(least, np.inf, steps.size)
        model.put(rows, bought[steps], 1.0 - share)
        model.put(rows, sold[steps], share)


def expected_import(power_w: FloatArray, spread_w: FloatArray) -> FloatArray:
    """Return the mean of what is above zero of a power with a normal error: as `expect` sees it, by tangents. [W]"""
    lines = [distribution(at) * power_w + density(at) * spread_w for at in TOUCHED]
    found: FloatArray = np.max([np.zeros_like(power_w), power_w, *lines], axis=0)
    return found


def change_pieces() -> Iterator[tuple[float, float]]:
    """Yield the width of each piece of a change of power, in deviations, and its share of the price."""
    begin = 0.0
    for width in WIDTHS:
        yield width, 2.0 * distribution(begin + width / 2) - 1.0
        begin += width
    yield np.inf, 1.0


def distribution(at: float) -> float:
    """Return the share of normal errors below a number of deviations.

    >>> distribution(0.0)
    0.5
    """
    return 0.5 * (1.0 + erf(at / sqrt(2.0)))


def density(at: float) -> float:
    """Return the density of normal errors at a number of deviations.

    >>> round(density(0.0), 4)
    0.3989
    """
    return exp(-at * at / 2.0) / sqrt(2.0 * pi)
