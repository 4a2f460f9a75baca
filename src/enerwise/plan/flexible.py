"""What every flexible asset of a plan can do: add its columns to the model, and tell what its twin does with a plan.

Batteries, PV and the connection are as old as the planner and stand in `Problem` by name. Everything else, from a
charger to a generator, is a frozen dataclass in a file of its own under `blocks`, registered as ``enerwise.blocks``: a
new kind is that file and its test. Facts and outlook of the asset stand together, so that a stored problem is whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.outlook import Law
from enerwise.core.time import TimeGrid
from enerwise.core.units import ByteArray, FloatArray, IntArray
from enerwise.plan.model import Gate, Model

States = Mapping[str, FloatArray]
"""By quantity with its unit, ``energy_wh`` say: at the edges of the steps, shape (step + 1,), or over them, (step,)."""
GROUP: Final = "enerwise.blocks"
THREE_LINES: Final = (1 / 3, 1 / 3, 1 / 3)
LINE_V: Final = 230.0
"""Between a line and neutral, IEC 60038."""


@dataclass(frozen=True, slots=True)
class Link:
    """Columns that move power: ``kw`` per unit of the column, taken by the asset in the step. Shapes (n,)"""

    steps: IntArray
    columns: IntArray
    kw: FloatArray

    @classmethod
    def every(cls, columns: IntArray, kw: float) -> "Link":
        """Return the link of one column for each step."""
        return cls(np.arange(columns.size), columns, np.full(columns.size, kw))


@dataclass(frozen=True, slots=True)
class Rooms:
    """Rows in which heat from elsewhere warms what an asset heats or cools, see `enerwise.plan.coupling`."""

    rows: tuple[IntArray, ...]
    """Of each node, shapes (step,)"""
    warming_k_per_kw: FloatArray
    """Degrees of each node at the end of a step, per kW into the air of the first zone. Shape (node,)"""


@dataclass(frozen=True, slots=True)
class Heat:
    """Columns that put heat into the rooms of another asset: ``kw`` per unit, below zero where they take it."""

    into: str
    """The asset whose rooms."""
    columns: IntArray
    """Shape (step,)"""
    kw: FloatArray
    """Shape (step,)"""


@dataclass(frozen=True, slots=True)
class FlexiblePart:
    """Where a flexible asset lives among the columns, in one scenario."""

    asset: "Flexible"
    links: tuple[Link, ...]
    foretell: Callable[[FloatArray], States]
    """From the columns of a solution to the states the plan foretells."""
    worth: Callable[[FloatArray], FloatArray] | None = None
    """From the duals of all rows to the worth of one more stored kWh. [EUR/kWh], shape (step,)"""
    rooms: Rooms | None = None
    """Where heat of others warms what it heats or cools; None where nothing can."""
    heat: Heat | None = None
    """What it gives to rooms of others."""

    def power_w(self, column: FloatArray, step_count: int) -> FloatArray:
        """Return what the asset takes in each step of a solution. Shape (step,)"""
        power_kw = np.zeros(step_count)
        for link in self.links:
            np.add.at(power_kw, link.steps, link.kw * column[link.columns])
        return power_kw * 1e3

    def towards(self, before_w: FloatArray) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
        """Return the asset's power in the steps in which it had one before: rows, columns, kW of each, and that power.

        As `enerwise.plan.solver.LinearProgram.add_power_distances` takes them; ``before_w`` is NaN where nothing was.
        """
        known = np.isfinite(before_w)
        row_of = np.cumsum(known) - 1
        chosen = [known[link.steps] for link in self.links]
        rows = [row_of[link.steps[each]] for link, each in zip(self.links, chosen, strict=True)]
        columns = [link.columns[each] for link, each in zip(self.links, chosen, strict=True)]
        kw = [link.kw[each] for link, each in zip(self.links, chosen, strict=True)]
        return np.concatenate(rows), np.concatenate(columns), np.concatenate(kw), before_w[known] / 1e3


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a twin did with the powers of a plan."""

    power_w: FloatArray
    """Power taken. Shape (step,)"""
    states: States


@dataclass(frozen=True, slots=True)
class Passed:
    """How far a plan has been followed: where the steps of a later grid, of as many steps, lie on its own."""

    step: IntArray
    """Step of the earlier grid that holds the middle of each step; beyond its end where it did not reach. Shape (step,)
    """
    edge: float
    """Where the later grid begins, among the edges of the earlier one."""

    @classmethod
    def between(cls, before: TimeGrid, after: TimeGrid) -> "Passed | None":
        """Return what has passed; None where the grids have steps of another length or number, or none in common."""
        if (before.step_s, before.step_count) != (after.step_s, after.step_count):
            return None
        edge = float((after.start_utc - before.start_utc) / np.timedelta64(1, "ms")) / (1e3 * before.step_s)
        step = np.floor(np.arange(after.step_count) + 0.5 + edge).astype(np.int64)
        return cls(step, edge) if 0 <= edge < before.step_count - 0.5 else None

    @property
    def count(self) -> int:
        """Steps that both grids have."""
        return int((self.step < self.step.size).sum())

    @property
    def steps(self) -> int:
        """Whole steps that are over."""
        return int(self.step[0])

    def later(self, was: FloatArray, fresh: FloatArray) -> FloatArray:
        """Return what was known of each step, on the later grid; beyond that what is known now. Shapes (..., step)"""
        if was.shape != fresh.shape:
            return fresh
        return np.concatenate([was[..., self.step[: self.count]], fresh[..., self.count :]], axis=-1)

    def state(self, edges: FloatArray) -> float:
        """Return what was foretold for the moment at which the later grid begins. Shape (step + 1,)"""
        return float(np.interp(self.edge, np.arange(edges.size), edges))


