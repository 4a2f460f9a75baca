"""Houses that were really run on a virtual clock, each shown by a server of its own at the moment where it stands.

The door is played: it says what the store measured last and does what it is told. All else is the product.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any, Final

import numpy as np
import uvicorn
from argon2 import PasswordHasher

from enerwise.core.quantity import ENERGY_WH, POWER_W, SOC_RATIO
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid, VirtualClock, instant, now_ns
from enerwise.devices.door_words import Told
from enerwise.devices.supply import Supply
from enerwise.run.jobs import PLANNING, planning
from enerwise.run.loop import play
from enerwise.run.venue_read import read_market
from enerwise.run.world import World, simulated
from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.accounts.entry import Visit
from enerwise.serve.accounts.rights import Given
from enerwise.serve.api.access import Action, Caller
from enerwise.serve.api.face import Desk, Door, Face, NoDoor
from enerwise.serve.api.server import make_server, stop_thread
from enerwise.serve.demo_market import live_through, market_text
from enerwise.serve.face_process import uvicorn_options
from enerwise.serve.generated import generate, keep_history
from enerwise.serve.listening import Place, opened
from enerwise.serve.market_crew import crew
from enerwise.serve.market_desk import MarketDesk, Places
from enerwise.site.read import read_site
from enerwise.site.site import Site
from enerwise.store.sqlite import SqliteStore
from tests.serve.api.builders import ADoor, DoorLine, WorldLine
from tests.serve.test_face import free_pair

SECOND: Final = np.timedelta64(1, "s")
QUARTER: Final = np.timedelta64(900, "s")
DAY: Final = np.timedelta64(1, "D")
EMAIL: Final = "ada@example.org"
PASSWORD: Final = "four words of no house"
CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SITE: Final = "lindenweg-8"
FILE: Final = """\
name: Lindenweg 8
timezone: {zone}
connection: {{import_limit: 11 kW, export_limit: 9 kW, fuse: 35 A, phases: 3}}
tariff:
  import:
    otherwise: 0.29 EUR/kWh
    periods:
      - {{price: 0.19 EUR/kWh, from: "00:00", to: "06:00"}}
      - {{price: 0.24 EUR/kWh, from: "11:00", to: "15:00"}}
      - {{price: 0.44 EUR/kWh, from: "17:00", to: "21:00"}}
  export: 0.08 EUR/kWh
  fixed: 0.40 EUR/day
carbon: {{grid: 363 g/kWh, source: UBA 2024}}
safety:
  main_switch: hallway cupboard, bottom left, red lever
  recovery:
    - Look at battery and boiler. If you smell anything unusual, leave the house and call the brigade.
    - Say below what the cause was, and reset. Nothing starts by itself.
  contacts:
    - {{name: Elektro Meier, phone: "+49 30 1234567", role: installer}}
assets:
  - {{id: roof, kind: pv, peak: 9.2 kWp, curtail: yes, name: Solar}}
  - {{id: battery, kind: battery, capacity: 12.8 kWh, charge_limit: 5 kW, discharge_limit: 5 kW, round_trip: 90 %,
     soc: [10 %, 95 %], name: Battery}}
  - {{id: home, kind: load, name: Home}}
  - {{id: boiler, kind: load, switch_power: 2 kW, surplus_priority: 1, name: Hot water}}
control: {{mode: {mode}}}
devices:
  - {{id: hybrid, driver: modbus_tcp, address: "127.0.0.1:15020", profile: generic_hybrid, name: Hybrid inverter,
     place: cellar, serves: {{battery: battery, pv: roof, meter: grid}}, comms_loss: 5 s}}
  - {{id: relay, driver: modbus_tcp, address: "127.0.0.1:15020", unit: 2, profile: generic_relay, name: Boiler relay,
     place: fuse box, serves: {{relay: boiler}}, comms_loss: 5 s}}
