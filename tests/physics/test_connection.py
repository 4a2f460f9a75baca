"""Is the connection the plain sum, and are its limits told apart?"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enerwise.physics.connection import grid_power_w, over_export_w, over_import_w

power = st.floats(-1e5, 1e5)


@given(st.integers(1, 12).flatmap(lambda count: st.lists(st.lists(power, min_size=count, max_size=count), min_size=1)))
def test_batch_equals_single_bitwise(homes: list[list[float]]) -> None:
    """Many assets, because a sum of eight or more may be paired differently when it stands alone."""
    asset_power_w = np.array(homes).T.copy()
    together = grid_power_w(asset_power_w)
    alone = [grid_power_w(asset_power_w[:, [one]].copy())[0] for one in range(len(homes))]
    assert together.tobytes() == np.array(alone).tobytes()


def test_a_site_without_assets_draws_nothing() -> None:
    assert grid_power_w(np.zeros((0, 3))).tolist() == [0.0, 0.0, 0.0]


def test_violations_are_sizes() -> None:
    power_w = np.array([9500.0, 9000.0, 0.0, -9000.0, -9600.0])
    assert over_import_w(power_w, 9000.0).tolist() == [500.0, 0.0, 0.0, 0.0, 0.0]
    assert over_export_w(power_w, 9000.0).tolist() == [0.0, 0.0, 0.0, 0.0, 600.0]
