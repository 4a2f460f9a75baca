"""A home with a car, a heat pump, water and a program in closed loop: planned, permitted, carried out, told."""

from dataclasses import replace

import numpy as np

from enerwise.core.event import Kind
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import instant
from enerwise.plan.save import from_bytes
from enerwise.plan.solve import solve
from enerwise.run.loop import play
from enerwise.run.machine_tally import tally
from enerwise.run.world import World, simulated
from enerwise.serve.generated import Generated, generate, keep_history
from enerwise.site.machines import Machine
from enerwise.site.read import read_site
from enerwise.site.site import GRID, Site
from enerwise.store.memory import MemoryStore

TEXT = """
name: Test
timezone: Europe/Berlin
connection: {import_limit: 20 kW, export_limit: 9 kW}
tariff:
  import: {otherwise: 0.25 EUR/kWh, periods: [{price: 0.50 EUR/kWh, from: "14:00", to: "21:00"}]}
  export: 0.08 EUR/kWh
control: {step: 1 h, mode: MODE}
assets:
  - {id: roof, kind: pv, peak: 5 kWp}
  - {id: battery, kind: battery, capacity: 8 kWh, charge_limit: 5 kW, discharge_limit: 5 kW}
  - {id: home, kind: load}
  - {id: car, kind: charger, vehicle: 60 kWh, trips: [{leaves: "07:00", back: "18:00", uses: 10 kWh}]}
  - {id: heating, kind: heat_pump, power: 3 kW, least_power: 500 W, cop: {-7 degC: 2.6, 7 degC: 4.2},
     building: {loss: 150 W/K, air: 2 kWh/K, mass: 9 kWh/K, exchange: 900 W/K}}
  - {id: washer, kind: program, program: [2 kW for 1 h, 200 W for 1 h], from: "18:00", to: "06:00"}
"""
START = instant("2024-11-12", "Europe/Berlin")


def a_home(mode: str = "follow_plan") -> Site:
    return read_site(TEXT.replace("MODE", mode))


def a_house(site: Site, days: float = 2.0) -> Generated:
    return generate(site, START, step_s=3600, seed=3, days=days, history_days=14)


def played(site: Site, days: float = 2.0) -> tuple[World, Generated]:
    home, store = a_house(site, days), MemoryStore()
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=3)
    play(world, home.ahead.step_count)
    return world, home


def power_of(world: World, home: Generated, asset: str) -> np.ndarray:
    return world.store.read_frame([Key(asset, POWER_W)], home.ahead).value[:, 0]


def test_a_planned_home_serves_everybody_and_pays_less() -> None:
    planned, home = played(a_home())
    alone, _ = played(a_home("passive"))
    bills = [a_home().tariff.bill(home.ahead, power_of(each, home, GRID), "Europe/Berlin") for each in (planned, alone)]
    told = tally(planned.store, planned.site, home.ahead)
    assert bills[0].total_eur < 0.8 * bills[1].total_eur
    assert told["car"].departure_count == 2 and told["car"].missing_wh < 100.0
    assert told["heating"].outside_kh < 2.0
    assert told["washer"].energy_wh % 2200.0 == 0.0 and told["washer"].energy_wh >= 2 * 2200.0
    assert power_of(planned, home, GRID).max() < power_of(alone, home, GRID).max()


def test_machines_move_by_permits_only_and_every_setpoint_has_its_reason() -> None:
    world, _ = played(a_home(), days=0.5)
    told = [each for each in world.store.events(kind=Kind.PROPOSED) if each.payload.get("reason") == "plan_machine"]
    assert {each.subject for each in told} == {"car", "heating", "washer"}
    receipts = world.store.events(kind=Kind.RECEIPT)
    assert {"car", "heating", "washer"} <= {each.subject for each in receipts}


def test_without_wishes_machines_mind_themselves() -> None:
    world, home = played(a_home("self_consumption"))
    receipts = world.store.events(kind=Kind.RECEIPT)
    assert not {each.subject for each in receipts} & {"car", "heating", "washer"}
    alone, _ = played(a_home("passive"))
    for each in ("car", "heating", "washer"):
        assert np.array_equal(power_of(world, home, each), power_of(alone, home, each))
    assert power_of(world, home, "car").max() > 10_000.0


def test_the_battery_covers_what_machines_take_by_themselves() -> None:
    world, home = played(a_home("self_consumption"), days=0.25)
    heats_w, battery_w = power_of(world, home, "heating")[0], power_of(world, home, "battery")[0]
    assert heats_w > 500.0 and battery_w < -heats_w
    assert abs(power_of(world, home, GRID)[0]) < 1.0


def test_a_car_below_its_level_charges_whatever_the_plan() -> None:
    site = a_home()
    car = next(each for each in site.of_kind(Machine) if each.id == "car")
    site = replace(site, assets=tuple(replace(car, least_ratio=0.75) if each.id == "car" else each for each in site))  # type: ignore[call-arg]
    world, home = played(site)
    reasons = {each.payload.get("reason") for each in world.store.events(kind=Kind.PROPOSED)}
    assert "machine_least" in reasons
    arrives = 18
    assert power_of(world, home, "car")[arrives] > 4000.0


def test_a_plan_begins_where_the_one_before_ended_and_is_made_again_from_what_is_stored() -> None:
    world, _ = played(a_home(), days=0.25)
    ids = [each.id for each in world.store.events(kind=Kind.PLANNED)]
    blobs = [world.store.get("plan", each) for each in ids]
    problems = [from_bytes(each) for each in blobs if each is not None]
    assert problems[0].basis is None and all(each.basis is not None for each in problems[1:])
    assert world.plan is not None
    again = solve(problems[-1], world.plan.issued_at)
    assert again.power_w.tobytes() == world.plan.power_w.tobytes()
