"""The Lagrangian rule: a price goes round until what all homes take and give adds up; nobody shows an order.

A coordinator announces a price and how far homes were off; each answers with the net position that is worth most to it
at that price, held a little to where it was, and with whether it could still move either way. The price moves by the
sum of positions: more is wanted, it rises. This is the exchange problem solved by the alternating direction method of
multipliers (ADMM), with the imbalance dealt to those who can move instead of to all, which takes a tenth of the rounds.
It stops when positions add up (primal residual) and have come to rest (dual residual). Then all who accept the price,
in whole micro-euro, are filled around it, so that energy balances to the watt-hour and nobody trades beyond an order.

At the optimum the price is the dual of the balance. Where the rounds are over before, some welfare is missed:
``gap_neur`` of a trace tells how much, against the linear program, and nothing else is less exact.

Source: Boyd et al. 2011, Distributed Optimization and Statistical Learning via ADMM, section 7.3.2 (exchange).
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.market.book import Book
from enerwise.market.clearing import Clearing
from enerwise.market.mechanism import Promise
from enerwise.market.mechanisms.areas import filled_around
from enerwise.market.welfare import best_welfare_neur, welfare_neur

PROMISES: Final = frozenset({Promise.LIMITS, Promise.ONE_PRICE, Promise.PERMUTATION, Promise.NO_SURPLUS})
FEWER_RATIO: Final = 0.9
"""How fast the number of those who can move may fall from round to round, so that the price does not swing."""


@dataclass(frozen=True, slots=True)
class Trace:
    """How the rounds went."""

    price_ueur_per_kwh: FloatArray
    """Announced in each round. Shape (round,)"""
    primal_wh: FloatArray
    """How far all positions together were from adding up."""
    dual_ueur_per_kwh: FloatArray
    """How far the position that moved most still moved, as a price."""
    net_wh: FloatArray
    """Positions at the end, not yet whole. Shape (order,), by id"""
    is_settled: bool
    """Whether both residuals came below their bounds before the rounds were over."""

    def gap_neur(self, book: Book, clearing: Clearing) -> int:
        """Return the welfare that was missed, against the linear program. [10^-9 EUR]"""
        return best_welfare_neur(book) - welfare_neur(book, clearing.filled_wh)


@dataclass(frozen=True, slots=True)
class Lagrangian:
    """One price, found by asking round."""

    rounds_most: int = 3000
    primal_mwh: int = 100
    """All positions together add up to within this. [mWh]"""
    dual_neur_per_kwh: int = 50
    """No position moves by more than is worth this. [10^-3 micro-EUR/kWh]"""
    name: str = "lagrangian"
    promises: frozenset[Promise] = PROMISES

    def __post_init__(self) -> None:
        if min(self.rounds_most, self.primal_mwh, self.dual_neur_per_kwh) < 1:
            raise ValueError("rounds_most, primal_mwh and dual_neur_per_kwh are at least 1")

    def clear(self, book: Book) -> Clearing:
        """Ask round, and fill everybody around the price."""
        filled = np.zeros(len(book), np.int64)
        if book.is_buy.all() or not book.is_buy.any():
            return Clearing(filled, filled.copy())
        price = int(np.rint(self.rounds(book).price_ueur_per_kwh[-1]))
        one_area = replace(book, area=np.zeros_like(book.area))
        filled = filled_around(one_area, np.array([price]), np.zeros(1, np.int64))
        return Clearing(filled, np.full(len(book), price, np.int64), bounds_ueur_per_kwh=(price, price))

    def rounds(self, book: Book) -> Trace:
        """Ask round until positions add up and rest, or the rounds are over."""
        book = book.take(np.argsort(book.id))  # sums of floats depend on their sequence, and a price must not
        quantity = book.quantity_wh.astype(np.float64)
        lower, upper = np.where(book.is_buy, 0.0, -quantity), np.where(book.is_buy, quantity, 0.0)
        step = max(float(np.ptp(book.price_ueur_per_kwh)), 1.0) / max(float(quantity.mean()), 1.0)
        net, price, off, movable = np.zeros(len(book)), float(np.median(book.price_ueur_per_kwh)), 0.0, float(len(book))
        told, is_settled = list[tuple[float, float, float]](), False
        while len(told) < self.rounds_most and not is_settled:
            before = net
            net = answer_wh(book, lower, upper, price, before - off, step)
            movable = max(float(((net > lower) & (net < upper)).sum()), movable * FEWER_RATIO, 1.0)
            off = float(net.sum()) / movable
            price += step * off
            primal, dual = abs(float(net.sum())), step * float(np.abs(net - before).max())
            told.append((price, primal, dual))
            is_settled = primal * 1e3 <= self.primal_mwh and dual * 1e3 <= self.dual_neur_per_kwh
        prices, primals, duals = np.array(told, np.float64).T
        return Trace(prices, primals, duals, net, is_settled)


def answer_wh(
    book: Book, lower: FloatArray, upper: FloatArray, price_ueur_per_kwh: float, held: FloatArray, step: float
) -> FloatArray:
    """Return the positions that are worth most, held to where they were; each from its own order alone.

    A unit taken is worth the order's price and costs what is announced; moving away from ``held`` costs
    ``step / 2`` a squared Wh, so that homes do not all jump at once. [Wh], shape (order,)
    """
    return np.clip(held + (book.price_ueur_per_kwh - price_ueur_per_kwh) / step, lower, upper)
