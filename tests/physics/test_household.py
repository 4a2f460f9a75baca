"""Is the household seeded, complete, right on every step and clock, and the same in total as by appliance?"""

import dataclasses
from typing import Final

import numpy as np
import pytest

from enerwise.core.time import TimeGrid, instant, local_fields
from enerwise.core.units import FloatArray
from enerwise.physics.habits import APPLIANCES, OCCASIONS
from enerwise.physics.household import Habits, Household, draw, draw_habits, draw_load_w

BERLIN: Final = "Europe/Berlin"


def a_grid(start: str = "2024-05-06", *, days: float = 7, step_s: int = 900, zone: str = BERLIN) -> TimeGrid:
    return TimeGrid(instant(start, zone=zone), step_s, int(days * 86_400 / step_s))


def some_habits(home_count: int = 20, seed: int = 1) -> Habits:
    return draw_habits(np.random.default_rng(seed), home_count)


def a_household(grid: TimeGrid, *, home_count: int = 20, seed: int = 1, zone: str = BERLIN) -> Household:
    return draw(some_habits(home_count), grid, zone, rng=np.random.default_rng(seed))


def energy_wh(household: Household) -> FloatArray:
    """Shape (appliance, home)"""
    return np.asarray(household.power_w.sum(axis=-1) * household.grid.step_h)


def test_nine_appliances_for_every_home_and_step() -> None:
    household = a_household(a_grid(), home_count=3)
    assert len(household.appliances) == 9
    assert household.power_w.shape == (9, 3, 672)
    assert household.load_w.shape == (3, 672)


def test_same_seed_same_power() -> None:
    assert a_household(a_grid()).power_w.tobytes() == a_household(a_grid()).power_w.tobytes()
    assert a_household(a_grid(), seed=2).power_w.tobytes() != a_household(a_grid()).power_w.tobytes()


def test_power_is_taken_finite_and_only_by_what_is_owned() -> None:
    household, habits = a_household(a_grid(days=30), home_count=50), some_habits(50)
    assert np.isfinite(household.power_w).all()
    assert household.power_w.min() >= 0.0
    assert household.power_w[habits.owns == 0].max() == 0.0
    assert household.load_w.min() > 0.0


def test_total_is_the_sum_of_the_appliances() -> None:
    """1 100 homes, so that there are several blocks of them."""
    habits, grid = some_habits(1100), a_grid(days=2, step_s=1800)
    by_appliance = draw(habits, grid, BERLIN, rng=np.random.default_rng(5)).load_w
    total = draw_load_w(habits, grid, BERLIN, rng=np.random.default_rng(5))
    assert total == pytest.approx(by_appliance, abs=1e-6)


@pytest.mark.parametrize("step_s", [60, 300, 1800, 3600])
def test_energy_of_every_appliance_does_not_depend_on_the_step(step_s: int) -> None:
    """The same seed draws the same uses on every step; only where they fall within it differs."""
    fine, coarse = energy_wh(a_household(a_grid(step_s=step_s))), energy_wh(a_household(a_grid()))
    switched = [APPLIANCES.index(name) for name in ("fridge", "washing_machine", "dishwasher", "ev", "stove")]
    assert fine[switched] == pytest.approx(coarse[switched], rel=1e-9, abs=1e-3)
    assert fine == pytest.approx(coarse, rel=2e-3, abs=50.0)


def test_mean_power_of_a_long_step_is_that_of_its_short_ones() -> None:
    minutes, hours = a_household(a_grid(step_s=60, days=2)), a_household(a_grid(step_s=3600, days=2))
    mean_w = minutes.power_w.reshape(9, 20, 48, 60).mean(axis=-1)
    stove = APPLIANCES.index("stove")
    assert mean_w[stove] == pytest.approx(hours.power_w[stove], abs=1e-6)


def test_a_charge_over_midnight_keeps_its_energy() -> None:
    """Cars that plug in at 23:00 every day for 3 h at 2 kW: a day holds 6 kWh, although each charge leaves the day."""
    place = next(place for place, each in enumerate(OCCASIONS) if each.appliance == "ev")
    habits = some_habits()
    usual_s, chance, factor = habits.usual_s.copy(), np.zeros_like(habits.chance_ratio), habits.strength_factor.copy()
    usual_s[place], chance[:, place], factor[place] = 23 * 3600.0, 1.0, 1.0
    habits = dataclasses.replace(
        habits,
        usual_s=usual_s,
        strays_s=np.zeros_like(usual_s),
        chance_ratio=chance,
        strength_factor=factor,
        sleeps_in_s=np.zeros(habits.home_count),
        trip_days=np.zeros_like(habits.trip_days),
    )
    household = draw(habits, a_grid(days=1), BERLIN, rng=np.random.default_rng(1))
    (stage,) = OCCASIONS[place].stages
    charged_wh = energy_wh(household)[APPLIANCES.index("ev")] / (stage.power_w * stage.lasts_min / 60)
    assert np.all(np.abs(charged_wh - 1.0) <= OCCASIONS[place].varies_ratio + 1e-9)
    power_w = household.power_w[APPLIANCES.index("ev")]
    assert power_w[:, :8].max() > 0.0
    assert power_w[:, 40:90].max() == 0.0


