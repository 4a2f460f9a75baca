"""Bugs that were repaired: each test failed before."""

from dataclasses import replace

import numpy as np

from enerwise.core.time import TimeGrid
from enerwise.forecast.models.blend import blend
from enerwise.forecast.models.profile import week_profile
from enerwise.forecast.scenarios import outlook
from tests.forecast.builders import PER_DAY, ROOF, a_past, noisy


def test_blend_looks_at_its_own_past_and_the_future_at_once() -> None:
    """A share of 0.05 to the power of minus six hundred once overflowed."""
    past = a_past(noisy(40))
    position = past.value.size + np.arange(-600, 4)
    value = replace(blend(), fading=0.05).centre(past, position)
    assert np.array_equal(value[:600], blend().centre(past, position[:600]))


def test_a_recent_step_no_member_knew_does_not_silence_the_present_error() -> None:
    """One slot of the day was never measured before; once that made the whole centre missing."""
    value = noisy(40)
    value[-1 - PER_DAY :: -PER_DAY] = np.nan
    value[-2] += 500.0
    past = a_past(value)
    ahead = past.value.size + np.arange(PER_DAY)
    drawn = replace(blend(), fading=0.5).centre(past, ahead) - blend().centre(past, ahead)
    assert np.isfinite(drawn).all()
    assert drawn[0] > 150.0


def test_days_of_two_channels_are_the_same_days_even_where_one_fell_silent_earlier() -> None:
    """Two halves of one home are wrong alike: of what they show together, the day shifted by one lost its part."""
    value = 1000.0 + np.repeat(np.random.default_rng(3).normal(0.0, 300.0, 40), PER_DAY)
    whole, earlier = a_past(value), a_past(value[:-1], key=ROOF)
    grid = TimeGrid(whole.grid.end_utc, whole.grid.step_s, PER_DAY)
    channels = [(week_profile().fit(past), past) for past in (whole, earlier)]
    paths = outlook(channels, grid, grid.start_utc).value[:, :, 1:]
    spread = paths - paths.mean(axis=0)
    assert np.allclose(spread[:, 0].mean(axis=1), spread[:, 1].mean(axis=1), atol=30.0)
    assert np.ptp(spread[:, 0]) > 300.0


def test_an_outlook_over_no_steps_is_empty() -> None:
    past = a_past(noisy(40))
    grid = TimeGrid(past.grid.end_utc, past.grid.step_s, 0)
    assert outlook([(week_profile().fit(past), past)], grid, grid.start_utc).value.shape[1:] == (1, 0)
