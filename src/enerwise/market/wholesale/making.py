"""A linear programme in the making: columns, rows and entries, added as arrays of the shape they are thought of in."""

from dataclasses import dataclass, field

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.market.program import Program


@dataclass(slots=True)
class Making:
    """Columns and rows as they are added; entries are arrays that belong together."""

    columns: list[tuple[FloatArray, FloatArray, FloatArray]] = field(default_factory=list)
    rows: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)
    entries: list[tuple[IntArray, IntArray, FloatArray]] = field(default_factory=list)
    column_count: int = 0
    row_count: int = 0

    def add(self, shape: tuple[int, ...], upper: object = np.inf, lower: object = 0.0, cost: object = 0.0) -> IntArray:
        """Add columns, and return their numbers in that shape."""
        size = int(np.prod(shape))
        made = tuple(np.broadcast_to(np.asarray(each, np.float64), shape).ravel() for each in (cost, lower, upper))
        self.columns.append((made[0], made[1], made[2]))
        self.column_count += size
        return np.arange(self.column_count - size, self.column_count).reshape(shape)

    def row(self, shape: tuple[int, ...], lower: object, upper: object) -> IntArray:
        """Add rows, and return their numbers in that shape."""
        size = int(np.prod(shape))
        low, high = (np.broadcast_to(np.asarray(each, np.float64), shape).ravel() for each in (lower, upper))
        self.rows.append((low, high))
        self.row_count += size
        return np.arange(self.row_count - size, self.row_count).reshape(shape)

    def put(self, row: IntArray, column: IntArray, value: object) -> None:
        """Put a value at each row and column."""
        shape = np.broadcast_shapes(row.shape, column.shape)
        rows, columns = (np.broadcast_to(each, shape).ravel() for each in (row, column))
        self.entries.append((rows, columns, np.broadcast_to(np.asarray(value, np.float64), shape).ravel()))

    def program(self) -> Program:
        """Return what was added."""
        cost, lower, upper = (np.concatenate(each) for each in zip(*self.columns, strict=True))
        low, high = (np.concatenate(each) for each in zip(*self.rows, strict=True))
        row, column, value = (np.concatenate(each) for each in zip(*self.entries, strict=True))
        size = np.int64(self.column_count)
        # A path may meet a place twice; the solver wants each place once.
        place, where = np.unique(row * size + column, return_inverse=True)
        return Program(
            cost, lower, upper, low, high, place // size, place % size, np.bincount(where, value).astype(np.float64)
        )


def one_of_two(program: Program, first: IntArray, second: IntArray) -> Program:
    """Return the programme in which of each pair of columns one is zero: x <= u b and y <= v (1 - b)."""
    count, rows, size = first.size, program.row_lower.size, program.cost.size
    each = np.arange(count)
    first_most, second_most = program.upper[first], program.upper[second]
    row = np.concatenate([rows + each, rows + each, rows + count + each, rows + count + each])
    column = np.concatenate([first, size + each, second, size + each])
    value = np.concatenate([np.ones(count), -first_most, np.ones(count), second_most])
    return Program(
        np.concatenate([program.cost, np.zeros(count)]),
        np.concatenate([program.lower, np.zeros(count)]),
        np.concatenate([program.upper, np.ones(count)]),
        np.concatenate([program.row_lower, np.full(2 * count, -np.inf)]),
        np.concatenate([program.row_upper, np.zeros(count), second_most]),
        np.concatenate([program.row, row]),
        np.concatenate([program.column, column]),
        np.concatenate([program.value, value]),
        np.concatenate([np.zeros(size, np.bool_), np.ones(count, np.bool_)]),
    )
