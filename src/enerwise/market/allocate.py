"""Which trade a meter's energy belongs to, where it counts less than was traded.

First in, first out over somebody's trades, or in proportion with the largest remainders rounded up. What both sides of
a trade can show is recognised: the least of what was traded, pushed and pulled.
"""

from enum import StrEnum

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.money import summed


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
    deal = _first_in if rule is Rule.FIFO else _in_proportion
    return np.minimum(deal(seller, traded_wh, pushed_wh), deal(buyer, traded_wh, pulled_wh))


def _first_in(who: IntArray, traded_wh: IntArray, metered_wh: IntArray) -> IntArray:
    """Deal to the earlier trades first."""
    order = np.argsort(who, kind="stable")
    up_to = np.cumsum(traded_wh[order])
    before = up_to - traded_wh[order]
    first = np.searchsorted(who[order], who[order], side="left")
    dealt = np.clip(metered_wh[who[order]] - (before - before[first]), 0, traded_wh[order])
    result = np.empty_like(dealt)
    result[order] = dealt
    return result


def _in_proportion(who: IntArray, traded_wh: IntArray, metered_wh: IntArray) -> IntArray:
    """Deal in proportion; what rounding leaves goes to the largest remainders, the earlier trade first."""
    total = summed(who, traded_wh, metered_wh.size)
    share = np.minimum(metered_wh, total)[who].astype(object) * traded_wh.astype(object)
    floor = np.array([int(each) // int(of) for each, of in zip(share, total[who], strict=True)], np.int64)
    remainder = np.array([int(each) % int(of) for each, of in zip(share, total[who], strict=True)], np.float64)
    left = np.minimum(metered_wh, total) - summed(who, floor, metered_wh.size)
    order = np.lexsort((np.arange(who.size), -remainder / np.maximum(total[who], 1), who))
    first = np.searchsorted(who[order], who[order], side="left")
    is_one_more = np.arange(who.size) - first < left[who[order]]
    floor[order] += is_one_more
    return floor
