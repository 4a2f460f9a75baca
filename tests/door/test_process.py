"""The door as a process of its own, against a device that is not our code."""

import os
import signal
import socket
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.time import now_ns
from enerwise.guard.permit import REMEMBERED_COUNT
from tests.door.rig import SETPOINT, a_register, a_rig, open_pipe
from tests.peers.modbus_peer import c_device
from tests.peers.ports import free_port
from tests.safety.stops import pressed_ms

MS = 1_000_000


def test_a_wish_reaches_the_device_and_a_stop_brings_it_to_rest(tmp_path: Path) -> None:
    with c_device() as port, a_rig(tmp_path, port) as rig, a_register(port) as register:
        rig.move(1500.0)
        assert register.read(SETPOINT) == 1500
        answer = rig.command("stop", cause="pressed", who="Ada")
        assert answer["ok"]
        assert answer["state"] == "stopped"
        assert register.read(SETPOINT) == 0
        print(f"acknowledged by the device after {answer['acked_ms']['battery']:.2f} ms")
        rig.wish(1500.0)
        rig.until(lambda told: told.turn == 2)
        assert register.read(SETPOINT) == 0, "a stopped door hears no wish"


def test_hammering_on_stop_uses_up_nothing(tmp_path: Path) -> None:
    """More stops than a checker usually remembers, within the time of one reflex: each is acknowledged all the same."""
    with c_device() as port, a_rig(tmp_path, port) as rig:
        assert np.isfinite(pressed_ms(rig, REMEMBERED_COUNT + 100)).all()


def test_a_stop_is_reset_by_a_person_who_names_the_cause(tmp_path: Path) -> None:
    with c_device() as port, a_rig(tmp_path, port) as rig:
        rig.command("stop", cause="smoke in the cellar", who="Ada")
        assert not rig.command("reset", cause="smoke in the cellar")["ok"]
        assert "smoke in the cellar" in rig.command("reset", who="Ada", cause="nothing")["why"]
        assert rig.command("reset", who="Ada", cause="smoke in the cellar") == {"ok": True, "state": "idle"}


def test_the_file_the_port_and_the_wire_stop_too(tmp_path: Path) -> None:
    read, write = open_pipe()
    port_number = free_port()
    with c_device() as port, a_rig(tmp_path, port, stop_fds=(read,), stop_port=port_number) as rig:
        os.write(write, b"!")
        assert rig.until(lambda told: told.state == "stopped").why == "stop input stop input 1"
    with c_device() as port, a_rig(tmp_path / "port", port, stop_port=port_number) as rig:
        with (
            socket.create_connection(("127.0.0.1", port_number), timeout=2.0) as line,
            line.makefile("rb") as answers,
        ):
            line.sendall(b'{"do":"reset","who":"Eve","cause":""}\nSTOP\n')
            assert b"takes stops only" in answers.readline()
            assert b'"ok":true' in answers.readline()
        rig.until(lambda told: told.state == "stopped")
    with c_device() as port, a_rig(tmp_path / "file", port) as rig:
        rig.box.options.stop_file.touch()
        assert "stop file" in rig.until(lambda told: told.state == "stopped").why
        assert not all(rig.told.health["stop_inputs"].values())
    os.close(read)
    os.close(write)


def test_a_cut_stop_wire_is_a_stop(tmp_path: Path) -> None:
    read, write = open_pipe()
    with c_device() as port, a_rig(tmp_path, port, stop_fds=(read,)) as rig:
        os.close(write)
        assert "has ended" in rig.until(lambda told: told.state == "stopped").why
    os.close(read)


def test_a_dead_site_process_is_seen_at_once_by_its_pipe_and_soon_by_its_heartbeat(tmp_path: Path) -> None:
    with c_device() as port, a_rig(tmp_path, port) as rig, a_register(port) as register:
        rig.move(1200.0)
        began_ns = rig.cut_lifeline()
        took_ms = (register.until(SETPOINT, 0) - began_ns) / MS
        print(f"at rest {took_ms:.1f} ms after the pipe closed")
        assert rig.until(lambda told: told.state == "stopped").why == "the site process has ended"
    with c_device() as port, a_rig(tmp_path / "beat", port) as rig, a_register(port) as register:
        rig.move(1200.0)
        rig.site._ends.set()
        began_ns = now_ns()
        took_ms = (register.until(SETPOINT, 0) - began_ns) / MS
        print(f"at rest {took_ms:.1f} ms after the last heartbeat")
        assert rig.until(lambda told: told.state == "stopped").why == "lost heartbeat of the site process"


