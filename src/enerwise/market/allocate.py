"""Which trade a meter's energy belongs to, where it counts less than was traded.

First in, first out over somebody's trades, or in proportion with the largest remainders rounded up. What both sides of
a trade can show is recognised: the least of what was traded, pushed and pulled.
"""

from enum import StrEnum

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.money import EXACT_MOST, summed


class Rule(StrEnum):
    """How metered energy is dealt to trades."""

    FIFO = "fifo"
    PRO_RATA = "pro_rata"


def recognised_wh(
    seller: IntArray, buyer: IntArray, traded_wh: IntArray, pushed_wh: IntArray, pulled_wh: IntArray, rule: Rule
) -> IntArray:
    """Return what is recognised of every trade. [Wh], shape (trade,)

    Args:
        seller: Number of the seller of each trade.
        buyer: Number of the buyer.
        traded_wh: What was traded, in the sequence of the trades.
        pushed_wh: What each participant's meter has sent out, at least zero. Shape (participant,)
        pulled_wh: What it has taken in. Shape (participant,)
        rule: How what is short is dealt.

    >>> seller, buyer, traded = np.array([0, 0]), np.array([1, 2]), np.array([5, 5])
    >>> recognised_wh(seller, buyer, traded, np.array([7, 0, 0]), np.array([0, 9, 9]), Rule.FIFO).tolist()
    [5, 2]
    """
    deal = first_in if rule is Rule.FIFO else in_proportion
    return np.minimum(deal(seller, traded_wh, pushed_wh), deal(buyer, traded_wh, pulled_wh))


def first_in(who: IntArray, wanted: IntArray, there: IntArray) -> IntArray:
    """Deal what everybody has to their own rows, the earlier row first.

    Args:
        who: Whose each row is. Shape (row,)
        wanted: The most that each row can take, at least zero. Shape (row,)
        there: What is dealt, by number of ``who``. Shape (participant,)

    >>> first_in(np.array([0, 1, 0]), np.array([5, 5, 5]), np.array([7, 3])).tolist()
    [5, 3, 2]
    """
    order = np.argsort(who, kind="stable")
    up_to = np.cumsum(wanted[order])
    before = up_to - wanted[order]
    first = np.searchsorted(who[order], who[order], side="left")
    dealt = np.clip(there[who[order]] - (before - before[first]), 0, wanted[order])
    result = np.empty_like(dealt)
    result[order] = dealt
    return result


def in_proportion(who: IntArray, wanted: IntArray, there: IntArray) -> IntArray:
    """Deal in proportion; what rounding leaves goes to the largest remainders, the earlier row first."""
    total = summed(who, wanted, there.size)
    most = np.minimum(there, total)
    share, remainder = _divided(most[who], wanted, np.maximum(total[who], 1))
    left = most - summed(who, share, there.size)
    order = np.lexsort((np.arange(who.size), -remainder, who))
    first = np.searchsorted(who[order], who[order], side="left")
    share[order] += np.arange(who.size) - first < left[who[order]]
    return share


def _divided(times: IntArray, what: IntArray, by: IntArray) -> tuple[IntArray, IntArray]:
    """Return quotient and remainder of a product, exact however large."""
    if float(times.max(initial=0)) * float(what.max(initial=0)) < EXACT_MOST:
        product = times * what
        return product // by, product % by
    both = [divmod(a * b, c) for a, b, c in zip(times.tolist(), what.tolist(), by.tolist(), strict=True)]
    quotient, remainder = np.array(both, np.int64).T
    return quotient.copy(), remainder.copy()
