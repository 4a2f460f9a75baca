"""The parent of all processes on one box: it starts them, restarts what dies, and keeps what must last.

It holds the audit, the trips and the state of the lifecycle on disk, so that the door need not touch one. A door that
did not end with a goodbye comes up stopped, whatever ended it: a kill, a fault of ours, a power cut.
"""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import AnchoredClock, now_ns
from enerwise.devices.door_words import ASK_BYTES, TOLD_BYTES, Told
from enerwise.devices.drivers.make import moved_by
from enerwise.devices.gateway_errand import BEAT_LIMIT_S, GatewayErrand, hand_down
from enerwise.devices.mailbox import Mailbox, shared_memory
from enerwise.door.setup import BEAT_BYTES, GatewayPlace, Setup, Wires, send
from enerwise.door.switched import relays
from enerwise.guard import is_controllable
from enerwise.serve.control import command_door
from enerwise.serve.memory import CRASHED, Memory
from enerwise.serve.rules import watched_rules
from enerwise.serve.wiring import profiles_of
from enerwise.site.site import Site
from enerwise.site.wiring import GATEWAY_DRIVERS, MODBUS_TCP, MQTT, Device

RESTART_PAUSES_S: Final = (0.1, 0.5, 1.0, 2.0)
GOODBYE_S: Final = 5.0
LINE_BYTES: Final = 1 << 16
DOOR: Final = ("enerwise.door", "door")
WATCHDOG: Final = ("enerwise.door", "watchdog")
SOCKET_PATH_BYTES: Final = 107
"""Linux takes no longer address."""
GATEWAY: Final = "enerwise.devices.gateway"


@dataclass(frozen=True, slots=True)
class Options:
    """How the box is run."""

    folder: Path
    """Sockets and what is kept; should lie on a disk that lasts."""
    stop_port: int = 0
    stop_fds: tuple[int, ...] = ()
    is_realtime: bool = True
    stale_after_s: float = 3.0
    beat_limit_s: float = 0.5
    latches_site_loss: bool = True

    @property
    def control_path(self) -> Path:
        """The socket that takes commands."""
        return self.folder / "door.sock"

    @property
    def stop_file(self) -> Path:
        """The file whose appearance is a stop."""
        return self.folder / "STOP"


@dataclass(slots=True)
class Process:
    """One child, how to start it again, and how often it has died."""

    module: tuple[str, ...]
    """Module and arguments."""
    hand_down: Callable[[IO[bytes]], None]
    """Tells a newborn what it needs."""
    child: subprocess.Popen[bytes]
    shares: bool = True
    """Whether it is handed the files that door, watchdog and site share; a gateway knows only when we are gone."""
    fds: tuple[int, ...] = ()
    """Open files that are its own."""
    deaths: int = 0
    started_ns: int = field(default_factory=now_ns)


