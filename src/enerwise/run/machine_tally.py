"""What machines did over a span, from what was measured: energy taken, wishes missed, and what is stored at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from enerwise.core.quantity import CO2_PPM, ENERGY_WH, IS_CONNECTED, IS_OCCUPIED, POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid
from enerwise.physics.declared import tank_of
from enerwise.run.water import layers_degc
from enerwise.site.habits import band_degc
from enerwise.site.machines import Charger, HeatPump, Machine, WaterHeater
from enerwise.site.site import Site
from enerwise.site.ventilation import Ventilation, aired_by_clock
from enerwise.site.zones import Zone
from enerwise.store.store import Store

TOLERANCE_WH = 20.0
"""So little missing is no departure missed: a car's own gauge is coarser."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One machine over a span."""

    energy_wh: float
    """Taken, less what was given."""
    departure_count: int = 0
    missing_wh: float = 0.0
    """Below its target, summed over all departures of a car."""
    missed_count: int = 0
    """Departures below the target."""
    outside_kh: float = 0.0
    """Degree-hours of rooms or water below what was wished for, above it where rooms are cooled."""
    zone_outside_kh: Mapping[str, float] = field(default_factory=dict)
    """The same of each zone, where there are several."""
    kept_wh: float = 0.0
    """Electricity that what is stored at the end stands for; below zero where a car still needs some."""
    highest_ppm: float = float("nan")
    """Most carbon dioxide in the air while people were there; NaN where nobody measures it."""
    stale_ppm_h: float = 0.0
    """Carbon dioxide beyond what was wished for while people were there, summed over time."""


def tally(store: Store, site: Site, grid: TimeGrid) -> Mapping[str, Tally]:
    """Return what each machine of a site did over the steps of a grid."""
    air = {each.id: _air(store, site, each, grid) for each in site.of_kind(Ventilation)}
    return {each.id: _tally(store, each, grid, site.timezone) for each in site.of_kind(Machine)} | air


def _tally(store: Store, machine: Machine, grid: TimeGrid, zone: str) -> Tally:
    power_w = np.nan_to_num(store.read_frame([Key(machine.id, POWER_W)], grid).value[:, 0])
    energy_wh = float(power_w.sum()) * grid.step_h
    match machine:
        case Charger():
            return _car(store, machine, grid, power_w, energy_wh)
        case HeatPump():
            return _rooms(store, machine, grid, energy_wh, zone)
        case WaterHeater():
            return _water(store, machine, grid, energy_wh, zone)
        case _:
            return Tally(energy_wh)


def _air(store: Store, site: Site, unit: Ventilation, grid: TimeGrid) -> Tally:
    """Return how good the air was at the end of each step with people, as they were seen, else by the clock."""
    told = store.read_frame([Key(unit.id, POWER_W), Key(unit.id, CO2_PPM), Key(unit.rooms, IS_OCCUPIED)], grid).value.T
    power_w, ppm, seen = told
    rooms = next((each for each in site.of_kind(HeatPump) if each.id == unit.rooms), None)
    there = np.where(np.isfinite(seen), seen, aired_by_clock(unit, rooms, grid, site.timezone)) > 0.5
    # A reading tells how a step begins, which is how the one before it ended.
    felt = ppm[1:][there[:-1] & np.isfinite(ppm[1:])]
    stale_ppm_h = float(np.maximum(felt - unit.limit_ppm, 0.0).sum()) * grid.step_h
    highest_ppm = float(felt.max()) if felt.size else float("nan")
    energy_wh = float(np.nansum(power_w)) * grid.step_h
    return Tally(energy_wh, highest_ppm=highest_ppm, stale_ppm_h=stale_ppm_h)


def _car(store: Store, car: Charger, grid: TimeGrid, power_w: np.ndarray, energy_wh: float) -> Tally:
    told = store.read_frame([Key(car.id, IS_CONNECTED), Key(car.id, ENERGY_WH)], grid).value
    is_there, held_wh = told[:, 0] > 0.5, told[:, 1]
    cells_w = np.where(power_w > 0, power_w * car.charge_ratio, power_w / car.discharge_ratio)
    after_wh = held_wh + cells_w * grid.step_h
    leaves = np.flatnonzero(is_there[:-1] & ~is_there[1:] & np.isfinite(after_wh[:-1]))
    missing_wh = np.maximum(0.0, car.target_wh - after_wh[leaves])
    owed_wh = max(0.0, car.target_wh - float(after_wh[-1])) if is_there[-1] and np.isfinite(after_wh[-1]) else 0.0
    return Tally(
        energy_wh,
        departure_count=int(leaves.size),
        missing_wh=float(missing_wh.sum()),
        missed_count=int((missing_wh > TOLERANCE_WH).sum()),
        kept_wh=-owed_wh / car.charge_ratio,
    )


