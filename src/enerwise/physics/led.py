"""Rooms led by what was measured of them: what walls have by then, and how well the model foretells what follows."""

import numpy as np

from enerwise.core.units import BoolArray, FloatArray
from enerwise.physics.building import advance
from enerwise.physics.declared import building_of, compressor_of, gains_w, heat_share
from enerwise.site.machines import HeatPump


def led_degc(
    pump: HeatPump,
    power_w: FloatArray,
    room_degc: FloatArray,
    outdoor_degc: FloatArray,
    *,
    step_s: float,
) -> FloatArray:
    """Return the temperature of rooms and walls as each step begins, and as the last one ends.

    Rooms are set to what was measured, walls follow the model; where nothing was measured both do.

    Args:
        pump: What heats, and what it heats.
        power_w: Taken by it. [W], shape (step,)
        room_degc: Measured as each step begins. [degC], shape (step,), of several zones (step, zone)
        outdoor_degc: Of the air outside. [degC], shape (step,)
        step_s: Length of a step. [s]

    Returns:
        Shape (step + 1, node), all NaN where no room was ever measured. A zone that was never measured begins as the
        mean of the others. A step of which power or air is unknown leaves all as it is.
    """
    network, compressor = building_of(pump), compressor_of(pump)
    seen_degc = room_degc.reshape(power_w.size, -1)
    exact, known = network.discrete(step_s), np.isfinite(seen_degc)
    runs = np.isfinite(power_w) & np.isfinite(outdoor_degc)
    heat_w = pump.heat_sign * power_w * compressor.cop_at(outdoor_degc)
    into_w = heat_w[:, None] * heat_share(pump) + gains_w(pump, outdoor_degc)
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
    heavy = [at for at, each in enumerate(pump.rooms) if each.mass_wh_per_k]
    return np.concatenate([first, first[heavy]])
