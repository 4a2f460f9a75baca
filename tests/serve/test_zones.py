"""A house of two floors as people meet it: planned, simulated, told why, and on the plan page."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerwise.core.quantity import TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid, instant
from enerwise.devices.supply import Supply
from enerwise.run.loop import play
from enerwise.run.machine_tally import kept_heat_wh, tally
from enerwise.run.perfect import perfect
from enerwise.run.standing import standing_of
from enerwise.run.world import World, simulated
from enerwise.serve.chain import find
from enerwise.serve.explain import tell
from enerwise.serve.generated import generate, keep_history
from enerwise.serve.outlooks.made import made_of
from enerwise.serve.outlooks.view import plan_view
from enerwise.serve.sites import read_site_file
from enerwise.site.machines import HeatPump
from enerwise.store.memory import MemoryStore
from tests.serve.builders import enerwise, said

EXAMPLES = Path(__file__).parents[2] / "examples"
FLOORS = EXAMPLES / "two_floors.yaml"
SITE = read_site_file(FLOORS)


@pytest.fixture(scope="module")
def played() -> tuple[World, TimeGrid]:
    store = MemoryStore()
    home = generate(SITE, instant("2024-01-15", "Europe/Berlin"), step_s=1800, seed=3, days=0.6, history_days=14)
    keep_history(store, home, SITE)
    world = simulated(SITE, home.supply(), store, seed=3)
    play(world, home.ahead.step_count)
    return world, home.ahead


def test_the_example_is_checked_planned_and_each_floor_is_told(tmp_path: Path) -> None:
    checked = " ".join(said(enerwise("check", FLOORS)).split())
    assert "ground (60 % of the heat) loses 90 W/K" in checked and "120 W/K between ground and upper" in checked
    out = tmp_path / "plan.json"
    told = said(enerwise("plan", FLOORS, "--outlook", EXAMPLES / "outlook.csv", "--json", out))
    assert "ground is" in told and "upper is" in told
    plan = json.loads(out.read_text())
    assert {"ground temperature_degc", "upper temperature_degc"} <= plan["states"]["heating"].keys()
    zones = [each["facts"]["zone"] for each in plan["reasons"] if each["code"].startswith("machine.zone_")]
    assert zones == ["ground", "upper"]


def test_the_example_is_simulated_and_degree_hours_are_told_by_floor() -> None:
    words = said(enerwise("simulate", FLOORS, "--days", "0.5", "--step", "1 h", "--start", "2024-01-15"))
    assert "heating took" in words and "boiler took" in words


def test_each_floor_keeps_its_own_band(played: tuple[World, TimeGrid]) -> None:
    world, grid = played
    told = tally(world.store, SITE, grid)["heating"]
    assert set(told.zone_outside_kh) == {"ground", "upper"}
    assert told.outside_kh == pytest.approx(sum(told.zone_outside_kh.values())) and told.outside_kh < 2.0
    keys = [Key(each, TEMPERATURE_DEGC) for each in ("ground", "upper")]
    ground, upper = world.store.read_frame(keys, grid).value.T
    assert ground[14:].min() > 19.5 and upper.max() < 21.6
    assert (ground - upper).mean() > 0.5


def test_a_plan_begins_where_all_floors_and_walls_are(played: tuple[World, TimeGrid]) -> None:
    world, grid = played
    pump = SITE.asset("heating")
    assert isinstance(pump, HeatPump)
    now = grid.part(grid.step_count - 1, 1).start_utc
    found = standing_of(world.store, pump, now, step_s=1800, zone="Europe/Berlin").node_degc
    twin: Any = world.devices._machines["heating"]  # type: ignore[attr-defined]
    seen = world.store.read_frame([Key(each, TEMPERATURE_DEGC) for each in ("ground", "upper")], grid).value[-1]
    assert found[:2] == pytest.approx(seen, abs=1e-6)
    assert found[2:] == pytest.approx(twin.node_degc[2:], abs=0.6), "walls as a model led by the floors has them"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "nearest to too cold at"), ("de", "am nächsten daran, zu kalt")]
)
def test_why_tells_of_each_floor_in_both_languages(played: tuple[World, TimeGrid], language: str, words: str) -> None:
    world, grid = played
    chain = find(world.store, grid.part(20, 1).start_utc, "heating", SITE.timezone)
    told = tell(world.store, chain, SITE, language).lines
    text = " ".join(each.text for each in told)
    assert words in text and "–" not in text, text
    assert "upper" in text and "ground" in text
    assert sum(each.key == "meters.warm" for each in told) == 3, "both floors and the water"


def test_the_page_has_the_temperatures_of_each_floor(played: tuple[World, TimeGrid]) -> None:
    world, grid = played
    assert world.planner is not None
    thought: Any = world.planner.plan(grid.part(grid.step_count - 1, 1).start_utc, "p")
    lanes = {each["asset"]: each for each in plan_view(made_of("p", SITE, thought), ())["lanes"]}
    ground, upper = lanes["heating"]["warmth"]
    assert (ground["zone"], ground["name"], upper["name"]) == ("ground", "Ground floor", "Upper floor")
    assert len(ground["degc"]) == len(ground["low_degc"]) + 1
    assert set(np.unique(ground["low_degc"])) == {18.0, 20.0} and set(np.unique(upper["high_degc"])) == {21.0}
    (water,) = lanes["boiler"]["warmth"]
    assert water["zone"] == "boiler" and min(water["degc"]) > 40.0


def test_perfect_foresight_knows_what_all_floors_store_at_the_end() -> None:
    steps = 24
    grid = TimeGrid(instant("2024-01-15", "Europe/Berlin"), 3600, steps)
    supply = Supply(grid, {"home": np.full(steps, 400.0)}, {"roof": np.zeros(steps)}, outdoor_degc=np.full(steps, 2.0))
    power_w, _, tallies = perfect(SITE, supply, grid, 0.5, 0.2)
    told = tallies["heating"]
    assert told.energy_wh == pytest.approx(power_w["heating"].sum()) and told.energy_wh > 10e3
    pump = SITE.asset("heating")
    assert isinstance(pump, HeatPump)
    at_the_edge = kept_heat_wh(pump, [18.0, 17.0], grid, SITE.timezone)
    a_degree_above = kept_heat_wh(pump, [19.0, 17.0], grid, SITE.timezone)
    assert at_the_edge == pytest.approx(0.0) and a_degree_above == pytest.approx(7000.0 / np.mean(pump.cop))
    assert told.kept_wh >= -1.0, "no floor ends below its band"
