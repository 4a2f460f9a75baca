"""Ventilation: the replay contract, air that is never worse than planned, dear hours, and rooms that feel its heat."""

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.outlook import Plan
from enerwise.core.time import TimeGrid
from enerwise.physics.building import advance, two_nodes
from enerwise.physics.heat_pump import Compressor
from enerwise.physics.ventilation import AirHandler, air_ppm, heat_taken_w, steady_m3_per_h
from enerwise.plan.blocks.heat_pump import HeatPump
from enerwise.plan.blocks.ventilation import Ventilation
from enerwise.plan.coupling import FROM_OTHERS
from enerwise.plan.flexible import Flexible, Passed, Replayed
from enerwise.plan.problem import Problem
from enerwise.plan.solve import build, optimum, solve
from enerwise.testing.contracts.blocks import ReplayContract, a_site
from tests.builders import a_grid
from tests.plan.builders import a_problem, hours

DAY = a_grid(step_s=900, steps=96)
PERSON_M3_PER_H = 0.018
WORKS = (hours(DAY) > 8.0) & (hours(DAY) < 17.0)


def an_air(
    grid: TimeGrid,
    *,
    people: Any = 30.0,
    start: float = 500.0,
    least: float = 0.0,
    most: float = 2000.0,
    exponent: float = 2.5,
    recovery: float = 0.75,
    minded: Any = None,
    **facts: Any,
) -> Ventilation:
    """600 m3 with 30 people in it all day, a unit of 2000 m3/h and 1 kW, 1000 ppm wished for while they are there."""
    people = np.broadcast_to(np.asarray(people, np.float64), (grid.step_count,)).copy()
    return Ventilation(
        "air",
        AirHandler(least, most, 0.5, exponent, recovery),
        600.0,
        people * PERSON_M3_PER_H,
        start,
        1000.0,
        (people > 0).astype(np.float64) if minded is None else minded,
        **facts,
    )


def a_pump(grid: TimeGrid, *, start: float = 21.0, outdoor: Any = 0.0) -> HeatPump:
    """An office of 500 W/K with 6 kW of electricity, 21 to 24 degC all day."""
    steps = grid.step_count
    return HeatPump(
        "heating",
        Compressor((-7.0, 7.0), (2.5, 4.0), 0.0, 6000.0),
        two_nodes("rooms", loss_w_per_k=500.0, air_wh_per_k=3000.0, mass_wh_per_k=20_000.0, exchange_w_per_k=3000.0),
        np.broadcast_to(np.asarray(outdoor, np.float64), (steps,)).copy(),
        np.zeros((2, steps)),
        np.full(2, start),
        np.full((1, steps), 21.0),
        np.full((1, steps), 24.0),
    )


def in_rooms(grid: TimeGrid, pump: HeatPump, **facts: Any) -> Ventilation:
    """The same unit, in the rooms of a heat pump."""
    around: dict[str, Any] = {"room_degc": np.full(grid.step_count, 21.0), "outdoor_degc": pump.outdoor_degc}
    return an_air(grid, rooms="heating", **around, **facts)


class TestVentilation(ReplayContract):
    kind = "ventilation"
    near: ClassVar[dict[str, float]] = {**ReplayContract.near, "_ppm": 0.5, "_m3_per_h": 0.5}

    def assets(self, grid: TimeGrid) -> st.SearchStrategy[tuple[Flexible, ...]]:
        airs = st.builds(
            lambda seed, **facts: an_air(
                grid, people=np.maximum(0.0, np.random.default_rng(seed).normal(10.0, 25.0, grid.step_count)), **facts
            ),
            seed=st.integers(0, 999),
            start=st.floats(400.0, 2500.0),
            least=st.sampled_from([0.0, 200.0, 2000.0]),
            exponent=st.sampled_from([1.0, 2.0, 3.0]),
            outdoor_ppm=st.sampled_from([400.0, 450.0]),
        )
        coupled = st.builds(
            lambda people, outdoor, first: _both(grid, people, outdoor, first),
            people=st.floats(0.0, 60.0),
            outdoor=st.floats(-12.0, 30.0),
            first=st.booleans(),
        )
        return st.tuples(airs) | coupled

    def limits_kept(self, asset: Any, plan: Plan, replayed: Replayed) -> None:
        if isinstance(asset, HeatPump):
            return
        named = {each.name: each.amount for each in plan.broken}
        over_ppm = replayed.states["co2_ppm"][1:] - asset.limit_ppm
        allowed_ppm = named.get("air: good air", 5.0) + 0.5
        assert np.all(over_ppm[asset.limit_weight > 0] <= allowed_ppm), "worse air than the plan names"
        flow = replayed.states["flow_m3_per_h"]
        assert flow.min() >= asset.unit.flow_min_m3_per_h and flow.max() <= asset.unit.flow_max_m3_per_h


