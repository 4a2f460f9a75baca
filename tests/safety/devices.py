"""Devices: their own watchdogs, corrupt wires, and modes in which nothing may be written."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from enerwise.core.time import LiveClock, now_ns
from enerwise.devices.profiles import load_profile
from enerwise.devices.supply import Supply
from enerwise.run.plant.host import Host
from enerwise.serve.box import Box, Options
from enerwise.serve.errand import Errand, hand_down
from enerwise.site.site import Control, Site
from enerwise.site.wiring import DOOR_DRIVERS, Device
from tests.builders import a_grid, a_site
from tests.door.rig import SETPOINT, a_register, a_rig
from tests.peers.chaos import chaos
from tests.peers.modbus_peer import c_device
from tests.peers.ports import free_port, wait_for
from tests.safety.evidence import Figure, Scale, requirement

SECOND = 1_000_000_000
SERVES = {"battery": "battery", "pv": "roof", "meter": "grid"}


@contextmanager
def a_live_plant(site: Site, *, load_w: float, sun_w: float) -> Iterator[Host]:
    """The simulated plant of a site in a thread of this process, in real time."""
    grid = a_grid(str(LiveClock().now())[:16], step_s=60, steps=60)
    supply = Supply(grid, {"home": np.full(60, load_w)}, {"roof": np.full(60, sun_w)})
    profiles = {each.id: load_profile(each.profile) for each in site.devices if each.driver in DOOR_DRIVERS}
    host = Host(site, profiles, supply, LiveClock(), rng=np.random.default_rng(1))
    ends = threading.Event()

    async def live() -> None:
        stop = asyncio.Event()
        living = asyncio.create_task(host.run(stop))
        while not ends.is_set():
            await asyncio.sleep(0.02)
        stop.set()
        await living

    thread = threading.Thread(target=lambda: asyncio.run(live()))
    thread.start()
    wait_for(host.wires[0].port)
    try:
        yield host
    finally:
        ends.set()
        thread.join()


def a_wired_site(port: int, *, mode: str = "self_consumption") -> Site:
    """Lindenweg 8 behind one simulated hybrid inverter."""
    device = Device(
        "hybrid", "modbus_tcp", f"127.0.0.1:{port}", profile="generic_hybrid", serves=SERVES, poll_s=0.5, timeout_s=0.4
    )
    return a_site(devices=[device], control=Control(mode=mode))


@contextmanager
def a_running_box(site: Site, folder: Path, *, turn_s: int = 1) -> Iterator[Box]:
    """All processes of a site, as `enerwise run` starts them."""
    box = Box(site, Options(folder), audit=lambda line: None)
    errand = Errand(
        site=site,
        store_path=folder / "site.db",
        brain_path=folder / "brain.sock",
        control_path=box.options.control_path,
        ask_key=box.ask_key,
        anchor=box.clock.anchor,
        turn_s=turn_s,
        life_fd=box.life_fd,
        ask_fd=box.fds["ask"],
        told_fd=box.fds["told"],
        beat_fd=box.fds["beat"],
    )
    box.start()
    box.spawn("site", ("enerwise.serve.processes", "site"), lambda stream: hand_down(errand, stream))
    try:
        yield box
    finally:
        box.goodbye()


def until_state(box: Box, state: str, *, patience_s: float = 12.0) -> None:
    """Wait until the door is in a state, starting it while it is idle."""
    end_s = time.monotonic() + patience_s
    while True:
        told = box.look()
        if told is not None and told.state == state:
            return
        assert time.monotonic() < end_s, f"the door is {told}"
        if told is not None and told.state == "idle" and state == "running":
            box.command({"do": "start", "who": "evidence"})
        time.sleep(0.2)


@requirement(6, "The device's own watchdog is set and read back before anything moves")
def comms_loss(scale: Scale, folder: Path) -> list[Figure]:
    site = a_wired_site(free_port())
    with a_live_plant(site, load_w=800.0, sun_w=0.0) as host:
        host.fault("hybrid", is_deaf=True)
        with a_running_box(site, folder / "deaf") as box:
            told = _refused(box)
        host.heal("hybrid")
        with a_running_box(site, folder / "well") as box:
            until_state(box, "running")
            set_s = host.boxes["hybrid"].bound.comms_loss_s_in(host.boxes["hybrid"].words)
            end_s = time.monotonic() + 8.0
            while abs(host.plant.power_w["battery"]) < 100.0 and time.monotonic() < end_s:
                time.sleep(0.1)
            moved_w = abs(host.plant.power_w["battery"])
            # Every write is dropped from here on: door and watchdog are gone at once.
            for process in box.processes.values():
                process.child.kill()
            began_ns = now_ns()
            while abs(host.plant.power_w["battery"]) > 20.0 and now_ns() - began_ns < 15 * SECOND:
                time.sleep(0.02)
            rest_s = (now_ns() - began_ns) / SECOND
    return [
        Figure(
            "arming refused where the time cannot be set",
            float(any("comms-loss" in each for each in told)),
            "",
            "==",
            1.0,
        ),
        Figure("time as the device holds it", set_s, "s", "<=", 5.0),
        Figure("power that was moved before", moved_w, "W", ">=", 100.0),
        Figure("device at rest by itself when nobody writes any more", rest_s, "s", "<=", set_s + 2.0),
    ]


def _refused(box: Box) -> tuple[str, ...]:
    end_s = time.monotonic() + 12.0
    while time.monotonic() < end_s:
        told = box.look()
        if told is not None and told.refusals:
            return told.refusals
        if told is not None and told.state == "idle":
            box.command({"do": "start"})
        time.sleep(0.2)
    return ()


@requirement(15, "Corrupt frames are not believed, and nothing is written twice")
def corrupt_wire(scale: Scale, folder: Path) -> list[Figure]:
    """Bits are flipped behind TCP's own checksum, both ways: a value that a device took wrongly is found and mended."""
    wrong_s, back_s = [0.0], []
    with (
        c_device() as port,
        chaos(port, "--corrupt", "0.02", "--truncate", "0.01", "--reset", "0.01", "--seed", "5") as wire,
        a_rig(folder, wire.port) as rig,
        a_register(port) as register,
    ):
        end_s, since_s = time.monotonic() + scale.chaos_s, None
        while time.monotonic() < end_s:
            rig.wish(700.0)
            # Anything from rest to the wish may be right: wrong numbers of the battery derate it for a while.
            if 0 <= register.read(SETPOINT) <= 700:
                since_s = None
            else:
                since_s = since_s or time.monotonic()
                wrong_s.append(time.monotonic() - since_s)
            time.sleep(0.02)
        strangers = {each.asset for each in rig.told.live} - {"battery", "grid"}
        for fault in ("corrupt", "truncate", "reset"):
            wire.set(fault, 0.0)
        for _ in range(max(2, round(scale.chaos_s / 10))):
            lost = rig.until(lambda told: told.units[0]["open"] and told.units[0]["fresh"]).units[0]["lost_count"]
            began_ns = now_ns()
            wire.kill()
            rig.until(lambda told, lost=lost: told.units[0]["lost_count"] > lost and told.units[0]["open"])
            back_s.append((now_ns() - began_ns) / SECOND)
        # After so many wrong numbers the power left to the battery comes back slowly.
        rig.move(200.0)
        before, sent = register.write_count, rig.told.units[0]["write_count"]
        time.sleep(3.0)
        written, told = register.write_count - before, rig.told.units[0]["write_count"] - sent
    return [
        Figure("longest that a wrong setpoint stood at the device", max(wrong_s), "s", "<=", 3.0),
        Figure("assets the door believes in and does not have", float(len(strangers)), "", "==", 0.0),
        Figure("connection back, longest", max(back_s), "s", "<=", 2.0),
        Figure("writes at the device more than the door has sent", float(max(0, written - told)), "", "==", 0.0),
    ]


