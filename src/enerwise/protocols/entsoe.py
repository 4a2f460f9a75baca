"""Day-ahead prices as the ENTSO-E Transparency Platform tells them: document A44, periods with numbered prices in XML.

A period is a market day: it runs from local midnight to local midnight and has 23, 24 or 25 hours. In curve type A03 a
position that is left out repeats the one before; in A01 it is a gap. A zone may have several auctions, told apart by
a sequence: in Germany and Austria 1 is the coupled auction and 2 that of EXAA, with other prices.

Documents come from outside: one that declares a document type is refused (entities are how XML bombs are built), and
so is one with more elements than prices need. Source: Transparency Platform RESTful API guide, 12.1.D; ENTSO-E,
"Introduction of different timeseries possibilities (curveType)".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import numpy as np

from enerwise.core.errors import UnitError
from enerwise.core.time import TIME_TYPE, Instant, instant, local_day_start
from enerwise.core.units import FloatArray
from enerwise.protocols.json_path import number_in
from enerwise.protocols.steps import STEP_COUNT_MOST, Steps, prices

DOCUMENT: Final = "Publication_MarketDocument"
REFUSAL: Final = "Acknowledgement_MarketDocument"
PRICES: Final = "A44"
CONTRACT: Final = "contract_MarketAgreement.type"
DAY_AHEAD: Final = "A01"
"""Auctions within the day come in documents of the same type."""
SEQUENCE: Final = "classificationSequence_AttributeInstanceComponent.position"
REPEATING: Final = "A03"
CURVES: Final = ("A01", REPEATING)
UNITS: Final = {"currency_Unit.name": "EUR", "price_Measure_Unit.name": "MWH"}
RESOLUTIONS_S: Final = {"PT15M": 900, "PT30M": 1800, "PT60M": 3600, "PT1H": 3600}
MARKET_ZONE: Final = "Europe/Brussels"
"""Whose midnights begin the days of the coupled market, whatever zone the bidding zone lies in."""
ELEMENT_COUNT_MOST: Final = 200_000
DAYS_MOST: Final = 40
FIRST_UTC: Final = instant("2000-01-01")
LAST_UTC: Final = instant("2100-01-01")


@dataclass(frozen=True, slots=True)
class Period:
    """Prices from ``start_utc`` on, one for each ``step_s``; NaN where none is told. [EUR/MWh], shape (n,)"""

    start_utc: Instant
    step_s: int
    price_eur_per_mwh: FloatArray


def parse(content: bytes, *, sequence: int = 1, zone: str = MARKET_ZONE) -> dict[str, Steps]:
    """Return the prices of a document. [EUR/kWh]

    Where quarter-hours and hours are told for the same time, the quarter-hours count; all steps come out in the finest
    resolution that occurs.

    Args:
        content: The document.
        sequence: The auction; series that name none belong to every auction.
        zone: Whose midnights begin the market's days.

    Raises:
        ValueError: It is no such document, in another currency or unit, a day has the wrong length, or two series
            contradict each other; the message says what.
    """
    root = _tree(content)
    if root.tag == REFUSAL:
        raise ValueError(f"the platform says: {root.findtext('Reason/text', 'no reason')}")
    if root.tag != DOCUMENT or root.findtext("type") != PRICES:
        raise ValueError(f"{root.tag!r} of type {root.findtext('type')!r} is no document of day-ahead prices")
    return _joined(_all_periods(root, sequence, zone))


def _all_periods(root: Element, sequence: int, zone: str) -> list[Period]:
    """Return the periods of one auction; bounded here, because a small period can stand for many prices."""
    found: list[Period] = []
    count = 0
    for series in _series(root, sequence):
        for period in _periods(series, zone):
            count += period.price_eur_per_mwh.size
            if count > STEP_COUNT_MOST:
                raise ValueError(f"the document holds more than {STEP_COUNT_MOST} prices")
            found.append(period)
    return found


def _series(root: Element, sequence: int) -> list[Element]:
    """Return the series of one auction: another one has other prices and is no substitute."""
    day_ahead = [each for each in root.findall("TimeSeries") if each.findtext(CONTRACT, DAY_AHEAD) == DAY_AHEAD]
    chosen = [each for each in day_ahead if each.findtext(SEQUENCE) in (None, str(sequence))]
    if not chosen:
        told = sorted({each.findtext(SEQUENCE, "") for each in day_ahead})
        raise ValueError(f"the document has no prices of sequence {sequence}, only of {', '.join(told) or 'none'}")
    return chosen


def _periods(series: Element, zone: str) -> Iterator[Period]:
    for name, expected in UNITS.items():
        if series.findtext(name) != expected:
            raise ValueError(f"prices have {name} {series.findtext(name)!r}, expected {expected!r}")
    curve = series.findtext("curveType", CURVES[0])
    if curve not in CURVES:
        raise ValueError(f"curve type {curve!r} is not one of {', '.join(CURVES)}")
    for period in series.findall("Period"):
        yield _period(period, zone, repeats=curve == REPEATING)


def _period(period: Element, zone: str, *, repeats: bool) -> Period:
    resolution = period.findtext("resolution", "")
    if resolution not in RESOLUTIONS_S:
        raise ValueError(f"resolution {resolution!r} is not one of {', '.join(RESOLUTIONS_S)}")
    start_utc, end_utc = _time(period, "timeInterval/start"), _time(period, "timeInterval/end")
    _check_days(start_utc, end_utc, zone)
    step_s = RESOLUTIONS_S[resolution]
    price_eur_per_mwh = np.full(int((end_utc - start_utc) / np.timedelta64(step_s, "s")), np.nan)
    for position, amount in _points(period, price_eur_per_mwh.size):
        price_eur_per_mwh[position - 1 : None if repeats else position] = amount
    if repeats and np.isnan(price_eur_per_mwh[0]):
        raise ValueError(f"the day from {start_utc}Z has no first price to repeat")
    return Period(start_utc, step_s, price_eur_per_mwh)


def _check_days(start_utc: Instant, end_utc: Instant, zone: str) -> None:
    """A period of whole local days has the hours that its days have, also where the clock is changed."""
    length_h = (end_utc - start_utc) / np.timedelta64(1, "h")
    is_whole = all(local_day_start(each, zone) == each for each in (start_utc, end_utc))
    if not (is_whole and 0 < length_h <= DAYS_MOST * 24):
        raise ValueError(f"{length_h:g} hours from {start_utc}Z are no whole days in {zone}")


def _points(period: Element, count: int) -> Iterator[tuple[int, float]]:
    last = 0
    for point in period.findall("Point"):
        text, amount_text = point.findtext("position", "").strip(), point.findtext("price.amount", "").strip()
        position = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
        if not last < position <= count:
            raise ValueError(f"position {text!r} after {last} is not within {last + 1}..{count}")
        amount = number_in(amount_text)
        if not np.isfinite(amount):
            raise ValueError(f"the price at position {position} is {amount_text!r}")
        yield position, amount
        last = position


def _time(period: Element, name: str) -> Instant:
    text = period.findtext(name, "")
    try:
        at = instant(text)
    except UnitError:
        raise ValueError(f"{name} {text!r} is no time") from None
    if not FIRST_UTC <= at <= LAST_UTC:
        raise ValueError(f"{name} {text!r} is no time of a market")
    return at


def _joined(periods: list[Period]) -> dict[str, Steps]:
    """Lay periods side by side in the finest resolution; coarse ones first, so that finer ones count."""
    finest_s = min((each.step_s for each in periods), default=3600)
    found: dict[int, tuple[int, float]] = {}
    for period in sorted(periods, key=lambda each: -each.step_s):
        fine = np.repeat(period.price_eur_per_mwh, period.step_s // finest_s)
        first_s = int(period.start_utc.astype("datetime64[s]").astype(np.int64))
        for step, price in enumerate(fine.tolist()):
            _lay(found, first_s + step * finest_s, period.step_s, price)
    starts_s = sorted(found)
    start_utc = np.array(starts_s, dtype="datetime64[s]").astype(TIME_TYPE)
    return prices(start_utc, finest_s, np.array([found[each][1] for each in starts_s], dtype=np.float64))


def _lay(found: dict[int, tuple[int, float]], at_s: int, step_s: int, price_eur_per_mwh: float) -> None:
    if np.isnan(price_eur_per_mwh):
        return
    before_s, before = found.get(at_s, (0, 0.0))
    if before_s == step_s and before != price_eur_per_mwh:
        told = f"{before:g} and {price_eur_per_mwh:g} EUR/MWh"
        raise ValueError(f"two series contradict each other from {np.datetime64(at_s, 's')}Z on: {told}")
    found[at_s] = (step_s, price_eur_per_mwh)


# ---------------------------------------------------------------------------------------------------------------
# XML from outside


def _tree(content: bytes) -> Element:
    """Return the root of a document, names without their namespace, which changes with the version of the schema."""
    builder, count = TreeBuilder(), 0
    parser = expat.ParserCreate(namespace_separator="}")

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > ELEMENT_COUNT_MOST:
            raise ValueError(f"the document has more than {ELEMENT_COUNT_MOST} elements")
        builder.start(name.rpartition("}")[2], {})

    def refuse(*_: object) -> None:
        raise ValueError("the document declares a document type; such documents are not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: builder.end(name.rpartition("}")[2])
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError(f"the answer is no XML: {error}") from None
    except LookupError as error:
        # An encoding that is declared and that nobody knows.
        raise ValueError(f"the answer cannot be read: {error}") from None
    return builder.close()
