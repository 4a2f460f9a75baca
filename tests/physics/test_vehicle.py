"""Do vehicles come home, charge in time, and never take what does not fit?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.physics.vehicle import Chargers, Vehicles, draw_trips, exchange, power_bounds_w, step

STEP_S = 1800


def some_vehicles(count: int, seed: int) -> Vehicles:
    rng = np.random.default_rng(seed)
    return Vehicles(
        charge_limit_w=rng.uniform(2e3, 11e3, count),
        charge_ratio=rng.uniform(0.8, 1.0, count),
        capacity_wh=rng.uniform(20e3, 80e3, count),
        arrives_s=np.full(count, 17.5 * 3600),
        leaves_s=np.full(count, 7.5 * 3600),
        needs_wh=rng.uniform(2e3, 15e3, count),
        goes_ratio=np.full(count, 0.8),
    )


def local_s(days: int) -> np.ndarray:
    return np.arange(days * 48) % 48 * STEP_S


@settings(max_examples=20, deadline=None)
@given(count=st.integers(0, 8), seed=st.integers(0, 1000))
def test_who_charges_as_late_as_possible_still_leaves_with_what_it_needs(count: int, seed: int) -> None:
    facts = some_vehicles(count, seed)
    trips = draw_trips(facts, local_s(4), STEP_S, rng=np.random.default_rng(seed))
    missing_wh = np.zeros(count)
    for at in range(trips.is_home.shape[1]):
        missing_wh = missing_wh + trips.comes_with_wh[:, at]
        least_w, most_w = power_bounds_w(
            facts, missing_wh, trips.is_home[:, at], trips.left_count[:, at], step_s=STEP_S
        )
        assert (least_w <= most_w).all()
        before_wh = missing_wh
        missing_wh, taken_w = step(facts, missing_wh, least_w, trips.is_home[:, at], step_s=STEP_S)
        assert np.allclose(before_wh - missing_wh, taken_w * 0.5 * facts.charge_ratio)
        # A night is long enough for these needs, so that nothing is missing when it leaves.
        assert (missing_wh[trips.leaves[:, at]] < 1e-6).all()


@settings(max_examples=20, deadline=None)
@given(power_w=st.floats(-1e6, 1e6), missing_wh=st.floats(0, 1e5), is_home=st.booleans())
def test_a_vehicle_takes_no_more_than_fits(power_w: float, missing_wh: float, is_home: bool) -> None:
    facts = some_vehicles(1, 3)
    left_wh, taken_w = step(facts, np.array([missing_wh]), np.array([power_w]), np.array([is_home]), step_s=STEP_S)
    assert 0.0 <= taken_w[0] <= max(0.0, min(power_w, float(facts.charge_limit_w[0]))) + 1e-9
    assert 0.0 <= left_wh[0] <= missing_wh
    assert is_home or taken_w[0] == 0.0


def test_trips_are_those_of_a_commuter() -> None:
    facts = some_vehicles(200, 1)
    trips = draw_trips(facts, local_s(7), STEP_S, rng=np.random.default_rng(1))
    home = trips.is_home.reshape(200, 7, 48).mean(axis=(0, 1))
    assert home[:9].min() == 1.0
    assert home[24] < 0.3
    came = trips.comes_with_wh > 0
    assert (came.sum(axis=1) <= 7).all()
    assert 0.7 < came.sum() / (200 * 7) < 0.9
    assert (trips.left_count[~trips.is_home] == 0).all()
    assert (trips.left_count[:, :-1][trips.leaves[:, :-1]] == 1).all()


def test_the_same_seed_gives_the_same_trips() -> None:
    one, two = (draw_trips(some_vehicles(3, 1), local_s(2), STEP_S, rng=np.random.default_rng(5)) for _ in range(2))
    assert one.comes_with_wh.tobytes() == two.comes_with_wh.tobytes()


def a_charger_twin(**facts: float) -> Chargers:
    """One point of 11 kW, 4.1 kW at least, that may give back 5 kW."""
    usual = {
        "charge_min_w": 4140.0, "charge_max_w": 11_040.0, "discharge_max_w": 5000.0, "charge_ratio": 0.9,
        "discharge_ratio": 0.9, "capacity_wh": 60e3, "floor_wh": 12e3,
    }  # fmt: skip
    return Chargers(**{name: np.array([value]) for name, value in {**usual, **facts}.items()})


@given(
    power_w=st.floats(-3e4, 3e4),
    energy_wh=st.floats(0, 60e3),
    is_home=st.booleans(),
    step_s=st.sampled_from([60, 900, 3600]),
)
def test_what_a_vehicle_takes_and_gives_adds_up(power_w: float, energy_wh: float, is_home: bool, step_s: int) -> None:
    facts = a_charger_twin()
    after_wh, taken_w = exchange(facts, np.array([energy_wh]), np.array([power_w]), np.array([is_home]), step_s=step_s)
    taken, hours = float(taken_w[0]), step_s / 3600
    stored_w = taken * 0.9 if taken > 0 else taken / 0.9
    assert after_wh[0] - energy_wh == pytest.approx(stored_w * hours, abs=1e-6)
    assert abs(taken) <= abs(power_w) + 1e-9 and taken * power_w >= 0
    assert after_wh[0] <= 60e3 + 1e-6 and after_wh[0] >= min(energy_wh, 12e3) - 1e-6
    assert is_home or taken == 0.0


def test_a_vehicle_pauses_below_its_least_current() -> None:
    for asked_w, takes in ((4139.0, False), (4139.6, True), (4140.0, True)):
        _, taken_w = exchange(a_charger_twin(), np.array([20e3]), np.array([asked_w]), np.array([True]), step_s=900)
        assert bool(taken_w[0] > 0) is takes
