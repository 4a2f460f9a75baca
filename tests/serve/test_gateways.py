"""`enerwise run` with devices that a gateway reaches: a boiler behind a broker and a car at a charger, simulated."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import yaml

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import LiveClock
from enerwise.run.plant.host import Host
from enerwise.serve.control import command_door
from enerwise.site.read import read_site
from enerwise.store.sqlite import SqliteStore
from tests.peers.broker import Broker, a_broker
from tests.peers.ports import free_port
from tests.safety.devices import a_live_plant

from .builders import enerwise as run
from .builders import said
from .test_wired import a_running_site, a_site_file, children, until, until_state

SUN_W = -6000.0


def a_site_with_gateways(folder: Path, broker_port: int, *, mode: str) -> Path:
    """The wired example with a small battery, so that there is surplus for a boiler and a car."""
    path = a_site_file(folder, mode=mode)
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    battery = next(each for each in data["assets"] if each["id"] == "battery")
    battery |= {"charge_limit": "1 kW", "discharge_limit": "1 kW"}
    data["assets"] += [
        {"id": "boiler", "kind": "load", "switch_power": "1.5 kW", "surplus_priority": "2"},
        {"id": "car", "kind": "load", "switch_power": "1.5 kW", "surplus_priority": "1"},
    ]
    data["devices"] += [
        {
            "id": "broker", "driver": "mqtt", "address": f"127.0.0.1:{broker_port}", "serves": {"boiler": "boiler"},
            "poll": "0.5 s", "timeout": "0.4 s",
            "options": {
                "boiler.power_w": "boiler/status | power | kW",
                "boiler.power_w.command": 'boiler/set | {"power": $value, "for": $valid_s} | kW',
            },
        },
        {
            "id": "chargers", "driver": "ocpp", "address": f"127.0.0.1:{free_port()}", "serves": {"CP-1": "car"},
            "options": {"CP-1.phases": "1", "CP-1.unit": "A", "CP-1.tag": "HOUSE"},
        },
    ]  # fmt: skip
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


@contextmanager
def a_house(folder: Path, *, mode: str = "self_consumption") -> Iterator[tuple[Path, Host, Broker]]:
    with a_broker(folder) as broker:
        path = a_site_with_gateways(folder, broker.port, mode=mode)
        site = read_site(path.read_text(encoding="utf-8"))
        with a_live_plant(site, load_w=500.0, sun_w=SUN_W) as host:
            yield path, host, broker


def test_surplus_goes_through_both_gateways_and_all_rests_when_the_door_says_so(tmp_path: Path) -> None:
    with a_house(tmp_path) as (path, host, broker), broker.watched("enerwise/#") as watcher:
        with a_running_site(path):
            until(lambda: host.plant.power_w["boiler"] == 1500.0, patience_s=30.0)
            until(lambda: host.plant.power_w["car"] > 1300.0, patience_s=30.0)
            told = command_door(path.with_suffix(".run") / "door.sock", {"do": "state"})
            assert [each["problems"] for each in told["units"]] == [[], [], []]
            watcher.until("online", topic="enerwise/status")
            watcher.until_so(bool, topic="enerwise/grid/power_w")
            stopped = run("stop", str(path), "--cause", "smoke", "--who", "Ada")
            for asset in ("battery", "boiler", "car"):
                assert asset in said(stopped)
            until(lambda: host.plant.power_w["boiler"] == host.plant.power_w["car"] == 0.0)
            run("reset", str(path), "--who", "Ada", "--cause", "smoke")
            run("start", str(path), "--who", "Ada")
            until(lambda: moves(host), patience_s=40.0)
        until(lambda: host.plant.power_w["boiler"] == host.plant.power_w["car"] == 0.0)
        assert host.state()["violations"] == 0
        with closing(SqliteStore(path.with_suffix(".db"), read_only=True)) as store:
            now = LiveClock().now()
            series = store.read(Key("boiler", POWER_W), now - np.timedelta64(1, "h"), now)
            assert max(series.value) > 1000.0, "what the boiler took is kept"


def test_a_gateway_that_is_killed_leaves_rest_behind_and_comes_back(tmp_path: Path) -> None:
    with a_house(tmp_path) as (path, host, _), a_running_site(path) as process:
        until(lambda: moves(host), patience_s=40.0)
        before = {each: named(process.pid, each) for each in ("broker", "chargers")}
        writes = dict(host.state()["writes"])
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        # The broker says the last will; a charger whose line has ended keeps its limit until that ends.
        until(lambda: host.plant.power_w["boiler"] == 0.0)
        until(lambda: moves(host) and host.state()["writes"]["chargers"] > writes["chargers"], patience_s=40.0)
        assert all(named(process.pid, name) != pid for name, pid in before.items())
        assert command_door(path.with_suffix(".run") / "door.sock", {"do": "state"})["state"] == "running"


def test_when_the_door_is_killed_gateways_bring_all_to_rest(tmp_path: Path) -> None:
    with a_house(tmp_path) as (path, host, _), a_running_site(path) as process:
        until(lambda: moves(host), patience_s=40.0)
        os.kill(named(process.pid, "enerwise.door\0door"), signal.SIGKILL)
        until(lambda: host.plant.power_w["boiler"] == host.plant.power_w["car"] == 0.0, patience_s=5.0)
        until_state(path, "stopped")
        assert host.plant.power_w["boiler"] == host.plant.power_w["car"] == 0.0


def test_a_passive_site_writes_nothing_through_a_gateway(tmp_path: Path) -> None:
    with a_house(tmp_path, mode="passive") as (path, host, _), a_running_site(path):
        until(lambda: live_of(path, "boiler.power_w") and live_of(path, "car.power_w"), patience_s=40.0)
        assert set(host.state()["writes"].values()) == {0}


def moves(host: Host) -> bool:
    """Whether the surplus goes into both."""
    return host.plant.power_w["boiler"] > 0.0 and host.plant.power_w["car"] > 0.0


def live_of(path: Path, key: str) -> bool:
    return key in command_door(path.with_suffix(".run") / "door.sock", {"do": "state"})["live"]


def named(pid: int, name: str) -> int:
    """The process below one that has a name on its command line."""
    return next(each for each in children(pid) if name.encode() in Path(f"/proc/{each}/cmdline").read_bytes())
