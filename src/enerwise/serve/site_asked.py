"""What people ask of a running site, read with suspicion: values, or refusals that say where, why, and what can be.

Each function takes what was asked as JSON has it and gives a value that the site can work with.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

from enerwise.agents.lease import LONGEST, Deed
from enerwise.core.errors import UnitError
from enerwise.core.series import Key, Reading
from enerwise.core.time import Instant, instant
from enerwise.site.assets import Asset, Battery, Load, Pv, Wind

ROWS_MOST: Final = 50_000
TEXT_CHARS: Final = 200
DEEDS: Final[Mapping[type[Asset], tuple[Deed, ...]]] = {
    Battery: (Deed.CHARGE, Deed.DISCHARGE, Deed.REST, Deed.FILL, Deed.HOLD),
    Load: (Deed.ON, Deed.OFF),
    Pv: (Deed.HOLD, Deed.OFF),
    Wind: (Deed.HOLD, Deed.OFF),
}
POWERED: Final = (Deed.HOLD,)
"""These must say how much."""
Answer = dict[str, Any]


class Refusal(Exception):
    """What was asked cannot be done; it says where, why, and what can."""

    def __init__(self, code: str, place: str, why: str, remedy: str) -> None:
        super().__init__(why)
        self.answer: Answer = {"ok": False, "code": code, "place": place, "why": why, "remedy": remedy}


def text_of(asked: Mapping[str, Any], name: str) -> str:
    """Return a text, never longer than what is kept; empty where there is none."""
    return str(asked.get(name) or "")[:TEXT_CHARS]


def deed_of(asked: Mapping[str, Any], asset: Asset) -> Deed:
    """Return what an asset is asked to do, which must be something that it can."""
    fits = DEEDS[type(asset)]
    found = next((each for each in fits if each.value == asked.get("action")), None)
    if found is None:
        remedy = f"choose one of {', '.join(fits)}"
        raise Refusal("unknown-action", "action", f"{asked.get('action')!r} is nothing {asset.id} can do", remedy)
    return found


def end_of(asked: Mapping[str, Any], now: Instant) -> Instant:
    """Return when something ends: within seven days from now."""
    text = asked.get("until")
    try:
        until = instant(str(text))
    except UnitError:
        raise Refusal("no-time", "until", f"{text!r} is no time", "write such as 2026-05-14T16:40:00Z") from None
    if not now < until <= now + LONGEST:
        raise Refusal("no-end", "until", f"{text} is not within seven days from now", "choose an end within seven days")
    return until


def start_of(asked: Mapping[str, Any], now: Instant) -> Instant:
    """Return when an override begins: at once, or later but before its end."""
    text = asked.get("since")
    if text is None:
        return now
    try:
        since = instant(str(text))
    except UnitError:
        raise Refusal("no-time", "from", f"{text!r} is no time", "write such as 2026-05-14T16:40:00Z") from None
    if not since < end_of(asked, now):
        raise Refusal("no-start", "from", f"{text} is not before the end", "choose a start before 'until'")
    return max(since, now)


def power_of(asked: Mapping[str, Any]) -> float | None:
    """Return how much; None where nothing is said. [W], positive into the asset"""
    value = asked.get("power_w")
    if value is None:
        return None
    power_w = _number(value)
    if power_w is None or not math.isfinite(power_w):
        told = f"{str(value)[:80]!r} is no power"
        raise Refusal("no-number", "power_w", told, "write a number of watts, positive into the asset")
    return power_w


def readings_of(asked: Mapping[str, Any], now: Instant) -> list[Reading]:
    """Return columns as readings; what is null is missing."""
    starts, columns = asked.get("start_utc"), asked.get("columns")
    if not isinstance(starts, list) or not isinstance(columns, dict) or not columns:
        raise Refusal("no-columns", "columns", "there are no columns", 'send {"start_utc": [...], "columns": {...}}')
    if len(starts) * len(columns) > ROWS_MOST:
        raise Refusal("too-large", "columns", f"more than {ROWS_MOST} values", "send them in several parts")
    found: list[Reading] = []
    at = [_time(each, place) for place, each in enumerate(starts)]
    for name, values in columns.items():
        key = _key(name)
        if not isinstance(values, list) or len(values) != len(at):
            remedy = f"send {len(at)} values, null where one is missing"
            raise Refusal("no-column", f"columns.{name}", "is not as long as start_utc", remedy)
        found += [
            Reading(key, start, _value(each, name), now)
            for start, each in zip(at, values, strict=True)
            if each is not None
        ]
    return found


def _time(text: Any, place: int) -> Instant:
    try:
        return instant(str(text))
    except UnitError:
        remedy = "write such as 2026-05-14T16:40:00Z"
        raise Refusal("no-time", f"start_utc[{place}]", f"{text!r} is no time", remedy) from None


def _key(name: str) -> Key:
    try:
        return Key.parse(name)
    except ValueError:
        raise Refusal(
            "no-channel", f"columns.{name}", "is no channel", "write asset and quantity: grid.power_w"
        ) from None


def _value(value: Any, name: str) -> float:
    found = _number(value)
    if found is None:
        told = f"{str(value)[:80]!r} is no number"
        raise Refusal("no-number", f"columns.{name}", told, "send numbers, null where one is missing")
    return found


def _number(value: Any) -> float | None:
    """Return a number of JSON; None where it is none, or an integer beyond all measure."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
