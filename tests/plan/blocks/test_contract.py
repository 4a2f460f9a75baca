"""The replay contract itself: it finds a block that tells another story than its twin."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import strategies as st

from enerwise.core.outlook import Plan
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.plan.blocks.charger import Charger
from enerwise.plan.blocks.heat_pump import HeatPump
from enerwise.plan.circuit import Circuit
from enerwise.plan.flexible import Flexible, FlexiblePart, Link, Replayed, States
from enerwise.plan.model import Model
from enerwise.plan.solve import solve
from enerwise.testing.contracts.blocks import START, ReplayContract, a_site
from tests.builders import a_battery, a_grid, a_pv
from tests.plan.blocks.test_charger import a_charger
from tests.plan.blocks.test_heat_pump import a_heat_pump
from tests.plan.builders import a_problem, a_sun_w

GRID = TimeGrid(START, 1800, 48)


@dataclass(frozen=True)
class Boastful(HeatPump):
    """Foretells a tenth more heat than its twin will make."""

    def add(self, model: Model, grid: TimeGrid) -> FlexiblePart:
        sheet = self.compressor
        better = type(sheet)(sheet.source_degc, tuple(1.1 * each for each in sheet.cop), sheet.power_min_w, 3000.0)
        facts = (self.building, self.outdoor_degc, self.gain_w, self.start_degc, self.low_degc, self.high_degc)
        return HeatPump(self.id, better, *facts).add(model, grid)


@dataclass(frozen=True)
class Greedy(Charger):
    """Takes twice what it counts as charged."""

    def add(self, model: Model, grid: TimeGrid) -> FlexiblePart:
        part = Charger.add(self, model, grid)
        return FlexiblePart(
            self, tuple(Link(each.steps, each.columns, 2.0 * each.kw) for each in part.links), part.foretell
        )


class Loose(ReplayContract):
    kind = "heat_pump"

    def assets(self, grid: TimeGrid) -> st.SearchStrategy[tuple[Flexible, ...]]:
        return st.just((a_heat_pump(grid),))

    def limits_kept(self, asset: Flexible, plan: Plan, replayed: Replayed) -> None:
        """Nothing beyond what every contract asserts."""


def test_a_block_that_promises_more_heat_than_its_twin_makes_is_found_out() -> None:
    honest = a_heat_pump(GRID)
    facts = (honest.building, honest.outdoor_degc, honest.gain_w, honest.start_degc, honest.low_degc, honest.high_degc)
    for pump, is_honest in ((honest, True), (Boastful(honest.id, honest.compressor, *facts), False)):
        problem = a_site((pump,), GRID, 1, True)
        plan = solve(problem, START)
        if is_honest:
            Loose().assert_agreement(problem, plan)
        else:
            with pytest.raises(AssertionError, match="temperature_degc: plan and twin are"):
                Loose().assert_agreement(problem, plan)


def test_a_block_that_counts_less_than_it_takes_is_found_out() -> None:
    usual = a_charger(stays=((0, 20),))
    greedy = Greedy("car", usual.arrives_step, usual.leaves_step, usual.start_wh, usual.target_wh)
    problem = a_site((greedy,), GRID, 1, False)
    with pytest.raises(AssertionError, match=r"car (takes something else|energy_wh)"):
        Loose().assert_agreement(problem, solve(problem, START))


def test_a_hybrid_inverter_is_a_circuit_of_its_battery_and_its_panels() -> None:
    """8 kW of sun and a battery behind 5 kW of inverter: what does not fit is stored or curtailed."""
    grid = a_grid(step_s=3600, steps=24)
    roof, battery = a_pv(peak_w=9000.0, can_curtail=True), a_battery()
    box = Circuit("inverter", (roof.id, battery.id), import_limit_w=5000.0, export_limit_w=5000.0)
    problem = a_problem(
        grid=grid, batteries=[battery], pvs=[roof], available_w=a_sun_w(grid, peak_w=8000.0), circuits=(box,),
        end_value_eur_per_kwh=np.array([0.1]),
    )  # fmt: skip
    plan = solve(problem, grid.start_utc)
    through_w: FloatArray = plan.power_w[:2].sum(axis=0)
    assert np.abs(through_w).max() <= 5000.5
    assert not plan.broken
    assert (plan.power_w[1] > a_sun_w(grid, peak_w=8000.0) + 500.0).any()
    free = solve(a_problem(grid=grid, batteries=[battery], pvs=[roof], available_w=a_sun_w(grid, peak_w=8000.0),
                           end_value_eur_per_kwh=np.array([0.1])), grid.start_utc)  # fmt: skip
    assert np.abs(free.power_w[:2].sum(axis=0)).max() > 5500.0
    assert free.total_eur < plan.total_eur


def test_states_of_a_plan_reach_whoever_reads_it() -> None:
    plan = solve(a_site((a_heat_pump(GRID),), GRID, 1, False), START)
    states: States = plan.states["heat-pump"]
    assert {name: each.shape for name, each in states.items()} == {
        "living temperature_degc": (49,),
        "mass 1 temperature_degc": (49,),
    }
