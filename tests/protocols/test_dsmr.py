"""Telegrams of smart meters: the published examples, a foreign parser's view, and everything a wire can do to them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core import quantity as q
from enerwise.protocols.dsmr import Reader, crc16, values

# DSMR 5.0.2 P1 companion standard, section 6.13, "Example of a P1 telegram" (shortened to what counts here).
BODY = "\r\n".join(
    [
        "/ISk5\\2MT382-1000",
        "",
        "1-3:0.2.8(50)",
        "0-0:1.0.0(101209113020W)",
        "0-0:96.1.1(4B384547303034303436333935353037)",
        "1-0:1.8.1(123456.789*kWh)",
        "1-0:1.8.2(123456.789*kWh)",
        "1-0:2.8.1(123456.789*kWh)",
        "1-0:2.8.2(123456.789*kWh)",
        "0-0:96.14.0(0002)",
        "1-0:1.7.0(01.193*kW)",
        "1-0:2.7.0(00.000*kW)",
        "1-0:32.7.0(220.1*V)",
        "1-0:52.7.0(220.2*V)",
        "1-0:72.7.0(220.3*V)",
        "1-0:31.7.0(001*A)",
        "1-0:51.7.0(002*A)",
        "1-0:71.7.0(003*A)",
        "0-1:24.2.1(101209112500W)(12785.123*m3)",
        "!",
    ]
)
TOLD = {
    q.POWER_W: 1193.0,
    q.IMPORTED_WH: 246_913_578.0,
    q.EXPORTED_WH: 246_913_578.0,
    q.VOLTAGE_L1_V: 220.1,
    q.VOLTAGE_L2_V: 220.2,
    q.VOLTAGE_L3_V: 220.3,
    q.CURRENT_A: 6.0,
}


TELEGRAMS = Path(__file__).with_name("telegrams")
FOREIGN = tomllib.loads((TELEGRAMS / "expected.toml").read_text(encoding="utf-8"))


def recorded(name: str) -> bytes:
    """A telegram of the folder as it is on the wire."""
    return (TELEGRAMS / f"{name}.txt").read_text(encoding="ascii").replace("\n", "\r\n").encode()


def as_told(told: Mapping[str, Any]) -> dict[str, float]:
    """What a foreign parser's view means in the units and with the sign of the house."""
    factors = {"kW": 1e3, "kWh": 1e3, "V": 1.0, "A": 1.0}
    numbers = {name: value * factors[unit] for name, (value, unit) in told.items()}
    found = {q.POWER_W: numbers["CURRENT_ELECTRICITY_USAGE"] - numbers["CURRENT_ELECTRICITY_DELIVERY"]}
    for quantity, way, whole in ((q.IMPORTED_WH, "USED", "IMPORTED"), (q.EXPORTED_WH, "DELIVERED", "EXPORTED")):
        tariffs = [numbers.get(f"ELECTRICITY_{way}_TARIFF_{tariff}", 0.0) for tariff in (1, 2)]
        found[quantity] = numbers.get(f"ELECTRICITY_{whole}_TOTAL", sum(tariffs))
    for line, quantity in enumerate((q.VOLTAGE_L1_V, q.VOLTAGE_L2_V, q.VOLTAGE_L3_V), start=1):
        if f"INSTANTANEOUS_VOLTAGE_L{line}" in numbers:
            found[quantity] = numbers[f"INSTANTANEOUS_VOLTAGE_L{line}"]
    if "INSTANTANEOUS_CURRENT_L1" in numbers:
        flows = [_flow(numbers, line) for line in (1, 2, 3)]
        found[q.CURRENT_A] = sum(flows)
    return found


def _flow(numbers: Mapping[str, float], line: int) -> float:
    power = f"INSTANTANEOUS_ACTIVE_POWER_L{line}"
    gives = numbers[f"{power}_NEGATIVE"] > numbers[f"{power}_POSITIVE"]
    return numbers[f"INSTANTANEOUS_CURRENT_L{line}"] * (-1 if gives else 1)


def closed(body: str) -> bytes:
    """A telegram with its checksum."""
    return body.encode() + f"{crc16(body.encode()):04X}\r\n".encode()


def test_the_published_telegram_gives_the_published_numbers() -> None:
    reader, telegrams = Reader().feed(closed(BODY))
    assert reader.rest == b""
    assert values(telegrams[0]) == pytest.approx(TOLD)


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_parser_reads_the_same(name: str) -> None:
    reader, telegrams = Reader().feed(recorded(name))
    assert (len(telegrams), reader.refused_count) == (1, 0)
    assert values(telegrams[0]) == pytest.approx(as_told(FOREIGN[name]))


