"""An office in closed loop whose people do not keep to the clock: let go while it stays empty, right as they come."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerwise.core.event import Kind
from enerwise.core.quantity import CO2_PPM, IS_OCCUPIED, POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Frame, Key
from enerwise.core.time import TIME_TYPE, TimeArray, TimeGrid, instant
from enerwise.core.units import FloatArray
from enerwise.run.loop import play
from enerwise.run.machine_tally import tally
from enerwise.run.presence import _seen, attendance_of
from enerwise.run.world import World, simulated
from enerwise.serve.generated import Generated, generate, keep_history
from enerwise.site.machines import HeatPump
from enerwise.site.read import read_site
from enerwise.site.site import Site
from enerwise.store.memory import MemoryStore
from enerwise.store.table import open_table

TEXT = """
name: Office
timezone: Europe/Berlin
connection: {import_limit: 40 kW, export_limit: 9 kW}
tariff: {import: 0.30 EUR/kWh, export: 0.08 EUR/kWh}
control: {step: 1 h}
assets:
  - {id: plugs, kind: load}
  - {id: heating, kind: heat_pump, power: 12 kW, cop: 3, worth: 3 EUR, comfort: [15 degC, 28 degC],
     building: {loss: 700 W/K, air: 6 kWh/K, mass: 20 kWh/K, exchange: 4 kW/K, gain: 1 kW},
     windows: [{band: [20.5 degC, 24 degC], from: "08:00", to: "18:00", days: weekdays}],
     presence: {sensors: [SENSORS], band: [20.5 degC, 24 degC]}}
