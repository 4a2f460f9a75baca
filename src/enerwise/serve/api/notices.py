"""Notices: what is wrong or worth knowing, worked out from what the site remembers and what its door says.

One notice for each cause and subject, however often it occurred in the last two days. The words stand in the catalogue:
what happened, what it means, what Enerwise did already, and what people can do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.event import Event, Kind
from enerwise.core.time import Instant, instant, show_local
from enerwise.devices.door_words import Told
from enerwise.serve.api.face import Desk, NoDoor
from enerwise.serve.health import responses
from enerwise.serve.words import LANGUAGES, catalogue, sentence, shown
from enerwise.store.keeper import Condition, keep, kept

ACT_NOW: Final = "act_now"
LOOK_SOON: Final = "look_soon"
GOOD_TO_KNOW: Final = "good_to_know"
LEVELS: Final = (ACT_NOW, LOOK_SOON, GOOD_TO_KNOW)
SPAN: Final = np.timedelta64(48, "h")
EVENTS_MOST: Final = 500
PARTS: Final = ("what", "effect", "done", "todo")
SEEN_MOST: Final = 2000


@dataclass(frozen=True, slots=True)
class Notice:
    """One cause."""

    level: str
    cause: str
    """Names its sentences in the catalogue: ``notice.<cause>.what`` and so on."""
    subject: str
    since: Instant
    count: int = 1
    facts: Mapping[str, float | str] | None = None

    @property
    def id(self) -> str:
        """The same while it lasts, another when it comes back."""
        return f"{self.cause}.{self.subject}.{self.since.astype('datetime64[s]').astype(np.int64)}"


def notices(desk: Desk, now: Instant) -> list[Notice]:
    """Return the notices of a site, the most urgent first and of those the newest."""
    found = [*_of_door(desk.door.look(), now, has_door=not isinstance(desk.door, NoDoor)), *_of_events(desk, now)]
    grouped: dict[tuple[str, str], Notice] = {}
    for each in sorted(found, key=lambda notice: notice.since):
        before = grouped.get((each.cause, each.subject))
        grouped[each.cause, each.subject] = each if before is None else replace(before, count=before.count + 1)
    return sorted(grouped.values(), key=lambda each: (LEVELS.index(each.level), -each.since.astype(np.int64)))


def counts(desk: Desk, now: Instant, seen: frozenset[str] = frozenset()) -> dict[str, int]:
    """Return how many notices of each level nobody has seen."""
    found = [each.level for each in notices(desk, now) if each.id not in seen]
    return {level: found.count(level) for level in LEVELS}


def told(notice: Notice, part: str) -> dict[str, str]:
    """Return a part of a notice in every language; empty where there is nothing to say."""
    key = f"notice.{notice.cause}.{part}"
    facts: dict[str, Any] = {"subject": notice.subject, "count": str(notice.count), **(notice.facts or {})}
    return {each: sentence(key, facts, each) if key in catalogue(each) else "" for each in LANGUAGES}


def _of_door(door: Told | None, now: Instant, *, has_door: bool) -> Iterator[Notice]:
    if door is None:
        if has_door:
            yield Notice(ACT_NOW, "door_silent", "door", now.astype("datetime64[h]").astype("datetime64[ms]"))
        return
    if door.state in ("stopped", "error"):
        yield Notice(ACT_NOW, "stopped", "site", _day(now), facts={"why": door.why})
    for trip in door.trips:
        yield Notice(
            ACT_NOW, "tripped", str(trip["subject"]), instant(str(trip["at"]) + "Z"), facts={"why": trip["cause"]}
        )
    for unit in door.units:
        if not unit["fresh"]:
            why = "; ".join(unit["problems"]) or "–"
            yield Notice(LOOK_SOON, "device_silent", str(unit["id"]), _day(now), facts={"why": why})
    for finding in door.findings:
        facts = {
            "what": str(finding["id"]),
            "value": str(finding["value"]),
            "limit": f"{finding['limit']} {finding['unit']}",
        }
        yield Notice(LOOK_SOON, "finding", str(finding["subject"]), _day(now), facts=facts)


def _of_events(desk: Desk, now: Instant) -> Iterator[Notice]:
    for kind in (Kind.FAULT, Kind.SILENT, Kind.REJECTED):
        for event in desk.store.events(kind=kind, start_utc=now - SPAN, limit=EVENTS_MOST):
            yield from _of_event(event)
    yield from _of_responses(desk, now)
    plans = desk.store.events(kind=Kind.PLANNED, start_utc=now - SPAN, limit=1)
    for event in plans:
        broken = event.payload.get("broken")
        if isinstance(broken, list) and broken:
            yield Notice(LOOK_SOON, "wish_broken", "plan", event.at, facts={"why": "; ".join(map(str, broken))})
    tariff = desk.site.tariff
    if any(rate.feed for rate in (tariff.import_rate, tariff.export_rate)) and not plans:
        yield Notice(LOOK_SOON, "no_plan", "plan", _day(now))


def _of_responses(desk: Desk, now: Instant) -> Iterator[Notice]:
    """Yield the devices that give too little of what they are told, each since it began to."""
    for asset, told in responses(desk, now).items():
        if "finding" in told:
            cause = "response_stopped" if told["is_stopped"] else "response_less"
            zone = desk.site.timezone
            since = instant(np.datetime64(str(told["since"])))
            facts: dict[str, float | str] = {
                "missing_wh": float(told["missing_wh"]),
                "share_ratio": float(told["short_ratio"]),
                "since": show_local(since, zone)[:16],
            }
            yield Notice(LOOK_SOON, cause, asset, since, facts=facts)


def _of_event(event: Event) -> Iterator[Notice]:
    payload = event.payload
    match event.kind:
        case Kind.FAULT if event.subject == "planning":
            yield Notice(LOOK_SOON, "plan_failed", "plan", event.at, facts={"why": str(payload.get("error", ""))})
        case Kind.FAULT:
            yield Notice(LOOK_SOON, "job_failed", event.subject, event.at, facts={"why": str(payload.get("error", ""))})
        case Kind.SILENT:
            yield Notice(
                LOOK_SOON, "agent_silent", event.subject, event.at, facts={"why": str(payload.get("error", ""))}
            )
        case Kind.REJECTED if "value" in payload and payload.get("reason") not in ("too_old", "unknown_channel"):
            value, reason = payload.get("value"), str(payload.get("reason", ""))
            number = shown("value", float(value)) if isinstance(value, int | float) else "–"
            yield Notice(GOOD_TO_KNOW, "value_refused", event.subject, event.at, facts={"why": reason, "value": number})


def _day(now: Instant) -> Instant:
    """Return the beginning of the day: what lasts has one notice a day."""
    day: Instant = now.astype("datetime64[D]").astype("datetime64[ms]")
    return day


class Seen:
    """Which notices each person has put aside, kept in a small file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "notices.seen"
        found = kept(self._path)
        lines = found.content.decode(errors="replace").split("\n") if found.condition is not Condition.NOTHING else []
        self._marks = dict.fromkeys(each for each in lines if each)

    def of(self, who: str) -> frozenset[str]:
        """Return the notices that somebody has put aside."""
        return frozenset(mark.partition(" ")[2] for mark in self._marks if mark.startswith(f"{who} "))

    def add(self, who: str, notice_id: str) -> None:
        """Put a notice aside.

        Raises:
            OSError: It cannot be kept.
        """
        self._marks[f"{who} {notice_id}"] = None
        while len(self._marks) > SEEN_MOST:
            self._marks.pop(next(iter(self._marks)))
        keep(self._path, "\n".join(self._marks).encode())
