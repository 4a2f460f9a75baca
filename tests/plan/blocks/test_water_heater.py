"""Hot-water tanks: the replay contract, warm water when it is drawn, cheap hours, and what is out of reach."""

from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.outlook import Plan
from enerwise.core.time import TimeGrid
from enerwise.physics.heat_pump import Compressor
from enerwise.physics.tank import Tank
from enerwise.plan.blocks.water_heater import WaterHeater
from enerwise.plan.flexible import Flexible, Passed, Replayed
from enerwise.plan.solve import solve
from enerwise.testing.contracts.blocks import ReplayContract
from tests.builders import a_grid
from tests.plan.builders import a_problem

DAY = a_grid(step_s=1800, steps=48)


def a_heater(
    grid: TimeGrid,
    *,
    draw_l: Any = 5.0,
    start: float = 50.0,
    low: Any = 45.0,
    layers: int = 2,
    heated_layers: int = 0,
    power_min_w: float = 0.0,
    cop: float = 1.0,
    **facts: Any,
) -> WaterHeater:
    """200 l with 2 kW inside, 5 l drawn in each step."""
    return WaterHeater(
        "boiler",
        Tank(200.0, 2.0, layers=layers, heated_layers=min(heated_layers, layers)),
        Compressor((0.0,), (cop,), power_min_w, 2000.0),
        np.broadcast_to(np.asarray(draw_l, np.float64), (grid.step_count,)).copy(),
        np.full(grid.step_count, 10.0),
        np.full(layers, start),
        np.broadcast_to(np.asarray(low, np.float64), (grid.step_count,)).copy(),
        **facts,
    )


class TestWaterHeater(ReplayContract):
    kind = "water_heater"

    def assets(self, grid: TimeGrid) -> st.SearchStrategy[tuple[Flexible, ...]]:
        heaters = st.builds(
            lambda seed, **facts: a_heater(
                grid, draw_l=np.random.default_rng(seed).exponential(3.0, grid.step_count) * grid.step_h * 4, **facts
            ),
            seed=st.integers(0, 999),
            start=st.floats(20.0, 60.0),
            low=st.floats(35.0, 50.0),
            layers=st.sampled_from([1, 2, 4, 7]),
            heated_layers=st.sampled_from([0, 1, 3]),
            power_min_w=st.sampled_from([0.0, 600.0, 2000.0]),
            cop=st.floats(1.0, 3.5),
            heat_value_eur_per_kwh=st.sampled_from([0.0, 0.08]),
        )
        return st.tuples(heaters)

    def limits_kept(self, asset: WaterHeater, plan: Plan, replayed: Replayed) -> None:
        runs = replayed.power_w > 1.0
        assert np.all(replayed.power_w[runs] >= asset.heater.power_min_w - 0.5)
        named = {each.name: each.amount for each in plan.broken}
        top_degc = replayed.states["top temperature_degc"][1:]
        assert np.all(top_degc >= asset.low_degc - named.get("boiler: warm enough", 0.0) - 0.012)
        assert np.all(top_degc <= asset.high_degc + named.get("boiler: below its highest temperature", 0.0) + 0.012)


def test_water_is_warmed_in_cheap_hours_for_dear_ones() -> None:
    buy = np.where(np.arange(48) < 12, 0.10, 0.40)
    plan = solve(a_problem(grid=DAY, batteries=[], buy=buy, flexible=(a_heater(DAY),)), DAY.start_utc)
    top = plan.states["boiler"]["top temperature_degc"]
    assert top[12] > 60.0 and top.min() >= 45.0 - 1e-3 and top.max() <= 65.0 + 1e-3
    assert plan.energy_wh[0, 12] > plan.energy_wh[0, 0]
    assert not plan.broken


def test_water_that_cannot_be_warm_enough_is_named() -> None:
    plan = solve(a_problem(grid=DAY, batteries=[], flexible=(a_heater(DAY, draw_l=60.0),)), DAY.start_utc)
    (broken,) = plan.broken
    assert broken.name == "boiler: warm enough"
    assert broken.amount == pytest.approx(45.0 - plan.states["boiler"]["top temperature_degc"].min(), abs=1e-2)


def test_two_layers_keep_the_top_warm_longer_than_one() -> None:
    draw_l = np.where(np.arange(48) == 2, 80.0, 0.0)
    problems = [
        a_problem(grid=DAY, batteries=[], flexible=(a_heater(DAY, draw_l=draw_l, low=-np.inf, layers=layers),))
        for layers in (1, 2)
    ]
    one, two = (solve(each, DAY.start_utc).states["boiler"]["top temperature_degc"] for each in problems)
    assert two[3] > one[3] + 3.0


def test_a_plan_that_begins_where_the_one_before_was_meant_to_be_has_all_its_layers() -> None:
    draw_l = np.where(np.arange(48) == 2, 80.0, 0.0)
    heater = a_heater(DAY, draw_l=draw_l, layers=5)
    states = solve(a_problem(grid=DAY, batteries=[], flexible=(heater,)), DAY.start_utc).states["boiler"]
    fresh = a_heater(DAY, layers=5)
    passed = Passed.between(DAY, TimeGrid(DAY.start_utc + np.timedelta64(3 * DAY.step_s, "s"), DAY.step_s, 48))
    assert passed is not None
    later = heater.later(passed, states, fresh)
    assert isinstance(later, WaterHeater)
    named = ("top", "layer 2", "layer 3", "layer 4", "bottom")
    assert later.start_degc.tolist() == [states[f"{each} temperature_degc"][3] for each in named]
    assert later.start_degc[-1] < later.start_degc[0] - 10.0


def test_wrong_facts_are_named() -> None:
    with pytest.raises(ProblemsFound, match="draw_l"):
        a_problem(grid=DAY, batteries=[], flexible=(a_heater(DAY, draw_l=-1.0),))
    with pytest.raises(ProblemsFound, match="low_degc"):
        a_problem(grid=DAY, batteries=[], flexible=(a_heater(DAY, low=70.0),))
    with pytest.raises(ValueError, match="layers"):
        Tank(200.0, 2.0, layers=21)
