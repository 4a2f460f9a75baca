"""A line of the audit: whatever is put in, a line comes out, and whoever touches it is seen."""

import json
import math
from dataclasses import replace
from enum import StrEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.store.audit_chain import (
    BEGIN,
    PAYLOAD_CHARS,
    Link,
    is_genuine,
    moment,
    parsed,
    sealed,
    signed,
    wrong,
)

AT = "2024-07-01T12:00:00.000"
KEY = b"sixteen secret b"


class Word(StrEnum):
    STOP = "stop"


class Rude:
    def __str__(self) -> str:
        raise RuntimeError("I do not want to be told")


def a_loop() -> dict[str, Any]:
    loop: dict[str, Any] = {}
    loop["self"] = loop
    return loop


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({"value": math.nan, "limit": -math.inf}, {"value": "nan", "limit": "-inf"}),
        ({"at": np.datetime64(AT), "n": np.int64(3), "x": np.float64(0.5)}, {"at": AT, "n": 3, "x": 0.5}),
        ({"row": np.array([1.0, math.nan])}, {"row": [1.0, "nan"]}),
        ({"state": Word.STOP, 5: {"a"}}, {"state": "stop", "5": ["a"]}),
        ({"odd": "\ud800\n\x00\u2028"}, {"odd": "\ud800\n\x00\u2028"}),
        ({"big": 10**5000}, {"unreadable": "ValueError"}),
        ({"x": Rude()}, {"unreadable": "RuntimeError"}),
    ],
    ids=["nan", "numpy", "array", "words", "text", "huge", "rude"],
)
def test_whatever_is_told_becomes_a_line_that_json_holds(payload: dict[Any, Any], told: dict[str, Any]) -> None:
    line, link = sealed(BEGIN, AT, "decision", "battery", payload)
    assert b"\n" not in line
    row = parsed(line)
    assert row is not None
    if isinstance(told.get("at"), str):
        told["at"] = row.payload["at"]
        assert str(row.payload["at"]).startswith("2024-07-01")
    assert (row.payload, row.link, row.is_sound) == (told, link, True)
    json.loads(line, parse_constant=pytest.fail)


def test_a_payload_without_end_is_cut() -> None:
    for payload in (a_loop(), {"text": "x" * 10**6}, {"rows": [[1.0] * 100] * 1000}):
        line, _ = sealed(BEGIN, AT, "decision", "battery", payload)
        row = parsed(line)
        assert row is not None
        assert row.is_sound
        assert len(line) < PAYLOAD_CHARS + 1000


@settings(max_examples=40)
@given(
    st.dictionaries(st.text(), st.recursive(st.floats() | st.text() | st.integers() | st.none(), st.lists)),
    st.text(),
    st.text(),
)
def test_any_words_make_a_sound_line_that_follows(payload: dict[str, Any], words: str, who: str) -> None:
    first, link = sealed(BEGIN, AT, words, who, payload, who)
    second, _ = sealed(link, words, "stop", words, {}, who)
    rows = parsed(first), parsed(second)
    assert (wrong(rows[0], BEGIN), wrong(rows[1], link)) == ("", "")


def test_no_byte_of_a_line_can_be_altered_unseen() -> None:
    line, link = sealed(BEGIN, AT, "stop", "*", {"why": "smoke", "value": 5.0}, "Ada")
    for at in range(len(line)):
        for bit in (1, 2, 32):
            touched = line[:at] + bytes([line[at] ^ bit]) + line[at + 1 :]
            row = parsed(touched)
            assert row is None or not row.is_sound, touched
        assert wrong(parsed(line[:at]), BEGIN) == "cannot be read"
    for behind in (b" ", b"x", b"\r"):
        row = parsed(line + behind)
        assert row is None or not row.is_sound
    assert wrong(parsed(line), replace(link, number=0, digest="1" * 64)) == "does not follow from the line before"


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"seq":true}', b"1e999"])
def test_what_is_no_line_is_none(line: bytes) -> None:
    assert parsed(line) is None


def test_a_truth_is_no_number_of_a_line() -> None:
    line, _ = sealed(BEGIN, AT, "stop", "*", {})
    assert parsed(line.replace(b'"seq":1', b'"seq":true')) is None


def test_a_signed_link_is_known_again_and_no_other() -> None:
    mark = signed(Link(7, "ab"), KEY)
    assert is_genuine(mark, KEY)
    assert not is_genuine(mark, b"another secret b")
    assert not is_genuine(replace(mark, link=Link(8, "ab")), KEY)
    assert not is_genuine(replace(mark, signature="ä"), KEY)
    with pytest.raises(ValueError, match="at least 16 bytes"):
        signed(Link(7, "ab"), b"short")


@pytest.mark.parametrize("text", ["", "~", "noon", "2024-13-01", "9999-12-31T23:59:59-12:00"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert moment(text) is None


def test_a_time_is_utc_unless_it_says_otherwise() -> None:
    assert moment("2024-07-01T12:00") == moment("2024-07-01T14:00+02:00") == moment("2024-07-01T12:00Z")
