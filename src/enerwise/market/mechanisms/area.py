"""The area market: one price for each area, and energy over lines that are limited, lossy and cost a fee.

A linear program over the steps of each area's curves, not over orders, finds flows and prices of the most welfare.
Then everything becomes whole: flows are rounded down, each area clears its own orders around what arrives and leaves,
and its price is the program's, moved to where its own orders would accept it. So energy balances exactly, nobody trades
beyond the price of an order, and the welfare of the program is missed by no more than what single watt-hours are worth.

Buyers pay the price of their area and sellers get that of theirs; the difference on a line is its fee and, where the
line is full, a congestion rent, each on an account of its name. What is lost is on the account "loss".

Below price zero sending in circles over lossy lines would burn energy at a gain; opposite flows are netted.

Source: Schweppe et al. 1988, spot pricing of electricity (locational prices as duals).
"""

from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np

from enerwise.core.errors import EnerwiseError
from enerwise.core.units import FloatArray, IntArray
from enerwise.market.book import Book, in_priority
from enerwise.market.clearing import CONGESTION, FEES, LOSS, Clearing, Flow
from enerwise.market.mechanism import Promise
from enerwise.market.mechanisms.uniform import crossing_wh, served
from enerwise.market.money import amount_ueur
from enerwise.market.network import PPM, Line

PROMISES: Final = frozenset({Promise.LIMITS, Promise.PERMUTATION})
EDGE: Final = 4 * 10**9
"""Beyond every price that an order may have: at it stands what arrives over lines, and what leaves."""


@dataclass(frozen=True, slots=True)
class Area:
    """Locational prices over a network; without lines every area is a market of its own."""

    lines: tuple[Line, ...] = ()
    name: str = "area"
    promises: frozenset[Promise] = PROMISES

    def clear(self, book: Book) -> Clearing:
        """Clear all areas together."""
        count = 1 + max([int(book.area.max(initial=0)), *(max(each.source, each.target) for each in self.lines)])
        flow, price = _program(book, self.lines, count)
        sent = _feasible(book, self.lines, _netted(self.lines, np.floor(flow + 1e-6).astype(np.int64)), count)
        come = _net_inflow_wh(self.lines, sent, count)
        filled, prices = np.zeros(len(book), np.int64), np.zeros(count, np.int64)
        for area in range(count):
            rows = np.flatnonzero(book.area == area)
            filled[rows], prices[area] = _within(book.take(rows), int(come[area]), int(np.floor(price[area])))
        return _told(book, self.lines, sent, filled, prices)


