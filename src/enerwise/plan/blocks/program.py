"""An appliance that runs through a sequence of powers once, anywhere in a window: a dishwasher, a batch of work."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace
from typing import ClassVar

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray, IntArray
from enerwise.physics.appliance import run_program
from enerwise.plan.flexible import Flexible, FlexiblePart, Link, Passed, Replayed, States, range_faults
from enerwise.plan.model import Model


@dataclass(frozen=True)
class Program(Flexible):
    """A sequence of powers, one for each step of the grid, and the window in which it runs."""

    kind: ClassVar[str] = "program"

    id: str
    sequence_w: FloatArray
    """Mean power in each step after the start. Shape (program step,)"""
    first_step: int
    """Earliest start."""
    end_step: int
    """The step by which it is done."""
    _: KW_ONLY
    missed_eur: float = 50.0
    """What it is worth that it runs at all."""

    def check(self, grid: TimeGrid) -> list[Fault]:
        """The window lies on the grid; powers are taken."""
        faults = range_faults(
            self.id,
            ("first_step", self.first_step, 0, grid.step_count),
            ("end_step", self.end_step, self.first_step, grid.step_count),
            ("missed_eur", self.missed_eur, 0.0, 1e6),
        )
        if not (self.sequence_w.ndim == 1 and self.sequence_w.size and np.all(self.sequence_w >= 0)):
            faults.append(
                Fault(f"{self.id}.sequence_w", "is no list of powers of zero or more", "give one for each step")
            )
        return faults

    @property
    def starts(self) -> IntArray:
        """Steps at which it may start. Shape (start,)"""
        return np.arange(self.first_step, self.end_step - self.sequence_w.size + 1)

    def range_w(self, grid: TimeGrid) -> tuple[FloatArray, FloatArray]:
        """Return rest and its highest power inside the window."""
        step = np.arange(grid.step_count)
        inside = (step >= self.first_step) & (step < self.end_step) & (self.starts.size > 0)
        return np.zeros(grid.step_count), np.where(inside, self.sequence_w.max(), 0.0)

    def add(self, model: Model, grid: TimeGrid) -> FlexiblePart:
        """Add one column for each start, of which one is chosen, and one for not running at all."""
        count, length = self.starts.size, self.sequence_w.size
        start = model.columns(count, 0.0, 1.0)
        missed = model.columns(1, 0.0, 1.0)
        model.cost("missed", missed, self.missed_eur)
        model.priced_wish(f"{self.id} run", missed, unit="runs")
        row = model.rows(1.0, 1.0, 1)
        model.put(np.repeat(row, count), start, 1.0)
        model.put(row, missed, 1.0)
        model.choose(np.concatenate([start, missed]), 1)
        steps = self.starts[:, None] + np.arange(length)
        link = Link(steps.ravel(), np.repeat(start, length), np.tile(self.sequence_w / 1e3, count))
        return FlexiblePart(self, (link,), self._foretell(grid, start))

    def _foretell(self, grid: TimeGrid, start: IntArray) -> Callable[[FloatArray], States]:
        def foretell(column: FloatArray) -> States:
            begun = np.zeros(grid.step_count)
            begun[self.starts] = column[start]
            return {"started_ratio": np.concatenate([[0.0], np.cumsum(begun)])}

        return foretell

    def later(self, passed: Passed, states: States, fresh: Flexible) -> Flexible | None:
        """Return its window as it is left; of a run that has begun, the rest."""
        if not isinstance(fresh, Program) or fresh.first_step >= passed.count:
            return fresh
        begun = np.flatnonzero(np.diff(states["started_ratio"]) > 0.5)
        first, end = max(0, self.first_step - passed.steps), self.end_step - passed.steps
        if begun.size and begun[0] < passed.steps:
            left_w = self.sequence_w[passed.steps - int(begun[0]) :]
            return replace(self, sequence_w=left_w, first_step=0, end_step=left_w.size) if left_w.size else None
        if end >= passed.count:  # Cut off by its horizon: how it goes on is known only now.
            end = fresh.end_step
        return replace(self, first_step=first, end_step=end) if end - first >= self.sequence_w.size else None

    def replay(self, grid: TimeGrid, power_w: FloatArray, states: States) -> Replayed:
        """Start the twin where the plan does, and let it run through."""
        taken_w, position = np.zeros(grid.step_count), np.array([-1])
        started_ratio = np.zeros(grid.step_count + 1)
        begins = np.diff(states["started_ratio"]) > 0.5
        for step in range(grid.step_count):
            position, now_w = run_program(self.sequence_w, position, begins[step : step + 1])
            taken_w[step], started_ratio[step + 1] = now_w[0], float(position[0] >= 0)
        return Replayed(taken_w, {"started_ratio": started_ratio})
