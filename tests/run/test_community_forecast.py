"""Do homes learn what is usual, and how what is unusual fades?"""

import numpy as np

from enerwise.run.community_forecast import Expectations, LoadProfile, SunProfile

DAY = 24
HOURS = np.arange(DAY)


def test_a_home_that_repeats_itself_is_expected_to_repeat_itself() -> None:
    expected, load_w, sun_w = Expectations.unknown(2, DAY), np.array([HOURS, HOURS * 2.0]), -np.array([HOURS, HOURS])
    for at in range(5 * DAY):
        expected.learn(at % DAY, load_w[:, at % DAY], sun_w[:, at % DAY] * 100.0)
    load, sun = expected.ahead_w(HOURS)
    assert np.allclose(load, load_w)
    assert np.allclose(sun, sun_w * 100.0)


def test_what_has_never_been_seen_is_as_what_has() -> None:
    load = LoadProfile.unknown(1, DAY)
    load.learn(0, np.array([300.0]))
    load.learn(1, np.array([500.0]))
    assert load.ahead_w(np.array([0, 1, 2])).tolist() == [[300.0, 500.0, 400.0]]


def test_the_typical_value_is_the_median_where_loads_come_in_bursts() -> None:
    rng, load = np.random.default_rng(1), LoadProfile.unknown(200, 4)
    for at in range(60 * 4):
        load.learn(at % 4, np.where(rng.random(200) < 0.2, 2000.0, 100.0))
    assert np.median(load.typical_w) < 200.0
    assert 300.0 < load.mean_w.mean() < 700.0


def test_an_error_that_lasts_is_expected_to_last() -> None:
    rng, load = np.random.default_rng(2), LoadProfile.unknown(1, 2)
    error = 0.0
    for at in range(4000):
        error = 0.8 * error + rng.normal(0, 100)
        load.learn(at % 2, np.array([1000.0 + error]))
    assert 0.55 < float(load.fading_ratio[0]) < 0.9


def test_clouds_of_now_dim_the_next_hours_and_then_fade() -> None:
    sun = SunProfile.unknown(1, DAY)
    bright = -np.clip(np.sin((HOURS - 6) / 12 * np.pi), 0, None) * 5000.0
    for at in range(7 * DAY):
        sun.learn(at % DAY, bright[at % DAY : at % DAY + 1])
    sun.learn(9, bright[9:10] * 0.3)
    ahead = sun.ahead_w(np.arange(10, 16))[0] / bright[10:16]
    assert ahead[0] < 0.6
    assert (np.diff(ahead) > 0).all()
    assert ahead[-1] > 0.75


def test_load_is_never_below_zero_and_sun_never_above() -> None:
    rng, expected = np.random.default_rng(3), Expectations.unknown(3, DAY)
    for at in range(3 * DAY):
        expected.learn(at % DAY, rng.exponential(500, 3), -rng.exponential(500, 3) * (rng.random(3) < 0.5))
        load, sun = expected.ahead_w((HOURS + at) % DAY)
        assert (load >= 0).all()
        assert (sun <= 0).all()
