"""Products and slots: lengths, gates, and the two days a year that are not 24 hours long."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import EnerwiseError
from enerwise.core.time import Instant, instant, local_fields
from enerwise.market.product import (
    PRODUCTS,
    Kind,
    Product,
    Slot,
    divided,
    gate_utc,
    is_open,
    open_slots,
    product,
    slot_at,
    slots_of_day,
)

BERLIN = "Europe/Berlin"
ZONES = ("UTC", BERLIN, "Asia/Kolkata", "Australia/Lord_Howe", "America/New_York")
MOMENTS = st.integers(1_700_000_000_000, 1_800_000_000_000).map(lambda each: np.datetime64(each, "ms"))
NAMES = st.sampled_from(sorted(PRODUCTS))


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-03-30", 24), ("2026-10-25", 25)], ids=["spring", "usual", "autumn"]
)
def test_a_day_has_as_many_slots_as_it_is_long(day: str, hours: int) -> None:
    at = instant(f"{day} 12:00", BERLIN)
    counts = {name: len(slots_of_day(each, at, BERLIN)) for name, each in PRODUCTS.items()}
    assert counts == {
        "quarter_hour": 4 * hours,
        "half_hour": 2 * hours,
        "hour": hours,
        "intraday": 4 * hours,
        "day_ahead": hours,
        "forward": 1,
    }
    (whole,) = slots_of_day(PRODUCTS["forward"], at, BERLIN)
    assert whole.length_s == hours * 3600


def test_the_hour_that_happens_twice_is_two_slots() -> None:
    slots = slots_of_day(PRODUCTS["hour"], instant("2026-10-25T12:00Z"), BERLIN)
    assert [each.id for each in slots[2:4]] == ["2026-10-25T00:00Z/3600", "2026-10-25T01:00Z/3600"]


@given(NAMES, MOMENTS, st.sampled_from(ZONES))
def test_every_instant_lies_in_one_slot_and_the_next_begins_where_it_ends(name: str, at: Instant, zone: str) -> None:
    what = PRODUCTS[name]
    slot = slot_at(what, at, zone)
    assert slot.holds(at)
    assert slot_at(what, slot.start_utc, zone) == slot
    assert slot_at(what, slot.end_utc, zone).start_utc == slot.end_utc


@given(NAMES, MOMENTS, st.sampled_from(ZONES))
def test_the_slots_of_days_follow_each_other_without_gap(name: str, at: Instant, zone: str) -> None:
    what = PRODUCTS[name]
    today = slots_of_day(what, at, zone)
    tomorrow = slots_of_day(what, today[-1].end_utc, zone)
    assert all(one.end_utc == other.start_utc for one, other in pairwise([*today, *tomorrow]))
    day = local_fields(np.array([each.start_utc for each in today]), zone).day
    assert set(day.tolist()) == {int(local_fields(np.array([at]), zone).day[0])}


@pytest.mark.parametrize(
    ("name", "start", "gate"),
    [
        ("quarter_hour", "2026-07-01 14:15", "2026-07-01 14:10"),
        ("intraday", "2026-07-01 00:00", "2026-06-30 23:55"),
        ("day_ahead", "2026-07-01 14:00", "2026-06-30 12:00"),
        ("day_ahead", "2026-03-29 20:00", "2026-03-28 12:00"),
        ("day_ahead", "2026-10-25 20:00", "2026-10-24 12:00"),
        ("forward", "2026-07-10 00:00", "2026-07-08 00:00"),
    ],
)
def test_gates_close_by_the_clock_of_the_place(name: str, start: str, gate: str) -> None:
    what, closes = PRODUCTS[name], instant(gate, BERLIN)
    slot = slot_at(what, instant(start, BERLIN), BERLIN)
    assert gate_utc(what, slot, BERLIN) == closes
    assert is_open(what, slot, closes - np.timedelta64(1, "ms"), BERLIN)
    assert not is_open(what, slot, closes, BERLIN)


@given(NAMES, MOMENTS)
def test_open_slots_take_orders_and_those_before_do_not(name: str, now: Instant) -> None:
    what = PRODUCTS[name]
    slots = open_slots(what, now, 4 * 86_400, BERLIN)
    assert all(is_open(what, each, now, BERLIN) for each in slots)
    assert list(slots) == sorted(slots)
    before = slot_at(what, slots[0].start_utc - np.timedelta64(1, "ms"), BERLIN)
    assert not is_open(what, before, now, BERLIN)


@given(st.integers(0, 2**40), st.sampled_from([82_800, 86_400, 90_000]), st.sampled_from([900, 1800, 3600]))
def test_a_long_slot_is_delivered_evenly_in_short_ones(energy_wh: int, long_s: int, short_s: int) -> None:
    parts, each_wh = divided(Slot(instant("2026-03-28T23:00Z"), long_s), short_s, energy_wh)
    assert len(parts) * short_s == long_s
    assert int(each_wh.sum()) == energy_wh
    assert int(each_wh.max() - each_wh.min()) <= 1


def test_what_makes_no_product_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fill a day"):
        Product("odd", 7 * 3600, 0, Kind.SPOT)
    with pytest.raises(ValueError, match="a forward is one day long"):
        Product("odd", 3600, 0, Kind.FORWARD)
    with pytest.raises(ValueError, match="before delivery"):
        Product("late", 900, -1, Kind.SPOT)
    with pytest.raises(ValueError, match="do not fill one of 3600"):
        divided(Slot(instant("2026-03-28T23:00Z"), 3600), 1700, 1)
    with pytest.raises(EnerwiseError, match="there is no product 'weekly'; there are day_ahead, forward"):
        product("weekly")
