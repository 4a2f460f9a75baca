"""A wind turbine as a linear block: what the wind offers, less what is curtailed."""

from dataclasses import KW_ONLY, dataclass, replace
from typing import ClassVar

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.outlook import Law
from enerwise.core.time import TimeGrid
from enerwise.core.units import ByteArray, FloatArray
from enerwise.physics import wind as turbine
from enerwise.plan.flexible import Flexible, FlexiblePart, Link, Passed, Replayed, States, shape_faults
from enerwise.plan.laws import RESTING_W
from enerwise.plan.model import Model


@dataclass(frozen=True)
class Wind(Flexible):
    """A turbine and what it could deliver."""

    kind: ClassVar[str] = "wind"

    id: str
    available_w: FloatArray
    """Zero or below. Shape (step,)"""
    _: KW_ONLY
    can_curtail: bool = True

    def check(self, grid: TimeGrid) -> list[Fault]:
        """What is available is delivered, never taken."""
        faults = shape_faults(self.id, ("available_w", self.available_w, (grid.step_count,)))
        if not faults and (self.available_w > 0).any():
            faults.append(Fault(f"{self.id}.available_w", "is above zero", "positive is taken: turn its sign"))
        return faults

    def range_w(self, grid: TimeGrid) -> tuple[FloatArray, FloatArray]:
        """Return all there is, and nothing."""
        return self.available_w, np.zeros(grid.step_count) if self.can_curtail else self.available_w

    def add(self, model: Model, grid: TimeGrid) -> FlexiblePart:
        """Add what is offered, which nothing decides, and what is curtailed of it."""
        offered_kw = 0.0 - self.available_w / 1e3
        offered = model.columns(grid.step_count, offered_kw, offered_kw)
        curtailed = model.columns(grid.step_count, 0.0, offered_kw if self.can_curtail else 0.0)
        return FlexiblePart(self, (Link.every(offered, -1.0), Link.every(curtailed, 1.0)), lambda _: {})

    def laws(self, grid: TimeGrid, power_w: FloatArray, grid_w: FloatArray) -> ByteArray:
        """Deliver whatever there is, unless some of it is curtailed."""
        is_curtailed = power_w - self.available_w > RESTING_W
        return np.where(is_curtailed, Law.FIXED, Law.FOLLOW).astype(np.uint8)

    def later(self, passed: Passed, states: States, fresh: Flexible) -> Flexible | None:
        """Return what was foreseen of the wind."""
        if not isinstance(fresh, Wind):
            return fresh
        return replace(self, available_w=passed.later(self.available_w, fresh.available_w))

    def replay(self, grid: TimeGrid, power_w: FloatArray, states: States) -> Replayed:
        """Let the turbine deliver up to what is planned."""
        return Replayed(turbine.step(self.available_w, 0.0 - power_w), {})