def test_fridges_go_on_over_the_seam_of_two_spans() -> None:
    fridge = APPLIANCES.index("fridge")
    whole = a_household(a_grid(days=2, step_s=60)).power_w[fridge]
    second = a_household(a_grid("2024-05-07", days=1, step_s=60)).power_w[fridge]
    assert second == pytest.approx(whole[:, 1440:], abs=1e-6)


@pytest.mark.parametrize(("start", "days"), [("2024-03-31", 23 / 24), ("2024-10-27", 25 / 24)])
def test_days_of_23_and_25_hours_hold_a_day_of_uses(start: str, days: float) -> None:
    ordinary = energy_wh(a_household(a_grid("2024-05-05", days=1), home_count=400)).mean(axis=1)
    changed = energy_wh(a_household(a_grid(start, days=days), home_count=400)).mean(axis=1)
    for name in ("stove", "dishwasher", "water_heater"):
        place = APPLIANCES.index(name)
        assert changed[place] == pytest.approx(ordinary[place], rel=0.15), name


def test_people_follow_the_local_clock() -> None:
    """Before and after summer time begins, cooking keeps its local hours and moves by an hour of UTC."""
    profile = {}
    for start in ("2024-03-18", "2024-04-01"):
        grid = a_grid(start, step_s=3600, days=7)
        stove_w = a_household(grid, home_count=400).power_w[APPLIANCES.index("stove")].mean(axis=0)
        local_h = local_fields(grid.starts_utc, BERLIN).second // 3600
        utc_h = (grid.starts_utc.astype("datetime64[h]").astype(np.int64)) % 24
        profile[start] = [np.bincount(hour, weights=stove_w, minlength=24) for hour in (local_h, utc_h)]
    (local_before, utc_before), (local_after, utc_after) = profile.values()
    assert np.corrcoef(local_before, local_after)[0, 1] > 0.97
    assert np.corrcoef(utc_before, utc_after)[0, 1] < 0.93


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Los_Angeles"])
def test_other_clocks_cook_at_their_own_noon(zone: str) -> None:
    grid = a_grid(step_s=3600, zone=zone)
    stove_w = a_household(grid, home_count=200, zone=zone).power_w[APPLIANCES.index("stove")].mean(axis=0)
    by_hour = stove_w.reshape(7, 24).mean(axis=0)
    assert by_hour[11:14].sum() > 5 * by_hour[0:3].sum()


def test_only_warm_air_is_cooled() -> None:
    habits, grid, cooling = some_habits(), a_grid(days=1), APPLIANCES.index("air_conditioning")

    def cooled_w(temperature_degc: FloatArray) -> FloatArray:
        drawn = draw(habits, grid, BERLIN, rng=np.random.default_rng(1), temperature_degc=temperature_degc)
        return np.asarray(drawn.power_w[cooling])

    assert cooled_w(np.full(96, 10.0)).max() == 0.0
    assert cooled_w(np.full(96, 33.0)).max() > 500.0
    each_its_own = np.full((20, 96), 33.0)
    each_its_own[0] = 10.0
    assert cooled_w(each_its_own)[0].max() == 0.0
    assert cooled_w(each_its_own)[1:] == pytest.approx(cooled_w(np.full(96, 33.0))[1:])


def test_homes_without_cooling_are_spared_it() -> None:
    habits = some_habits()
    without = habits.part(0, 3)
    without = dataclasses.replace(without, cooling_w_per_k=np.zeros(3))
    hot_degc = np.full(96, 40.0)
    drawn = draw(without, a_grid(days=1), BERLIN, rng=np.random.default_rng(1), temperature_degc=hot_degc)
    assert drawn.power_w[APPLIANCES.index("air_conditioning")].max() == 0.0


def test_spans_may_begin_and_end_within_a_day() -> None:
    """Six spans of four hours hold on average what a day holds."""
    day = energy_wh(a_household(a_grid(days=1), home_count=1000)).sum(axis=0).mean()
    parts = [
        energy_wh(a_household(a_grid(f"2024-05-06 {hour:02}:00", days=1 / 6), home_count=1000, seed=hour)).sum(axis=0)
        for hour in range(0, 24, 4)
    ]
    assert np.sum(parts, axis=0).mean() == pytest.approx(day, rel=0.05)


def test_more_persons_use_more_and_some_days_nobody_is_in() -> None:
    habits, grid = some_habits(600), a_grid("2024-01-01", days=364, step_s=3600)
    load_w = draw_load_w(habits, grid, BERLIN, rng=np.random.default_rng(1))
    by_persons = [load_w[habits.persons == count].mean() for count in (1, 2, 4)]
    assert by_persons[0] < by_persons[1] < by_persons[2]
    stove_w = a_household(grid, home_count=20).power_w[APPLIANCES.index("stove")]
    idle_days = (stove_w.reshape(20, 364, 24).sum(axis=-1) == 0.0).mean(axis=1)
    assert 0.02 < idle_days.mean() < 0.4


def test_an_empty_span_and_no_homes_are_answered() -> None:
    assert a_household(a_grid(days=0)).power_w.shape == (9, 20, 0)
    assert draw_load_w(some_habits(0), a_grid(), BERLIN, rng=np.random.default_rng(1)).shape == (0, 672)
