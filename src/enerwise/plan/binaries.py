"""Gates and choices as binaries: the rows that a search needs, and that nobody adds before."""

import numpy as np

from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.plan import rounding
from enerwise.plan.model import Arrays, Gate, Model, Rows


def with_gates(
    model: Model, arrays: Arrays, column: FloatArray | None = None
) -> tuple[Arrays, IntArray, list[IntArray]]:
    """Return the model with binaries for its gates and choices.

    Args:
        model: Knows gates and choices.
        arrays: The model without them.
        column: A relaxed solution: a gate without shortest runs gets binaries that may differ only where this breaks
            its least power; None lets all of them differ.

    Returns:
        The model, the positions of its binaries, and where each gate's lie.
    """
    at, lower, upper, places = arrays.cost.size, [np.zeros(0)], [np.zeros(0)], []
    rows = _RowList()
    for gate in model.gates:
        count = gate.columns.size
        can = arrays.upper[gate.columns] >= gate.least - rounding.RESTING_KW
        place = np.arange(at, at + count)
        low, high = _free(gate, column, can)
        at, lower, upper = at + count, [*lower, low], [*upper, high]
        rows.add(-np.inf, 0.0, (gate.columns, 1.0), (place, -np.minimum(gate.most, arrays.upper[gate.columns])))
        rows.add(0.0, np.inf, (gate.columns, 1.0), (place, -gate.least))
        if gate.on is not None:
            rows.add(0.0, 0.0, (gate.on, 1.0), (place, -1.0))
        _dwell(rows, gate, place)
        places.append(place)
    binaries = np.concatenate([np.zeros(0, np.int64), *places, *(each.columns for each in model.choices)])
    extended = arrays.grown(lower=np.concatenate(lower), upper=np.concatenate(upper), rows=rows.joined())
    return extended, binaries, places


def _free(gate: Gate, column: FloatArray | None, can: BoolArray) -> tuple[FloatArray, FloatArray]:
    high = can.astype(np.float64)
    if column is None or gate.run_steps > 1 or gate.pause_steps > 1:
        return np.zeros(high.size), high
    power_kw = column[gate.columns]
    is_open = (power_kw >= gate.least - rounding.RESTING_KW) & (power_kw > rounding.RESTING_KW)
    return is_open * high, high * (power_kw > rounding.RESTING_KW)


def _dwell(rows: "_RowList", gate: Gate, place: IntArray) -> None:
    """Whoever has started runs on, whoever has stopped rests on: one row for each later step of a run or pause."""
    before = 1.0 if gate.held_steps > 0 else 0.0
    held, shortest = abs(gate.held_steps), gate.run_steps if gate.held_steps > 0 else gate.pause_steps
    if gate.held_steps and held < shortest:
        rows.add(before, before, (place[: shortest - held], 1.0))
    for ahead in range(1, max(gate.run_steps, gate.pause_steps)):
        now, last, later = place[1:-ahead], place[: -ahead - 1], place[1 + ahead :]
        for sign, shortest in ((1.0, gate.run_steps), (-1.0, gate.pause_steps)):
            if ahead >= shortest:
                continue
            # sign * (now - last) <= sign * later, and less one for pauses
            rows.add(-np.inf, 0.0 if sign > 0 else 1.0, (now, sign), (last, -sign), (later, -sign))
            if ahead < place.size:
                edge = before if sign > 0 else 1.0 - before
                rows.add(-np.inf, edge, (place[:1], sign), (place[ahead : ahead + 1], -sign))


class _RowList:
    """Rows under construction, many of one form at a time."""

    def __init__(self) -> None:
        self._parts: list[Rows] = []
        self._count = 0

    def add(self, lower: float, upper: float, *entries: tuple[IntArray, float | FloatArray]) -> None:
        count = entries[0][0].size
        rows = np.arange(self._count, self._count + count)
        self._count += count
        self._parts.append(
            Rows(
                np.full(count, lower),
                np.full(count, upper),
                np.concatenate([rows for _ in entries]),
                np.concatenate([columns for columns, _ in entries]),
                np.concatenate([np.broadcast_to(value, (count,)) for _, value in entries]).astype(np.float64),
            )
        )

    def joined(self) -> Rows:
        none = Rows(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        names = ("lower", "upper", "rows", "columns", "values")
        return Rows(*(np.concatenate([getattr(each, name) for each in (none, *self._parts)]) for name in names))
