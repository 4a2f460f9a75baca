"""The power flow: a textbook network, two areas in closed form, any mesh balanced, and words for what is too much."""

import cmath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.network import Cable, ptdf
from enerwise.market.network_check import power_flow, problems


def test_three_areas_have_the_voltages_of_the_textbook() -> None:
    """Saadat 1999, Power System Analysis, example 6.7, with all voltages divided by the 1.05 of its first bus."""
    scale = 1.05
    cables = (Cable(0, 1, 9, 0.04, 0.02), Cable(0, 2, 9, 0.03, 0.01), Cable(1, 2, 9, 0.025, 0.0125))
    flow = power_flow(cables, np.array([0, -2.566 - 1.102j, -1.386 - 0.452j]), nominal_v=scale)
    assert flow is not None
    assert flow.voltage_v == pytest.approx(np.array([1.05, 0.98 - 0.06j, 1.00 - 0.05j]), abs=1e-9)
    assert flow.into_one_va[:2].sum() == pytest.approx(4.095 + 1.890j, abs=1e-9), "the first bus gives all losses"


@given(st.floats(0, 40_000), st.floats(0.01, 0.5), st.floats(0, 0.5))
def test_two_areas_have_the_voltage_of_the_closed_form(taken_w: float, reactance: float, resistance: float) -> None:
    nominal, impedance = 400.0, complex(resistance, reactance)
    # |V|^4 + (2 Re(S conj(Z)) - U^2) |V|^2 + |S|^2 |Z|^2 = 0 for power S taken at the end of Z.
    half = nominal**2 / 2 - taken_w * resistance
    square = half**2 - (taken_w * abs(impedance)) ** 2
    flow = power_flow((Cable(0, 1, 9, reactance, resistance),), np.array([0, -taken_w + 0j]), nominal_v=nominal)
    if square < 0:
        assert flow is None, "so much cannot be carried at any voltage"
    elif square > 1e-3 * half**2:
        assert flow is not None
        assert abs(flow.voltage_v[1]) ** 2 == pytest.approx(half + cmath.sqrt(square).real, rel=1e-6)


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_in_any_mesh_powers_are_met_and_little_power_flows_as_the_market_thinks(area_count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree = [(int(rng.integers(0, at)), at) for at in range(1, area_count)]
    more = [tuple(rng.permutation(area_count)[:2].tolist()) for _ in range(int(rng.integers(0, 5)))]
    cables = tuple(Cable(one, other, 9, float(rng.uniform(0.01, 0.1)), 0.001) for one, other in [*tree, *more])
    given_w = np.append(rng.normal(size=area_count - 1) * 1000, 0.0)
    given_w[-1] = -given_w.sum()
    flow = power_flow(cables, given_w.astype(np.complex128), nominal_v=400.0)
    assert flow is not None
    net = np.zeros(area_count, np.complex128)
    for cable, one, other in zip(cables, flow.into_one_va, flow.into_other_va, strict=True):
        net[cable.one] += one
        net[cable.other] += other
    assert net[1:] == pytest.approx(given_w[1:], abs=1e-3)
    assert net.real.sum() == pytest.approx(flow.loss_w.sum(), abs=1e-6) and flow.loss_w.min() >= 0
    assert flow.into_one_va.real == pytest.approx(ptdf(cables, area_count) @ given_w, abs=60.0)


def test_what_a_network_cannot_carry_is_told_in_words() -> None:
    cables = (Cable(0, 1, 10_000, 0.08, 0.4),)
    told = [str(each) for each in problems(cables, np.array([10_000, -10_000]), slot_s=3600, nominal_v=400.0)]
    assert told == ["cable 0 to 1: 10263 W with losses, limit 10000 W; lower its limit in the market by what it loses"]
    told = [str(each) for each in problems(cables, np.array([10_000, -10_000]), slot_s=900, nominal_v=400.0)]
    assert told[-1].startswith("area 1: 354.8 V, ") and "allowed 360.0 to 440.0 V" in told[-1]
    told = [str(each) for each in problems(cables, np.array([10**6, -(10**6)]), slot_s=900, nominal_v=400.0)]
    assert told == ["network: there is no voltage at which it carries this; trade less, or lay thicker cables"]
    assert not problems(cables, np.array([5000, -5000]), slot_s=3600, nominal_v=400.0)
    assert not problems((), np.array([0, 0]), slot_s=900, nominal_v=400.0)
