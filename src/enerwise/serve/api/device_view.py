"""Devices as people look at them: pure functions from the site, the door's words and what the store remembers."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from enerwise.core.event import Event, Kind
from enerwise.core.quantity import POWER_W, SOC_RATIO
from enerwise.core.series import Key
from enerwise.core.time import Instant
from enerwise.devices.door_words import Told
from enerwise.devices.profiles import load_profile
from enerwise.serve.api import safety_view
from enerwise.site.site import GRID, Site
from enerwise.site.wiring import DOOR_DRIVERS, Device
from enerwise.store.store import Store

Row = dict[str, Any]
BEFORE: Final = np.timedelta64(5, "m")


def brief(device: Device, site: Site, told: Told | None, now: Instant, now_ns: int) -> Row:
    """Return one device and how it answers."""
    unit = unit_of(device, told)
    sights = live(device, told, now, now_ns)
    powers = {key.asset: value for key, (value, _, _) in sights.items() if key.quantity == POWER_W}
    served = [each for each in dict.fromkeys(device.serves.values()) if each in powers]
    return {
        "id": device.id,
        "name": device.name or device.id,
        "driver": device.driver,
        "address": device.address,
        "unit_id": device.unit_id,
        "profile": device.profile,
        "product": product(device.profile),
        "serves": dict(device.serves),
        "place": device.place,
        "is_read_only": device.is_read_only,
        "answers": None if unit is None else bool(unit["fresh"]),
        "last_at": max((at for _, at, _ in sights.values()), default=None),
        "problems": [] if unit is None else [str(each) for each in unit["problems"]],
        "power_w": powers[served[0]] if len(served) == 1 else None,
        "soc_ratio": next((value for key, (value, _, _) in sights.items() if key.quantity == SOC_RATIO), None),
    }


def product(profile: str) -> str:
    """Return what a profile is for; empty where there is none."""
    return load_profile(profile).summary if profile else ""


def unit_of(device: Device, told: Told | None) -> Mapping[str, Any] | None:
    """Return what the door says of a device; None where it says nothing."""
    return None if told is None else next((each for each in told.units if each["id"] == device.id), None)


def live(device: Device, told: Told | None, now: Instant, now_ns: int) -> dict[Key, tuple[float, str, float]]:
    """Return what the door has read of the assets of a device: value, moment, age."""
    if told is None:
        return {}
    assets = set(device.serves.values())
    found = {}
    for key, (value, at_ns) in told.live.items():
        if key.asset in assets:
            age_s = max(0.0, (now_ns - at_ns) / 1e9)
            found[key] = float(value), f"{now - np.timedelta64(int(age_s * 1e3), 'ms')}Z", round(age_s, 3)
    return found


def values(device: Device, told: Told | None, now: Instant, now_ns: int) -> list[Row]:
    """Return everything it measures, with its age; what it should measure and does not is there without a value."""
    sights, roles = live(device, told, now, now_ns), {asset: role for role, asset in device.serves.items()}
    wanted = set(sights)
    if device.profile:
        points = load_profile(device.profile).points
        wanted |= {Key(device.serves[each.role], each.quantity) for each in points if each.role in device.serves}
    rows = []
    for key in sorted(wanted, key=str):
        value, at, age_s = sights.get(key, (None, None, None))
        row = {"role": roles[key.asset], "asset": key.asset, "quantity": key.quantity, "key": str(key)}
        rows.append({**row, "value": value, "at": at, "age_s": age_s})
    return rows


def limits(device: Device, site: Site, now: Instant) -> list[Row]:
    """Return the limits on what it serves."""
    assets = set(device.serves.values())
    return [each for each in safety_view.limits(site, now) if each["subject"] in assets]


def comms_loss(device: Device, told: Told | None) -> Row | None:
    """Return what it does by itself when it hears nothing; None for what is only read."""
    profile = load_profile(device.profile) if device.driver in DOOR_DRIVERS and device.profile else None
    if device.is_read_only or (profile is not None and not profile.setpoints):
        return None
    unit = unit_of(device, told)
    seconds = device.comms_loss_s if unit is None or unit["comms_loss_s"] is None else float(unit["comms_loss_s"])
    holds = None if unit is None or not unit["fresh"] else unit["comms_loss_s"] is not None
    action = "" if profile is None or profile.comms_loss is None else profile.comms_loss.action
    return {"seconds": seconds, "action": action, "holds": holds}


def signs(report: Mapping[str, Any] | None) -> Row | None:
    """Return the check of signs that a commissioning report tells of."""
    if report is None:
        return None
    steps = [each for each in report.get("steps", ()) if "sign" in str(each.get("name", ""))]
    if not steps:
        return None
    told = "; ".join(f"{each['outcome']}: {each['words']}" for each in steps)
    return {"at": str(report.get("at", "")), "who": str(report.get("who", "")), "result": told}


def today_kwh(store: Store, asset: str, start: Instant, now: Instant) -> float | None:
    """Return what moved since a moment, both ways added up as taken; None where nothing was measured."""
    series = store.read(Key(asset, POWER_W), start, now)
    if not len(series):
        return None
    starts_s = series.start_utc.astype("datetime64[ms]").astype(np.int64) / 1e3
    end_s = float(now.astype("datetime64[ms]").astype(np.int64)) / 1e3
    # A reading holds until the next one, and a gap is no reading: the usual distance is the longest it may hold.
    spans_s = np.diff(np.append(starts_s, end_s))
    held_s = np.minimum(spans_s, np.median(spans_s) * 1.5)
    return round(float(np.nansum(series.value * held_s)) / 3.6e6, 3)


def commands(store: Store, assets: set[str], before: Instant | None, limit: int) -> tuple[list[Row], Instant | None]:
    """Return the commands to some assets, the newest first, and where to go on; None where there are no more."""
    found = [
        each
        for asset in sorted(assets)
        for each in store.events(kind=Kind.PERMITTED, subject=asset, end_utc=before, limit=limit + 1)
    ]
    found.sort(key=lambda event: (event.at, event.id), reverse=True)
    # A page ends between two turns, so that none is cut in half.
    page = found[:limit]
    while page and len(found) > len(page) and found[len(page)].at == page[-1].at:
        page.append(found[len(page)])
    rows = [_command(store, each) for each in page]
    return rows, page[-1].at if len(found) > len(page) else None


def _command(store: Store, permitted: Event) -> Row:
    judged = store.event(permitted.cause[0]) if permitted.cause else None
    verdict: Mapping[str, Any] = {} if judged is None else judged.payload
    asset, at = permitted.subject, permitted.at
    receipts = store.events(kind=Kind.RECEIPT, subject=asset, start_utc=at, end_utc=at + BEFORE, limit=50)
    receipt = next((each for each in receipts if permitted.id in each.cause), None)
    sent = None if receipt is None or not receipt.payload.get("ok") else receipt.payload.get("value")
    refused = "" if receipt is None or receipt.payload.get("ok") else str(receipt.payload.get("check", ""))
    measured = store.read(Key(asset, POWER_W), at, at + BEFORE)
    return {
        "id": permitted.id,
        "at": f"{at}Z",
        "asset": asset,
        "asked_w": verdict.get("wished"),
        "granted_w": permitted.payload.get("value"),
        "sent_w": sent,
        "measured_w": float(measured.value[0]) if len(measured) else None,
        "outcome": refused or str(verdict.get("outcome", "")),
        "rule": str(verdict.get("rule", "")),
        "who": str(verdict.get("agent", "")),
    }


def stored_assets(device: Device) -> set[str]:
    """Return the assets of a device that may be commanded."""
    return {each for each in device.serves.values() if each != GRID}
