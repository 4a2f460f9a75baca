"""Machines as people meet them: in a plan, behind a why, and among the lanes of the plan page, in both languages."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.event import Kind
from enerwise.core.time import TimeGrid, instant
from enerwise.run.planner import Planned as Thought
from enerwise.run.world import World
from enerwise.serve import asked
from enerwise.serve.api.live.snapshot import Looked, snapshot
from enerwise.serve.chain import find
from enerwise.serve.commands.check import asset_words
from enerwise.serve.explain import tell
from enerwise.serve.generated import keep_history
from enerwise.serve.outlooks.made import Made, made_of
from enerwise.serve.outlooks.view import plan_view
from enerwise.serve.plan_data import plan_json
from enerwise.serve.plan_words import reasons
from enerwise.serve.plans import Planned, make_plan
from enerwise.serve.sites import read_site_file
from enerwise.store.files import Outlook, read_outlook
from enerwise.store.memory import MemoryStore
from tests.run.test_machines import a_home, a_house, played

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def planned() -> Planned:
    site = read_site_file(EXAMPLES / "lindenweg_machines.yaml")
    levels = asked.levels({"--start": ["battery=30%,car=40%"]}, site)["--start"]
    return make_plan(site, read_outlook(EXAMPLES / "outlook.csv"), levels)


@pytest.fixture(scope="module")
def world() -> World:
    return played(a_home(), days=1.0)[0]


def test_a_plan_tells_of_each_machine_what_it_pays_and_what_it_would_pay_alone(planned: Planned) -> None:
    told = plan_json(planned)
    machines = {"car", "heating", "boiler", "dishwasher"}
    assert {each["asset"] for each in told["reasons"]} == machines and machines <= told["power_w"].keys()
    assert {"car", "heating"} <= told["states"].keys()
    car = next(each for each in told["reasons"] if each["code"] == "machine.charger")
    assert car["facts"]["leaves_wh"] == pytest.approx(48e3, abs=1.0)
    assert sum("left to itself" in each for each in reasons(planned)) == 4


def test_left_to_itself_a_car_does_cost_what_is_told(planned: Planned) -> None:
    from enerwise.serve.machine_reasons import energy_eur, machine_reasons

    plan, problem = planned.plan, planned.problem
    told = {each.key: each for each in machine_reasons(problem, plan, "Europe/Berlin") if each.asset == "car"}
    else_eur = next(each.facts["else_eur"] for key, each in told.items() if ".else_" in key)
    row = plan.assets.index("car")
    stay = slice(0, 30)
    alone_w = np.zeros(plan.grid.step_count)
    left_wh = plan.power_w[row, stay].sum()
    for step in range(30):
        alone_w[step] = min(11040.0, left_wh)
        left_wh -= alone_w[step]
    own_w = np.where(np.arange(96) < 30, plan.power_w[row], 0.0)
    grid_w = plan.grid_power_w - own_w + alone_w
    assert energy_eur(problem, grid_w) - energy_eur(problem, plan.grid_power_w) == pytest.approx(else_eur, abs=1e-6)


def test_a_heat_pump_without_weather_is_told_with_its_remedy() -> None:
    site = read_site_file(EXAMPLES / "lindenweg_machines.yaml")
    outlook = read_outlook(EXAMPLES / "outlook.csv")
    with pytest.raises(ProblemsFound, match="outdoor_degc"):
        make_plan(site, replace(outlook, outdoor_degc=None), {})
    short = TimeGrid(instant("2024-11-13", "Europe/Berlin"), 900, 4)
    few = Outlook(short, np.full(4, 300.0), np.zeros(4), outdoor_degc=np.full(4, 5.0))
    assert "dishwasher has nothing to do" in " ".join(make_plan(site, few, {"car": 40e3}).notes)


def test_check_says_what_was_understood_of_every_kind() -> None:
    words = [asset_words(each) for each in read_site_file(EXAMPLES / "lindenweg_machines.yaml")]
    assert any("drives 59.0 kWh a week" in each for each in words) and any("COP 2.6 at -7" in each for each in words)


@pytest.mark.parametrize(("language", "words"), [("en", "left to itself"), ("de", "überlassen")])
def test_why_tells_of_a_machine_in_both_languages(world: World, language: str, words: str) -> None:
    at = instant("2024-11-12 02:30", "Europe/Berlin")
    for asset in ("car", "heating"):
        story = tell(world.store, find(world.store, at, asset, "Europe/Berlin"), world.site, language)
        text = " ".join(each.text for each in story.lines)
        keys = {each.key for each in story.lines}
        assert "reason.plan_machine" in keys and "–" not in text.replace("8–", ""), text
        assert asset in text and "outcome.granted" in keys
    washer = tell(world.store, find(world.store, at, "washer", "Europe/Berlin"), world.site, language)
    assert any(words in each.text for each in washer.lines) or len(washer.lines) > 6


def test_the_house_on_the_page_shows_machines_as_what_they_are_and_what_they_took(world: World) -> None:
    event = world.store.events(kind=Kind.MEASURED)[3]
    shown = snapshot(world.site, Looked(event.at, 0, measured=event))
    nodes = {each["id"]: each for each in shown["nodes"]}
    assert (nodes["car"]["kind"], nodes["heating"]["kind"], nodes["washer"]["kind"]) == ("car", "heat", "load")
    ended = event.payload["ended"]
    assert isinstance(ended, dict)
    for each in ("car", "heating", "washer"):
        assert nodes[each]["power_w"] == pytest.approx(ended[f"{each}.power_w"], abs=1.0)
    assert nodes["car"]["energy_wh"] > 0 and "unexplained" not in nodes


def a_made() -> Made:
    site, store = a_home(), MemoryStore()
    home = a_house(site, 1.0)
    keep_history(store, home, site)
    from enerwise.run.world import simulated

    thought = simulated(site, home.supply(), store, seed=3).planner
    assert thought is not None
    found = thought.plan(home.ahead.start_utc, "p")
    assert isinstance(found, Thought)
    return made_of("p", site, found)


def test_the_plan_page_has_a_lane_for_each_machine() -> None:
    made = a_made()
    told: dict[str, Any] = plan_view(made, ())
    lanes = {each["asset"]: each for each in told["lanes"]}
    assert {lanes[each]["kind"] for each in ("car", "heating", "washer")} == {"charger", "heat_pump", "program"}
    block = lanes["heating"]["blocks"][0]
    assert block["deed"] == "on" and block["energy_kwh"] > 0 and block["alternative"]["code"].startswith("own_")
    assert {each["code"] for each in block["reasons"]} >= {"machine_price", "machine_rooms"}
    assert all(set(each["text"]) == {"en", "de"} for each in block["reasons"])
    used_w = told["power_w"].get("load", made.load_w)
    sums_w = np.array(used_w) + made.pv_w.sum(axis=0) + made.battery_w.sum(axis=0)
    assert np.abs(sums_w - made.plan.grid_power_w).max() < 0.2