def test_telegrams_of_all_versions_follow_each_other_on_one_line() -> None:
    # One without a checksum is believed only before the first with one.
    _, telegrams = Reader().feed(b"".join(recorded(name) for name in FOREIGN))
    assert len(telegrams) == len(FOREIGN)
    reader, telegrams = Reader().feed(recorded("dsmr50") + recorded("dsmr22") + recorded("smarty"))
    assert (len(telegrams), reader.refused_count) == (2, 1)


def test_what_is_returned_counts_below_zero() -> None:
    body = BODY.replace("1.7.0(01.193", "1.7.0(00.000").replace("2.7.0(00.000", "2.7.0(02.500")
    assert values(body)[q.POWER_W] == -2500.0


def test_old_telegrams_without_a_checksum_are_read() -> None:
    _, telegrams = Reader().feed(BODY.encode() + b"\r\n")
    assert values(telegrams[0])[q.POWER_W] == 1193.0


def test_meters_that_tell_the_whole_or_only_the_lines_are_understood() -> None:
    whole = "1-0:1.8.0(001000.5*kWh)\r\n1-0:1.8.1(000400*kWh)\r\n1-0:21.7.0(00.3*kW)\r\n1-0:41.7.0(00.2*kW)"
    assert values(whole) == {q.IMPORTED_WH: 1_000_500.0, q.POWER_W: 500.0}


def test_a_counter_that_has_lost_a_tariff_is_no_counter() -> None:
    body = BODY.replace("1.8.2(123456.789*kWh)", "1.8.2(12345?.789*kWh)").replace("1.7.0(01.193*kW)", "1.7.0(*kW)")
    told = values(body)
    assert q.IMPORTED_WH not in told
    assert q.POWER_W not in told
    assert told[q.EXPORTED_WH] == TOLD[q.EXPORTED_WH]


def test_other_media_have_other_numbers_under_the_same_codes() -> None:
    assert values("0-1:1.8.0(000123.4*kWh)\r\n7-0:1.7.0(00.5*kW)") == {}


@pytest.mark.parametrize("told", ["0x1F", "+12F", "12", "12345", "GHIJ", "1_2F"])
def test_what_is_no_checksum_of_four_digits_is_refused(told: str) -> None:
    reader, telegrams = Reader().feed(BODY.encode() + told.encode() + b"\r\n" + closed(BODY))
    assert telegrams == [BODY]
    assert reader.refused_count == 1


def test_what_was_half_said_is_not_continued_on_another_line() -> None:
    reader, _ = Reader().feed(closed(BODY) + closed(BODY)[:300])
    again = reader.begun_afresh()
    _, telegrams = again.feed(closed(BODY)[300:])
    assert telegrams == []
    assert again.expects_checksum


@given(st.lists(st.integers(1, 200), max_size=30))
def test_any_split_of_the_stream_gives_the_same_telegrams(cuts: list[int]) -> None:
    stream, reader = closed(BODY) * 3, Reader()
    found: list[str] = []
    for cut in cuts:
        reader, some = reader.feed(stream[:cut])
        stream, found = stream[cut:], found + some
    reader, some = reader.feed(stream)
    assert [*found, *some] == [BODY] * 3
    assert reader.refused_count == 0


@given(st.integers(0, len(BODY) - 1), st.integers(0, 6))
def test_a_flipped_bit_is_never_believed_and_the_next_telegram_is_read(at: int, bit: int) -> None:
    whole = closed(BODY)
    flipped = whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :]
    _, telegrams = Reader().feed(flipped + whole + whole)
    assert set(telegrams) <= {BODY}
    assert telegrams


@given(st.binary(max_size=3000))
def test_noise_raises_nothing_and_is_bounded(noise: bytes) -> None:
    reader, telegrams = Reader().feed(noise)
    for each in telegrams:
        values(each)
    for _ in range(10):
        reader, _ = reader.feed(b"/" + b"x" * 3000)
    assert len(reader.rest) <= 8192


def test_half_a_telegram_is_given_up_when_the_next_begins() -> None:
    reader, telegrams = Reader().feed(closed(BODY)[:200] + b"\r\n" + closed(BODY))
    assert telegrams == [BODY]
    assert reader.refused_count == 1
