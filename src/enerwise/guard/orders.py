"""The same door for money: what an order may be, before any market sees it.

A total function over columns: every order is granted or refused, with the rule that decided, whatever the columns hold.
Orders of one participant are judged in their sequence, and what is refused uses up nothing; participants have no
influence on each other. Within the limits means at the worst: a buy at its own price, and everything filled.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray, IntArray

MONEY_EXACT: Final = 2.0**52
"""Above this a worst cost is no whole micro-euro in floating point any more; such an order is refused."""


class Rule(IntEnum):
    """Which rule decided."""

    GRANTED = 0
    UNKNOWN = 1
    """Nobody of that number has a mandate."""
    HALTED = 2
    """Trading was halted for this participant, or everybody."""
    QUANTITY = 3
    """Not above zero."""
    PRICE = 4
    """Outside the price band."""
    VOLUME = 5
    """More in this slot than the mandate allows, both sides together."""
    POSITION = 6
    """Bought or sold beyond what may be open in one direction."""
    BUDGET = 7
    """May cost more than the mandate still allows."""
    CREDIT = 8
    """May cost more than there is money for."""


@dataclass(frozen=True, slots=True)
class OrderLimits:
    """What participants may, as columns by their number. Shapes (participant,)"""

    price_min_ueur_per_kwh: IntArray
    price_max_ueur_per_kwh: IntArray
    volume_wh: IntArray
    """In one slot, bought and sold together. [Wh]"""
    position_wh: IntArray
    """In one slot and direction. [Wh]"""
    budget_ueur: IntArray
    """What all orders of the slot may cost together at the worst."""
    credit_ueur: IntArray
    """The money that is there and not reserved."""
    is_halted: BoolArray

    @classmethod
    def alike(
        cls,
        count: int,
        *,
        price_min_ueur_per_kwh: int,
        price_max_ueur_per_kwh: int,
        volume_wh: int,
        position_wh: int,
        budget_ueur: int,
        credit_ueur: int,
    ) -> "OrderLimits":
        """Return the same limits for everybody, nobody halted."""

        def all_of(number: int) -> IntArray:
            return np.full(count, number, np.int64)

        return cls(
            all_of(price_min_ueur_per_kwh),
            all_of(price_max_ueur_per_kwh),
            all_of(volume_wh),
            all_of(position_wh),
            all_of(budget_ueur),
            all_of(credit_ueur),
            np.zeros(count, np.bool_),
        )


@dataclass
class Used:
    """What granted orders of the slot use up so far, by participant. Shapes (participant,)"""

    volume_wh: IntArray
    bought_wh: IntArray
    sold_wh: IntArray
    cost_ueur: IntArray

    @classmethod
    def nothing(cls, count: int) -> "Used":
        """Return what is used before the first order."""
        return cls(*[np.zeros(count, np.int64) for _ in range(4)])


def judge_orders(
    participant: IntArray,
    is_buy: BoolArray,
    quantity_wh: IntArray,
    price_ueur_per_kwh: IntArray,
    limits: OrderLimits,
    used: Used,
) -> IntArray:
    """Judge a batch; what is granted is added to ``used``.

    Args:
        participant: Number of whoever orders. Shape (order,)
        is_buy: Side.
        quantity_wh: Energy. [Wh]
        price_ueur_per_kwh: The most a buyer pays, the least a seller takes.
        limits: By participant.
        used: By participant, changed.

    Returns:
        `Rule` of every order, GRANTED where it may go on. Shape (order,)
    """
    told = np.full(participant.size, Rule.UNKNOWN, np.int64)
    known = np.flatnonzero((participant >= 0) & (participant < limits.volume_wh.size))
    rank = _rank(participant[known])
    # Everybody's first order at once, then everybody's second: within one participant the sequence is kept.
    by_rank = known[np.argsort(rank, kind="stable")]
    for rows in np.split(by_rank, np.cumsum(np.bincount(rank))[:-1]) if known.size else ():
        who, buys, wh, price = participant[rows], is_buy[rows], quantity_wh[rows], price_ueur_per_kwh[rows]
        cost = worst_cost_ueur(buys, wh, price)
        told[rows] = _judged(who, buys, wh, price, cost, limits, used)
        granted = told[rows] == Rule.GRANTED
        _use(used, who[granted], buys[granted], wh[granted], cost[granted].astype(np.int64))
    return told


def worst_cost_ueur(is_buy: BoolArray, quantity_wh: IntArray, price_ueur_per_kwh: IntArray) -> FloatArray:
    """Return what an order may cost at most: a buy above price zero, a sale below it. [micro-EUR]

    >>> worst_cost_ueur(np.array([True, False]), np.array([1500, 1500]), np.array([200_000, 200_000])).tolist()
    [300000.0, 0.0]
    """
    sign = np.where(is_buy, 1.0, -1.0)
    return np.maximum(np.ceil(sign * price_ueur_per_kwh.astype(np.float64) * quantity_wh / 1000.0), 0.0)


def _judged(
    who: IntArray,
    buys: BoolArray,
    wh: IntArray,
    price: IntArray,
    cost: FloatArray,
    limits: OrderLimits,
    used: Used,
) -> IntArray:
    direction_wh = np.where(buys, used.bought_wh[who], used.sold_wh[who])
    spent = used.cost_ueur[who].astype(np.float64) + cost
    # Room is asked for, not sums: a sum of two large numbers could turn over.
    breaks = [
        (Rule.HALTED, limits.is_halted[who]),
        (Rule.QUANTITY, wh < 1),
        (Rule.PRICE, (price < limits.price_min_ueur_per_kwh[who]) | (price > limits.price_max_ueur_per_kwh[who])),
        (Rule.VOLUME, wh > limits.volume_wh[who] - used.volume_wh[who]),
        (Rule.POSITION, wh > limits.position_wh[who] - direction_wh),
        (Rule.BUDGET, ~(spent <= limits.budget_ueur[who]) | (spent >= MONEY_EXACT)),
        (Rule.CREDIT, ~(spent <= limits.credit_ueur[who])),
    ]
    return np.select([each for _, each in breaks], [int(rule) for rule, _ in breaks], int(Rule.GRANTED)).astype(
        np.int64
    )


def _use(used: Used, who: IntArray, buys: BoolArray, wh: IntArray, cost: IntArray) -> None:
    used.volume_wh[who] += wh
    used.bought_wh[who] += np.where(buys, wh, 0)
    used.sold_wh[who] += np.where(buys, 0, wh)
    used.cost_ueur[who] += cost


def _rank(number: IntArray) -> IntArray:
    """Return for each row how many rows of the same number stand before it."""
    order = np.argsort(number, kind="stable")
    first = np.searchsorted(number[order], number[order], side="left")
    rank = np.empty(number.size, np.int64)
    rank[order] = np.arange(number.size) - first
    return rank
