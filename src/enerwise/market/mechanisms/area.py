"""The area market: one price for each area, and energy over lines that are limited, lossy and cost a fee.

A linear program over the steps of each area's curves, not over orders, finds flows and prices of the most welfare.
Where several prices fit, ``k`` says where between the lowest and the highest they lie; one area alone has the price of
the uniform auction. Then everything becomes whole: flows are rounded down, and each area serves those of its orders
that accept its price around what arrives and leaves. So energy balances exactly, nobody trades beyond the price of an
order, and the welfare of the program is missed by no more than what single watt-hours are worth.

Buyers pay the price of their area and sellers get that of theirs; the difference on a line is its fee and, where the
line is full, a congestion rent, each on an account of its name. What rounding leaves is on "rounding"; what is lost is
energy on the account "loss".

Below price zero sending in circles over lossy lines would burn energy at a gain. Opposite flows are netted, and so is
every longer circle: the line that carries least in it is left out, and the program solved again.

Source: Schweppe et al. 1988, Spot Pricing of Electricity (locational prices as duals).
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.market.book import Book
from enerwise.market.clearing import CONGESTION, FEES, LOSS, Clearing, Flow
from enerwise.market.curves import Steps, steps_of
from enerwise.market.mechanism import Promise
from enerwise.market.mechanisms.areas import accepting_wh, filled_around, price_between
from enerwise.market.money import amount_ueur
from enerwise.market.network import PPM, Line, circle
from enerwise.market.program import Optimum, Program, dual_span, solved

PROMISES: Final = frozenset({Promise.LIMITS, Promise.PERMUTATION, Promise.SPLIT})
WHOLE: Final = 1e-6
"""A flow this near below a whole watt-hour is that watt-hour."""


@dataclass(frozen=True, slots=True)
class Area:
    """Locational prices over a network; without lines every area is a market of its own."""

    lines: tuple[Line, ...] = ()
    k_ppm: int = PPM // 2
    """Where between lowest and highest prices the prices lie."""
    name: str = "area"
    promises: frozenset[Promise] = PROMISES

    def __post_init__(self) -> None:
        if not 0 <= self.k_ppm <= PPM:
            raise ValueError(f"k_ppm is {self.k_ppm}; it lies within 0 and {PPM}")

    def clear(self, book: Book) -> Clearing:
        """Clear all areas together."""
        count = 1 + max([int(book.area.max(initial=0)), *(max(each.source, each.target) for each in self.lines)])
        program, optimum = acyclic(steps_of(book), self.lines, count)
        price = price_between(*dual_span(program, optimum, np.arange(count)), self.k_ppm)
        sent = np.floor(sent_of(optimum, self.lines) + WHOLE).astype(np.int64)
        sent = _feasible(self.lines, sent, *accepting_wh(book, price))
        filled = filled_around(book, price, net_inflow_wh(self.lines, sent, count))
        return _told(book, self.lines, sent, filled, price)


def _told(book: Book, lines: tuple[Line, ...], sent: IntArray, filled: IntArray, price: IntArray) -> Clearing:
    received = np.array([line.received_wh(int(each)) for line, each in zip(lines, sent, strict=True)], np.int64)
    source, target = (np.array([getattr(line, end) for line in lines], np.int64) for end in ("source", "target"))
    fee = amount_ueur(sent, np.array([line.fee_ueur_per_kwh for line in lines], np.int64))
    margin = amount_ueur(received, price[target]) - amount_ueur(sent, price[source]) - fee
    rent = np.where(sent == np.array([line.limit_wh for line in lines], np.int64), np.maximum(margin, 0), 0)
    lost = int((sent - received).sum())
    accounts = {FEES: -int(fee.sum()), CONGESTION: -int(rent.sum())}
    return Clearing(
        filled,
        price[book.area],
        accounts_wh={LOSS: lost} if lost else {},
        accounts_ueur={name: each for name, each in accounts.items() if each},
        area_price_ueur_per_kwh=price,
        flow=Flow(source, target, sent, sent - received, rent * 1000 // np.maximum(sent, 1)),
    )


# ---------------------------------------------------------------------------------------------------------------
# Whole watt-hours


def net_inflow_wh(lines: tuple[Line, ...], sent: IntArray, count: int) -> IntArray:
    """Return what comes into each area over its lines, less what leaves it. [Wh], shape (area,)"""
    net = np.zeros(count, np.int64)
    for line, each in zip(lines, sent.tolist(), strict=True):
        net[line.source] -= each
        net[line.target] += line.received_wh(each)
    return net


def _feasible(lines: tuple[Line, ...], sent: IntArray, wanted: IntArray, offered: IntArray) -> IntArray:
    """Take back what rounding has left without anybody to give or take it; flows only fall, so this ends."""
    sent = sent.copy()
    while True:
        come = net_inflow_wh(lines, sent, wanted.size)
        short, over = np.maximum(-come - offered, 0), np.maximum(come - wanted, 0)
        if not (short.any() or over.any()):
            return sent
        for at, line in enumerate(lines):
            back = int(min(sent[at], short[line.source]))
            sent[at] -= back
            short[line.source] -= back
            if over[line.target] and sent[at]:
                # A Wh that arrives may have needed more than one to be sent.
                less = min(int(sent[at]), -(-int(over[line.target]) * PPM // (PPM - line.loss_ppm)))
                arrived = line.received_wh(int(sent[at])) - line.received_wh(int(sent[at]) - less)
                over[line.target] = max(int(over[line.target]) - arrived, 0)
                sent[at] -= less


# ---------------------------------------------------------------------------------------------------------------
# The program


def acyclic(steps: Steps, lines: tuple[Line, ...], count: int) -> tuple[Program, Optimum]:
    """Return program and optimum in which nothing is sent in a circle.

    Where all prices are above zero a circle never gains, so nothing is lost by leaving it out.
    """
    while True:
        program = program_of(steps, lines, count)
        optimum = solved(program)
        assert optimum is not None, "no flow and no trade is always a point"
        sent = sent_of(optimum, lines)
        around = circle(lines, np.flatnonzero(sent > WHOLE))
        if not around.size:
            return program, optimum
        least = int(around[np.argmin(sent[around])])
        lines = tuple(replace(line, limit_wh=0) if at == least else line for at, line in enumerate(lines))


def program_of(steps: Steps, lines: tuple[Line, ...], count: int) -> Program:
    """Return the program: columns are steps, then lines; a row for each area, whose dual is its price."""
    at, step_count, line_count = np.arange(len(lines)), len(steps), len(lines)
    source, target = (np.array([getattr(line, end) for line in lines], np.int64) for end in ("source", "target"))
    kept = 1.0 - np.array([line.loss_ppm for line in lines], np.float64) / PPM
    limit = np.array([line.limit_wh for line in lines], np.float64)
    fee = np.array([line.fee_ueur_per_kwh for line in lines], np.float64)
    # sold - bought + received - sent = 0
    none = np.zeros(count)
    return Program(
        cost=np.concatenate([-steps.sign * steps.price_ueur_per_kwh.astype(np.float64), fee]),
        lower=np.zeros(step_count + line_count),
        upper=np.concatenate([steps.quantity_wh.astype(np.float64), limit]),
        row_lower=none,
        row_upper=none,
        row=np.concatenate([steps.area, source, target]),
        column=np.concatenate([np.arange(step_count), step_count + at, step_count + at]),
        value=np.concatenate([-steps.sign.astype(np.float64), -np.ones(line_count), kept]),
    )


def sent_of(optimum: Optimum, lines: tuple[Line, ...]) -> FloatArray:
    """Return what is sent over every line, not yet whole. [Wh], shape (line,)"""
    return optimum.column[optimum.column.size - len(lines) :]
