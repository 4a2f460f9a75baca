"""Gaussian processes: one factor says what solving day by day says, and the wide network is a limit."""

import numpy as np
import pytest

from enerwise.forecast.models.price import kernel
from enerwise.forecast.models.price.kernel import by_distance, by_network, likeness, wide_network
from enerwise.forecast.models.price.looks import Scales, look
from tests.forecast.models.price.builders import some_days

pytest.importorskip("scipy.linalg")


def test_one_factor_says_what_solving_for_each_day_alone_says() -> None:
    """The day to come is forecast as textbooks do, by the inverse of the covariance of the days before."""
    days, member = some_days(80), likeness()
    anchor = int(80 - (days.ordinal[80] % 28))
    learned = np.arange(7, anchor)
    scales = Scales.of(days.before(anchor), learned, anchor)
    rows = np.arange(7, 80)
    slots, hour = kernel._blocks(24)[1]
    seen = look(days, scales, member.weights, hour)
    z = scales.inward(days.target)[:, slots]
    covariance = member._covariance(seen.rows(rows), seen.rows(rows)) + kernel.NOISE * np.eye(rows.size)
    across = member._covariance(seen.rows(np.array([80])), seen.rows(rows))
    expected = across @ np.linalg.solve(covariance, z[rows])
    whole = np.zeros((1, 24))
    whole[:, slots] = expected
    np.testing.assert_allclose(member.said(days, 80)[0, slots], scales.outward(whole)[0, slots], rtol=2e-3)


def test_a_network_of_many_random_rectifiers_tends_to_its_covariance(monkeypatch: pytest.MonkeyPatch) -> None:
    """One layer, with the level as one more input that is always 1; twice the mean of the products of its outputs."""
    monkeypatch.setattr(kernel, "LAYERS", 1)
    rng = np.random.default_rng(3)
    x = rng.normal(size=(4, 5))
    weight = rng.normal(size=(400_000, 6))
    out = np.maximum(0.0, weight @ np.hstack([x, np.ones((4, 1))]).T)
    sampled = 0.6 * (2 * out.T @ out / len(weight) + kernel.LAYER_LEVEL)
    np.testing.assert_allclose(by_network(x, x), sampled, rtol=0.02)


@pytest.mark.parametrize("like", [by_distance, by_network])
def test_covariances_have_no_negative_eigenvalue(like: kernel.Likeness) -> None:
    x = np.random.default_rng(5).normal(size=(60, 8))
    assert np.linalg.eigvalsh(like(x, x)).min() > -1e-8


@pytest.mark.parametrize("make", [likeness, wide_network])
def test_it_beats_last_week_by_far(make: "type[kernel.Kernel]") -> None:
    days = some_days(150)
    said, truth = make().said(days.before(149), 130), days.target[130:]  # type: ignore[call-arg]
    assert np.abs(said - truth).mean() < 0.5 * np.abs(days.target[123:143] - truth).mean()


def test_a_day_that_was_filled_teaches_nothing() -> None:
    days = some_days(120)
    days.is_whole[115] = False
    changed = days.before(120)
    changed.target[115] = changed.target[114] + 50.0
    # Day 115 is no lag of 120 but of 116, 117, 118 and 122; those look different then, so all are left out alike.
    days.is_whole[116:119] = False
    before = likeness().said(days.before(120), 120)
    after = likeness().said(changed, 120)
    assert np.abs(before - after).max() < 1.0


def test_too_little_past_is_silence_and_five_weeks_are_enough() -> None:
    assert np.isnan(likeness().said(some_days(30), 30)).all()
    assert np.isfinite(likeness().said(some_days(36), 36)).all()


def test_finer_products_are_forecast_too() -> None:
    said = likeness().said(some_days(60, slots=96), 58)
    assert said.shape == (3, 96)
    assert np.isfinite(said).all()
