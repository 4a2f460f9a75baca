"""Values of the site file: the text a person typed, read into base units, or a `Wrong` with the remedy.

Each public type is a number or a set with its reader in front, and an example for those who left the key out.
"""

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import Annotated, Final
from zoneinfo import available_timezones

from pydantic import BeforeValidator, Field, ValidationInfo

from enerwise.core.errors import UnitError
from enerwise.core.time import DAY_S, zone_info
from enerwise.core.units import Dimension, parse
from enerwise.site.calendar import DAY_SETS, HOLIDAYS, SEASONS
from enerwise.site.learning import MOST_BRANCHES, RHYTHMS
from enerwise.site.site import GRID, MODES, WEATHER
from enerwise.site.tariff import PERIODS

HAS_CALENDAR: Final = "has_calendar"
"""Key of the validation context: whether the file names a holiday calendar."""
DAY_NAMES: Final = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
MONTH_NAMES: Final = tuple(
    "january february march april may june july august september october november december".split()
)
YES_NO: Final = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)


class Wrong(ValueError):
    """A value that cannot be right, and what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def suggestion(word: str, known: Sequence[str]) -> str:
    """Return a question that names the closest known word, empty where none is close.

    >>> suggestion("capcity", ["capacity", "kind"]), suggestion("x", ["capacity"])
    ("did you mean 'capacity'?", '')
    """
    folded = {each.lower(): each for each in known}
    close = get_close_matches(word.lower(), list(folded), n=1, cutoff=0.6)
    return f"did you mean {folded[close[0]]!r}?" if close else ""


# ---------------------------------------------------------------------------------------------------------------
# Quantities


def quantity(
    dimension: Dimension, *, above: float | None = None, at_least: float | None = None, at_most: float | None = None
) -> BeforeValidator:
    """Return the reader of a quantity within bounds, which are in base units."""

    def read(text: object) -> float:
        value = parse(text, dimension)
        unit = "" if dimension is Dimension.RATIO else f" {dimension.value}"
        if above is not None and not value > above:
            raise Wrong(f"{text!r} is not above {above:g}{unit}", "write a larger value")
        if at_least is not None and not value >= at_least:
            raise Wrong(f"{text!r} is below {at_least:g}{unit}", "write it without a sign: sizes are not negative")
        if at_most is not None and not value <= at_most:
            is_bare = isinstance(text, str) and "%" not in text
            raise Wrong(f"{text!r} is above {at_most:g}", f"write '{text} %' for percent" if is_bare else "write less")
        return value

    return BeforeValidator(read)


Power = Annotated[float, quantity(Dimension.POWER, at_least=0), Field(examples=["5 kW"])]
PowerAboveZero = Annotated[float, quantity(Dimension.POWER, above=0), Field(examples=["6 kWp"])]
EnergyAboveZero = Annotated[float, quantity(Dimension.ENERGY, above=0), Field(examples=["13.5 kWh"])]
Current = Annotated[float, quantity(Dimension.CURRENT, above=0), Field(examples=["35 A"])]
Voltage = Annotated[float, quantity(Dimension.VOLTAGE, above=0), Field(examples=["230 V"])]
Ratio = Annotated[float, quantity(Dimension.RATIO, at_least=0, at_most=1), Field(examples=["20 %"])]
RatioAboveZero = Annotated[float, quantity(Dimension.RATIO, above=0, at_most=1), Field(examples=["90 %"])]
Factor = Annotated[float, quantity(Dimension.RATIO, at_least=0), Field(examples=["1.19"])]
Price = Annotated[float, quantity(Dimension.ENERGY_PRICE), Field(examples=["0.30 EUR/kWh"])]
Wear = Annotated[float, quantity(Dimension.ENERGY_PRICE, at_least=0), Field(examples=["0.02 EUR/kWh"])]
CarbonFactor = Annotated[float, quantity(Dimension.CARBON, at_least=0), Field(examples=["363 g/kWh"])]
PeakPrice = Annotated[float, quantity(Dimension.POWER_PRICE, at_least=0), Field(examples=["4.20 EUR/kW"])]
Fee = Annotated[float, quantity(Dimension.DAILY_FEE, at_least=0), Field(examples=["0.40 EUR/day"])]


def _soc_band(value: object) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise Wrong(f"{value!r} is not a pair", "write the lowest and the highest level, such as [10 %, 90 %]")
    lower, upper = (parse(each, Dimension.RATIO) for each in value)
    if not 0 <= lower < upper <= 1:
        raise Wrong(f"[{value[0]}, {value[1]}] does not rise within 0 %..100 %", "write the lower level first")
    return lower, upper


def _part_of_day(text: object) -> int:
    duration_s = parse(text, Dimension.DURATION)
    if not (duration_s >= 60 and DAY_S % duration_s == 0):
        raise Wrong(f"{text!r} does not divide a day into parts of 1 min or more", "write '15 min', '30 min' or '1 h'")
    return int(duration_s)


def _span(text: object) -> int:
    duration_s = parse(text, Dimension.DURATION)
    if not 60 <= duration_s <= 31 * DAY_S:
        raise Wrong(f"{text!r} is not within 1 min..31 days", "write a span such as '36 h'")
    return int(duration_s)


def _seconds(text: object) -> float:
    duration_s = parse(text, Dimension.DURATION)
    if not 0.05 <= duration_s <= 3600:
        raise Wrong(f"{text!r} is not within 0.05 s..1 h", "write a time such as '1 s'")
    return duration_s


Seconds = Annotated[float, BeforeValidator(_seconds), Field(examples=["1 s"])]
SocBand = Annotated[tuple[float, float], BeforeValidator(_soc_band), Field(examples=["[10 %, 90 %]"])]
PartOfDay = Annotated[int, BeforeValidator(_part_of_day), Field(examples=["15 min"])]
Span = Annotated[int, BeforeValidator(_span), Field(examples=["36 h"])]


# ---------------------------------------------------------------------------------------------------------------
# Words and whole numbers


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise Wrong(f"{value!r} is not a line of text", "write a word or a short line")
    return value.strip()


def _yes_no(value: object) -> bool:
    found = YES_NO.get(value.lower()) if isinstance(value, str) else None
    if found is None:
        raise Wrong(f"{value!r} is neither yes nor no", "write yes or no")
    return found


def whole(value: object, *, lowest: int, highest: int) -> int:
    """Read a whole number within bounds."""
    is_whole = isinstance(value, str) and re.fullmatch(r"\d{1,9}", value, re.ASCII)
    number = int(str(value)) if is_whole else -1
    if not lowest <= number <= highest:
        raise Wrong(f"{value!r} is not a whole number within {lowest}..{highest}", f"write a number such as {lowest}")
    return number


def _phases(value: object) -> int:
    if value not in ("1", "3"):
        raise Wrong(f"{value!r} is not 1 or 3", "write the number of phases of the connection: 1 or 3")
    return int(str(value))


def _word(value: object, *, known: Sequence[str]) -> str:
    """Read one of some words; spaces and hyphens pass for underscores."""
    folded = value.strip().lower().replace("-", "_").replace(" ", "_") if isinstance(value, str) else ""
    if folded not in known:
        raise Wrong(f"{value!r} is not one of {', '.join(known)}", suggestion(folded, known) or "write one of these")
    return folded


def _asset_id(value: object) -> str:
    text = _text(value)
    if not _ID.fullmatch(text):
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
        remedy = f"write {slug!r}" if _ID.fullmatch(slug) else "write a short name such as 'battery'"
        raise Wrong(f"{text!r} is not an id: lower-case letters, digits, '-' and '_'", remedy)
    if text in (GRID, WEATHER):
        raise Wrong(f"{text!r} is taken: the {text} is measured under this name", "choose another id")
    return text


def _serves(value: object) -> dict[str, str]:
    """Read which asset, or the grid, each role of a device stands for."""
    is_mapping = isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    if not is_mapping or not value:
        raise Wrong(f"{value!r} names no assets", "write role: asset, such as {battery: battery, meter: grid}")
    assert isinstance(value, dict)
    return {str(role): str(asset).strip() for role, asset in value.items()}


def Word(known: Sequence[str]) -> BeforeValidator:  # noqa: N802 - stands where types stand
    """Return the reader of one of some words."""
    return BeforeValidator(partial(_word, known=known))


Text = Annotated[str, BeforeValidator(_text)]
Serves = Annotated[dict[str, str], BeforeValidator(_serves)]
UnitId = Annotated[int, BeforeValidator(partial(whole, lowest=0, highest=255)), Field(examples=["1"])]
YesNo = Annotated[bool, BeforeValidator(_yes_no), Field(examples=["yes"])]
Phases = Annotated[int, BeforeValidator(_phases), Field(examples=["3"])]
TopCount = Annotated[int, BeforeValidator(partial(whole, lowest=1, highest=366)), Field(examples=["1"])]
Rank = Annotated[int, BeforeValidator(partial(whole, lowest=0, highest=1000)), Field(examples=["1"])]
Branches = Annotated[int, BeforeValidator(partial(whole, lowest=2, highest=MOST_BRANCHES)), Field(examples=["3"])]
Mode = Annotated[str, BeforeValidator(partial(_word, known=MODES)), Field(examples=["follow_plan"])]
Per = Annotated[str, BeforeValidator(partial(_word, known=PERIODS)), Field(examples=["month"])]
Rhythm = Annotated[str, BeforeValidator(partial(_word, known=tuple(RHYTHMS))), Field(examples=["weekly"])]
AssetId = Annotated[str, BeforeValidator(_asset_id), Field(examples=["battery"])]


# ---------------------------------------------------------------------------------------------------------------
# Places


def _timezone(value: object) -> str:
    text = _text(value)
    try:
        zone_info(text)
    except UnitError as error:
        raise Wrong(f"{text!r} is no time zone", suggestion(text, _zones()) or error.remedy) from None
    return text


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def _country(value: object) -> str:
    """Read a country such as ``DE`` or ``DE-BW``, checked against the holiday calendars there are."""
    from holidays import country_holidays, list_supported_countries  # Only for files that name a country: it is big.

    text = _text(value)
    code, _, part = text.partition("-")
    known = list_supported_countries()
    if code not in known:
        remedy = suggestion(code, sorted(known)) or "write a country as two capital letters, with its part: 'DE-BW'"
        raise Wrong(f"no holiday calendar for {code!r}", remedy)
    try:
        country_holidays(code, subdiv=part or None)
    except NotImplementedError:
        remedy = suggestion(part, known[code]) or f"write one of {', '.join(known[code]) or code}"
        raise Wrong(f"{code} has no part {part!r} with holidays of its own", remedy) from None
    return text


TimeZone = Annotated[str, BeforeValidator(_timezone), Field(examples=["Europe/Berlin"])]
Country = Annotated[str, BeforeValidator(_country), Field(examples=["DE-BW"])]


# ---------------------------------------------------------------------------------------------------------------
# Times, days and months


def _time_of_day(value: object, *, highest_s: int, remedy: str) -> int:
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    # A bare 14 could be an hour or, for YAML 1.1, the minute 0:14: nobody can tell.
    if match is None:
        raise Wrong(f"{value!r} is not a time of day", remedy)
    time_s = int(match[1]) * 3600 + int(match[2]) * 60
    if int(match[2]) > 59 or time_s > highest_s:
        raise Wrong(f"{value!r} is not a time of day", remedy)
    return time_s


def _time_to(value: object) -> int:
    # People write both 24:00 and 00:00 for the end of a day.
    return _time_of_day(value, highest_s=DAY_S, remedy="write hours and minutes up to '24:00'") or DAY_S


_time_from = partial(_time_of_day, highest_s=DAY_S - 60, remedy="write hours and minutes, '00:00' to '23:59'")


def _words(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if not values:
        raise Wrong("the list is empty", "name at least one, or leave the key out")
    if not all(isinstance(each, str) for each in values):
        raise Wrong(f"{value!r} is not a word or a list of words", "write words, such as [mon, tue]")
    return [str(each).strip().lower() for each in values]


def _joined(
    value: object, *, of: Callable[[str], frozenset[int] | None], known: Sequence[str], what: str, example: str
) -> frozenset[int]:
    """Return the union of what the words stand for; the first unknown one is wrong."""
    found: set[int] = set()
    for word in _words(value):
        each = of(word)
        if each is None:
            raise Wrong(f"{word!r} is no {what}", suggestion(word, known) or f"write {example}")
        found |= each
    return frozenset(found)


def _range(word: str, place: Callable[[str], int | None], size: int) -> frozenset[int] | None:
    """Read ``mon`` or ``oct-mar`` as positions, round the end if need be; None where a name is unknown."""
    first, _, last = word.partition("-")
    begin, end = place(first.strip()), place((last or first).strip())
    if begin is None or end is None:
        return None
    return frozenset((begin + step) % size for step in range((end - begin) % size + 1))


def _name_place(word: str, *, names: Sequence[str]) -> int | None:
    """Return the position of a name or of its first three letters."""
    return next((at for at, name in enumerate(names) if word in (name, name[:3])), None)


def _month_place(word: str) -> int | None:
    if re.fullmatch(r"\d{1,2}", word, re.ASCII):
        return int(word) - 1 if 1 <= int(word) <= len(MONTH_NAMES) else None
    return _name_place(word, names=MONTH_NAMES)


def _day_set(word: str) -> frozenset[int] | None:
    if word == HOLIDAYS:
        return frozenset()
    return DAY_SETS.get(word) or _range(word, partial(_name_place, names=DAY_NAMES), len(DAY_NAMES))


def _month_set(word: str) -> frozenset[int] | None:
    places = _range(word, _month_place, len(MONTH_NAMES))
    return None if places is None else frozenset(place + 1 for place in places)


def _days(value: object, info: ValidationInfo) -> tuple[frozenset[int], bool]:
    known = (*DAY_SETS, HOLIDAYS, *DAY_NAMES)
    example = "weekdays, weekends, holidays, mon..sun or all"
    days = _joined(value, of=_day_set, known=known, what="day", example=example)
    has_holidays = HOLIDAYS in _words(value)
    if has_holidays and not (info.context or {}).get(HAS_CALENDAR):
        raise Wrong(
            "'holidays' does not say whose", "add 'holidays: DE-BW' to the tariff or 'country: DE-BW' to the site"
        )
    return days, has_holidays or days == DAY_SETS["all"]


_months = partial(_joined, of=_month_set, known=MONTH_NAMES, what="month", example="1..12, jan..dec or oct-mar")
_seasons = partial(_joined, of=SEASONS.get, known=tuple(SEASONS), what="season", example=" or ".join(SEASONS))

TimeFrom = Annotated[int, BeforeValidator(_time_from), Field(examples=["14:00"])]
TimeTo = Annotated[int, BeforeValidator(_time_to), Field(examples=["20:00"])]
Days = Annotated[tuple[frozenset[int], bool], BeforeValidator(_days), Field(examples=["weekdays"])]
"""The weekdays named, and whether holidays are among them."""
Months = Annotated[frozenset[int] | None, BeforeValidator(_months), Field(examples=["[10, 11, 12]"])]
Seasons = Annotated[frozenset[int] | None, BeforeValidator(_seasons), Field(examples=["winter"])]
