"""Aims in closed loop: what comes first is lower in what was measured, and the story of a setpoint tells of it."""

import numpy as np

from enerwise.core.event import Kind
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid, instant
from enerwise.run.loop import play
from enerwise.run.world import World, simulated
from enerwise.serve.chain import find
from enerwise.serve.explain import tell
from enerwise.serve.generated import generate, keep_history
from enerwise.site.read import read_site
from enerwise.site.site import GRID
from enerwise.store.memory import MemoryStore

TEXT = """
name: Test
timezone: Europe/Berlin
connection: {import_limit: 12 kW, export_limit: 9 kW}
tariff: {import: {otherwise: 0.38 EUR/kWh, periods: [{price: 0.15 EUR/kWh, from: "00:00", to: "05:00"}]}}
control: {step: 1 h}
carbon: {grid: 363 g/kWh, source: UBA 2024}
AIMS
assets:
  - {id: battery, kind: battery, capacity: 12 kWh, charge_limit: 5 kW, discharge_limit: 5 kW}
  - {id: home, kind: load}
"""


def played(aims: str) -> tuple[World, float]:
    site, store = read_site(TEXT.replace("AIMS", aims)), MemoryStore()
    home = generate(site, instant("2024-02-12", "Europe/Berlin"), step_s=3600, seed=1, days=2.0, history_days=14)
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=1)
    play(world, home.ahead.step_count)
    grid_w = store.read_frame([Key(GRID, POWER_W)], home.ahead).value[:, 0]
    return world, float(np.maximum(grid_w, 0.0).max())


def test_a_peak_that_comes_first_is_lower_than_that_of_the_bill() -> None:
    _, bill_w = played("")
    world, first_w = played("aims: {order: [peak, cost], carbon: 100 EUR/t}")
    assert first_w < 0.6 * bill_w
    planned = world.store.events(kind=Kind.PLANNED)[-1]
    assert {"carbon", "peak"} <= set(planned.payload["cost_eur"])  # type: ignore[arg-type]


def test_the_story_of_a_setpoint_tells_what_aims_counted() -> None:
    world, _ = played("aims: {carbon: 100 EUR/t, caps: {peak: 11 kW}}")
    at = world.store.events(kind=Kind.PERMITTED, subject="battery")[-1].at
    story = tell(world.store, find(world.store, at, "battery", "Europe/Berlin"), world.site, "en")
    told = {each.key: each.text for each in story.lines}
    assert told["aim.weighed_amount"].startswith("Of all that the plan weighed, CO₂ of what is drawn had a share of")
    assert told["aim.cap_free"].startswith("The highest draw: ")


def test_an_agreed_profile_is_kept_nearer_than_without_and_told() -> None:
    aims = (
        'aims: {schedule: {price: 1 EUR/kWh, tolerance: 100 W, profile: [{draw: 500 W, from: "06:00", to: "22:00"}]}}'
    )
    worlds = {how: played(how)[0] for how in ("", aims)}
    off_w = {}
    grid = TimeGrid(instant("2024-02-12", "Europe/Berlin"), 3600, 48)
    agreed = (np.arange(48) % 24 >= 6) & (np.arange(48) % 24 < 22)
    for how, world in worlds.items():
        grid_w = world.store.read_frame([Key(GRID, POWER_W)], grid).value[agreed, 0]
        off_w[how] = float(np.maximum(np.abs(grid_w - 500.0) - 100.0, 0.0).mean())
    assert off_w[aims] < 0.1 * off_w[""], off_w
    world = worlds[aims]
    at = world.store.events(kind=Kind.PERMITTED, subject="battery")[-1].at
    for language, words in (("en", "power beside what was agreed"), ("de", "Leistung neben dem Vereinbarten")):
        story = tell(world.store, find(world.store, at, "battery", "Europe/Berlin"), world.site, language)
        assert any(words in each.text for each in story.lines)
    chain = find(world.store, grid.part(10, 1).start_utc, "battery", "Europe/Berlin")
    kept = tell(world.store, chain, world.site, "en")
    assert any("keep what flows at the connection at" in each.text for each in kept.lines)
