"""Risk of a day: the mean profit of the worst share of scenarios, which is the conditional value at risk (CVaR).

Source: Rockafellar and Uryasev 2000, Optimization of conditional value-at-risk, Journal of Risk 2(3), 21-41.
"""

import numpy as np

from enerwise.core.units import FloatArray


def cvar_eur(profit_eur: FloatArray, probability: FloatArray, alpha_ratio: float) -> float:
    """Return the mean profit of the worst ``1 - alpha`` of all outcomes, the one at the edge in part. [EUR]

    Args:
        profit_eur: Of each outcome. Shape (outcome,)
        probability: Of each outcome, with the sum 1. Shape (outcome,)
        alpha_ratio: 0 is the mean over everything, 0.95 that of the worst twentieth; below 1.

    >>> round(cvar_eur(np.array([4.0, -2.0, 1.0, 3.0]), np.full(4, 0.25), 0.5), 9)
    -0.5
    """
    if not 0 <= alpha_ratio < 1:
        raise ValueError(f"alpha must be within 0 and below 1, got {alpha_ratio}")
    tail = 1.0 - alpha_ratio
    order = np.argsort(profit_eur, kind="stable")
    before = np.cumsum(probability[order]) - probability[order]
    share = np.clip(tail - before, 0.0, probability[order])
    return float(profit_eur[order] @ share) / tail
