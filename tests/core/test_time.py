"""Time on UTC, clocks that are handed over, and local calendars compared with `zoneinfo` itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.errors import UnitError
from enerwise.core.time import (
    DAY_S,
    TIME_TYPE,
    AnchoredClock,
    LiveClock,
    TimeGrid,
    VirtualClock,
    cpu_s,
    elapsed_s,
    instant,
    local_day_start,
    local_fields,
    local_midnight_s,
    show_local,
    to_datetime,
    utc_offset_s,
    zone_info,
)
from tests.builders import BERLIN, NOON, a_grid

LORD_HOWE = "Australia/Lord_Howe"
ZONES = [
    "UTC",
    BERLIN,
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    LORD_HOWE,
    "America/St_Johns",
    "Pacific/Chatham",
    "Pacific/Apia",  # left out a whole day in 2011
    "America/Havana",  # changes its clocks at midnight
    "Africa/Cairo",
    "Africa/Casablanca",
]
zones = st.sampled_from(ZONES)
epochs_s = st.integers(
    int(datetime(1975, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2037, 1, 1, tzinfo=UTC).timestamp())
)


def changes_s(zone: str, year: int) -> list[int]:
    """Return the quarter-hours of a year at which a zone changes its clocks."""
    first = int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
    quarters = range(first, first + 366 * DAY_S, 900)
    offset = [datetime.fromtimestamp(each, ZoneInfo(zone)).utcoffset() for each in quarters[::96]]
    days = [at for at in range(1, len(offset)) if offset[at] != offset[at - 1]]
    return [
        each
        for day in days
        for each in quarters[(day - 1) * 96 : day * 96 + 1]
        if datetime.fromtimestamp(each, ZoneInfo(zone)).utcoffset()
        != datetime.fromtimestamp(each - 900, ZoneInfo(zone)).utcoffset()
    ]


def assert_fields_are_those_of_zoneinfo(epoch_s: list[int], zone: str) -> None:
    fields = local_fields(np.array(epoch_s, dtype="datetime64[s]"), zone)
    local = [datetime.fromtimestamp(each, ZoneInfo(zone)) for each in epoch_s]
    assert fields.year.tolist() == [each.year for each in local]
    assert fields.month.tolist() == [each.month for each in local]
    assert fields.weekday.tolist() == [each.weekday() for each in local]
    assert fields.second.tolist() == [each.hour * 3600 + each.minute * 60 + each.second for each in local]
    assert fields.day.tolist() == [(each.date() - datetime(1970, 1, 1).date()).days for each in local]


@given(epoch_s=st.lists(epochs_s, min_size=1, max_size=20), zone=zones)
def test_local_fields_are_those_of_zoneinfo(epoch_s: list[int], zone: str) -> None:
    assert_fields_are_those_of_zoneinfo(epoch_s, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_local_fields_are_those_of_zoneinfo_around_every_change_of_clocks(zone: str) -> None:
    for change_s in changes_s(zone, 2024):
        assert_fields_are_those_of_zoneinfo([change_s + minute * 60 for minute in range(-180, 180, 7)], zone)


@pytest.mark.parametrize("zone", [BERLIN, LORD_HOWE, "America/New_York"])
def test_a_zone_with_summer_time_has_two_changes_a_year(zone: str) -> None:
    assert len(changes_s(zone, 2024)) == 2


@pytest.mark.parametrize(
    ("zone", "day", "length_h"),
    [
        (BERLIN, "2024-03-31", 23),
        (BERLIN, "2024-10-27", 25),
        (BERLIN, "2024-07-01", 24),
        ("America/New_York", "2024-03-10", 23),
        ("America/New_York", "2024-11-03", 25),
        (LORD_HOWE, "2024-04-07", 24.5),
        (LORD_HOWE, "2024-10-06", 23.5),
        ("Asia/Kathmandu", "2024-03-31", 24),
        ("UTC", "2024-03-31", 24),
        # Clocks that change at midnight: the day begins with the instant at which its date is first shown.
        ("America/Havana", "2024-03-10", 23),
        ("America/Havana", "2024-11-03", 25),
        ("Africa/Cairo", "2024-04-26", 23),
        ("Africa/Cairo", "2024-10-31", 25),
    ],
)
def test_days_have_the_length_that_people_live(zone: str, day: str, length_h: float) -> None:
    noon = np.array([instant(f"{day}T12:00", zone=zone)])
    assert local_fields(noon, zone).day_length_s[0] == length_h * 3600


@given(epoch_s=epochs_s, zone=zones)
def test_every_instant_lies_in_its_local_day(epoch_s: int, zone: str) -> None:
    at = instant(epoch_s)
    first, after = local_day_start(at, zone), local_day_start(at, zone, days=1)
    length_s = local_fields(np.array([at]), zone).day_length_s[0]
    assert first <= at < after
    assert after - first == np.timedelta64(int(length_s), "s")
    assert local_fields(np.array([first]), zone).day == local_fields(np.array([at]), zone).day


@settings(max_examples=40)
@given(year=st.integers(1975, 2036), zone=zones)
def test_local_days_tile_the_year(year: int, zone: str) -> None:
    days = range(
        (datetime(year, 1, 1) - datetime(1970, 1, 1)).days, (datetime(year + 1, 1, 1) - datetime(1970, 1, 1)).days
    )
    noons = np.array([local_midnight_s(day, zone) + 12 * 3600 for day in days], dtype="datetime64[s]")
    fields = local_fields(noons, zone)
    lived = np.isin(np.array(days), fields.day)  # Apia never saw 2011-12-30
    assert fields.day_length_s[lived].sum() == local_midnight_s(days[-1] + 1, zone) - local_midnight_s(days[0], zone)


@pytest.mark.parametrize("shape", [(0,), (), (3,), (2, 3)])
def test_local_fields_keep_the_shape(shape: tuple[int, ...]) -> None:
    fields = local_fields(np.full(shape, NOON), BERLIN)
    for each in (fields.day, fields.month, fields.year, fields.weekday, fields.second, fields.day_length_s):
        assert each.shape == shape


def test_offsets_keep_the_shape() -> None:
    epoch_s = np.array([[0, 1], [2, 3]]) * 15_000_000
    assert utc_offset_s(epoch_s, BERLIN).tolist() == [[3600, 3600], [3600, 3600]]
    assert utc_offset_s(np.zeros(0, dtype=np.int64), BERLIN).size == 0


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2024-07-01 14:05", "2024-07-01T12:05"),
        ("2024-07-01T12:05Z", "2024-07-01T12:05"),
        ("2024-07-01T12:05+05:45", "2024-07-01T06:20"),
        ("2024-07-01", "2024-06-30T22:00"),
        (" 2024-07-01 14:05 ", "2024-07-01T12:05"),
        (datetime(2024, 7, 1, 14, 5), "2024-07-01T12:05"),
        (datetime(2024, 7, 1, 14, 5, 0, 1999), "2024-07-01T12:05:00.001"),
        (datetime(2024, 7, 1, 14, 5, tzinfo=UTC), "2024-07-01T14:05"),
        (np.datetime64("2024-07-01"), "2024-07-01T00:00"),
        (1_719_835_500, "2024-07-01T12:05"),
        ("2024-10-27 02:30", "2024-10-27T00:30"),  # happens twice: the first time
        ("2024-03-31 02:30", "2024-03-31T01:30"),  # never happens: as if the clocks had not changed
    ],
)
def test_instants_are_read_in_the_zone_of_the_site(when: str | datetime | np.datetime64 | int, expected: str) -> None:
    at = instant(when, zone=BERLIN)
    assert at == np.datetime64(expected)
    assert at.dtype == TIME_TYPE


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-13-01", "14:05", "0001-01-01T00:00+05:00", "9999-12-31T23:00-05:00"]
)
def test_what_is_no_time_says_so(text: str) -> None:
    with pytest.raises(UnitError, match="write a date"):
        instant(text)


@pytest.mark.parametrize("zone", ["", "Berlin", "Europe/Berln", "../etc/passwd", "Europe", "a\0b", "\ud800"])
def test_an_unknown_zone_names_a_remedy(zone: str) -> None:
    with pytest.raises(UnitError, match="Europe/Berlin"):
        zone_info(zone)


@given(epoch_s=epochs_s, zone=zones)
def test_instants_survive_the_way_through_datetime(epoch_s: int, zone: str) -> None:
    at = instant(epoch_s)
    assert instant(to_datetime(at)) == at
    assert instant(to_datetime(at).astimezone(ZoneInfo(zone))) == at


def test_people_read_local_time() -> None:
    assert show_local(instant("2024-10-27T00:30Z"), BERLIN) == show_local(instant("2024-10-27T01:30Z"), BERLIN)


@given(
    start_s=epochs_s,
    step_s=st.integers(1, 100_000),
    steps=st.integers(0, 50),
    offset_ms=st.integers(0, 99_999_999),
)
def test_a_step_holds_its_start_and_not_its_end(start_s: int, step_s: int, steps: int, offset_ms: int) -> None:
    grid = TimeGrid(instant(start_s), step_s, steps)
    starts = [*grid.starts_utc, grid.end_utc]
    assert len(starts) == steps + 1
    assert [grid.step_at(each) for each in starts] == list(range(steps + 1))
    assert [grid.step_at(each - np.timedelta64(1, "ms")) for each in starts] == list(range(-1, steps))
    step = grid.step_at(grid.start_utc + np.timedelta64(offset_ms, "ms"))
    assert step == offset_ms // (step_s * 1000)


@given(first=st.integers(-5, 20), steps=st.integers(0, 20))
def test_a_part_of_a_grid_lies_on_the_grid(first: int, steps: int) -> None:
    grid = a_grid(step_s=900, steps=20)
    part = grid.part(first, steps)
    assert grid.step_at(part.start_utc) == first
    assert part.step_count == steps
    assert part.step_h == 0.25


def test_a_grid_between_two_instants_has_whole_steps() -> None:
    end = NOON + np.timedelta64(59, "m")
    assert TimeGrid.between(NOON, end, 900).step_count == 3
    assert TimeGrid.between(end, NOON, 900).step_count == 0


def test_a_grid_takes_any_unit_of_time() -> None:
    assert TimeGrid(np.datetime64("2024-07-01"), 900, 4) == a_grid(steps=4)


@pytest.mark.parametrize(
    ("start", "step_s", "steps"), [(np.datetime64("NaT"), 900, 1), (NOON, 0, 1), (NOON, -1, 1), (NOON, 900, -1)]
)
def test_a_grid_cannot_be_built_wrong(start: np.datetime64, step_s: int, steps: int) -> None:
    with pytest.raises(ValueError, match="must"):
        TimeGrid(start, step_s, steps)


def test_the_virtual_clock_jumps_but_never_back() -> None:
    clock = VirtualClock(NOON)
    clock.jump_to(NOON + np.timedelta64(1, "h"))
    clock.jump_to(NOON)
    assert clock.now() == NOON + np.timedelta64(1, "h")


def test_the_live_clock_shows_the_time_of_the_machine() -> None:
    now = datetime.now(UTC)
    shown = to_datetime(LiveClock().now())
    assert timedelta(seconds=-1) < shown - now < timedelta(minutes=1)
    assert LiveClock().now().dtype == TIME_TYPE


def test_timings_never_run_backwards() -> None:
    before = (cpu_s(), elapsed_s())
    after = (cpu_s(), elapsed_s())
    assert before[0] <= after[0]
    assert before[1] <= after[1]


def test_an_anchored_clock_goes_on_with_monotonic_time_and_agrees_with_another_of_the_same_anchor() -> None:
    clock = AnchoredClock(NOON, 5_000_000_000)
    assert clock.at(5_000_000_000) == NOON
    assert clock.at(6_500_000_000) == NOON + np.timedelta64(1500, "ms")
    assert AnchoredClock(*clock.anchor).at(9_000_000_000) == clock.at(9_000_000_000)
    here = AnchoredClock.here()
    assert abs(here.now() - LiveClock().now()) < np.timedelta64(1000, "ms")
    assert here.now() <= here.now()
