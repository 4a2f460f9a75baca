"""`enerwise plant SITE`: the machines of a site, simulated, on the wires that its file names."""

import asyncio
import contextlib
import json
import signal
from pathlib import Path
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import LiveClock
from enerwise.core.units import show_power, show_ratio
from enerwise.devices.profiles import load_profile
from enerwise.run.plant.host import Host, Orders
from enerwise.serve.console import out, say
from enerwise.serve.generated import generate
from enerwise.serve.sites import read_site_file
from enerwise.serve.tables import table
from enerwise.site.wiring import DOOR_DRIVERS

SUPPLY_STEP_S: Final = 60
SUPPLY_DAYS: Final = 31
SAY_EVERY: Final = 100
"""Steps between two lines."""


def plant(path: Path, *, seed: int, seconds: float | None, control_port: int, state_path: Path | None) -> None:
    """Play the machines of a site until Ctrl-C, or for some seconds."""
    host = _host(path, seed)
    out().print(_table(host))
    say(f"{host.site.name}: a simulated plant. Nothing real is moved. Run the site in another terminal:")
    say(f"  enerwise run {path}")
    asyncio.run(_live(host, seconds, control_port, state_path))
    state = host.state()
    if state_path is not None:
        state_path.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
    say(f"Played {state['steps']} steps; beyond a limit in {state['violations']}.")


def _host(path: Path, seed: int) -> Host:
    site = read_site_file(path)
    start_utc = LiveClock().now().astype("datetime64[m]").astype("datetime64[ms]")
    drawn = generate(site, start_utc, step_s=SUPPLY_STEP_S, seed=seed, days=SUPPLY_DAYS, history_days=0)
    profiles = {each.id: load_profile(each.profile) for each in site.devices if each.driver in DOOR_DRIVERS}
    return Host(site, profiles, drawn.supply(), LiveClock(), rng=np.random.default_rng(seed))


async def _live(host: Host, seconds: float | None, control_port: int, state_path: Path | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(each, stop.set)
    if seconds is not None:
        loop.call_later(seconds, stop.set)
    orders = Orders(host, control_port) if control_port else None
    try:
        if orders is not None:
            say(f"Faults are set by lines of JSON on 127.0.0.1:{await orders.open()}.")
        await host.run(stop, told=_say_now)
    except OSError as error:
        ports = ", ".join(str(each.port) for each in host.wires)
        remedy = "end the program that listens there, or write other ports into the site file"
        raise ProblemsFound(
            "plant", [Problem(f"ports {ports}", f"cannot be opened: {error.strerror}", remedy)]
        ) from None
    finally:
        if orders is not None:
            await orders.close()


def _say_now(host: Host) -> None:
    if host.plant.counts.steps % SAY_EVERY:
        return
    state = host.plant.state()
    powers = ", ".join(f"{asset} {show_power(value_w)}" for asset, value_w in state["power_w"].items())
    levels = ", ".join(f"{asset} {show_ratio(value)} full" for asset, value in state["soc_ratio"].items())
    say(f"{powers}; {levels}; {sum(state['writes'].values())} writes")


def _table(host: Host) -> object:
    made = table("Simulated devices", "Device", "Listens on", "Unit", "Profile", "Plays", left=5)
    for wire in host.wires:
        for unit, twin in wire.units.items():
            plays = ", ".join(f"{role}: {asset}" for role, asset in twin.device.serves.items())
            made.add_row(twin.device.id, f"127.0.0.1:{wire.port}", str(unit), twin.device.profile, plays)
    return made
