"""Trips: they latch, survive, and yield only to a person who knows why."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.guard.trips import LATCHED_COUNT, MEMORY_DAMAGED, TOO_MANY, WHOLE_SITE, ResetRefusal, Trip, Trips
from tests.builders import NOON

SECOND = np.timedelta64(1000, "ms")
HOT = Trips().tripped("battery", "too hot", NOON)


def test_fault_that_goes_away_stays_tripped() -> None:
    calm = HOT.calmed("battery", "too hot")
    assert calm.holds("battery")
    assert not calm.holds("roof")
    assert calm.latched == (Trip("battery", "too hot", NOON, is_active=False),)


def test_fault_that_comes_back_keeps_its_first_moment() -> None:
    again = HOT.calmed("battery", "too hot").tripped("battery", "too hot", NOON + SECOND)
    assert again == HOT


def test_trip_of_the_whole_site_holds_every_asset() -> None:
    trips = Trips().tripped(WHOLE_SITE, "smoke", NOON)
    assert trips.holds("battery")
    assert trips.is_site_tripped
    assert not HOT.is_site_tripped


def test_calming_what_has_not_tripped_changes_nothing() -> None:
    assert HOT.calmed("battery", "too cold") == HOT


def test_reset_by_a_person_who_knows_the_cause() -> None:
    after = HOT.calmed("battery", "too hot").reset("battery", "too hot", person="Ada", now=NOON)
    assert after == Trips((), NOON)


@pytest.mark.parametrize(
    ("trips", "cause", "person", "expected"),
    [
        (HOT, "too hot", "Ada", ResetRefusal.ACTIVE),
        (HOT, "no idea", "Ada", ResetRefusal.NOT_TRIPPED),
        (HOT, "too hot", "  ", ResetRefusal.NOBODY),
        (Trips(), "too hot", "Ada", ResetRefusal.NOT_TRIPPED),
    ],
)
def test_reset_is_refused(trips: Trips, cause: str, person: str, expected: ResetRefusal) -> None:
    assert trips.reset("battery", cause, person=person, now=NOON) is expected


@pytest.mark.parametrize(("later", "refused"), [(0, True), (9999, True), (10_000, False), (-60_000, True)])
def test_resets_are_ten_seconds_apart(later: int, refused: bool) -> None:
    two = HOT.tripped("roof", "arc", NOON).calmed("roof", "arc").calmed("battery", "too hot")
    one = two.reset("battery", "too hot", person="Ada", now=NOON)
    assert isinstance(one, Trips)
    after = one.reset("roof", "arc", person="Ada", now=NOON + np.timedelta64(later, "ms"))
    assert (after is ResetRefusal.TOO_SOON) is refused


def test_too_many_trips_trip_the_whole_site() -> None:
    trips = Trips()
    for each in range(LATCHED_COUNT + 3):
        trips = trips.tripped("battery", f"fault {each}", NOON)
    assert len(trips.latched) == LATCHED_COUNT + 1
    assert trips.latched[-1] == Trip(WHOLE_SITE, TOO_MANY, NOON)


TRIPS = st.builds(
    lambda rows, reset_ms: Trips(
        tuple(Trip(subject, cause, NOON + ms * SECOND, active) for subject, cause, ms, active in rows),
        None if reset_ms is None else NOON + np.timedelta64(reset_ms, "ms"),
    ),
    st.lists(st.tuples(st.text(), st.text(), st.integers(-(10**6), 10**6), st.booleans()), max_size=4),
    st.none() | st.integers(0, 10**9),
)


@given(TRIPS)
def test_trips_survive_bytes(trips: Trips) -> None:
    assert Trips.from_bytes(trips.to_bytes(), NOON) == trips


@given(TRIPS, st.integers(0), st.integers(1, 255))
def test_damaged_bytes_read_as_tripped(trips: Trips, place: int, change: int) -> None:
    blob = bytearray(trips.to_bytes())
    blob[place % len(blob)] ^= change
    found = Trips.from_bytes(bytes(blob), NOON)
    assert found.latched == (Trip(WHOLE_SITE, MEMORY_DAMAGED, NOON, is_active=False),)


@given(TRIPS, st.integers(0))
def test_half_written_bytes_read_as_tripped(trips: Trips, length: int) -> None:
    blob = trips.to_bytes()
    assert Trips.from_bytes(blob[: length % len(blob)], NOON).is_site_tripped


@given(st.binary(max_size=100))
def test_foreign_bytes_read_as_tripped(blob: bytes) -> None:
    assert Trips.from_bytes(blob, NOON).is_site_tripped


def test_damaged_memory_is_reset_like_any_trip() -> None:
    damaged = Trips.from_bytes(b"", NOON)
    assert damaged.reset(WHOLE_SITE, MEMORY_DAMAGED, person="Ada", now=NOON) == Trips((), NOON)
