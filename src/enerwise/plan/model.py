"""A linear model as plain arrays: blocks add columns and rows, terms add costs, the solver gets one matrix.

Powers are in kW, energies in kWh and money in EUR here, so that the numbers the solver sees are of one size.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from enerwise.core.errors import PlanError
from enerwise.core.units import FloatArray, IntArray

Number = float | FloatArray


@dataclass(frozen=True, slots=True)
class Wish:
    """Slack that may be used, up to ``most``, when a wish cannot be kept: rank 1 is given up last."""

    name: str
    rank: int
    columns: IntArray
    unit: str
    most: FloatArray
    scenario: int = 0
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Exclusive:
    """Two columns of each step of which only one may be above zero: no burning of energy or money."""

    first: IntArray
    second: IntArray


@dataclass(frozen=True, slots=True)
class Gate:
    """Columns, one for each step, that are zero or within ``least..most``, in runs and pauses. Shapes (step,)"""

    columns: IntArray
    least: FloatArray
    most: FloatArray
    run_steps: int = 1
    """Shortest run."""
    pause_steps: int = 1
    """Shortest pause."""
    held_steps: int = 0
    """Steps it has been running for before the first one, or pausing where below zero; zero where nobody knows."""
    asset: str = ""
    """Whose power it is."""
    gives: bool = False
    """Whether the columns are power given rather than taken."""
    on: IntArray | None = None
    """Columns within 0..1 that tell whether it runs, where the model needs them for its costs."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Columns of which ``count`` are one and all others zero. Shape (n,)"""

    columns: IntArray
    count: int


@dataclass(frozen=True, slots=True)
class Limit:
    """Bounds of columns or rows that hold something back, for `enerwise.plan.limits`: what relaxing them is worth."""

    holder: str
    """The asset or circuit; "grid" where it is the connection."""
    code: str
    unit: str
    """Of one more of it."""
    at: IntArray
    """Columns or rows. Shape (n,)"""
    steps: IntArray
    """The step of each; where there is one bound for a whole stay, all its steps. Shape (n,) or (step,)"""
    is_row: bool
    is_upper: bool


class Model:
    """Columns, rows, entries and costs under construction."""

    def __init__(self) -> None:
        self._lower: list[FloatArray] = []
        self._upper: list[FloatArray] = []
        self._row_lower: list[FloatArray] = []
        self._row_upper: list[FloatArray] = []
        self.scenario = 0
        """Under construction."""
        self.weight = 1.0
        """Its probability: every cost is weighed with it."""
        self.owner = ""
        """Written before the names of terms and wishes under construction, where several sites share a model."""
        self._entries: list[tuple[IntArray, IntArray, FloatArray]] = []
        self.column_count = 0
        self.row_count = 0
        self.costs: dict[str, list[tuple[IntArray, FloatArray]]] = defaultdict(list)
        self.constants: dict[str, float] = defaultdict(float)
        self.wishes: list[Wish] = []
        self.exclusives: list[Exclusive] = []
        self.soft: list[Wish] = []
        self.gates: list[Gate] = []
        self.choices: list[Choice] = []
        self.limits: list[Limit] = []
        self.caps: dict[str, int] = {}
        """The row of each capped term."""
        self._common: dict[str, IntArray] = {}

    @property
    def column_sizes(self) -> tuple[int, ...]:
        """How many columns were added at a time."""
        return tuple(each.size for each in self._lower)

    @property
    def row_sizes(self) -> tuple[int, ...]:
        """How many rows were added at a time."""
        return tuple(each.size for each in self._row_lower)

    def enter(self, scenario: int, probability: float) -> None:
        """Begin a scenario, or what belongs to all of them: number 0, with certainty."""
        self.scenario, self.weight = scenario, probability

    def columns(self, count: int, lower: Number, upper: Number) -> IntArray:
        """Add variables with bounds and return their positions."""
        self._lower.append(_filled(lower, count))
        self._upper.append(_filled(upper, count))
        self.column_count += count
        return np.arange(self.column_count - count, self.column_count)

    def common(self, name: str, count: int, lower: Number, upper: Number) -> IntArray:
        """Add variables, or return those of that name: all scenarios of a site decide them together."""
        if (found := self._common.get(self.owner + name)) is None:
            found = self._common[self.owner + name] = self.columns(count, lower, upper)
        return found

    def rows(self, lower: Number, upper: Number, count: int) -> IntArray:
        """Add rows ``lower <= row <= upper`` and return their positions."""
        self._row_lower.append(_filled(lower, count))
        self._row_upper.append(_filled(upper, count))
        self.row_count += count
        return np.arange(self.row_count - count, self.row_count)

    def put(self, rows: IntArray, columns: IntArray, value: Number) -> None:
        """Add coefficients; each (row, column) at most once."""
        self._entries.append((rows, columns, _filled(value, rows.size)))

    def cost(self, term: str, columns: IntArray, eur: Number) -> None:
        """Add a price per unit of each column to a term."""
        self.costs[self.owner + term].append((columns, _filled(eur, columns.size) * self.weight))

    def constant(self, term: str, eur: float) -> None:
        """Add an amount to a term that no decision changes."""
        self.constants[self.owner + term] += eur * self.weight

    def wish(self, name: str, columns: IntArray, *, rank: int, unit: str, most: Number = np.inf) -> None:
        """Declare slack columns (upper bound zero until the wish has to give, then ``most``)."""
        self.wishes.append(self._wish(name, rank, columns, unit, _filled(most, columns.size)))

    def priced_wish(self, name: str, columns: IntArray, *, unit: str) -> None:
        """Declare slack that stands open at a price, such as comfort: it is named where it is used."""
        self.soft.append(self._wish(name, 0, columns, unit, np.full(columns.size, np.inf)))

    def _wish(self, name: str, rank: int, columns: IntArray, unit: str, most: FloatArray) -> Wish:
        return Wish(self.owner + name, rank, columns, unit, most, self.scenario, self.weight)

    def gate(self, gate: Gate) -> None:
        """Declare columns with a least power: rows for it enter only where the relaxation needs them."""
        self.gates.append(gate)

    def limit(
        self, holder: str, code: str, unit: str, at: IntArray, *, steps: IntArray | None = None, side: str
    ) -> None:
        """Name bounds of columns ("most", "least") or rows ("row_most", "row_least"), one a step unless said."""
        where = np.arange(at.size) if steps is None else steps
        self.limits.append(Limit(holder, code, unit, at, where, side.startswith("row"), side.endswith("most")))

    def choose(self, columns: IntArray, count: int) -> None:
        """Declare columns within 0..1 of which ``count`` are to be one; a row of the block already sums them."""
        self.choices.append(Choice(columns, count))

    def exclusive(self, first: IntArray, second: IntArray) -> None:
        """Declare column pairs that must not both be above zero."""
        self.exclusives.append(Exclusive(first, second))

    def arrays(self) -> "Arrays":
        """Return the finished model, column by column."""
        return Arrays.of(self)


