"""Heat pumps and buildings: the replay contract, comfort, modulation, shortest runs, zones and cooling."""

import itertools
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.outlook import Plan
from enerwise.core.time import TimeGrid
from enerwise.physics.building import Building, one_node, two_nodes
from enerwise.physics.heat_pump import Compressor
from enerwise.physics.zones_fit import fit_zones
from enerwise.plan.blocks.heat_pump import HeatPump
from enerwise.plan.flexible import Flexible, Replayed
from enerwise.plan.solve import solve
from enerwise.testing.contracts.blocks import ReplayContract
from tests.builders import a_grid
from tests.plan.builders import a_problem

DAY = a_grid(step_s=1800, steps=48)
LIVING = two_nodes("living", loss_w_per_k=150.0, air_wh_per_k=800.0, mass_wh_per_k=9000.0, exchange_w_per_k=900.0)


def a_heat_pump(
    grid: TimeGrid,
    *,
    building: Building = LIVING,
    low: Any = 20.0,
    high: Any = 23.0,
    outdoor: Any = 2.0,
    start: float = 21.0,
    power_min_w: float = 0.0,
    **facts: Any,
) -> HeatPump:
    """A heat pump of 3 kW at a house that loses 150 W/K, at 2 degC."""
    steps, nodes, zones = grid.step_count, building.capacity_wh_per_k.size, len(building.zones)
    return HeatPump(
        "heat-pump",
        Compressor((-7.0, 2.0, 7.0), (2.6, 3.4, 4.2), power_min_w, 3000.0),
        building,
        np.broadcast_to(np.asarray(outdoor, np.float64), (steps,)).copy(),
        np.full((nodes, steps), 100.0),
        np.full(nodes, start),
        np.broadcast_to(np.asarray(low, np.float64), (zones, steps)).copy(),
        np.broadcast_to(np.asarray(high, np.float64), (zones, steps)).copy(),
        **facts,
    )


def two_zones() -> Building:
    between = np.array([[0.0, 60.0, 500.0], [60.0, 0.0, 0.0], [500.0, 0.0, 0.0]])
    return Building(np.array([800.0, 3000.0, 6000.0]), between, np.array([80.0, 70.0, 0.0]), ("living", "attic"))


@cache
def learned_zones() -> Building:
    """A building as `zones_fit` finds it in a record, in place of one that was made up."""
    rng, steps = np.random.default_rng(0), 7 * 48
    hour = np.arange(steps) / 2 % 24
    true, outdoor = two_zones(), 3.0 + 4.0 * np.sin((hour - 9) / 12 * np.pi) + rng.standard_normal(steps)
    exact, degc = true.discrete(1800.0), np.array([20.0, 18.0, 20.0])
    room, heat = np.zeros((2, steps)), np.zeros((2, steps))
    for step in range(steps):
        room[:, step] = degc[:2] + 0.05 * rng.standard_normal(2)
        wanted = np.array([21.0 if 6 <= hour[step] < 20 else 18.0, 20.0 if hour[step] < 9 else 16.0])
        heat[:, step] = np.clip(1500.0 * (wanted - degc[:2]), 0.0, 4000.0)
        degc = exact.keep @ degc + exact.push @ np.append(heat[:, step], 0.0)
        degc = degc + exact.push @ (true.outdoor_w_per_k * outdoor[step])
    return fit_zones(true.zones, room, heat, outdoor, np.zeros(steps), step_s=1800.0).building


@st.composite
def heat_pumps(draw: st.DrawFn, grid: TimeGrid) -> HeatPump:
    building = draw(
        st.sampled_from(
            [
                one_node("living", loss_w_per_k=150.0, capacity_wh_per_k=4000.0),
                LIVING,
                two_zones(),
                learned_zones(),
            ]
        )
    )
    nodes = building.capacity_wh_per_k.size
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    is_home = rng.random(grid.step_count) < 0.7
    emitters = None
    if len(building.zones) == 2:
        emitters = draw(st.sampled_from([np.eye(2, nodes), np.array([[0.6, 0.4, *np.zeros(nodes - 2)]])]))
    return a_heat_pump(
        grid,
        building=building,
        low=np.where(is_home, 20.0, -np.inf),
        high=np.where(is_home, 23.0, 26.0),
        outdoor=draw(st.floats(-10.0, 15.0)) + 3 * rng.standard_normal(grid.step_count).cumsum() / 6,
        start=draw(st.floats(17.0, 24.0)),
        power_min_w=draw(st.sampled_from([0.0, 800.0])),
        emitter_ratio=emitters,
        run_min_s=draw(st.sampled_from([0.0, 3600.0])),
        pause_min_s=draw(st.sampled_from([0.0, 1800.0])),
        heat_value_eur_per_kwh=0.05,
    )


