"""The orders of one slot at a venue, as growing columns: what was ordered, what is left of it, and what traded.

An order's number is its row; it never moves. Orders of a continuous market also have a position on the engine's tape,
where cancels take positions too.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from enerwise.core.units import BoolArray, IntArray
from enerwise.guard.orders import Used, worst_cost_ueur
from enerwise.market.book import Book
from enerwise.market.clearing import Clearing, Trades, trades_of
from enerwise.market.mechanism import Mechanism
from enerwise.market.mechanisms.continuous import Continuous
from enerwise.market.product import Slot
from enerwise.market.readings import Counted, Outcome
from enerwise.market.settle import Settlement
from enerwise.market.settle_pool import is_pool
from enerwise.market.tape import Engine, Entries, Tape, entries

FIRST: Final = 256
ORDERS_MOST: Final = 2**31
STANDS: Final = 0
CANCELLED: Final = 1
MET_OWN: Final = 2
"""It met an order of its own participant, and is out with what was left of it."""


class State(StrEnum):
    """How far a slot has come."""

    OPEN = "open"
    CLEARED = "cleared"
    """The gate is closed and everybody knows what was traded."""
    SETTLED = "settled"


class Grown:
    """Columns that grow at their end; what was handed out keeps its values until it is overwritten on purpose."""

    def __init__(self, **kinds: Any) -> None:
        self.count = 0
        self._column: dict[str, NDArray[Any]] = {name: np.zeros(FIRST, kind) for name, kind in kinds.items()}

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._column[name][: self.count]

    def append(self, **rows: Any) -> slice:
        """Add rows to every column; return where they stand."""
        added = max(np.size(each) for each in rows.values())
        begin, end = self.count, self.count + added
        if end > next(iter(self._column.values())).size:
            size = max(end, 2 * self.count)
            self._column = {name: np.concatenate([old, np.zeros(size - old.size, old.dtype)])
                            for name, old in self._column.items()}  # fmt: skip
        for name, value in rows.items():
            self._column[name][begin:end] = value
        self.count = end
        return slice(begin, end)


@dataclass(slots=True)
class SlotBook:
    """One slot of a venue."""

    slot: Slot
    gate_ns: int
    """Orders are taken before this. [ns since 1970]"""
    orders: Grown
    """participant, is_buy, quantity_wh, price_ueur_per_kwh, left_wh, came_ns, gone_ns, gone, cost_ueur, position."""
    trades: Grown
    """buy, sell (numbers of orders), quantity_wh, buy_price_ueur_per_kwh, sell_price_ueur_per_kwh, at_ns."""
    used: Used
    counted: Counted
    """What meters have counted, as far as it was accepted."""
    area: IntArray
    """Where participants are. Shape (participant,)"""
    engine: Engine | None = None
    tape: Grown = field(default_factory=lambda: Grown(row=np.int64))
    """Number of the order at each position on the engine's tape; -1 for a cancel."""
    state: State = State.OPEN
    client_ids: list[str] = field(default_factory=list)
    """How the participants call their orders, by number."""
    refused: dict[int, Outcome] = field(default_factory=dict)
    """Why the last reading of a participant was refused, where none was accepted."""
    total_wh: int | None = None
    """What the meter of all together has counted: above zero taken in. [Wh]"""
    pooled: Clearing | None = None
    """What became of every order, by number, where everybody trades with a pool and nobody has a partner."""
    settlement: Settlement | None = None

    @classmethod
    def new(cls, slot: Slot, gate_ns: int, rule: Mechanism, area: IntArray) -> Self:
        """Return an empty one; ``area`` says where each participant is."""
        whole = np.int64
        orders = Grown(participant=whole, is_buy=np.bool_, quantity_wh=whole, price_ueur_per_kwh=whole, left_wh=whole,
                       came_ns=whole, gone_ns=whole, gone=np.int8, cost_ueur=whole, position=whole)  # fmt: skip
        trades = Grown(buy=whole, sell=whole, quantity_wh=whole, buy_price_ueur_per_kwh=whole,
                       sell_price_ueur_per_kwh=whole, at_ns=whole)  # fmt: skip
        engine = rule.engine() if isinstance(rule, Continuous) else None
        counted = Counted.begun(int(slot.end_utc.astype("datetime64[ns]").astype(np.int64)), area.size)
        return cls(slot, gate_ns, orders, trades, Used.nothing(area.size), counted, area, engine)

    def add(self, batch: "Batch", at_ns: int) -> "Added":
        """Take orders that were granted; in a continuous market they meet at once."""
        cost = np.asarray(worst_cost_ueur(batch.is_buy, batch.quantity_wh, batch.price_ueur_per_kwh), np.int64)
        rows = self.orders.append(
            participant=batch.participant,
            is_buy=batch.is_buy,
            quantity_wh=batch.quantity_wh,
            price_ueur_per_kwh=batch.price_ueur_per_kwh,
            left_wh=batch.quantity_wh,
            came_ns=at_ns,
            gone_ns=0,
            gone=STANDS,
            cost_ueur=cost,
            position=-1,
        )
        self.client_ids += batch.client_ids
        numbers = np.arange(rows.start, rows.stop)
        if self.engine is None:
            return Added(numbers, slice(self.trades.count, self.trades.count))
        at = self.tape.append(row=numbers)
        self.orders["position"][rows] = np.arange(at.start, at.stop)
        return Added(numbers, self._traded(self.engine.play(entries(self.book(numbers))), at_ns))

    def cancel(self, numbers: IntArray, at_ns: int) -> IntArray:
        """Take orders out, as far as they stand; return those that stood."""
        stood = numbers[self.standing()[numbers]]
        if self.engine is not None and stood.size:
            self.tape.append(row=np.full(stood.size, -1))
            self.engine.play(_cancels(self.orders["position"][stood]))
        self._leave(stood, at_ns, CANCELLED)
        return stood

    def clear(self, rule: Mechanism, at_ns: int) -> slice:
        """Close the gate; where orders meet only now, they do. Return the new trades."""
        self.state = State.CLEARED
        begin = self.trades.count
        if self.engine is None:
            numbers = np.flatnonzero(self.orders["gone"] == STANDS)
            book = self.book(numbers)
            clearing = rule.clear(book)
            if is_pool(book, clearing):
                self._pool(numbers, clearing)
            else:
                made = trades_of(book, clearing)
                self._keep(numbers[made.buy], numbers[made.sell], made, at_ns)
        return slice(begin, self.trades.count)

    def book(self, numbers: IntArray | None = None) -> Book:
        """Return some orders, or all of them, as mechanisms and the ledger see them; ids are numbers."""
        at = np.arange(self.orders.count) if numbers is None else numbers
        return Book(
            at,
            self.orders["participant"][at],
            self.orders["is_buy"][at],
            self.orders["quantity_wh"][at],
            self.orders["price_ueur_per_kwh"][at],
            time_ns=self.orders["came_ns"][at],
            area=self.area[self.orders["participant"][at]],
        )

    @property
    def filled_wh(self) -> IntArray:
        """What was filled of every order. [Wh], shape (order,)"""
        filled: IntArray = self.orders["quantity_wh"] - self.orders["left_wh"]
        return filled

    def bought(self) -> tuple[IntArray, IntArray]:
        """Return what was bought, and at which price, trade by trade or, in a pool, order by order."""
        if self.pooled is None:
            return self.trades["quantity_wh"], self.trades["buy_price_ueur_per_kwh"]
        rows = self.orders["is_buy"] & (self.pooled.filled_wh > 0)
        return self.pooled.filled_wh[rows], self.pooled.price_ueur_per_kwh[rows]

    def all_trades(self) -> Trades:
        """Return everything that traded, by numbers of orders."""
        each = self.trades
        return Trades(*(each[name].copy() for name in (
            "buy", "sell", "quantity_wh", "buy_price_ueur_per_kwh", "sell_price_ueur_per_kwh")))  # fmt: skip

    def standing(self) -> BoolArray:
        """Tell which orders may still be filled. Shape (order,)"""
        stands: BoolArray = (self.orders["left_wh"] > 0) & (self.orders["gone"] == STANDS)
        return stands if self.state is State.OPEN else np.zeros_like(stands)

    def _pool(self, numbers: IntArray, clearing: Clearing) -> None:
        """Keep what a pool has come to, by number of every order."""
        filled, price = np.zeros((2, self.orders.count), np.int64)
        filled[numbers], price[numbers] = clearing.filled_wh, clearing.price_ueur_per_kwh
        self.orders["left_wh"][:] -= filled
        self.pooled = replace(clearing, filled_wh=filled, price_ueur_per_kwh=price)

    def _traded(self, tape: Tape, at_ns: int) -> slice:
        row = self.tape["row"]
        came, rested = row[tape.came], row[tape.rested]
        is_buyer = self.orders["is_buy"][came]
        buy, sell = np.where(is_buyer, came, rested), np.where(is_buyer, rested, came)
        begin = self.trades.count
        self._keep(
            buy, sell, Trades(buy, sell, tape.quantity_wh, tape.price_ueur_per_kwh, tape.price_ueur_per_kwh), at_ns
        )
        # Whoever meets an order of his own is out with what is left: the engine has forgotten it already.
        self._leave(row[tape.refused], at_ns, MET_OWN)
        return slice(begin, self.trades.count)

    def _keep(self, buy: IntArray, sell: IntArray, made: Trades, at_ns: int) -> None:
        if not len(made):
            return
        self.trades.append(
            buy=buy,
            sell=sell,
            quantity_wh=made.quantity_wh,
            buy_price_ueur_per_kwh=made.buy_price_ueur_per_kwh,
            sell_price_ueur_per_kwh=made.sell_price_ueur_per_kwh,
            at_ns=at_ns,
        )
        np.subtract.at(self.orders["left_wh"], np.concatenate([buy, sell]), np.tile(made.quantity_wh, 2))

    def _leave(self, numbers: IntArray, at_ns: int, why: int) -> None:
        """Note that orders are gone, and give back what they used up of the mandate as far as they were not filled."""
        who, left = self.orders["participant"][numbers], self.orders["left_wh"][numbers]
        is_buy = self.orders["is_buy"][numbers]
        self.orders["gone_ns"][numbers], self.orders["gone"][numbers] = at_ns, why
        np.subtract.at(self.used.volume_wh, who, left)
        np.subtract.at(self.used.bought_wh, who, np.where(is_buy, left, 0))
        np.subtract.at(self.used.sold_wh, who, np.where(is_buy, 0, left))
        untouched = left == self.orders["quantity_wh"][numbers]
        np.subtract.at(self.used.cost_ueur, who, np.where(untouched, self.orders["cost_ueur"][numbers], 0))


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders as columns. Shapes (order,)"""

    participant: IntArray
    client_ids: list[str]
    is_buy: BoolArray
    quantity_wh: IntArray
    price_ueur_per_kwh: IntArray

    def __len__(self) -> int:
        return len(self.client_ids)

    def take(self, rows: IntArray) -> "Batch":
        """Return some of the orders, in that sequence."""
        return Batch(
            self.participant[rows],
            [self.client_ids[row] for row in rows.tolist()],
            self.is_buy[rows],
            self.quantity_wh[rows],
            self.price_ueur_per_kwh[rows],
        )


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a batch."""

    numbers: IntArray
    trades: slice


def _cancels(positions: IntArray) -> Entries:
    made = Entries.cancel(0)
    count = positions.size
    return Entries(
        np.repeat(made.kind, count), positions.astype(np.int64), np.repeat(made.participant, count),
        np.repeat(made.is_buy, count), np.repeat(made.quantity_wh, count), np.repeat(made.price_ueur_per_kwh, count),
    )  # fmt: skip
