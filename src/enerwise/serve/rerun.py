"""A stored plan, made again from its inputs: what it expected of a step, and what it meant to do later."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.outlook import Plan
from enerwise.core.time import Instant
from enerwise.core.units import BoolArray, FloatArray
from enerwise.plan.blocks.battery import conversion
from enerwise.plan.laws import RESTING_W
from enerwise.plan.problem import Problem
from enerwise.plan.save import from_bytes
from enerwise.plan.solve import solve
from enerwise.site.assets import Battery
from enerwise.store.store import Store

PAUSE_H: Final = 1.0
"""A rest shorter than this does not end a block."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One step of a plan for one battery."""

    problem: Problem
    plan: Plan
    step: int
    row: int

    @property
    def battery(self) -> Battery:
        """The battery as the plan knew it."""
        return self.problem.batteries[self.row]

    @property
    def load_w(self) -> float:
        """What the home was expected to use in the step. [W]"""
        return float(self.problem.load_w[self.problem.main, self.step])

    @property
    def sun_w(self) -> float:
        """What the sun was expected to offer, zero or below. [W]"""
        return float(self.problem.available_w[self.problem.main, :, self.step].sum())

    @property
    def conversion(self) -> tuple[float, float]:
        """KWh stored per kWh taken, and kWh used up per kWh given."""
        return conversion(self.battery)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch in which a battery fills or gives."""

    start_utc: Instant
    end_utc: Instant
    energy_wh: float
    """Above zero where it fills."""
    eur_per_kwh: float
    """Mean price of buying over the stretch, weighed with the battery's power."""
    from_grid: bool
    """Whether most of what fills it is bought."""


def stored_plan(store: Store, plan_id: str, asset: str, at: Instant) -> Stored | None:
    """Return the stored plan behind a step, made again from its inputs; None where it or the battery is not there."""
    blob, event = store.get("plan", plan_id), store.event(plan_id)
    if blob is None or event is None:
        return None
    problem = from_bytes(blob)
    rows = [row for row, battery in enumerate(problem.batteries) if battery.id == asset]
    step = problem.grid.step_at(at)
    if not rows or not 0 <= step < problem.grid.step_count:
        return None
    return Stored(problem, solve(problem, event.at), step, rows[0])


def remade(store: Store, plan_id: str) -> tuple[Problem, Plan] | None:
    """Return a stored plan, made again from its inputs; None where it is not there."""
    blob, event = store.get("plan", plan_id), store.event(plan_id)
    if blob is None or event is None:
        return None
    problem = from_bytes(blob)
    return problem, solve(problem, event.at)


def next_block(stored: Stored, *, fills: bool) -> Block | None:
    """Return the next stretch after the step in which the battery fills, or gives; None where there is none."""
    power_w = stored.plan.power_w[stored.row] * (1.0 if fills else -1.0)
    moves = power_w > RESTING_W
    moves[: stored.step + 1] = False
    if not moves.any():
        return None
    first = int(np.argmax(moves))
    last = _last(moves, first, round(PAUSE_H / stored.problem.grid.step_h))
    span = slice(first, last + 1)
    size_w = np.maximum(power_w[span], 0.0)
    grid = stored.problem.grid
    return Block(
        start_utc=grid.part(first, 1).start_utc,
        end_utc=grid.part(last, 1).end_utc,
        energy_wh=float(size_w.sum()) * grid.step_h * (1.0 if fills else -1.0),
        eur_per_kwh=float(np.average(stored.problem.import_eur_per_kwh[span], weights=size_w)),
        from_grid=_bought_w(stored.plan.grid_power_w[span], size_w) > 0.5 * float(size_w.sum()),
    )


def _last(moves: BoolArray, first: int, pause: int) -> int:
    """Return the last step of a stretch that begins at ``first`` and may pause for so many steps."""
    steps = np.flatnonzero(moves[first:]) + first
    breaks = np.flatnonzero(np.diff(steps) > pause + 1)
    return int(steps[breaks[0]] if breaks.size else steps[-1])


def _bought_w(grid_w: FloatArray, size_w: FloatArray) -> float:
    return float(np.minimum(np.maximum(grid_w, 0.0), size_w).sum())
