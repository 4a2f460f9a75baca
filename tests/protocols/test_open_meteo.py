"""Weather as Open-Meteo tells it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.quantity import IRRADIANCE_W_PER_M2, TEMPERATURE_DEGC
from enerwise.core.time import instant
from enerwise.protocols.open_meteo import parse

RECORDED = (Path(__file__).parents[1] / "devices" / "feeds" / "recordings" / "open_meteo.json").read_bytes()
HOUR = np.timedelta64(1, "h")


def an_answer(**changes: Any) -> bytes:
    """Three hours from midnight, with parts of the answer replaced."""
    answer: dict[str, Any] = {
        "utc_offset_seconds": 0,
        "hourly_units": {"time": "unixtime", "temperature_2m": "°C", "shortwave_radiation": "W/m²"},
        "hourly": {
            "time": [1_719_792_000, 1_719_795_600, 1_719_799_200],
            "temperature_2m": [15.0, 14.5, 14.0],
            "shortwave_radiation": [0.0, 120.0, 340.5],
        },
    }
    for name, change in changes.items():
        answer[name] = {**answer[name], **change} if isinstance(change, dict) else change
    return json.dumps(answer).encode()


def test_temperature_belongs_to_its_hour_and_radiation_to_the_one_before() -> None:
    told = parse(an_answer())
    midnight = instant("2024-07-01T00:00Z")
    assert told[TEMPERATURE_DEGC].start_utc[0] == midnight
    assert told[IRRADIANCE_W_PER_M2].start_utc[0] == midnight - HOUR
    assert told[IRRADIANCE_W_PER_M2].value.tolist() == [0.0, 120.0, 340.5]
    assert {each.step_s for each in told.values()} == {3600}


def test_three_recorded_days_are_read_but_for_the_hour_without_values() -> None:
    told, answer = parse(RECORDED), json.loads(RECORDED)
    assert {len(each) for each in told.values()} == {71}
    noon = int(np.searchsorted(told[IRRADIANCE_W_PER_M2].start_utc, instant("2024-07-01T11:00Z")))
    assert told[IRRADIANCE_W_PER_M2].value[noon] == answer["hourly"]["shortwave_radiation"][12]
    assert told[TEMPERATURE_DEGC].value.tolist() == answer["hourly"]["temperature_2m"][:-1]


def test_local_texts_are_read_by_the_offset_that_the_answer_names() -> None:
    texts = {"time": ["2024-07-01T02:00", "2024-07-01T03:00", "2024-07-01T04:00"]}
    local = an_answer(utc_offset_seconds=7200, hourly=texts, hourly_units={"time": "iso8601"})
    for quantity, steps in parse(local).items():
        assert (steps.start_utc == parse(an_answer())[quantity].start_utc).all()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"hourly_units": {"temperature_2m": "°F"}}, "temperature_2m comes in '°F', expected '°C'"),
        ({"hourly_units": {"shortwave_radiation": "MJ/m²"}}, "expected 'W/m²'"),
        ({"hourly_units": {"time": "days"}}, "times come in 'days'"),
        ({"hourly": {"temperature_2m": [15.0]}}, "1 values for 3 times"),
        ({"hourly": {"temperature_2m": [15.0, 288.0, 14.0]}}, "288 °C is not within -100..70"),
        ({"hourly": {"shortwave_radiation": [0.0, "NaN", 1.0]}}, "nan W/m² is not within"),
        ({"hourly": {"shortwave_radiation": [None, None, None]}}, "holds 0 values"),
        ({"hourly": {"time": [1_719_792_000, 1_719_792_000, 1_719_799_200]}}, "overlap or are out of order"),
        ({"hourly": {"time": [1_719_792_000_000, 2, 3]}}, "no time in whole seconds"),
        ({"hourly": {"time": None}}, "no hourly 'time'"),
        ({"hourly_units": {"time": "iso8601"}}, "cannot be read"),
        ({"hourly_units": {"time": "iso8601"}, "utc_offset_seconds": 1e9}, "no time in whole seconds"),
        ({"hourly_units": {"time": "iso8601"}, "utc_offset_seconds": 90_000}, "s off UTC"),
        ({"hourly": []}, "has no 'hourly'"),
        ({"error": True, "reason": "Parameter 'latitude' is wrong"}, "the server says: Parameter 'latitude'"),
    ],
)
def test_an_answer_that_is_another_or_cannot_be_is_refused_with_the_reason(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(an_answer(**changes))


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"<html>", b"\xff", b"{}"])
def test_what_is_no_answer_at_all_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        parse(content)


@given(st.data())
def test_a_damaged_answer_is_refused_or_read_within_bounds(data: st.DataObject) -> None:
    content = bytearray(an_answer())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        told = parse(bytes(content))
    except ValueError:
        return
    for steps in told.values():
        assert np.isfinite(steps.value).all()
        assert (np.abs(steps.value) <= 1500.0).all()
