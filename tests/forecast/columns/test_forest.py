"""The quantile forest: what was never measured is never foretold, and a known sky makes its bands narrow."""

import numpy as np
import pytest

from enerwise.core.units import FloatArray
from enerwise.forecast.columns.forest import ABSENT, Forest, grown
from enerwise.forecast.columns.learning import lesson
from enerwise.forecast.frame import MEDIAN, ColumnFrame, TooShort
from enerwise.forecast.reach import has_nights

from ..column_builders import DAY_MS, START, a_column_frame, a_series

pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra learn)")
DAYS = 60


def a_plant(*, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """What a plant yields under a sky, and the sky."""
    rng = np.random.default_rng(seed)
    hour = np.arange(24 * DAYS) % 24
    clear = np.maximum(0.0, np.sin(np.pi * (hour - 6) / 12))
    sky = np.repeat(rng.uniform(0.1, 1.0, DAYS), 24)
    return np.asarray(clear * sky), sky


def a_plant_frame(*, sees_the_sky: bool) -> ColumnFrame:
    target, sky = a_plant()
    return a_column_frame(target, columns={"sky": sky} if sees_the_sky else None, kind="pv")


def error(frame: ColumnFrame) -> float:
    known = frame.as_of(START + 50 * DAY_MS, 24)
    told = Forest().fit(known).predict(known)
    return float(np.abs(told[:, MEDIAN] - frame.target[50 * 24 : 51 * 24]).mean())


def test_quantiles_rise_and_stay_within_what_was_measured() -> None:
    frame = a_plant_frame(sees_the_sky=False)
    known = frame.as_of(START + 50 * DAY_MS, 24)
    told = Forest().fit(known).predict(known)
    assert told.shape == (24, 19) and (np.diff(told, axis=1) >= 0).all()
    assert told.min() >= 0.0
    np.testing.assert_allclose(told[:5], 0.0, atol=1e-9)


def test_a_sky_that_is_known_ahead_is_worth_much() -> None:
    assert error(a_plant_frame(sees_the_sky=True)) < 0.5 * error(a_plant_frame(sees_the_sky=False))


def test_the_same_past_gives_the_same_forest() -> None:
    known = a_plant_frame(sees_the_sky=True).as_of(START + 50 * DAY_MS, 24)
    np.testing.assert_array_equal(Forest().fit(known).predict(known), Forest().fit(known).predict(known))


def test_a_short_past_is_said_to_be_short() -> None:
    with pytest.raises(TooShort):
        Forest().fit(a_plant_frame(sees_the_sky=True).as_of(START + 10 * DAY_MS, 24))


def test_outcomes_are_taught_whole() -> None:
    known = a_column_frame(a_series()).as_of(START + 50 * DAY_MS, 24)
    taught = lesson(known)
    assert taught.base.shape == taught.y.shape
    assert (taught.y + taught.base).mean() == pytest.approx(1.0, rel=0.2), "outcomes are in the size of the series"


def test_only_plants_rest_all_night() -> None:
    assert has_nights(a_plant()[0], 24) and not has_nights(a_series(), 24) and not has_nights(np.zeros(960), 24)


def test_what_shares_leaves_counts_by_how_often() -> None:
    """The weights are those of the definition: for each tree, one over the rows of the leaf, to each of them."""
    taught = lesson(a_plant_frame(sees_the_sky=True).as_of(START + 50 * DAY_MS, 24))
    model = grown(taught)
    leaf = model.trees.apply(np.nan_to_num(taught.x, nan=ABSENT))
    order = np.argsort(taught.y + taught.base, kind="stable")
    asked = leaf[:30]
    expected = np.zeros((30, leaf.shape[0]))
    for tree in range(leaf.shape[1]):
        is_shared = asked[:, tree, None] == leaf[order][None, :, tree]
        expected += is_shared / is_shared.sum(axis=1, keepdims=True) / leaf.shape[1]
    np.testing.assert_allclose(model._weights(asked), expected, atol=1e-12)
