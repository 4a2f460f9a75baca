"""A layered tank in closed loop: a plan begins where its layers are, though one sensor tells only of the top."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.quantity import POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid, instant
from enerwise.devices.warm_twins import Around, WaterHeaterTwin
from enerwise.physics.declared import tank_of
from enerwise.physics.led import led_layers_degc
from enerwise.physics.tank import CELLAR_DEGC
from enerwise.plan.declared import Ahead, Standing, blocks_of
from enerwise.run.loop import play
from enerwise.run.machine_tally import tally
from enerwise.run.standing import standing_of
from enerwise.run.world import World, simulated
from enerwise.serve.generated import generate, keep_history
from enerwise.site.habits import drawn_l
from enerwise.site.machines import WaterHeater
from enerwise.site.read import find_problems, read_site
from enerwise.site.site import Site
from enerwise.store.memory import MemoryStore

ZONE = "Europe/Berlin"
TEXT = """
name: Test
timezone: Europe/Berlin
connection: {import_limit: 20 kW, export_limit: 9 kW}
tariff: {import: {otherwise: 0.25 EUR/kWh, periods: [{price: 0.50 EUR/kWh, from: "14:00", to: "21:00"}]}}
control: {step: 1 h}
assets:
  - {id: home, kind: load}
  - {id: boiler, kind: water_heater, power: 2 kW, volume: 300 l, TANKband: [45 degC, 60 degC],
     draws: [{volume: 80 l, from: "06:00", to: "08:00"}, {volume: 60 l, from: "18:00", to: "21:00"}]}
"""


def a_home(tank: str = "layers: 8, heated_layers: 4, ") -> Site:
    return read_site(TEXT.replace("TANK", tank))


def a_heater(site: Site) -> WaterHeater:
    return site.of_kind(WaterHeater)[0]


def played(site: Site, days: float = 1.5) -> tuple[World, TimeGrid]:
    store = MemoryStore()
    home = generate(site, instant("2024-11-12", ZONE), step_s=3600, seed=3, days=days, history_days=14)
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=3)
    play(world, home.ahead.step_count)
    return world, home.ahead


def test_layers_are_read_and_wrong_ones_told_with_their_remedy() -> None:
    heater = a_heater(a_home())
    assert (heater.layers, heater.heated_layers, tank_of(heater).heat_share.tolist()[:5]) == (8, 4, [0.25] * 4 + [0.0])
    assert a_heater(a_home("")).layers == 1
    for tank, words in (("layers: 30, ", "1..20"), ("layers: 3, heated_layers: 4, ", "heats 4 of 3 layers")):
        with pytest.raises(ProblemsFound, match=words):
            a_home(tank)
    (problem,) = find_problems(TEXT.replace("TANK", "layers: many, "))
    assert "assets[1].layers" in str(problem)


@settings(max_examples=15, deadline=None)
@given(layers=st.integers(2, 12), heated=st.integers(0, 12), seed=st.integers(0, 99))
def test_layers_led_by_the_top_are_those_of_the_twin(layers: int, heated: int, seed: int) -> None:
    heater = a_heater(a_home(f"layers: {layers}, heated_layers: {min(max(heated, 1), layers)}, "))
    grid = TimeGrid(instant("2024-11-12", ZONE), 1800, 96)
    asked_w = np.random.default_rng(seed).choice([0.0, 0.0, 1000.0, 2000.0], grid.step_count)
    twin = WaterHeaterTwin(heater, Around(grid, ZONE, np.zeros(grid.step_count)))
    power_w, top_degc = np.zeros(grid.step_count), np.zeros(grid.step_count)
    for step in range(grid.step_count):
        top_degc[step] = twin.sensed(step)[Key("boiler", TEMPERATURE_DEGC)]
        power_w[step] = twin.carry_out(step, float(asked_w[step]))
        assert twin.layer_degc.max() < 60.01
    drawn = drawn_l(heater, grid, ZONE)
    found = led_layers_degc(heater, power_w, top_degc, drawn, room_degc=CELLAR_DEGC, step_s=1800.0)
    assert found == pytest.approx(twin.layer_degc, abs=1e-6)
    silent = led_layers_degc(heater, power_w, top_degc * np.nan, drawn, room_degc=CELLAR_DEGC, step_s=1800.0)
    assert np.isnan(silent).all()


def test_a_layered_tank_is_planned_from_its_layers_and_keeps_the_water_warm() -> None:
    world, grid = played(a_home())
    heater = a_heater(world.site)
    now = grid.part(grid.step_count - 1, 1).start_utc
    found = standing_of(world.store, heater, now, step_s=3600, zone=ZONE).node_degc
    twin: Any = world.devices._machines["boiler"]  # type: ignore[attr-defined]
    top = world.store.read_frame([Key("boiler", TEMPERATURE_DEGC)], grid).value[-1, 0]
    assert len(found) == 8 and found[0] == top and list(found) == sorted(found, reverse=True)
    assert found[-1] < found[0] - 15.0, "cold water lies below"
    assert found[-1] == pytest.approx(twin.layer_degc[-1], abs=3.0)
    told = tally(world.store, world.site, grid)["boiler"]
    assert told.outside_kh < 1.0
    bought = world.store.read_frame([Key("boiler", POWER_W)], grid).value[:, 0]
    dear = (np.arange(grid.step_count) % 24 >= 14) & (np.arange(grid.step_count) % 24 < 21)
    assert bought[dear].sum() < 0.25 * bought.sum()


def test_who_knows_only_the_top_takes_all_of_it_to_be_as_warm() -> None:
    heater = a_heater(a_home())
    ahead = Ahead(TimeGrid(instant("2024-11-12", ZONE), 3600, 24), ZONE, np.full(24, 0.3))
    (block,) = blocks_of((heater,), {"boiler": Standing(node_degc=(55.0,))}, ahead)
    assert block.start_degc.tolist() == [55.0] * 8  # type: ignore[attr-defined]
