"""A plant to play with: Lindenweg 8 behind one hybrid inverter, a sky and a home that stand still."""

from typing import Any

import numpy as np

from enerwise.core import quantity as q
from enerwise.core.series import Key
from enerwise.core.time import VirtualClock
from enerwise.devices.profiles import load_profile
from enerwise.devices.supply import Supply
from enerwise.run.plant.host import Host
from enerwise.site.assets import Load
from enerwise.site.site import Site
from enerwise.site.wiring import MODBUS_TCP, Device
from tests.builders import NOON, a_grid, a_site

SERVES = {"battery": "battery", "pv": "roof", "meter": "grid"}
STEP_S = 0.1


def a_device(profile: str = "generic_hybrid", **facts: Any) -> Device:
    """The hybrid inverter, at a port that is free."""
    defaults = {"id": "hybrid", "driver": MODBUS_TCP, "address": "127.0.0.1:0", "serves": SERVES}
    return Device(profile=profile, **{**defaults, **facts})


def a_host(site: Site | None = None, *, load_w: float = 500.0, sun_w: float = -2000.0, soc_ratio: float = 0.5) -> Host:
    """A plant whose first load draws the same for an hour, under a sun that does not move."""
    site = site or a_site(devices=[a_device()])
    grid = a_grid(step_s=60, steps=60)
    loads = {each.id: np.full(60, load_w if at == 0 else 0.0) for at, each in enumerate(site.of_kind(Load))}
    supply = Supply(grid, loads, {"roof": np.full(60, sun_w)})
    profiles = {each.id: load_profile(each.profile) for each in site.devices}
    rng = np.random.default_rng(1)
    return Host(site, profiles, supply, VirtualClock(grid.start_utc), rng=rng, start_soc_ratio=soc_ratio)


def run_for(host: Host, seconds: float, *, from_s: float = 0.0) -> float:
    """Move on by steps of a tenth of a second; return the time after it."""
    steps = round(seconds / STEP_S)
    for step in range(steps):
        host.step(NOON, from_s + (step + 1) * STEP_S, STEP_S)
    return from_s + steps * STEP_S


def told(host: Host, role: str, value_w: float, t_s: float) -> None:
    """Write a setpoint through the registers."""
    twin = host.boxes["hybrid"]
    for write in twin.bound.writes(role, q.POWER_W, value_w):
        assert twin.write(write.table, write.address, write.words, t_s)


def armed(host: Host, seconds: float, t_s: float = 0.0) -> None:
    """Set the device's own watchdog through the registers."""
    twin = host.boxes["hybrid"]
    for write in twin.bound.comms_loss_writes(seconds):
        assert twin.write(write.table, write.address, write.words, t_s)


def shown(host: Host, device: str = "hybrid") -> dict[Key, float]:
    """What the registers say, decoded as the door would."""
    twin = host.boxes[device]
    words = {read: twin.read(read.table, read.address, read.count) or () for read in twin.bound.reads()}
    serves = twin.device.serves
    return {
        Key(serves[role], name): value for (role, name), value in twin.bound.decode(words).items() if role in serves
    }
