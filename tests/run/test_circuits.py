"""Two cars and the house behind one fuse, in closed loop: it never carries more than it may, planned or not."""

import numpy as np
import pytest

from enerwise.core.event import Kind
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import instant
from enerwise.run.loop import play
from enerwise.run.machine_tally import tally
from enerwise.run.world import World, simulated
from enerwise.serve.generated import Generated, generate, keep_history
from enerwise.site.read import read_site
from enerwise.store.memory import MemoryStore

TEXT = """
name: Test
timezone: Europe/Berlin
connection: {import_limit: 20 kW, export_limit: 12 kW}
tariff: {import: {otherwise: 0.34 EUR/kWh, periods: [{price: 0.22 EUR/kWh, from: "00:00", to: "06:00"}]}}
control: {step: 1 h, mode: MODE}
assets:
  - {id: home, kind: load}
  - {id: car, kind: charger, vehicle: 60 kWh, trips: [{leaves: "05:00", back: "16:00", uses: 25 kWh}]}
  - {id: van, kind: charger, vehicle: 80 kWh, trips: [{leaves: "08:00", back: "17:00", uses: 30 kWh}]}
circuits:
  - {id: cellar, fuse: 18 A, members: [home], meter: cellar-meter}
  - {id: garage, parent: cellar, limit: 10 kW, members: [car, van]}
"""
FUSE_W, GARAGE_W = 18 * 230.0 * 3, 10e3


def played(mode: str) -> tuple[World, Generated]:
    site, store = read_site(TEXT.replace("MODE", mode)), MemoryStore()
    home = generate(site, instant("2024-11-12", "Europe/Berlin"), step_s=3600, seed=3, days=2.0, history_days=14)
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=3)
    play(world, home.ahead.step_count)
    return world, home


@pytest.mark.parametrize("mode", ["follow_plan", "passive"])
def test_no_circuit_carries_more_than_it_may(mode: str) -> None:
    world, home = played(mode)
    keys = [Key(each, POWER_W) for each in ("home", "car", "van", "cellar-meter")]
    load_w, car_w, van_w, meter_w = world.store.read_frame(keys, home.ahead).value.T
    assert (car_w + van_w).max() <= GARAGE_W + 1e-3 and meter_w.max() <= FUSE_W + 1e-3
    assert np.allclose(load_w + car_w + van_w, meter_w)
    assert (car_w + van_w).max() > 0.9 * GARAGE_W, "the limit was never felt"
    if mode == "passive":
        rules = {each.payload.get("circuit") for each in world.store.events(kind=Kind.JUDGED)}
        assert rules & {"garage", "cellar"}


def test_planned_cars_leave_with_what_they_need_all_the_same() -> None:
    world, home = played("follow_plan")
    told = tally(world.store, world.site, home.ahead)
    assert told["car"].departure_count == told["van"].departure_count == 2
    assert told["car"].missing_wh + told["van"].missing_wh < 100.0
