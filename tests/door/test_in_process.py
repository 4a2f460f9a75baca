"""The loop of the door and its watchdog within this process, against the C device: every branch can be looked at."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from enerwise.core.time import AnchoredClock, now_ns
from enerwise.devices.door_port import DoorDevices
from enerwise.devices.door_words import ASK_BYTES, TOLD_BYTES, Told
from enerwise.devices.mailbox import Mailbox, shared_memory
from enerwise.devices.profiles import load_profile
from enerwise.door import realtime
from enerwise.door.loop import Door
from enerwise.door.realtime import Granted
from enerwise.door.setup import BEAT_BYTES, Setup, Wires
from enerwise.door.watchdog import Watchdog
from enerwise.serve.control import command_door
from enerwise.serve.rules import watched_rules
from enerwise.site.wiring import Device
from tests.builders import a_battery, a_load, a_site
from tests.door.builders import a_setup
from tests.door.rig import PEER, SETPOINT, a_register
from tests.peers.modbus_peer import c_device
from tests.peers.ports import free_port

PLAIN = Granted(False, False, ("real time was not asked for",))


class InProcess:
    """A door in a thread, and the site's side of it."""

    def __init__(self, folder: Path, port: int, **facts: Any) -> None:
        sizes = {"ask": ASK_BYTES, "told": TOLD_BYTES, "beat": BEAT_BYTES, "pulse": BEAT_BYTES, "watch": BEAT_BYTES}
        self.fds = {name: shared_memory(name, size) for name, size in sizes.items()}
        self.life = os.pipe()
        self.audit = os.pipe()
        device = Device(
            "hybrid", "modbus_tcp", f"127.0.0.1:{port}", profile=str(PEER), poll_s=0.1, timeout_s=0.3,
            serves={"battery": "battery", "meter": "grid"},
        )  # fmt: skip
        site = a_site(a_battery(), a_load(), devices=[device])
        self.setup: Setup = replace(
            a_setup(site),
            devices=site.devices,
            profiles={"hybrid": load_profile(device.profile)},
            rules=watched_rules(site, site.devices),
            anchor=AnchoredClock.here().anchor,
            control_path=str(folder / "door.sock"),
            stop_file=str(folder / "STOP"),
            wires=self._wires(),
            **facts,
        )
        self.folder = folder
        self.door = Door(self.setup, PLAIN)
        self.site = DoorDevices(
            site, AnchoredClock(*self.setup.anchor), turn_s=1.0, control_path=folder / "door.sock",
            ask=Mailbox(self.fds["ask"], ASK_BYTES), told=Mailbox(self.fds["told"], TOLD_BYTES),
            beat=Mailbox(self.fds["beat"], BEAT_BYTES),
        )  # fmt: skip
        self._watch = Mailbox(self.fds["watch"], BEAT_BYTES)
        self._thread = threading.Thread(target=self._run)

    def _wires(self) -> Wires:
        fds: dict[str, Any] = {f"{name}_fd": fd for name, fd in self.fds.items()}
        return Wires(**fds, life_fd=self.life[0], audit_fd=self.audit[1])

    def _run(self) -> None:
        self.door.open()
        self.door.run()
        self.door.close()

    def start(self) -> None:
        self._thread.start()
        self.site.start()

    def command(self, do: str, **more: Any) -> dict[str, Any]:
        return command_door(self.folder / "door.sock", {"do": do, **more})

    def until(self, holds: Callable[[Told], object], *, patience_s: float = 5.0) -> Told:
        end_s = time.monotonic() + patience_s
        while True:
            self._watch.write(b"", written_ns=now_ns())
            told = self.site.told
            if told is not None and holds(told):
                return told
            assert time.monotonic() < end_s, told
            time.sleep(0.01)

    def run(self) -> None:
        self.start()
        self.until(lambda told: told.units[0]["fresh"])
        self.command("start", who="Ada")
        self.until(lambda told: told.state == "running")

    def close(self) -> None:
        self.site.stop()
        os.close(self.life[1])
        self._thread.join(timeout=5.0)
        assert not self._thread.is_alive(), "a door whose parent is gone ends by itself"
        for fd in (*self.fds.values(), self.life[0], *self.audit):
            os.close(fd)


@contextmanager
def a_door(folder: Path, port: int, **facts: Any) -> Iterator[InProcess]:
    door = InProcess(folder, port, **facts)
    try:
        yield door
    finally:
        door.close()


def test_a_door_starts_moves_stops_and_ends_with_its_parent(tmp_path: Path) -> None:
    with c_device() as port, a_register(port) as register:
        with a_door(tmp_path, port) as door:
            door.run()
            assert door.command("stop", cause="pressed")["acked_ms"].keys() == {"battery"}
            assert door.command("reset", who="Ada", cause="nothing")["ok"] is False
            assert door.command("reset", who="Ada", cause="pressed")["ok"]
            assert door.command("nonsense")["ok"] is False
            assert door.command("state")["state"] == "idle"
            door.command("start", who="Ada")
            door.until(lambda told: told.state == "running")
            door.command("pause", who="Ada")
            assert door.until(lambda told: told.state == "idle").why == "paused by Ada"
            health = door.until(lambda told: True).health
            assert not health["claims_fast_stop"]
            assert health["remarks"] == ["real time was not asked for"]
        assert register.read(SETPOINT) == 0


