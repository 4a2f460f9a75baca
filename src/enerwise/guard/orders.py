"""The same door for money: what an order may be, before any market sees it.

A total function over columns: every order is granted, cut or refused, with the rule that decided, whatever the columns
hold. Orders of one participant are judged in their sequence, and what is refused uses up nothing; participants have no
influence on each other. Within the limits means at the worst: a buy at its own price, and everything filled. An order
is cut only where its sender says so, for half an order may be worse than none; its side and price stay as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from enerwise.core.intent import Mandate, OrderMandate
from enerwise.core.units import BoolArray, ByteArray, FloatArray, IntArray
from enerwise.guard.kernels import CUT, GRANTED, REFUSED

MONEY_MOST_UEUR: Final = 2**52
"""No budget or credit counts for more: four billion euro, so that a thousand times as much still fits into 64 bits."""
EXACT_WH: Final = 2**52
"""Sums up to this are whole numbers in floating point too."""
UNBOUNDED: Final = 2**63 - 1
PRICE_MOST: Final = 2**62
"""Dearer than this is as dear: no watt-hour of it is within any budget."""
WH_PER_KWH: Final = 1000
NO_ORDERS: Final = OrderMandate(0, 0, -UNBOUNDED, UNBOUNDED)


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

    @classmethod
    def of(cls, mandates: Sequence[Mandate], *, credit_ueur: IntArray, is_halted: BoolArray) -> "OrderLimits":
        """Return the limits of mandates, in their sequence; who has no budget, or none for orders, may order nothing.

        Args:
            mandates: One for each participant.
            credit_ueur: The money each has that is not reserved. [micro-EUR], shape (participant,)
            is_halted: Whom the supervisor has halted. Shape (participant,)
        """
        granted = [each.orders if each.orders and each.budget_ueur > 0 else NO_ORDERS for each in mandates]

        def column(numbers: Sequence[int]) -> IntArray:
            return np.array([min(max(each, -UNBOUNDED), UNBOUNDED) for each in numbers], np.int64)

        return cls(
            column([each.price_min_ueur_per_kwh for each in granted]),
            column([each.price_max_ueur_per_kwh for each in granted]),
            column([each.volume_wh for each in granted]),
            column([each.position_wh for each in granted]),
            column([each.budget_ueur for each in mandates]),
            credit_ueur,
            is_halted,
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


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a batch. Shapes (order,)"""

    outcome: ByteArray
    """GRANTED, CUT or REFUSED of `enerwise.guard.kernels`."""
    rule: IntArray
    """`Rule` that cut or refused; GRANTED where none did."""
    quantity_wh: IntArray
    """What may go on: never more than was asked for, and nothing of what was refused. [Wh]"""


