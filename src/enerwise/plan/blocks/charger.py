"""A charging point as a linear block: vehicles that come, stay, need energy by the time they leave, and may give back.

What a vehicle holds is a sum over its stay. Where it only charges, one row for each stay says all there is to say, and
the model stays small; a vehicle that gives back, or takes less the fuller it is, needs its energy in each step. The
target is a wish: what cannot be reached at full power is known before anything is solved.
"""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, fields, replace
from typing import Any, ClassVar, Final

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.time import TimeGrid
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.physics.vehicle import Chargers, absorbed_ratio, exchange
from enerwise.plan.flexible import (
    LINE_V,
    THREE_LINES,
    Flexible,
    FlexiblePart,
    Link,
    Passed,
    Replayed,
    States,
    gate_of,
    range_faults,
)
from enerwise.plan.model import Model

TARGET_RANK: Final = 3


@dataclass(frozen=True)
class Charger(Flexible):
    """A charging point and the stays of vehicles at it. Energy is that in the cells."""

    kind: ClassVar[str] = "charger"

    id: str
    arrives_step: IntArray
    """First step of each stay; the stays follow one another. Shape (stay,)"""
    leaves_step: IntArray
    """First step after each stay. Shape (stay,)"""
    start_wh: FloatArray
    """What each vehicle comes with, or holds now. Shape (stay,)"""
    target_wh: FloatArray
    """What it shall leave with. Shape (stay,)"""
    _: KW_ONLY
    capacity_wh: float = 60_000.0
    current_max_a: float = 16.0
    current_min_a: float = 6.0
    """Least current of the standard (IEC 61851-1): below it a vehicle pauses."""
    phases: int = 3
    line: int = 1
    """Which line a one-phase point hangs on."""
    charge_ratio: float = 0.9
    discharge_max_w: float = 0.0
    """What a vehicle can give back; zero where it cannot."""
    discharge_ratio: float = 0.9
    floor_wh: float = 0.0
    """Energy below which nothing is given back; a vehicle that comes with less gives nothing back in that stay."""
    wear_eur_per_kwh: float = 0.0
    """Cost of wear for each kWh given back."""
    gives_surplus: bool = False
    """Whether it may leave with less than it came with, where that was more than its target."""
    value_eur_per_kwh: float = 0.0
    """Worth of a kWh in the cells, wherever the target lies; zero where only the target counts."""
    absorption_s: float = 0.0
    """Time constant with which a vehicle fills up near the end (constant voltage); zero where it takes all until full.
    The last of it, at less than the least current, is never planned."""

    @property
    def charge_max_w(self) -> float:
        """Most power it takes."""
        return self.current_max_a * LINE_V * self.phases

    @property
    def charge_min_w(self) -> float:
        """Least power it takes while it charges."""
        return self.current_min_a * LINE_V * self.phases

    @property
    def line_shares(self) -> tuple[float, float, float]:
        """All on its line, or a third on each."""
        if self.phases == 3:
            return THREE_LINES
        return (float(self.line == 1), float(self.line == 2), float(self.line == 3))

    def check(self, grid: TimeGrid) -> list[Fault]:
        """Stays must be steps of the grid in order, and hold no more than the vehicle can."""
        stays = (self.arrives_step.size,)
        arrays = (self.leaves_step, self.start_wh, self.target_wh)
        if any(each.shape != stays for each in arrays):
            return [Fault(self.id, "arrival, departure, start and target differ in number", "give one of each a stay")]
        edges = np.stack([self.arrives_step, self.leaves_step], axis=1).ravel()
        in_order = np.all(np.diff(edges) >= 0) and np.all(edges >= 0) and np.all(edges <= grid.step_count)
        faults = (
            [] if in_order else [Fault(self.id, f"stays {edges.tolist()} are not in order", "sort them by arrival")]
        )
        faults += range_faults(
            self.id,
            ("line", self.line, 1, 3),
            ("charge_ratio", self.charge_ratio, 0.05, 1.0),
            ("discharge_ratio", self.discharge_ratio, 0.05, 1.0),
            ("current_min_a", self.current_min_a, 0.0, self.current_max_a),
            ("discharge_max_w", self.discharge_max_w, 0.0, 1e6),
            ("absorption_s", self.absorption_s, 0.0, 86_400.0),
            ("value_eur_per_kwh", self.value_eur_per_kwh, 0.0, 1e4),
            ("floor_wh", self.floor_wh, 0.0, self.capacity_wh),
            *((f"start_wh[{at}]", each, 0.0, self.capacity_wh) for at, each in enumerate(self.start_wh.tolist())),
            *((f"target_wh[{at}]", each, 0.0, self.capacity_wh) for at, each in enumerate(self.target_wh.tolist())),
        )
        if self.phases not in (1, 3):
            faults.append(Fault(f"{self.id}.phases", f"{self.phases} is not 1 or 3", "look at its plate"))
        return faults

    def is_home(self, grid: TimeGrid) -> BoolArray:
        """Tell in which steps a vehicle is there. Shape (step,)"""
        return self._within(grid, np.ones(self.arrives_step.size, np.bool_))

    def _within(self, grid: TimeGrid, stays: BoolArray) -> BoolArray:
        step = np.arange(grid.step_count)[:, None]
        return np.asarray(((step >= self.arrives_step) & (step < self.leaves_step) & stays).any(axis=1))

    def range_w(self, grid: TimeGrid) -> tuple[FloatArray, FloatArray]:
        """Return what it can take and give while a vehicle is there."""
        is_home = self.is_home(grid)
        return np.where(is_home, -self.discharge_max_w, 0.0), np.where(is_home, self.charge_max_w, 0.0)

    def add(self, model: Model, grid: TimeGrid) -> FlexiblePart:
        """Add charging, giving back where it can, and a row for each stay, or for each of its steps."""
        is_home = self.is_home(grid)
        charge = model.columns(grid.step_count, 0.0, np.where(is_home, self.charge_max_w / 1e3, 0.0))
        if self.charge_min_w > 0:
            model.gate(gate_of(grid, charge, asset=self.id, least_w=self.charge_min_w, most_w=self.charge_max_w))
        worth_eur = self.value_eur_per_kwh * grid.step_h
        if worth_eur:
            model.cost("end_value", charge, -worth_eur * self.charge_ratio)
        if self.discharge_max_w > 0 or self.absorption_s > 0:
            return self._step_by_step(model, grid, charge)
        rows = self._stay_rows(model, grid, charge)
        return FlexiblePart(self, (Link.every(charge, 1.0),), self._foretell(grid, charge), self._worth(grid, rows))

    def _stay_rows(self, model: Model, grid: TimeGrid, charge: IntArray) -> list[IntArray]:
        rows = []
        for at, (first, end, start_kwh, need_kwh, short_kwh) in enumerate(self._stays(grid)):
            row = model.rows(need_kwh, self.capacity_wh / 1e3 - start_kwh, 1)
            model.put(np.repeat(row, end - first), charge[first:end], self.charge_ratio * grid.step_h)
            self._target(model, at, row, short_kwh)
            self._limits(model, row, np.arange(first, end))
            rows.append(row)
        return rows

    def _limits(self, model: Model, row: IntArray, steps: IntArray) -> None:
        """Name what a stay asks for, and what the vehicle has room for."""
        model.limit(self.id, "departure", "kWh", row, steps=steps, side="row_least")
        model.limit(self.id, "car_full", "kWh", row, steps=steps, side="row_most")

    def _stays(self, grid: TimeGrid) -> list[tuple[int, int, float, float, float]]:
        """Return first step, end, energy at the start, energy to add, and what full power will not reach. [kWh]"""
        found = []
        for first, end, start_wh, target_wh in zip(
            self.arrives_step.tolist(), self.leaves_step.tolist(), self.start_wh, self.target_wh, strict=True
        ):
            need_wh = max(0.0, float(target_wh - start_wh))
            short_wh = max(0.0, need_wh - self._reach_wh(grid, float(start_wh), end - first))
            # A trifle less than full power all the time: exact equality would leave the solver no room.
            found.append((first, end, float(start_wh) / 1e3, (need_wh - short_wh) * (1 - 1e-9) / 1e3, short_wh / 1e3))
        return found

    def _reach_wh(self, grid: TimeGrid, start_wh: float, steps: int) -> float:
        """Return what full power adds in so many steps."""
        most_wh, share = self.charge_max_w * self.charge_ratio * grid.step_h, self._absorbed_ratio(grid)
        if share >= 1.0:
            return steps * most_wh
        missing_wh = left_wh = self.capacity_wh - start_wh
        for _ in range(steps):
            left_wh -= min(most_wh, share * left_wh)
        return missing_wh - left_wh

    def _absorbed_ratio(self, grid: TimeGrid) -> float:
        return float(absorbed_ratio(self.absorption_s, grid.step_s))

    def _target(self, model: Model, at: int, row: IntArray, short_kwh: float) -> None:
        name = (
            f"{self.id} energy at departure {at + 1}"
            if self.arrives_step.size > 1
            else f"{self.id} energy at departure"
        )
        slack = model.columns(1, 0.0, 0.0)
        model.put(row, slack, 1.0)
        model.wish(name, slack, rank=TARGET_RANK, unit="kWh")
        if short_kwh > 0:
            model.priced_wish(name, model.columns(1, short_kwh, short_kwh), unit="kWh")

    def _step_by_step(self, model: Model, grid: TimeGrid, charge: IntArray) -> FlexiblePart:
        """Add what is given back, and the energy in each step of each stay."""
        steps, hours = grid.step_count, grid.step_h
        discharge = self._discharge(model, grid, charge)
        balance = np.full(steps, -1)
        for at, (first, end, start_kwh, need_kwh, short_kwh) in enumerate(self._stays(grid)):
            if end == first:
                continue
            floor_kwh = min(self.floor_wh / 1e3, start_kwh)
            energy = model.columns(end - first, floor_kwh, self.capacity_wh / 1e3)
            begin_kwh = np.zeros(end - first)
            begin_kwh[0] = start_kwh
            rows = model.rows(begin_kwh, begin_kwh, end - first)
            model.put(rows, energy, 1.0)
            model.put(rows[1:], energy[:-1], -1.0)
            model.put(rows, charge[first:end], -self.charge_ratio * hours)
            if discharge is not None:
                model.put(rows, discharge[first:end], hours / self.discharge_ratio)
            self._absorb(model, grid, charge[first:end], energy, start_kwh)
            last = model.rows(start_kwh + need_kwh - self._surplus_kwh(at), np.inf, 1)
            model.put(last, energy[-1:], 1.0)
            self._target(model, at, last, short_kwh)
            model.limit(self.id, "departure", "kWh", last, steps=np.arange(first, end), side="row_least")
            model.limit(self.id, "car_full", "kWh", energy, steps=np.arange(first, end), side="most")
            balance[first:end] = rows
        links = [Link.every(charge, 1.0)] + ([] if discharge is None else [Link.every(discharge, -1.0)])

        def worth(row_dual: FloatArray) -> FloatArray:
            return np.where(balance >= 0, -row_dual[balance], np.nan)

        return FlexiblePart(self, tuple(links), self._foretell(grid, charge, discharge), worth)

    def _surplus_kwh(self, stay: int) -> float:
        return max(0.0, float(self.start_wh[stay] - self.target_wh[stay])) / 1e3 if self.gives_surplus else 0.0

    def _discharge(self, model: Model, grid: TimeGrid, charge: IntArray) -> IntArray | None:
        if not self.discharge_max_w:
            return None
        gives = self._within(grid, self.start_wh >= self.floor_wh)
        discharge = model.columns(grid.step_count, 0.0, np.where(gives, self.discharge_max_w / 1e3, 0.0))
        model.exclusive(charge, discharge)
        if self.wear_eur_per_kwh:
            model.cost("ageing", discharge, self.wear_eur_per_kwh * grid.step_h)
        if self.value_eur_per_kwh:
            model.cost("end_value", discharge, self.value_eur_per_kwh * grid.step_h / self.discharge_ratio)
        return discharge

    def _absorb(self, model: Model, grid: TimeGrid, charge: IntArray, energy: IntArray, start_kwh: float) -> None:
        """Let no step bring more than a share of what is missing at its start: linear, as a longer wait takes more."""
        share = self._absorbed_ratio(grid)
        if share >= 1.0:
            return
        most_kwh = np.full(charge.size, share * self.capacity_wh / 1e3)
        most_kwh[0] -= share * start_kwh
        rows = model.rows(-np.inf, most_kwh, charge.size)
        model.put(rows, charge, self.charge_ratio * grid.step_h)
        model.put(rows[1:], energy[:-1], share)

    def _foretell(
        self, grid: TimeGrid, charge: IntArray, discharge: IntArray | None = None
    ) -> Callable[[FloatArray], States]:
        def foretell(column: FloatArray) -> States:
            cells_kw = column[charge] * self.charge_ratio
            if discharge is not None:
                cells_kw = cells_kw - column[discharge] / self.discharge_ratio
            return {"energy_wh": self._energies_wh(grid, cells_kw * 1e3 * grid.step_h)}

        return foretell

    def _energies_wh(self, grid: TimeGrid, added_wh: FloatArray) -> FloatArray:
        """Return the energy at the edges of the steps of each stay, NaN where nobody is there. Shape (step + 1,)"""
        energy_wh = np.full(grid.step_count + 1, np.nan)
        for first, end, start_wh in zip(
            self.arrives_step.tolist(), self.leaves_step.tolist(), self.start_wh.tolist(), strict=True
        ):
            energy_wh[first : end + 1] = start_wh + np.concatenate([[0.0], np.cumsum(added_wh[first:end])])
        return energy_wh

    def _worth(self, grid: TimeGrid, rows: list[IntArray]) -> Callable[[FloatArray], FloatArray]:
        def worth(row_dual: FloatArray) -> FloatArray:
            value = np.full(grid.step_count, np.nan)
            for row, first, end in zip(rows, self.arrives_step.tolist(), self.leaves_step.tolist(), strict=True):
                value[first:end] = row_dual[row]
            return value

        return worth

    def later(self, passed: Passed, states: States, fresh: Flexible) -> Flexible | None:
        """Return the stays that are left, each with what was foretold of it."""
        if not isinstance(fresh, Charger):
            return fresh
        count = passed.count
        stays = zip(self.arrives_step, self.leaves_step, self.start_wh, self.target_wh, strict=True)
        found = [self._left(stay, passed, states, fresh) for stay in stays if stay[1] > passed.steps]
        new = np.flatnonzero(fresh.arrives_step >= max([count, *(each[1] for each in found)]))
        arrays: tuple[Any, ...] = (fresh.arrives_step, fresh.leaves_step, fresh.start_wh, fresh.target_wh)
        arrives, leaves, start, target = (
            np.array([*(each[at] for each in found), *array[new]], array.dtype) for at, array in enumerate(arrays)
        )
        return replace(self, arrives_step=arrives, leaves_step=leaves, start_wh=start, target_wh=target)

    def _left(
        self, stay: tuple[Any, Any, Any, Any], passed: Passed, states: States, fresh: "Charger"
    ) -> tuple[Any, Any, Any, Any]:
        """Return arrival, departure, start and target of a stay, on the later grid."""
        first, end, start_wh, target_wh = stay
        if first < passed.edge:
            start_wh = passed.state(states["energy_wh"])
        left = (max(0, first - passed.steps), end - passed.steps, start_wh, target_wh)
        goes_on = np.flatnonzero((fresh.arrives_step < passed.count) & (fresh.leaves_step >= passed.count))
        if left[1] < passed.count or not goes_on.size:
            return left
        # Cut off by its horizon: how it goes on is known only now.
        return (*left[:1], fresh.leaves_step[goes_on[0]], start_wh, fresh.target_wh[goes_on[0]])

    def replay(self, grid: TimeGrid, power_w: FloatArray, states: States) -> Replayed:
        """Charge the twins of all vehicles, one stay after the other."""
        facts = Chargers(*(np.array([getattr(self, each.name)]) for each in fields(Chargers)))
        taken_w, energy_wh = np.zeros(grid.step_count), np.full(grid.step_count + 1, np.nan)
        for step, is_home in enumerate(self.is_home(grid).tolist()):
            came = np.flatnonzero(self.arrives_step == step)
            if came.size:
                energy_wh[step] = self.start_wh[came[-1]]
            if is_home:
                after_wh, took_w = exchange(
                    facts, energy_wh[step : step + 1], power_w[step : step + 1], np.array([True]), step_s=grid.step_s
                )
                energy_wh[step + 1], taken_w[step] = after_wh[0], took_w[0]
        return Replayed(taken_w, {"energy_wh": energy_wh})
