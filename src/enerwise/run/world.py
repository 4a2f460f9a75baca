"""Worlds: the same kernel over a virtual clock and twins, over a recording, or over the real clock.

After construction nothing asks which it is.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from enerwise.agents.agent import Agent
from enerwise.agents.manager import MODES, ModeChoice
from enerwise.core.event import Kind
from enerwise.core.intent import Mandate
from enerwise.core.outlook import Plan
from enerwise.core.plugin import load
from enerwise.core.series import Frame
from enerwise.core.time import Clock, Instant, LiveClock, TimeGrid, VirtualClock
from enerwise.devices.port import Devices
from enerwise.devices.supply import Supply, from_frame, since
from enerwise.devices.twin import TwinDevices
from enerwise.guard import Checker, Guard, Signal, Trips
from enerwise.run.brain import Plans
from enerwise.run.curtailments import Curtailments
from enerwise.run.goals import COST
from enerwise.run.leases import MANUAL, Leases
from enerwise.run.planner import Planner
from enerwise.run.prices import PriceBook
from enerwise.run.trades import Trades
from enerwise.site.site import Site
from enerwise.store.store import Store

if TYPE_CHECKING:
    from enerwise.run.response import ResponseWatch
    from enerwise.run.training import Training

HOLD_MARGIN_RATIO: Final = 0.0
"""On twins a turn is never late; live worlds add their own margin."""
LIVE_MARGIN_RATIO: Final = 0.5
TRIPS: Final = "trips"
OWNER: Final = "owner"
MARKET: Final = "market"
STALE_AFTER_TURNS: Final = 3.0
STALE_AFTER_MOST_S: Final = 60.0
"""Nobody acts on older values, however long a turn: by then a kettle is on, or a cloud has gone."""


@dataclass
class World:
    """Everything one site's kernel holds between turns."""

    site: Site
    clock: Clock
    devices: Devices
    store: Store
    guard: Guard
    agents: Mapping[str, Agent]
    mandates: Mapping[str, Mandate]
    turn_s: int
    prices: PriceBook
    planner: Plans | None = None
    margin_ratio: float = HOLD_MARGIN_RATIO
    turn_count: int = 0
    mode: ModeChoice | None = None
    mode_id: str | None = None
    plan: Plan | None = None
    plan_id: str | None = None
    leases: Leases = field(default_factory=Leases)
    """What people want for now; replaced as a whole, from the loop that runs the turns."""
    trades: Trades = field(default_factory=Trades)
    """What was bought and sold in slots that are not over; replaced as a whole, like leases."""
    curtailments: Curtailments = field(default_factory=Curtailments)
    """What others have asked of the import; replaced as a whole, like leases."""
    goal: str = COST
    """What plans serve, one of `enerwise.run.goals.GOALS`."""
    asked_jobs: set[str] = field(default_factory=set)
    """Jobs that somebody wants done with the next turn, whatever their time."""
    next_jobs: dict[str, Instant] = field(default_factory=dict)
    """When each job is due next."""
    moved: set[str] = field(default_factory=set)
    """Assets that anybody has wished for in this life of the world."""
    seen_id: str | None = None
    """Id of the event that told of the last picture."""
    training: "Training | None" = None
    """Who lets forecasts learn; None where nothing is trained."""
    identification: "Training | None" = None
    """Who identifies devices; None where nobody does."""
    response: "ResponseWatch | None" = None
    """Who watches what devices make of what they are told; None where nobody does."""

    @property
    def hold_s(self) -> float:
        """Time until the next look, with its margin."""
        return self.turn_s * (1.0 + self.margin_ratio)

    @property
    def stale_after_s(self) -> float:
        """Age beyond which a value counts as unknown: three turns without news, a minute at most."""
        return stale_after_s(self.turn_s)

    def wanted_mode(self, now: Instant) -> str:
        """Return the mode that people want: the site file's, or none while it is run by hand."""
        return "passive" if self.leases.choice.at(now).mode == MANUAL else self.site.control.mode

    def event_id(self, counter: int) -> str:
        """Return the id of an event of this turn."""
        return f"{self.site.id}/{self.turn_count:08d}/{counter:03d}"


