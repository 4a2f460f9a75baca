"""Gateways and what is behind them fail, alone and in pairs, while a boiler and a car take the surplus of a home.

Whatever happens: no limit is broken at the twin, what must rest does, and the dead are restarted. All of it runs with
`make soak`; with every test, gateways die alone in `tests/serve/test_gateways.py`.
"""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from enerwise.run.plant.host import Host
from enerwise.serve.box import Box
from enerwise.site.read import read_site
from tests.peers.broker import Broker
from tests.safety.devices import a_running_box, until_state
from tests.serve.test_gateways import a_house, moves

LASTS_S = 9.0
STARTS_S = 40.0


@dataclass(frozen=True)
class House:
    """Everything that can fail."""

    box: Box
    host: Host
    broker: Broker

    def kill(self, name: str) -> None:
        self.box.processes[name].child.kill()


Fault = Callable[[House], None]
FAULTS: dict[str, Fault] = {
    "gateway of the broker dies": lambda house: house.kill("gateway broker"),
    "gateway of the chargers dies": lambda house: house.kill("gateway chargers"),
    "broker dies": lambda house: house.broker.kill(),
    "charger hangs": lambda house: house.host.fault("chargers", is_silent=True),
    "charger drops connections": lambda house: house.host.fault("chargers", resets=True),
    "boiler ignores setpoints": lambda house: house.host.fault("broker", is_stuck=True),
    "door dies": lambda house: house.kill("door"),
    "site process dies": lambda house: house.kill("site"),
    "watchdog dies": lambda house: house.kill("watchdog"),
    "meter is turned": lambda house: house.host.fault("hybrid", is_flipped=True),
    "hybrid is silent": lambda house: house.host.fault("hybrid", is_silent=True),
}
RESTS = {"door dies", "site process dies"}
"""After these nothing is wished for any more."""
UNREACHED = {
    "boiler": {"broker dies", "boiler ignores setpoints", "gateway of the broker dies"},
    "car": {"charger hangs", "charger drops connections", "gateway of the chargers dies"},
}
"""Where nobody reaches a device it does what it was told until that ends."""


@pytest.mark.soak
@pytest.mark.parametrize("name", FAULTS)
def test_alone(name: str, tmp_path: Path) -> None:
    _suffer((name,), tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("pair", list(itertools.combinations(FAULTS, 2)), ids=" and ".join)
def test_in_pairs(pair: tuple[str, str], tmp_path: Path) -> None:
    _suffer(pair, tmp_path)


def _suffer(names: tuple[str, ...], folder: Path) -> None:
    with a_house(folder) as (path, host, broker), a_running_box(read_site(path.read_text()), folder / "box") as box:
        until_state(box, "running", patience_s=STARTS_S)
        _look(box, lambda: moves(host), patience_s=STARTS_S)
        for name in names:
            FAULTS[name](House(box, host, broker))
        _look(box, lambda: False, patience_s=LASTS_S, must_hold=False)
        if RESTS & set(names):
            for asset, unreached in UNREACHED.items():
                if not unreached & set(names):
                    assert host.plant.power_w[asset] == 0.0, f"{names}: {asset} still takes power"
        assert host.state()["violations"] == 0, host.state()
        assert all(each.child.poll() is None for each in box.processes.values()), "the dead are restarted"


def _look(box: Box, holds: Callable[[], bool], *, patience_s: float, must_hold: bool = True) -> None:
    end_s = time.monotonic() + patience_s
    while not holds():
        box.look()
        if time.monotonic() > end_s:
            assert not must_hold
            return
        time.sleep(0.05)


@pytest.mark.soak
def test_each_process_killed_at_random_moments(tmp_path: Path) -> None:
    """Ten minutes of a person who resets and starts again, and of somebody with `kill -9`."""
    rng = np.random.default_rng(2)
    with a_house(tmp_path) as (path, host, _), a_running_box(read_site(path.read_text()), tmp_path / "box") as box:
        end_s, kills = time.monotonic() + 600.0, 0
        while time.monotonic() < end_s:
            told = box.look()
            if told is not None and told.state in ("stopped", "error"):
                box.command({"do": "reset", "who": "Ada", "cause": told.why})
            elif told is not None and told.state == "idle":
                box.command({"do": "start", "who": "Ada"})
            elif told is not None and told.state == "running" and moves(host) and rng.random() < 0.05:
                box.processes[str(rng.choice(list(box.processes)))].child.kill()
                kills += 1
            time.sleep(0.2)
        assert kills > 5
        assert host.state()["violations"] == 0, host.state()
        # Whatever it was, everything comes back.
        _look(box, lambda: moves(host), patience_s=STARTS_S)
