"""A clearing: what became of every order of a book, and who pays what to whom.

Rules of two sorts share it. Where a rule names who traded with whom, it gives `Trades`, and an amount is rounded once
per trade and posted alike on both sides. Where it does not (everybody trades with a pool), an amount is rounded once
per participant, and what rounding leaves goes to the account "rounding".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.book import Book, in_priority
from enerwise.market.money import amount_ueur, priced_sum_ueur, summed

GRID: Final = "grid"
"""The supplier behind the connection, where a rule lets it fill what neighbours cannot."""
LOSS: Final = "loss"
FEES: Final = "fees"
CONGESTION: Final = "congestion"
SURPLUS: Final = "surplus"
"""What a rule takes in and gives to nobody, such as the budget surplus of a truthful auction."""
ROUNDING: Final = "rounding"
ACCOUNTS: Final = (GRID, LOSS, FEES, CONGESTION, SURPLUS, ROUNDING)


@dataclass(frozen=True, slots=True)
class Trades:
    """Who bought from whom, as rows of the book. Shapes (trade,)"""

    buy: IntArray
    sell: IntArray
    quantity_wh: IntArray
    buy_price_ueur_per_kwh: IntArray
    sell_price_ueur_per_kwh: IntArray
    """Below the buyer's where something is taken in between."""

    def __len__(self) -> int:
        return int(self.buy.size)

    @classmethod
    def none(cls) -> "Trades":
        """Return no trade at all."""
        return cls(*[np.empty(0, np.int64) for _ in range(5)])


@dataclass(frozen=True, slots=True)
class Flow:
    """What went over the lines between areas. Shapes (line,)"""

    source: IntArray
    target: IntArray
    sent_wh: IntArray
    """Never below zero: a line has one direction. [Wh]"""
    lost_wh: IntArray
    price_ueur_per_kwh: IntArray | None = None
    """What more of the line would be worth. [micro-EUR/kWh]"""


@dataclass(frozen=True, slots=True)
class Clearing:
    """What became of every order. Shapes (order,), as in the book"""

    filled_wh: IntArray
    price_ueur_per_kwh: IntArray
    """At which an order was filled; where nothing was filled it says nothing. [micro-EUR/kWh]"""
    trades: Trades | None = None
    """Pairs, where the rule makes them itself; `trades_of` makes them for rules with one price."""
    accounts_wh: Mapping[str, int] = field(default_factory=dict)
    """Energy that a named account takes: above zero what is lost, or what the grid takes; below zero what it gives."""
    accounts_ueur: Mapping[str, int] = field(default_factory=dict)
    """What a named account pays for it, below zero what it receives; only for rules without pairs. [micro-EUR]"""
    area_price_ueur_per_kwh: IntArray | None = None
    """[micro-EUR/kWh], shape (area,)"""
    flow: Flow | None = None
    bounds_ueur_per_kwh: tuple[int, int] | None = None
    """Between which a uniform price may lie."""


@dataclass(frozen=True, slots=True)
class Payments:
    """Who pays what: positive is paid, negative received; participants and accounts together sum to zero."""

    participant_ueur: IntArray
    """By number of the participant. [micro-EUR], shape (participant,)"""
    accounts_ueur: Mapping[str, int]


def trades_of(book: Book, clearing: Clearing) -> Trades:
    """Return who traded with whom: as the rule says, or first buyer with first seller, down both sides.

    Only for clearings in which what is bought equals what is sold.
    """
    if clearing.trades is not None:
        return clearing.trades
    if clearing.accounts_wh or clearing.flow is not None:
        raise ValueError("this rule trades with a pool; nobody has a partner")
    buy, sell = (in_priority(book, is_buy=each) for each in (True, False))
    return pairs(buy, sell, clearing.filled_wh, clearing.price_ueur_per_kwh)


def pairs(buy: IntArray, sell: IntArray, filled_wh: IntArray, price_ueur_per_kwh: IntArray) -> Trades:
    """Pair first buyer with first seller, down two queues that are filled with the same energy.

    Args:
        buy: Rows of buyers in their sequence.
        sell: Rows of sellers in theirs.
        filled_wh: Of every order of the book. [Wh]
        price_ueur_per_kwh: Of every order of the book.
    """
    buy, sell = buy[filled_wh[buy] > 0], sell[filled_wh[sell] > 0]
    buy_end, sell_end = np.cumsum(filled_wh[buy]), np.cumsum(filled_wh[sell])
    end = np.union1d(buy_end, sell_end)
    row_buy, row_sell = buy[np.searchsorted(buy_end, end)], sell[np.searchsorted(sell_end, end)]
    return Trades(row_buy, row_sell, np.diff(end, prepend=0), price_ueur_per_kwh[row_buy], price_ueur_per_kwh[row_sell])


def payments(book: Book, clearing: Clearing) -> Payments:
    """Return who pays what: rounded once per trade, or where a rule has no pairs, once per participant."""
    is_pool = clearing.trades is None and (bool(clearing.accounts_wh) or clearing.flow is not None)
    return _of_pool(book, clearing) if is_pool else _of_trades(book, trades_of(book, clearing))


def _of_trades(book: Book, trades: Trades) -> Payments:
    paid = amount_ueur(trades.quantity_wh, trades.buy_price_ueur_per_kwh)
    got = amount_ueur(trades.quantity_wh, trades.sell_price_ueur_per_kwh)
    count = _participant_count(book)
    each = summed(book.participant[trades.buy], paid, count) - summed(book.participant[trades.sell], got, count)
    return Payments(each, _without_zeros({SURPLUS: int(got.sum() - paid.sum())}))


def _of_pool(book: Book, clearing: Clearing) -> Payments:
    taken = np.where(book.is_buy, clearing.filled_wh, -clearing.filled_wh)
    each = priced_sum_ueur(book.participant, taken, clearing.price_ueur_per_kwh, _participant_count(book))
    rest = -int(each.sum()) - sum(clearing.accounts_ueur.values())
    return Payments(each, _without_zeros({**clearing.accounts_ueur, ROUNDING: rest}))


def _participant_count(book: Book) -> int:
    return int(book.participant.max(initial=-1)) + 1


def _without_zeros(accounts: Mapping[str, int]) -> dict[str, int]:
    return {name: amount for name, amount in accounts.items() if amount}
