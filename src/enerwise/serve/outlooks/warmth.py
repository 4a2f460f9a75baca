"""Temperatures of a plan for the page: each zone of a heat pump, the top of a tank, with what is wished for."""

from typing import Any

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.plan.blocks.heat_pump import HeatPump
from enerwise.plan.blocks.water_heater import WaterHeater
from enerwise.serve.outlooks.made import Made
from enerwise.serve.outlooks.phrases import shown_name
from enerwise.site.machines import HeatPump as Pump


def warmth(made: Made, asset: str) -> list[dict[str, Any]]:
    """Return each zone of a lane with its temperatures and its band; nothing for a lane without any."""
    block = next((each for each in made.problem.flexible if each.id == asset), None)
    states = made.plan.states.get(asset, {})
    if isinstance(block, HeatPump):
        return [
            _shown(made, block.id, name, states[f"{name} temperature_degc"], block.low_degc[at], block.high_degc[at])
            for at, name in enumerate(block.building.zones)
        ]
    if isinstance(block, WaterHeater):
        high = np.full(block.low_degc.size, block.high_degc)
        return [_shown(made, block.id, block.id, states["top temperature_degc"], block.low_degc, high)]
    return []


def _shown(
    made: Made, asset: str, zone: str, degc: FloatArray, low_degc: FloatArray, high_degc: FloatArray
) -> dict[str, Any]:
    names = {each.id: each.name for pump in made.site.of_kind(Pump) for each in pump.zones}
    owner = zone if zone in names else asset
    return {
        "zone": owner,
        "name": names.get(owner) or shown_name(owner),
        "degc": np.round(degc, 2),
        "low_degc": np.where(np.isfinite(low_degc), np.round(low_degc, 2), np.nan),
        "high_degc": np.where(np.isfinite(high_degc), np.round(high_degc, 2), np.nan),
    }
