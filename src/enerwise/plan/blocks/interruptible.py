"""A load that needs some of the steps of a window, in any order: a pool pump, a batch that may pause."""

from dataclasses import KW_ONLY, dataclass, replace
from typing import ClassVar

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.physics.appliance import switch
from enerwise.plan.flexible import Flexible, FlexiblePart, Link, Passed, Replayed, States, range_faults
from enerwise.plan.model import Model


@dataclass(frozen=True)
class Interruptible(Flexible):
    """A load of one power that runs ``step_count`` steps within a window."""

    kind: ClassVar[str] = "interruptible"

    id: str
    rated_w: float
    needed_steps: int
    """Steps it needs to run."""
    first_step: int
    end_step: int
    _: KW_ONLY
    missed_eur: float = 10.0
    """What each step it needs is worth."""

    def check(self, grid: TimeGrid) -> list[Fault]:
        """The window lies on the grid."""
        return range_faults(
            self.id,
            ("rated_w", self.rated_w, 0.0, 1e7),
            ("needed_steps", self.needed_steps, 0, grid.step_count),
            ("first_step", self.first_step, 0, grid.step_count),
            ("end_step", self.end_step, self.first_step, grid.step_count),
            ("missed_eur", self.missed_eur, 0.0, 1e6),
        )

    def range_w(self, grid: TimeGrid) -> tuple[FloatArray, FloatArray]:
        """Return rest, and its power inside the window."""
        step = np.arange(grid.step_count)
        inside = (step >= self.first_step) & (step < self.end_step)
        return np.zeros(grid.step_count), np.where(inside, self.rated_w, 0.0)

    def add(self, model: Model, grid: TimeGrid) -> FlexiblePart:
        """Add one column for each step of the window and one for each run missed: as many as needed are chosen."""
        count = self.end_step - self.first_step
        runs = model.columns(count, 0.0, 1.0)
        # What the window has no room for is missing whatever is planned.
        no_room = np.arange(self.needed_steps) < self.needed_steps - count
        missed = model.columns(self.needed_steps, no_room.astype(np.float64), 1.0)
        model.cost("missed", missed, self.missed_eur)
        whole = model.columns(1, 0.0, float(self.needed_steps))
        model.priced_wish(f"{self.id} run", whole, unit="steps")
        rows = model.rows(np.array([self.needed_steps, 0.0]), np.array([self.needed_steps, 0.0]), 2)
        chosen = np.concatenate([runs, missed])
        model.put(np.repeat(rows[:1], chosen.size), chosen, 1.0)
        model.put(np.repeat(rows[1:], missed.size), missed, 1.0)
        model.put(rows[1:], whole, -1.0)
        model.choose(chosen, self.needed_steps)
        steps = np.arange(self.first_step, self.end_step)
        link = Link(steps, runs, np.full(count, self.rated_w / 1e3))

        def foretell(column: FloatArray) -> States:
            ran = np.zeros(grid.step_count)
            ran[steps] = column[runs] * self.rated_w * grid.step_h
            return {"used_wh": np.concatenate([[0.0], np.cumsum(ran)])}

        return FlexiblePart(self, (link,), foretell)

    def later(self, passed: Passed, states: States, fresh: Flexible) -> Flexible | None:
        """Return what is left of its window, and of the steps it needs."""
        if not isinstance(fresh, Interruptible) or fresh.first_step >= passed.count:
            return fresh
        ran = passed.state(states["used_wh"]) / max(float(np.diff(states["used_wh"]).max()), 1e-9)
        needed, end = self.needed_steps - round(ran), self.end_step - passed.steps
        if end <= 0 or needed <= 0:
            return None
        if end >= passed.count:  # Cut off by its horizon: what comes after it is known only now.
            needed, end = fresh.needed_steps, fresh.end_step
        return replace(self, needed_steps=needed, first_step=max(0, self.first_step - passed.steps), end_step=end)

    def replay(self, grid: TimeGrid, power_w: FloatArray, states: States) -> Replayed:
        """Switch the twin."""
        taken_w = switch(self.rated_w, power_w) if self.rated_w else np.zeros(grid.step_count)
        return Replayed(taken_w, {"used_wh": np.concatenate([[0.0], np.cumsum(taken_w * grid.step_h)])})
