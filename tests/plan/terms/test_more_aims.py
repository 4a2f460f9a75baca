"""Bands, self-sufficiency, wear by depth, outages and reserve: what each costs, and what it makes of a plan."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.outlook import Plan
from enerwise.core.units import FloatArray
from enerwise.plan.aims import Aims, Band, Reserve, Resilience, SelfSufficiency, Wear
from enerwise.plan.blocks.battery import conversion
from enerwise.plan.problem import Problem
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import solve
from enerwise.plan.terms.reserve import offered_w
from enerwise.plan.terms.resilience import HOURS_A_YEAR, needed_kwh
from enerwise.testing.contracts.terms import TermContract
from tests.builders import a_battery, a_grid
from tests.plan.builders import a_problem

GRID = a_grid(step_s=3600, steps=8)
LOADS_W = st.lists(st.floats(0.0, 3000.0), min_size=8, max_size=8).map(np.array)
WEAR = Wear(np.array([0.25, 0.5, 1.0]), np.array([0.01, 0.03, 0.12]), 0.8, 0.002)


class TestBand(TermContract):
    term = "band"

    def priced(self, problem: Problem, price: float) -> Problem:
        steps = problem.grid.step_count
        band = Band(np.zeros(steps), np.full(steps, 300.0), price)
        return replace(problem, aims=replace(problem.aims, band=band))


class TestSelfSufficiency(TermContract):
    term = "self_sufficiency"

    def priced(self, problem: Problem, price: float) -> Problem:
        return replace(problem, aims=replace(problem.aims, self_sufficiency=SelfSufficiency(price)))


class TestWear(TermContract):
    term = "wear"
    price = 0.05

    def priced(self, problem: Problem, price: float) -> Problem:
        wear = Wear(np.array([0.3, 1.0]), np.array([0.2, 1.0]) * price, 0.6, price / 10)
        return replace(problem, aims=replace(problem.aims, wear=wear))


class TestResilience(TermContract):
    term = "resilience"

    def priced(self, problem: Problem, price: float) -> Problem:
        resilience = Resilience(20.0, 3.0, 40 * price, np.full(problem.grid.step_count, 2000.0))
        return replace(problem, aims=replace(problem.aims, resilience=resilience))


class TestReserve(TermContract):
    term = "reserve"
    price = 0.02

    def priced(self, problem: Problem, price: float) -> Problem:
        paid = np.full(problem.grid.step_count, price)
        return replace(problem, aims=replace(problem.aims, reserve=Reserve(paid, paid / 2, block_steps=4)))


def with_aims(term: str, aims: Aims, load_w: FloatArray | float = 500.0, **facts: object) -> Problem:
    problem = a_problem(grid=GRID, load_w=load_w, **{"buy": 0.20, "sell": 0.05, **facts})  # type: ignore[arg-type]
    return replace(problem, terms=("energy", term), stability_eur=0.0, aims=aims)


def solved(problem: Problem) -> Plan:
    return solve(problem, GRID.start_utc)


@given(load_w=LOADS_W, low_w=st.floats(-2000.0, 500.0))
def test_a_band_costs_the_energy_outside_of_it(load_w: FloatArray, low_w: float) -> None:
    band = Band(np.full(8, low_w), np.full(8, 800.0), 0.4)
    plan = solved(with_aims("band", Aims(band=band), load_w))
    outside_w = np.maximum(plan.grid_power_w - band.high_w, 0.0) + np.maximum(band.low_w - plan.grid_power_w, 0.0)
    assert plan.cost_eur["band"] == pytest.approx(0.4 * outside_w.sum() / 1e3, abs=1e-5)


def test_a_band_is_kept_where_the_battery_can() -> None:
    band = Band(np.full(8, 400.0), np.full(8, 900.0), 1.0)
    plan = solved(with_aims("band", Aims(band=band), np.array([200.0, 1500.0] * 4)))
    assert plan.cost_eur["band"] == pytest.approx(0.0, abs=1e-6)
    assert plan.grid_power_w.min() > 399.0 and plan.grid_power_w.max() < 901.0


def test_self_sufficiency_spares_import_that_money_alone_would_draw() -> None:
    """Selling earns more than buying costs later: only who does not want to need the grid keeps what is stored."""
    buy, sell, load_w = np.full(8, 0.20), np.full(8, 0.24), np.full(8, 600.0)

    def drawn_wh(price: float) -> float:
        aims = Aims(self_sufficiency=SelfSufficiency(price))
        plan = solved(with_aims("self_sufficiency", aims, load_w, buy=buy, sell=sell))
        return float(np.maximum(plan.grid_power_w, 0.0).sum())

    assert drawn_wh(0.5) < drawn_wh(0.0) - 1000.0


def wear_eur(problem: Problem, energy_wh: FloatArray) -> float:
    """Return what wear costs along a path, shelf by shelf: taken from the cheapest that holds something."""
    wear, capacity_wh = problem.aims.wear, problem.batteries[0].capacity_wh
    size_wh = np.diff(wear.depth_ratio, prepend=0.0) * capacity_wh
    above_wh = np.append(size_wh[::-1].cumsum()[::-1][1:], 0.0)
    held_wh, cost_eur = np.clip(energy_wh[0] - above_wh, 0.0, size_wh), 0.0
    for step_wh in np.diff(energy_wh):
        change_wh = step_wh
        for shelf in range(size_wh.size):
            room_wh = size_wh[shelf] - held_wh[shelf] if change_wh > 0 else held_wh[shelf]
            moved_wh = float(np.sign(change_wh) * min(abs(change_wh), room_wh))
            held_wh[shelf] += moved_wh
            change_wh -= moved_wh
            cost_eur += max(-moved_wh, 0.0) / 1e3 * wear.depth_eur_per_kwh[shelf]
    standing_wh = np.maximum(energy_wh[1:] - wear.full_ratio * capacity_wh, 0.0)
    return cost_eur + float(standing_wh.sum()) / 1e3 * wear.full_eur_per_kwh_h * problem.grid.step_h


@given(
    load_w=LOADS_W,
    buy=st.lists(st.floats(0.05, 0.6), min_size=8, max_size=8).map(np.array),
    start_ratio=st.floats(0.1, 0.9),
)
def test_wear_costs_what_the_shelves_say(load_w: FloatArray, buy: FloatArray, start_ratio: float) -> None:
    problem = with_aims("wear", Aims(wear=WEAR), load_w, buy=buy, start_ratio=start_ratio)
    plan = solved(problem)
    assert plan.cost_eur["wear"] == pytest.approx(wear_eur(problem, plan.energy_wh[0]), abs=1e-4)


def test_deep_cycles_must_earn_more_than_shallow_ones() -> None:
    buy = np.where(np.arange(8) >= 4, 0.30, 0.20)

    def deepest_wh(deep_eur: float) -> float:
        wear = Wear(np.array([0.5, 1.0]), np.array([0.0, deep_eur]))
        battery = a_battery(ageing_eur_per_kwh=0.0)
        problem = with_aims("wear", Aims(wear=wear), 3000.0, buy=buy, start_ratio=0.9, batteries=[battery])
        return float(solved(problem).energy_wh[0].min()) / battery.capacity_wh

    assert deepest_wh(0.0) < 0.2 and deepest_wh(5.0) == pytest.approx(0.5, abs=1e-3)


@given(load_w=LOADS_W, start_ratio=st.floats(0.1, 0.9), lasts_h=st.floats(0.3, 12.0))
def test_outages_cost_what_would_stay_dark(load_w: FloatArray, start_ratio: float, lasts_h: float) -> None:
    aim = Resilience(12.0, lasts_h, 30.0, load_w * 0.5)
    problem = with_aims("resilience", Aims(resilience=aim), load_w, start_ratio=start_ratio)
    plan, battery = solved(problem), problem.batteries[0]
    carried_kwh = (plan.energy_wh[0, 1:] - battery.energy_min_wh) / 1e3 / conversion(battery)[1]
    need_kwh = needed_kwh(aim, battery.discharge_limit_w / 1e3, 1.0)
    dark_kwh = np.maximum(need_kwh - carried_kwh, 0.0)
    assert plan.cost_eur["resilience"] == pytest.approx(dark_kwh.sum() * 30.0 * 12.0 / HOURS_A_YEAR, abs=1e-4)


def test_what_an_outage_needs_counts_the_hours_from_there_on() -> None:
    aim = Resilience(1.0, 2.5, 1.0, np.array([100.0, 200.0, 400.0, 800.0]))
    # Beyond the end the four hours come again, and nothing above 500 W can be carried.
    expected = [0.2 + 0.4 + 0.5 * 0.5, 0.4 + 0.5 + 0.5 * 0.1, 0.5 + 0.1 + 0.5 * 0.2, 0.1 + 0.2 + 0.5 * 0.4]
    assert needed_kwh(aim, 0.5, 1.0) == pytest.approx(expected)


def test_a_likely_outage_keeps_energy_that_prices_would_use() -> None:
    buy = np.where(np.arange(8) < 4, 0.40, 0.20)

    def before_it_is_cheap_wh(outages: float) -> float:
        aim = Resilience(outages, 4.0, 20.0, np.full(8, 800.0))
        problem = with_aims("resilience", Aims(resilience=aim), 1500.0, buy=buy)
        return float(solved(problem).energy_wh[0, 4])

    assert before_it_is_cheap_wh(0.0) < 1500.0
    assert before_it_is_cheap_wh(50.0) > 3000.0


@given(load_w=LOADS_W, block_steps=st.integers(1, 5), is_symmetric=st.booleans())
def test_what_is_paid_for_reserve_can_be_held(load_w: FloatArray, block_steps: int, is_symmetric: bool) -> None:
    paid = np.linspace(0.01, 0.05, 8)
    aim = Reserve(paid, paid[::-1].copy(), 0.5, block_steps, 2500.0, is_symmetric)
    problem = with_aims("reserve", Aims(reserve=aim), load_w, import_limit_w=30_000.0, export_limit_w=30_000.0)
    plan = solved(problem)
    up_w, down_w = offered_w(problem, plan.power_w[:1], plan.energy_wh[:1])
    block = np.arange(8) // block_steps
    earned_eur = (paid @ up_w[block] + paid[::-1] @ down_w[block]) / 1e3
    assert -plan.cost_eur["reserve"] == pytest.approx(earned_eur, abs=1e-4)
    assert earned_eur > 0.0


def test_scenarios_promise_the_same_reserve() -> None:
    paid = np.full(8, 0.03)
    aims = Aims(reserve=Reserve(paid, paid, 1.0, 8))
    loads = np.stack([np.full(8, each) for each in (200.0, 800.0, 5000.0)])
    both = solved(with_aims("reserve", aims, loads, probability=np.array([0.25, 0.5, 0.25])))
    middle = solved(with_aims("reserve", aims, loads[1]))
    assert both.cost_eur["reserve"] >= middle.cost_eur["reserve"] - 1e-6


def test_reserve_keeps_clear_of_the_limits_of_the_connection() -> None:
    paid = np.full(8, 0.03)
    aims = Aims(reserve=Reserve(paid, np.zeros(8)))
    tight = solved(with_aims("reserve", aims, 500.0, export_limit_w=700.0))
    assert -tight.cost_eur["reserve"] <= 0.03 * 8 * (0.7 + 0.5 + 4.0) and tight.cost_eur["reserve"] < 0.0
    assert tight.cost_eur["reserve"] > solved(with_aims("reserve", aims, 500.0)).cost_eur["reserve"]


def test_they_travel_with_the_stored_problem() -> None:
    steps = np.full(8, 0.1)
    aims = Aims(
        band=Band(steps, steps * 2, 0.3),
        self_sufficiency=SelfSufficiency(0.2),
        wear=WEAR,
        resilience=Resilience(1.0, 2.0, 3.0, steps),
        reserve=Reserve(steps, steps, is_symmetric=True),
    )
    problem = with_aims("wear", aims)
    again = from_bytes(to_bytes(problem))
    assert (
        to_bytes(again) == to_bytes(problem) and again.aims.reserve.is_symmetric and again.aims.reserve.most_w == np.inf
    )


@pytest.mark.parametrize(
    ("aims", "place"),
    [
        (Aims(band=Band(np.zeros(8), np.zeros(3), 0.1)), "aims.band.high_w"),
        (Aims(band=Band(np.ones(8), np.zeros(8), 0.1)), r"aims.band.low_w\[0\]"),
        (Aims(self_sufficiency=SelfSufficiency(np.nan)), "aims.self_sufficiency.eur_per_kwh"),
        (Aims(wear=Wear(np.array([0.5, 0.9]), np.array([0.1, 0.2]))), "aims.wear.depth_ratio"),
        (Aims(wear=Wear(np.array([0.5, 1.0]), np.array([0.2, 0.1]))), "aims.wear.depth_eur_per_kwh"),
        (Aims(wear=Wear(np.array([1.0]), np.array([0.2, 0.3]))), "aims.wear.depth_eur_per_kwh"),
        (Aims(resilience=Resilience(1.0, 1.0, 1.0, np.full(8, -1.0))), r"aims.resilience.critical_w\[0\]"),
        (Aims(resilience=Resilience(-1.0)), "aims.resilience.outages_per_year"),
        (Aims(reserve=Reserve(np.ones(8), np.ones(2))), "aims.reserve.down_eur_per_kw_h"),
        (Aims(reserve=Reserve(block_steps=0)), "aims.reserve.block_steps"),
        (Aims(reserve=Reserve(most_w=-1.0)), "aims.reserve.most_w"),
    ],
)
def test_what_is_wrong_is_named(aims: Aims, place: str) -> None:
    with pytest.raises(ProblemsFound, match=place):
        replace(a_problem(grid=GRID), aims=aims)