"""
START = instant("2024-01-16", "Europe/Berlin")
"""A Tuesday after four weeks of history."""
PUMP = "heating"
OFFICE = Path(__file__).parents[3] / "shared" / "data" / "occupancy_office"


def a_site(sensors: str = "presence", *, follows: bool = True) -> Site:
    site = read_site(TEXT.replace("SENSORS", sensors))
    pump = pump_of(site)
    assert pump.presence is not None
    pump = replace(pump, presence=replace(pump.presence, is_followed=follows))
    return replace(site, assets=(*site.assets[:-1], pump))


def pump_of(site: Site) -> HeatPump:
    return site.of_kind(HeatPump)[0]


def by_hour(grid: TimeGrid, comes: int, leaves: int) -> FloatArray:
    hour = np.arange(grid.step_count) % 24
    weekday = (np.arange(grid.step_count) // 24 + 1 - 28) % 7
    return ((hour >= comes) & (hour < leaves) & (weekday < 5)).astype(np.float64)


def played(site: Site, today: FloatArray) -> tuple[World, Generated]:
    """Play the day with these people, after weeks in which they came from eight to six."""
    home = generate(site, START, step_s=3600, seed=3, days=1)
    home.power_w[Key(PUMP, IS_OCCUPIED)] = np.concatenate([by_hour(home.grid, 8, 18)[: home.history_steps], today])
    store = MemoryStore()
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=3)
    play(world, 24)
    return world, home


def column(world: World, home: Generated, quantity: str) -> FloatArray:
    return world.store.read_frame([Key(PUMP, quantity)], home.ahead).value[:, 0]


def test_rooms_that_stay_empty_are_let_go_and_the_plan_says_so() -> None:
    nobody = np.zeros(24)
    followed, home = played(a_site(), nobody)
    by_clock, _ = played(a_site(follows=False), nobody)
    rooms, clock_rooms = (column(each, home, TEMPERATURE_DEGC) for each in (followed, by_clock))
    assert rooms[8] > 20.0, "people are expected"
    assert rooms[17] < 19.0 and clock_rooms[17] > 20.4
    spared = column(by_clock, home, POWER_W)[9:].sum() - column(followed, home, POWER_W)[9:].sum()
    assert spared > 10e3
    noon: Any = followed.store.events(kind=Kind.PLANNED)[13].payload
    assert noon["presence"][PUMP]["chance_ratio"][0] < 0.1


def test_who_comes_early_is_warm_at_once() -> None:
    early = (np.arange(24) >= 5) & (np.arange(24) < 18)
    followed, home = played(a_site(), early.astype(np.float64))
    by_clock, _ = played(a_site(follows=False), early.astype(np.float64))
    power_w = column(followed, home, POWER_W)
    assert power_w[5] == pytest.approx(12e3) and power_w[3] < 12e3
    kh = [tally(each.store, each.site, home.ahead)[PUMP].outside_kh for each in (followed, by_clock)]
    assert kh[0] < kh[1]


def test_rooms_are_right_as_people_come_and_no_warmer_than_that_before() -> None:
    usual = by_hour(TimeGrid(START, 3600, 24), 8, 18)
    usual[8:18] = 1.0
    world, home = played(a_site(), usual)
    rooms = column(world, home, TEMPERATURE_DEGC)
    assert rooms[8] > 20.3 and rooms[5] < 20.0


def test_air_tells_of_people_once_somebody_has_shown_it() -> None:
    pytest.importorskip("sklearn", reason="the extra `learn` is not installed")
    site, store = a_site("co2"), MemoryStore()
    grid = TimeGrid(START - np.timedelta64(28, "D"), 300, 28 * 288)
    there = np.repeat(by_hour(TimeGrid(grid.start_utc, 3600, 28 * 24), 9, 16), 12)
    noise = np.random.default_rng(1).normal(size=there.size)
    air = 420 + 500 * np.convolve(there, np.ones(6) / 6)[: there.size] + 15 * noise
    label = np.where(np.arange(there.size) < 14 * 288, there, np.nan)
    known = np.isfinite(label)
    store.append(Frame.of(grid.starts_utc[known], {Key(PUMP, IS_OCCUPIED): label[known]}))
    store.append(Frame.of(grid.starts_utc, {Key(PUMP, CO2_PPM): air}))
    store.flush()
    now = START + np.timedelta64(13, "h")
    more = TimeGrid(START, 300, 13 * 12)
    store.append(Frame.of(more.starts_utc, {Key(PUMP, CO2_PPM): np.full(more.step_count, 421.0)}))
    store.flush()
    told = attendance_of(store, pump_of(site), now, TimeGrid(now, 3600, 24), site.timezone)
    assert told.now_ratio < 0.1 and told.expected.day_count > 20
    assert told.expected.chance_ratio[:3].max() < 0.3, "nobody has come for hours"
    assert told.expected.chance_ratio[24 - 13 + 11] > 0.9, "tomorrow is another day"


def test_without_a_word_from_any_sensor_the_clock_holds() -> None:
    site = a_site()
    told = attendance_of(MemoryStore(), pump_of(site), START, TimeGrid(START, 3600, 24), site.timezone)
    assert np.isnan(told.now_ratio) and told.expected.model == "usual week"
    assert told.expected.chance_ratio[12] > 0.9 and told.expected.chance_ratio[3] == 0.0


def test_a_real_room_is_told_from_its_air_on_days_without_a_camera() -> None:
    """Taught by one part of the office's record, as it would lie in a store, and tried on the other."""
    pytest.importorskip("sklearn", reason="the extra `learn` is not installed")
    if not OFFICE.exists():
        pytest.skip(f"{OFFICE} is absent")
    site, store, now = a_site("co2"), MemoryStore(), instant("2015-02-11")
    truth: dict[str, tuple[TimeArray, FloatArray]] = {}
    for name in ("datatraining", "datatest"):
        with open_table(OFFICE / f"{name}.parquet") as table:
            at, first = np.unique(table.stamps("ts_local").at_ms // 60_000 * 60_000, return_index=True)
            truth[name] = at.view(TIME_TYPE), table.numbers("occupied")[first]
            store.append(Frame.of(truth[name][0], {Key(PUMP, CO2_PPM): table.numbers("co2_ppm")[first]}))
    store.append(Frame.of(truth["datatraining"][0], {Key(PUMP, IS_OCCUPIED): truth["datatraining"][1]}))
    store.flush()
    grid = TimeGrid(now - np.timedelta64(14, "D"), 900, 14 * 96)
    told = _seen(store, pump_of(site), grid, now, "UTC", {})
    step = ((truth["datatest"][0] - grid.start_utc) / np.timedelta64(900, "s")).astype(np.int64)
    count = np.bincount(step, minlength=grid.step_count)
    share = np.bincount(step, weights=truth["datatest"][1], minlength=grid.step_count) / np.maximum(count, 1)
    tried = (count > 0) & np.isfinite(told)
    right = ((told[tried] > 0.5) == (share[tried] > 0.5)).mean()
    assert tried.sum() > 150 and right > 0.94
