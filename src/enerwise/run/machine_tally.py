"""What machines did over a span, from what was measured: energy taken, wishes missed, and what is stored at the end."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from enerwise.core.quantity import CO2_PPM, ENERGY_WH, IS_CONNECTED, IS_OCCUPIED, POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid
from enerwise.physics.declared import building_of, tank_of
from enerwise.site.habits import band_degc
from enerwise.site.machines import Charger, HeatPump, Machine, WaterHeater
from enerwise.site.site import Site
from enerwise.site.ventilation import Ventilation, aired_by_clock
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
            edge = _wished_edge_degc(store, machine, grid, zone)
            return _warm(store, machine, grid, energy_wh, edge, _rooms_wh_per_k(machine))
        case WaterHeater():
            low = np.full(grid.step_count, machine.low_degc)
            return _warm(store, machine, grid, energy_wh, low, tank_of(machine).capacity_wh_per_k / machine.cop)
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


def kept_heat_wh(pump: HeatPump, room_degc: float, grid: TimeGrid, zone: str) -> float:
    """Return the electricity that rooms of this temperature stand for as a grid ends."""
    return (room_degc - float(_edge_degc(pump, grid, zone)[-1])) * _rooms_wh_per_k(pump)


def _edge_degc(pump: HeatPump, grid: TimeGrid, zone: str) -> np.ndarray:
    """Return the edge of the band that costs electricity to keep. Shape (step,)"""
    return band_degc(pump, grid, zone)[int(pump.cools)]


def _wished_edge_degc(store: Store, pump: HeatPump, grid: TimeGrid, zone: str) -> np.ndarray:
    """Return that edge by who was there where somebody looked, whatever the clock says. Shape (step,)"""
    edge = _edge_degc(pump, grid, zone)
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


def _rooms_wh_per_k(pump: HeatPump) -> float:
    """Return the electricity that a degree stands for, below zero where a warmer room stores less cold."""
    return pump.heat_sign * float(building_of(pump).capacity_wh_per_k.sum()) / float(np.mean(pump.cop))


def _warm(
    store: Store, machine: Machine, grid: TimeGrid, energy_wh: float, edge_degc: np.ndarray, wh_per_k: float
) -> Tally:
    degc = store.read_frame([Key(machine.id, TEMPERATURE_DEGC)], grid).value[:, 0]
    # A reading tells how a step begins; what was wished for is told of the end of the one before.
    beyond = np.maximum(np.sign(wh_per_k) * (edge_degc[:-1] - degc[1:]), 0.0)
    known = degc[np.isfinite(degc)]
    kept_wh = (float(known[-1]) - float(edge_degc[-1])) * wh_per_k if known.size else 0.0
    return Tally(energy_wh, outside_kh=float(np.nansum(beyond)) * grid.step_h, kept_wh=kept_wh)
