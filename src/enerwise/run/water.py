"""How warm the water of a tank is below its sensor, from what was measured of it."""

from typing import Final

import numpy as np

from enerwise.core.quantity import POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.physics.led import led_layers_degc
from enerwise.physics.tank import CELLAR_DEGC
from enerwise.site.habits import drawn_l
from enerwise.site.machines import WaterHeater
from enerwise.store.store import Store

LED_DAYS: Final = 7
"""So far back layers are followed: until then what was drawn has passed the whole tank."""


def layers_degc(
    store: Store, heater: WaterHeater, grid: TimeGrid, zone: str, *, as_of: Instant | None = None
) -> FloatArray:
    """Return all layers as a grid ends, led by the sensor at the top; NaN where it told nothing. Shape (layer,)"""
    keys = [Key(heater.id, POWER_W), Key(heater.id, TEMPERATURE_DEGC)]
    power_w, top_degc = store.read_frame(keys, grid, as_of=as_of).value.T
    drawn = drawn_l(heater, grid, zone)
    return led_layers_degc(heater, power_w, top_degc, drawn, room_degc=CELLAR_DEGC, step_s=float(grid.step_s))


def layers_now_degc(
    store: Store, heater: WaterHeater, top_degc: float, now: Instant, *, step_s: int, zone: str
) -> tuple[float, ...]:
    """Return the top as it is measured now and all below it as the model has it, never warmer. Shape (layer,)"""
    if heater.layers == 1:
        return (top_degc,)
    steps = LED_DAYS * DAY_S // step_s
    grid = TimeGrid(now - np.timedelta64(steps * step_s * 1000, "ms"), step_s, steps)
    layers = layers_degc(store, heater, grid, zone, as_of=now)
    below = np.minimum(np.where(np.isfinite(layers), layers, top_degc), top_degc)[1:]
    return (top_degc, *below.tolist())
