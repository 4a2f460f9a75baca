"""Paths into JSON, and answers that nobody means."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.protocols.json_path import load_json, number_at, number_in, parse_path, value_at

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)
STEPS = st.lists(st.text(min_size=1, max_size=4) | st.integers(0, 4), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("power", ("power",)),
        ("a.b", ("a", "b")),
        ("emeters[0].power", ("emeters", 0, "power")),
        ("[3][1]", (3, 1)),
        ("nrg[11]", ("nrg", 11)),
        ("switch:0.apower", ("switch:0", "apower")),
    ],
)
def test_paths_are_names_and_positions(text: str, path: tuple[str | int, ...]) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["", ".", "a..b", "a.", "[x]", "[-1]", "a[", "a]", ".".join("a" * 33)])
def test_everything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no path"):
        parse_path(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        ("12.5", 12.5),
        (" -3e2 ", -300.0),
        (True, math.nan),
        (None, math.nan),
        ("1_000", math.nan),
        ("", math.nan),
        ([1], math.nan),
        (10**400, math.nan),
    ],
)
def test_numbers_are_numbers_or_texts_of_one(value: object, expected: float) -> None:
    assert number_in(value) == pytest.approx(expected, nan_ok=True)


@given(JSON, STEPS)
def test_whatever_stands_there_is_a_number_or_nan(data: object, path: list[str | int]) -> None:
    assert isinstance(number_at(data, tuple(path)), float)


@given(JSON, st.text(max_size=4), st.integers(0, 3))
def test_what_was_put_there_is_found_there(data: object, name: str, position: int) -> None:
    held: object = {name: [0] * position + [data]}
    assert value_at(held, (name, position)) is data


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b"\xff\xfe\xfa", "Expecting|no text|decode"),
        (b'"\xff"', "no text"),
        (b"{", "Expecting"),
        (b"9" * 5000, "digits"),
    ],
)
def test_answers_that_are_no_json_are_refused(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        load_json(content)


@given(st.binary(max_size=200))
def test_noise_is_json_or_refused(noise: bytes) -> None:
    try:
        load_json(noise)
    except ValueError as error:
        assert str(error)
