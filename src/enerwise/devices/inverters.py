"""What hybrid inverters make of the powers of simulated batteries and panels behind them."""

from collections.abc import Iterator, Mapping

import numpy as np

from enerwise.physics import inverter as physics
from enerwise.site.circuits import Circuit
from enerwise.site.inverter import Inverter
from enerwise.site.site import Site


def held(
    site: Site, battery_w: Mapping[str, float], sun_w: Mapping[str, float]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return what batteries and panels do of what they would, by id, each within the rating of its inverter."""
    battery_w, sun_w = dict(battery_w), dict(sun_w)
    for circuit, inverter in _inverters(site):
        packs = [each for each in circuit.members if each in battery_w]
        plants = [each for each in circuit.members if each in sun_w]
        flows_w, delivered_w = physics.held(
            inverter, np.array([battery_w[each] for each in packs]), np.array([sun_w[each] for each in plants])
        )
        battery_w |= dict(zip(packs, flows_w.tolist(), strict=True))
        sun_w |= dict(zip(plants, delivered_w.tolist(), strict=True))
    return battery_w, sun_w


def lost_w(site: Site, power_w: Mapping[str, float]) -> dict[str, float]:
    """Return what each inverter loses, by circuit, where assets have these powers, by id."""
    return {
        circuit.id: float(physics.loss_w(inverter, sum(power_w.get(each, 0.0) for each in circuit.members)))
        for circuit, inverter in _inverters(site)
    }


def _inverters(site: Site) -> Iterator[tuple[Circuit, Inverter]]:
    return ((each, each.inverter) for each in site.circuits if each.inverter is not None)
