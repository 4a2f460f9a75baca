"""Where machines stand now, from what was measured: the car's energy, warm rooms and walls, what has run already."""

from typing import Final

import numpy as np

from enerwise.core.quantity import CO2_PPM, ENERGY_WH, IS_CONNECTED, POWER_W, SOC_RATIO, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.physics.declared import zone_of_node
from enerwise.physics.led import led_degc
from enerwise.plan.declared import Standing
from enerwise.run.water import layers_now_degc
from enerwise.site.habits import spans
from enerwise.site.machines import Charger, Generator, HeatPump, Interruptible, Machine, Program, WaterHeater
from enerwise.site.site import WEATHER
from enerwise.site.ventilation import Ventilation
from enerwise.store.store import Store

FRESH_S: Final = 2 * 3600
"""A car or a temperature that was silent for longer is not known."""
RUNS_W: Final = 50.0
"""Above it a machine runs, where it has no least power."""


def standing_of(store: Store, machine: Machine, now: Instant, *, step_s: int, zone: str) -> Standing:
    """Return where a machine stands.

    Args:
        store: What was measured.
        machine: Which.
        now: The present; nothing that became known later is seen.
        step_s: Length of the steps of a plan, which begin now.
        zone: Whose windows.
    """
    match machine:
        case Charger():
            return _car(store, machine, now)
        case HeatPump():
            return Standing(node_degc=_rooms(store, machine, now, step_s), held_s=_held_s(store, machine, now, step_s))
        case WaterHeater():
            top_degc = _last(store, machine.id, TEMPERATURE_DEGC, now)
            if top_degc is None:
                return Standing()
            return Standing(node_degc=layers_now_degc(store, machine, top_degc, now, step_s=step_s, zone=zone))
        case Program() | Interruptible():
            return _ran(store, machine, now, step_s, zone)
        case Ventilation():
            return _air(store, machine, now)
        case Generator():
            return Standing(held_s=_held_s(store, machine, now, step_s))
        case _:
            return Standing()


def _last(store: Store, asset: str, quantity: str, now: Instant) -> float | None:
    since, until = now - np.timedelta64(FRESH_S * 1000, "ms"), now + np.timedelta64(1, "ms")
    series = store.read(Key(asset, quantity), since, until, as_of=now)
    return float(series.value[-1]) if len(series) else None


def _car(store: Store, charger: Charger, now: Instant) -> Standing:
    connected = _last(store, charger.id, IS_CONNECTED, now)
    energy_wh = _last(store, charger.id, ENERGY_WH, now)
    if energy_wh is None and (soc_ratio := _last(store, charger.id, SOC_RATIO, now)) is not None:
        energy_wh = soc_ratio * charger.capacity_wh
    is_connected = None if connected is None else connected > 0.5
    return Standing(float("nan") if energy_wh is None else energy_wh, is_connected)


def _air(store: Store, unit: Ventilation, now: Instant) -> Standing:
    """Return the air as the unit tells it, else as the rooms do."""
    told = (_last(store, each, CO2_PPM, now) for each in (unit.id, unit.rooms) if each)
    ppm = next((each for each in told if each is not None), None)
    return Standing() if ppm is None else Standing(co2_ppm=ppm)


def _yesterday(now: Instant, step_s: int) -> TimeGrid:
    return TimeGrid(now - np.timedelta64(DAY_S * 1000, "ms"), step_s, DAY_S // step_s)


def _powers(store: Store, machine: Machine, now: Instant, step_s: int) -> FloatArray:
    """Return the mean power of each step of the last day, NaN where it is unknown."""
    grid = _yesterday(now, step_s)
    return store.read_frame([Key(machine.id, POWER_W)], grid, as_of=now).value[:, 0]


def _held_s(store: Store, machine: Machine, now: Instant, step_s: int) -> float:
    """Return how long it has been running, below zero where it pauses; zero where nobody knows."""
    power_w = _powers(store, machine, now, step_s)
    if not power_w.size or np.isnan(power_w[-1]):
        return 0.0
    least_w = max(0.5 * max(machine.power_min_w, machine.give_min_w), RUNS_W)
    runs = np.abs(power_w) >= least_w
    changed = np.flatnonzero((runs != runs[-1]) | np.isnan(power_w))
    count = power_w.size - 1 - (int(changed[-1]) if changed.size else -1)
    return float(count * step_s) * (1.0 if runs[-1] else -1.0)


def _rooms(store: Store, pump: HeatPump, now: Instant, step_s: int) -> tuple[float, ...]:
    """Return the temperatures of zones as measured, and of walls as a model that is led by them has it."""
    rooms = pump.rooms
    last = np.array([_last(store, each.id, TEMPERATURE_DEGC, now) for each in rooms], dtype=np.float64)
    known = np.isfinite(last)
    if not known.any():
        return ()
    zones = zone_of_node(pump)
    if known.all() and zones.size == last.size:
        return tuple(last.tolist())
    grid = _yesterday(now, step_s)
    keys = [Key(pump.id, POWER_W), Key(WEATHER, TEMPERATURE_DEGC), *(Key(each.id, TEMPERATURE_DEGC) for each in rooms)]
    value = store.read_frame(keys, grid, as_of=now).value
    node_degc = led_degc(pump, value[:, 0], value[:, 2:], value[:, 1], step_s=float(step_s))[-1]
    zones_degc = np.where(known, last, node_degc[: last.size])
    zones_degc = np.where(np.isfinite(zones_degc), zones_degc, last[known].mean())
    if np.isnan(node_degc).any():
        return tuple(zones_degc[zones].tolist())
    return (*zones_degc.tolist(), *node_degc[last.size :].tolist())


def _ran(store: Store, machine: Program | Interruptible, now: Instant, step_s: int, zone: str) -> Standing:
    """Return what it has done in the window that is open, from its power."""
    past = _yesterday(now, step_s)
    whole = TimeGrid(past.start_utc, step_s, 2 * past.step_count)
    span = next((each for each in spans(machine.window, whole, zone) if each.first <= past.step_count < each.end), None)
    if span is None and isinstance(machine, Interruptible):
        return Standing()
    first = span.first if span is not None else 0
    power_w = np.nan_to_num(_powers(store, machine, now, step_s)[first:])
    if isinstance(machine, Interruptible):
        return Standing(run_s=float(power_w.sum()) / machine.rated_w * step_s)
    begun = np.flatnonzero(power_w >= max(RUNS_W, 0.25 * machine.phases[0][0]))
    if not begun.size:
        return Standing()
    run_s = float((power_w.size - int(begun[0])) * step_s)
    return Standing(run_s=run_s if span is not None else 0.0, is_running=run_s < machine.length_s)
