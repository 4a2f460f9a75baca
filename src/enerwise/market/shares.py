"""Shares: a whole divided pro rata, in whole units, by the largest remainder.

Everybody gets the whole part of the share; what is left goes, one unit each, to those whose share was cut most. At the
same cut the earlier in rank goes first: no dice, and nothing that depends on where somebody stands in a table.
"""

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.money import EXACT_MOST


def pro_rata(weight: IntArray, total: int, rank: IntArray | None = None) -> IntArray:
    """Divide a whole by weight.

    Nobody gets more than the own weight as long as the whole is no more than all weights together.

    Args:
        weight: None below zero, at least one above. Shape (part,)
        total: What is divided, zero or above.
        rank: Who goes first at the same remainder, all unlike; by position where left out. Shape (part,)

    Returns:
        Whole units that add up to ``total``. Shape (part,)

    Raises:
        ValueError: The weights are all zero, or one is below.

    Source: Hamilton's method of apportionment; Balinski and Young 2001, Fair Representation.

    >>> pro_rata(np.array([1, 1, 4]), 10).tolist()
    [2, 2, 6]
    >>> pro_rata(np.array([5, 5, 5]), 10, np.array([2, 0, 1])).tolist()
    [3, 4, 3]
    """
    all_of_it = int(weight.sum())
    if total < 0 or all_of_it <= 0 or int(weight.min()) < 0:
        raise ValueError(f"{total} cannot be divided by weights {weight.tolist()[:8]}")
    share, remainder = _divided(weight, total, all_of_it)
    rank = np.arange(weight.size) if rank is None else rank
    share[np.lexsort((rank, -remainder))[: total - int(share.sum())]] += 1
    return share


def _divided(weight: IntArray, total: int, all_of_it: int) -> tuple[IntArray, IntArray]:
    if int(weight.max()) * total < EXACT_MOST:
        product = weight * total
        return product // all_of_it, product % all_of_it
    both = [divmod(each * total, all_of_it) for each in weight.tolist()]
    share, remainder = np.array(both, np.int64).T
    return share.copy(), remainder.copy()
