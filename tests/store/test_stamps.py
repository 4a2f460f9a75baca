from itertools import pairwise

import numpy as np
import pytest

from enerwise.core.time import instant, utc_offset_s
from enerwise.core.units import IntArray
from enerwise.store.stamps import NO_TIME, from_wall, off_grid, parse_stamps, show_ms, usual_step_ms


def wall_ms(*texts: str) -> IntArray:
    return np.array(texts, dtype="datetime64[ms]").astype(np.int64)


@pytest.mark.parametrize(
    "text", ["2024-07-01T12:05Z", "2024-07-01 12:05:00+00:00", "2024-07-01T14:05:00+02:00", "20240701T120500Z "]
)
def test_stamps_with_an_offset_are_utc(text: str) -> None:
    stamps = parse_stamps([text])
    assert stamps.at_ms.tolist() == [int(instant("2024-07-01T12:05Z").astype(np.int64))]
    assert stamps.has_offset.tolist() == [True]


def test_stamps_without_an_offset_are_the_wall_clock() -> None:
    stamps = parse_stamps(["2024-07-01", "2024-07-01 14:05:06.789"])
    assert stamps.at_ms.tolist() == wall_ms("2024-07-01", "2024-07-01T14:05:06.789").tolist()
    assert not stamps.has_offset.any()


def test_what_is_no_time_is_no_time() -> None:
    texts = [None, "", "noon", "01.07.2024", "2024-13-01", "1719835500", "0001-01-01T00:00+12:00"]
    assert parse_stamps(texts).at_ms.tolist() == [NO_TIME] * len(texts)


def test_hour_that_autumn_repeats_is_read_in_two_passes() -> None:
    wall = wall_ms(*(f"2024-10-27T{time}" for time in ("01:30", "02:00", "02:30", "02:00", "02:30", "03:00")))
    found = from_wall(wall, "Europe/Berlin")
    assert found.exists.all()
    assert found.is_twice.tolist() == [False, True, True, True, True, False]
    assert {later - earlier for earlier, later in pairwise(found.at_ms.tolist())} == {1_800_000}


def test_hour_that_spring_skips_does_not_exist() -> None:
    found = from_wall(wall_ms("2024-03-31T01:30", "2024-03-31T02:30", "2024-03-31T03:00"), "Europe/Berlin")
    assert found.exists.tolist() == [True, False, True]
    assert np.diff(found.at_ms[[0, 2]]).tolist() == [1_800_000]


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
)
def test_every_quarter_hour_of_a_year_comes_back(zone: str) -> None:
    """The wall clock of consecutive quarter-hours, read in order, gives the quarter-hours again."""
    utc_s = int(instant("2024-01-01").astype(np.int64)) // 1000 + 900 * np.arange(366 * 96)
    wall = (utc_s + utc_offset_s(utc_s, zone)) * 1000
    found = from_wall(wall, zone)
    assert found.exists.all()
    np.testing.assert_array_equal(found.at_ms, utc_s * 1000)


def test_usual_step_is_the_commonest_distance() -> None:
    assert usual_step_ms(np.array([0, 900, 1800, 5400, 6300])) == 900
    assert usual_step_ms(np.array([7])) == 0


def test_stamps_off_the_grid_of_most_are_found() -> None:
    assert off_grid(np.array([5, 15, 27, 35]), 10).tolist() == [False, False, True, False]


def test_stamp_is_shown_as_people_write_it() -> None:
    assert show_ms(int(instant("2024-07-01T12:05Z").astype(np.int64))) == "2024-07-01 12:05:00"
