"""A real door with its watchdog, a foreign device behind it, and a stand-in for the site process.

The device is the C program of `tests.peers.modbus_peer`: it holds numbers and has no battery behind it.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from enerwise.core.quantity import POWER_W
from enerwise.core.time import now_ns
from enerwise.devices.door_port import DoorDevices
from enerwise.devices.door_words import ASK_BYTES, TOLD_BYTES, Told
from enerwise.devices.mailbox import Mailbox
from enerwise.devices.port import Receipt
from enerwise.door.setup import BEAT_BYTES
from enerwise.guard.permit import seal
from enerwise.protocols import modbus
from enerwise.serve.box import Box, Options
from enerwise.site.site import Control
from enerwise.site.wiring import MODBUS_TCP, Device
from tests.builders import a_battery, a_load, a_site
from tests.peers.modbus_peer import WRITE_COUNTER

SETPOINT = 200
PEER = Path(__file__).with_name("peer.toml")
PATIENCE_S = 8.0


class Rig:
    """Everything of one box, in one hand."""

    def __init__(self, folder: Path, ports: Sequence[int], *, mode: str = "self_consumption", **options: Any) -> None:
        self.ports = ports
        self.assets = [f"battery{at}" if at else "battery" for at in range(len(ports))]
        facts = options.pop("device", {})
        devices = [
            _device(at, asset, port, has_meter=at == 0, **facts)
            for at, (asset, port) in enumerate(zip(self.assets, ports, strict=True))
        ]
        batteries = [a_battery(asset) for asset in self.assets]
        site = a_site(*batteries, a_load(), devices=devices, control=Control(mode=mode))
        self.audit: list[Any] = []
        self.box = Box(site, Options(folder, **options), audit=self.audit.append)
        self.told_box = Mailbox(self.box.fds["told"], TOLD_BYTES)
        self.pulse = Mailbox(self.box.fds["pulse"], BEAT_BYTES)
        self.site = DoorDevices(
            site,
            self.box.clock,
            ask=Mailbox(self.box.fds["ask"], ASK_BYTES),
            told=self.told_box,
            beat=Mailbox(self.box.fds["beat"], BEAT_BYTES),
            turn_s=1.0,
            control_path=self.box.options.control_path,
        )
        self._nonce = 0

    @property
    def told(self) -> Told:
        """What the door said last."""
        self.box.look()
        message = self.told_box.read()
        return Told(state="none") if message is None else Told.from_bytes(message.content)

    def run(self) -> None:
        """Start everything and wait until the door runs."""
        self.box.start()
        self.site.start()
        self.until(lambda told: bool(told.units) and all(each["fresh"] for each in told.units))
        self.command("start", who="Ada")
        self.until(lambda told: told.state == "running")

    def until(self, holds: Any, *, patience_s: float = PATIENCE_S) -> Told:
        """Wait, bounded, until what the door says holds."""
        end_s = time.monotonic() + patience_s
        while True:
            told = self.told
            if holds(told):
                return told
            assert time.monotonic() < end_s, f"waited for {patience_s} s; the door says {told}"
            time.sleep(0.01)

    def command(self, do: str, **more: Any) -> dict[str, Any]:
        return self.box.command({"do": do, **more})

    def wish(self, value_w: float, asset: str = "battery", *, valid_s: float = 30.0) -> tuple[Receipt, ...]:
        """Send a permit of the site's guard."""
        self._nonce += 1
        now = self.box.clock.now()
        until = now + np.timedelta64(int(valid_s * 1000), "ms")
        permit = seal(
            self.box.ask_key, asset=asset, quantity=POWER_W, value=value_w, valid_until=until, nonce=self._nonce
        )
        return asyncio.run(self.site.apply([permit], now))

    def move(self, value_w: float) -> None:
        """Send a permit and wait until the device has it."""
        self.wish(value_w)
        self.until(lambda told: any(each["told"].get("battery") == value_w for each in told.units))

    def kill(self, name: str, with_signal: int = signal.SIGKILL) -> int:
        """Send a signal to a process of the box; return when. [ns]"""
        self.box.processes[name].child.send_signal(with_signal)
        return now_ns()

    def cut_lifeline(self) -> int:
        """Close the site process's line, as the system does when it dies; return when. [ns]"""
        self.until(lambda told: self.site._lifeline is not None)
        assert self.site._lifeline is not None
        self.site._lifeline.close()
        return now_ns()

    def close(self) -> None:
        self.site.stop()
        for process in list(self.box.processes.values()):
            with contextlib.suppress(ProcessLookupError):
                process.child.send_signal(signal.SIGCONT)
        self.box.goodbye()


@contextmanager
def a_rig(folder: Path, *ports: int, runs: bool = True, **options: Any) -> Iterator[Rig]:
    """A box with a device at each port, running unless told otherwise."""
    rig = Rig(folder, ports, **options)
    try:
        if runs:
            rig.run()
        yield rig
    finally:
        rig.close()


class Register:
    """Reads and writes the C device as a stranger would, over a connection of its own."""

    def __init__(self, port: int) -> None:
        import socket

        self._socket = socket.create_connection(("127.0.0.1", port), timeout=2.0)
        self._count = 0

    def read(self, address: int) -> int:
        """Return a holding register as a signed number."""
        word = self._ask(modbus.Request.read(1, modbus.Table.HOLDING, address, 1)).words[0]
        return word - 0x10000 if word >= 0x8000 else word

    def write(self, address: int, word: int) -> None:
        self._ask(modbus.Request.write(1, 6, address, (word & 0xFFFF,)))

    @property
    def write_count(self) -> int:
        return self.read(WRITE_COUNTER) & 0xFFFF

    def until(self, address: int, value: int, *, patience_s: float = 5.0) -> int:
        """Wait until a register holds a value; return when it did. [ns]"""
        end_s = time.monotonic() + patience_s
        while self.read(address) != value:
            assert time.monotonic() < end_s, f"register {address} holds {self.read(address)}, not {value}"
        return now_ns()

    def close(self) -> None:
        self._socket.close()

    def _ask(self, request: modbus.Request) -> modbus.Response:
        self._count += 1
        number = modbus.transaction_id(self._count)
        self._socket.sendall(modbus.tcp_frame(number, request))
        reader, found = modbus.TcpReader(), list[modbus.Response]()
        while not found:
            said = self._socket.recv(4096)
            assert said, "the device hung up"
            reader, found = reader.feed(said)
        return found[0]


@contextmanager
def a_register(port: int) -> Iterator[Register]:
    """A stranger's connection to a device."""
    register = Register(port)
    try:
        yield register
    finally:
        register.close()


def _device(at: int, asset: str, port: int, *, has_meter: bool, **facts: Any) -> Device:
    serves = {"battery": asset} | ({"meter": "grid"} if has_meter else {})
    defaults = {"poll_s": 0.5, "timeout_s": 0.4, "comms_loss_s": 5.0}
    return Device(
        f"hybrid{at}", MODBUS_TCP, f"127.0.0.1:{port}", profile=str(PEER), serves=serves, **{**defaults, **facts}
    )


def open_pipe() -> tuple[int, int]:
    """A pipe whose reading end children may hold."""
    read, write = os.pipe()
    os.set_inheritable(read, True)
    return read, write
