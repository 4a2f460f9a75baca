"""An office whose connection and chiller may take less at some hours, and that pays for its peak: all hold in turns."""

from functools import cache

import numpy as np
import pytest

from enerwise.core.event import Kind
from enerwise.core.quantity import POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Frame, Key
from enerwise.core.time import instant
from enerwise.core.units import FloatArray
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.run.loop import play
from enerwise.run.world import World, simulated
from enerwise.serve.generated import AIR, Generated, generate, keep_history
from enerwise.site.machines import HeatPump
from enerwise.site.read import read_site
from enerwise.site.site import GRID, Site
from enerwise.store.memory import MemoryStore

TEXT = """
name: Office
timezone: UTC
connection:
  import_limit:
    otherwise: 40 kW
    windows: [{limit: 5500 W, from: "12:00", to: "13:00", days: weekdays, months: [7, 8]}]
  export_limit: 9 kW
tariff: {import: 0.30 EUR/kWh, export: 0.08 EUR/kWhDEMAND}
control: {step: 30 min, mode: MODE}
assets:
  - {id: plugs, kind: load}
  - {id: chiller, kind: heat_pump, cools: yes, power: 10 kW, cop: 3.5, worth: 6 EUR, comfort: [16 degC, 26 degC],
     building: {loss: 1.1 kW/K, air: 10 kWh/K, mass: 60 kWh/K, exchange: 5 kW/K, gain: 5 kW},
     windows: [{band: [21 degC, 24.5 degC], from: "08:00", to: "18:00"}],
     limits: [{limit: 2 kW, from: "14:00", to: "16:00", days: weekdays}]}
  - {id: fountain, kind: interruptible, power: 3 kW, needs: 5 h, worth: 1 EUR, from: "09:00", to: "18:00"}
"""
DEMAND = ", demand: [{price: 15 EUR/kW, per: month, interval: 30 min}]"
START = instant("2024-07-09")
"""A Tuesday."""
NOON, AFTERNOON = slice(24, 26), slice(28, 32)


def a_site(mode: str = "follow_plan", demand: str = "") -> Site:
    return read_site(TEXT.replace("MODE", mode).replace("DEMAND", demand))


@cache
def played(mode: str = "follow_plan", demand: str = "", peak_before_w: float = 0.0) -> tuple[World, Generated]:
    """Play a hot day; a peak of this month may have been measured some days ago."""
    site = a_site(mode, demand)
    home = generate(site, START, step_s=1800, seed=3, days=0.9, history_days=7)
    home.power_w[AIR] = np.full(home.grid.step_count, 32.0)
    home.power_w[Key("plugs", POWER_W)] = np.full(home.grid.step_count, 1000.0)
    store = MemoryStore()
    keep_history(store, home, site)
    if peak_before_w:
        at, known_at = (np.array([instant(f"2024-07-03T{each}Z")]) for each in ("10:00", "10:30"))
        store.append(Frame.of(at, {Key(GRID, POWER_W): np.array([peak_before_w])}, known_at=known_at))
        store.flush()
    world = simulated(site, home.supply(), store, seed=3)
    play(world, home.ahead.step_count)
    return world, home


def column(run: tuple[World, Generated], asset: str, quantity: str = POWER_W) -> FloatArray:
    return run[0].store.read_frame([Key(asset, quantity)], run[1].ahead).value[:, 0]


@pytest.mark.parametrize("mode", ["follow_plan", "self_consumption", "passive"])
def test_limits_of_an_hour_hold_whoever_steers(mode: str) -> None:
    run = played(mode)
    assert column(run, GRID)[NOON].max() <= 5500.5
    assert column(run, "chiller")[AFTERNOON].max() <= 2000.5
    assert column(run, "chiller")[AFTERNOON.stop + 1 :].max() > 2000.0


def test_a_plan_cools_ahead_of_hours_in_which_the_chiller_may_do_little() -> None:
    planned, alone = played(), played("passive")
    cold, warm = (column(each, "chiller", TEMPERATURE_DEGC)[AFTERNOON] for each in (planned, alone))
    assert cold.max() < 24.6 and cold.max() < warm.max() - 0.2
    assert not any("limit" in str(each.payload["broken"]) for each in planned[0].store.events(kind=Kind.PLANNED))


def test_what_the_guard_takes_back_it_says() -> None:
    rules = {each.payload["rule"] for each in played("passive")[0].store.events(kind=Kind.JUDGED, subject="chiller")}
    assert "limit of this time" in rules


def test_the_peak_that_is_billed_is_kept_low_while_it_runs() -> None:
    charged, free = played(demand=DEMAND), played()
    assert column(charged, GRID).max() < column(free, GRID).max() - 1000.0


def test_a_peak_of_this_month_that_is_paid_for_already_is_used() -> None:
    paid_w = 7000.0
    fresh, paid = played(demand=DEMAND), played(demand=DEMAND, peak_before_w=paid_w)
    assert column(fresh, GRID).max() < paid_w - 500.0
    assert column(paid, GRID).max() <= paid_w + 0.5 and column(paid, GRID).max() > column(fresh, GRID).max() + 200.0


def test_a_plan_with_limits_is_stored_and_read_again() -> None:
    world, _ = played()
    event = world.store.events(kind=Kind.PLANNED)[0]
    blob = world.store.get("plan", event.id)
    assert blob is not None
    problem = from_bytes(blob)
    assert problem.flexible_limit_w is not None and problem.flexible_limit_w.shape == (2, 48)
    assert np.isfinite(problem.flexible_limit_w[0]).sum() == 4 and np.isinf(problem.flexible_limit_w[1]).all()
    assert to_bytes(problem) == blob


def test_a_site_without_limits_has_none() -> None:
    pump = read_site(
        TEXT.replace("MODE", "passive")
        .replace("DEMAND", "")
        .replace(',\n     limits: [{limit: 2 kW, from: "14:00", to: "16:00", days: weekdays}]', "")
    ).of_kind(HeatPump)[0]
    assert pump.limit is None
