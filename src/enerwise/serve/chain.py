"""The cause chain of one setpoint: from the device's receipt over permit, verdict, proposal and plan to the meters."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from enerwise.core.errors import EnerwiseError, Problem, ProblemsFound, UnitError
from enerwise.core.event import Event, Kind
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, instant, local_day_start, show_local, to_datetime
from enerwise.store.store import Store

_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
A_MOMENT: Final = np.timedelta64(1, "ms")
RECENT_COUNT: Final = 64
"""Permits looked at to learn which assets there are."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The events that led to what one asset was doing at an instant; what is not on record is None."""

    at: Instant
    asset: str
    permit: Event
    until: Instant
    verdict: Event | None
    proposal: Event | None
    mode: Event | None
    plan: Event | None
    forecast: Event | None
    measured: Event | None
    receipt: Event | None

    @property
    def events(self) -> tuple[Event, ...]:
        """All of them, from the device back to the meters."""
        links = (self.receipt, self.permit, self.verdict, self.proposal, self.mode, self.plan, self.forecast)
        return tuple(each for each in (*links, self.measured) if each is not None)


def find(store: Store, at: Instant, asset: str, zone: str) -> Chain:
    """Return the chain behind what an asset was doing at an instant.

    Raises:
        ProblemsFound: Nothing was permitted then; the message tells what is remembered.
    """
    permits = store.events(kind=Kind.PERMITTED, subject=asset, end_utc=at + A_MOMENT, limit=1)
    if not permits or not _until(permits[0]) > at:
        raise _nothing_then(store, at, asset, zone)
    permit = permits[0]
    verdict = _first(_causes(store, permit), Kind.JUDGED)
    proposal = _voice(store, verdict)
    behind = list(_causes(store, proposal))
    plan = _first(behind, Kind.PLANNED)
    answers = store.events(kind=Kind.RECEIPT, subject=asset, start_utc=permit.at, end_utc=_until(permit))
    modes = store.events(kind=Kind.MODE, end_utc=permit.at + A_MOMENT, limit=1)
    return Chain(
        at=at,
        asset=asset,
        permit=permit,
        until=_until(permit),
        verdict=verdict,
        proposal=proposal,
        mode=_first(behind, Kind.MODE) or (modes[0] if modes else None),
        plan=plan,
        forecast=_first(_causes(store, plan), Kind.FORECAST),
        measured=_first(behind, Kind.MEASURED) or _measured_with(store, permit),
        receipt=next((each for each in answers if permit.id in each.cause), None),
    )


def _until(permit: Event) -> Instant:
    return instant(np.datetime64(str(permit.payload["valid_until"])))


def _causes(store: Store, event: Event | None) -> Iterator[Event]:
    for event_id in event.cause if event else ():
        found = store.event(event_id)
        if found is not None:
            yield found


def _first(events: Iterator[Event] | list[Event], kind: Kind) -> Event | None:
    return next((each for each in events if each.kind is kind), None)


def _voice(store: Store, verdict: Event | None) -> Event | None:
    """Return the proposal whose agent the wish carried."""
    proposals = [each for each in _causes(store, verdict) if each.kind is Kind.PROPOSED]
    agent = verdict.payload.get("agent") if verdict else None
    return next((each for each in proposals if each.payload.get("agent") == agent), proposals[0] if proposals else None)


def _measured_with(store: Store, permit: Event) -> Event | None:
    found = store.events(kind=Kind.MEASURED, start_utc=permit.at, end_utc=permit.at + A_MOMENT, limit=1)
    return found[0] if found else None


# ---------------------------------------------------------------------------------------------------------------
# Asset and time as people name them


def asset_of(store: Store, asked: str | None, preferred: tuple[str, ...]) -> str:
    """Return the asset to explain: the one asked for, else the first battery, else anything that was moved.

    Raises:
        ProblemsFound: Nothing was ever permitted, or not to this asset.
    """
    recent = store.events(kind=Kind.PERMITTED, limit=RECENT_COUNT)
    known = tuple(dict.fromkeys(each.subject for each in recent))
    if not known:
        raise ProblemsFound(
            "why", [Problem("store", "holds no setpoint", "let a site run or a backtest fill it first")]
        )
    if asked is None:
        return next((each for each in preferred if each in known), known[0])
    if asked not in known:
        raise ProblemsFound("why", [Problem("--asset", f"{asked!r} was never set", f"use {', '.join(sorted(known))}")])
    return asked


def moment(store: Store, text: str, asset: str, zone: str) -> Instant:
    """Read ``14:05`` as the last time it was so in the store, any other time as written, at the site's clock.

    Raises:
        ProblemsFound: The text is no time.
    """
    clock = _CLOCK.fullmatch(text.strip())
    try:
        if clock is None:
            return instant(text, zone)
        if int(clock[1]) > 23 or int(clock[2]) > 59:
            raise UnitError(text, "write hours and minutes such as '14:05'")
    except EnerwiseError:
        remedy = "write '14:05', '2024-07-03 14:05' or '2024-07-03T12:05Z'"
        raise ProblemsFound("why", [Problem("TIME", f"{text!r} is no time", remedy)]) from None
    last = store.events(kind=Kind.PERMITTED, subject=asset, limit=1)[0]
    return _last_time(int(clock[1]) * 3600 + int(clock[2]) * 60, _until(last), zone)


def _last_time(second: int, before: Instant, zone: str) -> Instant:
    """Return the last instant before ``before`` at which the wall clock showed a time of day."""
    for days in range(3):
        start = to_datetime(local_day_start(before, zone, days=-days) + np.timedelta64(DAY_S // 2, "s"))
        date = show_local(instant(start), zone)[:10]
        at = instant(f"{date} {second // 3600:02d}:{second % 3600 // 60:02d}", zone)
        if at < before:
            return at
    return before


def _nothing_then(store: Store, at: Instant, asset: str, zone: str) -> ProblemsFound:
    told = show_local(at, zone)
    last = store.events(kind=Kind.PERMITTED, subject=asset, limit=1)
    first = next(iter(store.events(kind=Kind.MODE)), None)
    if first is None or not last:
        remedy = "let a site run or a backtest fill the store first"
    else:
        remedy = f"ask for a time from {show_local(first.at, zone)} to {show_local(_until(last[0]), zone)} ({zone})"
    return ProblemsFound("why", [Problem("TIME", f"at {told} no setpoint of {asset} was in force", remedy)])


def facts_of(event: Event | None) -> dict[str, Any]:
    """Return the facts an event tells; none where it tells none."""
    found = event.payload.get("facts") if event else None
    return dict(found) if isinstance(found, Mapping) else {}


def measurement(event: Event | None, part: str, key: Key) -> float | None:
    """Return a value of one part of a measured event; None where it is not there."""
    values = event.payload.get(part) if event else None
    return number(values.get(str(key))) if isinstance(values, Mapping) else None


def number(value: object) -> float | None:
    """Return a number, or None where it is none."""
    return float(value) if isinstance(value, float | int) else None
