"""The blend is no worse than its worst member, near its best, and drawn towards what the last hour showed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.units import FloatArray
from enerwise.forecast.banded import learning_positions
from enerwise.forecast.models.blend import SHRINK, Blend, best_weights, blend
from enerwise.forecast.past import Past
from tests.forecast.builders import PER_DAY, ROOF, a_past, noisy


def weekly(days: int, *, noise: float = 30.0) -> FloatArray:
    """Weekends are quite another thing than working days."""
    day = np.arange(days * PER_DAY) // PER_DAY
    return noisy(days, noise=noise) + np.where(day % 7 >= 5, 900.0, 0.0)


def mean_square(weight: FloatArray, parts: FloatArray, truth: FloatArray) -> float:
    return float(((weight @ parts - truth) ** 2).mean())


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 999), members=st.integers(1, 5), scale=st.sampled_from([1e-3, 1.0, 1e4]))
def test_weights_are_shares_and_no_worse_than_the_worst(seed: int, members: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    truth = scale * rng.normal(5.0, 1.0, 60)
    parts = truth + scale * rng.normal(0.0, rng.uniform(0.1, 3.0, members)[:, None], (members, 60))
    weight = best_weights(parts, truth)
    assert weight.sum() == pytest.approx(1.0) and np.all(weight >= 0.0)
    assert (
        mean_square(weight, parts, truth) <= max(mean_square(each, parts, truth) for each in np.eye(members)) * 1.0001
    )


@pytest.mark.parametrize("level", [0.0, 300.0, 5000.0])
def test_weights_are_nearly_the_best_there_are_however_large_the_load(level: float) -> None:
    """Against a fine search over all shares of three members; the shrinkage towards equal weights is taken out."""
    rng = np.random.default_rng(4)
    truth = level + rng.normal(0.0, 100.0, 2000)
    parts = truth + rng.normal(0.0, np.array([50.0, 80.0, 200.0])[:, None], (3, 2000))
    found = (best_weights(parts, truth) - SHRINK / 3) / (1 - SHRINK)
    grid = np.linspace(0.0, 1.0, 41)
    shares = [np.array([one, two, 1 - one - two]) for one in grid for two in grid if one + two <= 1 + 1e-9]
    assert mean_square(found, parts, truth) <= 1.01 * min(mean_square(each, parts, truth) for each in shares)


def test_members_that_are_always_right_keep_their_weights_finite() -> None:
    assert best_weights(np.ones((2, 5)), np.ones(5)) == pytest.approx([0.5, 0.5])
    assert best_weights(np.zeros((3, 5)), np.zeros(5)) == pytest.approx([1 / 3] * 3)


def test_a_home_that_lives_by_the_week_is_told_by_the_week() -> None:
    fitted = blend().fit(a_past(weekly(60)))
    assert fitted.weight is not None
    by_name = dict(zip([each.name for each in fitted.members], fitted.weight, strict=True))
    assert by_name["profile_4w"] > 0.6
    assert by_name["naive_1d"] < 0.1


@pytest.mark.parametrize("past", [a_past(weekly(60)), a_past(noisy(60)), a_past(noisy(60, memory=0.9))])
def test_the_blend_is_near_its_best_member(past: Past) -> None:
    position = learning_positions(past)
    truth, fitted = past.value[position], blend().fit(past)
    own = float(((fitted.centre(past, position) - truth) ** 2).mean())
    members = [float(((each.centre(past, position) - truth) ** 2).mean()) for each in fitted.members]
    assert own <= max(members)
    assert own <= 1.3 * min(members)


def test_a_present_error_fades_with_the_horizon() -> None:
    past = a_past(np.concatenate([np.full(30 * PER_DAY, 1000.0), np.full(2, 1600.0)]))
    forecaster = replace(blend(), fading=0.8)
    ahead = past.value.size + np.arange(PER_DAY)
    drawn = forecaster.centre(past, ahead) - blend().centre(past, ahead)
    assert drawn[:2] == pytest.approx([600.0 * 0.8, 600.0 * 0.64], rel=0.02)
    assert abs(drawn[-1]) < 1.0


def test_the_present_error_of_the_sun_is_a_share_of_it() -> None:
    """At half the sun expected, the next hours have less sun, and the night still has none."""
    hour = np.arange(40 * PER_DAY + 24) % PER_DAY / 2
    clear_w = np.minimum(0.0, -3000.0 * np.sin((hour - 6) / 12 * np.pi))
    clear_w[-6:] *= 0.5
    past = a_past(clear_w, key=ROOF)
    ahead = past.value.size + np.arange(24)
    drawn, plain = replace(blend(), fading=0.9).centre(past, ahead), blend().centre(past, ahead)
    assert drawn[0] / plain[0] == pytest.approx(1 - 0.5 * 0.9, abs=0.02)
    assert np.all(drawn[13:] == 0.0)


def test_errors_that_last_are_seen_to_last() -> None:
    fading = [blend().fit(a_past(noisy(60, memory=memory))).fading for memory in (0.0, 0.7, 0.95)]
    assert fading[0] < 0.15 and 0.4 < fading[1] < 0.9 and fading[2] > 0.8
    assert fading == sorted(fading)


def test_near_steps_are_known_better() -> None:
    past = a_past(noisy(60, memory=0.9))
    fitted = blend().fit(past)
    scale = np.asarray(fitted.band_scale(past, past.value.size + np.arange(PER_DAY)))
    assert np.all(np.diff(scale) >= 0) and scale[0] < 0.7 and scale[-1] > 0.99


def test_too_little_past_to_learn_from_leaves_equal_weights() -> None:
    assert blend().fit(a_past(noisy(7))).weight is None
    assert blend().fit(a_past(np.full(20 * PER_DAY, np.nan))).weight is None


def test_members_that_know_nothing_yet_lose_their_say() -> None:
    """Eight days: the member of four weeks knows one of them, before that the others speak alone."""
    past = a_past(noisy(3))
    found = blend().centre(past, past.value.size + np.arange(PER_DAY))
    assert np.isfinite(found).all()
    assert np.isnan(Blend("blend").centre(a_past(np.full(PER_DAY, np.nan)), np.array([PER_DAY]))).all()
