"""Pairs of which one column is to be zero, such as charging and discharging: where a solution uses both at once."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.plan.model import Model

CLEAN_KW: Final = 1e-6
MOST_ROUNDS: Final = 20
"""Solutions that are looked at until none burns energy."""


def both_used(model: Model, column: FloatArray) -> BoolArray:
    """Tell where both columns of an exclusive pair are in use. Shape (pair, step)"""
    return np.array([np.minimum(column[pair.first], column[pair.second]) > CLEAN_KW for pair in model.exclusives])


def smaller(model: Model, column: FloatArray, where: BoolArray) -> Iterator[IntArray]:
    """Yield, pair by pair, the column that a solution uses less, at some steps. ``where`` has shape (pair, step)"""
    for pair, steps in zip(model.exclusives, where, strict=True):
        first_wins = column[pair.first] >= column[pair.second]
        yield np.where(first_wins, pair.second, pair.first)[steps]
