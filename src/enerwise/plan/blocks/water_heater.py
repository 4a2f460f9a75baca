"""A hot-water tank with an immersion heater or a heat pump as a linear block: what is drawn is foreseen."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, ClassVar

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.physics import heat_pump as pump
from enerwise.physics import tank as water
from enerwise.physics.heat_pump import Compressor
from enerwise.physics.tank import Tank
from enerwise.plan.blocks.comfort import Band, Nodes, Source, add_nodes, value_end
from enerwise.plan.flexible import (
    Flexible,
    FlexiblePart,
    Link,
    Passed,
    Replayed,
    States,
    gate_of,
    range_faults,
    shape_faults,
)
from enerwise.plan.model import Model


@dataclass(frozen=True)
class WaterHeater(Flexible):
    """A tank, what warms it, and what will be drawn."""

    kind: ClassVar[str] = "water_heater"

    id: str
    tank: Tank
    heater: Compressor
    """An immersion heater has a coefficient of performance of one."""
    draw_l: FloatArray
    """Hot water drawn in each step. Shape (step,)"""
    source_degc: FloatArray
    """Source of a heat pump. Shape (step,)"""
    start_degc: FloatArray
    """Top first. Shape (layer,)"""
    low_degc: FloatArray
    """Least temperature wished for at the top at the end of each step; -inf where nobody minds. Shape (step,)"""
    _: KW_ONLY
    high_degc: float = 65.0
    """Highest temperature of any layer."""
    cold_degc: float = 10.0
    room_degc: float = water.CELLAR_DEGC
    comfort_eur_per_kh: float = 0.5
    """What a degree beyond the band is worth for an hour."""
    heat_value_eur_per_kwh: float = 0.0
    """Worth of heat that is left at the end."""

    def check(self, grid: TimeGrid) -> list[Fault]:
        """Every array must fit tank and grid."""
        faults = shape_faults(
            self.id,
            ("draw_l", self.draw_l, (grid.step_count,)),
            ("source_degc", self.source_degc, (grid.step_count,)),
            ("start_degc", self.start_degc, (self.tank.layers,)),
        )
        if self.low_degc.shape != (grid.step_count,) or not np.all(self.low_degc <= self.high_degc):
            faults.append(Fault(f"{self.id}.low_degc", f"not one value up to {self.high_degc} a step", "lower it"))
        if not faults and (self.draw_l < 0).any():
            faults.append(Fault(f"{self.id}.draw_l", "is below zero", "write what is drawn as a size"))
        return faults + range_faults(self.id, ("comfort_eur_per_kh", self.comfort_eur_per_kh, 0.0, 1e4))

    def range_w(self, grid: TimeGrid) -> tuple[FloatArray, FloatArray]:
        """Return rest and full power."""
        return np.zeros(grid.step_count), np.full(grid.step_count, self.heater.power_max_w)

    def add(self, model: Model, grid: TimeGrid) -> FlexiblePart:
        """Add power, temperatures of the layers, and comfort at its price."""
        steps, layers = grid.step_count, self.tank.layers
        power = model.columns(steps, 0.0, self.heater.power_max_w / 1e3)
        if self.heater.power_min_w > 0:
            least_w, most_w = self.heater.power_min_w, self.heater.power_max_w
            model.gate(gate_of(grid, power, asset=self.id, least_w=least_w, most_w=most_w))
        exact = self.tank.discrete(self.draw_l, grid.step_s)
        inflow_w = self.tank.inflow_w(
            self.draw_l, cold_degc=self.cold_degc, room_degc=self.room_degc, step_s=grid.step_s
        )
        heat_w_per_kw = 1e3 * self.heater.cop_at(self.source_degc)
        nodes = add_nodes(
            model,
            exact,
            start_degc=self.start_degc,
            drift_k=np.einsum("sij,sj->si", exact.push, inflow_w),
            sources=[Source(power, heat_w_per_kw[:, None] * (exact.push @ self.tank.heat_share))],
            bands=[self._band(layer, steps) for layer in range(layers)],
            step_h=grid.step_h,
        )
        for (inside, _), *_ in nodes.terms:
            model.limit(self.id, "tank_low", "K", inside, side="least")
            model.limit(self.id, "tank_high", "K", inside, side="most")
        per_layer_wh_per_k = np.full(layers, self.tank.capacity_wh_per_k / layers)
        value_end(model, nodes, self.heat_value_eur_per_kwh * per_layer_wh_per_k / 1e3)
        return FlexiblePart(self, (Link.every(power, 1.0),), self._foretell(nodes))

    def _band(self, layer: int, steps: int) -> Band:
        low_degc = self.low_degc if layer == 0 else np.full(steps, -np.inf)
        names = f"{self.id}: warm enough", f"{self.id}: below its highest temperature"
        return Band(low_degc, np.full(steps, self.high_degc), *names, self.comfort_eur_per_kh)

    def _foretell(self, nodes: Nodes) -> Callable[[FloatArray], States]:
        def foretell(column: FloatArray) -> States:
            return self._states(
                np.stack([nodes.temperature_degc(column, at) for at in range(self.tank.layers)], axis=1)
            )

        return foretell

    def _states(self, layer_degc: FloatArray) -> States:
        """Return temperatures and energy from the temperatures of the layers, shape (step + 1, layer)."""
        named = {"top temperature_degc": layer_degc[:, 0], "bottom temperature_degc": layer_degc[:, -1]}
        between = {name: layer_degc[:, at] for at, name in enumerate(self._names()) if name not in named}
        return {**named, "energy_wh": self.tank.energy_wh(layer_degc, self.cold_degc), **between}

    def _names(self) -> list[str]:
        """Return what the layers are called, top first."""
        layers = self.tank.layers
        words = ["top", *(f"layer {at + 1}" for at in range(1, layers - 1)), "bottom"][:layers]
        return [f"{each} temperature_degc" for each in words]

    def later(self, passed: Passed, states: States, fresh: Flexible) -> Flexible | None:
        """Return what was to be drawn, and the temperatures that were foretold."""
        if not isinstance(fresh, WaterHeater):
            return fresh
        names = ("draw_l", "source_degc", "low_degc")
        known: dict[str, Any] = {name: passed.later(getattr(self, name), getattr(fresh, name)) for name in names}
        if fresh.tank.layers != self.tank.layers:
            return fresh
        start_degc = np.array([passed.state(states[name]) for name in self._names()])
        return replace(self, **known, start_degc=start_degc, heat_value_eur_per_kwh=fresh.heat_value_eur_per_kwh)

    def replay(self, grid: TimeGrid, power_w: FloatArray, states: States) -> Replayed:
        """Run the twins of heater and tank."""
        taken_w, heat_w = pump.step(self.heater, power_w, self.source_degc)
        layer_degc = [self.start_degc]
        for step in range(grid.step_count):
            into_w = heat_w[step] * self.tank.heat_share
            around = {"cold_degc": self.cold_degc, "room_degc": self.room_degc, "step_s": grid.step_s}
            layer_degc.append(water.step(self.tank, layer_degc[-1], into_w, self.draw_l[step], **around))
        return Replayed(taken_w, self._states(np.array(layer_degc)))
