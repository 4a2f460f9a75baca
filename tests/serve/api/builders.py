"""A face over two homes that were really run on a virtual clock, asked without a socket."""

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from enerwise.core.quantity import POWER_W, SOC_RATIO
from enerwise.core.series import Key
from enerwise.core.time import Instant, VirtualClock, instant, now_ns
from enerwise.devices.door_words import Told
from enerwise.run.jobs import planning
from enerwise.run.loop import play
from enerwise.run.venue_read import read_market
from enerwise.run.world import World, simulated
from enerwise.serve.api.access import ROLES, Action, Caller
from enerwise.serve.api.app import make_app
from enerwise.serve.api.face import Desk, Door, Face, NoDoor
from enerwise.serve.generated import generate, keep_history
from enerwise.serve.market_desk import MarketDesk, Places
from enerwise.serve.site_desk import SiteDesk
from enerwise.site.read import read_site
from enerwise.site.site import Site
from enerwise.store.sqlite import SqliteStore

from ...run.venues import market_text

HOME = """\
name: {name}
timezone: Europe/Berlin
connection: {{import_limit: 9 kW, export_limit: 9 kW, fuse: 35 A, phases: 3}}
tariff:
  import: {{otherwise: 0.27 EUR/kWh, periods: [{{price: 0.52 EUR/kWh, from: "14:00", to: "20:00", days: weekdays}}]}}
  export: 0.08 EUR/kWh
carbon: {{grid: 363 g/kWh, source: "UBA 2024"}}
safety:
  main_switch: in the cellar, left of the door
  recovery: [Look for smoke and smell.]
  contacts: [{{name: Elektro Meier, phone: "+49 30 1234567", role: installer}}]
assets:
  - {{id: roof, kind: pv, peak: 6 kWp, curtail: yes}}
  - {{id: battery, kind: battery, capacity: 13.5 kWh, charge_limit: 5 kW, discharge_limit: 5 kW, soc: [10 %, 90 %]}}
  - {{id: home, kind: load}}
  - {{id: boiler, kind: load, switch_power: 2 kW, surplus_priority: 1, name: Hot water}}
devices:
  - {{id: hybrid, driver: modbus_tcp, address: "127.0.0.1:15020", profile: generic_hybrid, name: Hybrid inverter,
     serves: {{battery: battery, pv: roof, meter: grid}}, place: fuse 7}}
"""
OWN, FOREIGN = "lindenweg-8", "ahornweg-1"
START = instant("2026-05-13T22:00Z")
TURNS = 8
HISTORY_DAYS = 14


def a_home(name: str = "Lindenweg 8") -> Site:
    return read_site(HOME.format(name=name))


def a_world(site: Site, folder: Path, *, turns: int = TURNS) -> World:
    """A world that has run for some quarter-hours, with two weeks behind it and a plan that was kept."""
    path = folder / f"{site.id}.db"
    home = generate(site, START, step_s=900, seed=3, days=1, history_days=HISTORY_DAYS)
    store = SqliteStore(path)
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=3)
    play(world, turns)
    planning(world, world.clock.now(), keeps_thoughts=True)
    store.flush()
    return world


class WorldLine:
    """The site process, asked without a socket; it notes what it was asked."""

    def __init__(self, world: World) -> None:
        self.desk, self.asked = SiteDesk(world), list[Mapping[str, Any]]()

    async def ask(self, command: Mapping[str, Any], *, patience_s: float = 3.0) -> dict[str, Any]:
        self.asked.append(command)
        answer: dict[str, Any] = json.loads(json.dumps(self.desk.answer(json.dumps(command).encode())))
        self.desk._world.store.flush()
        return answer


class DoorLine:
    """A door that does what it is told and says so."""

    def __init__(self, door: "ADoor") -> None:
        self.door, self.asked = door, list[Mapping[str, Any]]()
        self.is_silent = self.loses_answers = False

    async def ask(self, command: Mapping[str, Any], *, patience_s: float = 3.0) -> dict[str, Any]:
        from enerwise.serve.api.face import NoAnswer

        if self.is_silent:
            raise NoAnswer("door.sock: no answer in time")
        self.asked.append(command)
        answer = self.door.do(command)
        if self.loses_answers:
            raise NoAnswer("door.sock: no answer in time")
        return answer