def test_the_stop_file_stops_and_keeps_from_starting(tmp_path: Path) -> None:
    with c_device() as port, a_door(tmp_path, port) as door:
        door.run()
        (tmp_path / "STOP").touch()
        told = door.until(lambda told: told.state == "stopped")
        assert told.why == "stop file STOP"
        door.command("reset", who="Ada", cause=told.why)
        door.command("start", who="Ada")
        refused = door.until(lambda told: bool(told.refusals))
        assert any("pressed" in each for each in refused.refusals)


def test_a_silent_watchdog_stops_the_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enerwise.door.loop.WATCHDOG_LIMIT_NS", 300_000_000)
    with c_device() as port, a_door(tmp_path, port) as door:
        door.run()
        end_s = time.monotonic() + 5.0
        while door.door.core.is_running and time.monotonic() < end_s:
            time.sleep(0.01)
        assert door.door.core.why == "lost heartbeat of the watchdog"


def test_a_lost_site_process_is_a_pause_where_that_is_set(tmp_path: Path) -> None:
    with c_device() as port, a_door(tmp_path, port, latches_site_loss=False) as door:
        door.run()
        door.site.stop()
        told = door.until(lambda told: told.state == "idle")
        assert told.why in ("the site process has ended", "lost heartbeat of the site process")


def test_a_crowd_at_the_socket_keeps_nobody_from_stopping(tmp_path: Path) -> None:
    import socket

    with c_device() as port, a_door(tmp_path, port) as door, contextlib.ExitStack() as crowd:
        door.run()
        for content in [b"", b"\xff\x00\n", b"{}\n", b"[1]\n", b"x" * 5000] * 8:
            line = crowd.enter_context(socket.socket(socket.AF_UNIX))
            line.settimeout(3.0)
            line.connect(str(tmp_path / "door.sock"))
            with contextlib.suppress(OSError):
                line.sendall(content)
        assert door.command("stop", cause="pressed")["ok"]
        assert door.until(lambda told: told.state == "stopped").why == "pressed"


def test_what_happened_is_handed_to_the_parent_line_by_line(tmp_path: Path) -> None:
    with c_device() as port, a_door(tmp_path, port) as door:
        door.run()
        door.command("stop", cause="pressed", who="Ada")
        told = os.read(door.audit[0], 1 << 16)
    assert b'"kind":"stop"' in told
    assert b'"who":"Ada"' in told


def test_the_watchdog_learns_then_waits_and_fires_when_the_door_falls_silent(tmp_path: Path) -> None:
    with c_device() as port, a_register(port) as register:
        door = InProcess(tmp_path, port)
        watchdog = Watchdog(door.setup)
        pulse = Mailbox(door.fds["pulse"], BEAT_BYTES)
        register.write(SETPOINT, 1200)

        def look(until: Callable[[], object], *, beats: bool) -> None:
            import select

            end_s = time.monotonic() + 5.0
            while not until():
                assert time.monotonic() < end_s
                if beats:
                    pulse.write(b"", written_ns=now_ns())
                watchdog.look(now_ns())
                for link in watchdog.links.values():
                    if link.fd is not None:
                        ready, writable, _ = select.select([link.fd], [link.fd], [], 0.005)
                        link.ready(now_ns(), readable=bool(ready), writable=bool(writable))

        unit = watchdog.units[0]
        look(lambda: unit.has_learned, beats=True)
        look(lambda: unit.link.fd is None, beats=True)
        assert register.read(SETPOINT) == 1200, "while the door speaks it holds no line and writes nothing"
        assert watchdog.fired_count == 0
        look(lambda: register.read(SETPOINT) == 0, beats=False)
        assert watchdog.fired_count >= 1
        watchdog.close()
        for fd in (*door.fds.values(), *door.life, *door.audit):
            os.close(fd)
        door.door.close()


def test_a_watchdog_of_a_passive_site_has_nothing_to_do(tmp_path: Path) -> None:
    door = InProcess(tmp_path, free_port(), is_passive=True)
    assert Watchdog(door.setup).units == []
    for fd in (*door.fds.values(), *door.life, *door.audit):
        os.close(fd)


def test_real_time_is_asked_for_and_refusals_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import gc

    def refuse(*args: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    try:
        assert not realtime.ask(wanted=False).is_realtime
        monkeypatch.setattr(os, "sched_setscheduler", refuse)
        monkeypatch.setattr(realtime, "_memory", lambda: "locked memory refused: no; grant CAP_IPC_LOCK")
        granted = realtime.ask()
        assert not granted.is_realtime
        assert "CAP_SYS_NICE" in granted.refusals[0]
        assert len(granted.refusals) == 2
    finally:
        gc.enable()
        gc.unfreeze()
