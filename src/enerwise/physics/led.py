"""Rooms led by what was measured of them: what walls have by then, and how well the model foretells what follows."""

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.physics.building import advance
from enerwise.physics.declared import building_of, compressor_of, gains_w
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
        room_degc: Measured as each step begins. [degC], shape (step,)
        outdoor_degc: Of the air outside. [degC], shape (step,)
        step_s: Length of a step. [s]

    Returns:
        Shape (step + 1, node), all NaN where no room was ever measured. A step of which power or air is unknown leaves
        all as it is.
    """
    network, compressor = building_of(pump), compressor_of(pump)
    exact, known = network.discrete(step_s), np.isfinite(room_degc)
    runs = np.isfinite(power_w) & np.isfinite(outdoor_degc)
    heat_w = pump.heat_sign * power_w * compressor.cop_at(outdoor_degc) + gains_w(pump, outdoor_degc)
    begin = float(room_degc[known][0]) if known.any() else float("nan")
    node_degc = np.full(network.capacity_wh_per_k.size, begin)
    found, into_w = np.empty((power_w.size + 1, node_degc.size)), np.zeros(node_degc.size)
    for step in range(power_w.size):
        if known[step]:
            node_degc = np.concatenate([[room_degc[step]], node_degc[1:]])
        found[step] = node_degc
        if runs[step]:
            into_w[0] = heat_w[step]
            node_degc = advance(network, exact, node_degc, into_w, float(outdoor_degc[step]))
    found[-1] = node_degc
    return found
