"""Before anything runs a person looks: at a smart meter that tells by itself, and at whatever else there is."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from enerwise.core.quantity import POWER_W
from enerwise.serve import looks
from enerwise.site.read import read_site
from tests.peers.ports import free_port
from tests.protocols.test_dsmr import BODY, closed

from .builders import enerwise as run
from .builders import said
from .test_wired import a_site_file

TAKEN = "1-0:1.7.0("


class Meter:
    """A smart meter on the network: a telegram every 0.2 s."""

    def __init__(self) -> None:
        self.power_kw = 0.4
        self.ends = threading.Event()

    def telegram(self) -> bytes:
        told = (f"{TAKEN}{self.power_kw:06.3f}*kW)" if each.startswith(TAKEN) else each for each in BODY.split("\r\n"))
        return closed("\r\n".join(told))


@contextmanager
def a_meter() -> Iterator[tuple[Meter, int]]:
    meter = Meter()

    class Line(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while not meter.ends.wait(0.2):
                self.request.sendall(meter.telegram())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = allow_reuse_address = True

    with Server(("127.0.0.1", 0), Line) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield meter, server.server_address[1]
        finally:
            meter.ends.set()
            server.shutdown()
            thread.join()


def a_metered_site(folder: Path, port: int) -> Path:
    path = a_site_file(folder)
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    data["devices"] = [
        {"id": "meter", "driver": "p1", "address": f"127.0.0.1:{port}", "serves": {"meter": "grid"}},
        {"id": "broker", "driver": "mqtt", "address": "127.0.0.1", "serves": {"home": "home"},
         "options": {"home.power_w": "home/power"}},
    ]  # fmt: skip
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def test_a_smart_meter_is_watched_and_its_sign_checked(tmp_path: Path) -> None:
    with a_meter() as (meter, port):
        path = a_metered_site(tmp_path, port)
        watched = said(run("devices", "watch", str(path), "--seconds", "1"))
        assert "meter: grid 400 W" in watched
        assert "broker: speaks mqtt; `enerwise health` shows it while the site runs" in watched

        def kettle() -> None:
            time.sleep(5.0)
            meter.power_kw = 2.4

        switched = threading.Thread(target=kettle)
        switched.start()
        assert "The sign is right" in said(run("devices", "check-sign", str(path), "--load", "2 kW", "--yes"))
        switched.join()


@pytest.mark.parametrize("command", [("watch", "--seconds", "1"), ("check-sign", "--yes")])
def test_a_meter_that_is_away_is_told(tmp_path: Path, command: tuple[str, ...]) -> None:
    path = a_metered_site(tmp_path, free_port())
    result = run("devices", command[0], str(path), *command[1:])
    assert "does not answer" in said(result)
    assert result.exit_code == (0 if command[0] == "watch" else 2)


def test_last_words_are_no_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "FRESH_S", 1.0)
    monkeypatch.setattr(looks, "FRESH_POLLS", 0.0)
    monkeypatch.setattr(looks, "FIRST_S", 2.0)
    with a_meter() as (meter, port):
        site = read_site(a_metered_site(tmp_path, port).read_text(encoding="utf-8"))
        with looks.Looks(site) as seen:
            assert seen.values(seen.devices[0])["meter", POWER_W] == 400.0
            meter.ends.set()
            time.sleep(1.5)
            with pytest.raises(OSError):
                seen.values(seen.devices[0])


def test_a_meter_that_is_not_looked_at_here_is_named(tmp_path: Path) -> None:
    with a_meter() as (_, port):
        path = a_metered_site(tmp_path, port)
        text = (
            path.read_text(encoding="utf-8").replace("meter: grid", "meter: home").replace("home: home", "grid: grid")
        )
        path.write_text(text.replace("home.power_w", "grid.power_w"), encoding="utf-8")
        result = run("devices", "check-sign", str(path), "--yes")
        assert "devices.broker: speaks mqtt, which is not looked at here" in said(result)


def test_a_site_without_anything_to_look_at_says_so(tmp_path: Path) -> None:
    path = a_metered_site(tmp_path, 1)
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    data["devices"] = data["devices"][1:]
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    assert "there is none that can be looked at" in said(run("devices", "watch", str(path), "--seconds", "1"))
