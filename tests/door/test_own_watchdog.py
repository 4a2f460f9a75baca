"""The device's own watchdog stays set: through a rebirth of the device and a stranger's hand; else its assets trip."""

from pathlib import Path

import pytest

from enerwise.devices.profiles import load_profile
from enerwise.door import own_watchdog
from enerwise.door.link import Done
from enerwise.door.loop import UNWATCHED
from enerwise.door.unit import Unit
from enerwise.guard import Checker
from enerwise.protocols.modbus import Request, TcpReader, TcpServerReader, tcp_answer, tcp_frame
from enerwise.run.plant.box import DeviceTwin
from enerwise.run.plant.server import answered
from enerwise.site.wiring import Device
from tests.door.builders import REFLEX_KEY, SECOND
from tests.door.rig import a_register
from tests.door.test_in_process import a_door
from tests.peers.modbus_peer import c_device

DEVICE = Device(
    "hybrid", "modbus_tcp", "127.0.0.1:502", profile="generic_hybrid", serves={"battery": "battery"}, comms_loss_s=4.0
)  # fmt: skip
WATCHDOG = 210


class TwinLink:
    """A line to a simulated device in this process: every question is answered at once."""

    def __init__(self, twin: DeviceTwin) -> None:
        self.twin, self.is_open, self.lost_count = twin, True, 0

    def ask(self, request: Request, done: Done, *, timeout_s: float, now_ns: int, is_urgent: bool = False) -> None:
        _, (asked,) = TcpServerReader().feed(tcp_frame(1, request))
        _, (response,) = TcpReader().feed(tcp_answer(1, answered(asked, self.twin, now_ns / SECOND)))
        done(response, "", now_ns)


class Bench:
    """One unit and its twin, on a clock of their own."""

    def __init__(self) -> None:
        profile = load_profile(DEVICE.profile)
        self.twin = DeviceTwin(DEVICE, profile)
        self.link = TwinLink(self.twin)
        self.unit = Unit(DEVICE, profile, self.link, safe_w={"battery": 0.0})  # type: ignore[arg-type]
        self.unit.trust(permits=None, reflexes=Checker(REFLEX_KEY))
        self.now_ns = 0
        self.run(2.0)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            self.now_ns += SECOND // 10
            self.unit.tick(self.now_ns)

    @property
    def held_s(self) -> float:
        return self.twin.bound.comms_loss_s_in(self.twin.words)

    def forget(self) -> None:
        """Be as a device that was born again: nothing is set."""
        for read in self.twin.bound.comms_loss_reads():
            for at in range(read.count):
                self.twin.words[read.table, read.address + at] = 0


def test_it_is_set_when_armed_and_not_a_moment_before() -> None:
    bench = Bench()
    assert bench.held_s != 4.0
    bench.unit.arm(bench.now_ns)
    assert (bench.held_s, bench.unit.comms_loss_s, bench.unit.is_unwatched) == (4.0, 4.0, False)


def test_a_device_that_was_born_again_is_told_again_as_soon_as_the_line_is_back() -> None:
    bench = Bench()
    bench.unit.arm(bench.now_ns)
    bench.link.is_open, bench.link.lost_count = False, 1
    bench.forget()
    bench.run(1.0)
    assert bench.held_s != 4.0
    bench.link.is_open = True
    bench.run(0.1)
    assert bench.held_s == 4.0


def test_a_strangers_hand_is_found_within_half_a_minute() -> None:
    bench = Bench()
    bench.unit.arm(bench.now_ns)
    bench.forget()
    bench.run(31.0)
    assert (bench.held_s, bench.unit.is_unwatched) == (4.0, False)
    assert "own watchdog" not in bench.unit.problems


def test_what_cannot_be_set_again_is_told_and_is_well_again_when_it_can() -> None:
    bench = Bench()
    bench.unit.arm(bench.now_ns)
    bench.twin.faults.is_deaf = True
    bench.forget()
    bench.run(31.0)
    assert bench.unit.is_unwatched
    assert "4 s was set" in bench.unit.problems["own watchdog"]
    bench.twin.faults.is_deaf = False
    bench.run(31.0)
    assert (bench.held_s, bench.unit.is_unwatched) == (4.0, False)
    assert "own watchdog" not in bench.unit.problems


def test_nothing_is_written_before_it_is_armed() -> None:
    bench = Bench()
    count = bench.twin.write_count
    bench.run(40.0)
    assert bench.twin.write_count == count == 0


def test_a_real_door_mends_it_and_trips_what_it_cannot_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_watchdog, "LOOK_NS", SECOND // 5)
    with c_device() as port, a_register(port) as register, a_door(tmp_path, port) as door:
        door.run()
        assert register.read(WATCHDOG) == 5
        register.write(WATCHDOG, 0)
        register.until(WATCHDOG, 5)
        assert door.command("state")["state"] == "running"
        monkeypatch.setattr(own_watchdog, "TRIES", 0)
        register.write(WATCHDOG, 99)
        told = door.until(lambda told: told.trips)
        assert [(each["subject"], each["cause"]) for each in told.trips] == [("battery", UNWATCHED)]
        register.write(WATCHDOG, 5)
        door.until(lambda told: not told.trips[0]["active"])
        assert door.command("reset", who="Ada", cause=UNWATCHED, subject="battery")["ok"]
