"""Hot-water tanks: energy adds up, one long step equals short ones, and warm water stays above cold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.physics.tank import WATER_WH_PER_L_PER_K, Tank, step

AROUND = {"cold_degc": 10.0, "room_degc": 18.0}

tanks = st.builds(
    Tank,
    st.floats(50.0, 800.0),
    st.floats(0.0, 5.0),
    layers=st.sampled_from([1, 2, 5, 12]),
    mixing_w_per_k=st.floats(0.0, 50.0),
)


@given(tank=tanks, draw_l=st.floats(0.0, 60.0), heat_w=st.floats(0.0, 9000.0), parts=st.integers(2, 5))
def test_one_long_step_equals_several_short_ones(tank: Tank, draw_l: float, heat_w: float, parts: int) -> None:
    before = np.linspace(55.0, 40.0, tank.layers)
    into_w = np.full(tank.layers, heat_w / tank.layers)
    whole = step(tank, before, into_w, draw_l, step_s=3600.0, **AROUND)
    after = before
    for _ in range(parts):
        after = step(tank, after, into_w, draw_l / parts, step_s=3600.0 / parts, **AROUND)
    assert np.allclose(whole, after, atol=1e-8)


@given(tank=tanks, draw_l=st.floats(0.0, 5.0), heat_w=st.floats(0.0, 9000.0))
def test_what_is_stored_is_what_flows_in_less_what_is_drawn_and_lost(tank: Tank, draw_l: float, heat_w: float) -> None:
    before, short_s = np.linspace(55.0, 40.0, tank.layers), 1.0
    draw_l = draw_l / 900.0
    after = step(tank, before, np.full(tank.layers, heat_w / tank.layers), draw_l, step_s=short_s, **AROUND)
    stored_wh = float(tank.energy_wh(after, 10.0) - tank.energy_wh(before, 10.0))
    middle = (before + after) / 2
    drawn_wh = draw_l * WATER_WH_PER_L_PER_K * (middle[0] - 10.0)
    lost_w = tank.loss_w_per_k * (middle.mean() - 18.0)
    assert stored_wh == pytest.approx((heat_w - lost_w) / 3600.0 - drawn_wh, rel=1e-4, abs=1e-5)


@given(tank=tanks, draw_l=st.floats(0.0, 80.0))
def test_without_heat_no_layer_gets_warmer_than_it_was_or_colder_than_what_follows(tank: Tank, draw_l: float) -> None:
    before = np.linspace(60.0, 30.0, tank.layers)
    after = step(tank, before, np.zeros(tank.layers), draw_l, step_s=1800.0, **AROUND)
    assert np.all(after <= before.max() + 1e-9) and np.all(after >= 10.0 - 1e-9)
    assert np.all(np.diff(after) <= 1e-9)


@pytest.mark.parametrize("facts", [(0.0, 1.0), (100.0, -1.0)])
def test_impossible_tanks_are_refused(facts: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="tank of"):
        Tank(*facts)


def drawn_warm_l(layers: int) -> float:
    """Return how much comes above 45 degC from 200 l of 60 degC, with 10 degC following."""
    tank, degc, drawn_l = Tank(200.0, 0.0, layers=layers, mixing_w_per_k=0.0), np.full(layers, 60.0), 0.0
    while degc[0] >= 45.0:
        degc = step(tank, degc, np.zeros(layers), 1.0, step_s=60.0, **AROUND)
        drawn_l += 1.0
    return drawn_l


def test_the_more_layers_the_nearer_it_comes_to_a_plug() -> None:
    warm_l = [drawn_warm_l(each) for each in (1, 2, 5, 12, 20)]
    assert warm_l == sorted(warm_l)
    # A stirred tank is at 45 degC when exp(-V/200 l) is 35/50; a plug gives all of its 200 l.
    assert warm_l[0] == pytest.approx(200.0 * np.log(50 / 35), abs=1.0)
    assert 150.0 < warm_l[-1] < 200.0


def test_heat_above_the_heater_leaves_the_water_below_it_cold() -> None:
    tank = Tank(200.0, 0.0, layers=4, mixing_w_per_k=0.0, heated_layers=2)
    after = step(tank, np.full(4, 20.0), 2000.0 * tank.heat_share, 0.0, step_s=3600.0, **AROUND)
    assert after[:2] == pytest.approx(20.0 + 2000.0 / tank.capacity_wh_per_k * 2) and after[2:] == pytest.approx(20.0)


@pytest.mark.parametrize("facts", [{"layers": 0}, {"layers": 21}, {"layers": 2, "heated_layers": 3}])
def test_layers_that_cannot_be_are_refused(facts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="layers"):
        Tank(200.0, 1.0, **facts)
