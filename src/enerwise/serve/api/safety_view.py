"""Safety as people look at it: pure functions from the site, the door's words and the chain of what was done."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from enerwise.core.time import TIME_TYPE, Instant
from enerwise.devices.door_words import Told
from enerwise.guard import is_controllable
from enerwise.serve.words import LANGUAGES, sentence
from enerwise.site.assets import Asset, Battery, Load, Pv
from enerwise.site.limits import WindowedLimit
from enerwise.site.machines import Machine
from enerwise.site.rules import Tier
from enerwise.site.site import GRID, Site
from enerwise.site.wiring import GATEWAY_DRIVERS, Device

STOP_KINDS: Final = ("stopped", "test stop")
SITE_FILE: Final = "site file"
ONE_MINUTE: Final = np.timedelta64(1, "m")
WEEK_MINUTES: Final = 7 * 1440
Row = dict[str, Any]


def limits(site: Site, now: Instant, told: Told | None = None) -> list[Row]:
    """Return the limits that the guard keeps at an instant, each with its source; also those that are violated now."""
    connection = site.connection
    rows = [
        _connection_limit("import", connection.import_limit, site, now),
        _connection_limit("export", connection.export_limit, site, now),
    ]
    if np.isfinite(connection.fuse_a):
        rows.append(_limit("fuse", GRID, float(connection.fuse_a), "A"))
    rows += [row for asset in site for row in _asset_limits(asset)]
    violated = [] if told is None else [each for each in told.findings if each["tier"] != Tier.INFO]
    return rows + [
        _limit(each["id"], each["subject"], float(each["limit"]), each["unit"]) | {"source": each["source"]}
        for each in violated
    ]


def _connection_limit(name: str, limit: WindowedLimit, site: Site, now: Instant) -> Row:
    """Return a limit of the connection, and until when it holds where another follows within a week."""
    minutes = now + np.arange(WEEK_MINUTES if limit.windows else 1) * ONE_MINUTE
    values_w = np.minimum(limit.at(minutes, site.timezone), site.connection.fuse_power_w)
    ends = np.flatnonzero(values_w != values_w[0])
    row = _limit(name, GRID, float(values_w[0]), "W") | {"source": limit.source}
    return row | {"until": f"{minutes[ends[0]].astype('datetime64[m]').astype(TIME_TYPE)}Z"} if len(ends) else row


def _asset_limits(asset: Asset) -> list[Row]:
    match asset:
        case Battery():
            return [
                _limit("charge", asset.id, asset.charge_limit_w, "W"),
                _limit("discharge", asset.id, asset.discharge_limit_w, "W"),
                _limit("level_low", asset.id, asset.soc_min_ratio * 100, "%"),
                _limit("level_high", asset.id, asset.soc_max_ratio * 100, "%"),
            ]
        case Pv():
            return [_limit("output", asset.id, asset.output_limit_w, "W")]
        case Load():
            return [_limit("switched", asset.id, asset.switch_power_w, "W")] if asset.switch_power_w else []
        case Machine():
            sizes = {"charge": asset.power_max_w, "discharge": asset.give_max_w}
            return [_limit(name, asset.id, size_w, "W") for name, size_w in sizes.items() if size_w]


def _limit(name: str, subject: str, value: float, unit: str) -> Row:
    return {"name": name, "subject": subject, "value": value, "unit": unit, "source": SITE_FILE}


def watchdogs(site: Site, told: Told | None, tested_at: str | None) -> list[Row]:
    """Return who brings what to rest when nobody speaks: our own watchdog and that of each device."""
    own = {
        "id": "door",
        "kind": "door",
        "timeout_s": 1.0,
        "holds": None if told is None else told.state != "boot",
        "last_test_at": tested_at,
    }
    units = {each["id"]: each for each in told.units} if told is not None else {}
    return [own, *(_watchdog(each, units.get(each.id), tested_at) for each in site.devices if not each.is_read_only)]


def _watchdog(device: Device, unit: Mapping[str, Any] | None, tested_at: str | None) -> Row:
    timeout_s = None if unit is None else unit["comms_loss_s"]
    return {
        "id": device.id,
        "kind": "gateway" if device.driver in GATEWAY_DRIVERS else "device",
        "timeout_s": timeout_s,
        "holds": None if unit is None or not unit["fresh"] else timeout_s is not None,
        "last_test_at": tested_at,
    }


def stops(lines: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return the stops that the chain tells of."""
    return [_stop(each) for each in lines if each["kind"] in STOP_KINDS]


def _stop(line: Mapping[str, Any]) -> Row:
    payload = line["payload"]
    return {
        "at": utc(line["at"]),
        "cause": str(payload.get("cause", "")),
        "who": line["who"],
        "is_test": bool(payload.get("test", line["kind"] == "test stop")),
        "acked_ms": dict(payload.get("acked_ms") or {}),
        "missing": list(payload.get("missing") or []),
        "rest_s": payload.get("rest_s"),
    }


def trips(told: Told | None) -> list[Row]:
    """Return what has tripped."""
    found = () if told is None else told.trips
    return [{"subject": x["subject"], "cause": x["cause"], "active": x["active"], "since": utc(x["at"])} for x in found]


def contact_lost(site: Site, told: Told | None) -> list[Row]:
    """Return what each device does by itself when it hears nothing."""
    units = {each["id"]: each for each in told.units} if told is not None else {}
    rows = []
    for device in site.devices:
        moved = [each for each in device.serves.values() if _is_moved(site, each)]
        timeout_s = (units.get(device.id) or {}).get("comms_loss_s") or device.comms_loss_s
        key = "safety.lost.moved" if moved and not device.is_read_only else "safety.lost.read"
        facts = {"seconds": f"{timeout_s:g}", "assets": ", ".join(moved)}
        rows.append(_texted({"device": device.id, "assets": moved}, key, facts))
    return rows


def checklist(told: Told | None, *, has_door: bool) -> list[Row]:
    """Return what has to be so before anything starts again."""
    if told is None:
        return [_check("door", None if not has_door else False, "")]
    silent = [each["id"] for each in told.units if not each["fresh"]]
    return [
        _check("door", True, ""),
        _check("cause", told.state not in ("stopped", "error"), told.why),
        _check("trips", not told.trips, ", ".join(str(each["subject"]) for each in told.trips)),
        _check("devices", not silent, ", ".join(silent)),
        _check("arming", not told.refusals, "; ".join(told.refusals)),
    ]


def _check(name: str, ok: bool | None, detail: str) -> Row:
    return _texted({"id": name, "ok": ok, "detail": detail}, f"safety.check.{name}", {})


def _texted(row: Row, key: str, facts: Mapping[str, str]) -> Row:
    return {**row, "text": {each: sentence(key, dict(facts), each) for each in LANGUAGES}}


def _is_moved(site: Site, asset_id: str) -> bool:
    return any(each.id == asset_id and is_controllable(each) for each in site)


def utc(text: str) -> str:
    """Return a moment of the chain, which is UTC and keeps silent about it, as the API tells moments."""
    return text if text.endswith("Z") else f"{text}Z"
