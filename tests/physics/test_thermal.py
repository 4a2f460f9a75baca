"""Thermal networks: exact steps, energy that adds up, buildings and the machines that heat them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.units import FloatArray
from enerwise.physics import heat_pump
from enerwise.physics.building import Building, heat_flow_w, one_node, step, two_nodes
from enerwise.physics.heat_pump import Compressor
from enerwise.physics.thermal import discrete

AIR_SOURCE = Compressor((-7.0, 2.0, 7.0), (2.6, 3.4, 4.2), 600.0, 3000.0)


@st.composite
def buildings(draw: st.DrawFn) -> Building:
    """One to four nodes, everything coupled."""
    count = draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    between = np.triu(rng.uniform(0.0, 300.0, (count, count)), 1)
    return Building(
        rng.uniform(0.2, 30.0, count) * 1e3,
        between + between.T,
        rng.uniform(0.0, 200.0, count),
        ("living",),
    )


@given(building=buildings(), seed=st.integers(0, 1000), parts=st.integers(2, 6))
def test_one_long_step_equals_several_short_ones(building: Building, seed: int, parts: int) -> None:
    rng = np.random.default_rng(seed)
    count = building.capacity_wh_per_k.size
    before_degc, heat_w = rng.uniform(5.0, 30.0, count), rng.uniform(-3000.0, 9000.0, count)
    whole = step(building, before_degc, heat_w, -5.0, step_s=3600.0)
    after = before_degc
    for _ in range(parts):
        after = step(building, after, heat_w, -5.0, step_s=3600.0 / parts)
    assert np.allclose(whole, after, atol=1e-9)


@given(building=buildings(), seed=st.integers(0, 1000))
def test_what_is_stored_is_what_flows_in_less_what_is_lost(building: Building, seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = building.capacity_wh_per_k.size
    before_degc, heat_w = rng.uniform(5.0, 30.0, count), rng.uniform(-3000.0, 9000.0, count)
    short_s = 0.5
    after = step(building, before_degc, heat_w, 3.0, step_s=short_s)
    stored_wh = float(building.capacity_wh_per_k @ (after - before_degc))
    lost_w = float(heat_flow_w(building, (before_degc + after) / 2, 3.0))
    assert stored_wh == pytest.approx((heat_w.sum() - lost_w) * short_s / 3600.0, rel=1e-4, abs=1e-4)


@given(building=buildings(), seed=st.integers(0, 1000))
def test_without_heat_all_nodes_stay_between_their_own_and_the_air_outside(building: Building, seed: int) -> None:
    before_degc = np.random.default_rng(seed).uniform(-10.0, 40.0, building.capacity_wh_per_k.size)
    after = step(building, before_degc, np.zeros(before_degc.size), 0.0, step_s=7200.0)
    assert np.all(after >= min(0.0, before_degc.min()) - 1e-9)
    assert np.all(after <= max(0.0, before_degc.max()) + 1e-9)


def test_a_single_node_falls_as_the_exponential_says() -> None:
    exact = discrete(np.array([[-100.0]]), np.array([1000.0]), 3600.0)
    assert exact.keep[0, 0] == pytest.approx(np.exp(-0.1), rel=1e-14)
    assert exact.push[0, 0] == pytest.approx((1 - np.exp(-0.1)) / 100.0, rel=1e-14)


def test_many_networks_are_stepped_at_once() -> None:
    couplings: FloatArray = np.array([[[-50.0, 50.0], [50.0, -60.0]], [[-500.0, 0.0], [500.0, -510.0]]])
    capacity = np.array([30.0, 60.0])
    both = discrete(couplings, capacity, 900.0)
    for at in range(2):
        alone = discrete(couplings[at], capacity, 900.0)
        assert np.allclose(both.keep[at], alone.keep, atol=1e-14) and np.allclose(both.push[at], alone.push, atol=1e-16)


def test_mass_follows_air_with_a_delay() -> None:
    house = two_nodes("living", loss_w_per_k=120.0, air_wh_per_k=400.0, mass_wh_per_k=9000.0, exchange_w_per_k=600.0)
    after = step(house, np.array([20.0, 20.0]), np.array([6000.0, 0.0]), 0.0, step_s=1800.0)
    assert after[0] > after[1] > 20.0


@given(power_w=st.floats(-1e3, 1e5), source_degc=st.floats(-40.0, 60.0), is_blocked=st.booleans())
def test_a_compressor_stands_still_or_runs_within_its_range(
    power_w: float, source_degc: float, is_blocked: bool
) -> None:
    taken_w, heat_w = heat_pump.step(AIR_SOURCE, np.array([power_w]), source_degc, is_blocked=is_blocked)
    assert taken_w[0] == 0.0 or AIR_SOURCE.power_min_w - 0.5 <= taken_w[0] <= AIR_SOURCE.power_max_w
    assert 2.6 * taken_w[0] - 1e-9 <= heat_w[0] <= 4.2 * taken_w[0] + 1e-9
    assert not (is_blocked and taken_w[0])


@pytest.mark.parametrize(
    "facts",
    [
        ((2.0, -7.0), (3.4, 2.6), 0.0, 1.0),
        ((2.0,), (3.4, 2.6), 0.0, 1.0),
        ((2.0,), (0.0,), 0.0, 1.0),
        ((2.0,), (3.0,), 2.0, 1.0),
    ],
)
def test_wrong_data_sheets_are_refused(facts: tuple[tuple[float, ...], tuple[float, ...], float, float]) -> None:
    with pytest.raises(ValueError, match=r"W|rise|coefficients"):
        Compressor(*facts)


def test_wrong_buildings_are_refused() -> None:
    good = one_node("living", loss_w_per_k=100.0, capacity_wh_per_k=5000.0)
    for capacity, between, outdoor, zones in (
        (np.array([0.0]), good.between_w_per_k, good.outdoor_w_per_k, good.zones),
        (good.capacity_wh_per_k, np.zeros((2, 2)), good.outdoor_w_per_k, good.zones),
        (good.capacity_wh_per_k, good.between_w_per_k, np.array([-1.0]), good.zones),
        (good.capacity_wh_per_k, good.between_w_per_k, good.outdoor_w_per_k, ()),
    ):
        with pytest.raises(ValueError, match=r"node|above zero|zones"):
            Building(capacity, between, outdoor, zones)
