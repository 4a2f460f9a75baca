from typing import cast

import numpy as np
import pytest

from enerwise.core.event import Kind
from enerwise.core.time import TimeGrid, instant
from enerwise.core.units import FloatArray
from enerwise.run.settlement import Settlement
from enerwise.run.world import World
from enerwise.site.tariff import Tariff
from tests.builders import BERLIN, a_demand, a_tariff, a_tou_rate
from tests.run.builders import HOUR_S, a_world, metered

TARIFF = a_tariff(
    a_tou_rate(),
    fixed_eur_per_day=0.4,
    tax_ratio=0.19,
    demand=[a_demand("peak", interval_s=HOUR_S, top_count=2), a_demand("daily", per="day", interval_s=HOUR_S)],
)


def settled(grid: TimeGrid, power_w: FloatArray, tariff: Tariff = TARIFF) -> tuple[World, Settlement]:
    """Settle hour after hour."""
    world, settlement = a_world(tariff=tariff), Settlement()
    world.store.append(metered(grid, power_w))
    world.store.flush()
    for now in (*grid.starts_utc, grid.end_utc):
        settlement.settle(world, now)
    world.store.flush()
    return world, settlement


def some_power_w(count: int, seed: int = 3) -> FloatArray:
    return np.random.default_rng(seed).normal(400.0, 2000.0, count)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2024-07-01", "2024-07-04"),
        ("2024-07-30", "2024-08-03"),
        ("2024-03-30", "2024-04-02"),
        ("2024-10-26", "2024-10-29"),
    ],
    ids=["summer", "two months", "23 hours", "25 hours"],
)
def test_days_add_up_to_the_bill_of_the_whole(start: str, end: str) -> None:
    grid = TimeGrid.between(instant(start, zone=BERLIN), instant(end, zone=BERLIN), HOUR_S)
    power_w = some_power_w(grid.step_count)
    world, settlement = settled(grid, power_w)
    bill = TARIFF.bill(grid, power_w, BERLIN)
    days = world.store.events(kind=Kind.SETTLED)
    assert len(days) == int((np.datetime64(end) - np.datetime64(start)).astype(int))
    assert settlement.total_eur == pytest.approx(bill.total_eur)
    for term, cost_eur in bill.cost_eur.items():
        told = [cast(dict[str, float], each.payload["cost_eur"])[term] for each in days]
        assert sum(told) == pytest.approx(cost_eur, abs=1e-5), term
    imported_kwh = sum(cast(float, each.payload["import_kwh"]) for each in days)
    assert imported_kwh == pytest.approx(np.maximum(power_w, 0).sum() / 1e3)
    assert settlement.peaks["peak"].daily_max_w == pytest.approx(dict(bill.demand["peak"].daily_max_w))


@pytest.mark.parametrize(("start", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-07-01", 24)])
def test_a_day_costs_its_fee_once_however_long_it_is(start: str, hours: int) -> None:
    grid = TimeGrid(instant(start, zone=BERLIN), HOUR_S, hours)
    world, settlement = settled(grid, np.full(hours, 1000.0), a_tariff(0.30, fixed_eur_per_day=0.4))
    assert settlement.total_eur == pytest.approx(0.30 * hours + 0.4)
    assert len(world.store.events(kind=Kind.SETTLED)) == 1


def test_the_first_day_may_be_a_part_of_one_and_each_is_billed_once() -> None:
    grid = TimeGrid(instant("2024-07-01 18:00", zone=BERLIN), HOUR_S, 6 + 24)
    world, settlement = settled(grid, np.full(30, 1000.0), a_tariff(0.30, fixed_eur_per_day=0.4))
    settlement.settle(world, grid.end_utc)
    world.store.flush()
    days = world.store.events(kind=Kind.SETTLED)
    assert [each.payload["import_kwh"] for each in days] == [6.0, 24.0]
    assert settlement.total_eur == pytest.approx(0.30 * 30 + 0.4 * 1.25)


def test_days_that_nobody_asked_about_are_billed_when_somebody_does() -> None:
    grid = TimeGrid(instant("2024-07-01", zone=BERLIN), HOUR_S, 72)
    world, settlement = a_world(tariff=TARIFF), Settlement()
    power_w = some_power_w(72)
    world.store.append(metered(grid, power_w))
    world.store.flush()
    settlement.settle(world, grid.start_utc)
    settlement.settle(world, grid.end_utc)
    world.store.flush()
    days = world.store.events(kind=Kind.SETTLED)
    assert len({each.id for each in days}) == 3
    assert settlement.total_eur == pytest.approx(TARIFF.bill(grid, power_w, BERLIN).total_eur)


def test_hours_that_nobody_metered_are_billed_as_zero_and_said() -> None:
    grid = TimeGrid(instant("2024-07-01", zone=BERLIN), HOUR_S, 24)
    power_w = np.full(24, 1000.0)
    power_w[5:9] = np.nan
    world, settlement = settled(grid, power_w, a_tariff(0.30))
    assert settlement.total_eur == pytest.approx(0.30 * 20)
    notes = cast(list[str], world.store.events(kind=Kind.SETTLED)[0].payload["notes"])
    assert any("4 steps" in note for note in notes)
