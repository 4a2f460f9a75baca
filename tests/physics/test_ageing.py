"""Does ageing only ever go one way, add up however time is cut, and give the known figures?"""

import dataclasses
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.physics.ageing import age
from enerwise.physics.battery import BatteryState, cycles_count
from enerwise.site.assets import Battery, BatteryArrays

FACTS: Final = BatteryArrays.of([Battery("battery", 10_000.0, 5000.0, 5000.0, soc_min_ratio=0.1, soc_max_ratio=0.9)])
YEAR_S: Final = 365 * 86_400.0


def a_state(*, soc_ratio: float = 0.5, temperature_degc: float = 25.0, cycles: float = 0.0) -> BatteryState:
    state = BatteryState.new(FACTS, soc_ratio=soc_ratio, temperature_degc=temperature_degc)
    return dataclasses.replace(state, throughput_wh=np.array([cycles * 20_000.0]))


def test_calendar_loss_is_that_of_the_paper() -> None:
    """Naumann 2018: 25 degC and half full, 1.2571e-5 x 0.60225 x sqrt(t): 6.6 % after the study's 885 days."""
    aged = age(FACTS, a_state(), elapsed_s=885 * 86_400.0)
    assert 1.0 - aged.soh_ratio[0] == pytest.approx(1.2571e-5 * 0.60225 * (885 * 86_400.0) ** 0.5, rel=1e-12)
    assert 1.0 - aged.soh_ratio[0] == pytest.approx(0.066, abs=0.001)


def test_cycle_loss_is_that_of_the_paper() -> None:
    """Naumann 2020: (0.063 C + 0.0971) (4.0253 (depth - 0.6)^3 + 1.0923) sqrt(cycles) percent; here 0.5 C and 0.8."""
    aged = age(FACTS, a_state(cycles=2500.0), elapsed_s=0.0)
    percent = (0.0630 * 0.5 + 0.0971) * (4.0253 * 0.2**3 + 1.0923) * 50.0
    assert 1.0 - aged.soh_ratio[0] == pytest.approx(percent / 100.0, rel=1e-12)
    assert cycles_count(FACTS, aged)[0] == 2500.0


def test_warm_and_full_age_faster() -> None:
    def lost(**at: float) -> float:
        return 1.0 - float(age(FACTS, a_state(**at), elapsed_s=YEAR_S).soh_ratio[0])

    assert lost(temperature_degc=10.0) < lost(temperature_degc=25.0) < lost(temperature_degc=40.0)
    assert lost(soc_ratio=0.1) < lost(soc_ratio=0.5) < lost(soc_ratio=1.0)
    assert lost(cycles=0.0) < lost(cycles=250.0)


@given(st.floats(0.0, 1.0), st.floats(0.0, 45.0), st.lists(st.floats(60.0, YEAR_S), min_size=1, max_size=20))
def test_time_may_be_cut_anywhere(soc_ratio: float, temperature_degc: float, parts_s: list[float]) -> None:
    whole = split = a_state(soc_ratio=0.5 * soc_ratio, temperature_degc=temperature_degc)
    for part_s in parts_s:
        split = age(FACTS, split, elapsed_s=part_s)
    whole = age(FACTS, whole, elapsed_s=sum(parts_s))
    # At most half full, the cells lose no energy with their capacity, so that the stress is the same all along.
    assert split.soh_ratio[0] == pytest.approx(whole.soh_ratio[0], rel=1e-12)


@given(st.lists(st.tuples(st.floats(0.0, 1e6), st.floats(-20.0, 60.0), st.floats(0.0, 50.0)), max_size=20))
def test_health_never_returns(life: list[tuple[float, float, float]]) -> None:
    state = a_state(soc_ratio=1.0)
    for elapsed_s, temperature_degc, cycles in life:
        used = dataclasses.replace(
            state,
            temperature_degc=np.array([temperature_degc]),
            throughput_wh=state.throughput_wh + cycles * 20_000.0,
        )
        after = age(FACTS, used, elapsed_s=elapsed_s)
        assert 0.0 <= after.soh_ratio[0] <= state.soh_ratio[0]
        assert after.energy_wh[0] <= FACTS.capacity_wh[0] * after.soh_ratio[0]
        state = after


def test_a_used_battery_goes_on_from_its_health() -> None:
    state = BatteryState.new(FACTS, soh_ratio=0.9, soc_ratio=1.0)
    assert state.energy_wh[0] == pytest.approx(9000.0)
    assert age(FACTS, state, elapsed_s=0.0).soh_ratio[0] == pytest.approx(0.9)
    fresh_lost = 1.0 - age(FACTS, a_state(), elapsed_s=YEAR_S).soh_ratio[0]
    assert 0.9 - age(FACTS, a_state_at(0.9), elapsed_s=YEAR_S).soh_ratio[0] < fresh_lost


def a_state_at(soh_ratio: float) -> BatteryState:
    return BatteryState.new(FACTS, soh_ratio=soh_ratio, temperature_degc=25.0)
