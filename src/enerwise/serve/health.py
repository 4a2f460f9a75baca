"""How a site stands, part by part, with reasons: door, site, brain, store, disk, clock, devices and their response.

A part is ok, degraded (the site goes on, somebody should look) or failing (something that matters does not happen).
The whole is as bad as its worst part.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.errors import StoreError
from enerwise.core.event import Event, Kind
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Instant
from enerwise.devices.door_words import Told
from enerwise.run.jobs import PLANNING
from enerwise.run.response import RESPONSE
from enerwise.serve.api.face import Desk, NoDoor
from enerwise.serve.metrics import SiteFigures
from enerwise.serve.model_words import models_told
from enerwise.site.site import GRID

OK: Final = "ok"
DEGRADED: Final = "degraded"
FAILING: Final = "failing"
WORSE: Final = (OK, DEGRADED, FAILING)
TURNS_LATE: Final = 3
TURNS_GONE: Final = 10
"""After so many turns that did not come."""
SLACK_S: Final = 30.0
PLAN_STEPS: Final = 3
"""A plan is made every step; after so many without one somebody should look."""
DISK_LOW_RATIO: Final = 0.05
DISK_FULL_RATIO: Final = 0.01
CLOCK_SHIFT_S: Final = 5.0
STORE_SILENT_S: Final = 1800.0
DAY: Final = np.timedelta64(1, "D")
HOUR: Final = np.timedelta64(1, "h")
RESPONSE_OLD: Final = np.timedelta64(3, "h")
"""Devices are looked at every hour; what was told longer ago is no news of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part and how it stands."""

    name: str
    status: str
    why: str = ""


def worst(parts: Sequence[Part]) -> str:
    """Return the worst status of some parts."""
    return max((each.status for each in parts), key=WORSE.index, default=OK)


def parts(desk: Desk, now: Instant) -> tuple[Part, ...]:
    """Return every part of a site, looked at now. It reads store and disk: call it from a thread."""
    told = desk.door.look()
    try:
        found = figures(desk, now, told)
        store = _store(found)
    except StoreError as error:
        found, store = SiteFigures(desk.site.id), Part("store", FAILING, str(error))
    listed = [_door(desk, told), _site(found), _brain(desk, found), store, _disk(found), _clock(told)]
    return (*listed, *_devices(desk, told), *_responses(desk, now))


def figures(desk: Desk, now: Instant, told: Told | None) -> SiteFigures:
    """Return the figures of a site.

    Raises:
        StoreError: The store cannot be read.
    """
    store, site = desk.store, desk.site
    turns = store.events(kind=Kind.MEASURED, subject=site.id, limit=2)
    plans = store.events(kind=Kind.PLANNED, limit=1)
    power = store.read(Key(GRID, POWER_W), now - DAY, now)
    silent = not isinstance(desk.door, NoDoor) and told is None
    state = "silent" if silent else "running" if told is None else told.state
    units = () if told is None else told.units
    live = None if told is None else told.live.get(Key(GRID, POWER_W))
    return SiteFigures(
        site=site.id,
        state=state,
        turn_age_s=_age_s(turns[-1].at, now) if turns else None,
        turn_every_s=_age_s(turns[0].at, turns[-1].at) if turns else None,
        plan_age_s=_age_s(plans[-1].at, now) if plans else None,
        plan_failures=len(store.events(kind=Kind.FAULT, subject=PLANNING, start_utc=now - DAY)),
        store_bytes=_store_bytes(desk),
        store_lag_s=_age_s(power.known_at[-1], now) if len(power) else None,
        disk_free_ratio=_free_ratio(desk),
        refused_count=sum(_is_reading(each) for each in store.events(kind=Kind.REJECTED, start_utc=now - HOUR)),
        devices=len(site.devices),
        devices_answering=sum(bool(each["fresh"]) for each in units) if told is not None else None,
        lost_count=sum(int(each["lost_count"]) for each in units) if told is not None else None,
        grid_power_w=float(live[0]) if live is not None else float(power.value[-1]) if len(power) else None,
    )


def _is_reading(event: Event) -> bool:
    """Tell whether it was a reading that was refused, and not a wish."""
    return "agent" not in event.payload


def _age_s(at: Instant, now: Instant) -> float:
    return max(0.0, float((now - at).astype("timedelta64[ms]").astype(np.int64)) / 1e3)


def _store_bytes(desk: Desk) -> int | None:
    path = getattr(desk.store, "path", None)
    if not isinstance(path, Path):
        return None
    beside = [path, path.with_name(f"{path.name}-wal")]
    return sum(each.stat().st_size for each in beside if each.exists())


def _free_ratio(desk: Desk) -> float | None:
    try:
        usage = shutil.disk_usage(desk.folder)
    except OSError:
        return None
    return usage.free / usage.total if usage.total else None


# ---------------------------------------------------------------------------------------------------------------
# Parts


def _door(desk: Desk, told: Told | None) -> Part:
    if isinstance(desk.door, NoDoor):
        return Part("door", OK, "the machines are simulated in the site process")
    match told:
        case None:
            return Part("door", FAILING, "the door is silent; devices rest by their own watchdogs")
        case Told(state="running", trips=trips):
            causes = "; ".join(f"{each['subject']}: {each['cause']}" for each in trips)
            return Part("door", DEGRADED, f"tripped: {causes}") if trips else Part("door", OK)
        case Told(refusals=refusals) if refusals:
            return Part("door", DEGRADED, f"does not start: {'; '.join(refusals)}")
        case Told(state=state, why=why):
            return Part("door", DEGRADED, f"{state}: {why}" if why else state)


def _site(found: SiteFigures) -> Part:
    if found.turn_age_s is None:
        return Part("site", DEGRADED, "there was no turn yet")
    every_s = found.turn_every_s or 0.0
    if found.turn_age_s > TURNS_LATE * every_s + SLACK_S:
        status = FAILING if found.turn_age_s > TURNS_GONE * every_s + SLACK_S else DEGRADED
        return Part("site", status, f"the last turn was {found.turn_age_s:.0f} s ago")
    return Part("site", OK)


def _brain(desk: Desk, found: SiteFigures) -> Part:
    control = desk.site.control
    if control.mode != "follow_plan":
        return Part("brain", OK, f"mode {control.mode} needs no plans")
    if found.plan_age_s is None:
        return Part("brain", DEGRADED, "there is no plan yet; the first needs two days of measurements")
    if found.plan_age_s > PLAN_STEPS * control.step_s:
        why = f"the last plan is {found.plan_age_s / 60:.0f} min old, {found.plan_failures} failed within a day"
        return Part("brain", DEGRADED, why)
    return Part("brain", OK, "; ".join((*_forecasters(desk), *_models(desk))))


def _models(desk: Desk) -> Iterator[str]:
    """Yield which devices the newest plan took otherwise than declared, and what speaks against what was identified."""
    for event in desk.store.events(kind=Kind.PLANNED, limit=1):
        for name, told in models_told(event).items():
            yield f"{name} planned with {told}"


def _forecasters(desk: Desk) -> Iterator[str]:
    """Yield who foresaw each channel of the newest plan, and why it was no trained model where one was looked for."""
    for event in desk.store.events(kind=Kind.FORECAST, limit=1):
        channels = event.payload.get("channels")
        for name, told in channels.items() if isinstance(channels, Mapping) else ():
            if isinstance(told, Mapping):
                reason = f" ({told['because']})" if "because" in told else ""
                yield f"{name} foreseen by {told['model']}{reason}"


def _store(found: SiteFigures) -> Part:
    if found.store_lag_s is not None and found.store_lag_s > STORE_SILENT_S:
        return Part("store", DEGRADED, f"the newest reading of the meter is {found.store_lag_s / 60:.0f} min old")
    return Part("store", OK)


def _disk(found: SiteFigures) -> Part:
    free = found.disk_free_ratio
    if free is None:
        return Part("disk", DEGRADED, "how full it is cannot be seen")
    if free < DISK_LOW_RATIO:
        status = FAILING if free < DISK_FULL_RATIO else DEGRADED
        return Part("disk", status, f"{free:.1%} is free; a full disk costs history, never control")
    return Part("disk", OK)


def _clock(told: Told | None) -> Part:
    shift_s = 0.0 if told is None else float(told.health.get("clock_shift_s", 0.0))
    if abs(shift_s) > CLOCK_SHIFT_S:
        return Part("clock", DEGRADED, f"it has moved by {shift_s:.0f} s since the start; restart when convenient")
    return Part("clock", OK)


def _devices(desk: Desk, told: Told | None) -> Iterator[Part]:
    units = {} if told is None else {each["id"]: each for each in told.units}
    for device in desk.site.devices:
        unit = units.get(device.id)
        if unit is None:
            continue
        if not unit["fresh"]:
            yield Part(f"device {device.id}", DEGRADED, "; ".join(unit["problems"]) or "does not answer")
        elif unit["problems"]:
            yield Part(f"device {device.id}", DEGRADED, "; ".join(unit["problems"]))
        else:
            yield Part(f"device {device.id}", OK)


def _responses(desk: Desk, now: Instant) -> Iterator[Part]:
    """Yield how devices respond to what they are told, as it was last looked at."""
    for asset, told in responses(desk, now).items():
        finding = told.get("finding")
        if finding:
            yield Part(f"response {asset}", DEGRADED, str(finding))
        else:
            share, off_w = float(told["share_ratio"]), float(told["bias_w"])
            yield Part(f"response {asset}", OK, f"gives {share:.0%} of what it is told, {off_w:+.0f} W in the median")


def responses(desk: Desk, now: Instant) -> dict[str, Mapping[str, Any]]:
    """Return what the last look at the response of devices told, by asset; nothing where there was none for long."""
    for event in desk.store.events(kind=Kind.NOTE, subject=RESPONSE, start_utc=now - RESPONSE_OLD, limit=1):
        return {asset: told for asset, told in event.payload.items() if isinstance(told, Mapping)}
    return {}
