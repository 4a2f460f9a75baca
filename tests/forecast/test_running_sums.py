"""Columns that add up over each day are found and told by what they gain; nothing else is touched."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.units import FloatArray
from enerwise.forecast.running_sums import beginning, gained, without_sums

DAY, DAYS = 24, 20


def some_gains(seed: int) -> FloatArray:
    """What a sky gives each hour: nothing at night."""
    rng = np.random.default_rng(seed)
    hour = np.arange(DAY * DAYS) % DAY
    return np.asarray(np.maximum(0.0, np.sin(np.pi * (hour - 6) / 12)) * rng.uniform(0.1, 1.0, hour.size))


def summed(gain: FloatArray, first: int) -> FloatArray:
    """The same as a running sum that begins anew at a slot."""
    total, out = 0.0, np.zeros(gain.size)
    for at, each in enumerate(gain):
        total = each if at % DAY == first else total + each
        out[at] = total
    return out


@given(st.integers(0, 999), st.sampled_from([0, 1, 5, 12, 23]))
def test_what_was_added_up_is_taken_apart_again(seed: int, first: int) -> None:
    gain = some_gains(seed)
    told = summed(gain, first)
    assert beginning(told, DAY) == first
    np.testing.assert_allclose(gained(told, DAY, first), gain, atol=1e-9)


def test_other_columns_stay_as_they_are() -> None:
    rng, hour = np.random.default_rng(1), np.arange(DAY * DAYS) % DAY
    columns = np.stack(
        [hour.astype(float), some_gains(3), rng.normal(size=hour.size), np.zeros(hour.size), summed(some_gains(4), 0)]
    ).T
    left, sums = without_sums(columns, DAY)
    assert sums == (4,)
    np.testing.assert_array_equal(left[:, :4], columns[:, :4])


def test_gaps_do_not_hide_a_sum_and_are_not_filled() -> None:
    told = summed(some_gains(5), 0)
    told[[30, 100, 101]] = np.nan
    assert beginning(told, DAY) == 0
    apart = gained(told, DAY, 0)
    assert (
        np.isnan(apart[[30, 31, 100, 101, 102]]).all() and np.isfinite(np.delete(apart, [30, 31, 100, 101, 102])).all()
    )


def test_a_few_days_are_too_few_to_tell() -> None:
    assert beginning(summed(some_gains(6), 0)[: 5 * DAY], DAY) is None
