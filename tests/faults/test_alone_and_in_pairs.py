"""Processes and devices fail, alone and in pairs, while a battery is moved on a simulated plant behind the real door.

Whatever happens: no limit is broken at the twin, what must rest does, and the dead are restarted. One of the single
faults runs with every test; all of them, and all pairs, run with `make soak`.
"""

import itertools
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from enerwise.run.plant.host import Host
from enerwise.serve.box import Box
from tests.peers.ports import free_port
from tests.safety.devices import a_live_plant, a_running_box, a_wired_site, until_state

Fault = Callable[[Box, Host], None]
LASTS_S = 9.0
"""Longer than any device's own comms-loss time and a watchdog's second."""


def _killed(name: str) -> Fault:
    return lambda box, host: box.processes[name].child.kill()


def _device(**faults: bool) -> Fault:
    return lambda box, host: host.fault("hybrid", **faults)


FAULTS: dict[str, Fault] = {
    "door dies": _killed("door"),
    "watchdog dies": _killed("watchdog"),
    "site process dies": _killed("site"),
    "device is silent": _device(is_silent=True),
    "device is frozen": _device(is_frozen=True),
    "meter is turned": _device(is_flipped=True),
    "device ignores setpoints": _device(is_stuck=True),
    "device drops connections": _device(resets=True),
}
RESTS = {"door dies", "site process dies", "device is silent", "device drops connections"}
"""After these everything that can still be reached, or looks after itself, is at rest."""
QUICK = ("door dies",)


@pytest.mark.parametrize("name", QUICK)
def test_alone(name: str, tmp_path: Path) -> None:
    _suffer((name,), tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("name", [each for each in FAULTS if each not in QUICK])
def test_alone_too(name: str, tmp_path: Path) -> None:
    _suffer((name,), tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("pair", list(itertools.combinations(FAULTS, 2)), ids=" and ".join)
def test_in_pairs(pair: tuple[str, str], tmp_path: Path) -> None:
    _suffer(pair, tmp_path)


def _suffer(names: tuple[str, ...], folder: Path) -> None:
    site = a_wired_site(free_port())
    with a_live_plant(site, load_w=1200.0, sun_w=0.0) as host, a_running_box(site, folder) as box:
        until_state(box, "running")
        _until(lambda: host.plant.power_w["battery"] < -1000.0)
        for name in names:
            FAULTS[name](box, host)
        end_s = time.monotonic() + LASTS_S
        while time.monotonic() < end_s:
            box.look()
            time.sleep(0.05)
        moves_w = abs(host.plant.power_w["battery"])
        if RESTS & set(names) and "device ignores setpoints" not in names:
            assert moves_w < 50.0, f"{names}: the battery still moves {moves_w:.0f} W"
        assert host.state()["violations"] == 0, host.state()
        assert all(each.child.poll() is None for each in box.processes.values()), "the dead are restarted"
        assert all(np.isfinite(value_w) for value_w in host.plant.power_w.values())


def _until(holds: Callable[[], bool], *, patience_s: float = 15.0) -> None:
    end_s = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < end_s
        time.sleep(0.05)


@pytest.mark.soak
def test_each_process_killed_at_random_moments(tmp_path: Path) -> None:
    """Ten minutes of a person who resets and starts again, and of somebody with `kill -9`."""
    rng = np.random.default_rng(1)
    site = a_wired_site(free_port())
    with a_live_plant(site, load_w=1200.0, sun_w=-3000.0) as host, a_running_box(site, tmp_path) as box:
        end_s = time.monotonic() + 600.0
        kills = 0
        while time.monotonic() < end_s:
            told = box.look()
            if told is not None and told.state in ("stopped", "error"):
                box.command({"do": "reset", "who": "Ada", "cause": told.why})
            elif told is not None and told.state == "idle":
                box.command({"do": "start", "who": "Ada"})
            elif told is not None and told.state == "running" and rng.random() < 0.05:
                box.processes[str(rng.choice(list(box.processes)))].child.kill()
                kills += 1
            time.sleep(0.2)
        assert kills > 5
        assert host.state()["violations"] == 0, host.state()
