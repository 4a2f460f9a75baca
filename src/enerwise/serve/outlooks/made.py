"""A plan as it was made, read from the store: what it means to do, from which inputs, at which prices. No solver."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Final

import numpy as np

from enerwise.core.errors import PlanError
from enerwise.core.event import Event, Kind
from enerwise.core.outlook import Forecast, Plan
from enerwise.core.time import Instant, TimeGrid
from enerwise.core.units import BoolArray, FloatArray
from enerwise.plan.problem import Problem
from enerwise.plan.save import from_bytes
from enerwise.run.brain import FORESEEN, MADE, decoded_forecasts, unkept
from enerwise.run.goals import COST
from enerwise.run.planner import Planned, Prices
from enerwise.serve.outlooks.per_site import PerSite
from enerwise.site.assets import Battery, Pv
from enerwise.site.site import Site
from enerwise.store.store import Store

MOST_KEPT: Final = 256
"""Plans of two days and more; each takes some 50 kB."""


@dataclass(frozen=True)
class Made:
    """One plan with what it was made from. Arrays over its steps; powers in W, positive is taken."""

    id: str
    site: Site
    planned: Planned
    problem: Problem

    @property
    def plan(self) -> Plan:
        """What is intended."""
        return self.planned.plan

    @property
    def grid(self) -> TimeGrid:
        """Its steps."""
        return self.planned.plan.grid

    @property
    def goal(self) -> str:
        """What it serves."""
        return self.planned.goal

    @property
    def batteries(self) -> tuple[Battery, ...]:
        """As the plan knew them: they may have changed since."""
        return self.problem.batteries

    @property
    def pvs(self) -> tuple[Pv, ...]:
        """As the plan knew them."""
        return self.problem.pvs

    @property
    def prices(self) -> Prices:
        """What energy costs, whatever the goal."""
        if self.planned.prices is not None:
            return self.planned.prices
        problem = self.problem
        return Prices(problem.import_eur_per_kwh, problem.export_eur_per_kwh, np.ones(self.grid.step_count, np.bool_))

    @property
    def load_w(self) -> FloatArray:
        """What the home is expected to use, machines as planned, on the path that the plan shows. Shape (step,)"""
        found: FloatArray = self.problem.load_w[self.problem.main] + self.machines_w.sum(axis=0)
        return found

    @property
    def available_w(self) -> FloatArray:
        """What the sun is expected to offer on that path, zero or below. Shape (pv, step)"""
        found: FloatArray = self.problem.available_w[self.problem.main]
        return found

    @cached_property
    def battery_w(self) -> FloatArray:
        """Planned powers of batteries. Shape (battery, step)"""
        return self.plan.power_w[: len(self.batteries)]

    @cached_property
    def pv_w(self) -> FloatArray:
        """Planned powers of PV plants, zero or below. Shape (pv, step)"""
        return self.plan.power_w[len(self.batteries) :][: len(self.pvs)]

    @cached_property
    def machines_w(self) -> FloatArray:
        """Planned powers of everything else that is planned. Shape (machine, step)"""
        return self.plan.power_w[len(self.batteries) + len(self.pvs) :]

    @property
    def is_published(self) -> BoolArray:
        """Whether the price of each step was known. Shape (step,)"""
        return self.prices.is_published


def made_of(plan_id: str, site: Site, planned: Planned) -> Made:
    """Return a plan that comes with its inputs, such as a preview.

    Raises:
        PlanError: Its inputs are damaged.
    """
    try:
        return Made(plan_id, site, planned, from_bytes(planned.blob))
    except ValueError as error:
        raise PlanError(str(error)) from None


class Plans:
    """The plans of one site, as its store has them; the newest are kept in memory. Threads may share it."""

    def __init__(self, store: Store, site: Site) -> None:
        self._store, self._site = store, site
        self._kept: OrderedDict[str, Made | None] = OrderedDict()
        self._lock = Lock()

    def told(self, limit: int, *, before: Instant | None = None) -> list[Event]:
        """Return the events of the newest plans, the newest first.

        Raises:
            StoreError: The store cannot be read.
        """
        found = self._store.events(kind=Kind.PLANNED, subject=self._site.id, end_utc=before, limit=limit)
        return found[::-1]

    def made(self, plan_id: str) -> Made | None:
        """Return a plan; None where the store has none, or not what is needed to show it.

        Raises:
            StoreError: The store cannot be read.
        """
        with self._lock:
            if plan_id in self._kept:
                self._kept.move_to_end(plan_id)
                return self._kept[plan_id]
        found = self._read(plan_id)
        with self._lock:
            self._kept[plan_id] = found
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def foreseen(self, plan_id: str) -> tuple[Forecast, ...]:
        """Return the forecasts that a plan was made from; none where they were not kept.

        Raises:
            StoreError: The store cannot be read.
        """
        content = self._store.get(FORESEEN, plan_id)
        try:
            return () if content is None else decoded_forecasts(content)
        except PlanError:
            return ()

    def _read(self, plan_id: str) -> Made | None:
        made, blob = self._store.get(MADE, plan_id), self._store.get("plan", plan_id)
        if made is None or blob is None:
            return None
        try:
            return Made(plan_id, self._site, unkept(made), from_bytes(blob))
        except (PlanError, ValueError):
            # Written by another version: as good as not there.
            return None


plans_of: Final = PerSite(Plans)


def goal_of(event: Event) -> str:
    """Return the goal of a plan from the event that tells of it."""
    return str(event.payload.get("goal", COST))
