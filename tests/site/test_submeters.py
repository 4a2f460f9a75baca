"""Sub-meters as a tree: nothing is taken off twice, what is left is told, and one unmeasured load is that."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.forecast.base_load import base_load
from enerwise.site.circuits import Circuit
from enerwise.site.submeters import splits, uncovered

CIRCUITS = (
    Circuit("cellar", ("boiler",), meter="cellar-meter"),
    Circuit("garage", ("car", "van"), parent="cellar", meter="garage-meter"),
    Circuit("shed", ("saw",), parent="cellar", fuse_a=16.0),
)
ASSETS = ("home", "roof", "boiler", "car", "van", "saw")
watts = st.floats(-1e4, 1e4)


def test_the_connection_knows_sub_meters_and_what_hangs_on_it_directly() -> None:
    known = {"roof": -3e3, "cellar-meter": 5e3, "garage-meter": 3e3, "car": 2e3, "saw": 500.0}
    whole, cellar, garage = splits(CIRCUITS, ASSETS, known, 4e3)
    assert (dict(whole.parts), whole.unknown, whole.left) == ({"roof": -3e3, "cellar-meter": 5e3}, ("home",), 2e3)
    assert (set(cellar.parts), cellar.unknown, cellar.left) == ({"garage-meter", "saw"}, ("boiler",), 1500.0)
    assert (garage.circuit, garage.unknown, garage.left) == ("garage", ("van",), 1e3)


def test_where_a_sub_meter_is_silent_its_parts_stand_for_it() -> None:
    (whole,) = splits(CIRCUITS, ASSETS, {"garage-meter": float("nan"), "boiler": 1e3}, 4e3)
    assert set(whole.parts) == {"boiler"} and set(whole.unknown) == {"home", "roof", "car", "van", "saw"}


def test_what_a_named_sub_meter_counts_is_not_named_again() -> None:
    assert uncovered(CIRCUITS, ("cellar-meter", "garage-meter", "car", "roof")) == ("cellar-meter", "roof")
    assert uncovered(CIRCUITS, ("garage-meter", "car", "boiler")) == ("garage-meter", "boiler")


@given(values=st.lists(watts, min_size=6, max_size=6), hidden_w=watts)
def test_the_base_load_is_the_same_by_sub_meters_and_by_what_hangs_on_them(
    values: list[float], hidden_w: float
) -> None:
    powers = {name: np.array([value]) for name, value in zip(ASSETS, values, strict=True)}
    garage = powers["car"] + powers["van"]
    cellar = garage + powers["boiler"] + powers["saw"]
    meter = cellar + powers["roof"] + powers["home"] + hidden_w
    parts = {name: value for name, value in powers.items() if name != "home"}
    counted = parts | {"garage-meter": garage, "cellar-meter": cellar}
    plain, tree = base_load(meter, parts), base_load(meter, counted, CIRCUITS)
    assert tree == pytest.approx(plain, abs=1e-6)
    whole = next(splits(CIRCUITS, ASSETS, counted, meter))
    assert whole.left == pytest.approx(plain, abs=1e-6)
