"""What the habits in a site file mean on a grid: when a car is away, which rooms shall be warm, what water is drawn."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, TIME_TYPE, TimeGrid, local_fields
from enerwise.core.units import BoolArray, FloatArray
from enerwise.site.calendar import Window
from enerwise.site.machines import Charger, HeatPump, Program, WaterHeater
from enerwise.site.zones import Zone

MINUTE_S: Final = 60
LAST_MS: Final = 1000
"""The end of a step is looked at so long before it, because windows exclude their end."""


def away(charger: Charger, grid: TimeGrid, zone: str) -> BoolArray:
    """Tell in which steps a car is usually not there for the whole of the step. Shape (step,)"""
    return np.greater(used_wh(charger, grid, zone), 0.0)


def used_wh(charger: Charger, grid: TimeGrid, zone: str) -> FloatArray:
    """Return what the trip that a step belongs to uses, zero at home. [Wh], shape (step,)"""
    used = np.zeros(grid.step_count)
    for trip in reversed(charger.trips):
        held = trip.window.holds(grid.starts_utc, zone) | trip.window.holds(_ends(grid), zone)
        used = np.where(held, trip.uses_wh, used)
    return used


def band_degc(room: Zone, grid: TimeGrid, zone: str) -> tuple[FloatArray, FloatArray]:
    """Return the band of temperatures wished for at the end of each step. [degC], shapes (step,)

    Where one window ends and another begins, both bands hold: rooms are right as somebody comes. Bands that share
    nothing leave that to the steps after.
    """
    (low, high), (next_low, next_high) = (
        _band_at(room, at_utc, zone) for at_utc in (_ends(grid), _ends(grid) + np.timedelta64(LAST_MS, "ms"))
    )
    both_low, both_high = np.maximum(low, next_low), np.minimum(high, next_high)
    shared = both_low < both_high
    return np.where(shared, both_low, low), np.where(shared, both_high, high)


def usually_there(room: HeatPump | Zone, grid: TimeGrid, zone: str) -> FloatArray:
    """Return 1 where a window of comfort holds for most of a step, else 0: who comes by the clock. Shape (step,)"""
    middle = grid.starts_utc + np.timedelta64(grid.step_s * 500, "ms")
    held = np.zeros(grid.step_count, dtype=np.bool_)
    for each in room.comfort:
        held |= each.window.holds(middle, zone)
    return held.astype(np.float64)


def presence_band_degc(pump: HeatPump, is_there: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return the band wished for at the end of each step: that of people as they come, are there and leave. [degC]

    Args:
        pump: One with a presence.
        is_there: Whether somebody is to be reckoned with, in each step and in the one after. Shape (step + 1,)
    """
    assert pump.presence is not None
    there = is_there[:-1] | is_there[1:]
    low = np.where(there, pump.presence.low_degc, pump.low_degc)
    return low, np.where(there, pump.presence.high_degc, pump.high_degc)


def _band_at(room: Zone, at_utc: np.ndarray, zone: str) -> tuple[FloatArray, FloatArray]:
    low, high = np.full(at_utc.size, room.low_degc), np.full(at_utc.size, room.high_degc)
    for each in reversed(room.comfort):
        held = each.window.holds(at_utc, zone)
        low, high = np.where(held, each.low_degc, low), np.where(held, each.high_degc, high)
    return low, high


def drawn_l(heater: WaterHeater, grid: TimeGrid, zone: str) -> FloatArray:
    """Return the hot water usually drawn in each step. [l], shape (step,)"""
    step_ms = grid.step_s * 1000
    count = max(1, grid.step_s // MINUTE_S)
    offset_ms = ((np.arange(count) + 0.5) * step_ms / count).astype(np.int64)
    at = (grid.starts_utc.astype(np.int64)[:, None] + offset_ms).astype(TIME_TYPE)
    local = local_fields(at.ravel(), zone)
    drawn = np.zeros(grid.step_count)
    for draw in heater.draws:
        length_s = (draw.window.to_s - draw.window.from_s - 1) % DAY_S + 1
        held = draw.window.holds_local(local).reshape(at.shape).mean(axis=1)
        drawn = drawn + held * draw.volume_l * grid.step_s / length_s
    return drawn


def sequence_w(program: Program, step_s: float) -> FloatArray:
    """Return the mean power of a program in each step after its start. [W], shape (program step,)"""
    edges_s = np.concatenate([[0.0], np.cumsum([length_s for _, length_s in program.phases])])
    energy_ws = np.concatenate([[0.0], np.cumsum([power_w * length_s for power_w, length_s in program.phases])])
    at_s = np.arange(int(np.ceil(edges_s[-1] / step_s - 1e-9)) + 1) * step_s
    mean_w: FloatArray = np.diff(np.interp(at_s, edges_s, energy_ws)) / step_s
    return mean_w


@dataclass(frozen=True, slots=True)
class Span:
    """Steps of one opening of a window, the end excluded."""

    first: int
    end: int


def spans(window: Window, grid: TimeGrid, zone: str) -> tuple[Span, ...]:
    """Return the openings of a window, each as the steps that lie in it as a whole; a day has its own."""
    local = local_fields(grid.starts_utc, zone)
    inside = window.holds_local(local) & window.holds(_ends(grid), zone)
    # Early hours of a window over midnight belong to the day before.
    day = local.day - ((window.from_s >= window.to_s) & (local.second < window.from_s))
    label = np.where(inside, day, -1)
    edges = np.flatnonzero(np.diff(label, prepend=-2, append=-2))
    runs = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return tuple(Span(first, end) for first, end in runs if inside[first])


def _ends(grid: TimeGrid) -> np.ndarray:
    return grid.starts_utc + np.timedelta64(grid.step_s * 1000 - LAST_MS, "ms")
