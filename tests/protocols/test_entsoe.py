"""Day-ahead prices of ENTSO-E: a foreign parser's view, days of all lengths, and documents nobody should read."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.time import instant
from enerwise.protocols import entsoe
from enerwise.protocols.entsoe import parse
from enerwise.protocols.steps import PRICE, Steps

FOLDER = Path(__file__).parents[1] / "devices" / "feeds" / "recordings"
FOREIGN = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))


def recorded(name: str) -> bytes:
    return (FOLDER / f"{name}.xml").read_bytes()


def a_series(
    points: Mapping[int, object] | None = None,
    *,
    start: str = "2024-06-30T22:00Z",
    end: str = "2024-07-01T22:00Z",
    resolution: str = "PT60M",
    curve: str = "A03",
    sequence: str = "",
    more: str = "",
) -> str:
    listed = "".join(
        f"<Point><position>{position}</position><price.amount>{amount}</price.amount></Point>"
        for position, amount in (points or {1: 50.0}).items()
    )
    told = f"<{entsoe.SEQUENCE}>{sequence}</{entsoe.SEQUENCE}>" if sequence else ""
    return (
        f"<TimeSeries>{more}<currency_Unit.name>EUR</currency_Unit.name><price_Measure_Unit.name>MWH"
        f"</price_Measure_Unit.name>{told}<curveType>{curve}</curveType><Period><timeInterval><start>{start}</start>"
        f"<end>{end}</end></timeInterval><resolution>{resolution}</resolution>{listed}</Period></TimeSeries>"
    )


def a_document(*series: str, head: str = "") -> bytes:
    return (
        f'{head}<Publication_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-3:publicationdocument:7:3">'
        f"<type>A44</type>{''.join(series)}</Publication_MarketDocument>"
    ).encode()


def prices(content: bytes, *, sequence: int = 1) -> Steps:
    return parse(content, sequence=sequence)[PRICE]


@pytest.mark.parametrize("name", ["entsoe_nl_25h", "entsoe_nl_23h"])
def test_a_foreign_parser_reads_the_same_on_days_when_the_clock_is_changed(name: str) -> None:
    steps, expected = prices(recorded(name)), FOREIGN[name]
    assert (len(steps), steps.step_s) == (expected["count"], 3600)
    assert steps.start_utc[0] == instant(expected["first"])
    assert (np.diff(steps.start_utc) == np.timedelta64(1, "h")).all()
    assert float(steps.value.sum()) * 1000 == pytest.approx(expected["sum"])
    for at, price_eur_per_mwh in expected["at"].items():
        assert steps.value[int(at)] * 1000 == pytest.approx(price_eur_per_mwh)


def test_hours_and_quarter_hours_side_by_side_come_out_as_quarter_hours() -> None:
    steps = prices(recorded("entsoe_de_quarters"))
    hours, quarters = FOREIGN["entsoe_de_quarters_hours"], FOREIGN["entsoe_de_quarters_quarters"]
    assert (len(steps), steps.step_s) == (2 * 96, 900)
    assert float(steps.value[:96].sum()) * 1000 == pytest.approx(4 * hours["sum"])
    assert float(steps.value[96:].sum()) * 1000 == pytest.approx(quarters["sum"])
    for at, price_eur_per_mwh in quarters["at"].items():
        assert steps.value[96 + int(at)] * 1000 == pytest.approx(price_eur_per_mwh)


def test_another_auction_has_other_prices_and_is_no_substitute() -> None:
    first, second = prices(recorded("entsoe_de_quarters")), prices(recorded("entsoe_de_quarters"), sequence=2)
    assert len(second) == 96
    assert not np.allclose(first.value[96:], second.value)
    with pytest.raises(ValueError, match="no prices of sequence 1, only of 2"):
        parse(a_document(a_series(sequence="2")))


def test_series_that_name_no_auction_belong_to_every_one() -> None:
    assert len(prices(a_document(a_series()), sequence=2)) == 24


def test_a_position_left_out_repeats_the_one_before_or_is_a_gap() -> None:
    points = {1: 10.0, 4: 40.0, 23: -5.0}
    repeated = prices(a_document(a_series(points)))
    assert repeated.value == pytest.approx([0.01] * 3 + [0.04] * 19 + [-0.005] * 2)
    gapped = prices(a_document(a_series(points, curve="A01")))
    assert gapped.value == pytest.approx([0.01, 0.04, -0.005])
    hours = (gapped.start_utc - gapped.start_utc[0]) / np.timedelta64(1, "h")
    assert hours.tolist() == [0, 3, 22]


def test_finer_prices_count_where_both_are_told_in_whatever_order() -> None:
    coarse, fine = a_series({1: 10.0}), a_series({1: 20.0}, resolution="PT15M")
    for order in ((coarse, fine), (fine, coarse)):
        assert prices(a_document(*order)).value == pytest.approx([0.02] * 96)


def test_what_is_told_twice_alike_counts_once_and_a_contradiction_is_refused() -> None:
    assert len(prices(a_document(a_series(), a_series()))) == 24
    with pytest.raises(ValueError, match=r"contradict each other from 2024-06-30T22:00:00Z on: 50 and 51 EUR/MWh"):
        parse(a_document(a_series(), a_series({1: 51.0})))


def test_auctions_within_the_day_are_passed_over() -> None:
    within = a_series({1: 99.0}, more="<contract_MarketAgreement.type>A07</contract_MarketAgreement.type>")
    assert prices(a_document(within, a_series())).value == pytest.approx([0.05] * 24)
    with pytest.raises(ValueError, match="no prices of sequence 1, only of none"):
        parse(a_document(within))


@pytest.mark.parametrize(
    ("series", "why"),
    [
        (a_series().replace(">EUR<", ">GBP<"), "currency_Unit.name 'GBP', expected 'EUR'"),
        (a_series().replace(">MWH<", ">KWH<"), "price_Measure_Unit.name 'KWH', expected 'MWH'"),
        (a_series().replace("<currency_Unit.name>EUR</currency_Unit.name>", ""), "currency_Unit.name None"),
        (a_series(curve="A02"), "curve type 'A02'"),
        (a_series(resolution="P1Y"), "resolution 'P1Y'"),
        (a_series(end="2024-07-01T21:00Z"), "23 hours from 2024-06-30T22:00:00.000Z are no whole days"),
        (a_series(end="2024-06-30T22:00Z"), "0 hours"),
        (a_series(end="2024-06-29T22:00Z"), "-24 hours"),
        (a_series(end="2024-12-31T23:00Z"), "no whole days"),
        (a_series(start="2024-10-26T22:00Z", end="2024-10-27T22:00Z"), "24 hours"),
        (a_series(start="yesterday"), "timeInterval/start 'yesterday' is no time"),
        (a_series(start="0002-01-01T00:00Z"), "no time of a market"),
        (a_series({2: 50.0}), "has no first price"),
        (a_series({1: 1.0, 25: 2.0}), "position '25' after 1 is not within 2..24"),
        (a_series({0: 1.0}), "position '0'"),
        (a_series({2: 1.0, 1: 2.0}), "position '1' after 2"),
        (a_series({1: "free"}), "price at position 1 is 'free'"),
        (a_series({1: "inf"}), "price at position 1 is 'inf'"),
        (a_series({1: 1e9}), "is that the unit"),
    ],
)
def test_a_document_that_cannot_be_believed_is_refused_with_the_reason(series: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        parse(a_document(series))


def test_a_document_of_nothing_is_told_in_the_platforms_words() -> None:
    with pytest.raises(ValueError, match="the platform says: No matching data found"):
        parse(recorded("entsoe_nothing"))
    with pytest.raises(ValueError, match="no document of day-ahead prices"):
        parse(a_document(a_series()).replace(b"A44", b"A65"))
    with pytest.raises(ValueError, match="no prices of sequence"):
        parse(a_document())


BOMB = '<!DOCTYPE lol [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("head", [BOMB, FILE, "<!DOCTYPE x>", '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_document_type_is_refused_in_every_encoding(head: str, encoding: str) -> None:
    content = a_document(a_series()).decode()
    with pytest.raises(ValueError, match="declares a document type"):
        parse(f'<?xml version="1.0" encoding="{encoding}"?>{head}{content}'.encode(encoding))


def test_a_small_document_that_stands_for_too_many_prices_is_refused_before_they_are_laid_out() -> None:
    month = a_series(start="2024-06-30T22:00Z", end="2024-07-31T22:00Z", resolution="PT15M")
    with pytest.raises(ValueError, match="more than 20000 prices"):
        parse(a_document(*[month] * 1000))


def test_a_document_of_too_many_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 200000 elements"):
        parse(b"<a>" * 250_000)


@pytest.mark.parametrize("content", [b"", b"<a>", b"{}", b"\xff\xfe", b'<?xml version="1.0" encoding="none"?><a/>'])
def test_what_is_no_document_at_all_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        parse(content)


@given(st.data())
def test_a_damaged_document_is_refused_or_read_within_bounds(data: st.DataObject) -> None:
    content = bytearray(a_document(a_series({1: 50.0, 7: 80.0, 20: -3.0})))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        steps = prices(bytes(content))
    except ValueError:
        return
    assert np.isfinite(steps.value).all()
    assert (np.abs(steps.value) <= 20.0).all()
