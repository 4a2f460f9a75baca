"""The desk between traders and a market: orders of agents become columns, and the guard's order side judges them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from enerwise.core.intent import Order, Side
from enerwise.core.units import IntArray
from enerwise.guard.orders import OrderLimits, Rule, Used, fit_orders

MOST = 2**62


@dataclass(frozen=True, slots=True)
class JudgedOrder:
    """An order, and what may go on of it."""

    asked: Order
    granted: Order | None
    """As asked, or less; None where it was refused."""
    rule: Rule
    """What cut or refused it; GRANTED where nothing did."""


def judge(
    orders: Sequence[Order], agents: Sequence[str], limits: OrderLimits, used: Used, *, may_cut: bool = True
) -> tuple[JudgedOrder, ...]:
    """Judge orders of several agents in their sequence.

    Args:
        orders: For one slot.
        agents: Names of those who have limits, in the sequence of the limits; others are unknown.
        limits: By participant.
        used: By participant, changed.
        may_cut: Whether less than was asked for is welcome.
    """
    number = {name: at for at, name in enumerate(agents)}
    judged = fit_orders(
        np.array([number.get(each.agent, -1) for each in orders], np.int64),
        np.array([each.side is Side.BUY for each in orders], np.bool_),
        _whole([each.quantity_wh for each in orders]),
        _whole([each.limit_price_ueur_per_kwh for each in orders]),
        limits,
        used,
        may_cut=np.full(len(orders), may_cut),
    )
    return tuple(
        JudgedOrder(order, replace(order, quantity_wh=wh) if wh else None, Rule(rule))
        for order, wh, rule in zip(orders, judged.quantity_wh.tolist(), judged.rule.tolist(), strict=True)
    )


def _whole(numbers: Sequence[int]) -> IntArray:
    """Return numbers as a column; what does not fit into it is beyond every limit anyway."""
    return np.array([min(max(each, -MOST), MOST) for each in numbers], np.int64)
