"""Charging points: the replay contract, departure targets, least currents, and several behind one fuse."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.outlook import Plan
from enerwise.core.time import TimeGrid
from enerwise.plan.blocks.charger import Charger
from enerwise.plan.circuit import Circuit
from enerwise.plan.flexible import Flexible, Replayed
from enerwise.plan.solve import solve
from enerwise.testing.contracts.blocks import ReplayContract
from tests.builders import a_grid
from tests.plan.builders import a_problem

DAY = a_grid(step_s=3600, steps=24)


def a_charger(
    asset_id: str = "car", *, stays: Any = ((2, 12),), start_wh: Any = 20e3, target_wh: Any = 40e3, **facts: Any
) -> Charger:
    """A vehicle that stays from 2 to 12, brings 20 kWh and wants 40."""
    count = len(stays)
    return Charger(
        asset_id,
        np.array([each[0] for each in stays], np.int64).reshape(count),
        np.array([each[1] for each in stays], np.int64).reshape(count),
        np.full(count, start_wh, np.float64),
        np.full(count, target_wh, np.float64),
        **facts,
    )


@st.composite
def chargers(draw: st.DrawFn, grid: TimeGrid, asset_id: str) -> Charger:
    edges = sorted(draw(st.lists(st.integers(0, grid.step_count), min_size=2, max_size=4, unique=True)))
    stays = [(edges[0], edges[1]), *([(edges[2], edges[3])] if len(edges) == 4 else [])]
    gives_back = draw(st.booleans())
    return a_charger(
        asset_id,
        stays=stays,
        start_wh=draw(st.floats(1e3, 30e3)),
        target_wh=draw(st.floats(10e3, 60e3)),
        phases=draw(st.sampled_from([1, 3])),
        line=draw(st.integers(1, 3)),
        current_min_a=draw(st.sampled_from([0.0, 6.0])),
        discharge_max_w=draw(st.floats(2e3, 8e3)) if gives_back else 0.0,
        floor_wh=draw(st.floats(0.0, 20e3)),
        wear_eur_per_kwh=0.02,
        value_eur_per_kwh=draw(st.sampled_from([0.0, 0.15, 0.5])),
        charge_ratio=draw(st.floats(0.8, 1.0)),
        absorption_s=draw(st.just(0.0) | st.floats(600.0, 20e3)),
    )


class TestCharger(ReplayContract):
    kind = "charger"

    def assets(self, grid: TimeGrid) -> st.SearchStrategy[tuple[Flexible, ...]]:
        return st.tuples(chargers(grid, "car")) | st.tuples(chargers(grid, "car"), chargers(grid, "van"))

    def limits_kept(self, asset: Charger, plan: Plan, replayed: Replayed) -> None:
        power_w, energy_wh = replayed.power_w, replayed.states["energy_wh"]
        assert not power_w[~asset.is_home(plan.grid)].any()
        charges = power_w > 1.0
        assert np.all(power_w[charges] >= asset.charge_min_w - 0.5)
        assert np.nanmax(energy_wh, initial=0.0) <= asset.capacity_wh + 0.5
        missed = [each for each in plan.broken if each.name.startswith(f"{asset.id} energy at departure")]
        if not missed and asset.arrives_step.size == 1:
            assert energy_wh[asset.leaves_step[0]] >= asset.target_wh[0] - 2.0


def test_charges_in_the_cheapest_hours_and_leaves_with_its_target() -> None:
    buy = np.where((np.arange(24) >= 4) & (np.arange(24) < 7), 0.10, 0.30)
    plan = solve(
        a_problem(grid=DAY, batteries=[], buy=buy, flexible=(a_charger(),), import_limit_w=20e3), DAY.start_utc
    )
    taken_w = plan.power_w[0]
    assert plan.assets == ("car",)
    assert np.isclose(taken_w.sum() * 0.9, 20e3)
    assert set(np.flatnonzero(taken_w > 1)) <= {4, 5, 6}
    assert plan.energy_wh[0, 12] == pytest.approx(40e3)
    assert np.isnan(plan.energy_wh[0, 13:]).all() and np.isnan(plan.energy_wh[0, :2]).all()


def test_a_target_out_of_reach_is_named_with_its_amount() -> None:
    plan = solve(
        a_problem(grid=DAY, batteries=[], flexible=(a_charger(stays=((2, 3),)),), import_limit_w=20e3), DAY.start_utc
    )
    (broken,) = plan.broken
    assert broken.name == "car energy at departure"
    assert broken.amount == pytest.approx(20.0 - 11.04 * 0.9)
    assert plan.power_w[0, 2] == pytest.approx(11_040.0, rel=1e-6)


def test_a_target_the_connection_cannot_carry_is_named_with_its_amount() -> None:
    problem = a_problem(
        grid=DAY, batteries=[], load_w=500.0, import_limit_w=2000.0, flexible=(a_charger(current_min_a=0.0),)
    )
    plan = solve(problem, DAY.start_utc)
    (broken,) = plan.broken
    assert broken.amount == pytest.approx(20.0 - 10 * 1.5 * 0.9, abs=1e-3)
    assert plan.grid_power_w.max() <= 2000.5


def test_a_vehicle_that_gives_back_serves_the_dear_evening_and_still_leaves_full() -> None:
    buy = np.where(np.arange(24) < 8, 0.60, 0.10)
    car = a_charger(stays=((2, 20),), start_wh=50e3, target_wh=50e3, discharge_max_w=5e3, floor_wh=30e3)
    plan = solve(
        a_problem(grid=DAY, batteries=[], load_w=3000.0, buy=buy, sell=0.05, flexible=(car,), import_limit_w=20e3),
        DAY.start_utc,
    )
    assert np.allclose(plan.power_w[0, 2:8], -3000.0, atol=1.0)
    assert plan.energy_wh[0, 20] == pytest.approx(50e3, abs=1.0)
    assert np.nanmin(plan.energy_wh[0]) >= 30e3 - 1
    assert not plan.broken


def test_worth_decides_who_is_charged_where_not_all_can_be() -> None:
    """No target, 4 kW of room for ten hours: it goes to the vehicle in which energy is worth more, above its price."""
    cars = tuple(
        a_charger(name, start_wh=20e3, target_wh=0.0, current_min_a=0.0, charge_ratio=1.0, value_eur_per_kwh=worth)
        for name, worth in (("dear", 0.5), ("cheap", 0.4), ("none", 0.2))
    )
    problem = a_problem(grid=DAY, batteries=[], buy=0.3, load_w=0.0, flexible=cars, import_limit_w=4500.0)
    taken_wh = solve(problem, DAY.start_utc).power_w.sum(axis=1)
    assert taken_wh == pytest.approx([40e3, 5e3, 0.0], abs=1.0)


@pytest.mark.parametrize(("gives_surplus", "leaves_with_wh"), [(False, 50e3), (True, 40e3)])
def test_what_a_vehicle_has_above_its_target_is_given_only_where_it_may(
    gives_surplus: bool, leaves_with_wh: float
) -> None:
    car = a_charger(start_wh=50e3, discharge_max_w=5e3, gives_surplus=gives_surplus)
    plan = solve(
        a_problem(grid=DAY, batteries=[], buy=0.30, sell=0.20, flexible=(car,), export_limit_w=20e3), DAY.start_utc
    )
    assert plan.energy_wh[0, 12] == pytest.approx(leaves_with_wh, abs=1.0)


def test_a_vehicle_that_fills_up_slowly_begins_earlier() -> None:
    """At the end 63 % of what is missing is the most an hour brings: the last hour alone is not enough."""
    buy = np.where(np.arange(24) == 11, 0.10, 0.30)
    car = a_charger(start_wh=50e3, target_wh=58e3, current_min_a=0.0, absorption_s=3600.0)
    plan = solve(a_problem(grid=DAY, batteries=[], buy=buy, flexible=(car,), import_limit_w=20e3), DAY.start_utc)
    share = 1 - np.exp(-1.0)
    assert not plan.broken and plan.energy_wh[0, 12] == pytest.approx(58e3, abs=1.0)
    assert plan.power_w[0, 11] * 0.9 == pytest.approx(share * (60e3 - plan.energy_wh[0, 11]), rel=1e-4)
    at_once = solve(
        a_problem(grid=DAY, batteries=[], buy=buy, flexible=(replace(car, absorption_s=0.0),), import_limit_w=20e3),
        DAY.start_utc,
    )
    assert np.flatnonzero(at_once.power_w[0] > 1.0).tolist() == [11]


def test_a_full_vehicle_is_never_promised_to_one_that_fills_up_slowly() -> None:
    car = a_charger(stays=((2, 4),), start_wh=50e3, target_wh=60e3, current_min_a=0.0, absorption_s=3600.0)
    plan = solve(a_problem(grid=DAY, batteries=[], flexible=(car,), import_limit_w=20e3), DAY.start_utc)
    (broken,) = plan.broken
    assert broken.amount == pytest.approx(10.0 * np.exp(-2.0), rel=1e-4)


def test_no_vehicle_charges_below_its_least_current() -> None:
    car = a_charger(start_wh=20e3, target_wh=21e3)
    problem = a_problem(grid=DAY, batteries=[], flexible=(car,), import_limit_w=20e3)
    plan = solve(problem, DAY.start_utc)
    charging = plan.power_w[0][plan.power_w[0] > 1.0]
    assert charging.size and charging.min() >= 6 * 230 * 3 - 0.5
    relaxed = solve(replace(problem, flexible=(replace(car, current_min_a=0.0),)), DAY.start_utc)
    assert relaxed.total_eur <= plan.total_eur + 1e-9
    assert plan.gap_eur >= plan.total_eur - relaxed.total_eur - 1e-4


def test_several_chargers_share_a_fuse() -> None:
    cars = tuple(a_charger(f"car-{at}", start_wh=20e3, target_wh=45e3, current_min_a=0.0) for at in range(3))
    fuse = Circuit("garage", tuple(each.id for each in cars), import_limit_w=12e3)
    plan = solve(a_problem(grid=DAY, batteries=[], flexible=cars, circuits=(fuse,), import_limit_w=60e3), DAY.start_utc)
    assert plan.power_w.sum(axis=0).max() <= 12e3 + 0.5
    assert not plan.broken


def test_one_phase_chargers_on_one_line_share_its_fuse() -> None:
    cars = tuple(a_charger(f"car-{at}", phases=1, line=1, target_wh=25e3, current_min_a=0.0) for at in range(3))
    fuse = Circuit("garage", tuple(each.id for each in cars), fuse_a=20.0)
    one_line = solve(a_problem(grid=DAY, batteries=[], flexible=cars, circuits=(fuse,)), DAY.start_utc)
    spread = tuple(replace(each, line=at + 1) for at, each in enumerate(cars))
    spread_out = solve(
        a_problem(grid=DAY, batteries=[], flexible=spread, circuits=(fuse,), import_limit_w=20e3), DAY.start_utc
    )
    assert one_line.power_w.sum(axis=0).max() <= 20 * 230 + 0.5
    assert spread_out.power_w.sum(axis=0).max() > 20 * 230


def test_circuits_are_a_tree() -> None:
    car = a_charger()
    inner, outer = Circuit("inner", ("car",), import_limit_w=5e3), Circuit("outer", ("inner",), import_limit_w=3e3)
    plan = solve(
        a_problem(grid=DAY, batteries=[], flexible=(replace(car, current_min_a=0.0),), circuits=(inner, outer)),
        DAY.start_utc,
    )
    assert plan.power_w[0].max() <= 3000.5
    for wrong, words in (
        ((inner, replace(outer, members=("nobody",))), "neither an asset nor a circuit"),
        ((inner, replace(outer, members=("car",))), "more than one circuit"),
        ((inner, replace(inner, members=())), "more than one circuit or asset"),
        ((replace(inner, id="car", members=()),), "more than one circuit or asset"),
        ((replace(inner, load_w=np.full(24, np.nan)),), r"inner\.load_w.*fill the gap"),
        ((replace(inner, members=("outer",)), replace(outer, members=("inner",))), "hangs on itself"),
    ):
        with pytest.raises(ProblemsFound, match=words):
            a_problem(grid=DAY, batteries=[], flexible=(car,), circuits=wrong)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"stays": ((2, 40),)}, "not in order"),
        ({"start_wh": 90e3}, "start_wh"),
        ({"charge_ratio": 0.0}, "charge_ratio"),
        ({"absorption_s": -1.0}, "absorption_s"),
        ({"phases": 2}, "phases"),
        ({"start_wh": np.nan}, "start_wh"),
    ],
)
def test_wrong_facts_are_named(facts: dict[str, Any], words: str) -> None:
    with pytest.raises(ProblemsFound, match=words):
        a_problem(grid=DAY, batteries=[], flexible=(a_charger(**facts),))