def _both(grid: TimeGrid, people: float, outdoor: float, first: bool) -> tuple[Flexible, ...]:
    pump = a_pump(grid, outdoor=outdoor)
    vent = in_rooms(grid, pump, people=people)
    return (vent, pump) if first else (pump, vent)


def planned_ppm(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Return the air that a plan reckons with and that of its twin, at the end of each step."""
    model, parts = build(problem)
    solved, _ = optimum(model, problem, model.arrays())
    (part,) = parts[0].flexible
    vent = part.asset
    assert isinstance(vent, Ventilation)
    # Columns lie as they were added: flow, power, then the logarithm of what the air holds.
    first = int(part.links[0].columns[-1]) + 1
    excess = solved.best.column[first : first + problem.grid.step_count]
    return vent.outdoor_ppm + np.exp(excess), part.foretell(solved.best.column)["co2_ppm"][1:]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 9999),
    step_s=st.sampled_from([300, 900, 3600]),
    start=st.floats(420.0, 3000.0),
    least=st.sampled_from([0.0, 300.0]),
    exponent=st.sampled_from([1.0, 2.5, 3.0]),
)
def test_the_air_is_never_worse_than_the_plan_has_it(
    seed: int, step_s: int, start: float, least: float, exponent: float
) -> None:
    rng, grid = np.random.default_rng(seed), a_grid(step_s=step_s, steps=24)
    people = np.maximum(0.0, rng.normal(15.0, 25.0, 24)).round()
    vent = an_air(grid, people=people, start=start, least=least, exponent=exponent)
    reckoned, real = planned_ppm(a_problem(grid=grid, batteries=[], buy=rng.uniform(-0.1, 0.5, 24), flexible=(vent,)))
    assert np.all(real <= reckoned * (1 + 1e-6) + 0.01)


def a_day(**facts: Any) -> Problem:
    buy = np.where((hours(DAY) > 10.0) & (hours(DAY) < 12.0), 0.60, 0.20)
    vent = an_air(DAY, people=np.where(WORKS, 30.0, 0.0), **facts)
    return a_problem(grid=DAY, batteries=[], buy=buy, flexible=(vent,))


def test_a_plan_reckons_with_the_real_air_where_it_is_at_the_limit() -> None:
    """How much is given away by chords: 6 ppm where the limit is held, 11 at most on the way."""
    reckoned, real = planned_ppm(a_day())
    held = WORKS & (np.abs(reckoned - 1000.0) < 1.0)
    assert held.sum() >= 12
    assert (real <= reckoned + 1e-6).all() and (reckoned - real)[WORKS].max() < 12.0


def test_air_is_good_while_people_are_there_and_fans_rest_when_power_is_dear() -> None:
    problem = a_day()
    plan = solve(problem, DAY.start_utc)
    ppm, flow = plan.states["air"]["co2_ppm"][1:], plan.states["air"]["flow_m3_per_h"]
    dear = problem.import_eur_per_kwh > 0.5
    assert not plan.broken and ppm[WORKS].max() <= 1005.0
    before = WORKS & (hours(DAY) > 9.0) & (hours(DAY) <= 10.0)
    assert flow[dear].mean() < 0.95 * flow[before].mean(), "the room is aired before dear hours"
    assert flow[hours(DAY) > 17.5].max() < 50.0, "nobody is aired where nobody is"
    steady = float(steady_m3_per_h(30 * PERSON_M3_PER_H, 1000.0, 420.0))
    assert flow[WORKS].max() < 1.6 * steady


def test_air_that_cannot_be_good_is_named_with_what_it_will_be() -> None:
    plan = solve(a_problem(grid=DAY, batteries=[], flexible=(an_air(DAY, people=90.0),)), DAY.start_utc)
    (broken,) = plan.broken
    worst = plan.states["air"]["co2_ppm"].max() - 1000.0
    assert broken.name == "air: good air" and broken.unit == "ppm"
    assert worst <= broken.amount <= 1.1 * worst + 1.0


def test_less_air_is_worth_more_where_it_is_cold() -> None:
    """With the heat of its rooms, a price on bad air lets air be worse; without it the fans alone decide."""
    pump = a_pump(DAY, outdoor=-10.0)
    facts: dict[str, Any] = {"people": np.where(WORKS, 30.0, 0.0), "recovery": 0.0, "missed_eur_per_ppm_h": 0.0003}
    coupled, alone = in_rooms(DAY, pump, **facts), an_air(DAY, **facts)
    plans = [
        solve(a_problem(grid=DAY, batteries=[], flexible=(pump, each)), DAY.start_utc) for each in (coupled, alone)
    ]
    flows = [each.states["air"]["flow_m3_per_h"].sum() for each in plans]
    assert flows[0] < 0.8 * flows[1]
    assert FROM_OTHERS not in plans[1].states["heating"] and plans[0].states["heating"][FROM_OTHERS].min() < -500.0


def test_rooms_are_as_warm_as_planned_when_their_own_air_leaves_them() -> None:
    """The plan takes the heat at one temperature; what really leaves goes by the room's: how far apart that is."""
    pump = a_pump(DAY, outdoor=-5.0)
    vent = in_rooms(DAY, pump, people=np.where(WORKS, 30.0, 0.0))
    plan = solve(
        a_problem(grid=DAY, batteries=[], buy=a_day().import_eur_per_kwh, flexible=(pump, vent)), DAY.start_utc
    )
    planned, flow = plan.states["heating"]["rooms temperature_degc"], plan.states["air"]["flow_m3_per_h"]
    exact, node_degc, real = pump.building.discrete(900.0), pump.start_degc, []
    heat_w = plan.power_w[plan.assets.index("heating")] * pump.compressor.cop_at(-5.0)
    for step in range(96):
        lost_w = float(heat_taken_w(flow[step], node_degc[0], -5.0, 0.75))
        node_degc = advance(pump.building, exact, node_degc, np.array([heat_w[step] - lost_w, 0.0]), -5.0)
        real.append(node_degc[0])
    assert np.abs(np.array(real) - planned[1:]).max() < 0.1


def test_power_that_is_paid_for_is_taken_at_full_flow() -> None:
    """Where energy earns money fans may burn it: what they do then is still what they can."""
    plan = solve(a_problem(grid=DAY, batteries=[], buy=-0.2, sell=-0.3, flexible=(an_air(DAY),)), DAY.start_utc)
    assert plan.power_w[0] == pytest.approx(np.full(96, 1000.0), abs=2.0)
    assert plan.states["air"]["flow_m3_per_h"] == pytest.approx(np.full(96, 2000.0), rel=1e-3)


def test_facts_of_later_are_those_that_were_foretold() -> None:
    plan = solve(a_day(), DAY.start_utc)
    (vent,) = a_day().flexible
    assert isinstance(vent, Ventilation)
    after = TimeGrid(DAY.start_utc + np.timedelta64(2, "h"), 900, 96)
    passed = Passed.between(DAY, after)
    assert passed is not None
    later = vent.later(passed, plan.states["air"], replace(vent, start_ppm=9999.0))
    assert isinstance(later, Ventilation)
    assert later.start_ppm == pytest.approx(plan.states["air"]["co2_ppm"][8])
    assert later.exhaled_m3_per_h[:88].tolist() == vent.exhaled_m3_per_h[8:].tolist()


def test_wrong_facts_are_named() -> None:
    for wrong, place in (
        (an_air(DAY, people=-1.0), "exhaled_m3_per_h"),
        (replace(an_air(DAY), limit_ppm=421.0), "limit_ppm"),
        (replace(an_air(DAY), rooms="heating"), "rooms"),
        (replace(an_air(DAY), limit_weight=np.ones(3)), "limit_weight"),
    ):
        with pytest.raises(ProblemsFound, match=place):
            a_problem(grid=DAY, batteries=[], flexible=(wrong,))


def test_the_twin_of_a_plan_is_the_mass_balance() -> None:
    vent = an_air(DAY)
    plan = solve(a_site_of(vent), DAY.start_utc)
    ppm, flow = plan.states["air"]["co2_ppm"], plan.states["air"]["flow_m3_per_h"]
    again = air_ppm(ppm[:-1], flow, vent.exhaled_m3_per_h, volume_m3=600.0, step_s=900.0)
    assert ppm[1:] == pytest.approx(again)


def a_site_of(*assets: Flexible) -> Problem:
    return a_site(assets, DAY, 3, True)
