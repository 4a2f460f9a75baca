"""Which roots are due: every closed slot, or every full day of which no slot is open any more."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.anchoring import Every, Period, SlotRoot, day_leaves, due
from enerwise.market.merkle import is_under, proof_of, root_of
from enerwise.market.tokens import label

MIDNIGHT = datetime(2026, 3, 29, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_slot(hour: int, *, is_closed: bool = True) -> SlotRoot:
    start_utc = MIDNIGHT + hour * HOUR
    root = hashlib.sha256(str(hour).encode()).digest() if is_closed else None
    return SlotRoot(f"{start_utc:%Y-%m-%dT%H:%MZ}", start_utc, root)


def periods(slots: Sequence[SlotRoot], every: Every, *, hour: int) -> tuple[Period, ...]:
    return due(slots, every, now_utc=MIDNIGHT + hour * HOUR)


def names(slots: Sequence[SlotRoot], every: Every, *, hour: int) -> list[str]:
    return [period.name for period in periods(slots, every, hour=hour)]


def test_each_closed_slot_is_due_at_once() -> None:
    slots = [a_slot(1), a_slot(0), a_slot(2, is_closed=False)]
    assert names(slots, Every.SLOT, hour=3) == ["2026-03-29T00:00Z", "2026-03-29T01:00Z"]


def test_a_day_is_due_when_it_is_over() -> None:
    slots = [a_slot(hour) for hour in range(25)]
    assert names(slots, Every.DAY, hour=23) == []
    assert names(slots, Every.DAY, hour=24) == ["2026-03-29"]
    assert names(slots, Every.DAY, hour=48) == ["2026-03-29", "2026-03-30"]


def test_a_day_waits_for_its_last_open_slot_and_the_next_day_does_not() -> None:
    slots = [a_slot(0), a_slot(23, is_closed=False), a_slot(24)]
    assert names(slots, Every.DAY, hour=48) == ["2026-03-30"]


def test_leaves_of_a_day_bind_the_name_of_a_slot_to_its_root() -> None:
    slot = a_slot(0)
    assert slot.root is not None
    assert day_leaves([slot]) == [label("2026-03-29T00:00Z") + slot.root]
    assert day_leaves([slot, a_slot(1, is_closed=False)]) is None


def test_a_row_is_led_by_its_slot_to_the_root_of_its_day() -> None:
    rows = [b"anna: 700 Wh", b"ben: 300 Wh"]
    slots = [a_slot(0), replace(a_slot(1), root=root_of(rows)), a_slot(2)]
    (day,) = periods(slots, Every.DAY, hour=24)
    leaves = day_leaves(slots)
    assert leaves is not None
    assert is_under(root_of(rows), rows[0], proof_of(rows, 0))
    assert is_under(day.root, label(slots[1].name) + root_of(rows), proof_of(leaves, 1))


def test_nothing_is_due_of_nothing() -> None:
    assert periods([], Every.SLOT, hour=48) == periods([], Every.DAY, hour=48) == ()


@given(
    hours=st.lists(st.integers(0, 47), unique=True).flatmap(
        lambda made: st.tuples(st.just(made), st.permutations(made))
    )
)
def test_order_of_arrival_does_not_matter(hours: tuple[list[int], list[int]]) -> None:
    one, other = ([a_slot(hour) for hour in each] for each in hours)
    for every in Every:
        assert periods(one, every, hour=48) == periods(other, every, hour=48)
