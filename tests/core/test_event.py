"""Events are bytes: equal events give equal bytes, and bytes give the event back."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.event import Event, Json, Kind
from tests.builders import NOON, an_event

words = st.text(st.characters(codec="utf-8"), max_size=10)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
events = st.builds(
    Event,
    id=words,
    at=st.integers(0, 4_000_000_000_000).map(lambda ms: np.datetime64(ms, "ms")),
    kind=st.sampled_from(Kind),
    subject=words,
    payload=st.dictionaries(words, values, max_size=4),
    cause=st.lists(words, max_size=3).map(tuple),
)


@given(event=events)
def test_bytes_give_the_event_back(event: Event) -> None:
    line = event.to_bytes()
    assert Event.from_bytes(line) == event
    assert Event.from_bytes(line).to_bytes() == line
    assert b"\n" not in line


@given(payload=st.dictionaries(words, values, min_size=2, max_size=4))
def test_the_order_of_a_payload_leaves_no_trace(payload: dict[str, Json]) -> None:
    turned = dict(reversed(payload.items()))
    assert an_event(payload=payload).to_bytes() == an_event(payload=turned).to_bytes()


def test_an_event_is_one_canonical_line() -> None:
    event = an_event(payload={"wert": 1.0, "grün": [1, None]}, cause=("lindenweg-8/0/1",))
    assert event.to_bytes().decode() == (
        '{"at":"2024-07-01T12:00:00.000","cause":["lindenweg-8/0/1"],"id":"lindenweg-8/0/0","kind":"note",'
        '"payload":{"grün":[1,null],"wert":1.0},"subject":"battery"}'
    )


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float64(1.5), 1.5),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.uint8(3), 3),
        (np.bool_(True), True),
        (np.array([[1.0, math.nan]]), [[1.0, None]]),
        ((1, 2), [1, 2]),
        (math.nan, None),
        (-math.inf, None),
        (Kind.NOTE, "note"),
        (NOON, "2024-07-01T12:00:00.000"),
        ({1: 2}, {"1": 2}),
    ],
)
def test_values_of_numpy_become_plain_json(value: Json, plain: Json) -> None:
    read = json.loads(an_event(payload={"value": value}).to_bytes())
    assert read["payload"]["value"] == plain
    assert type(read["payload"]["value"]) is type(plain)