class Flexible(Protocol):
    """A kind of asset that a plan can place; subclass it as a frozen dataclass."""

    kind: ClassVar[str]
    id: str

    def check(self, grid: TimeGrid) -> list[Fault]:
        """Return what is wrong with these facts on this grid."""
        ...

    def range_w(self, grid: TimeGrid) -> tuple[FloatArray, FloatArray]:
        """Return the least and the most power it can ever take. Shapes (step,)"""
        ...

    def add(self, model: Model, grid: TimeGrid) -> FlexiblePart:
        """Add columns, rows, costs and wishes; `Link` tells what reaches the site."""
        ...

    def later(self, passed: Passed, states: States, fresh: "Flexible") -> "Flexible | None":
        """Return what these facts would be by now, had all come as it was foretold; None where it would be done.

        What lies beyond their horizon, and what nobody could foretell, is taken from the facts of now.
        """
        return fresh

    def replay(self, grid: TimeGrid, power_w: FloatArray, states: States) -> Replayed:
        """Let the twin carry out a plan; ``states`` tells what the plan says beside its power."""
        ...

    def laws(self, grid: TimeGrid, power_w: FloatArray, grid_w: FloatArray) -> ByteArray:
        """Return what may be done inside each step, see `Law`: by default to hold what is planned. Shape (step,)"""
        return np.full(grid.step_count, Law.FIXED, dtype=np.uint8)

    @property
    def line_shares(self) -> tuple[float, float, float]:
        """Share of its power on each line of a three-phase supply."""
        return THREE_LINES


def shape_faults(asset_id: str, *arrays: tuple[str, FloatArray, tuple[int, ...]]) -> list[Fault]:
    """Return a fault for every array of a wrong shape, or with something in it that is not a number."""
    faults = [
        Fault(f"{asset_id}.{name}", f"shape {array.shape}, expected {shape}", "give one value per step")
        for name, array, shape in arrays
        if array.shape != shape
    ]
    return faults or [
        Fault(f"{asset_id}.{name}", "holds values that are not numbers", "fill the gap or shorten the horizon")
        for name, array, _ in arrays
        if not np.isfinite(array).all()
    ]


def range_faults(asset_id: str, *ranges: tuple[str, float, float, float]) -> list[Fault]:
    """Return a fault for every value outside the range of its name: ``(name, value, least, most)``."""
    return [
        Fault(f"{asset_id}.{name}", f"{value} is not within {least}..{most}", "look at the data sheet")
        for name, value, least, most in ranges
        if not least <= value <= most
    ]


def gate_of(
    grid: TimeGrid,
    columns: IntArray,
    *,
    asset: str,
    least_w: float,
    most_w: float,
    run_min_s: float = 0.0,
    pause_min_s: float = 0.0,
    held_s: float = 0.0,
    gives: bool = False,
    on: IntArray | None = None,
) -> Gate:
    """Return the gate of a machine that runs within a range of powers or not at all, its times as whole steps.

    Args:
        grid: Steps of the plan.
        columns: Its power. Shape (step,)
        asset: Whose.
        least_w: Of a run.
        most_w: Likewise.
        run_min_s: Shortest run.
        pause_min_s: Shortest pause.
        held_s: How long it has been running, below zero where it pauses; zero where nobody knows.
        gives: Whether the columns are power given.
        on: Columns that tell whether it runs.
    """
    run, pause = (max(1, int(np.ceil(each / grid.step_s))) for each in (run_min_s, pause_min_s))
    held = int(np.sign(held_s) * max(1.0, abs(held_s) // grid.step_s)) if held_s else 0
    least, most = (np.full(grid.step_count, each / 1e3) for each in (least_w, most_w))
    return Gate(columns, least, most, run, pause, held, asset, gives, on)


def connect(model: Model, parts: Sequence[FlexiblePart], site_rows: IntArray) -> None:
    """Let the assets' powers count in the site balance."""
    for part in parts:
        for link in part.links:
            model.put(site_rows[link.steps], link.columns, -link.kw)


def tie_steps(model: Model, mine: FlexiblePart, other: FlexiblePart, steps: IntArray) -> None:
    """Let two scenarios of an asset take the same power in some steps, which rise."""
    tie = model.rows(0.0, 0.0, steps.size)
    for part, sign in ((mine, 1.0), (other, -1.0)):
        for link in part.links:
            tied = np.flatnonzero(np.isin(link.steps, steps))
            rows = tie[np.searchsorted(steps, link.steps[tied])]
            model.put(rows, link.columns[tied], sign * link.kw[tied])
