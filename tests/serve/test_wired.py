"""The command line against machines on a wire: a simulated plant, the real door, and a person at the keyboard."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from enerwise.run.plant.host import Host
from enerwise.serve.control import command_door
from enerwise.serve.memory import Memory
from enerwise.site.read import read_site
from enerwise.store.audit import AuditLog
from tests.peers.ports import free_port
from tests.safety.devices import a_live_plant

from .builders import enerwise as run
from .builders import said

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "lindenweg_wired.yaml"


def a_site_file(folder: Path, *, mode: str = "self_consumption", **device: str) -> Path:
    """The wired example with a free port."""
    data = yaml.load(EXAMPLE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    data["devices"][0] |= {"address": f"127.0.0.1:{free_port()}", "poll": "0.5 s", "timeout": "0.4 s", **device}
    data["control"]["mode"] = mode
    path = folder / "home.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


@contextmanager
def a_plant(path: Path, *, load_w: float = 900.0) -> Iterator[Host]:
    with a_live_plant(read_site(path.read_text(encoding="utf-8")), load_w=load_w, sun_w=0.0) as host:
        yield host


@contextmanager
def a_running_site(path: Path, *options: str, first: str = "running") -> Iterator[subprocess.Popen[str]]:
    """`enerwise run`, as a person starts it, ended as a person ends it; its door comes to this state ``first``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "enerwise.serve.cli", "run", str(path), "--turn", "1 s", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "ENERWISE_TRACEBACK": "1", "PORT": "0"},
    )
    try:
        until_state(path, first)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        process.stdout.read()
        process.stdout.close()
        assert process.wait(timeout=15.0) == 0


def until_state(path: Path, state: str, *, patience_s: float = 20.0) -> None:
    end_s = time.monotonic() + patience_s
    told = "no door"
    while told != state:
        assert time.monotonic() < end_s, f"the door is {told}, not {state}"
        time.sleep(0.1)
        try:
            told = str(command_door(path.with_suffix(".run") / "door.sock", {"do": "state"})["state"])
        except OSError:
            continue


def until(holds: object, *, patience_s: float = 10.0) -> None:
    end_s = time.monotonic() + patience_s
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end_s
        time.sleep(0.05)


def test_a_site_runs_is_stopped_reset_and_started_again(tmp_path: Path) -> None:
    path = a_site_file(tmp_path)
    with a_plant(path) as host:
        with a_running_site(path):
            until(lambda: host.plant.power_w["battery"] < -850.0)
            stopped = run("stop", str(path), "--cause", "smoke", "--who", "Ada")
            assert "Stopped: battery after" in said(stopped)
            until(lambda: abs(host.plant.power_w["battery"]) < 20.0)
            assert "Door: stopped (smoke)" in said(run("health", str(path)))
            refused = run("reset", str(path), "--who", "Ada")
            assert refused.exit_code == 2
            assert '--cause "smoke"' in said(refused)
            assert run("reset", str(path), "--who", "Ada", "--cause", "fire").exit_code == 2
            assert "Reset" in said(run("reset", str(path), "--who", "Ada", "--cause", "smoke"))
            assert "The door is running" in said(run("start", str(path), "--who", "Ada"))
            until(lambda: host.plant.power_w["battery"] < -850.0)
            moving = run("stop", str(path), "--test")
            assert moving.exit_code == 2
            assert "moves" in said(moving)
            told = tmp_path / "health.json"
            run("health", str(path), "--json", str(told))
            assert json.loads(told.read_text(encoding="utf-8"))["state"] == "running"
        until(lambda: abs(host.plant.power_w["battery"]) < 20.0)
        assert host.state()["violations"] == 0
    verified = run("audit", "verify", str(path))
    assert "unbroken" in said(verified)
    shown = run("audit", "show", str(path), "--kind", "stop")
    assert "smoke" in said(shown)
    assert "Ada" in said(shown)
    why = run("why", "--store", str(path.with_suffix(".db")), time.strftime("%H:%M"))
    assert why.exit_code in (0, 2), why.output


def test_after_a_power_cut_a_reset_alone_starts_nothing(tmp_path: Path) -> None:
    path = a_site_file(tmp_path)
    folder = path.with_suffix(".run")
    folder.mkdir()
    Memory(folder).begin()
    with a_plant(path), a_running_site(path, first="stopped"):
        cause = command_door(folder / "door.sock", {"do": "state"})["why"]
        assert "Reset" in said(run("reset", str(path), "--who", "Ada", "--cause", cause))
        until_state(path, "idle")
        # Long enough for the box to look several times: it would start what it may start by itself.
        time.sleep(5.0)
        assert command_door(folder / "door.sock", {"do": "state"})["state"] == "idle"
        assert "The door is running" in said(run("start", str(path), "--who", "Ada"))


def test_a_stop_input_stops_and_no_process_listens_beyond_this_machine(tmp_path: Path) -> None:
    path, button = a_site_file(tmp_path), tmp_path / "button"
    os.mkfifo(button)
    port = free_port()
    with a_plant(path), a_running_site(path, "--stop-input", str(button), "--stop-port", str(port)) as process:
        listening = {each for pid in [process.pid, *children(process.pid)] for each in listeners(pid)}
        assert listening == {("0100007F", port)}, "loopback, and only what was asked for"
        with button.open("wb", buffering=0) as pressed:
            pressed.write(b"!")
        until_state(path, "stopped")
    wrong = run("run", str(path), "--stop-input", str(tmp_path / "nothing"))
    assert wrong.exit_code == 2
    assert "--stop-input" in said(wrong)


def children(pid: int) -> list[int]:
    """All processes below one."""
    own = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]
    return own + [each for child in own for each in children(child)]


