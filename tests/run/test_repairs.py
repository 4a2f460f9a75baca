"""Bugs of the kernel that were repaired: each test failed before."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from enerwise.agents.agent import View
from enerwise.core.event import Event, Kind
from enerwise.core.intent import Priority, Proposal, Reason
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid, instant
from enerwise.devices.supply import Supply
from enerwise.devices.twin import TwinDevices
from enerwise.run.cycle import turn
from enerwise.run.loop import play
from enerwise.run.planner import Planner
from enerwise.run.prices import PriceBook
from enerwise.run.world import World, replayed, simulated
from enerwise.site.assets import Asset
from enerwise.site.site import GRID, Control, Site
from enerwise.store.memory import MemoryStore
from tests.builders import (
    BERLIN,
    a_battery,
    a_connection,
    a_demand,
    a_load,
    a_pv,
    a_rate,
    a_site,
    a_tariff,
    a_tou_rate,
    a_window,
    an_event,
)
from tests.run.builders import a_home, a_house, a_world

HOUR_S = 3600


def told(world: World, kind: Kind) -> list[Event]:
    world.store.flush()
    return world.store.events(kind=kind)


def test_a_plan_begins_with_the_energy_the_battery_has_now() -> None:
    """Jobs once ran before the step that had just ended was read: every plan began a step too early."""
    world = a_world("follow_plan", days=2, warmup_days=4)
    devices = world.devices
    assert isinstance(devices, TwinDevices)
    play(world, 1)
    for _ in range(5):
        start_wh = devices.state.energy_wh[0]
        play(world, 1)
        assert world.plan is not None
        assert world.plan.energy_wh[0, 0] == pytest.approx(start_wh)


def test_a_plan_knows_every_peak_that_has_been_set() -> None:
    """Each metered step was asked for before it was stored, and then never again: no peak was ever seen."""
    demand = a_demand(price_eur_per_kw=0.01)
    home = a_home("follow_plan", tariff=a_tariff(a_tou_rate(), demand=[demand]))
    frame, grid = a_house(7)
    site = replace(home, assets=(a_pv(), a_load(), a_battery(capacity_wh=1500.0)))
    world = replayed(site, frame, grid, MemoryStore(), warmup_steps=96)
    start = world.clock.now()
    play(world, 60)
    grid = TimeGrid(start, HOUR_S, 59)
    metered_w = world.store.read_frame([Key(GRID, POWER_W)], grid).value[:, 0]
    billed = world.site.tariff.bill(grid, metered_w, BERLIN).demand[demand.name]
    assert isinstance(world.planner, Planner)
    found = world.planner._peaks.states[demand.name].within(billed.period)
    assert max(found.values()) > 500.0
    assert {day: peak for day, peak in found.items() if peak} == pytest.approx(
        {day: peak for day, peak in billed.daily_max_w.items() if peak}
    )


class HalfASentence:
    """Says one thing, and breaks off before the next."""

    name = "self_consumption"

    def decide(self, view: View) -> Sequence[Proposal]:
        def speak() -> Iterator[Proposal]:
            reason = Reason("never_heard")
            yield Proposal(self.name, Priority.MODE, "battery", -5e3, 5e3, 5e3, view.valid_until, reason)
            raise RuntimeError("lost the thread")

        return speak()  # type: ignore[return-value]


def test_an_agent_that_breaks_off_has_said_nothing() -> None:
    world = a_world()
    world.agents = {**world.agents, HalfASentence.name: HalfASentence()}
    done = asyncio.run(turn(world))
    assert [each.value for each in done.verdicts if each.asset == "battery"] == [0.0]
    assert not told(world, Kind.PROPOSED)
    assert [each.subject for each in told(world, Kind.SILENT)] == ["self_consumption"]


def test_a_proposal_that_is_not_heard_is_told() -> None:
    world = a_world()
    world.mandates = {}
    asyncio.run(turn(world))
    proposed = {each.id for each in told(world, Kind.PROPOSED)}
    dropped = [each for each in told(world, Kind.REJECTED) if each.payload["reason"] == "no_mandate"]
    assert {each.cause[0] for each in dropped} == proposed != set()


def test_a_plug_in_that_fails_in_a_job_does_not_end_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world("follow_plan", days=1, warmup_days=4)
    assert world.planner is not None

    def fail(*_: object, **__: object) -> None:
        raise IndexError("a plug-in's mistake")

    monkeypatch.setattr(world.planner, "plan", fail)
    play(world, 3)
    assert [each.payload["error"] for each in told(world, Kind.FAULT)] == ["IndexError: a plug-in's mistake"] * 3


def test_ids_go_on_after_a_restart_whatever_else_was_noted() -> None:
    """After a restart the first turns once had ids the store knew already, and were passed over."""
    store = MemoryStore()
    play(a_world(store=store), 3)
    store.note([an_event("a note by hand")])
    store.flush()
    again = a_world(store=store)
    play(again, 2)
    turns = [each.id.split("/")[1] for each in told(again, Kind.MEASURED)]
    assert turns == [f"{number:08d}" for number in range(5)]


@pytest.mark.parametrize("step_s", [420, 1020, 3600])
def test_prices_of_steps_that_do_not_divide_a_block_of_days(step_s: int) -> None:
    rate = a_rate(0.2, (a_window(7, 9), 0.4))
    book = PriceBook(a_tariff(rate, rate), BERLIN, step_s)
    first = int(instant("2024-07-01").astype("datetime64[s]").astype(np.int64)) // step_s
    grid = TimeGrid(instant(first * step_s), step_s, 400)
    assert book.import_eur_per_kwh(grid, grid.start_utc) == pytest.approx(rate.at(grid, BERLIN))


SITES: dict[str, tuple[Asset, ...]] = {
    "a load": (a_load(),),
    "a load and a roof": (a_load(), a_pv()),
    "a load and a roof that cannot be curtailed": (a_load(), a_pv(can_curtail=False)),
    "a battery": (a_battery(),),
    "a load and a battery": (a_load(), a_battery()),
    "two batteries": (a_load(), a_pv(), a_battery(), a_battery("second", capacity_wh=5000.0)),
    "a battery that cannot charge": (a_load(), a_pv(), a_battery(charge_limit_w=0.0)),
    "a battery that cannot deliver": (a_load(), a_pv(), a_battery(discharge_limit_w=0.0)),
    "a load that takes surplus": (
        a_load(),
        a_pv(),
        a_battery(),
        a_load("boiler", switch_power_w=2e3, surplus_priority=1),
    ),
}


def lived(site: Site, start: str = "2024-02-27", days: int = 3) -> World:
    """Return a world after some days, load and sun as in any house, across a leap day."""
    step_s = site.control.step_s
    grid = TimeGrid(instant(start, zone=site.timezone), step_s, days * 86_400 // step_s)
    hour = np.arange(grid.step_count) * grid.step_h % 24
    load_w = 400.0 + 1500.0 * np.exp(-((hour - 19.0) ** 2) / 4)
    sun_w = np.minimum(0.0, -4000.0 * np.sin((hour - 6.0) / 12.0 * np.pi))
    supply = Supply(
        grid,
        {each.id: load_w * (each.id == "home") for each in site if each.kind == "load"},
        {each.id: sun_w for each in site if each.kind == "pv"},
    )
    world = simulated(site, supply, MemoryStore(), seed=1)
    play(world, grid.step_count)
    return world


def assert_planned(world: World) -> None:
    assert not [each.payload for each in told(world, Kind.FAULT)]
    assert len(told(world, Kind.PLANNED)) >= 10
    assert world.mode is not None
    assert (world.mode.mode, world.mode.reason.code) == ("follow_plan", "owner_choice")


@pytest.mark.parametrize("name", SITES)
def test_a_site_of_any_make_is_planned(name: str) -> None:
    demand = [a_demand(above_w=1000.0, top_count=3)]
    site = a_site(*SITES[name], tariff=a_tariff(a_tou_rate(), demand=demand), control=Control(step_s=HOUR_S))
    assert_planned(lived(site))


def test_a_site_that_may_not_export_and_cannot_curtail_is_planned() -> None:
    """A relaxation that burned energy kept the limit; without burning there was no plan at all."""
    assets = (a_load(), a_battery(), a_pv(can_curtail=False))
    site = a_site(*assets, connection=a_connection(9000.0, 0.0), control=Control(step_s=HOUR_S))
    assert_planned(lived(site))


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"])
def test_a_site_in_a_zone_of_half_hours_or_quarters_is_planned(zone: str) -> None:
    tariff = a_tariff(a_tou_rate(), demand=[a_demand(interval_s=3600)])
    assert_planned(lived(a_site(timezone=zone, tariff=tariff, control=Control(step_s=1800)), start="2024-04-05"))


@pytest.mark.parametrize("horizon_h", [1, 6, 36])
def test_a_horizon_of_any_length_is_planned(horizon_h: int) -> None:
    assert_planned(lived(a_site(control=Control(step_s=HOUR_S, horizon_s=horizon_h * HOUR_S))))


def test_a_load_that_feeds_a_little_is_planned() -> None:
    site = a_site(control=Control(step_s=HOUR_S))
    world = lived(replace(site, assets=(a_pv(), a_battery(), a_load(), a_load("shed"))))
    assert_planned(world)
