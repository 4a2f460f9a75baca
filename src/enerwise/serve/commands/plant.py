"""`enerwise plant SITE`: the machines of a site, simulated, on the wires that its file names."""

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.core.time import DAY_S, LiveClock
from enerwise.core.units import Dimension, parse, show_power, show_ratio
from enerwise.devices.profiles import load_profile
from enerwise.run.plant.host import Host
from enerwise.run.plant.orders import Orders
from enerwise.run.plant.places import at_places, moved_here, played
from enerwise.run.plant.script import Timed, drawn, read_script
from enerwise.serve.asked import target, wrong
from enerwise.serve.console import out, say
from enerwise.serve.files import write_json, write_text
from enerwise.serve.generated import generate
from enerwise.serve.sites import read_site_file, read_text
from enerwise.serve.tables import table
from enerwise.site.document import parse_document
from enerwise.site.site import Site
from enerwise.site.wiring import DOOR_DRIVERS

SUPPLY_STEP_S: Final = 60
SUPPLY_DAYS: Final = 31
SAY_EVERY: Final = 100
"""Steps between two lines."""
KEEP_EVERY: Final = 10
"""Steps between two states in the file."""
SOAK_S: Final = 30.0 * DAY_S
SPEED_MAX_RATIO: Final = 10_000.0


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for."""

    seed: int = 1
    seconds: float | None = None
    """End after so long; None goes on until Ctrl-C."""
    control_port: int = 0
    state_path: Path | None = None
    port_base: int | None = None
    site_out: Path | None = None
    speed_ratio: float = 1.0
    faults_path: Path | None = None
    faults_every: str | None = None


def plant(path: Path, **asked: Any) -> None:
    """Play the machines of a site until Ctrl-C, or for some seconds; ``asked`` are fields of `Wishes`.

    Raises:
        ProblemsFound: The site cannot be played here, a place is taken, or an option cannot be used.
    """
    wishes = Wishes(**asked)
    _check(wishes)
    site = _moved(path, read_site_file(path), wishes)
    host = _host(site, wishes)
    _announce(host, wishes.site_out or path)
    asyncio.run(_live(host, wishes))
    state = host.state()
    _keep(state, wishes.state_path)
    say(f"Played {state['elapsed_s']:.0f} s in {state['steps']} steps; beyond a limit in {state['violations']}.")


def _check(wishes: Wishes) -> None:
    target("--json-state", wishes.state_path)
    target("--site-out", wishes.site_out)
    if not 0.0 < wishes.speed_ratio <= SPEED_MAX_RATIO:
        raise wrong("--speed", f"{wishes.speed_ratio:g}", f"write a number above 0 and up to {SPEED_MAX_RATIO:g}")
    if wishes.site_out is not None and wishes.port_base is None:
        raise wrong("--site-out", str(wishes.site_out), "add --port-base: without it the file stays as it is")


def _moved(path: Path, site: Site, wishes: Wishes) -> Site:
    if wishes.port_base is None:
        return site
    places = moved_here(site, wishes.port_base, tempfile.gettempdir())
    if wishes.site_out is not None:
        _write_moved(path, places, wishes.site_out)
    return at_places(site, places)


def _write_moved(path: Path, places: dict[str, str], site_out: Path) -> None:
    """Write the site file anew, its devices here; every value stays the text that was typed."""
    data = parse_document(read_text(path)).data
    assert isinstance(data, dict)
    devices = data.get("devices")
    for device in devices if isinstance(devices, list) else ():
        if isinstance(device, dict):
            address = str(device.get("address"))
            # A file may leave out the port that the site has filled in.
            known = next((each for each in (address, f"{address}:502") if each in places), None)
            device["address"] = places[known] if known else address
    told = f"# Written by `enerwise plant {path.name}`: the machines of this site are simulated.\n"
    write_text(site_out, told + yaml.safe_dump(data, sort_keys=False, allow_unicode=True))


def _host(site: Site, wishes: Wishes) -> Host:
    devices, clock = played(site), LiveClock()
    start_utc = clock.now().astype("datetime64[m]").astype("datetime64[ms]")
    home = generate(site, start_utc, step_s=SUPPLY_STEP_S, seed=wishes.seed, days=SUPPLY_DAYS, history_days=0)
    profiles = {each.id: load_profile(each.profile) for each in devices if each.driver in DOOR_DRIVERS}
    rng = np.random.default_rng(wishes.seed)
    host = Host(site, profiles, home.supply(), clock, rng=rng, speed_ratio=wishes.speed_ratio)
    host.follow([*_written(host, wishes), *_drawn(host, wishes, rng)])
    return host


def _written(host: Host, wishes: Wishes) -> tuple[Timed, ...]:
    path = wishes.faults_path
    return read_script(read_text(path), host.measured(), source=str(path)) if path is not None else ()


def _drawn(host: Host, wishes: Wishes, rng: np.random.Generator) -> tuple[Timed, ...]:
    if wishes.faults_every is None:
        return ()
    try:
        every_s = parse(wishes.faults_every, Dimension.DURATION)
    except UnitError as error:
        raise wrong("--faults-every", wishes.faults_every, error.remedy) from None
    if not every_s >= 1.0:
        raise wrong("--faults-every", wishes.faults_every, "write 1 s or more, such as '10 min'")
    return drawn(host.measured(), rng=rng, within_s=min(wishes.seconds or SOAK_S, SOAK_S), every_s=every_s)


async def _live(host: Host, wishes: Wishes) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(each, stop.set)
    if wishes.seconds is not None:
        loop.call_later(wishes.seconds, stop.set)
    orders = Orders(host.obey, wishes.control_port) if wishes.control_port else None
    try:
        if orders is not None:
            say(f"Faults are set by lines of JSON on 127.0.0.1:{await orders.open()}.")
        await host.run(stop, told=lambda told: _tell(told, wishes.state_path))
    except OSError as error:
        remedy = "end the program that listens there, or write other addresses into the site file"
        places = ", ".join(host.places())
        message = f"cannot be opened: {error.strerror or error}"
        raise ProblemsFound("plant", [Problem(places, message, remedy)]) from None
    finally:
        if orders is not None:
            await orders.close()


def _tell(host: Host, state_path: Path | None) -> None:
    steps = host.plant.counts.steps
    if steps % KEEP_EVERY == 0:
        _keep(host.state(), state_path)
    if steps % SAY_EVERY:
        return
    state = host.state()
    powers = ", ".join(f"{asset} {show_power(value_w)}" for asset, value_w in state["power_w"].items())
    levels = ", ".join(f"{asset} {show_ratio(value)} full" for asset, value in state["soc_ratio"].items())
    faults = "; ".join(f"{device} {', '.join(wrong)}" for device, wrong in state["faults"].items())
    told = f"{powers}; {levels}; {sum(state['writes'].values())} writes" + (f"; wrong: {faults}" if faults else "")
    say("; ".join([told, *(f"{device}: {trouble}" for device, trouble in state["troubles"].items())]))


def _keep(state: Mapping[str, Any], path: Path | None) -> None:
    if path is not None:
        write_json(path, state)


def _announce(host: Host, path: Path) -> None:
    made = table("Simulated devices", "Device", "Place", "Unit", "Profile", "Plays", left=5)
    for twin in host.twins.values():
        device = twin.device
        plays = ", ".join(f"{role}: {asset}" for role, asset in device.serves.items())
        is_called = device.driver in DOOR_DRIVERS
        unit, kind = (str(device.unit_id), device.profile) if is_called else ("", f"by {device.driver}")
        made.add_row(device.id, device.address, unit, kind, plays)
    out().print(made)
    say(f"{host.site.name}: a simulated plant. Nothing real is moved. Run the site in another terminal:")
    say(f"  enerwise run {path}")
    absent = [f"{each.id} ({each.driver})" for each in host.site.devices if each.id not in host.twins]
    if absent:
        say(f"Not played: {', '.join(absent)}.")