@dataclass(frozen=True, slots=True)
class Arrays:
    """A finished model: minimise ``cost`` over ``lower <= x <= upper`` and ``row_lower <= A x <= row_upper``."""

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    row_lower: FloatArray
    row_upper: FloatArray
    start: IntArray
    index: IntArray
    value: FloatArray

    @classmethod
    def of(cls, model: Model) -> "Arrays":
        """Assemble the lists of a model, entries sorted by column."""
        row, column, value = (_joined([entry[part] for entry in model._entries]) for part in range(3))
        row, column = row.astype(np.int64, copy=False), column.astype(np.int64, copy=False)
        order = np.argsort(column * np.int64(model.row_count) + row)
        cost = np.zeros(model.column_count)
        for term, parts in model.costs.items():
            for columns, eur in parts:
                # The solver would call the plan optimal and its cost not a number.
                if not np.isfinite(eur).all():
                    raise PlanError(f"term {term}: a price of the plan is not a number")
                cost[columns] += eur
        return cls(
            cost=cost,
            lower=_joined(model._lower),
            upper=_joined(model._upper),
            row_lower=_joined(model._row_lower),
            row_upper=_joined(model._row_upper),
            start=np.concatenate(([0], np.bincount(column, minlength=model.column_count).cumsum())).astype(np.int32),
            index=row[order].astype(np.int32),
            value=value[order],
        )

    def grown(self, *, lower: FloatArray, upper: FloatArray, rows: "Rows") -> "Arrays":
        """Return the model with columns that cost nothing, and rows over all columns, behind its own."""
        columns, count = self.cost.size + lower.size, self.row_lower.size
        column = np.concatenate([np.repeat(np.arange(self.cost.size), np.diff(self.start)), rows.columns])
        row = np.concatenate([self.index.astype(np.int64), rows.rows + count])
        order = np.argsort(column * np.int64(count + rows.lower.size) + row)
        return Arrays(
            cost=np.concatenate([self.cost, np.zeros(lower.size)]),
            lower=np.concatenate([self.lower, lower]),
            upper=np.concatenate([self.upper, upper]),
            row_lower=np.concatenate([self.row_lower, rows.lower]),
            row_upper=np.concatenate([self.row_upper, rows.upper]),
            start=np.concatenate(([0], np.bincount(column, minlength=columns).cumsum())).astype(np.int32),
            index=row[order].astype(np.int32),
            value=np.concatenate([self.value, rows.values])[order],
        )


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to be added to a finished model, as entries ``(row, column, value)``."""

    lower: FloatArray
    upper: FloatArray
    rows: IntArray
    columns: IntArray
    values: FloatArray


def cost_by_term_eur(model: Model, solution: FloatArray) -> dict[str, float]:
    """Return what a solution costs by term. [EUR]"""
    terms = dict.fromkeys([*model.costs, *model.constants], 0.0)
    for term in terms:
        terms[term] = model.constants.get(term, 0.0) + sum(
            float(eur @ solution[columns]) for columns, eur in model.costs.get(term, [])
        )
    return terms


def _filled(value: Number, count: int) -> FloatArray:
    return value if isinstance(value, np.ndarray) and value.shape == (count,) else np.full(count, value, np.float64)


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0)