def stale_after_s(turn_s: int) -> float:
    """Return the age beyond which a value counts as unknown in a world with such turns. [s]"""
    return min(STALE_AFTER_TURNS * turn_s, STALE_AFTER_MOST_S)


def simulated(site: Site, supply: Supply, store: Store, *, seed: int, start_soc_ratio: float = 0.5) -> World:
    """Return a world of twins on a virtual clock that begins with the supply."""
    key = hashlib.blake2b(f"{site.id}:{seed}".encode(), digest_size=32).digest()
    checker = Checker(key)
    devices = TwinDevices(site, supply, checker, start_soc_ratio=start_soc_ratio)
    return _world(site, VirtualClock(supply.grid.start_utc), devices, store, key, turn_s=supply.grid.step_s)


def replayed(
    site: Site, frame: Frame, grid: TimeGrid, store: Store, *, warmup_steps: int, start_soc_ratio: float = 0.5
) -> World:
    """Return a world that meets a recorded house: the steps before ``warmup_steps`` are history, the rest is played.

    The history goes into the store with the moment each step became known, gaps as gaps.
    """
    store.append(frame.rows(slice(0, warmup_steps)))
    store.flush()
    played = since(from_frame(site, frame, grid), site, warmup_steps)
    return simulated(site, played, store, seed=0, start_soc_ratio=start_soc_ratio)


def live(
    site: Site,
    store: Store,
    devices: Devices,
    key: bytes,
    *,
    turn_s: int,
    clock: Clock | None = None,
    first_nonce: int = 0,
) -> World:
    """Return a world on the machine's clock. Trips found in the store stay latched.

    Args:
        site: What stands there.
        store: What remembers.
        devices: The port; whoever made it holds a checker with the same key.
        key: Fresh secret bytes of this life of the guard.
        turn_s: Seconds between turns.
        clock: The clock that the devices keep; None takes the machine's own.
        first_nonce: Where permits begin to be numbered, where an earlier world had the same key.
    """
    clock = clock or LiveClock()
    trips = _latched(store, clock.now())
    world = _world(site, clock, devices, store, key, turn_s=turn_s, trips=trips, first_nonce=first_nonce)
    world.margin_ratio = LIVE_MARGIN_RATIO
    return world


def _world(
    site: Site,
    clock: Clock,
    devices: Devices,
    store: Store,
    key: bytes,
    *,
    turn_s: int,
    trips: Trips | None = None,
    first_nonce: int = 0,
) -> World:
    guard = Guard(site, key, stale_after_s=stale_after_s(turn_s), trips=trips, first_nonce=first_nonce)
    guard.signal(Signal.SELF_TEST_PASSED)
    guard.signal(Signal.START)
    step_s = max(turn_s, site.control.step_s)
    prices = PriceBook(site.tariff, site.timezone, step_s, store=store)
    agents = {name: load("enerwise.agents", name)() for name in (*MODES, OWNER)}
    return World(
        site=site,
        clock=clock,
        devices=devices,
        store=store,
        guard=guard,
        agents=agents,
        mandates={name: Mandate(name, frozenset(guard.assets)) for name in (*agents, MARKET)},
        turn_s=turn_s,
        prices=prices,
        planner=Planner(site, store, prices, step_s=step_s),
        turn_count=_turns_told(store, site),
    )


def _turns_told(store: Store, site: Site) -> int:
    """Return the first turn number that no event of the store has: ids go on after a restart."""
    last = store.events(kind=Kind.MEASURED, subject=site.id, limit=1)
    return int(last[0].id.split("/")[1]) + 1 if last else 0


def _latched(store: Store, now: Instant) -> Trips | None:
    blob = store.get("guard", TRIPS)
    return None if blob is None else Trips.from_bytes(blob, now)


def grid_of(frame: Frame, step_s: int) -> TimeGrid:
    """Return the grid of a frame whose rows lie on one."""
    return TimeGrid(frame.start_utc[0] if len(frame) else np.datetime64(0, "ms"), step_s, len(frame))
