"""Columns that know when each row became known: later knowledge never changes an earlier view."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from enerwise.core.quantity import POWER_W, SOC_RATIO
from enerwise.core.series import Frame, Key, Quality, Series
from enerwise.core.time import TIME_TYPE, Instant
from tests.builders import NOON, a_frame, a_grid

HOME = Key("home", POWER_W)
MINUTE = np.timedelta64(1, "m")
minutes = st.lists(st.integers(0, 100), max_size=30)


def known_after(minute: list[int]) -> NDArray[np.datetime64]:
    return NOON + np.array(minute, dtype=np.int64) * MINUTE


def a_frame_known(minute: list[int]) -> Frame:
    """Rows in order of their start, each known some minutes after noon."""
    starts_utc = a_grid(steps=len(minute)).starts_utc
    columns = {HOME: np.arange(len(minute), dtype=float), Key("battery", SOC_RATIO): np.full(len(minute), 0.5)}
    return Frame.of(starts_utc, columns, known_at=known_after(minute))


def joined(first: Frame, second: Frame) -> Frame:
    return Frame(
        first.keys,
        np.concatenate([first.start_utc, second.start_utc]),
        np.concatenate([first.value, second.value]),
        np.concatenate([first.quality, second.quality]),
        np.concatenate([first.known_at, second.known_at]),
    )


def same(first: Frame, second: Frame) -> bool:
    return (
        first.keys == second.keys
        and np.array_equal(first.start_utc, second.start_utc)
        and np.array_equal(first.value, second.value, equal_nan=True)
        and np.array_equal(first.quality, second.quality)
        and np.array_equal(first.known_at, second.known_at)
    )


@given(minute=minutes, at=st.integers(-5, 105))
def test_a_view_never_shows_what_was_known_later(minute: list[int], at: int) -> None:
    moment = NOON + at * MINUTE
    seen = a_frame_known(minute).as_of(moment)
    assert np.all(seen.known_at <= moment)
    assert len(seen) == sum(each <= at for each in minute)


@given(minute=minutes, later=minutes, at=st.integers(-5, 105))
def test_later_rows_never_change_an_earlier_view(minute: list[int], later: list[int], at: int) -> None:
    moment = NOON + at * MINUTE
    frame = a_frame_known(minute)
    poison = a_frame_known([at + 1 + each for each in later])
    assert same(frame.as_of(moment), joined(frame, poison).as_of(moment))


@given(minute=minutes, first=st.integers(-5, 105), second=st.integers(-5, 105))
def test_a_view_of_a_view_is_the_earlier_one(minute: list[int], first: int, second: int) -> None:
    frame = a_frame_known(minute)
    both = frame.as_of(NOON + first * MINUTE).as_of(NOON + second * MINUTE)
    assert same(both, frame.as_of(NOON + min(first, second) * MINUTE))


@given(minute=minutes, at=st.integers(-5, 105))
def test_a_channel_sees_what_its_frame_sees(minute: list[int], at: int) -> None:
    moment = NOON + at * MINUTE
    frame = a_frame_known(minute)
    channel = frame.series(HOME).as_of(moment)
    assert np.array_equal(channel.value, frame.as_of(moment).column(HOME))
    assert len(channel) == len(frame.as_of(moment))


def test_missing_values_carry_their_quality() -> None:
    frame = a_frame(a_grid(steps=2), home=[1.0, np.nan])
    assert frame.quality[:, 0].tolist() == [Quality.GOOD, Quality.MISSING]
    assert frame.series(HOME).quality.tolist() == [Quality.GOOD, Quality.MISSING]


def test_a_frame_is_known_from_its_starts_on_unless_told_otherwise() -> None:
    starts_utc = a_grid(steps=2).starts_utc.astype("datetime64[s]")
    frame = Frame.of(starts_utc, {HOME: np.zeros(2)})
    assert np.array_equal(frame.known_at, starts_utc)
    assert frame.start_utc.dtype == frame.known_at.dtype == TIME_TYPE


def test_rows_are_taken_by_mask_or_slice() -> None:
    frame = a_frame(a_grid(steps=4), home=[0.0, 1.0, 2.0, 3.0])
    assert frame.rows(slice(1, 3)).column(HOME).tolist() == [1.0, 2.0]
    assert frame.rows(np.array([True, False, False, True])).column(HOME).tolist() == [0.0, 3.0]


def test_an_unknown_channel_is_named_among_those_there_are() -> None:
    with pytest.raises(KeyError, match=r"roof\.power_w.*home\.power_w"):
        a_frame(home=1.0).column(Key("roof", POWER_W))


def test_a_frame_cannot_be_built_wrong() -> None:
    starts_utc = a_grid(steps=2).starts_utc
    with pytest.raises(ValueError, match="shape"):
        Frame((HOME,), starts_utc, np.zeros((2, 2)), np.zeros((2, 2), np.uint8), starts_utc)
    with pytest.raises(ValueError, match="shape"):
        Frame((HOME,), starts_utc, np.zeros((2, 1)), np.zeros((2, 1), np.uint8), starts_utc[:1])
    with pytest.raises(ValueError, match="channel twice"):
        Frame((HOME, HOME), starts_utc, np.zeros((2, 2)), np.zeros((2, 2), np.uint8), starts_utc)


def test_a_series_cannot_be_built_wrong() -> None:
    starts_utc = a_grid(steps=2).starts_utc
    with pytest.raises(ValueError, match="columns differ"):
        Series(HOME, starts_utc, np.zeros(3), np.zeros(2, np.uint8), starts_utc)


@given(asset=st.text("abc.-_", min_size=1), quantity=st.sampled_from([POWER_W, SOC_RATIO]))
def test_a_key_reads_back_from_its_text(asset: str, quantity: str) -> None:
    key = Key(asset, quantity)
    assert Key.parse(str(key)) == key


def test_worse_quality_is_a_larger_number() -> None:
    assert Quality.GOOD < Quality.ESTIMATED < Quality.SUSPECT < Quality.MISSING


def test_as_of_takes_an_instant_of_any_unit() -> None:
    frame = a_frame(a_grid("2024-07-01T11:00", steps=4))
    day: Instant = np.datetime64("2024-07-02")
    assert len(frame.as_of(day)) == 4
