"""A house with meters: load, sun, a battery that does something, and the connection, in a store."""

import asyncio
from collections.abc import Sequence

import numpy as np

from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import Instant, TimeGrid, VirtualClock, instant
from enerwise.core.units import FloatArray
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve
from enerwise.run.cycle import turn
from enerwise.run.goals import weighed
from enerwise.run.jobs import usual_jobs
from enerwise.run.planner import Planned, Prices
from enerwise.run.world import World
from enerwise.serve.outlooks.made import Made
from enerwise.serve.outlooks.measured import day_grid
from enerwise.serve.outlooks.paths import Supply, along
from enerwise.site.assets import Battery, Pv
from enerwise.site.site import Site
from enerwise.store.memory import MemoryStore
from tests.builders import BERLIN, a_demand, a_site, a_tariff, a_tou_rate
from tests.run.builders import a_world
from tests.run.test_goals import a_problem


def a_priced_site(timezone: str = BERLIN) -> Site:
    """Lindenweg 8 with everything that a bill may hold."""
    tariff = a_tariff(a_tou_rate(), 0.08, fixed_eur_per_day=0.40, tax_ratio=0.19, demand=(a_demand(above_w=500.0),))
    return a_site(timezone=timezone, tariff=tariff)


def day_of(text: str) -> int:
    """Days since 1970 of a date."""
    return int(np.datetime64(text, "D").astype(np.int64))


def span(site: Site, first: str, count: int, step_s: int) -> TimeGrid:
    """The steps of some local days."""
    start = day_grid(day_of(first), site.timezone).start_utc
    end = day_grid(day_of(first) + count, site.timezone).start_utc
    return TimeGrid.between(start, end, step_s)


def a_lived(
    site: Site, first: str, count: int, *, step_s: int = 900, seed: int = 1, gaps: Sequence[tuple[str, str]] = ()
) -> MemoryStore:
    """Return the store of a house that ran under self-consumption, its battery nudged now and then."""
    grid = span(site, first, count, step_s)
    rng = np.random.default_rng(seed)
    hour = (np.arange(grid.step_count) * grid.step_h) % 24
    load_w = (250 + 1800 * np.exp(-(((hour - 19) / 2) ** 2))) * rng.uniform(0.6, 1.5, grid.step_count)
    sun_w = -4500 * np.clip(np.sin((hour - 6) / 12 * np.pi), 0, None) * rng.uniform(0.2, 1.0, grid.step_count) + 0.0
    batteries, pvs = site.of_kind(Battery), site.of_kind(Pv)
    limits = np.full(grid.step_count, 9000.0)
    start_wh = np.array([[each.capacity_wh * 0.5 for each in batteries]])
    supply = Supply(load_w[None], np.stack([sun_w] * len(pvs))[None], limits, limits, float(step_s))
    ran = along(supply, batteries, pvs, start_wh)
    columns = {Key("home", POWER_W): load_w, Key("grid", POWER_W): ran.grid_w[0]}
    for row, plant in enumerate(pvs):
        columns |= {Key(plant.id, POWER_W): ran.pv_w[0, row], Key(plant.id, AVAILABLE_POWER_W): sun_w}
    for row, battery in enumerate(batteries):
        columns |= {Key(battery.id, POWER_W): ran.battery_w[0, row]}
    store = MemoryStore()
    keep = np.ones(grid.step_count, dtype=bool)
    for start, end in gaps:
        keep &= ~((grid.starts_utc >= instant(start)) & (grid.starts_utc < instant(end)))
    ends_utc = grid.starts_utc + np.timedelta64(step_s * 1000, "ms")
    store.append(Frame.of(grid.starts_utc, columns, known_at=ends_utc).rows(keep))
    edges = grid.part(0, grid.step_count + 1).starts_utc
    for row, battery in enumerate(batteries):
        store.append(Frame.of(edges, {Key(battery.id, ENERGY_WH): ran.energy_wh[0, row]}))
    store.flush()
    return store


def grid_power(store: MemoryStore, grid: TimeGrid) -> FloatArray:
    """What the connection's meter showed."""
    return store.read_frame([Key("grid", POWER_W)], grid).value[:, 0]


def after(site: Site, first: str, count: int) -> Instant:
    """A moment well after the span."""
    return day_grid(day_of(first) + count + 1, site.timezone).start_utc


def a_made(
    problem: Problem | None = None, *, goal: str = "cost", site: Site | None = None, name: str = "home/1p"
) -> Made:
    """Return a plan for a problem as if it had been read from a store."""
    problem = problem or a_problem()
    asked = weighed(problem, goal)
    plan = solve(asked, problem.grid.start_utc)
    published = np.ones(problem.grid.step_count, dtype=np.bool_)
    prices = Prices(problem.import_eur_per_kwh, problem.export_eur_per_kwh, published)
    return Made(name, site or a_site(), Planned(plan, (), b"", goal, prices), asked)


def a_planned_world(turns: int = 3, *, goal: str = "cost") -> World:
    """Return a world that planned every hour and kept what it thought."""
    world = a_world("follow_plan", days=2, warmup_days=9)
    world.goal = goal
    jobs = usual_jobs(world, keeps_thoughts=True)
    start = world.clock.now()

    def think(world: World, now: Instant) -> None:
        for job in jobs:
            job.run_if_due(world, now)

    async def go() -> None:
        for count in range(turns):
            assert isinstance(world.clock, VirtualClock)
            world.clock.jump_to(start + np.timedelta64(count * world.turn_s, "s"))
            await turn(world, think=think)

    asyncio.run(go())
    world.store.flush()
    return world