class Box:
    """Door, watchdog and whatever else runs, and the mailboxes between them."""

    def __init__(self, site: Site, options: Options, *, audit: Callable[[Mapping[str, Any]], None]) -> None:
        """Prepare a box; nothing is started yet.

        Args:
            site: What stands there, with its devices.
            options: How it is run.
            audit: Takes every line of the audit; it must not raise.

        Raises:
            ProblemsFound: A device's address or profile cannot be found.
        """
        options.folder.mkdir(parents=True, exist_ok=True)
        self.site, self.options, self._audit = site, options, audit
        self.clock, self.ask_key = AnchoredClock.here(), secrets.token_bytes(32)
        self._memory = Memory(options.folder)
        profiles = profiles_of(site)
        devices = tuple(resolved(each) for each in site.devices)
        sizes = {"ask": ASK_BYTES, "told": TOLD_BYTES, "beat": BEAT_BYTES, "pulse": BEAT_BYTES, "watch": BEAT_BYTES}
        self.fds = {name: shared_memory(f"enerwise-{name}", size) for name, size in sizes.items()}
        self._told = Mailbox(self.fds["told"], TOLD_BYTES)
        self.life_fd, self._life_write = os.pipe()
        self._audit_read, audit_write = os.pipe()
        os.set_blocking(self._audit_read, False)
        self._received = b""
        self.processes: dict[str, Process] = {}
        self.setup = Setup(
            site=site,
            devices=devices,
            profiles=profiles,
            rules=watched_rules(site, devices, profiles),
            wires=Wires(
                **{f"{name}_fd": fd for name, fd in self.fds.items()},
                life_fd=self.life_fd,
                audit_fd=audit_write,
                stop_fds=options.stop_fds,
            ),
            ask_key=self.ask_key,
            door_key=secrets.token_bytes(32),
            reflex_key=secrets.token_bytes(32),
            relays=relays(site, devices, profiles),
            gateways={each.id: self._gateway(each) for each in devices if each.driver in GATEWAY_DRIVERS},
            anchor=self.clock.anchor,
            control_path=str(options.control_path),
            stop_port=options.stop_port,
            stop_file=str(options.stop_file),
            beat_limit_s=options.beat_limit_s,
            latches_site_loss=options.latches_site_loss,
            stale_after_s=options.stale_after_s,
            is_passive=site.control.mode == "passive",
            is_realtime=options.is_realtime,
        )

    # -- life ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start door and watchdog, the door in the state its last life left.

        Raises:
            OSError: What must be kept cannot be: nothing is started.
        """
        blob, why = self._memory.trips_blob(), self._memory.why_stopped()
        self.setup = replace(self.setup, trips_blob=blob, starts_stopped=why)
        self._memory.begin()
        for device in self.setup.devices:
            if device.id in self.setup.gateways:
                tell = partial(hand_down, self._errand(device))
                self.spawn(f"gateway {device.id}", (GATEWAY, device.id), tell, shares=False)
        self.spawn("watchdog", WATCHDOG, lambda stream: send(self.setup, stream))
        self.spawn("door", DOOR, lambda stream: send(self.setup, stream))

    def spawn(
        self,
        name: str,
        module: tuple[str, ...],
        hand_down: Callable[[IO[bytes]], None],
        *,
        shares: bool = True,
        fds: tuple[int, ...] = (),
    ) -> None:
        """Start a process that is restarted whenever it dies.

        Args:
            name: What it is called in the audit.
            module: Module and arguments.
            hand_down: Tells a newborn what it needs.
            shares: Whether it gets the files that door, watchdog and site share; else it gets our life.
            fds: Open files that it gets besides.
        """
        child = self._born(module, hand_down, shares=shares, fds=fds)
        self.processes[name] = Process(module, hand_down, child, shares, fds)

    def look(self) -> Told | None:
        """Do what is due: write the audit, keep what has changed, restart what has died; return what the door says."""
        self._drain_audit()
        message = self._told.read()
        told = None if message is None else Told.from_bytes(message.content)
        if told is not None:
            self._kept("what the door says", lambda: self._memory.hear(told))
        for name, process in self.processes.items():
            if process.child.poll() is not None:
                self._revive(name, process)
        return told

    def goodbye(self) -> None:
        """Bring everything to rest in order, and end: the door first, for it must not find anybody gone before."""
        door = self.processes.pop("door", None)
        if door is not None:
            with contextlib.suppress(OSError, ValueError):
                self.command({"do": "goodbye"})
            has_ended_well = waited(door.child) == 0
            self._drain_audit()
            if has_ended_well:
                self._kept("the end of this run", self._memory.end)
        # The watchdog would soon take an ended door for a dead one, so it goes next.
        for process in sorted(self.processes.values(), key=lambda each: each.module != WATCHDOG):
            process.child.terminate()
        for process in self.processes.values():
            waited(process.child)
        self.processes.clear()
        self._close()

    def end_in_order(self) -> None:
        """Note that what has just been killed was killed on purpose, and that everything rests."""
        self._kept("the end of this run", self._memory.end)

    def command(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """Send the door a command and return its answer.

        Raises:
            OSError: There is no door, or it does not answer in time.
        """
        return command_door(self.options.control_path, command)

    # -- inside --------------------------------------------------------------------------------------------------

    def _gateway(self, device: Device) -> GatewayPlace:
        path = self.options.folder / f"gateway-{device.id}.sock"
        if len(str(path).encode()) > SOCKET_PATH_BYTES:
            remedy = "run the site from a folder with a shorter path, or give the device a shorter id"
            raise ProblemsFound(device.id, [Problem("id", f"{path} is too long for a socket", remedy)])
        return GatewayPlace(path, BEAT_LIMIT_S, moved_by(device), is_told=device.driver == MQTT)

    def _errand(self, device: Device) -> GatewayErrand:
        setup = self.setup
        return GatewayErrand(
            device,
            # Where nothing may be moved, nothing can be.
            () if setup.is_passive or device.is_read_only else (setup.door_key, setup.reflex_key),
            setup.anchor,
            str(setup.gateways[device.id].path),
            safe_power_w={each.id: each.safe_power_w for each in self.site if is_controllable(each)},
            life_fd=self.life_fd,
        )

    def _born(
        self, module: tuple[str, ...], hand_down: Callable[[IO[bytes]], None], *, shares: bool, fds: tuple[int, ...]
    ) -> subprocess.Popen[bytes]:
        wires = self.setup.wires
        handed = [wires.life_fd, *((*self.fds.values(), wires.audit_fd, *wires.stop_fds) if shares else ()), *fds]
        return born(module, hand_down, [fd for fd in handed if fd is not None])

    def _revive(self, name: str, process: Process) -> None:
        pause_s = RESTART_PAUSES_S[min(process.deaths, len(RESTART_PAUSES_S) - 1)]
        if now_ns() - process.started_ns < pause_s * 1e9:
            return
        self._note("died", name, {"code": process.child.returncode})
        process.deaths += 1
        process.started_ns = now_ns()
        if name == "door":
            blob = self._memory.trips.encode() or self.setup.trips_blob
            self.setup = replace(self.setup, starts_stopped=CRASHED, trips_blob=blob)
        process.child = self._born(process.module, process.hand_down, shares=process.shares, fds=process.fds)

    def _kept(self, what: str, keep: Callable[[], None]) -> None:
        """Keep something; a disk that refuses is told of and stops nobody."""
        try:
            keep()
        except OSError as error:
            self._note("fault", "memory", {"why": f"{what} cannot be kept: {error.strerror}"})

    def _drain_audit(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._audit_read, LINE_BYTES):
                self._received += data
        *lines, self._received = self._received.split(b"\n")
        for line in lines:
            # A door that was killed may have left half a line.
            with contextlib.suppress(ValueError):
                self._audit(json.loads(line))

    def _note(self, kind: str, subject: str, payload: Mapping[str, Any]) -> None:
        self._audit({"at": str(self.clock.now()), "kind": kind, "subject": subject, "payload": payload})

    def _close(self) -> None:
        self._told.close()
        files = [*self.fds.values(), self.life_fd, self._life_write, self._audit_read, self.setup.wires.audit_fd]
        for fd in files:
            if fd is not None:
                os.close(fd)


def born(
    module: tuple[str, ...], hand_down: Callable[[IO[bytes]], None], fds: Sequence[int]
) -> subprocess.Popen[bytes]:
    """Start a child of this Python with some open files, and tell it what it needs."""
    child = subprocess.Popen([sys.executable, "-m", *module], stdin=subprocess.PIPE, pass_fds=fds)
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError), child.stdin:
        hand_down(child.stdin)
    return child


def resolved(device: Device) -> Device:
    """Return the device with its address as numbers: the door asks no name server.

    Raises:
        ProblemsFound: The name is not known.
    """
    if device.driver != MODBUS_TCP:
        return device
    host, _, port = device.address.rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except OSError as error:
        message = f"{host!r} is not known: {error.strerror}"
        remedy = "check the name, or write the device's number, such as 192.168.1.20"
        raise ProblemsFound(device.id, [Problem("address", message, remedy)]) from None
    number = str(found[0][4][0])
    return replace(device, address=f"[{number}]:{port}" if ":" in number else f"{number}:{port}")


def waited(child: subprocess.Popen[bytes]) -> int | None:
    """Return how a child ended; None where it had to be killed."""
    try:
        return child.wait(timeout=GOODBYE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return None
