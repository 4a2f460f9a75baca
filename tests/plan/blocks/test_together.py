"""Whole sites: assets of all kinds behind one connection and its circuits, held to the same contract together."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.time import TimeGrid
from enerwise.plan.circuit import Circuit
from enerwise.plan.flexible import Flexible
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve
from enerwise.testing.contracts.blocks import START, ReplayContract, a_site
from tests.plan.blocks import test_appliances, test_generator, test_heat_pump, test_water_heater
from tests.plan.blocks.test_charger import chargers
from tests.plan.blocks.test_heat_pump import heat_pumps

KINDS: dict[str, type[ReplayContract]] = {
    "heat_pump": test_heat_pump.TestHeatPump,
    "water_heater": test_water_heater.TestWaterHeater,
    "program": test_appliances.TestProgram,
    "interruptible": test_appliances.TestInterruptible,
    "generator": test_generator.TestGenerator,
    "wind": test_generator.TestWind,
}


class Together(ReplayContract):
    """What all kinds promise, and each by itself."""

    def limits_kept(self, asset: Flexible, plan: object, replayed: object) -> None:
        if asset.kind in KINDS:
            KINDS[asset.kind]().limits_kept(asset, plan, replayed)  # type: ignore[arg-type]


@st.composite
def sites(draw: st.DrawFn) -> tuple[Problem, float]:
    """Two cars behind a fuse, and some of everything else."""
    grid = TimeGrid(START, 1800, draw(st.integers(24, 48)))
    cars = (draw(chargers(grid, "car")), draw(chargers(grid, "van")))
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), unique=True, max_size=3))
    others = [each for kind in kinds for each in draw(KINDS[kind]().assets(grid))]
    fuse_w = draw(st.sampled_from([8e3, 11e3, 22e3]))
    problem = a_site((*cars, *others), grid, draw(st.integers(0, 999)), draw(st.booleans()))
    garage = Circuit("garage", ("car", "van"), import_limit_w=fuse_w)
    return replace(problem, circuits=(garage,)), fuse_w


@settings(max_examples=40, deadline=None)
@given(drawn=sites())
def test_everything_together_keeps_the_contract_and_the_fuse(drawn: tuple[Problem, float]) -> None:
    problem, fuse_w = drawn
    plan = solve(problem, START)
    Together().assert_agreement(problem, plan)
    garage_w = sum(plan.power_w[plan.assets.index(each)] for each in ("car", "van"))
    assert np.max(garage_w) <= fuse_w + 0.5


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_heat_and_cars_share_a_narrow_connection(data: st.DataObject) -> None:
    grid = TimeGrid(START, 1800, 36)
    flexible = (data.draw(heat_pumps(grid)), data.draw(chargers(grid, "car")))
    problem = a_site(flexible, grid, data.draw(st.integers(0, 999)), True)
    narrow = replace(problem, import_limit_w=np.full(36, data.draw(st.floats(3500.0, 9000.0))))
    Together().assert_agreement(narrow, solve(narrow, START))