class TestHeatPump(ReplayContract):
    kind = "heat_pump"

    def assets(self, grid: TimeGrid) -> st.SearchStrategy[tuple[Flexible, ...]]:
        return st.tuples(heat_pumps(grid))

    def limits_kept(self, asset: HeatPump, plan: Plan, replayed: Replayed) -> None:
        runs = replayed.power_w > 1.0
        assert np.all(replayed.power_w[runs] >= asset.compressor.power_min_w - 0.5)
        if asset.run_min_s or asset.pause_min_s:
            edges = np.flatnonzero(np.diff(runs)) + 1
            for first, end in itertools.pairwise(edges):
                least_s = asset.run_min_s if runs[first] else asset.pause_min_s
                assert (end - first) * plan.grid.step_s >= least_s
        for at, zone in enumerate(asset.building.zones):
            found_degc = replayed.states[f"{zone} temperature_degc"][1:]
            named = {each.name: each.amount for each in plan.broken}
            cold = named.get(f"heat-pump: {zone} warm enough", 0.0)
            assert np.all(found_degc >= asset.low_degc[at] - cold - 0.012)


def test_a_house_is_warmed_ahead_of_dear_hours() -> None:
    buy = np.where(np.arange(48) >= 30, 0.60, 0.15)
    pump = a_heat_pump(DAY)
    plan = solve(a_problem(grid=DAY, batteries=[], buy=buy, flexible=(pump,)), DAY.start_utc)
    cheap_w, dear_w = plan.power_w[0, :30].mean(), plan.power_w[0, 30:].mean()
    assert dear_w < 0.5 * cheap_w
    living = plan.states["heat-pump"]["living temperature_degc"]
    assert living[30] > 22.5
    assert living.min() >= 20.0 - 1e-3 and living.max() <= 23.0 + 1e-3
    assert not plan.broken and plan.cost_eur["comfort"] == pytest.approx(0.0, abs=1e-3)


def test_a_plan_heats_when_heat_is_made_best() -> None:
    outdoor = np.where(np.arange(48) < 24, 7.0, -7.0)
    plan = solve(a_problem(grid=DAY, batteries=[], flexible=(a_heat_pump(DAY, outdoor=outdoor),)), DAY.start_utc)
    assert plan.states["heat-pump"]["living temperature_degc"][24] == pytest.approx(23.0, abs=0.05)


def test_nobody_heats_for_an_empty_house() -> None:
    low = np.where((np.arange(48) >= 10) & (np.arange(48) < 40), -np.inf, 20.0)
    present = solve(a_problem(grid=DAY, batteries=[], flexible=(a_heat_pump(DAY),)), DAY.start_utc)
    away = solve(a_problem(grid=DAY, batteries=[], flexible=(a_heat_pump(DAY, low=low),)), DAY.start_utc)
    assert away.power_w[0].sum() < 0.95 * present.power_w[0].sum()
    assert away.states["heat-pump"]["living temperature_degc"][41:].min() >= 20.0 - 1e-3


def test_discomfort_is_named_with_its_amount() -> None:
    plan = solve(a_problem(grid=DAY, batteries=[], flexible=(a_heat_pump(DAY, outdoor=-45.0),)), DAY.start_utc)
    (broken,) = plan.broken
    living = plan.states["heat-pump"]["living temperature_degc"]
    assert broken.name == "heat-pump: living warm enough" and broken.unit == "K"
    assert broken.amount == pytest.approx(20.0 - living.min(), abs=1e-3)
    assert plan.cost_eur["comfort"] == pytest.approx(np.maximum(20.0 - living[1:], 0.0).sum() * 0.5 * 0.5, rel=1e-3)


def test_below_its_least_power_it_runs_in_bursts() -> None:
    free = a_problem(grid=DAY, batteries=[], flexible=(a_heat_pump(DAY, outdoor=8.0),))
    bound = solve(free, DAY.start_utc)
    least = solve(
        a_problem(
            grid=DAY, batteries=[], flexible=(a_heat_pump(DAY, outdoor=8.0, power_min_w=1500.0, run_min_s=3600.0),)
        ),
        DAY.start_utc,
    )
    runs = least.power_w[0] > 1
    assert least.power_w[0][runs].min() >= 1500 - 0.5
    assert bound.total_eur <= least.total_eur + 1e-9
    assert least.gap_eur >= least.total_eur - bound.total_eur - 1e-4


def test_a_chiller_cools() -> None:
    chiller = a_heat_pump(DAY, outdoor=32.0, start=22.0, cools=True)
    plan = solve(a_problem(grid=DAY, batteries=[], flexible=(chiller,)), DAY.start_utc)
    living = plan.states["heat-pump"]["living temperature_degc"]
    assert plan.power_w[0].sum() > 0 and living.max() <= 23.0 + 1e-3


def test_zones_are_heated_one_by_one() -> None:
    pump = a_heat_pump(DAY, building=two_zones(), low=np.array([[20.0], [12.0]]), high=30.0, emitter_ratio=np.eye(2, 3))
    plan = solve(a_problem(grid=DAY, batteries=[], flexible=(pump,)), DAY.start_utc)
    states = plan.states["heat-pump"]
    assert states["living temperature_degc"].min() >= 20.0 - 1e-3
    assert states["attic temperature_degc"][-1] < 19.0
    assert np.allclose(states["emitter 1 power_w"] + states["emitter 2 power_w"], plan.power_w[0], atol=1e-3)


def test_wrong_facts_are_named() -> None:
    with pytest.raises(ProblemsFound, match="low_degc"):
        a_problem(grid=DAY, batteries=[], flexible=(a_heat_pump(DAY, low=24.0),))
    with pytest.raises(ProblemsFound, match="outdoor_degc"):
        a_problem(grid=DAY, batteries=[], flexible=(a_heat_pump(DAY, outdoor=np.nan),))
