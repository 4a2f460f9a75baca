"""Scenarios: the days on which we were wrong, ranked and grouped, so that load and sun stay together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.plugin import load
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.forecast.banded import Banded
from enerwise.forecast.past import Past
from enerwise.forecast.scenarios import LEAST_DAYS, PROBABILITY, Outlook, outlook
from tests.forecast.builders import PER_DAY, ROOF, a_past, noisy


def clouds(days: int, seed: int = 5) -> FloatArray:
    hour = np.arange(days * PER_DAY) % PER_DAY / 2
    clear_w = np.minimum(0.0, -3000.0 * np.sin((hour - 6) / 12 * np.pi))
    share: FloatArray = np.repeat(np.random.default_rng(seed).uniform(0.2, 1.0, days), PER_DAY)
    return clear_w * share


def fitted(past: Past, name: str = "profile_7d") -> tuple[Banded, Past]:
    return load("enerwise.forecasters", name)().fit(past), past


def outlook_of(
    *channels: tuple[Banded, Past], steps: int = PER_DAY, probability: tuple[float, ...] = PROBABILITY
) -> Outlook:
    past = channels[0][1]
    return outlook(channels, TimeGrid(past.grid.end_utc, past.grid.step_s, steps), past.grid.end_utc, probability)


def a_house(days: int = 40, seed: int = 1) -> tuple[tuple[Banded, Past], tuple[Banded, Past]]:
    return fitted(a_past(noisy(days, seed=seed, noise=200.0))), fitted(a_past(clouds(days), key=ROOF))


def test_there_is_a_path_for_each_scenario_and_channel() -> None:
    found = outlook_of(*a_house(), steps=PER_DAY + 10)
    assert found.value.shape == (3, 2, PER_DAY + 10)
    assert found.probability.tolist() == list(PROBABILITY)
    assert [each.key.asset for each in found.forecasts] == ["home", "roof"]


def test_the_first_step_is_shared() -> None:
    value = outlook_of(*a_house()).value
    assert np.all(value[:, :, 0] == value[0, :, 0])
    assert np.ptp(value[:, :, 1:], axis=0).max() > 100.0


def test_scenarios_are_ranked_from_the_least_to_the_most_net_load() -> None:
    net_w = outlook_of(*a_house()).value.sum(axis=(1, 2))
    assert net_w[0] < net_w[1] < net_w[2]


def test_their_mean_lies_near_the_centre() -> None:
    """Errors of four weeks average out to within their own uncertainty."""
    house = a_house()
    found = outlook_of(*house)
    centre = np.stack([forecaster.expected(past, found.grid) for forecaster, past in house])
    mean = np.tensordot(found.probability, found.value, axes=1)
    errors = [forecaster.errors for forecaster, _ in house]
    for row, error in enumerate(errors):
        assert error is not None
        assert abs(float((mean - centre)[row].mean())) < 2.0 * float(np.std(error)) / np.sqrt(28)


def test_load_and_sun_that_go_wrong_together_stay_together() -> None:
    """A dark day is a day of more load: the scenario of most net load has little sun, by more than its share."""
    dark = np.repeat(np.random.default_rng(8).uniform(0.0, 1.0, 40), PER_DAY)
    hour = np.arange(40 * PER_DAY) % PER_DAY / 2
    sun = np.minimum(0.0, -3000.0 * np.sin((hour - 6) / 12 * np.pi)) * (1 - 0.8 * dark)
    found = outlook_of(fitted(a_past(1000.0 + 800.0 * dark)), fitted(a_past(sun, key=ROOF)))
    load_wh, sun_wh = found.value.sum(axis=2).T
    assert load_wh[0] < load_wh[2] and sun_wh[0] < sun_wh[2]


@pytest.mark.parametrize("days", [2, 7, 7 + LEAST_DAYS - 1])
def test_with_few_days_there_is_one_path_the_centre(days: int) -> None:
    house = a_house(days=days)
    found = outlook_of(*house)
    assert found.probability.tolist() == [1.0]
    assert found.value[0, 0] == pytest.approx(house[0][0].expected(house[0][1], found.grid))


def test_a_share_too_small_for_the_days_there_are_leaves_one_path() -> None:
    house = a_house(days=7 + LEAST_DAYS + 1)
    assert outlook_of(*house).value.shape[0] == 3
    assert np.isfinite(outlook_of(*house, probability=(0.02, 0.96, 0.02)).value).all()
    assert outlook_of(*house, probability=(0.02, 0.96, 0.02)).probability.tolist() == [1.0]


def test_a_forecaster_that_has_not_learned_has_one_path() -> None:
    past = a_past(noisy(40))
    assert outlook_of((load("enerwise.forecasters", "naive_1d")(), past)).value.shape[0] == 1


def test_no_channels_are_no_problem() -> None:
    grid = TimeGrid(a_past([]).grid.start_utc, 1800, 4)
    found = outlook([], grid, grid.start_utc)
    assert found.value.shape == (1, 0, 4) and found.probability.tolist() == [1.0]


def test_no_path_leaves_what_was_ever_measured() -> None:
    house = a_house()
    value = outlook_of(*house).value
    for row, (_, past) in enumerate(house):
        assert value[:, row].min() >= past.value.min() and value[:, row].max() <= past.value.max()


def test_a_horizon_longer_than_what_was_learned_has_one_path() -> None:
    assert outlook_of(*a_house(days=9), steps=4 * PER_DAY).value.shape[0] == 1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), share=st.floats(0.0, 0.9), end=st.integers(30 * PER_DAY, 34 * PER_DAY))
def test_gaps_leave_every_path_finite_and_the_first_step_shared(seed: int, share: float, end: int) -> None:
    rng = np.random.default_rng(seed)
    channels = []
    for key, value in ((None, noisy(34, seed=seed)), (ROOF, clouds(34, seed=seed))):
        gappy = value[:end].copy()
        gappy[rng.random(end) < share] = np.nan
        past = a_past(gappy) if key is None else a_past(gappy, key=key)
        channels.append(fitted(past, "blend"))
    found = outlook_of(*channels)
    assert np.isfinite(found.value).all()
    assert np.all(found.value[:, :, 0] == found.value[0, :, 0])
    assert found.probability.sum() == pytest.approx(1.0)


def test_an_outlook_later_in_the_day_begins_its_days_at_that_time() -> None:
    """Only noons were wrong: the error sits twelve steps ahead at six o'clock and in none of the night's steps."""
    value = np.full(40 * PER_DAY, 500.0)
    noon = np.arange(40) * PER_DAY + 24
    value[noon] += np.random.default_rng(1).normal(0.0, 300.0, 40)
    past = a_past(value)
    learned, _ = fitted(past)
    later = a_past(np.concatenate([value, np.full(12, 500.0)]))
    spread = np.ptp(outlook_of((learned, later)).value[:, 0], axis=0)
    assert spread.argmax() == 12 and np.delete(spread, 12).max() == pytest.approx(0.0, abs=1e-9)