@requirement(19, "Passive writes nothing, charge-only never discharges")
def humble_modes(scale: Scale, folder: Path) -> list[Figure]:
    passive = a_wired_site(free_port(), mode="passive")
    with a_live_plant(passive, load_w=900.0, sun_w=0.0) as host, a_running_box(passive, folder / "passive") as box:
        until_state(box, "running")
        time.sleep(2.0)
        for command in ({"do": "test"}, {"do": "pause"}, {"do": "start"}, {"do": "stop", "cause": "evidence"}):
            box.command(command)
        time.sleep(0.5)
        passive_writes = host.boxes["hybrid"].write_count
    charging = a_wired_site(free_port(), mode="charge_only")
    lowest_w = 0.0
    with a_live_plant(charging, load_w=900.0, sun_w=0.0) as host, a_running_box(charging, folder / "charging") as box:
        until_state(box, "running")
        end_s = time.monotonic() + 5.0 + scale.chaos_s
        while time.monotonic() < end_s:
            lowest_w = min(lowest_w, host.plant.power_w["battery"], host.boxes["hybrid"].asked_w("battery", 0.0) or 0.0)
            time.sleep(0.05)
            if 2.0 < end_s - time.monotonic() < 2.3:
                host.fault("hybrid", resets=True)
            elif end_s - time.monotonic() < 1.5:
                host.heal("hybrid")
    return [
        Figure("write messages at the device in passive mode", float(passive_writes), "", "==", 0.0),
        Figure("lowest battery power in charge-only, also while reconnecting", lowest_w, "W", ">=", -1.0),
    ]
