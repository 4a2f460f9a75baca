"""An office whose air is planned with its heat: as much as people need, before dear hours, told and stored."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.quantity import CO2_PPM, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid, instant, local_fields
from enerwise.plan.blocks.ventilation import Ventilation as VentilationBlock
from enerwise.plan.carried import carried
from enerwise.plan.changed import changed
from enerwise.plan.coupling import FROM_OTHERS
from enerwise.plan.flexible import Passed
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import solve
from enerwise.run.machine_tally import tally
from enerwise.serve.change_reasons import Pair, news
from enerwise.serve.commands.simulate import run, unplanned
from enerwise.serve.generated import generate
from enerwise.serve.machine_reasons import machine_reasons
from enerwise.serve.outlooks.because import reasons
from enerwise.serve.outlooks.blocks import lanes
from enerwise.serve.plans import Planned, make_plan, make_problem
from enerwise.serve.sites import read_site_file, with_step
from enerwise.serve.summary import air_lines
from enerwise.serve.totals import played
from enerwise.serve.words import sentence
from enerwise.store.files import read_outlook
from enerwise.store.memory import MemoryStore
from tests.serve.builders import enerwise, said
from tests.serve.outlooks.builders import a_made

EXAMPLES = Path(__file__).parents[2] / "examples"
SITE = read_site_file(EXAMPLES / "office_air.yaml")
OUTLOOK = read_outlook(EXAMPLES / "outlook.csv")
ZONE = SITE.timezone


def hour_of(grid: TimeGrid) -> np.ndarray:
    return local_fields(grid.starts_utc, ZONE).second / 3600.0


@pytest.fixture(scope="module")
def planned() -> Planned:
    return make_plan(SITE, OUTLOOK, {})


def test_air_is_as_good_as_wished_for_and_no_better_than_it_has_to_be(planned: Planned) -> None:
    hour, states = hour_of(OUTLOOK.grid), planned.plan.states["air"]
    works = (hour >= 7.5) & (hour < 18.0)
    ppm = states["co2_ppm"][1:][works]
    assert 995.0 < ppm.max() <= 1005.0 and not any("air" in each.name for each in planned.plan.broken)
    assert states["flow_m3_per_h"][works].max() < 0.8 * 2400.0, "full flow is more than 50 people need"
    assert states["flow_m3_per_h"][hour >= 19.0].mean() < 60.0


def test_the_room_is_aired_before_the_dear_hours_rather_than_in_them(planned: Planned) -> None:
    hour, states = hour_of(OUTLOOK.grid), planned.plan.states["air"]
    first, flow = int(np.flatnonzero(hour == 11.0)[0]), states["flow_m3_per_h"]
    assert flow[first - 1] > 1.02 * flow[first - 4] > 1.02 * flow[first]
    assert states["co2_ppm"][first] < states["co2_ppm"][first - 4] - 2.0


def test_rooms_are_heated_for_the_air_that_leaves_them(planned: Planned) -> None:
    lost_w = planned.plan.states["heating"][FROM_OTHERS]
    hour = hour_of(OUTLOOK.grid)
    assert lost_w[(hour >= 9.0) & (hour < 17.0)].max() < -800.0
    problem = make_problem(SITE, OUTLOOK, {}, {})
    again = solve(from_bytes(to_bytes(problem)), OUTLOOK.grid.start_utc)
    assert again.power_w.tolist() == solve(problem, OUTLOOK.grid.start_utc).power_w.tolist()


@pytest.mark.parametrize(("language", "words"), [("en", "ppm of carbon dioxide"), ("de", "ppm Kohlendioxid")])
def test_why_it_moves_that_much_is_told(planned: Planned, language: str, words: str) -> None:
    told = [each for each in machine_reasons(planned.problem, planned.plan, ZONE) if each.asset == "air"]
    line = sentence(told[0].key, told[0].facts, language)
    assert words in line and "1000" in line and "–" not in line
    assert told[1].key == "machine.else_more"


def test_its_lane_says_when_it_runs_and_what_for(planned: Planned) -> None:
    made = a_made(planned.problem, site=SITE)
    lane = next(each for each in lanes(made) if each.asset == "air")
    assert lane.kind == "ventilation" and lane.blocks
    told = [each.code for each in reasons(made, lane, lane.blocks[0])]
    assert any("machine_air" in each for each in told), told


@pytest.mark.parametrize(
    ("people", "more_ppm", "code"), [(50, 300.0, "staler"), (50, -300.0, "fresher"), (0, 0.0, "people")]
)
def test_air_that_is_otherwise_than_foretold_is_news(people: int, more_ppm: float, code: str) -> None:
    before = make_problem(SITE, OUTLOOK, {}, {})
    planned, passed = solve(before, before.grid.start_utc), 44
    grid = TimeGrid(before.grid.start_utc + np.timedelta64(passed, "m") * 15, 900, before.grid.step_count)
    fresh = replace(before, grid=grid)
    foretold = carried(before, planned, fresh, Passed.between(before.grid, grid) or pytest.fail("nothing is shared"))
    air = next(each for each in foretold.flexible if isinstance(each, VentilationBlock))
    other = replace(air, start_ppm=air.start_ppm + more_ppm, exhaled_m3_per_h=air.exhaled_m3_per_h * (people > 0))
    after = replace(foretold, flexible=tuple(other if each is air else each for each in foretold.flexible))
    pair = Pair(before, planned, after, solve(after, grid.start_utc), ZONE, {}, {})
    found = changed(pair.before, pair.planned, pair.after, pair.plan)
    assert found is not None
    (told,) = (each.what for each in news(pair, found) if each.cause.group == "machine")
    assert told.key == f"news.air_{code}" and "air" in sentence(told.key, told.facts, "de")


def test_the_command_line_plans_and_tells_it() -> None:
    told = said(enerwise("plan", EXAMPLES / "office_air.yaml", "--outlook", EXAMPLES / "outlook.csv"))
    assert "air is taken to begin with fresh air" in told and "of carbon dioxide" in told


def test_a_simulated_day_moves_less_air_than_the_clock_and_keeps_the_limit() -> None:
    site, store = with_step(SITE, 3600, None), MemoryStore()
    home = generate(site, instant("2024-01-14T23:00Z"), step_s=3600, seed=1, days=0.75, history_days=7)
    run(site, home, store, seed=1)
    before = unplanned(site, home, seed=1)
    after = replace(played(store, site, home.ahead, start_soc_ratio=0.5), unplanned=before)
    kept = tally(store, site, home.ahead)["air"]
    assert 900.0 < kept.highest_ppm <= 1005.0 and kept.stale_ppm_h == 0.0
    assert kept.energy_wh < 0.5 * before.tallies["air"].energy_wh
    assert after.bill().total_eur < before.bill().total_eur
    power_w, ppm = store.read_frame([Key("air", POWER_W), Key("air", CO2_PPM)], home.ahead).value.T
    assert np.isfinite(ppm).all() and power_w.max() < 1000.0
    (line,) = air_lines(after)
    assert line.startswith("Against full flow by the clock air took") and "heating took" in line
