"""A ventilation as a twin behind the device port: it airs rooms by the clock, unless it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from enerwise.core.quantity import CO2_PPM
from enerwise.core.series import Key
from enerwise.core.units import FloatArray
from enerwise.devices.warm_twins import Around, HeatPumpTwin
from enerwise.physics import ventilation
from enerwise.physics.declared import air_handler_of, kept_ratio
from enerwise.site.ventilation import OUTDOOR_PPM, Ventilation, aired_by_clock


@dataclass
class VentilationTwin:
    """It moves all it can while people are usually there, unless it is asked; people breathe whether it runs or not."""

    facts: Ventilation
    around: Around
    rooms: HeatPumpTwin | None = None
    is_occupied: FloatArray | None = None
    """Whether somebody is there; None takes their usual hours. Shape (step,)"""
    co2_ppm: float = OUTDOOR_PPM

    def __post_init__(self) -> None:
        self._unit = air_handler_of(self.facts)
        pump = None if self.rooms is None else self.rooms.facts
        self._usual = aired_by_clock(self.facts, pump, self.around.grid, self.around.zone)
        self._people = self._usual if self.is_occupied is None else self.is_occupied

    def own_w(self, step: int) -> float:
        """Full flow by the clock, else the least."""
        return self._unit.power_max_w if self._usual[step] > 0.5 else self._unit.power_min_w

    def carry_out(self, step: int, asked_w: float | None) -> float:
        """Move air as asked, and take its heat from the rooms."""
        taken_w, flow = ventilation.step(self._unit, np.array([self.own_w(step) if asked_w is None else asked_w]))
        exhaled = self.facts.exhaled_m3_per_h * float(self._people[step])
        room = {"volume_m3": self.facts.volume_m3, "step_s": float(self.around.grid.step_s)}
        self.co2_ppm = float(ventilation.air_ppm(np.array(self.co2_ppm), flow, exhaled, **room)[0])
        if self.rooms is not None:
            self.rooms.others_w = -self._heat_w(self.rooms, flow, self.around.outdoor_degc[step])
        return float(taken_w[0])

    def sensed(self, step: int) -> Mapping[Key, float]:
        """The air of the rooms."""
        return {Key(self.facts.id, CO2_PPM): self.co2_ppm}

    def _heat_w(self, rooms: HeatPumpTwin, flow: FloatArray, outdoor_degc: float) -> float:
        kept = kept_ratio(self.facts, rooms.facts, rooms.node_degc[:1], np.array([outdoor_degc]))
        return float(ventilation.heat_taken_w(flow, rooms.node_degc[:1], outdoor_degc, kept)[0])
