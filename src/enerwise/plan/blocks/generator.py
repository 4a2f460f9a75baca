"""A generator as a linear block: least power, fuel by load, fuel for every start; its heat may be worth something."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace
from typing import ClassVar

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray, IntArray
from enerwise.physics import generator as twin
from enerwise.physics.generator import Engine
from enerwise.plan.flexible import Flexible, FlexiblePart, Link, Passed, Replayed, States, gate_of, range_faults
from enerwise.plan.model import Gate, Model


@dataclass(frozen=True)
class Generator(Flexible):
    """An engine, what its fuel costs and what its heat is worth."""

    kind: ClassVar[str] = "generator"

    id: str
    engine: Engine
    fuel_eur_per_kwh: float
    """Price of fuel by its heating value."""
    _: KW_ONLY
    heat_eur_per_kwh: float = 0.0
    """Worth of useful heat: what it would cost otherwise."""
    start_eur: float = 0.0
    """Wear of a start."""
    run_min_s: float = 0.0
    pause_min_s: float = 0.0
    held_s: float = 0.0
    """How long it has been running at the start, below zero where it pauses; zero where nobody knows."""

    def check(self, grid: TimeGrid) -> list[Fault]:
        """Prices and times are not below zero."""
        return range_faults(
            self.id,
            ("fuel_eur_per_kwh", self.fuel_eur_per_kwh, 0.0, 1e3),
            ("heat_eur_per_kwh", self.heat_eur_per_kwh, 0.0, 1e3),
            ("start_eur", self.start_eur, 0.0, 1e6),
            ("run_min_s", self.run_min_s, 0.0, 86_400.0),
            ("pause_min_s", self.pause_min_s, 0.0, 86_400.0),
        )

    @property
    def fuel_net_eur_per_kwh(self) -> float:
        """Price of fuel less what its heat is worth."""
        return self.fuel_eur_per_kwh - self.heat_eur_per_kwh * self.engine.heat_ratio

    def range_w(self, grid: TimeGrid) -> tuple[FloatArray, FloatArray]:
        """Return full power and rest."""
        return np.full(grid.step_count, -self.engine.power_max_w), np.zeros(grid.step_count)

    def add(self, model: Model, grid: TimeGrid) -> FlexiblePart:
        """Add power, whether it runs, and its starts."""
        steps, engine = grid.step_count, self.engine
        power = model.columns(steps, 0.0, engine.power_max_w / 1e3)
        on = model.columns(steps, 0.0, 1.0)
        starts = model.columns(steps, 0.0, 1.0)
        for least, sign, code in ((engine.power_max_w, 1.0, "power_max"), (engine.power_min_w, -1.0, "power_min")):
            rows = model.rows(-np.inf, 0.0, steps)
            model.limit(self.id, code, "kW", rows, side="row_most")
            model.put(rows, power, sign)
            model.put(rows, on, -sign * least / 1e3)
        before = np.zeros(steps)
        before[0] = float(self.held_s > 0)
        rows = model.rows(-before, np.inf, steps)
        model.put(rows, starts, 1.0)
        model.put(rows, on, -1.0)
        model.put(rows[1:], on[:-1], 1.0)
        price = self.fuel_net_eur_per_kwh
        model.cost("fuel", power, price * engine.fuel_ratio * grid.step_h)
        model.cost("fuel", on, price * engine.fuel_idle_w / 1e3 * grid.step_h)
        model.cost("fuel", starts, price * engine.fuel_start_wh / 1e3 + self.start_eur)
        model.gate(self._gate(grid, power, on))
        return FlexiblePart(self, (Link.every(power, -1.0),), self._foretell(grid, power, on, starts))

    def _gate(self, grid: TimeGrid, power: IntArray, on: IntArray) -> Gate:
        return gate_of(
            grid,
            power,
            asset=self.id,
            least_w=self.engine.power_min_w,
            most_w=self.engine.power_max_w,
            run_min_s=self.run_min_s,
            pause_min_s=self.pause_min_s,
            held_s=self.held_s,
            gives=True,
            on=on,
        )

    def _foretell(
        self, grid: TimeGrid, power: IntArray, on: IntArray, starts: IntArray
    ) -> Callable[[FloatArray], States]:
        def foretell(column: FloatArray) -> States:
            engine = self.engine
            fuel_w = column[power] * 1e3 * engine.fuel_ratio + column[on] * engine.fuel_idle_w
            fuel_wh = fuel_w * grid.step_h + column[starts] * engine.fuel_start_wh
            return {"fuel_wh": np.concatenate([[0.0], np.cumsum(fuel_wh)])}

        return foretell

    def later(self, passed: Passed, states: States, fresh: Flexible) -> Flexible | None:
        """Return the same engine, however long it has run by now."""
        return replace(self, held_s=fresh.held_s) if isinstance(fresh, Generator) else fresh

    def replay(self, grid: TimeGrid, power_w: FloatArray, states: States) -> Replayed:
        """Run the twin."""
        taken_w, fuel_wh, on = np.zeros(grid.step_count), np.zeros(grid.step_count + 1), np.array([self.held_s > 0])
        for step in range(grid.step_count):
            took_w, on, burnt_wh, _ = twin.step(self.engine, power_w[step : step + 1], on, step_s=grid.step_s)
            taken_w[step], fuel_wh[step + 1] = took_w[0], fuel_wh[step] + burnt_wh[0]
        return Replayed(taken_w, {"fuel_wh": fuel_wh})
