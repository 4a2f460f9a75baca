"""A home with a turbine in closed loop: planned from what it gave, stored, and held back where it must not be fed."""

import numpy as np
import pytest

from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import instant
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import solve
from enerwise.run.loop import play
from enerwise.run.world import simulated
from enerwise.serve.generated import generate, keep_history
from enerwise.serve.plans import make_problem
from enerwise.site.read import read_site
from enerwise.site.site import GRID
from enerwise.store.files import Outlook
from enerwise.store.memory import MemoryStore
from tests.builders import NOON, a_grid

TEXT = """
name: Test
timezone: Europe/Berlin
connection: {import_limit: 20 kW, export_limit: 1500 W}
tariff: {import: {otherwise: 0.30 EUR/kWh}, export: 0.08 EUR/kWh}
control: {step: 1 h, mode: MODE}
assets:
  - {id: roof, kind: pv, peak: 1 kWp}
  - {id: mill, kind: wind, power: 6 kW, hub: 20 m, curtail: yes}
  - {id: battery, kind: battery, capacity: 8 kWh, charge_limit: 4 kW, discharge_limit: 4 kW}
  - {id: home, kind: load}
"""


@pytest.mark.parametrize("mode", ["follow_plan", "self_consumption"])
def test_wind_fills_the_battery_and_never_breaks_the_export_limit(mode: str) -> None:
    site, store = read_site(TEXT.replace("MODE", mode)), MemoryStore()
    home = generate(site, instant("2024-01-10"), step_s=3600, seed=2, days=3.0, history_days=14)
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=2)
    play(world, home.ahead.step_count)
    keys = [Key("mill", POWER_W), Key("mill", AVAILABLE_POWER_W), Key("battery", POWER_W), Key(GRID, POWER_W)]
    given_w, offered_w, battery_w, grid_w = store.read_frame(keys, home.ahead).value.T
    assert (given_w >= offered_w - 1e-6).all() and (given_w <= 0.0).all()
    # A battery that has aged and is nearly full takes some watts less than it is allowed to.
    assert grid_w.min() >= -1500.0 - 60.0
    assert offered_w.min() < -3000.0 and (battery_w[offered_w < -2000.0] > 0).any()
    assert (given_w > offered_w + 100.0).any(), "there was never too much wind"


def test_a_plan_takes_the_wind_from_its_column_and_is_stored_with_it() -> None:
    site, grid = read_site(TEXT.replace("MODE", "follow_plan")), a_grid(step_s=3600, steps=24)
    wind = np.linspace(0.0, 12.0, 24)
    outlook = Outlook(grid, np.full(24, 500.0), np.full(24, -400.0), wind_m_per_s=wind)
    problem = make_problem(site, outlook, {}, {})
    mill_w = problem.available_w[0, 1]
    assert mill_w[0] == 0.0 and mill_w[-1] == -6000.0 and (np.diff(mill_w) <= 0).all()
    assert problem.available_w[0, 0].tolist() == [-400.0] * 24
    plan = solve(problem, NOON)
    assert (plan.power_w[plan.assets.index("mill")] >= mill_w - 1e-6).all()
    assert plan.grid_power_w.min() >= -1500.0 - 1e-3
    assert solve(from_bytes(to_bytes(problem)), NOON).power_w.tolist() == plan.power_w.tolist()