def judge_orders(
    participant: IntArray,
    is_buy: BoolArray,
    quantity_wh: IntArray,
    price_ueur_per_kwh: IntArray,
    limits: OrderLimits,
    used: Used,
) -> IntArray:
    """Judge a batch in which nothing may be cut; what is granted is added to ``used``.

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
    may_cut = np.zeros(participant.size, np.bool_)
    return fit_orders(participant, is_buy, quantity_wh, price_ueur_per_kwh, limits, used, may_cut=may_cut).rule


def fit_orders(
    participant: IntArray,
    is_buy: BoolArray,
    quantity_wh: IntArray,
    price_ueur_per_kwh: IntArray,
    limits: OrderLimits,
    used: Used,
    *,
    may_cut: BoolArray,
) -> Judged:
    """Judge a batch as `judge_orders`, and cut to what is left the orders whose senders agree.

    An order is cut by volume, position, budget and credit; what breaks another rule, or has no watt-hour left, is
    refused. ``may_cut`` has the shape (order,).

    >>> limits = OrderLimits.alike(1, price_min_ueur_per_kwh=0, price_max_ueur_per_kwh=400_000, volume_wh=900,
    ...     position_wh=900, budget_ueur=150_000, credit_ueur=150_000)
    >>> columns = np.array([0, 0]), np.array([True, False]), np.array([800, 800]), np.array([300_000, 100_000])
    >>> judged = fit_orders(*columns, limits, Used.nothing(1), may_cut=np.array([True, True]))
    >>> judged.quantity_wh.tolist(), [Rule(each).name for each in judged.rule]
    ([500, 400], ['BUDGET', 'VOLUME'])
    """
    orders = _Orders(participant, is_buy, quantity_wh, price_ueur_per_kwh)
    rule = _standing(orders, limits)
    allowed_wh = np.zeros(participant.size, np.int64)
    standing = np.flatnonzero(rule == Rule.GRANTED)
    is_easy = _fits_whole(orders.take(standing), limits, used)
    easy = standing[is_easy]
    allowed_wh[easy] = quantity_wh[easy]
    _use(used, orders.take(easy), quantity_wh[easy])
    for rows in _turns(standing[~is_easy], participant):
        allowed_wh[rows], rule[rows] = _fitted(orders.take(rows), limits, used, may_cut=may_cut[rows])
    cut_or_refused = np.where(allowed_wh > 0, CUT, REFUSED)
    return Judged(np.where(rule == Rule.GRANTED, GRANTED, cut_or_refused).astype(np.uint8), rule, allowed_wh)


def worst_cost_ueur(is_buy: BoolArray, quantity_wh: IntArray, price_ueur_per_kwh: IntArray) -> IntArray:
    """Return what an order within the limits may cost at most: a buy above price zero, a sale below. [micro-EUR]

    >>> worst_cost_ueur(np.array([True, False]), np.array([1500, 1500]), np.array([200_000, 200_000])).tolist()
    [300000, 0]
    """
    return -(-_unit_ueur(is_buy, price_ueur_per_kwh) * quantity_wh // WH_PER_KWH)


@dataclass(frozen=True, slots=True)
class _Orders:
    """Columns that travel together. Shapes (order,)"""

    who: IntArray
    buys: BoolArray
    wh: IntArray
    price: IntArray

    def take(self, rows: IntArray) -> "_Orders":
        return _Orders(self.who[rows], self.buys[rows], self.wh[rows], self.price[rows])

    @property
    def unit_ueur(self) -> IntArray:
        """What a kWh costs at most: a sale costs something below price zero."""
        return _unit_ueur(self.buys, self.price)


def _standing(orders: _Orders, limits: OrderLimits) -> IntArray:
    """Return the rule that refuses an order whatever else was ordered."""
    count = limits.volume_wh.size
    if not count:
        return np.full(orders.who.size, Rule.UNKNOWN, np.int64)
    is_known = (orders.who >= 0) & (orders.who < count)
    who = np.where(is_known, orders.who, 0)
    low, high = limits.price_min_ueur_per_kwh[who], limits.price_max_ueur_per_kwh[who]
    breaks = [
        (Rule.UNKNOWN, ~is_known),
        (Rule.HALTED, limits.is_halted[who]),
        (Rule.QUANTITY, orders.wh < 1),
        (Rule.PRICE, (orders.price < low) | (orders.price > high)),
    ]
    told = np.select([each for _, each in breaks], [int(rule) for rule, _ in breaks], int(Rule.GRANTED))
    return told.astype(np.int64)


def _fits_whole(orders: _Orders, limits: OrderLimits, used: Used) -> BoolArray:
    """Tell whose orders are all within the limits even together: the ordinary case, judged at once.

    Sums are floating, and costs taken as one micro-euro more than they are; who comes near a limit goes the long way.
    """

    def total(amount: FloatArray) -> FloatArray:
        return np.bincount(orders.who, amount, limits.volume_wh.size).astype(np.float64)

    bought_wh, sold_wh = total(np.where(orders.buys, orders.wh, 0.0)), total(np.where(orders.buys, 0.0, orders.wh))
    cost_ueur = total(np.where(orders.unit_ueur > 0, orders.unit_ueur * (orders.wh / WH_PER_KWH) + 1.0, 0.0))
    fits = (
        (bought_wh + sold_wh + used.volume_wh <= np.minimum(limits.volume_wh, EXACT_WH))
        & (bought_wh + used.bought_wh <= limits.position_wh)
        & (sold_wh + used.sold_wh <= limits.position_wh)
        & (cost_ueur + used.cost_ueur <= np.minimum(limits.budget_ueur, MONEY_MOST_UEUR))
        & (cost_ueur + used.cost_ueur <= limits.credit_ueur)
    )
    return fits[orders.who]


def _fitted(orders: _Orders, limits: OrderLimits, used: Used, *, may_cut: BoolArray) -> tuple[IntArray, IntArray]:
    """Return what may go on of one order of each participant, and the rule that decided; it is then used."""
    rooms_wh = _rooms_wh(orders, limits, used)
    most_wh = np.maximum(rooms_wh.min(axis=0), 0)
    fits = orders.wh <= most_wh
    allowed_wh = np.where(fits, orders.wh, np.where(may_cut, most_wh, 0))
    _use(used, orders, allowed_wh)
    # What is cut, was cut by the tightest limit; what is refused, by the first that it breaks.
    why = np.where(may_cut, np.argmin(rooms_wh, axis=0), np.argmax(orders.wh > rooms_wh, axis=0)) + int(Rule.VOLUME)
    return allowed_wh, np.where(fits, int(Rule.GRANTED), why)


def _rooms_wh(orders: _Orders, limits: OrderLimits, used: Used) -> IntArray:
    """Return how much each limit still allows, from volume to credit as in `Rule`. [Wh], shape (limit, order)"""
    who = orders.who
    # Room is asked for, not sums: a sum of two large numbers could turn over.
    return np.stack(
        [
            np.maximum(limits.volume_wh[who], 0) - used.volume_wh[who],
            np.maximum(limits.position_wh[who], 0) - np.where(orders.buys, used.bought_wh[who], used.sold_wh[who]),
            _affordable_wh(limits.budget_ueur[who], used.cost_ueur[who], orders.unit_ueur),
            _affordable_wh(limits.credit_ueur[who], used.cost_ueur[who], orders.unit_ueur),
        ]
    )


def _affordable_wh(limit_ueur: IntArray, used_ueur: IntArray, unit_ueur: IntArray) -> IntArray:
    """Return how much energy at a price has a worst cost, rounded up, within what is left."""
    left_ueur = np.clip(limit_ueur, 0, MONEY_MOST_UEUR) - used_ueur
    return np.where(unit_ueur > 0, np.maximum(left_ueur, 0) * WH_PER_KWH // np.maximum(unit_ueur, 1), UNBOUNDED)


def _unit_ueur(is_buy: BoolArray, price_ueur_per_kwh: IntArray) -> IntArray:
    """Return what a kWh costs at most: a sale costs something below price zero."""
    within = np.clip(price_ueur_per_kwh, -PRICE_MOST, PRICE_MOST)
    return np.maximum(np.where(is_buy, within, -within), 0)


def _use(used: Used, orders: _Orders, wh: IntArray) -> None:
    np.add.at(used.volume_wh, orders.who, wh)
    np.add.at(used.bought_wh, orders.who, np.where(orders.buys, wh, 0))
    np.add.at(used.sold_wh, orders.who, np.where(orders.buys, 0, wh))
    np.add.at(used.cost_ueur, orders.who, worst_cost_ueur(orders.buys, wh, orders.price))


def _turns(rows: IntArray, participant: IntArray) -> list[IntArray]:
    """Return everybody's first order, then everybody's second: within one participant the sequence is kept."""
    if not rows.size:
        return []
    who = participant[rows]
    order = np.argsort(who, kind="stable")
    first = np.searchsorted(who[order], who[order], side="left")
    turn = np.empty(rows.size, np.int64)
    turn[order] = np.arange(rows.size) - first
    return np.split(rows[np.argsort(turn, kind="stable")], np.cumsum(np.bincount(turn))[:-1])
