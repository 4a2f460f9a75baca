"""`enerwise plant`: does it play a site, say that it is simulated, end cleanly, and name what is wrong?"""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.serve.commands.plant import plant
from enerwise.serve.sites import read_site_file
from tests.peers.ports import free_port, wait_for
from tests.serve.builders import FLAT, a_site_file, enerwise, said

BRIEF_S = 0.25
DEVICE = "{id: hybrid, driver: modbus_tcp, profile: generic_hybrid, serves: {battery: battery, pv: roof, meter: grid}"


def a_wired_file(folder: Path, address: str | None = None) -> Path:
    """The flat home behind one hybrid inverter; its connection carries whatever a home may draw."""
    address = address or f"127.0.0.1:{free_port()}"
    strong = FLAT.replace("9 kW", "30 kW")
    return a_site_file(folder, f'{strong}devices:\n  - {DEVICE}, address: "{address}"}}\n')


def test_a_site_is_played_and_says_that_it_is_simulated(tmp_path: Path) -> None:
    site, state = a_wired_file(tmp_path), tmp_path / "state.json"
    result = enerwise("plant", site, "--seconds", BRIEF_S, "--json-state", state)
    assert result.exit_code == 0, said(result)
    for words in ("Simulated devices", "generic_hybrid", "Nothing real is moved", "beyond a limit in 0"):
        assert words in said(result)
    told = json.loads(state.read_text())
    assert told["simulated"] is True
    assert told["power_w"]["home"] > 0.0
    assert told["writes"] == {"hybrid": 0}
    assert told["violations"] == 0


def test_a_site_without_devices_gets_a_remedy(tmp_path: Path) -> None:
    result = enerwise("plant", a_site_file(tmp_path, FLAT), "--seconds", BRIEF_S)
    assert result.exit_code == 2
    assert "devices: there is none that can be played; add one, such as {id: hybrid" in said(result)


def test_a_machine_elsewhere_is_not_played_here_unless_it_is_moved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, moved, port = a_wired_file(tmp_path, "192.168.1.20"), tmp_path / "moved.yaml", free_port()
    result = enerwise("plant", site, "--seconds", BRIEF_S)
    assert result.exit_code == 2
    assert "192.168.1.20:502 is not this machine" in said(result)
    plant(site, seconds=BRIEF_S, port_base=port, site_out=moved)
    assert f"127.0.0.1:{port}" in capsys.readouterr().out
    assert moved.read_text().startswith("# Written by `enerwise plant home.yaml`")
    ours, theirs = read_site_file(site), read_site_file(moved)
    assert [each.address for each in theirs.devices] == [f"127.0.0.1:{port}"]
    assert (theirs.assets, theirs.tariff, theirs.connection) == (ours.assets, ours.tariff, ours.connection)


def test_faults_come_from_a_file_and_from_chance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site, faults, state = a_wired_file(tmp_path), tmp_path / "faults.jsonl", tmp_path / "state.json"
    faults.write_text('{"device": "hybrid", "fault": "silent", "after_s": 0.15}\n', encoding="utf-8")
    plant(site, seconds=BRIEF_S, faults_path=faults, state_path=state)
    assert json.loads(state.read_text())["faults"] == {"hybrid": {"is_silent": True}}
    plant(site, seconds=BRIEF_S, faults_every="10 min", seed=3)
    assert capsys.readouterr().out.count("Played 0 s") == 2


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"speed_ratio": 0.0}, "--speed: '0' cannot be used"),
        ({"speed_ratio": float("nan")}, "--speed"),
        ({"faults_every": "often"}, "--faults-every: 'often' cannot be used"),
        ({"faults_every": "10 ms"}, "--faults-every"),
        ({"faults_path": Path("absent.jsonl")}, "there is no such file"),
        ({"port_base": 70_000}, "70000 leaves no room"),
        ({"site_out": Path("moved.yaml")}, "add --port-base"),
        ({"state_path": Path("/absent/state.json")}, "--json-state"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(tmp_path: Path, asked: dict[str, Any], why: str) -> None:
    with pytest.raises(ProblemsFound, match=why):
        plant(a_wired_file(tmp_path), seconds=BRIEF_S, **asked)


def test_a_fault_file_that_cannot_be_read_names_the_line(tmp_path: Path) -> None:
    faults = tmp_path / "faults.jsonl"
    faults.write_text('\n{"device": "toaster", "fault": "silent"}\n', encoding="utf-8")
    with pytest.raises(ProblemsFound, match="line 2, device: 'toaster' is not played here; write one of hybrid"):
        plant(a_wired_file(tmp_path), seconds=BRIEF_S, faults_path=faults)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        result = enerwise("plant", a_wired_file(tmp_path, address), "--seconds", BRIEF_S)
    assert result.exit_code == 2
    assert f"{address}: cannot be opened" in said(result)


def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", "from enerwise.serve.cli import main; main()", "plant"]
    site = a_wired_file(tmp_path, f"127.0.0.1:{port}")
    with subprocess.Popen([*command, str(site)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        try:
            wait_for(port, limit_s=20.0)
            child.send_signal(signal.SIGINT)
            told, _ = child.communicate(timeout=10.0)
        finally:
            child.kill()
    assert child.returncode == 0, told
    assert b"beyond a limit in 0" in told