@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGSTOP])
def test_the_watchdog_brings_rest_when_the_door_is_gone(tmp_path: Path, with_signal: int) -> None:
    with c_device() as port, a_rig(tmp_path, port) as rig, a_register(port) as register:
        rig.move(1200.0)
        began_ns = rig.kill("door", with_signal)
        took_ms = (register.until(SETPOINT, 0) - began_ns) / MS
        print(f"at rest {took_ms:.0f} ms after signal {with_signal}")
        if with_signal == signal.SIGSTOP:
            rig.kill("door", signal.SIGCONT)
            assert "held up" in rig.until(lambda told: told.state == "stopped").why
        else:
            assert rig.until(lambda told: told.state == "stopped").why == "the door ended without a goodbye"
            assert ("died", "door") in [(each["kind"], each["subject"]) for each in rig.audit]


def test_a_box_that_ended_in_order_comes_up_idle_and_one_that_did_not_stopped(tmp_path: Path) -> None:
    with c_device() as port:
        with a_rig(tmp_path, port):
            pass
        with a_rig(tmp_path, port, runs=False) as rig:
            rig.box.start()
            rig.site.start()
            assert rig.until(lambda told: told.state != "none").state == "idle"
            rig.until(lambda told: bool(rig.box._memory.state))
            for name in ("door", "watchdog"):
                rig.kill(name)
                rig.box.processes.pop(name).child.wait()
        with a_rig(tmp_path, port, runs=False) as rig:
            rig.box.start()
            rig.site.start()
            told = rig.until(lambda told: told.state != "none")
            assert told.state == "stopped"
            assert "did not end in order" in told.why


def test_a_start_is_refused_with_every_reason_at_once(tmp_path: Path) -> None:
    with a_rig(tmp_path, free_port(), runs=False) as rig:
        rig.box.options.stop_file.touch()
        rig.box.start()
        rig.until(lambda told: told.state != "none")
        rig.command("reset", who="Ada", cause=rig.told.why)
        rig.command("start", who="Ada")
        told = rig.until(lambda told: bool(told.refusals))
        text = "\n".join(told.refusals)
        for reason in (
            "hybrid0: does not answer",
            "hybrid0: comms-loss time reads nan s",
            "site: last sign of life",
            "STOP: is pressed",
        ):
            assert reason in text
        rig.site.start()


def test_a_passive_site_puts_no_write_on_the_wire(tmp_path: Path) -> None:
    with c_device() as port, a_register(port) as register:
        before = register.write_count
        with a_rig(tmp_path, port, mode="passive") as rig:
            rig.wish(1000.0)
            rig.command("test")
            rig.command("stop", cause="pressed", who="Ada")
            rig.until(lambda told: told.state == "stopped")
        assert register.write_count == before


def test_a_test_stop_takes_the_whole_way_and_moves_nothing(tmp_path: Path) -> None:
    with c_device() as port, a_rig(tmp_path, port) as rig, a_register(port) as register:
        answer = rig.command("test")
        assert answer["ok"]
        assert answer["test"]
        assert set(answer["acked_ms"]) == {"battery"}
        assert rig.told.state == "running", "a test stop does not stop"
        rig.move(900.0)
        assert "moves" in rig.command("test")["why"]
        assert register.read(SETPOINT) == 900


def test_a_second_device_that_is_dead_delays_nothing(tmp_path: Path) -> None:
    with c_device() as port, a_rig(tmp_path, port, free_port(), runs=False) as rig, a_register(port) as register:
        rig.box.start()
        rig.site.start()
        rig.until(lambda told: bool(told.units) and told.units[0]["fresh"])
        answer = rig.command("stop", cause="pressed", who="Ada")
        assert not answer["ok"]
        assert answer["missing"] == ["battery1"]
        assert answer["acked_ms"]["battery"] < 500
        assert register.read(SETPOINT) == 0
