"""The compiled engine of the continuous auction: the same rule over arrays, by numba.

Heaps are arrays of positions on the tape; the better price is nearer the top, at the same price the earlier position.
"""

from typing import Final

import numba
import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.tape import CANCEL, Entries, Tape

FIRST: Final = 1024
BIDS: Final = 0
ASKS: Final = 1


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


@numba.njit(cache=True)
def _is_before(one, other, price, sign):  # type: ignore[no-untyped-def]
    """Tell whether one order stands nearer the top; ``sign`` is 1 among asks and -1 among bids."""
    a, b = sign * price[one], sign * price[other]
    return a < b or (a == b and one < other)


@numba.njit(cache=True)
def _push(heap, size, order, price, sign):  # type: ignore[no-untyped-def]
    at = size
    while at > 0:
        parent = (at - 1) // 2
        if not _is_before(order, heap[parent], price, sign):
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = order
    return size + 1


@numba.njit(cache=True)
def _pop(heap, size, price, sign):  # type: ignore[no-untyped-def]
    size -= 1
    last, at = heap[size], 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and _is_before(heap[child + 1], heap[child], price, sign):
            child += 1
        if not _is_before(heap[child], last, price, sign):
            break
        heap[at] = heap[child]
        at = child
    heap[at] = last
    return size


@numba.njit(cache=True)
def _play(  # type: ignore[no-untyped-def]
    begin, kind, target, is_buy, quantity, who, price, left, heap, size, trades, refused
):
    """Play entries; return how many trades and refusals were written."""
    traded = refusals = 0
    for row in range(kind.size):
        order = begin + row
        left[order] = 0
        if kind[row] == CANCEL:
            if 0 <= target[row] < order:
                left[target[row]] = 0
            continue
        own, opposite = (BIDS, ASKS) if is_buy[row] else (ASKS, BIDS)
        sign, rest = 1 if is_buy[row] else -1, quantity[row]
        while rest > 0 and size[opposite] > 0:
            other = heap[opposite, 0]
            if left[other] == 0:
                size[opposite] = _pop(heap[opposite], size[opposite], price, sign)
                continue
            if sign * price[other] > sign * price[order]:
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
            size[own] = _push(heap[own], size[own], order, price, -sign)
    return traded, refusals