def kept_heat_wh(pump: HeatPump, room_degc: Sequence[float], grid: TimeGrid, zone: str) -> float:
    """Return the electricity that zones of these temperatures stand for as a grid ends."""
    edges = [float(_edge_degc(pump, each, grid, zone)[-1]) for each in pump.rooms]
    above = zip(room_degc, edges, _rooms_wh_per_k(pump), strict=True)
    return sum((degc - edge) * wh_per_k for degc, edge, wh_per_k in above)


def _rooms(store: Store, pump: HeatPump, grid: TimeGrid, energy_wh: float, zone: str) -> Tally:
    """Return what was wrong with zones, degree-hours summed over them, and what they store."""
    edges = [_wished_edge_degc(store, pump, each, grid, zone) for each in pump.rooms]
    told = zip(pump.rooms, edges, _rooms_wh_per_k(pump), strict=True)
    found = [_warm(store, each.id, grid, edge, wh_per_k) for each, edge, wh_per_k in told]
    by_zone = {each.id: outside for each, (outside, _) in zip(pump.zones, found, strict=False)}
    outside_kh, kept_wh = (sum(each) for each in zip(*found, strict=True))
    return Tally(energy_wh, outside_kh=outside_kh, kept_wh=kept_wh, zone_outside_kh=by_zone)


def _edge_degc(pump: HeatPump, room: Zone, grid: TimeGrid, zone: str) -> np.ndarray:
    """Return the edge of the band that costs electricity to keep. Shape (step,)"""
    return band_degc(room, grid, zone)[int(pump.cools)]


def _wished_edge_degc(store: Store, pump: HeatPump, room: Zone, grid: TimeGrid, zone: str) -> np.ndarray:
    """Return that edge by who was there where somebody looked, whatever the clock says. Shape (step,)"""
    edge = _edge_degc(pump, room, grid, zone)
    if pump.presence is None:
        return edge
    seen = store.read_frame([Key(pump.id, IS_OCCUPIED)], grid).value[:, 0]
    after = np.append(seen[1:], seen[-1:])
    # Where the last of them leaves nobody feels the end of the step.
    by_people = np.where(after > 0.5, *_edges(pump))
    return np.where(np.isfinite(after), by_people, edge)


def _edges(pump: HeatPump) -> tuple[float, float]:
    """Return that edge with people and without."""
    assert pump.presence is not None
    if pump.cools:
        return pump.presence.high_degc, pump.high_degc
    return pump.presence.low_degc, pump.low_degc


def _rooms_wh_per_k(pump: HeatPump) -> list[float]:
    """Return the electricity that a degree of each zone stands for, below zero where a warmer room stores less cold."""
    cop = float(np.mean(pump.cop))
    return [pump.heat_sign * (each.air_wh_per_k + each.mass_wh_per_k) / cop for each in pump.rooms]


def _water(store: Store, heater: WaterHeater, grid: TimeGrid, energy_wh: float, zone: str) -> Tally:
    """Return what was cold at the top, and the electricity that the water of all layers stands for at the end."""
    wh_per_k = tank_of(heater).capacity_wh_per_k / heater.cop
    low = np.full(grid.step_count, heater.low_degc)
    outside_kh, kept_wh = _warm(store, heater.id, grid, low, wh_per_k)
    if heater.layers > 1:
        layers = layers_degc(store, heater, grid, zone)
        kept_wh = float(np.nan_to_num(layers.mean() - heater.low_degc)) * wh_per_k
    return Tally(energy_wh, outside_kh=outside_kh, kept_wh=kept_wh)


def _warm(store: Store, owner: str, grid: TimeGrid, edge_degc: np.ndarray, wh_per_k: float) -> tuple[float, float]:
    """Return degree-hours beyond an edge, and the electricity that is stored beyond it at the end."""
    degc = store.read_frame([Key(owner, TEMPERATURE_DEGC)], grid).value[:, 0]
    # A reading tells how a step begins; what was wished for is told of the end of the one before.
    beyond = np.maximum(np.sign(wh_per_k) * (edge_degc[:-1] - degc[1:]), 0.0)
    known = degc[np.isfinite(degc)]
    kept_wh = (float(known[-1]) - float(edge_degc[-1])) * wh_per_k if known.size else 0.0
    return float(np.nansum(beyond)) * grid.step_h, kept_wh
