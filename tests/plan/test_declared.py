"""Machines of a site file as blocks: where they stand now decides what is planned, and the plan holds on the twins."""

import numpy as np
import pytest

from enerwise.core.time import TimeGrid, instant
from enerwise.plan.blocks.charger import Charger as ChargerBlock
from enerwise.plan.blocks.interruptible import Interruptible as InterruptibleBlock
from enerwise.plan.blocks.program import Program as ProgramBlock
from enerwise.plan.declared import Ahead, Standing, blocks_of
from enerwise.plan.flexible import Flexible
from enerwise.plan.solve import solve
from enerwise.site.machines import Machine
from enerwise.site.read import read_site
from tests.site.test_machines import HEAD, MACHINES, ZONE

SITE = read_site(HEAD + MACHINES)


def a_horizon(at: str = "2024-11-13", steps: int = 96) -> Ahead:
    buy = np.full(steps, 0.30)
    return Ahead(TimeGrid(instant(at, ZONE), 900, steps), ZONE, buy, np.full(steps, 4.0))


def block(asset_id: str, now: Standing, ahead: Ahead) -> Flexible | None:
    machine = SITE.asset(asset_id)
    assert isinstance(machine, Machine)
    found = blocks_of((machine,), {asset_id: now}, ahead)
    return found[0] if found else None


def car(now: Standing, at: str = "2024-11-13") -> ChargerBlock:
    found = block("car", now, a_horizon(at))
    assert isinstance(found, ChargerBlock)
    return found


def test_a_car_comes_and_goes_as_its_week_says() -> None:
    found = car(Standing())
    assert (found.arrives_step.tolist(), found.leaves_step.tolist()) == ([0, 70], [30, 96])
    assert found.start_wh.tolist() == [39e3, 39e3]
    # It leaves at half past seven the day after: what full power cannot add by then must be there by midnight.
    assert found.target_wh[0] == 48e3 and found.target_wh[1] == pytest.approx(48e3 - 30 * 3680 * 0.9 * 0.25)


def test_a_car_is_there_as_its_charger_says() -> None:
    at_noon = "2024-11-13 12:00"
    assert car(Standing(20e3, is_connected=True), at_noon).leaves_step[0] == 78
    assert car(Standing(20e3, is_connected=True), at_noon).start_wh[0] == 20e3
    assert car(Standing(is_connected=False), at_noon).arrives_step.tolist() == [22]
    late = car(Standing(is_connected=False), "2024-11-13 18:00")
    assert late.arrives_step[0] == 1 and late.start_wh[0] == 39e3


def test_a_program_that_runs_goes_on_and_one_that_ran_waits_for_its_next_window() -> None:
    running = block("washer", Standing(run_s=1800.0, is_running=True), a_horizon())
    assert isinstance(running, ProgramBlock) and running.sequence_w.size == 2 and running.end_step == 2
    done = block("washer", Standing(run_s=3600.0), a_horizon())
    assert isinstance(done, ProgramBlock) and (done.first_step, done.end_step) == (88, 96)
    fresh = block("washer", Standing(), a_horizon())
    assert isinstance(fresh, ProgramBlock) and (fresh.first_step, fresh.end_step) == (0, 24)


def test_an_interruptible_load_needs_what_it_has_not_run() -> None:
    at_ten = a_horizon("2024-11-13 10:00")
    some = block("pool", Standing(run_s=3600.0), at_ten)
    assert isinstance(some, InterruptibleBlock) and (some.needed_steps, some.first_step, some.end_step) == (12, 0, 40)
    # All done: the next window opens at eight and has time for the rest of its four hours after this plan.
    assert block("pool", Standing(run_s=4 * 3600.0), at_ten) is None


def test_a_heat_pump_needs_the_weather() -> None:
    assert block("heating", Standing(), Ahead(a_horizon().grid, ZONE, np.full(96, 0.3))) is None
    assert block("heating", Standing(node_degc=(21.0, 20.5)), a_horizon()) is not None


def test_all_machines_together_plan_as_their_twins_run() -> None:
    from enerwise.testing.contracts.blocks import a_site as a_house

    ahead = a_horizon()
    flexible = blocks_of(SITE.of_kind(Machine), {}, ahead)
    problem = a_house(flexible, ahead.grid, seed=3, has_battery=True)
    plan = solve(problem, ahead.grid.start_utc)
    power_w = dict(zip(plan.assets, plan.power_w, strict=True))
    assert len(flexible) == 6 and not any("departure" in each.name for each in plan.broken), plan.broken
    for each in flexible:
        assert each.check(ahead.grid) == []
        twin = each.replay(ahead.grid, power_w[each.id], plan.states[each.id])
        assert np.abs(twin.power_w - power_w[each.id]).max() < 0.5, each.id