def _told(book: Book, lines: tuple[Line, ...], sent: IntArray, filled: IntArray, prices: IntArray) -> Clearing:
    received = np.array([line.received_wh(int(each)) for line, each in zip(lines, sent, strict=True)], np.int64)
    source = np.array([line.source for line in lines], np.int64)
    target = np.array([line.target for line in lines], np.int64)
    fee = amount_ueur(sent, np.array([line.fee_ueur_per_kwh for line in lines], np.int64))
    margin = amount_ueur(received, prices[target]) - amount_ueur(sent, prices[source]) - fee
    rent = np.where(sent == np.array([line.limit_wh for line in lines], np.int64), np.maximum(margin, 0), 0)
    lost = int((sent - received).sum())
    accounts = {FEES: -int(fee.sum()), CONGESTION: -int(rent.sum())}
    return Clearing(
        filled,
        prices[book.area],
        accounts_wh={LOSS: lost} if lost else {},
        accounts_ueur={name: each for name, each in accounts.items() if each},
        area_price_ueur_per_kwh=prices,
        flow=Flow(source, target, sent, sent - received, rent * 1000 // np.maximum(sent, 1)),
    )


# ---------------------------------------------------------------------------------------------------------------
# Whole watt-hours


def _net_inflow_wh(lines: tuple[Line, ...], sent: IntArray, count: int) -> IntArray:
    net = np.zeros(count, np.int64)
    for line, each in zip(lines, sent.tolist(), strict=True):
        net[line.source] -= each
        net[line.target] += line.received_wh(each)
    return net


def _netted(lines: tuple[Line, ...], sent: IntArray) -> IntArray:
    """Take opposite flows between two areas against each other."""
    sent = sent.copy()
    for one, line in enumerate(lines):
        for other in range(one + 1, len(lines)):
            if (lines[other].source, lines[other].target) == (line.target, line.source):
                both = min(sent[one], sent[other])
                sent[one] -= both
                sent[other] -= both
    return sent


def _feasible(book: Book, lines: tuple[Line, ...], sent: IntArray, count: int) -> IntArray:
    """Take back what rounding has left without anybody to give or take it; flows only fall, so this ends."""
    offered, wanted = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.add.at(offered, book.area[~book.is_buy], book.quantity_wh[~book.is_buy])
    np.add.at(wanted, book.area[book.is_buy], book.quantity_wh[book.is_buy])
    while True:
        come = _net_inflow_wh(lines, sent, count)
        short, over = np.maximum(-come - offered, 0), np.maximum(come - wanted, 0)
        if not (short.any() or over.any()):
            return sent
        for at, line in enumerate(lines):
            back = int(min(sent[at], max(short[line.source], 0)))
            sent[at] -= back
            short[line.source] -= back
            if over[line.target] and sent[at]:
                # A Wh that arrives may have needed more than one to be sent.
                less = min(int(sent[at]), -(-int(over[line.target]) * PPM // (PPM - line.loss_ppm)))
                over[line.target] -= line.received_wh(int(sent[at])) - line.received_wh(int(sent[at]) - less)
                over[line.target] = max(over[line.target], 0)
                sent[at] -= less


def _within(book: Book, come_wh: int, wished: int) -> tuple[IntArray, int]:
    """Clear an area around what comes over lines (leaves, below zero); return fills, and a price all would accept."""
    buy, sell = in_priority(book, is_buy=True), in_priority(book, is_buy=False)
    bid, ask = book.price_ueur_per_kwh[buy], book.price_ueur_per_kwh[sell]
    wanted, offered = book.quantity_wh[buy], book.quantity_wh[sell]
    # What comes is offered at any price and what leaves is wanted at any price, so both are served first.
    if come_wh > 0:
        ask, offered = np.append(-EDGE, ask), np.append(come_wh, offered)
    if come_wh < 0:
        bid, wanted = np.append(EDGE, bid), np.append(-come_wh, wanted)
    bought_to, sold_to = np.cumsum(wanted), np.cumsum(offered)
    traded = crossing_wh(bid, bought_to, ask, sold_to)
    filled = np.zeros(len(book), np.int64)
    filled[buy] = served(bought_to, traded)[-buy.size or bought_to.size :]
    filled[sell] = served(sold_to, traded)[-sell.size or sold_to.size :]
    return filled, _accepted(book, filled, wished)


def _accepted(book: Book, filled: IntArray, wished: int) -> int:
    """Return the price nearest to a wish that everybody filled accepts.

    Rests of a single watt-hour, which rounding leaves, have no say.
    """
    limit = book.price_ueur_per_kwh
    asks, bids = limit[(filled > 0) & ~book.is_buy], limit[(filled > 0) & book.is_buy]
    return int(min(max(wished, asks.max(initial=-EDGE)), bids.min(initial=EDGE)))


# ---------------------------------------------------------------------------------------------------------------
# The program


@dataclass(frozen=True, slots=True)
class _Steps:
    """The orders of the same area, side and price, as one step. Shapes (step,)"""

    area: IntArray
    sign: IntArray
    """1 buys, -1 sells."""
    price: IntArray
    quantity_wh: FloatArray


def _steps(book: Book) -> _Steps:
    key = np.stack([book.area, np.where(book.is_buy, 1, -1), book.price_ueur_per_kwh])
    unique, number = np.unique(key, axis=1, return_inverse=True)
    quantity = np.bincount(number.ravel(), weights=book.quantity_wh.astype(np.float64), minlength=unique.shape[1])
    return _Steps(unique[0], unique[1], unique[2], quantity.astype(np.float64))


def _program(book: Book, lines: tuple[Line, ...], count: int) -> tuple[FloatArray, FloatArray]:
    """Return what is sent over every line and the price of every area, not yet whole."""
    steps = _steps(book)
    fee = np.array([line.fee_ueur_per_kwh for line in lines], np.float64)
    cost = np.concatenate([-steps.sign * steps.price.astype(np.float64), fee])
    upper = np.concatenate([steps.quantity_wh, [float(line.limit_wh) for line in lines]])
    if not cost.size:
        return np.zeros(0), np.zeros(count)
    # One row an area: bought - sold + sent - received = 0.
    rows = [*steps.area.tolist(), *(line.source for line in lines), *(line.target for line in lines)]
    step_count = steps.sign.size
    columns = [*range(step_count), *range(step_count, cost.size), *range(step_count, cost.size)]
    kept = [-(1.0 - line.loss_ppm / PPM) for line in lines]
    values = [*steps.sign.astype(np.float64).tolist(), *[1.0] * len(lines), *kept]
    solution = _solved(cost, upper, rows, columns, values, count)
    column, dual = np.array(solution.col_value), np.array(solution.row_dual)
    return column[step_count:], -dual


def _solved(
    cost: FloatArray, upper: FloatArray, rows: list[int], columns: list[int], values: list[float], count: int
) -> highspy.HighsSolution:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    order = np.lexsort((rows, columns))
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = cost.size, count
    program.col_cost_, program.col_lower_, program.col_upper_ = cost, np.zeros(cost.size), upper
    program.row_lower_ = program.row_upper_ = np.zeros(count)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=cost.size))])
    program.a_matrix_.index_ = np.array(rows)[order]
    program.a_matrix_.value_ = np.array(values)[order]
    highs.passModel(program)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise EnerwiseError(f"the area market was not solved: {highs.modelStatusToString(highs.getModelStatus())}")
    return highs.getSolution()
