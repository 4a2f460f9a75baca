"""Do vehicles charge when it is cheap and never too late, and is the outlook weighed whole?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.physics.vehicle import Vehicles
from enerwise.run.community_outlook import PriceMemory, _steps, charging_plan_w


def one_vehicle() -> Vehicles:
    """A vehicle that takes 4 kW and loses nothing."""
    return Vehicles(
        charge_limit_w=np.array([4000.0]),
        charge_ratio=np.array([1.0]),
        capacity_wh=np.array([60e3]),
        arrives_s=np.array([64_800.0]),
        leaves_s=np.array([25_200.0]),
        needs_wh=np.array([8e3]),
        goes_ratio=np.array([1.0]),
    )


@pytest.mark.parametrize("step_s", [900, 1800, 3600])
@pytest.mark.parametrize("slot_count", [2, 36, 72, 144])
def test_every_slot_after_this_one_is_weighed_once(step_s: int, slot_count: int) -> None:
    first, count = _steps(slot_count, step_s)
    covered = np.concatenate([np.arange(at, at + each) for at, each in zip(first, count, strict=True)])
    assert covered.tolist() == list(range(1, slot_count))


def test_a_vehicle_charges_in_the_cheapest_slots_of_its_stay() -> None:
    price = np.array([30.0, 10.0, 20.0, 5.0])
    plan_w = charging_plan_w(one_vehicle(), np.array([6000.0]), np.array([True]), np.array([3]), price, step_s=3600)
    # The cheapest slot of all comes after it has left.
    assert plan_w.tolist() == [[0.0, 4000.0, 2000.0, 0.0]]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), stay=st.integers(1, 12), missing_wh=st.floats(0, 30_000))
def test_what_is_planned_is_what_is_missing_as_far_as_the_stay_allows(seed: int, stay: int, missing_wh: float) -> None:
    price = np.random.default_rng(seed).random(12)
    vehicle, missing = one_vehicle(), np.array([missing_wh])
    plan_w = charging_plan_w(vehicle, missing, np.array([True]), np.array([stay]), price, step_s=3600)[0]
    assert plan_w.sum() == pytest.approx(min(missing_wh, 4000.0 * stay))
    assert (plan_w[stay:] == 0).all()
    assert ((plan_w >= 0) & (plan_w <= 4000.0 + 1e-9)).all()


def test_who_is_away_does_not_charge() -> None:
    plan_w = charging_plan_w(
        one_vehicle(), np.array([6000.0]), np.array([False]), np.array([0]), np.ones(4), step_s=3600
    )
    assert not plan_w.any()


def test_prices_of_past_slots_are_expected_again_between_those_of_the_supplier() -> None:
    memory, slots = PriceMemory.empty(4), np.arange(4)
    buy, sell = np.full(4, 300_000.0), np.full(4, 100_000.0)
    assert memory.local(slots, buy, sell).tolist() == [200_000.0] * 4
    assert [each.tolist() for each in memory.mixed(slots, buy, sell)] == [buy.tolist(), sell.tolist()]
    for _ in range(30):
        memory.learn(1, 150_000, np.array([500, -500]), np.array([1000, -500]))
        memory.learn(2, None, np.zeros(2, np.int64), np.array([1000, -500]))
    assert memory.local(slots, buy, sell).round().tolist() == [200_000.0, 150_000.0, 200_000.0, 200_000.0]
    mixed_buy, mixed_sell = memory.mixed(slots, buy, sell)
    # Half of what was taken came from neighbours, and all that was given went to them.
    assert mixed_buy[1] == pytest.approx(225_000, rel=1e-3)
    assert mixed_sell[1] == pytest.approx(150_000, rel=1e-3)
    assert (mixed_buy[2], mixed_sell[2]) == (300_000.0, 100_000.0)