"""
BARE: Final = """\
name: Lindenweg 8
timezone: Europe/Berlin
connection: {import_limit: 11 kW, export_limit: 9 kW}
tariff: {import: 0.29 EUR/kWh, export: 0.08 EUR/kWh}
assets: [{id: home, kind: load}]
"""
OTHERS: Final = {"viewer": "Vera", "operator": "Otto", "installer": "Ines"}
UNITS: Final = {"hybrid": ("battery", "roof"), "relay": ("boiler",)}


class HouseDoor(ADoor):
    """A door over two machines, whose values are those that the store measured last."""

    def __init__(self, power_w: dict[str, float], soc_ratio: float) -> None:
        super().__init__()
        self.power_w, self.soc_ratio = power_w, soc_ratio
        self.told_w = {each: power_w[each] for each in ("battery", "boiler", "roof")}
        self.silent: frozenset[str] = frozenset()
        self.age_s = 0.0
        self.unexplained_w = 0.0
        """What the meter counts and nobody uses; then the home is measured apart."""
        self.is_gone = False

    def look(self) -> Told | None:
        if self.is_gone:
            return None
        at_ns = now_ns() - int(self.age_s * 1e9)
        told_w = {asset: value for asset, value in self.power_w.items() if asset != "home"}
        if self.unexplained_w:
            told_w = dict(self.power_w)
        live = {Key(asset, POWER_W): (value, at_ns) for asset, value in told_w.items()}
        live |= {
            Key("grid", POWER_W): (sum(self.power_w.values()) + self.unexplained_w, at_ns),
            Key("battery", SOC_RATIO): (self.soc_ratio, at_ns),
        }
        health = {"claims_fast_stop": False, "remarks": ["no real-time priority"], "bands": {}, "stop": self.last_stop}
        return Told(
            state=self.state, why=self.why, live=live, units=tuple(self._unit(each) for each in UNITS), health=health
        )

    def _unit(self, device: str) -> dict[str, Any]:
        is_silent = device in self.silent
        told = {asset: value for asset, value in self.told_w.items() if asset in UNITS[device]}
        return {
            "id": device, "open": True, "fresh": not is_silent, "problems": ["no answer"] if is_silent else [],
            "lost_count": 0, "refused_count": 0, "write_count": 7, "comms_loss_s": 5.0, "told": told,
        }  # fmt: skip

    def do(self, command: Any) -> dict[str, Any]:
        if command["do"] != "stop":
            return super().do(command)
        self.state, self.why = "stopped", f"{command['cause']}"
        self.power_w |= {"battery": 0.0, "boiler": 0.0, "roof": 0.0}
        self.told_w = {"battery": 0.0, "boiler": 0.0, "roof": 0.0}
        self.last_stop = {"cause": self.why, "test": False, "acked_ms": {"battery": 4.0, "boiler": 6.0}, "missing": []}
        return {"ok": True, **self.last_stop, "rest_s": None, "state": self.state}


@dataclass(frozen=True, slots=True)
class Scene:
    """Which house stands where, and when it is looked at."""

    now: Instant
    began: Instant
    """From here on it was run; before, it was only measured."""
    zone: str = "Europe/Berlin"
    history_days: int = 28
    plain_days: int = 0
    """So many days before that were run without planning."""
    seed: int = 7
    mode: str = "follow_plan"
    is_bare: bool = False
    market_h: float = 0.0
    """So long it has traded with simulated neighbours; zero takes part in no market. [h]"""

    @property
    def turns(self) -> int:
        return int((self.now - self.began) / QUARTER)


ORDINARY: Final = Scene(instant("2026-03-12T16:40Z"), began=instant("2026-03-10T23:00Z"), history_days=15, plain_days=9)
SPRING: Final = Scene(instant("2026-03-28T23:50Z"), began=instant("2026-03-28T23:00Z"), history_days=14)
AUTUMN: Final = Scene(instant("2026-10-24T22:50Z"), began=instant("2026-10-24T22:00Z"), history_days=14)
KOLKATA: Final = Scene(
    instant("2026-05-13T22:00Z"), began=instant("2026-05-13T18:30Z"), zone="Asia/Kolkata", history_days=14
)
STREET: Final = Scene(instant("2026-05-14T14:40Z"), began=instant("2026-05-14T00:00Z"), history_days=14, market_h=9.0)
FIRST: Final = Scene(instant("2026-05-14T14:40Z"), began=instant("2026-05-14T14:30Z"), is_bare=True)


@dataclass(frozen=True, slots=True)
class House:
    """A server with everything behind it."""

    url: str
    now: Instant
    face: Face
    desk: Desk
    door: Door
    world: World
    invited: dict[str, tuple[str, str]]
    """By role: with what somebody signs in."""


def lived(place: Scene, folder: Path) -> tuple[Site, World]:
    """Return a house with its past."""
    site = read_site(BARE if place.is_bare else FILE.format(zone=place.zone, mode=place.mode))
    store = SqliteStore(folder / "home.db")
    if place.is_bare:
        supply = Supply(TimeGrid(place.began, 900, 96), {}, {})
        return site, simulated(site, supply, store, seed=7)
    days = place.plain_days + int((place.now - place.began) / DAY) + 2
    plain_from = place.began - place.plain_days * DAY
    home = generate(site, plain_from, step_s=900, seed=place.seed, days=days, history_days=place.history_days)
    keep_history(store, home, site)
    soc_ratio = 0.5
    if place.plain_days:
        plain = replace(site, control=replace(site.control, mode="self_consumption"))
        world = simulated(plain, home.supply(), store, seed=place.seed)
        play(world, 96 * place.plain_days)
        soc_ratio = newest(world, site)[1]
    supply = _later(home.supply(), 96 * place.plain_days)
    world = simulated(site, supply, store, seed=place.seed, start_soc_ratio=soc_ratio)
    # Event ids count turns: those of the plain days are taken.
    world.turn_count = 96 * place.plain_days
    play(world, place.turns, keeps_thoughts=True)
    planning(world, world.clock.now(), keeps_thoughts=True)
    world.next_jobs[PLANNING] = world.clock.now() + QUARTER
    store.flush()
    return site, world


def _later(supply: Supply, steps: int) -> Supply:
    """Return what comes after some steps."""
    grid = supply.grid.part(steps, supply.grid.step_count - steps)
    load_w = {key: value[steps:] for key, value in supply.load_w.items()}
    return Supply(grid, load_w, {key: value[steps:] for key, value in supply.available_w.items()})


def newest(world: World, site: Site) -> tuple[dict[str, float], float]:
    """Return what the store measured last, and how full the battery is."""
    day = (world.clock.now() - np.timedelta64(1, "D"), world.clock.now())

    def last(key: Key) -> float:
        seen = world.store.read(key, *day)
        return float(seen.value[-1]) if len(seen) else 0.0

    power_w = {each.id: last(Key(each.id, POWER_W)) for each in site}
    return power_w, last(Key("battery", ENERGY_WH)) / 12_800.0


@contextmanager
def shown(place: Scene, folder: Path, *, has_owner: bool = True) -> Iterator[House]:
    """Serve a house; whatever needs an event loop of its own runs beside this thread, which may hold a browser."""
    with ThreadPoolExecutor(1) as beside, ExitStack() as undo:
        site, world = beside.submit(lived, place, folder).result()
        undo.callback(world.store.close)
        port = free_pair()
        origin = f"http://localhost:{port}"
        clock = VirtualClock(place.now - len(OTHERS) * SECOND)
        accounts = Accounts.open(folder / "accounts", clock, origin=origin, site_ids=[site.id], hasher=CHEAP)
        undo.callback(accounts.close)
        invited = beside.submit(asyncio.run, _people(accounts, site.id)).result() if has_owner else {}
        clock.jump_to(place.now)
        door: Door = HouseDoor(*newest(world, site)) if len(site.devices) else NoDoor()
        run = folder / "run"
        run.mkdir()
        store = SqliteStore(folder / "home.db", read_only=True)
        undo.callback(store.close)
        line = DoorLine(door) if isinstance(door, HouseDoor) else WorldLine(world)
        desk = Desk(site, store, run, door, WorldLine(world), line)
        markets = _street(desk, clock, place.market_h, run) if place.market_h else {}
        for each in markets.values():
            undo.callback(each.close)
        face = Face({site.id: desk}, accounts, clock, folder, origin, settings={"stop_port": port + 1}, markets=markets)
        undo.enter_context(_served(face, port))
        yield House(origin, place.now, face, desk, door, world, invited)


def _street(desk: Desk, clock: VirtualClock, hours: float, folder: Path) -> dict[str, MarketDesk]:
    """Return the market in which a house takes part, as the demo has it, after some hours of trade."""
    facts = read_market(market_text(desk.site))
    places, now = Places.within(folder, facts.id), clock.now()
    live_through(facts, places, desk, now - np.timedelta64(int(hours * 3600), "s"), now)
    return {facts.id: MarketDesk(facts, clock, places, beside=crew(facts, {desk.site.id: desk}))}


async def _people(accounts: Accounts, site: str) -> dict[str, tuple[str, str]]:
    """Make an owner, and somebody of every other role."""
    owner = await accounts.first_owner(name="Ada", email=EMAIL, password=PASSWORD)
    by = Caller(owner.id, "person", owner.name, {"*": frozenset(Action)})
    entries = {"owner": (EMAIL, PASSWORD)}
    clock = accounts.ground.clock
    assert isinstance(clock, VirtualClock)
    for role, name in OTHERS.items():
        # One after the other: people stand in the order in which they came.
        clock.jump_to(clock.now() + SECOND)
        person, word = await accounts.people.invite(by, name=name, email=f"{name.lower()}@example.org")
        await accounts.grants.give(by, person.id, Given(role, f"site:{site}"))
        await accounts.entry.accept(word or "", PASSWORD, Visit("127.0.0.1", "test"))
        entries[role] = (f"{name.lower()}@example.org", PASSWORD)
    return entries


@contextmanager
def _served(face: Face, port: int) -> Iterator[None]:
    first, second = opened(Place(port))
    assert second is not None
    way = make_server(face)
    server = uvicorn.Server(uvicorn.Config(way, timeout_graceful_shutdown=1, **uvicorn_options(None)))
    thread = Thread(target=server.run, args=([first],), daemon=True)
    with second, first, stop_thread(way, second.fileno(), uvicorn_options(None)):
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(timeout=10.0)


__all__ = ["AUTUMN", "FIRST", "KOLKATA", "ORDINARY", "SITE", "SPRING", "STREET", "House", "Scene", "shown"]
