"""A ventilation in closed loop: planned from who is there, permitted, carried out, and within what is allowed."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from enerwise.core.event import Kind
from enerwise.core.quantity import CO2_PPM, IS_OCCUPIED, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid, instant
from enerwise.devices.twin import TwinDevices
from enerwise.devices.warm_twins import HeatPumpTwin
from enerwise.guard.permit import Checker
from enerwise.plan.blocks.ventilation import Ventilation as VentilationBlock
from enerwise.plan.declared import Ahead, Standing, blocks_of
from enerwise.run.loop import play
from enerwise.run.world import World, simulated
from enerwise.serve.generated import Generated, generate, keep_history
from enerwise.site.machines import Machine
from enerwise.site.read import read_site
from enerwise.site.site import GRID, Site
from enerwise.store.memory import MemoryStore

TEXT = """
name: Test
timezone: UTC
connection: {import_limit: LIMIT, export_limit: 9 kW}
tariff: {import: 0.30 EUR/kWh}
control: {step: 1 h}
assets:
  - {id: office, kind: load}
  - {id: heating, kind: heat_pump, power: 5 kW, cop: "3", worth: 2 EUR, comfort: [17 degC, 26 degC],
     building: {loss: 150 W/K, air: 4 kWh/K, mass: 9 kWh/K, exchange: 1 kW/K},
     windows: [{band: [20.5 degC, 24 degC], from: "08:00", to: "17:00", days: weekdays}],
     presence: {sensors: [presence], band: [20.5 degC, 24 degC]}}
  - {id: air, kind: ventilation, rooms: heating, flow: 1500 m3/h, power: 700 W, recovery: 75 %, volume: 500 m3,
     people: 25}
"""
START = instant("2024-01-15T00:00Z")


def an_office(limit: str = "20 kW") -> Site:
    return read_site(TEXT.replace("LIMIT", limit))


def played(site: Site, days: float = 1.0) -> tuple[World, Generated]:
    home, store = generate(site, START, step_s=3600, seed=4, days=days, history_days=8), MemoryStore()
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=4)
    play(world, home.ahead.step_count)
    return world, home


def test_air_follows_people_and_the_plan_begins_with_what_is_measured() -> None:
    world, home = played(an_office())
    keys = [Key("air", POWER_W), Key("air", CO2_PPM), Key("heating", IS_OCCUPIED)]
    power_w, ppm, seen = world.store.read_frame(keys, home.ahead).value.T
    there = home.power_w[Key("heating", IS_OCCUPIED)][home.history_steps :] > 0.5
    assert there.any() and np.array_equal(seen > 0.5, there)
    assert ppm[1:][there[:-1]].max() <= 1005.0 and power_w[there].max() < 600.0
    granted = [each for each in world.store.events(kind=Kind.PERMITTED) if each.subject == "air"]
    assert len(granted) >= home.ahead.step_count - 1


def test_limits_of_the_connection_hold_whatever_the_air_would_need() -> None:
    world, home = played(an_office("3 kW"))
    grid_w, air_w = world.store.read_frame([Key(GRID, POWER_W), Key("air", POWER_W)], home.ahead).value.T
    load_w = home.power_w[Key("office", POWER_W)][home.history_steps :]
    assert (grid_w <= np.maximum(3000.0, load_w) + 1.0).all() and air_w.max() > 50.0


def block(standing: Mapping[str, Standing], **ahead: object) -> VentilationBlock:
    site, grid = an_office(), TimeGrid(START, 3600, 24)
    facts = Ahead(grid, "UTC", np.full(24, 0.3), np.full(24, 2.0))
    found = blocks_of(site.of_kind(Machine), standing, replace(facts, **ahead))  # type: ignore[arg-type]
    made = found[-1]
    assert isinstance(made, VentilationBlock)
    return made


def test_people_who_may_come_breathe_in_full_and_count_as_they_are_likely() -> None:
    chance = np.zeros(24)
    chance[9:12] = (0.05, 0.5, 1.0)
    made = block(
        {"air": Standing(co2_ppm=640.0), "heating": Standing(node_degc=(19.0, 19.5))}, presence={"heating": chance}
    )
    assert made.start_ppm == 640.0 and made.rooms == "heating"
    assert made.exhaled_m3_per_h[9:13].tolist() == [0.0, 25 * 0.018, 25 * 0.018, 0.0]
    assert made.limit_weight[8:13].tolist() == [0.0, 0.5, 1.0, 1.0, 0.0]
    assert made.room_degc is not None and made.room_degc[4] == 19.0 and made.room_degc[10] == 20.5


def test_without_weather_only_fans_and_air_are_planned() -> None:
    made = block({}, outdoor_degc=None)
    assert made.rooms == "" and made.room_degc is None
    assert np.flatnonzero(made.exhaled_m3_per_h).tolist() == list(range(8, 17)), "by the clock of its rooms"


def test_of_several_zones_the_first_is_aired() -> None:
    zones = """zones: [
       {id: hall, building: {loss: 90 W/K, air: 2 kWh/K}, comfort: [17 degC, 26 degC], next_to: {attic: 50 W/K}},
       {id: attic, building: {loss: 60 W/K, air: 1 kWh/K}, comfort: [10 degC, 12 degC]}]}
  - {id: air"""
    head, _, tail = TEXT.replace("LIMIT", "20 kW").partition(", worth: 2 EUR")
    site = read_site(f"{head}, {zones}{tail.partition('- {id: air')[2]}")
    grid = TimeGrid(START, 3600, 24)
    made = blocks_of(site.of_kind(Machine), {}, Ahead(grid, "UTC", np.full(24, 0.3), np.full(24, -5.0)))[-1]
    assert isinstance(made, VentilationBlock) and made.room_degc is not None
    assert made.room_degc[0] == 21.5, "the middle of the band of the hall"
    home = generate(site, START, step_s=3600, seed=4, days=1.0, history_days=1)
    twins = TwinDevices(site, home.supply(), Checker(b"k" * 32)).machines
    airing, rooms = twins["air"], twins["heating"]
    assert isinstance(rooms, HeatPumpTwin) and airing.carry_out(0, 700.0) > 0 and rooms.others_w < 0
