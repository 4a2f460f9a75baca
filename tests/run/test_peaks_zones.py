"""Billed intervals begin on the wall clock's marks, also where those are 30 or 45 minutes off UTC."""

import numpy as np
import pytest

from enerwise.core.time import TimeGrid, instant
from enerwise.run.peaks import Peaks
from enerwise.site.tariff import DemandComponent
from enerwise.store.memory import MemoryStore
from tests.builders import a_demand, a_site, a_tariff
from tests.run.builders import metered

HOURLY = a_demand(interval_s=3600)


def lived(zone: str, grid: TimeGrid, component: DemandComponent = HOURLY) -> tuple[dict[int, float], dict[int, float]]:
    """Return the peaks found with a call after every step, and those of the bill."""
    power_w = np.random.default_rng(3).uniform(0.0, 4000.0, grid.step_count)
    store = MemoryStore()
    store.append(metered(grid, power_w))
    store.flush()
    site = a_site(timezone=zone, tariff=a_tariff(demand=[component]))
    peaks = Peaks(site, grid.step_s)
    for step in range(grid.step_count + 1):
        peaks.update(store, grid.part(step, 0).start_utc)
    bill = site.tariff.bill(grid, power_w, zone)
    return dict(peaks.states[component.name].daily_max_w), dict(bill.demand[component.name].daily_max_w)


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/Berlin"])
@pytest.mark.parametrize("per", ["day", "month"])
def test_peaks_of_any_zone_are_those_of_the_bill(zone: str, per: str) -> None:
    grid = TimeGrid(instant("2024-07-30", zone=zone), 900, 4 * 96)
    found, billed = lived(zone, grid, a_demand(interval_s=3600, per=per))
    assert found == pytest.approx(billed)


@pytest.mark.parametrize("interval_s", [900, 2700, 3600])
def test_steps_that_do_not_divide_the_interval_are_billed_on_the_next_longer_one(interval_s: int) -> None:
    grid = TimeGrid(instant("2024-07-30", zone="Europe/Berlin"), 1800, 3 * 48)
    found, billed = lived("Europe/Berlin", grid, a_demand(interval_s=interval_s))
    assert found == pytest.approx(billed)


def test_steps_that_begin_off_the_hour_of_utc_are_all_read() -> None:
    """A recording in Indian half-hours, an hour a step: none falls between two calls."""
    grid = TimeGrid(instant("2024-07-30", zone="Asia/Kolkata"), 3600, 3 * 24)
    found, billed = lived("Asia/Kolkata", grid)
    assert found == pytest.approx(billed)


def test_a_clock_off_the_step_loses_no_step() -> None:
    """A machine's clock is never on the mark: calls seconds after it find the same peaks."""
    grid = TimeGrid(instant("2024-07-30", zone="Europe/Berlin"), 900, 2 * 96)
    power_w = np.random.default_rng(3).uniform(0.0, 4000.0, grid.step_count)
    store = MemoryStore()
    store.append(metered(grid, power_w))
    store.flush()
    site = a_site(tariff=a_tariff(demand=[a_demand(interval_s=3600, per="day")]))
    peaks = Peaks(site, grid.step_s)
    for step in range(grid.step_count):
        peaks.update(store, grid.part(step, 0).start_utc + np.timedelta64(7321, "ms"))
    billed = site.tariff.bill(grid.part(0, 188), power_w[:188], "Europe/Berlin").demand["demand-1"]
    assert dict(peaks.states["demand-1"].daily_max_w) == pytest.approx(dict(billed.daily_max_w))
