"""Market prices as aWATTar tells them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerwise.core.time import instant
from enerwise.protocols.awattar import parse
from enerwise.protocols.steps import PRICE

RECORDED = (Path(__file__).parents[1] / "devices" / "feeds" / "recordings" / "awattar_25h.json").read_bytes()
HOUR_MS = 3_600_000


def a_row(
    hour: int = 0, price: object = 42.09, *, unit: object = "Eur/MWh", length_ms: int = HOUR_MS
) -> dict[str, Any]:
    start_ms = 1_428_591_600_000 + hour * HOUR_MS
    return {"start_timestamp": start_ms, "end_timestamp": start_ms + length_ms, "marketprice": price, "unit": unit}


def an_answer(*rows: object) -> bytes:
    return json.dumps({"object": "list", "data": rows}).encode()


def test_euro_for_a_megawatt_hour_become_euro_for_a_kilowatt_hour() -> None:
    # The example of the public documentation: 42.09 Eur/MWh from 2015-04-09T15:00Z on, below zero two hours later.
    steps = parse(an_answer(a_row(0), a_row(1, 38.5), a_row(2, -5.12)))[PRICE]
    assert steps.value == pytest.approx([0.04209, 0.0385, -0.00512])
    assert steps.start_utc[0] == instant("2015-04-09T15:00Z")
    assert steps.step_s == 3600


def test_a_day_of_twenty_five_hours_has_them_all() -> None:
    steps, rows = parse(RECORDED)[PRICE], json.loads(RECORDED)["data"]
    assert len(steps) == 25
    assert (steps.start_utc[0], steps.start_utc[-1]) == (instant("2024-10-26T22:00Z"), instant("2024-10-27T22:00Z"))
    assert steps.value == pytest.approx([row["marketprice"] / 1000 for row in rows])


def test_rows_out_of_order_are_put_in_order_and_a_missing_hour_stays_missing() -> None:
    steps = parse(an_answer(a_row(3, 3.0), a_row(0, 0.0), a_row(1, 1.0)))[PRICE]
    assert steps.value == pytest.approx([0.0, 0.001, 0.003])
    assert (np.diff(steps.start_utc) / np.timedelta64(1, "h")).tolist() == [1.0, 2.0]


def test_quarter_hours_are_read_too() -> None:
    assert parse(an_answer(a_row(0, 1.0, length_ms=900_000)))[PRICE].step_s == 900


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([a_row(unit="ct/kWh")], "prices come in 'ct/kWh', expected 'Eur/MWh'"),
        ([a_row(unit="USD/MWh")], "expected 'Eur/MWh'"),
        ([a_row(unit=None)], "expected 'Eur/MWh'"),
        ([a_row(), a_row(1, length_ms=900_000)], "hold for"),
        ([a_row(length_ms=0)], "hold for"),
        ([a_row(length_ms=-HOUR_MS)], "hold for"),
        ([a_row(), a_row()], "overlap"),
        ([a_row(price="free")], "nan EUR/MWh"),
        ([a_row(price=1e6)], "is that the unit"),
        ([{**a_row(), "start_timestamp": 1_428_591_600.5}], "whole milliseconds"),
        ([{**a_row(), "start_timestamp": 10**30}], "whole milliseconds"),
        ([7], "is no price"),
        ([], "no list of prices"),
    ],
)
def test_an_answer_that_cannot_be_believed_is_refused_with_the_reason(rows: list[object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(an_answer(*rows))


@pytest.mark.parametrize("content", [b"", b"[]", b'{"data": {}}', b"<html>"])
def test_what_is_no_answer_at_all_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        parse(content)
