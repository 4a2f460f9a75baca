"""Rooms and tanks led by what was measured of them: what walls, and layers below the sensor, have by then."""

import numpy as np

from enerwise.core.units import BoolArray, FloatArray
from enerwise.physics.building import advance
from enerwise.physics.declared import building_of, compressor_of, gains_w, heat_share, tank_of, zone_of_node
from enerwise.site.machines import HeatPump, WaterHeater


def led_degc(
    pump: HeatPump,
    power_w: FloatArray,
    room_degc: FloatArray,
    outdoor_degc: FloatArray,
    *,
    step_s: float,
    zone_heat_w: FloatArray | None = None,
) -> FloatArray:
    """Return the temperature of rooms and walls as each step begins, and as the last one ends.

    Rooms are set to what was measured, walls follow the model; where nothing was measured both do.

    Args:
        pump: What heats, and what it heats.
        power_w: Taken by it. [W], shape (step,)
        room_degc: Measured as each step begins. [degC], shape (step,), of several zones (step, zone)
        outdoor_degc: Of the air outside. [degC], shape (step,)
        step_s: Length of a step. [s]
        zone_heat_w: Heat into each zone, below zero where it is cooled; None takes it from power and shares. [W], shape
            (step, zone)

    Returns:
        Shape (step + 1, node), all NaN where no room was ever measured. A zone that was never measured begins as the
        mean of the others. A step of which power or air is unknown leaves all as it is.
    """
    network, compressor = building_of(pump), compressor_of(pump)
    seen_degc = room_degc.reshape(power_w.size, -1)
    exact, known = network.discrete(step_s), np.isfinite(seen_degc)
    runs = np.isfinite(power_w) & np.isfinite(outdoor_degc)
    heat_w = pump.heat_sign * power_w * compressor.cop_at(outdoor_degc)
    into_w = heat_w[:, None] * heat_share(pump)
    if zone_heat_w is not None:
        into_w[:, : zone_heat_w.shape[1]] = zone_heat_w
    into_w = into_w + gains_w(pump, outdoor_degc)
    node_degc = _begin(pump, seen_degc, known)
    zones, found = seen_degc.shape[1], np.empty((power_w.size + 1, node_degc.size))
    for step in range(power_w.size):
        node_degc[:zones] = np.where(known[step], seen_degc[step], node_degc[:zones])
        found[step] = node_degc
        if runs[step]:
            node_degc = advance(network, exact, node_degc, into_w[step], float(outdoor_degc[step]))
    found[-1] = node_degc
    return found


def _begin(pump: HeatPump, seen_degc: FloatArray, known: BoolArray) -> FloatArray:
    """Return where all nodes begin: zones as they were first seen, their walls likewise. Shape (node,)"""
    first = np.take_along_axis(seen_degc, known.argmax(axis=0)[None], axis=0)[0]
    if np.isfinite(first).any():
        first = np.where(np.isfinite(first), first, np.nanmean(first))
    begin: FloatArray = first[zone_of_node(pump)]
    return begin


def led_layers_degc(
    heater: WaterHeater,
    power_w: FloatArray,
    top_degc: FloatArray,
    drawn_l: FloatArray,
    *,
    room_degc: float,
    step_s: float,
) -> FloatArray:
    """Return the layers of a tank as a span ends, from its power, its usual draws and the sensor at its top.

    The top is set to what was measured; no layer below is warmer than it, or water would have turned over.

    Args:
        heater: What warms, and which tank.
        power_w: Taken by it; a step of which it is unknown leaves all as it is. [W], shape (step,)
        top_degc: Measured as each step begins, NaN where it was not. [degC], shape (step,)
        drawn_l: Hot water usually drawn in each step. [l], shape (step,)
        room_degc: Temperature around the tank.
        step_s: Length of a step. [s]

    Returns:
        Shape (layer,), top first; all NaN where the top was never measured.

    Holds for: draws near the usual; what was drawn beyond them shows only once it cools the top.
    """
    tank, known = tank_of(heater), np.isfinite(top_degc)
    if not known.any():
        return np.full(tank.layers, np.nan)
    # Usual draws take few values: a week of steps needs few networks.
    drawn, which = np.unique(drawn_l, return_inverse=True)
    exact = tank.discrete(drawn, step_s)
    inflow_w = tank.inflow_w(drawn_l, cold_degc=heater.cold_degc, room_degc=room_degc, step_s=step_s)
    into_w = inflow_w + (power_w * heater.cop)[:, None] * tank.heat_share
    layer_degc = np.full(tank.layers, top_degc[known][0])
    for step in range(power_w.size):
        if known[step]:
            layer_degc = np.minimum(layer_degc, top_degc[step])
            layer_degc[0] = top_degc[step]
        if np.isfinite(power_w[step]):
            layer_degc = exact.keep[which[step]] @ layer_degc + exact.push[which[step]] @ into_w[step]
    return layer_degc
