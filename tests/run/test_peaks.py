from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.time import Instant, TimeGrid, instant
from enerwise.core.units import FloatArray
from enerwise.run.peaks import Peaks
from enerwise.site.site import Site
from enerwise.site.tariff import DemandState
from enerwise.store.memory import MemoryStore
from tests.builders import BERLIN, a_demand, a_site, a_tariff, a_window
from tests.run.builders import metered

STEP_S = 900
DAYS = 12
GRID = TimeGrid(instant("2024-07-25", zone=BERLIN), STEP_S, DAYS * 96)
"""A week of July, and five days of August."""

COMPONENTS: dict[str, dict[str, Any]] = {
    "month": {},
    "hours": {"interval_s": 3600, "above_w": 500.0},
    "top three": {"top_count": 3},
    "day": {"per": "day", "interval_s": 1800},
    "year in the evening": {"per": "year", "window": a_window(17, 20)},
}


def a_metered(seed: int = 1) -> tuple[FloatArray, MemoryStore]:
    power_w = np.random.default_rng(seed).normal(500.0, 1500.0, GRID.step_count)
    store = MemoryStore()
    store.append(metered(GRID, power_w))
    store.flush()
    return power_w, store


def a_place(name: str) -> Site:
    return a_site(tariff=a_tariff(demand=[a_demand(name, **COMPONENTS[name])]))


def at(step: int) -> Instant:
    return GRID.part(step, 0).start_utc


def billed(site: Site, power_w: FloatArray, until_step: int) -> DemandState:
    whole = GRID.part(0, until_step)
    return next(iter(site.tariff.bill(whole, power_w[:until_step], site.timezone).demand.values()))


def same(found: DemandState, expected: DemandState) -> bool:
    """The same period, and the same peaks; a day without import may be told as zero or not at all."""
    peaks = [{day: w for day, w in each.daily_max_w.items() if w > 0} for each in (found, expected)]
    is_same_period = expected.period in (found.period, DemandState().period)
    return is_same_period and peaks[0] == pytest.approx(peaks[1])


@settings(max_examples=30, deadline=None)
@given(
    name=st.sampled_from(sorted(COMPONENTS)), stops=st.lists(st.integers(1, GRID.step_count), min_size=1, max_size=8)
)
def test_peaks_are_those_of_the_bill_however_the_calls_are_split(name: str, stops: list[int]) -> None:
    site = a_place(name)
    power_w, store = a_metered()
    peaks = Peaks(site, STEP_S)
    peaks.update(store, at(0))
    per_interval = site.tariff.demand[0].billed_interval_s(STEP_S) // STEP_S
    for stop in sorted(stops):
        peaks.update(store, at(stop))
        whole = stop // per_interval * per_interval
        assert same(peaks.states[name], billed(site, power_w, whole)), f"after {stop} steps"
        assert peaks.elapsed_w[name] == pytest.approx(np.maximum(power_w[whole:stop], 0.0).sum())


@pytest.mark.parametrize("name", sorted(COMPONENTS))
@pytest.mark.parametrize("stop", [1, 50, 96 * 6 + 3, 96 * 9 + 41])
def test_after_a_restart_in_mid_period_the_peaks_are_found_again(name: str, stop: int) -> None:
    site = a_place(name)
    _, store = a_metered()
    lived, restarted = Peaks(site, STEP_S), Peaks(site, STEP_S)
    for step in range(0, stop, 7):
        lived.update(store, at(step))
    lived.update(store, at(stop))
    restarted.update(store, at(stop))
    period = lived.states[name].period
    assert dict(restarted.states[name].within(period)) == pytest.approx(dict(lived.states[name].within(period)))
    assert restarted.elapsed_w == pytest.approx(lived.elapsed_w)


def test_what_is_not_metered_sets_no_peak_and_what_comes_later_none_either() -> None:
    site = a_place("month")
    power_w, _ = a_metered()
    store = MemoryStore()
    store.append(metered(GRID, np.where(np.arange(power_w.size) < 96, power_w, np.nan)))
    store.flush()
    peaks = Peaks(site, STEP_S)
    peaks.update(store, at(48))
    assert same(peaks.states["month"], billed(site, power_w, 48))
    peaks.update(store, at(300))
    assert max(peaks.states["month"].daily_max_w.values()) == pytest.approx(power_w[:96].max())


def test_an_hour_that_happens_twice_is_two_hours() -> None:
    site = a_place("hours")
    grid = TimeGrid(instant("2024-10-27", zone=BERLIN), STEP_S, 25 * 4)
    power_w = np.zeros(100)
    power_w[8:12], power_w[12:16] = 3000.0, 1000.0
    store = MemoryStore()
    store.append(metered(grid, power_w))
    store.flush()
    peaks = Peaks(site, STEP_S)
    for step in range(101):
        peaks.update(store, grid.part(step, 0).start_utc)
    assert max(peaks.states["hours"].daily_max_w.values()) == pytest.approx(3000.0)
    assert same(peaks.states["hours"], site.tariff.bill(grid, power_w, BERLIN).demand["hours"])
