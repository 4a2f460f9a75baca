"""Windows of local time hold on the wall clock, over midnight, on holidays, and on days of 23 and 25 hours."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.time import DAY_S, TimeGrid, instant, local_day_start
from enerwise.site.calendar import DAY_SETS, SEASONS, Window
from tests.builders import BERLIN, a_grid, a_window

ZONES = ["UTC", BERLIN, "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"]


def a_day(day: str, zone: str = BERLIN, *, step_s: int = 900) -> TimeGrid:
    """A whole local day."""
    start = instant(day, zone=zone)
    return TimeGrid.between(start, local_day_start(start, zone, days=1), step_s)


def hours_held(window: Window, day: str, zone: str = BERLIN) -> float:
    return float(window.holds(a_day(day, zone).starts_utc, zone).sum()) / 4


def holds_by_zoneinfo(window: Window, epoch_s: int, zone: str) -> bool:
    """The same in plain words, one instant at a time."""
    local = datetime.fromtimestamp(epoch_s, ZoneInfo(zone))
    second = local.hour * 3600 + local.minute * 60 + local.second
    day = local.date()
    if window.from_s < window.to_s:
        inside = window.from_s <= second < window.to_s
    else:
        inside = second >= window.from_s or second < window.to_s
        day = day if second >= window.from_s else day - timedelta(days=1)
    names_day = day.weekday() in window.days
    if window.holiday_country is not None and day in holidays.country_holidays(window.holiday_country):
        names_day = window.on_holidays or (day.weekday() >= 5 and names_day)
    return inside and names_day and day.month in window.months


windows = st.builds(
    Window,
    from_s=st.integers(0, 95).map(lambda quarter: quarter * 900),
    to_s=st.integers(1, 96).map(lambda quarter: quarter * 900),
    days=st.sets(st.integers(0, 6)).map(frozenset),
    on_holidays=st.booleans(),
    months=st.sets(st.integers(1, 12), min_size=1).map(frozenset),
    holiday_country=st.none() | st.just("DE"),
)


@given(
    window=windows,
    epoch_s=st.lists(st.integers(1_577_836_800, 1_767_225_600), min_size=1, max_size=20),
    zone=st.sampled_from(ZONES),
)
def test_windows_hold_as_said_in_plain_words(window: Window, epoch_s: list[int], zone: str) -> None:
    if window.from_s == window.to_s:
        return
    held = window.holds(np.array(epoch_s, dtype="datetime64[s]"), zone)
    assert held.tolist() == [holds_by_zoneinfo(window, each, zone) for each in epoch_s]


@given(window=windows, zone=st.sampled_from(ZONES))
def test_a_window_and_its_complement_cover_the_day(window: Window, zone: str) -> None:
    if window.to_s in (window.from_s, DAY_S) or window.from_s == 0:
        return
    every_day = [Window(a, b) for a, b in ((window.from_s, window.to_s), (window.to_s, window.from_s))]
    held = [each.holds(a_grid(steps=96).starts_utc, zone) for each in every_day]
    assert np.all(held[0] ^ held[1])


def test_weekdays_end_on_friday_night() -> None:
    peak = a_window(14, 20, days="weekdays")
    assert [hours_held(peak, f"2024-07-0{day}") for day in range(1, 8)] == [6, 6, 6, 6, 6, 0, 0]


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    night = a_window(22, 6, days="fri")
    assert hours_held(night, "2024-07-05") == 2  # Friday
    assert hours_held(night, "2024-07-06") == 6  # Saturday morning
    assert hours_held(night, "2024-07-07") == 0


def test_a_window_over_midnight_takes_the_month_in_which_it_begins() -> None:
    night = a_window(22, 6, months=frozenset([7]))
    assert hours_held(night, "2024-07-01") == 2
    assert hours_held(night, "2024-08-01") == 6


@pytest.mark.parametrize(("day", "hours"), [("2024-03-31", 1), ("2024-10-27", 3), ("2024-07-01", 2)])
def test_a_window_at_night_follows_the_clocks_of_people(day: str, hours: float) -> None:
    assert hours_held(a_window(1, 3), day) == hours


@pytest.mark.parametrize(("day", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-07-01", 24)])
def test_a_window_without_times_holds_the_whole_day(day: str, hours: float) -> None:
    assert hours_held(Window(), day) == hours


def test_holidays_are_no_weekdays() -> None:
    peak = a_window(14, 20, days="weekdays", holiday_country="DE-BW")
    assert hours_held(peak, "2024-05-01") == 0  # a Wednesday
    assert hours_held(peak, "2024-05-02") == 6
    assert hours_held(a_window(14, 20, days="weekdays"), "2024-05-01") == 6


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    epiphany = "2025-01-06"  # a Monday
    assert hours_held(a_window(days="weekdays", holiday_country="DE-BW"), epiphany) == 0
    assert hours_held(a_window(days="weekdays", holiday_country="DE-HH"), epiphany) == 24


def test_holidays_can_be_named_alone_or_with_weekends() -> None:
    alone = Window(days=frozenset(), on_holidays=True, holiday_country="DE")
    both = Window(days=DAY_SETS["weekends"], on_holidays=True, holiday_country="DE")
    days = [
        "2024-05-01",
        "2024-05-02",
        "2024-05-04",
        "2026-10-03",
    ]  # holiday, Thursday, Saturday, holiday on a Saturday
    assert [hours_held(alone, day) for day in days] == [24, 0, 0, 24]
    assert [hours_held(both, day) for day in days] == [24, 0, 24, 24]


def test_a_holiday_on_a_weekend_stays_a_weekend() -> None:
    assert hours_held(a_window(days="weekends", holiday_country="DE"), "2026-10-03") == 24


def test_holidays_are_found_on_both_sides_of_a_new_year() -> None:
    holiday = Window(days=frozenset(), on_holidays=True, holiday_country="DE")
    noons = [date(2024, 12, 24) + timedelta(days=day) for day in range(10)]
    held = holiday.holds(np.array([instant(f"{day}T12:00", zone=BERLIN) for day in noons]), BERLIN)
    assert [day.day for day, is_holiday in zip(noons, held, strict=True) if is_holiday] == [25, 26, 1]


def test_seasons_share_the_year_out() -> None:
    assert sorted(month for season in SEASONS.values() for month in season) == list(range(1, 13))
    assert hours_held(Window(months=SEASONS["winter"]), "2024-02-29") == 24


def test_no_instants_hold_nothing() -> None:
    nothing = np.zeros(0, dtype="datetime64[ms]")
    assert Window(holiday_country="DE").holds(nothing, BERLIN).shape == (0,)


@pytest.mark.parametrize(("from_s", "to_s"), [(-1, 10), (DAY_S, 10), (0, 0), (0, DAY_S + 1)])
def test_a_window_stays_within_the_day(from_s: int, to_s: int) -> None:
    with pytest.raises(ValueError, match="leaves the day"):
        Window(from_s, to_s)
