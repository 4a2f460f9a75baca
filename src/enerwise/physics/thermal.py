"""Thermal networks: nodes that store heat, conductances between them, and what flows in from outside.

``C dT/dt = K T + w``: a building of one or several zones, a tank of layers. Between two moments at which what flows in
changes, the solution is exact, so that a step of an hour and four of a quarter agree to the last digits.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import SECONDS_PER_HOUR, FloatArray

_TERMS: Final = 14
"""Of the exponential series at arguments up to one half: beyond double precision."""


@dataclass(frozen=True, slots=True)
class Discrete:
    """A network over steps: ``after = keep @ before + push @ flow_w``, the flow constant inside the step."""

    keep: FloatArray
    """Shape (..., node, node)"""
    push: FloatArray
    """Warming of each node per watt into each node. [K/W], shape (..., node, node)"""


def discrete(coupling_w_per_k: FloatArray, capacity_wh_per_k: FloatArray, step_s: float) -> Discrete:
    """Return the exact step of a network.

    Args:
        coupling_w_per_k: Heat into each node (row) per degree of each node (column). [W/K], shape (..., node, node)
        capacity_wh_per_k: Heat each node stores per degree, above zero. [Wh/K], shape (node,)
        step_s: Length of a step, above zero. [s]

    Returns:
        What remains of temperatures, and what flows add.

    Source: zero-order hold by the exponential of the block matrix ``[[A, B], [0, 0]]``; scaling and squaring as in
        Moler and Van Loan 2003, Nineteen dubious ways to compute the exponential of a matrix, SIAM Review 45(1).

    >>> one = discrete(np.array([[-100.0]]), np.array([1000.0]), 36_000.0)
    >>> one.keep.round(6), one.push.round(6)
    (array([[0.367879]]), array([[0.006321]]))
    """
    count, step_h = capacity_wh_per_k.size, step_s / SECONDS_PER_HOUR
    rate = np.zeros((*coupling_w_per_k.shape[:-2], 2 * count, 2 * count))
    rate[..., :count, :count] = coupling_w_per_k / capacity_wh_per_k[:, None] * step_h
    rate[..., :count, count:] = np.diag(1.0 / capacity_wh_per_k) * step_h
    whole = _exponential(rate)
    return Discrete(whole[..., :count, :count], whole[..., :count, count:])


def _exponential(matrix: FloatArray) -> FloatArray:
    largest = float(np.abs(matrix).sum(axis=-1).max(initial=0.0))
    halvings = max(0, int(np.ceil(np.log2(largest / 0.5)))) if largest > 0 else 0
    small = matrix / 2.0**halvings
    total = term = np.broadcast_to(np.eye(matrix.shape[-1]), matrix.shape)
    for order in range(1, _TERMS + 1):
        term = term @ small / order
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total
