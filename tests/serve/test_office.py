"""An office on a summer's day: it is cool as it opens, cools ahead of dear hours, and keeps what is asked of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.units import FloatArray
from enerwise.physics import heat_pump
from enerwise.physics.building import advance
from enerwise.physics.declared import building_of, compressor_of, gains_w
from enerwise.serve.plans import Planned, make_plan
from enerwise.serve.sites import read_site_file
from enerwise.site.machines import HeatPump, Interruptible
from enerwise.store.files import read_outlook
from tests.serve.builders import enerwise, said

EXAMPLES = Path(__file__).parents[2] / "examples"
SITE = read_site_file(EXAMPLES / "office.yaml")
OUTLOOK = read_outlook(EXAMPLES / "office_outlook.csv")
OPENS, CLOSES = 30, 72
"""Steps of half past seven and six."""
DEAR = slice(56, 68)
EVENT = slice(60, 64)
ASKED_W = 13_500.0
PEAK_W = 24_000.0


@pytest.fixture(scope="module")
def planned() -> Planned:
    return make_plan(SITE, OUTLOOK, {})


def rooms_degc(planned: Planned) -> FloatArray:
    return planned.plan.states["chiller"]["rooms temperature_degc"]


def test_it_cools_just_early_enough_to_be_within_its_band_as_it_opens(planned: Planned) -> None:
    power_w, degc = planned.machine_w["chiller"], rooms_degc(planned)
    first = int(np.flatnonzero(power_w > 100.0)[0])
    assert 0 < first < OPENS and degc[first] > 25.0
    assert degc[OPENS] == pytest.approx(24.5, abs=1e-3), "no cooler than it has to be"
    assert degc[OPENS : CLOSES + 1].max() <= 24.5 + 1e-3 and degc[OPENS : CLOSES + 1].min() >= 21.5 - 1e-3
    assert twin_degc(first, 10e3) < 24.5 < twin_degc(first + 1, 10e3), "a quarter-hour later is too late"


def twin_degc(first: int, power_w: float) -> float:
    """Return the temperature of the rooms as they open, cooled with one power from a step on."""
    pump = SITE.asset("chiller")
    assert isinstance(pump, HeatPump) and OUTLOOK.outdoor_degc is not None
    house, compressor = building_of(pump), compressor_of(pump)
    exact, node_degc = house.discrete(900.0), np.full(2, 0.5 * (pump.low_degc + pump.high_degc))
    for step in range(OPENS):
        outdoor_degc = float(OUTLOOK.outdoor_degc[step])
        _, cold_w = heat_pump.step(compressor, np.array([power_w * (step >= first)]), outdoor_degc)
        flow_w = np.array([-float(cold_w[0]), 0.0]) + gains_w(pump, outdoor_degc)
        node_degc = advance(house, exact, node_degc, flow_w, outdoor_degc)
    return float(node_degc[0])


def test_it_cools_ahead_of_dear_hours_and_not_where_all_hours_cost_the_same(planned: Planned) -> None:
    cooled_w = planned.machine_w["chiller"]
    calm = make_plan(SITE, replace(OUTLOOK, price_import_eur_per_kwh=None, import_limit_w=None), {})
    calm_w = calm.machine_w["chiller"]
    before = slice(DEAR.start - 8, DEAR.start)
    assert rooms_degc(planned)[DEAR.start] < rooms_degc(calm)[DEAR.start] - 2.0
    assert cooled_w[before].sum() > 1.5 * calm_w[before].sum()
    assert cooled_w[DEAR].sum() < 0.8 * calm_w[DEAR].sum()


def test_it_cools_ahead_of_an_event_that_leaves_it_little(planned: Planned) -> None:
    limit_w = np.full(OUTLOOK.load_w.size, np.inf)
    limit_w[EVENT] = ASKED_W - 2000.0
    flat = replace(OUTLOOK, price_import_eur_per_kwh=None)
    calm, asked = (make_plan(SITE, replace(flat, import_limit_w=each), {}) for each in (None, limit_w))
    assert rooms_degc(asked)[EVENT.start] < rooms_degc(calm)[EVENT.start] - 0.5


def test_what_is_asked_for_and_the_monthly_peak_are_kept(planned: Planned) -> None:
    grid_w = planned.plan.grid_power_w
    assert grid_w[EVENT].max() <= ASKED_W + 0.5 and grid_w.max() <= PEAK_W + 0.5
    assert grid_w[EVENT.stop] > ASKED_W, "the event is over"
    free = replace(SITE, tariff=replace(SITE.tariff, demand=()))
    calm = make_plan(free, replace(OUTLOOK, import_limit_w=None), {}).plan.grid_power_w
    assert calm.max() > PEAK_W + 500.0 and calm[EVENT].max() > ASKED_W + 500.0
    assert [each.name for each in planned.plan.broken] == ["fountain run"]


def test_what_is_worth_least_gives_way_in_the_event(planned: Planned) -> None:
    rests = {each: np.flatnonzero(planned.machine_w[each][36:CLOSES] < 1.0) + 36 for each in ("fountain", "garage-air")}
    assert rests["fountain"].tolist() == list(range(EVENT.start, EVENT.stop))
    assert not rests["garage-air"].size
    worth = {"fountain": 9.0, "garage-air": 3.0}
    others = [each for each in SITE.assets if not isinstance(each, Interruptible)]
    loads = [replace(each, missed_eur=worth[each.id]) for each in SITE.of_kind(Interruptible)]
    swapped = replace(SITE, assets=(*others, *loads))
    other = make_plan(swapped, OUTLOOK, {})
    assert other.machine_w["garage-air"][EVENT].max() < 1.0 < other.machine_w["fountain"][EVENT].min()


def test_an_event_that_nothing_can_keep_is_named() -> None:
    limit_w = np.full(OUTLOOK.load_w.size, np.inf)
    limit_w[EVENT] = 2000.0
    told = make_plan(SITE, replace(OUTLOOK, import_limit_w=limit_w), {}).plan.broken
    assert "import limit" in {each.name for each in told}


def test_the_command_line_tells_of_the_day() -> None:
    told = said(enerwise("plan", EXAMPLES / "office.yaml", "--outlook", EXAMPLES / "office_outlook.csv"))
    assert "Not kept: fountain run" in told and "chiller uses" in told
