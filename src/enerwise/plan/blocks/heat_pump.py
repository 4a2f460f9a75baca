"""A heat pump and the building it heats (or a chiller and what it cools) as a linear block.

Outdoor temperatures are foreseen, so that the coefficient of performance of each step is a number and heat is linear in
power. Comfort is a band for each zone and step, from who is there when; leaving it costs, and the plan names it.
"""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray, IntArray
from enerwise.physics import building as house
from enerwise.physics import heat_pump as pump
from enerwise.physics.building import Building
from enerwise.physics.heat_pump import Compressor
from enerwise.plan.blocks.comfort import Band, Nodes, Source, add_nodes, value_end
from enerwise.plan.coupling import FROM_OTHERS
from enerwise.plan.flexible import (
    Flexible,
    FlexiblePart,
    Link,
    Passed,
    Replayed,
    Rooms,
    States,
    gate_of,
    range_faults,
    shape_faults,
)
from enerwise.plan.model import Model

RUNNING_RATIO: Final = 0.05
"""Share of full power that tells running from standing still."""


@dataclass(frozen=True)
class HeatPump(Flexible):
    """A compressor, its building, and what is foreseen of both."""

    kind: ClassVar[str] = "heat_pump"

    id: str
    compressor: Compressor
    building: Building
    outdoor_degc: FloatArray
    """Foreseen for each step; source of the heat pump and air around the building. Shape (step,)"""
    gain_w: FloatArray
    """Heat from sun, people and devices into each node. Shape (node, step)"""
    start_degc: FloatArray
    """Shape (node,)"""
    low_degc: FloatArray
    """Least temperature wished for at the end of each step; -inf where nobody minds. Shape (zone, step)"""
    high_degc: FloatArray
    """Highest, likewise. Shape (zone, step)"""
    _: KW_ONLY
    emitter_ratio: FloatArray | None = None
    """Share of the heat of each emitter that goes into each node; emitters are steered one by one. None is one emitter
    into the first zone. Shape (emitter, node)"""
    cools: bool = False
    comfort_eur_per_kh: float = 0.5
    """What a degree beyond the band is worth for an hour."""
    comfort_weight: FloatArray | None = None
    """How much comfort counts at the end of each step beside its full worth, such as the chance that somebody is there;
    None counts it in full everywhere. Shape (step,)"""
    heat_value_eur_per_kwh: float = 0.0
    """Worth of heat (or cold) that is left in the building at the end."""
    run_min_s: float = 0.0
    """Shortest run."""
    pause_min_s: float = 0.0
    """Shortest pause."""
    held_s: float = 0.0
    """How long it has been running at the start, below zero where it pauses; zero where nobody knows."""

    @property
    def emitters(self) -> FloatArray:
        """Share of the heat of each emitter in each node. Shape (emitter, node)"""
        if self.emitter_ratio is not None:
            return self.emitter_ratio
        return np.eye(1, self.building.capacity_wh_per_k.size)

    def check(self, grid: TimeGrid) -> list[Fault]:
        """Every array must fit building and grid; bands must not be empty."""
        nodes, zones, steps = self.building.capacity_wh_per_k.size, len(self.building.zones), grid.step_count
        faults = shape_faults(
            self.id,
            ("outdoor_degc", self.outdoor_degc, (steps,)),
            ("gain_w", self.gain_w, (nodes, steps)),
            ("start_degc", self.start_degc, (nodes,)),
            ("emitter_ratio", self.emitters, (len(self.emitters), nodes)),
            *([] if self.comfort_weight is None else [("comfort_weight", self.comfort_weight, (steps,))]),
        )
        if self.comfort_weight is not None and not np.all(self.comfort_weight >= 0):
            faults.append(Fault(f"{self.id}.comfort_weight", "is below 0, or not a number", "write shares of 1"))
        faults += range_faults(
            self.id,
            ("comfort_eur_per_kh", self.comfort_eur_per_kh, 0.0, 1e4),
            ("run_min_s", self.run_min_s, 0.0, 86_400.0),
            ("pause_min_s", self.pause_min_s, 0.0, 86_400.0),
        )
        if self.low_degc.shape != (zones, steps) or self.high_degc.shape != (zones, steps):
            return [
                *faults,
                Fault(f"{self.id}.low_degc", f"not of shape {(zones, steps)}", "give a band for each zone"),
            ]
        if not np.all(self.low_degc <= self.high_degc):
            faults.append(Fault(f"{self.id}.low_degc", "is above high_degc, or not a number", "leave room between"))
        return faults

    def range_w(self, grid: TimeGrid) -> tuple[FloatArray, FloatArray]:
        """Return rest and full power."""
        return np.zeros(grid.step_count), np.full(grid.step_count, self.compressor.power_max_w)

    def add(self, model: Model, grid: TimeGrid) -> FlexiblePart:
        """Add the power of each emitter, temperatures, and comfort at its price."""
        steps, most_kw = grid.step_count, self.compressor.power_max_w / 1e3
        powers = [model.columns(steps, 0.0, most_kw) for _ in self.emitters]
        whole = powers[0] if len(powers) == 1 else self._sum(model, powers, most_kw)
        self._gate(model, grid, whole)
        exact = self.building.discrete(grid.step_s)
        heat_w_per_kw = 1e3 * self.compressor.cop_at(self.outdoor_degc) * (-1.0 if self.cools else 1.0)
        flow_w = self.gain_w.T + self.outdoor_degc[:, None] * self.building.outdoor_w_per_k
        nodes = add_nodes(
            model,
            exact,
            start_degc=self.start_degc,
            drift_k=flow_w @ exact.push.T,
            sources=[
                Source(columns, heat_w_per_kw[:, None] * (exact.push @ ratio))
                for columns, ratio in zip(powers, self.emitters, strict=True)
            ],
            bands=self._bands(),
            step_h=grid.step_h,
        )
        for zone in range(len(self.building.zones)):
            ((inside, _), *_) = nodes.terms[zone]
            model.limit(self.id, "comfort_low", "K", inside, side="least")
            model.limit(self.id, "comfort_high", "K", inside, side="most")
        sense = -1.0 if self.cools else 1.0
        value_end(model, nodes, sense * self.heat_value_eur_per_kwh * self.building.capacity_wh_per_k / 1e3)
        rooms = Rooms(nodes.rows, 1e3 * exact.push[:, 0])
        return FlexiblePart(self, (Link.every(whole, 1.0),), self._foretell(nodes, powers), rooms=rooms)

    def _sum(self, model: Model, powers: list[IntArray], most_kw: float) -> IntArray:
        whole = model.columns(powers[0].size, 0.0, most_kw)
        rows = model.rows(0.0, 0.0, whole.size)
        model.put(rows, whole, 1.0)
        for each in powers:
            model.put(rows, each, -1.0)
        return whole

    def _gate(self, model: Model, grid: TimeGrid, columns: IntArray) -> None:
        facts, times_s = self.compressor, (self.run_min_s, self.pause_min_s)
        if facts.power_min_w <= 0 and max(times_s) <= grid.step_s:
            return
        # Who keeps to a shortest run without a least power takes a little at least, or it would be no run.
        least_w = max(facts.power_min_w, RUNNING_RATIO * facts.power_max_w)
        run_min_s, pause_min_s = times_s
        model.gate(
            gate_of(
                grid,
                columns,
                asset=self.id,
                least_w=least_w,
                most_w=facts.power_max_w,
                run_min_s=run_min_s,
                pause_min_s=pause_min_s,
                held_s=self.held_s,
            )
        )

    def _bands(self) -> list[Band | None]:
        bands: list[Band | None] = [None] * self.building.capacity_wh_per_k.size
        weight = self.comfort_weight
        for at, zone in enumerate(self.building.zones):
            low_degc, high_degc = self.low_degc[at], self.high_degc[at]
            names = f"{self.id}: {zone} warm enough", f"{self.id}: {zone} cool enough"
            worth = self.comfort_eur_per_kh if weight is None else self.comfort_eur_per_kh * weight
            bands[at] = Band(low_degc, high_degc, *names, worth)
        return bands

    def _foretell(self, nodes: Nodes, powers: list[IntArray]) -> Callable[[FloatArray], States]:
        def foretell(column: FloatArray) -> States:
            states = {name: nodes.temperature_degc(column, node) for node, name in enumerate(self._names())}
            if len(powers) > 1:
                states |= {f"emitter {at + 1} power_w": column[each] * 1e3 for at, each in enumerate(powers)}
            return states

        return foretell

    def _names(self) -> list[str]:
        zones, count = self.building.zones, self.building.capacity_wh_per_k.size
        masses = [f"mass {node + 1}" for node in range(count - len(zones))]
        return [f"{each} temperature_degc" for each in (*zones, *masses)]

    def later(self, passed: Passed, states: States, fresh: Flexible) -> Flexible | None:
        """Return weather, gains and wishes as they were foreseen, and the temperatures that were foretold."""
        if not isinstance(fresh, HeatPump) or fresh.gain_w.shape != self.gain_w.shape:
            return fresh
        names = ("outdoor_degc", "gain_w", "low_degc", "high_degc")
        known: dict[str, Any] = {name: passed.later(getattr(self, name), getattr(fresh, name)) for name in names}
        weight = fresh.comfort_weight
        if weight is not None and self.comfort_weight is not None:
            weight = passed.later(self.comfort_weight, weight)
        start_degc = np.array([passed.state(states[name]) for name in self._names()])
        known |= {"held_s": fresh.held_s, "heat_value_eur_per_kwh": fresh.heat_value_eur_per_kwh}
        return replace(self, **known, comfort_weight=weight, start_degc=start_degc)

    def replay(self, grid: TimeGrid, power_w: FloatArray, states: States) -> Replayed:
        """Run the twins of compressor and building."""
        taken_w, heat_w = pump.step(self.compressor, power_w, self.outdoor_degc)
        heat_w = heat_w * (-1.0 if self.cools else 1.0)
        into_w = heat_w[:, None] * self.emitters[0]
        if len(self.emitters) > 1:
            powers_w = np.stack([states[f"emitter {at + 1} power_w"] for at in range(len(self.emitters))], axis=1)
            shares = powers_w / np.maximum(powers_w.sum(axis=1, keepdims=True), 1e-9)
            into_w = heat_w[:, None] * (shares @ self.emitters)
        if FROM_OTHERS in states:
            into_w = into_w + states[FROM_OTHERS][:, None] * np.eye(1, self.start_degc.size)
        node_degc, exact = [self.start_degc], self.building.discrete(grid.step_s)
        for step in range(grid.step_count):
            flow_w = into_w[step] + self.gain_w[:, step]
            node_degc.append(house.advance(self.building, exact, node_degc[-1], flow_w, self.outdoor_degc[step]))
        return Replayed(taken_w, dict(zip(self._names(), np.array(node_degc).T, strict=True)))
