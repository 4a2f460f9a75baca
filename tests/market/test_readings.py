"""Readings on arrival: the right source, plausible, once, in balance; what is refused says why and posts nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.readings import AreaMeters, Counted, Meters, Outcome, Readings, in_balance, verified, why

END_NS = 1_780_000_000_000_000_000
WHO = ("Ada", "Ben", "Cem", "Dora")
METERS = Meters(np.array([11, 12, 13, 14]), np.full(4, 5000), np.array([3000, 3000, 0, 3000]), np.array([0, 0, 1, 1]))


def readings(*rows: tuple[int, int, int, int], off_ns: int = 0) -> Readings:
    """Participant, source, taken, sent."""
    who, source, taken, sent = np.array(rows, np.int64).reshape(-1, 4).T
    return Readings(who, source, taken, sent, np.full(len(rows), END_NS + off_ns))


def fresh() -> Counted:
    return Counted.begun(END_NS, len(WHO))


@pytest.mark.parametrize(
    ("row", "outcome", "words"),
    [
        ((7, 11, 0, 0), Outcome.NOBODY, "participant 7: nobody of that number"),
        ((-1, 11, 0, 0), Outcome.NOBODY, "participant -1"),
        ((0, 12, 100, 0), Outcome.SOURCE, "Ada: the reading came from source 12, and only 11 counts for Ada"),
        ((0, 11, -1, 0), Outcome.NEGATIVE, "counts -1 Wh taken and 0 Wh sent"),
        ((1, 12, 5001, 0), Outcome.TAKEN, "5001 Wh taken, above the 5000 Wh that the connection can take"),
        ((2, 13, 0, 1), Outcome.SENT, "1 Wh sent, above the 0 Wh"),
    ],
)
def test_what_is_refused_says_why_and_is_not_taken_up(
    row: tuple[int, int, int, int], outcome: Outcome, words: str
) -> None:
    told = readings(row)
    found = verified(told, METERS, fresh())
    assert found.outcome.tolist() == [outcome]
    assert not found.slot.has_reading.any() and not found.slot.metered_wh.any()
    said = why(outcome, 0, told, METERS, found.slot, WHO)
    assert words in said and "nothing is posted" in said


def test_a_meter_that_stopped_counting_elsewhere_is_refused() -> None:
    late = readings((0, 11, 1, 0), off_ns=90_000_000_000)
    found = verified(late, METERS, fresh())
    assert found.outcome.tolist() == [Outcome.TIME]
    assert "until +90 s from the end of the slot, allowed 60 s" in why(Outcome.TIME, 0, late, METERS, found.slot, WHO)


def test_the_first_reading_counts_and_the_same_again_changes_nothing() -> None:
    first = verified(readings((0, 11, 900, 100), (0, 11, 900, 100), (0, 11, 901, 100)), METERS, fresh())
    assert first.outcome.tolist() == [Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.OTHER]
    assert first.slot.metered_wh.tolist() == [800, 0, 0, 0]
    other = readings((0, 11, 950, 100), (1, 12, 0, 40))
    again = verified(other, METERS, first.slot)
    assert again.outcome.tolist() == [Outcome.OTHER, Outcome.ACCEPTED]
    assert again.slot.metered_wh.tolist() == [800, -40, 0, 0]
    assert "counts 850 Wh, and 800 Wh was accepted before" in why(Outcome.OTHER, 0, other, METERS, again.slot, WHO)


def areas(*taken_wh: int, is_there: bool = True) -> AreaMeters:
    return AreaMeters(np.array(taken_wh), np.array([is_there, is_there]))


def test_an_area_that_does_not_add_up_counts_for_nobody_and_the_others_stay() -> None:
    told = readings((0, 11, 1000, 0), (1, 12, 0, 400), (2, 13, 200, 0), (3, 14, 300, 0))
    slot = verified(told, METERS, fresh()).slot
    for area_wh, is_right in ((600, True), (594, True), (593, False), (676, True), (677, False)):
        left, outcome = in_balance(slot, METERS, areas(area_wh, 500))
        assert left.has_reading.tolist() == [is_right, is_right, True, True], area_wh
        assert set(outcome[:2].tolist()) == {Outcome.ACCEPTED if is_right else Outcome.BALANCE}
    assert "meter of its area" in why(Outcome.BALANCE, 0, told, METERS, slot, WHO)


def test_without_an_areas_meter_or_with_a_reading_missing_nothing_is_held_against_anybody() -> None:
    everybody = verified(readings(*[(at, 11 + at, 100, 0) for at in range(4)]), METERS, fresh()).slot
    assert in_balance(everybody, METERS, areas(9999, 9999, is_there=False))[0].has_reading.all()
    one = verified(readings((0, 11, 100, 0)), METERS, fresh()).slot
    assert in_balance(one, METERS, areas(9999, 9999))[0].has_reading.tolist() == one.has_reading.tolist()


ANY = st.integers(-(2**63), 2**63 - 1) | st.integers(-2, 6000) | st.integers(10, 15)


@given(st.lists(st.tuples(ANY, ANY, ANY, ANY, ANY), max_size=12))
def test_whatever_the_columns_hold_only_plausible_readings_of_the_right_source_count(
    rows: list[tuple[int, int, int, int, int]],
) -> None:
    columns = np.array(rows, np.int64).reshape(-1, 5).T
    told = Readings(columns[0], columns[1], columns[2], columns[3], columns[4])
    found = verified(told, METERS, fresh())
    assert bool((found.slot.metered_wh <= METERS.taken_most_wh).all())
    assert bool((found.slot.metered_wh >= -METERS.sent_most_wh).all())
    for row in range(len(told)):
        if found.outcome[row] == Outcome.ACCEPTED:
            assert told.source[row] == METERS.source[told.participant[row]]
        else:
            assert why(int(found.outcome[row]), row, told, METERS, found.slot, WHO).endswith(("posted", "for it"))
    again = verified(told, METERS, found.slot)
    assert again.outcome.tolist() == found.outcome.tolist()
    assert again.slot.metered_wh.tolist() == found.slot.metered_wh.tolist()


def test_nobody_has_no_readings() -> None:
    none = Meters(*[np.empty(0, np.int64)] * 4)
    assert verified(readings((0, 11, 1, 0)), none, Counted.begun(END_NS, 0)).outcome.tolist() == [Outcome.NOBODY]
