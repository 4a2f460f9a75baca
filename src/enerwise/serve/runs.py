"""Runs: stretches of equal values along an array, as slices."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enerwise.core.units import BoolArray


def equal_runs(label: NDArray[Any]) -> list[slice]:
    """Return the stretches over which a label stays the same, in order; together they are the whole.

    >>> equal_runs(np.array([3, 3, 4]))
    [slice(0, 2, None), slice(2, 3, None)]
    """
    edges = [0, *(np.flatnonzero(label[1:] != label[:-1]) + 1).tolist(), label.size]
    return [slice(first, last) for first, last in pairwise(edges) if last > first]


def true_runs(holds: BoolArray) -> list[slice]:
    """Return the stretches over which a condition holds, in order."""
    return [each for each in equal_runs(holds) if holds[each.start]]
