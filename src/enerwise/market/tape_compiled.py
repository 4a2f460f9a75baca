"""The compiled engine of the continuous auction: the same rule over arrays, by numba.

Heaps are arrays of keys, the smallest on top: a price, negated among bids, in front of a position on the tape. So one
comparison says which order is better, and at the same price which came earlier.
"""

from collections.abc import Callable
from typing import Any, Final

import numba
import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.tape import CANCEL, REPLACE, SUBMIT, Entries, Tape

FIRST: Final = 1024
BIDS: Final = 0
ASKS: Final = 1
POSITIONS: Final = 2**32
"""A price of either sign, below 2^30, and a position below 2^32 fit into 63 bits."""


def _compiled(function: Callable[..., Any]) -> Any:
    """Compile on first use, and keep the result on disk where one may write: a cold start costs seconds."""
    try:
        return numba.njit(cache=True)(function)
    except RuntimeError:  # numba finds no folder for it
        return numba.njit(function)


class CompiledEngine:
    """Keeps the tape so far as growing columns."""

    def __init__(self) -> None:
        self._count = 0
        self._who, self._price, self._left = (np.zeros(FIRST, np.int64) for _ in range(3))
        self._heap = np.zeros((2, FIRST), np.int64)
        self._size = np.zeros(2, np.int64)

    def left_wh(self) -> IntArray:
        return self._left[: self._count].copy()

    def play(self, entries: Entries) -> Tape:
        begin, self._count = self._count, self._count + len(entries)
        self._grow(self._count)
        self._who[begin : self._count] = entries.participant
        self._price[begin : self._count] = entries.price_ueur_per_kwh
        # Each trade ends an order that rested or one that came, so there are fewer than both together.
        most = int(self._size.sum()) + len(entries)
        trades, refused = np.empty((4, most), np.int64), np.empty(len(entries), np.int64)
        columns = (entries.kind, entries.target, entries.is_buy, entries.quantity_wh)
        traded, refusals = _play(
            begin, *columns, self._who, self._price, self._left, self._heap, self._size, trades, refused
        )
        return Tape.of(trades[:, :traded], refused[:refusals].copy())

    def _grow(self, count: int) -> None:
        if count <= self._who.size:
            return
        size = max(count, 2 * self._who.size)
        for name in ("_who", "_price", "_left"):
            grown = np.zeros(size, np.int64)
            known: IntArray = getattr(self, name)
            grown[: known.size] = known
            setattr(self, name, grown)
        heap = np.zeros((2, size), np.int64)
        heap[:, : self._heap.shape[1]] = self._heap
        self._heap = heap


@_compiled
def _push(heap, size, key):  # type: ignore[no-untyped-def]
    """Put a key into a heap; return its new size."""
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if heap[parent] < key:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = key
    return size + 1


@_compiled
def _pop(heap, size):  # type: ignore[no-untyped-def]
    """Take the top off a heap; return its new size."""
    size -= 1
    last, at, child = heap[size], 0, 1
    while child < size:
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if last < heap[child]:
            break
        heap[at] = heap[child]
        at, child = child, 2 * child + 1
    heap[at] = last
    return size


@_compiled
def _play(  # type: ignore[no-untyped-def]
    begin, kind, target, is_buy, quantity, who, price, left, heap, size, trades, refused
):
    """Play entries; return how many trades and refusals were written."""
    traded = refusals = 0
    for row in range(kind.size):
        order = begin + row
        left[order] = 0
        if kind[row] != SUBMIT:
            was_open = 0 <= target[row] < order and left[target[row]] > 0
            if was_open:
                left[target[row]] = 0
            elif kind[row] == REPLACE:
                refused[refusals] = order
                refusals += 1
            if kind[row] == CANCEL or not was_open:
                continue
        own, opposite, sign = (BIDS, ASKS, 1) if is_buy[row] else (ASKS, BIDS, -1)
        rest, limit = quantity[row], (sign * price[order] + 1) * POSITIONS
        while rest > 0 and size[opposite] > 0:
            key = heap[opposite, 0]
            other = key & (POSITIONS - 1)
            if left[other] == 0:
                size[opposite] = _pop(heap[opposite], size[opposite])
                continue
            if key >= limit:
                break
            if who[other] == who[order]:
                refused[refusals] = order
                refusals += 1
                rest = 0
                break
            amount = min(rest, left[other])
            trades[0, traded], trades[1, traded], trades[2, traded] = order, other, amount
            trades[3, traded] = price[other]
            traded += 1
            left[other] -= amount
            rest -= amount
        left[order] = rest
        if rest > 0:
            size[own] = _push(heap[own], size[own], -sign * price[order] * POSITIONS + order)
    return traded, refusals