class ADoor:
    """The words of a door, as its teller writes them."""

    def __init__(self) -> None:
        self.state, self.why, self.is_fresh, self.power_w = (
            "running",
            "",
            True,
            {"battery": 800.0, "roof": -2400.0, "boiler": 0.0},
        )
        self.told_w, self.grid_w, self.rests_ns = {"battery": 800.0}, -600.0, 0
        self.last_stop: dict[str, Any] | None = None
        self.stop_file: Path | None = None
        """What it watches, and has seen."""

    def look(self) -> Told | None:
        at_ns = now_ns()
        live = {Key(asset, POWER_W): (value, at_ns) for asset, value in self.power_w.items()}
        live |= {Key("grid", POWER_W): (self.grid_w, at_ns), Key("battery", SOC_RATIO): (0.66, at_ns)}
        unit = {
            "id": "hybrid", "open": True, "fresh": self.is_fresh, "problems": [] if self.is_fresh else ["no answer"],
            "lost_count": 0, "refused_count": 0, "write_count": 7, "comms_loss_s": 5.0, "told": dict(self.told_w),
        }  # fmt: skip
        health: dict[str, Any] = {
            "claims_fast_stop": False,
            "remarks": ["no real-time priority"],
            "bands": {},
            "stop": self.last_stop,
        }
        if self.stop_file is not None:
            health["stop_inputs"] = {str(self.stop_file): not self.stop_file.exists()}
        return Told(state=self.state, why=self.why, live=live, units=(unit,), health=health)

    def do(self, command: Mapping[str, Any]) -> dict[str, Any]:
        match command["do"]:
            case "stop":
                self.state, self.why = "stopped", f"{command['cause']}"
                self.told_w, self.power_w = {"battery": 0.0, "roof": 0.0}, {"battery": 0.0, "roof": 0.0, "boiler": 0.0}
                self.last_stop = {"cause": self.why, "test": False, "acked_ms": {"battery": 4.0}, "missing": []}
                return {"ok": True, **self.last_stop, "rest_s": None, "state": self.state}
            case "test":
                return {"ok": False, "why": "battery moves: bring it to rest first"}
            case "reset":
                if command["cause"] != self.why:
                    return {"ok": False, "why": f"the cause is {self.why!r}"}
                self.state, self.why = "idle", ""
                return {"ok": True, "state": "idle"}
            case "start":
                if self.stop_file is not None and self.stop_file.exists():
                    return {"ok": True, "state": self.state}
                self.state = "running"
                return {"ok": True, "state": "running"}
        return {"ok": False, "why": "unknown"}


class SomeCallers:
    """Accounts that know people by a word in a header: ``Bearer owner@lindenweg-8``."""

    def __init__(self) -> None:
        self.stop_tokens = StopWords()

    async def caller(self, request: HTTPConnection) -> Caller | None:
        role, _, site = request.headers.get("authorization", "").removeprefix("Bearer ").partition("@")
        if role not in ROLES and role not in ("ingest",):
            return None
        actions = frozenset({Action.SEE, Action.INGEST}) if role == "ingest" else ROLES[role]
        return Caller(f"{role}-1", "person", role.capitalize(), {site or "*": actions})


class StopWords:
    """Stop tokens that say what they are for."""

    def check(self, token: str, site: str) -> str | None:
        return "ada" if token == f"stop-{site}" else None


class Client:
    """Asks an application without a socket."""

    def __init__(self, app: Any, face: Face, who: str) -> None:
        self.app, self.face, self.who = app, face, who

    def __call__(self, method: str, path: str, **facts: Any) -> httpx.Response:
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
            headers = (
                {"Authorization": f"Bearer {self.who}", **facts.pop("headers", {})}
                if self.who
                else facts.pop("headers", {})
            )
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8600") as client:
                return await client.request(method, path, headers=headers, **facts)

        return asyncio.run(go())

    def get(self, path: str, **facts: Any) -> httpx.Response:
        return self("GET", f"/api/v1{path}", **facts)

    def post(self, path: str, body: Any = None, **facts: Any) -> httpx.Response:
        return self("POST", f"/api/v1{path}", json=body, **facts)

    def put(self, path: str, body: Any, **facts: Any) -> httpx.Response:
        return self("PUT", f"/api/v1{path}", json=body, **facts)

    def delete(self, path: str, **facts: Any) -> httpx.Response:
        return self("DELETE", f"/api/v1{path}", **facts)

    def as_(self, who: str) -> "Client":
        return Client(self.app, self.face, who)

    @property
    def desk(self) -> Desk:
        return self.face.desks[OWN]


def a_desk(site: Site, folder: Path, *, door: Door | None = None) -> Desk:
    world = a_world(site, folder)
    run = folder / f"{site.id}.run"
    run.mkdir(exist_ok=True)
    found = ADoor() if door is None else door
    line = DoorLine(found) if isinstance(found, ADoor) else WorldLine(world)
    store = SqliteStore(folder / f"{site.id}.db", read_only=True)
    return Desk(site, store, run, found, WorldLine(world), line)


def a_face(folder: Path, *, twin: bool = False, accounts: Any = None) -> Face:
    """Two sites; the second is somebody else's."""
    own = a_desk(a_home(), folder, door=NoDoor() if twin else None)
    foreign = a_desk(a_home("Ahornweg 1"), folder)
    now = START + np.timedelta64(TURNS * 900, "s")
    clock = VirtualClock(now)
    market = a_market_desk(folder, clock)
    known = cast(Any, accounts or SomeCallers())
    return Face({OWN: own, FOREIGN: foreign}, known, clock, folder, markets={market.facts.id: market})


def a_market_desk(folder: Path, clock: VirtualClock, mechanism: str = "uniform") -> MarketDesk:
    """A market in which the two sites take part, and one who comes with a key."""
    product = "intraday" if mechanism == "continuous" else "quarter_hour"
    facts = read_market(market_text(mechanism, product))
    return MarketDesk(facts, clock, Places.within(folder, facts.id))


def a_client(folder: Path, *, who: str = f"owner@{OWN}", twin: bool = False) -> Client:
    face = a_face(folder, twin=twin)
    return Client(make_app(face), face, who)


def later(now: Instant, **spans: float) -> str:
    """An instant some time after another, as the API takes it."""
    return f"{now + np.timedelta64(timedelta(**spans)).astype('timedelta64[ms]')}Z"


def app_of(client: Client) -> FastAPI:
    return cast(FastAPI, client.app)


@contextlib.contextmanager
def a_server(app: Any) -> Iterator[str]:
    """Serve an application on a loopback port of its own; gives host and port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1, ws="websockets-sansio")
        )
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10.0)
