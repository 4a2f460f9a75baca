"""Homes planned together: never dearer than apart, their sum is what is priced, and the first step is shared."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.physics.building import one_node
from enerwise.physics.heat_pump import Compressor
from enerwise.plan.aims import Aims, Peak, Ramping
from enerwise.plan.blocks.charger import Charger
from enerwise.plan.blocks.heat_pump import HeatPump
from enerwise.plan.blocks.interruptible import Interruptible
from enerwise.plan.district import District, DistrictPlan, solve
from enerwise.plan.flexible import Flexible
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve as solve_home
from tests.builders import a_battery, a_grid
from tests.plan.builders import a_problem

GRID = a_grid(step_s=3600, steps=8)


def a_home(load_w: np.ndarray, *, buy: float = 0.0, probability: np.ndarray | None = None) -> Problem:
    facts: dict[str, Any] = {} if probability is None else {"probability": probability}
    home = a_problem(grid=GRID, load_w=load_w, buy=buy, sell=0.0, import_limit_w=np.inf, export_limit_w=np.inf, **facts)
    return replace(home, terms=("energy",), stability_eur=0.0)


def a_point(*, buy: float | np.ndarray = 0.30, aims: Aims | None = None, import_limit_w: float = np.inf,
            probability: np.ndarray | None = None) -> Problem:  # fmt: skip
    facts: dict[str, Any] = {} if probability is None else {"probability": probability}
    point = a_problem(grid=GRID, batteries=(), load_w=0.0, buy=buy, sell=0.0, import_limit_w=import_limit_w,
                      export_limit_w=np.inf, **facts)  # fmt: skip
    return replace(point, terms=("energy", "ramping", "peak"), stability_eur=0.0, aims=aims or Aims())


def solved(*homes: Problem, point: Problem) -> DistrictPlan:
    return solve(District(homes, point), GRID.start_utc)


loads = st.lists(st.floats(0.0, 3000.0), min_size=8, max_size=8).map(np.array)


@settings(max_examples=25)
@given(one=loads, two=loads, ramp=st.floats(0.0, 0.2), peak=st.floats(0.0, 2.0))
def test_the_shared_point_sees_and_pays_the_sum(one: np.ndarray, two: np.ndarray, ramp: float, peak: float) -> None:
    plan = solved(a_home(one), a_home(two), point=a_point(aims=Aims(ramping=Ramping(ramp), peak=Peak(peak))))
    total_w = np.sum([home.grid_power_w for home in plan.homes], axis=0)
    assert np.allclose(plan.grid_power_w, total_w, atol=1e-3)
    assert plan.cost_eur["energy"] == pytest.approx(0.30 * np.maximum(total_w, 0).sum() / 1e3, abs=1e-5)
    assert plan.cost_eur.get("ramping", 0.0) == pytest.approx(ramp * np.abs(np.diff(total_w)).sum() / 1e3, abs=1e-5)


@settings(max_examples=25)
@given(load_w=loads, ramp=st.floats(0.001, 0.2))
def test_a_district_of_one_plans_as_the_home_would(load_w: np.ndarray, ramp: float) -> None:
    """Rounding may cost a little where the home searches: never less, and no more than the gap it names."""
    aims = Aims(ramping=Ramping(ramp))
    plan = solved(a_home(load_w), point=a_point(aims=aims))
    alone = replace(a_home(load_w, buy=0.30), terms=("energy", "ramping"), aims=aims)
    best_eur = solve_home(alone, GRID.start_utc).total_eur
    assert best_eur - 1e-4 <= sum(plan.cost_eur.values()) <= best_eur + plan.gap_eur + 1e-4


def test_one_home_holds_back_for_the_peak_of_another() -> None:
    """The home with the battery has no load of its own worth moving; its neighbour has a peak and no battery."""
    quiet, loud = a_home(np.full(8, 200.0)), a_home(np.where(np.arange(8) == 5, 5000.0, 200.0))
    none = np.zeros(0)
    loud = replace(loud, batteries=(), start_wh=none, end_wh=none, end_value_eur_per_kwh=none)
    plan = solved(quiet, loud, point=a_point(aims=Aims(peak=Peak(5.0))))
    assert plan.homes[0].power_w[0, 5] < -2000.0
    assert plan.grid_power_w.max() < 3500.0


def test_scenarios_share_the_first_step_of_every_home_and_differ_later() -> None:
    probability = np.array([0.5, 0.5])
    load_w = np.stack([np.full(8, 300.0), np.where(np.arange(8) > 3, 3000.0, 300.0)])
    home = a_home(load_w, probability=probability)
    plan = solved(home, home, point=a_point(aims=Aims(peak=Peak(5.0)), probability=probability))
    point = a_point(aims=Aims(peak=Peak(5.0)))
    known = [a_home(each) for each in load_w]
    only = [solved(each, each, point=point) for each in known]
    costs = [sum(each.cost_eur.values()) for each in only]
    assert sum(plan.cost_eur.values()) >= probability @ costs - 1e-6


def test_a_warm_start_costs_the_same() -> None:
    homes, point = (
        (a_home(np.linspace(0, 2500, 8)), a_home(np.linspace(2500, 0, 8))),
        a_point(buy=np.linspace(0.1, 0.5, 8)),
    )
    cold = solve(District(homes, point), GRID.start_utc)
    warm = solve(District(homes, point), GRID.start_utc, basis=cold.basis)
    assert sum(warm.cost_eur.values()) == pytest.approx(sum(cold.cost_eur.values()), abs=1e-7)


def test_what_cannot_be_kept_is_named_by_whose_it_is() -> None:
    """Twice 3 kW behind 4 kW with nothing stored; the second battery begins below its lowest level."""
    small = replace(a_battery(capacity_wh=1000.0), reserve_ratio=0.0)
    home = replace(a_home(np.full(8, 3000.0)), batteries=(small,), start_wh=np.array([small.energy_min_wh]))
    plan = solved(home, replace(home, start_wh=np.zeros(1)), point=a_point(import_limit_w=4000.0))
    assert [each.name for each in plan.broken] == ["shared import limit"]
    assert plan.broken[0].amount == pytest.approx(2.0, abs=1e-3)
    assert not plan.homes[0].broken
    assert [each.name for each in plan.homes[1].broken] == ["battery above its lowest level"]


def test_what_flexible_assets_of_a_home_miss_is_named_with_it() -> None:
    house = one_node("house", loss_w_per_k=150.0, capacity_wh_per_k=6000.0)
    cold = HeatPump("pump", Compressor((0.0,), (3.0,), 0.0, 500.0), house, np.full(8, -5.0), np.zeros((1, 8)),
                    np.array([20.0]), np.full((1, 8), 21.0), np.full((1, 8), 24.0))  # fmt: skip
    plan = solved(a_home(np.zeros(8)), replace(a_home(np.zeros(8)), flexible=(cold,)), point=a_point())
    assert not plan.homes[0].broken
    assert [each.name for each in plan.homes[1].broken] == ["pump: house warm enough"]
    living = plan.homes[1].states["pump"]["house temperature_degc"]
    assert plan.homes[1].broken[0].amount == pytest.approx(21.0 - living[1:].min(), abs=1e-3)


@pytest.mark.parametrize(
    ("asset", "words"),
    [
        (Charger("car", np.array([0]), np.array([8]), np.array([1e4]), np.array([2e4])), "car: homes that are planned"),
        (Interruptible("pool", 800.0, 2, 0, 8), "may pause: homes that are planned"),
    ],
)
def test_least_powers_and_runs_are_refused_rather_than_broken(asset: Flexible, words: str) -> None:
    with pytest.raises(ProblemsFound, match=words):
        solved(replace(a_home(np.zeros(8)), flexible=(asset,)), point=a_point())


def test_homes_that_look_at_other_futures_are_refused() -> None:
    with pytest.raises(ProblemsFound, match=r"homes\[0\]\.probability"):
        District((a_home(np.zeros(8)),), a_point(probability=np.array([0.5, 0.5])))
    with pytest.raises(ProblemsFound, match="has assets"):
        District((), a_home(np.zeros(8)))


def test_burning_that_moves_on_with_every_round_ends_in_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing what burns makes burning pay elsewhere here: with no round left for that, everything is settled."""
    monkeypatch.setattr("enerwise.plan.district.MOST_ROUNDS", 2)
    loads_w = (
        np.array([-2200.0, -1900.0, 1700.0, -3400.0, 200.0, 1100.0, -2700.0, -3600.0]),
        np.array([-2100.0, 600.0, -100.0, -2900.0, -1000.0, 700.0, -1000.0, 400.0]),
    )
    point = a_point(buy=0.0, aims=Aims(ramping=Ramping(0.5, before_w=0.0)))
    plan = solved(*(a_home(each) for each in loads_w), point=point)
    moved_w = sum(each.power_w[0] for each in plan.homes)
    assert np.allclose(plan.grid_power_w, sum(loads_w) + moved_w, atol=1.0) and plan.gap_eur >= 0.0
