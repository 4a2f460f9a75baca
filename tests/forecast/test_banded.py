"""The band of a forecaster is how wrong it was: it covers what it says, and stays within what was ever measured."""

import numpy as np
import pytest

from enerwise.core.plugin import load
from enerwise.core.quantity import AVAILABLE_POWER_W
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.forecast.banded import filled, learning_positions, positions, slots, within_reach
from enerwise.forecast.models.naive import naive_day
from enerwise.forecast.past import Past
from enerwise.forecast.score import coverage_ratio
from tests.forecast.builders import PER_DAY, ROOF, STEP_S, a_past, days_of, noisy


def day_after(past: Past) -> TimeGrid:
    return TimeGrid(past.grid.end_utc, past.grid.step_s, PER_DAY)


def coverage(name: str, value: FloatArray, *, low: float, high: float, steps: int = PER_DAY) -> float:
    """Return how much of thirty days lay within the band, learned afresh each day."""
    found = []
    for day in range(36, 96, 2):
        past = a_past(value[: day * PER_DAY])
        forecast = load("enerwise.forecasters", name)().fit(past).predict(past, day_after(past), past.grid.end_utc)
        truth = value[day * PER_DAY : day * PER_DAY + steps]
        found.append(coverage_ratio(truth, forecast.at_level(low)[:steps], forecast.at_level(high)[:steps]))
    return float(np.mean(found))


@pytest.mark.parametrize("memory", [0.0, 0.9])
@pytest.mark.parametrize("name", ["naive_1d", "profile_7d", "blend"])
def test_eighty_percent_are_about_eighty_percent(name: str, memory: float) -> None:
    """On a home whose errors stay alike. Four weeks of errors and a slot's neighbours: a few points are luck."""
    value = noisy(96, memory=memory)
    assert 0.72 <= coverage(name, value, low=0.1, high=0.9) <= 0.86
    assert 0.50 <= coverage(name, value, low=0.2, high=0.8) <= 0.67


def test_the_narrow_band_of_the_next_two_hours_still_covers_most() -> None:
    assert 0.65 <= coverage("blend", noisy(96, memory=0.9), low=0.1, high=0.9, steps=4) <= 0.88


def test_errors_are_learned_from_four_weeks_that_have_a_week_before_them() -> None:
    assert learning_positions(a_past(days_of(60))).tolist() == list(range(32 * PER_DAY, 60 * PER_DAY))
    assert learning_positions(a_past(days_of(9))).tolist() == list(range(7 * PER_DAY, 9 * PER_DAY))
    assert learning_positions(a_past(days_of(5))).size == 0


def test_slots_are_those_of_the_day_wherever_a_past_begins() -> None:
    past = a_past(np.zeros(4), start="2024-07-01T23:00")
    assert slots(past, np.arange(4)).tolist() == [46, 47, 0, 1]


def test_steps_are_counted_from_the_start_of_the_past() -> None:
    past = a_past(np.zeros(10))
    assert positions(past, TimeGrid(past.grid.end_utc, STEP_S, 3)).tolist() == [10, 11, 12]


def test_a_band_without_learning_is_its_centre() -> None:
    past = a_past(days_of(2))
    value = naive_day().predict(past, day_after(past), past.grid.end_utc).value
    assert np.all(value == value[0])


def test_no_quantile_leaves_what_was_ever_measured() -> None:
    past = a_past([np.nan, 200.0, 900.0])
    assert within_reach(np.array([-50.0, 500.0, 2000.0]), past).tolist() == [200.0, 500.0, 900.0]
    assert within_reach(np.array([-50.0]), a_past([np.nan])).tolist() == [-50.0]


def test_what_cannot_be_known_is_filled_with_a_mean() -> None:
    past = a_past([100.0, 300.0])
    assert filled(np.array([np.nan, 50.0, 70.0]), past).tolist() == [60.0, 50.0, 70.0]
    assert filled(np.array([np.nan]), past).tolist() == [200.0]
    assert filled(np.array([np.nan]), a_past([np.nan])).tolist() == [0.0]


def test_the_sun_of_a_night_is_known_to_be_none() -> None:
    hour = np.arange(40 * PER_DAY) % PER_DAY / 2
    clear_w = np.minimum(0.0, -3000.0 * np.sin((hour - 6) / 12 * np.pi))
    past = a_past(clear_w * np.repeat(np.random.default_rng(2).uniform(0.2, 1.0, 40), PER_DAY), key=ROOF)
    assert past.key.quantity == AVAILABLE_POWER_W
    value = load("enerwise.forecasters", "blend")().fit(past).predict(past, day_after(past), past.grid.end_utc).value
    assert np.all(value[:, :10] == 0.0)
    assert np.ptp(value[:, 24]) > 500.0
