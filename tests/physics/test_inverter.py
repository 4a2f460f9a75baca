"""Does energy balance in a hybrid inverter, and does nothing pass it beyond its rating?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.physics.inverter import held, loss_w
from enerwise.site.inverter import Inverter

inverters = st.builds(Inverter, st.floats(100.0, 1e5), st.floats(0.8, 1.0))
batteries = st.lists(st.floats(-2e5, 2e5), min_size=1, max_size=3).map(np.array)
suns = st.lists(st.floats(-2e5, 0.0), min_size=1, max_size=3).map(np.array)


@given(inverters, batteries, suns)
def test_nothing_passes_beyond_the_rating_and_nobody_does_more_than_was_wished(
    inverter: Inverter, battery_w: np.ndarray, sun_w: np.ndarray
) -> None:
    flows_w, delivered_w = held(inverter, battery_w, sun_w)
    inner_w = float(flows_w.sum() + delivered_w.sum())
    assert abs(inner_w + float(loss_w(inverter, inner_w))) <= inverter.limit_w * (1 + 1e-9) + 1e-6
    assert (np.abs(flows_w) <= np.abs(battery_w) + 1e-9).all()
    assert (flows_w * battery_w >= 0).all()
    assert ((sun_w - 1e-9 <= delivered_w) & (delivered_w <= 0)).all()


@given(inverters, batteries, suns)
def test_what_fits_is_left_alone(inverter: Inverter, battery_w: np.ndarray, sun_w: np.ndarray) -> None:
    least_w, most_w = inverter.range_w
    size = max(float(np.abs(battery_w).sum() + np.abs(sun_w).sum()), 1.0)
    battery_w, sun_w = battery_w / size * -least_w * 0.5, sun_w / size * most_w * 0.5
    flows_w, delivered_w = held(inverter, battery_w, sun_w)
    assert flows_w == pytest.approx(battery_w)
    assert delivered_w == pytest.approx(sun_w)


@given(inverters, st.floats(-1.0, 1.0))
def test_what_passes_loses_its_share_either_way(inverter: Inverter, share: float) -> None:
    inner_w = share * inverter.range_w[share > 0] * (1 if share > 0 else -1)
    outer_w = inner_w + float(loss_w(inverter, inner_w))
    arrives, sent = sorted([abs(inner_w), abs(outer_w)])
    assert arrives == pytest.approx(sent * inverter.one_way_ratio)
    assert outer_w >= inner_w


def test_the_sun_goes_first_into_the_battery_and_then_through_the_rating() -> None:
    inverter = Inverter(5000.0, 1.0)
    flows_w, delivered_w = held(inverter, np.array([4000.0]), np.array([-12000.0]))
    assert (flows_w[0], delivered_w[0]) == pytest.approx((4000.0, -9000.0))
    flows_w, delivered_w = held(inverter, np.array([-4000.0]), np.array([-3000.0]))
    assert (flows_w[0], delivered_w[0]) == pytest.approx((-2000.0, -3000.0))


@pytest.mark.parametrize(("limit_w", "ratio"), [(0.0, 0.97), (5000.0, 0.0), (5000.0, 1.01)])
def test_no_such_inverter(limit_w: float, ratio: float) -> None:
    with pytest.raises(ValueError, match="an inverter of"):
        Inverter(limit_w, ratio)
