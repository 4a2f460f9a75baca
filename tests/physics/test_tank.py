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
    layers=st.sampled_from([1, 2]),
    mixing_w_per_k=st.floats(0.0, 50.0),
)


@given(tank=tanks, draw_l=st.floats(0.0, 60.0), heat_w=st.floats(0.0, 9000.0), parts=st.integers(2, 5))
def test_one_long_step_equals_several_short_ones(tank: Tank, draw_l: float, heat_w: float, parts: int) -> None:
    before = np.linspace(55.0, 40.0, 2)[: tank.layers]
    into_w = np.full(tank.layers, heat_w / tank.layers)
    whole = step(tank, before, into_w, draw_l, step_s=3600.0, **AROUND)
    after = before
    for _ in range(parts):
        after = step(tank, after, into_w, draw_l / parts, step_s=3600.0 / parts, **AROUND)
    assert np.allclose(whole, after, atol=1e-8)


@given(tank=tanks, draw_l=st.floats(0.0, 5.0), heat_w=st.floats(0.0, 9000.0))
def test_what_is_stored_is_what_flows_in_less_what_is_drawn_and_lost(tank: Tank, draw_l: float, heat_w: float) -> None:
    before, short_s = np.linspace(55.0, 40.0, 2)[: tank.layers], 1.0
    draw_l = draw_l / 900.0
    after = step(tank, before, np.full(tank.layers, heat_w / tank.layers), draw_l, step_s=short_s, **AROUND)
    stored_wh = float(tank.energy_wh(after, 10.0) - tank.energy_wh(before, 10.0))
    middle = (before + after) / 2
    drawn_wh = draw_l * WATER_WH_PER_L_PER_K * (middle[0] - 10.0)
    lost_w = tank.loss_w_per_k * (middle.mean() - 18.0)
    assert stored_wh == pytest.approx((heat_w - lost_w) / 3600.0 - drawn_wh, rel=1e-4, abs=1e-5)


@given(tank=tanks, draw_l=st.floats(0.0, 80.0))
def test_without_heat_no_layer_gets_warmer_than_it_was_or_colder_than_what_follows(tank: Tank, draw_l: float) -> None:
    before = np.linspace(60.0, 30.0, 2)[: tank.layers]
    after = step(tank, before, np.zeros(tank.layers), draw_l, step_s=1800.0, **AROUND)
    assert np.all(after <= before.max() + 1e-9) and np.all(after >= 10.0 - 1e-9)
    assert after[0] >= after[-1] - 1e-9


@pytest.mark.parametrize("facts", [(0.0, 1.0), (100.0, -1.0)])
def test_impossible_tanks_are_refused(facts: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="tank of"):
        Tank(*facts)
