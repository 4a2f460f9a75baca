"""Plausibility: what two sources say of one thing, and whether the powers of the site add up.

All signals here come from values with a one behind them, NaN where unknown; and unknown stays unknown.
"""

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.site.numbered import Members, Pairs


def difference(pairs: Pairs, fresh: FloatArray) -> FloatArray:
    """Return how much more the first of each pair says than the second. Shape (pair,)"""
    return fresh[pairs.first] - _second(pairs, fresh)


def opposition(pairs: Pairs, fresh: FloatArray) -> FloatArray:
    """Return the smaller of two sizes where the signs of a pair contradict each other, else 0. Shape (pair,)"""
    first, second = fresh[pairs.first], _second(pairs, fresh)
    # What lies beyond zero on both sides at once.
    return np.maximum(np.minimum(np.maximum(first, second), -np.minimum(first, second)), 0.0)


def residual_w(members: Members, fresh: FloatArray) -> FloatArray:
    """Return the power at the connection that nobody accounts for. [W], shape (1,)"""
    found: FloatArray = np.sum(fresh[members.channel] * members.sign, keepdims=True)
    return found


def pair_s(pairs: Pairs, sampled_s: FloatArray) -> FloatArray:
    """Return when either of each pair was last heard. [s], shape (pair,)"""
    return np.maximum(sampled_s[pairs.first], sampled_s[pairs.second])


def balance_s(members: Members, sampled_s: FloatArray) -> FloatArray:
    """Return when any part of the balance was last heard. [s], shape (1,)"""
    found: FloatArray = np.max(sampled_s[members.channel], initial=-np.inf, keepdims=True)
    return found


def _second(pairs: Pairs, fresh: FloatArray) -> FloatArray:
    return fresh[pairs.second] * fresh[pairs.times] * pairs.factor
