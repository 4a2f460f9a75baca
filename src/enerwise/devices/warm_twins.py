"""Rooms and water as twins: each has a thermostat of its own, which a setpoint moves within bounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from enerwise.core.quantity import IS_OCCUPIED, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.physics import building, heat_pump, tank
from enerwise.physics.declared import building_of, compressor_of, gains_w, heat_share, heater_of, tank_of, zone_of_node
from enerwise.site.habits import band_degc, drawn_l
from enerwise.site.machines import HeatPump, WaterHeater

INSIDE_K: Final = 0.5
"""A thermostat keeps rooms so far above the least that is wished for, or below the most where it cools."""
BEYOND_K: Final = 1.5
"""So far beyond it a heat pump runs, whatever it is told."""
TANK_ABOVE_LOW_K: Final = 5.0
TANK_SWITCH_K: Final = 2.0
"""Water that is so much warmer than the least is not warmed."""


@dataclass(frozen=True, slots=True)
class Around:
    """What all machines of a site live in, on one grid."""

    grid: TimeGrid
    zone: str
    outdoor_degc: FloatArray
    """Shape (step,)"""


@dataclass
class HeatPumpTwin:
    """A modulating thermostat keeps the rooms a little above the least that is wished for, or below the most."""

    facts: HeatPump
    around: Around
    recorded_w: FloatArray | None = None
    is_occupied: FloatArray | None = None
    """Whether somebody is there, as its sensor tells; None without a sensor. Shape (step,)"""
    node_degc: FloatArray = field(default_factory=lambda: np.zeros(0))
    held_s: float = 0.0
    others_w: float = 0.0
    """Heat that others put into the first zone in this step, below zero where they take it."""

    def __post_init__(self) -> None:
        self._house, self._compressor = building_of(self.facts), compressor_of(self.facts)
        self._exact = self._house.discrete(float(self.around.grid.step_s))
        self._rooms, self._share = self.facts.rooms, heat_share(self.facts)
        bands = [band_degc(each, self.around.grid, self.around.zone) for each in self._rooms]
        self._low, self._high = (np.stack(each, axis=1) for each in zip(*bands, strict=True))
        if not self.node_degc.size:
            start_degc = self._kept_degc(0)
            if self.recorded_w is not None:
                start_degc = 0.5 * (self._low[0] + self._high[0])
            self.node_degc = start_degc[zone_of_node(self.facts)]

    def own_w(self, step: int) -> float:
        """Return what brings the zone that needs most to where its thermostat wants it by the end of the step."""
        if self.recorded_w is not None:
            return float(self.recorded_w[step])
        cop = float(self._compressor.cop_at(self.around.outdoor_degc[step]))
        zones = len(self._rooms)
        wanted_k = self.facts.heat_sign * (self._kept_degc(step) - self._after(step, 0.0)[:zones])
        warmed_k_per_w = (self._exact.push @ self._share)[:zones]
        reached = warmed_k_per_w > 0
        wanted_w = float((wanted_k[reached] / warmed_k_per_w[reached]).max()) / cop
        least_w, most_w = self._compressor.power_min_w, self._compressor.power_max_w
        # Between nothing and its least power it takes whichever is nearer.
        return 0.0 if wanted_w <= 0.5 * least_w else float(np.clip(wanted_w, least_w, most_w))

    def carry_out(self, step: int, asked_w: float | None) -> float:
        """Run as asked, within shortest runs and pauses, and its own thermostats."""
        own_w = self.own_w(step)
        wanted_w = own_w if asked_w is None else self._protected(step, asked_w, own_w)
        if asked_w is None and self.recorded_w is not None:
            power_w = wanted_w
            heat_w = power_w * float(self._compressor.cop_at(self.around.outdoor_degc[step]))
        else:
            taken_w, given_w = heat_pump.step(
                self._compressor, np.array([wanted_w]), float(self.around.outdoor_degc[step])
            )
            power_w, heat_w = float(taken_w[0]), float(given_w[0])
        self.node_degc = self._after(step, self.facts.heat_sign * heat_w)
        step_s, runs = float(self.around.grid.step_s), power_w > 0
        same = runs == (self.held_s > 0)
        self.held_s = (self.held_s if same else 0.0) + (step_s if runs else -step_s)
        return power_w

    def sensed(self, step: int) -> Mapping[Key, float]:
        """The temperature of each zone, and whether somebody is there."""
        told = {Key(each.id, TEMPERATURE_DEGC): float(self.node_degc[at]) for at, each in enumerate(self._rooms)}
        if self.is_occupied is None:
            return told
        return told | {Key(self.facts.id, IS_OCCUPIED): float(self.is_occupied[step])}

    def _kept_degc(self, step: int) -> FloatArray:
        """Return what thermostats keep: near the edge of the band that costs least. Shape (zone,)"""
        edge_degc = self._high[step] if self.facts.cools else self._low[step]
        kept: FloatArray = edge_degc + self.facts.heat_sign * INSIDE_K
        return kept

    def _protected(self, step: int, asked_w: float, own_w: float) -> float:
        missing_k, over_k = self._beyond_k(step)
        if missing_k > BEYOND_K:
            return max(asked_w, own_w)
        if 0 < self.held_s < self.facts.run_min_s:
            return max(asked_w, self._compressor.power_min_w)
        if 0 < -self.held_s < self.facts.pause_min_s:
            return 0.0
        return 0.0 if over_k > INSIDE_K else asked_w

    def _beyond_k(self, step: int) -> tuple[float, float]:
        """Return what the zone that needs most lacks, and what a zone has too much of; one that lacks comes first."""
        low_degc, high_degc, degc = self._low[step], self._high[step], self.node_degc[: len(self._rooms)]
        if self.facts.follows_presence:
            # Its own program is for when nobody asks; who asks knows who is there.
            low_degc, high_degc = np.array([self.facts.low_degc]), np.array([self.facts.high_degc])
        missing_k, over_k = low_degc - degc, degc - high_degc
        if self.facts.cools:
            missing_k, over_k = over_k, missing_k
        most_k = float(missing_k.max())
        return most_k, 0.0 if most_k > 0 else float(over_k.max())

    def _after(self, step: int, heat_w: float) -> FloatArray:
        outdoor_degc = float(self.around.outdoor_degc[step])
        flow_w = heat_w * self._share + gains_w(self.facts, outdoor_degc)
        flow_w[0] += self.others_w
        return building.advance(self._house, self._exact, self.node_degc, flow_w, outdoor_degc)


@dataclass
class WaterHeaterTwin:
    """A thermostat at the top warms the water a little above the least that is wished for."""

    facts: WaterHeater
    around: Around
    layer_degc: FloatArray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        self._tank, self._heater = tank_of(self.facts), heater_of(self.facts)
        self._drawn_l = drawn_l(self.facts, self.around.grid, self.around.zone)
        if not self.layer_degc.size:
            self.layer_degc = np.full(self.facts.layers, self.facts.low_degc + TANK_ABOVE_LOW_K)

    def own_w(self, step: int) -> float:
        """Warm it where it is too cold, or would be by the end of the step."""
        cold_degc = float(self._after(step, 0.0)[0])
        if cold_degc > self.facts.low_degc + TANK_SWITCH_K:
            return 0.0
        needed_wh = (self.facts.low_degc + TANK_ABOVE_LOW_K - cold_degc) * self._tank.heated_wh_per_k
        needed_w = needed_wh / self.facts.cop / self.around.grid.step_h
        return min(needed_w, self.facts.electric_max_w)

    def carry_out(self, step: int, asked_w: float | None) -> float:
        """Warm as asked, never above the highest temperature."""
        power_w = self.own_w(step) if asked_w is None else min(max(asked_w, 0.0), self.facts.electric_max_w)
        room_wh = max(0.0, self.facts.high_degc - float(self._after(step, 0.0).max())) * self._tank.heated_wh_per_k
        power_w = min(power_w, room_wh / self.facts.cop / self.around.grid.step_h)
        self.layer_degc = self._after(step, power_w * self.facts.cop)
        return power_w

    def sensed(self, step: int) -> Mapping[Key, float]:
        """The temperature of the water at the top."""
        return {Key(self.facts.id, TEMPERATURE_DEGC): float(self.layer_degc[0])}

    def _after(self, step: int, heat_w: float) -> FloatArray:
        return tank.step(
            self._tank,
            self.layer_degc,
            heat_w * self._tank.heat_share,
            float(self._drawn_l[step]),
            cold_degc=self.facts.cold_degc,
            room_degc=tank.CELLAR_DEGC,
            step_s=float(self.around.grid.step_s),
        )
