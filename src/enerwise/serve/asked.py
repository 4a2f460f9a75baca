"""What people write behind options: levels, days, lists, dates, each with a remedy where it cannot be read."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enerwise.core.errors import Problem, ProblemsFound, UnitError

if TYPE_CHECKING:
    from enerwise.core.time import Instant
    from enerwise.site.assets import Battery
    from enerwise.site.machines import Charger
    from enerwise.site.site import Site

_DAYS: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:d|days?)?\s*", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def levels(asked: Mapping[str, Sequence[str]], site: "Site") -> dict[str, dict[str, float]]:
    """Read ``battery=50%`` or ``battery=6.5 kWh`` behind each option as stored energy. [Wh], by option and id

    Raises:
        ProblemsFound: No such battery, no such level; all of it is reported.
    """
    from enerwise.site.assets import Battery
    from enerwise.site.machines import Charger

    batteries: dict[str, Battery | Charger] = {each.id: each for each in site.of_kind(Battery)}
    batteries |= {each.id: each for each in site.of_kind(Charger)}
    found: dict[str, dict[str, float]] = {option: {} for option in asked}
    problems: list[Problem] = []
    for option, text in (
        (option, part.strip()) for option, each in asked.items() for part in ",".join(each).split(",")
    ):
        name, _, level = text.rpartition("=")
        if text and not name and len(batteries) == 1:
            name = next(iter(batteries))
        battery = batteries.get(name.strip())
        if battery is not None:
            try:
                found[option][battery.id] = _energy_wh(level, battery)
            except UnitError as error:
                problems.append(Problem(f"{option} {text}", f"{level!r} cannot be read", error.remedy))
        elif text:
            problems.append(_no_battery(f"{option} {text}", name, tuple(batteries), site.name))
    if problems:
        raise ProblemsFound("command line", problems)
    return found


def _no_battery(place: str, name: str, known: Sequence[str], site_name: str) -> Problem:
    from enerwise.site.values import suggestion

    if not name:
        return Problem(place, "names no battery", f"write such as '{known[0] if known else 'battery'}=50%'")
    there = suggestion(name, known) or (f"there are {', '.join(known)}" if known else "the site has none")
    return Problem(place, f"{name!r} is no battery of {site_name}", there)


def _energy_wh(text: str, battery: "Battery | Charger") -> float:
    from enerwise.core.units import Dimension, parse

    if text.strip().lower().endswith("wh"):
        energy_wh = parse(text, Dimension.ENERGY)
        if not 0 <= energy_wh <= battery.capacity_wh:
            raise UnitError(text, f"write an energy within 0 and {battery.capacity_wh / 1e3:g} kWh, its capacity")
        return energy_wh
    soc_ratio = parse(text, Dimension.RATIO)
    if not 0 <= soc_ratio <= 1:
        raise UnitError(text, "write a level within 0 % and 100 %, such as '50%'")
    return battery.capacity_wh * soc_ratio


def days(option: str, text: str) -> float:
    """Read ``28d``, ``28 days`` or ``28``."""
    match = _DAYS.fullmatch(text)
    if match is None:
        raise wrong(option, text, "write a number of days, such as '28d'")
    return float(match[1])


def names(option: str, text: str, known: Sequence[str]) -> tuple[str, ...]:
    """Read a list of words with commas between them, each known, in the order of ``known``."""
    from enerwise.site.values import suggestion

    asked = [each.strip().lower().replace("-", "_").replace(" ", "_") for each in text.split(",") if each.strip()]
    problems = [
        Problem(option, f"{each!r} is not known", suggestion(each, known) or f"use {', '.join(known)}")
        for each in asked
        if each not in known
    ]
    if not asked:
        problems = [Problem(option, "names nothing", f"use {', '.join(known)}")]
    if problems:
        raise ProblemsFound("command line", problems)
    return tuple(each for each in known if each in asked)


def day(option: str, text: str, zone: str) -> "Instant":
    """Read a date as the local midnight with which it begins."""
    from enerwise.core.time import instant

    try:
        if _DATE.fullmatch(text.strip()) is None:
            raise UnitError(text, "write a date such as '2024-07-01'")
        return instant(text, zone)
    except UnitError:
        raise wrong(option, text, "write a date such as '2024-07-01'") from None


def step_s(option: str, text: str, *, least_s: int = 60) -> int:
    """Read the length of a step that divides a day."""
    from enerwise.core.time import DAY_S
    from enerwise.core.units import Dimension, parse

    try:
        seconds = parse(text, Dimension.DURATION)
    except UnitError as error:
        raise wrong(option, text, error.remedy) from None
    if not (least_s <= seconds <= 3600 and DAY_S % seconds == 0):
        least = "1 min" if least_s == 60 else f"{least_s} s"
        raise wrong(option, text, f"write a step within {least} and 1 h that divides a day, such as '15 min'")
    return int(seconds)


def power_w(option: str, text: str) -> float:
    """Read a power above zero. [W]"""
    from enerwise.core.units import Dimension, parse

    try:
        value_w = parse(text, Dimension.POWER)
    except UnitError as error:
        raise wrong(option, text, error.remedy) from None
    if not value_w > 0:
        raise wrong(option, text, "write a power above zero, such as '2 kW'")
    return value_w


def target(option: str, path: Path | None, endings: Sequence[str] = ()) -> None:
    """Check before long work that a file can be written to its place."""
    if path is None or str(path) == "-":
        return
    if not path.parent.is_dir():
        raise wrong(option, str(path), "name a folder that is there")
    if path.is_dir():
        raise wrong(option, str(path), "name a file, this is a folder")
    if endings and path.suffix.lower() not in endings:
        raise wrong(option, str(path), f"use a name that ends in {' or '.join(endings)}")


def wrong(option: str, value: str, remedy: str) -> ProblemsFound:
    """Return the report of one option that cannot be read."""
    return ProblemsFound("command line", [Problem(option, f"{value!r} cannot be used", remedy)])


def how_long_days(days: float | None, seconds: float | None) -> float | None:
    """Return after how many days to end, told in days or in seconds; None for never.

    Raises:
        ProblemsFound: Both are told, or the seconds are none.
    """
    if seconds is None:
        return days
    if days is not None:
        raise wrong("--seconds", f"{seconds:g}", "leave out --days, or this")
    if not 0 < seconds < float("inf"):
        raise wrong("--seconds", f"{seconds:g}", "write a number above 0")
    return seconds / 86_400.0


def time_of_day(option: str, text: str) -> int:
    """Read ``00:00`` as seconds since midnight. [s]"""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip(), re.ASCII)
    if match is None or not (int(match[1]) < 24 and int(match[2]) < 60):
        raise wrong(option, text, "write a time of day such as '00:00'")
    return int(match[1]) * 3600 + int(match[2]) * 60


def pairs(option: str, texts: Sequence[str]) -> dict[str, str]:
    """Read ``name=text`` behind a repeated option."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise wrong(option, text, "write a column and a text, such as 'building=1'")
        found[name.strip()] = value.strip()
    return found