def listeners(pid: int) -> set[tuple[str, int]]:
    """Address, as the kernel writes it, and port of every TCP socket a process listens on."""
    inodes = {str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text(encoding="utf-8").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                address, _, port = fields[1].partition(":")
                found.add((address, int(port, 16)))
    return found


def test_commissioning_walks_through_the_real_door_and_signs_what_it_saw(tmp_path: Path) -> None:
    path = a_site_file(tmp_path)
    with a_plant(path) as host:
        walked = run("commission", str(path), "--who", "Ada", "--yes")
        assert walked.exit_code == 0, said(walked)
        assert host.state()["violations"] == 0
    report = path.with_suffix(".commissioning.json")
    steps = json.loads(report.read_text(encoding="utf-8"))["steps"]
    assert len(steps) == 9
    assert {each["outcome"] for each in steps} <= {"passed", "skipped"}
    assert "is as it was written" in said(run("commission", str(path), "--who", "Ada", "--verify", str(report)))
    report.write_text(report.read_text(encoding="utf-8").replace("Ada", "Eve"), encoding="utf-8")
    altered = run("commission", str(path), "--who", "Ada", "--verify", str(report))
    assert altered.exit_code == 2
    assert "was altered" in said(altered)


@pytest.mark.parametrize(
    ("fault", "step"),
    [
        ({"is_flipped": True}, "Sign and reach"),
        ({"is_deaf": True}, "Arming"),
        pytest.param({"is_silent": True}, "Devices answer", marks=pytest.mark.soak),
    ],
    ids=["turned", "deaf", "silent"],
)
def test_commissioning_ends_where_a_machine_is_not_in_order(tmp_path: Path, fault: dict[str, bool], step: str) -> None:
    path = a_site_file(tmp_path)
    with a_plant(path) as host:
        host.fault("hybrid", **fault)
        walked = run("commission", str(path), "--who", "Ada", "--yes")
    assert walked.exit_code == 2
    steps = json.loads(path.with_suffix(".commissioning.json").read_text(encoding="utf-8"))["steps"]
    assert steps[-1]["outcome"] == "failed"
    assert steps[-1]["name"].startswith(step)


def test_devices_are_found_and_shown_without_a_write(tmp_path: Path) -> None:
    path = a_site_file(tmp_path)
    address = read_site(path.read_text(encoding="utf-8")).devices[0].address
    with a_plant(path) as host:
        assert "generic_hybrid" in said(run("devices", "probe", address))
        assert "soc_ratio" in said(run("devices", "probe", address, "--profile", "generic_hybrid"))
        found = run("devices", "scan", "127.0.0.1", "--port", address.rpartition(":")[2])
        assert "shows no SunSpec map" in said(found)
        assert "grid " in said(run("devices", "watch", str(path), "--seconds", "1"))
        threading.Timer(4.0, lambda: host.fault("hybrid", adds={"meter.power_w": 2000.0})).start()
        assert "The sign is right" in said(run("devices", "check-sign", str(path), "--load", "2 kW", "--yes"))
        threading.Timer(4.0, lambda: host.fault("hybrid", adds={"meter.power_w": -2000.0})).start()
        turned = run("devices", "check-sign", str(path), "--load", "2 kW", "--yes")
        assert turned.exit_code == 2
        assert host.state()["writes"] == {"hybrid": 0}


def test_a_sunspec_device_says_what_it_is(tmp_path: Path) -> None:
    path = a_site_file(tmp_path, profile="sunspec_storage", serves={"battery": "battery"})  # type: ignore[arg-type]
    address = read_site(path.read_text(encoding="utf-8")).devices[0].address
    with a_plant(path):
        found = run("devices", "scan", "127.0.0.1", "--port", address.rpartition(":")[2])
        assert "SunSpec models 1, " in said(found)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("devices", "scan", "8.8.8.0/24"), "not a network of your own"),
        (("devices", "scan", "10.0.0.0/8"), "scan at most"),
        (("devices", "scan", "home"), "is no network"),
        (("devices", "probe", "127.0.0.1:1"), "does not answer"),
        (("devices", "probe", "127.0.0.1:1", "--profile", "toaster"), "is not known"),
    ],
)
def test_what_cannot_be_looked_at_is_told_with_a_remedy(args: tuple[str, ...], words: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert words in said(result)


def test_commands_to_a_site_that_does_not_run_say_so(tmp_path: Path) -> None:
    path = a_site_file(tmp_path)
    for args in (("stop",), ("start",), ("health",), ("reset", "--who", "Ada", "--cause", "x")):
        result = run(args[0], str(path), *args[1:])
        assert result.exit_code == 2
        assert "start the site first" in said(result)


def test_the_audit_is_exported_and_a_break_is_named(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    for number in range(5):
        log.write(f"2024-07-01T12:00:0{number}", "stop", "*", {"number": number}, who="Ada")
    log.close()
    out = tmp_path / "out.jsonl"
    assert "2 lines" in said(run("audit", "export", str(tmp_path), "--from", "2024-07-01T12:00:03", "--out", str(out)))
    assert [json.loads(line)["payload"]["number"] for line in out.read_text(encoding="utf-8").splitlines()] == [3, 4]
    table = tmp_path / "out.csv"
    run("audit", "export", str(tmp_path), "--out", str(table))
    assert len(table.read_text(encoding="utf-8").splitlines()) == 6
    file = next(tmp_path.glob("audit-*.jsonl"))
    file.write_bytes(file.read_bytes().replace(b'"number":2', b'"number":7'))
    broken = run("audit", "verify", str(tmp_path))
    assert broken.exit_code == 2
    assert "line 3" in said(broken)


def test_profiles_are_listed_with_their_sources() -> None:
    listed = said(run("devices", "profiles"))
    assert "generic_hybrid" in listed
    assert "sunspec_storage" in listed
