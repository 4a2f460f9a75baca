"""The report that people send when they ask for help: what runs, how it stands, what failed, and nothing of theirs.

Numbers and words of ours are taken over; every word that people wrote is not. Ids become ``battery-1`` and the like.
Messages of faults are kept, and every word of the site file, every address, number and key in them is replaced.
"""

import platform
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import numpy as np

from enerwise import __version__
from enerwise.core.event import Kind
from enerwise.core.time import Instant
from enerwise.devices.door_words import Told
from enerwise.serve import health
from enerwise.serve.api.face import Desk
from enerwise.serve.logs import SECRET_VALUES
from enerwise.serve.sites import FILE, SITE
from enerwise.site.document import parse_document
from enerwise.site.site import GRID, WEATHER, Site

LIBRARIES: Final = (
    "numpy",
    "highspy",
    "duckdb",
    "pydantic",
    "fastapi",
    "starlette",
    "uvicorn",
    "sqlalchemy",
    "cryptography",
)
SPAN: Final = np.timedelta64(7, "D")
FAULTS: Final = 50
KEPT_WORDS: Final = frozenset(
    "grid weather pv battery load meter relay charger yes no true false all weekdays weekend home feed month year day "
    "import export otherwise passive charge_only self_consumption peak_shaving follow_plan modbus_tcp modbus_rtu mqtt "
    "ocpp p1 http installer emergency summer winter".split()
)
"""Words of ours that a site file may hold, and that say nothing of people."""
HIDDEN: Final = "[hidden]"
PATTERNS: Final = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE),
    re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b"),
    re.compile(r"\[?\b(?:[0-9a-fA-F]{0,4}:){2,}[0-9a-fA-F]{0,4}\b\]?(?::\d+)?"),
    re.compile(r"\b(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\b"),
    re.compile(r"\+\d[\d ()/-]{5,}\d|\b0\d{2,}[ /-]?\d[\d ()/-]{3,}\d"),
    re.compile(r"(?<![\w.])/(?:[\w.-]+/)+[\w.-]*"),
    re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z0-9]{10,}\b"),
    re.compile(r"\b[0-9a-fA-F]{16,}\b"),
)
"""Addresses, numbers, places on disk, serials and keys."""
NUMBERED: Final = re.compile(r"^\d|^[-+]?\.?\d")
LEAST_CHARS: Final = 2


class Veil:
    """Replaces what people wrote by what says nothing."""

    def __init__(self, site: Site, written: str = "") -> None:
        """Learn every word of a site.

        Args:
            site: The site, for its ids.
            written: Its file, for everything else that people wrote there, comments included.
        """
        self.ids = _numbered(site)
        words = dict.fromkeys(_words(written, site), HIDDEN) | self.ids
        for each in (*KEPT_WORDS, GRID, WEATHER, site.timezone, *(x.profile for x in site.devices)):
            words.pop(each, None)
        self._words = dict(sorted(words.items(), key=lambda each: -len(each[0])))
        found = "|".join(re.escape(each) for each in self._words)
        self._known = re.compile(rf"(?<!\w)(?:{found})(?!\w)", re.IGNORECASE) if found else None
        self._lower = {each.lower(): told for each, told in self._words.items()}

    def text(self, text: str) -> str:
        """Return a text without anything that people wrote."""
        if self._known is not None:
            text = self._known.sub(lambda match: self._lower[match[0].lower()], text)
        text = SECRET_VALUES.sub(HIDDEN, text)
        for each in PATTERNS:
            text = each.sub(HIDDEN, text)
        return text

    def id(self, name: str) -> str:
        """Return what stands for an asset or device."""
        return self.ids.get(name, name if name in (GRID, WEATHER) else HIDDEN)


def _numbered(site: Site) -> dict[str, str]:
    found: dict[str, str] = {}
    for device in site.devices:
        found[device.id] = f"device-{len(found) + 1}"
    counts: dict[str, int] = {}
    for asset in site:
        kind = type(asset).__name__.lower()
        counts[kind] = counts.get(kind, 0) + 1
        found[asset.id] = f"{kind}-{counts[kind]}"
    return found


def _words(written: str, site: Site) -> set[str]:
    """Return every text that people wrote: values, names of options, comments, and the words that names are made of."""
    found = {site.name, site.id, *_leaves(parse_document(written).data)} if written else {site.name, site.id}
    found |= {site.name, *(each.name for each in site), *(each.name for each in site.devices)}
    found |= {each.place for each in site.devices} | {each.address for each in site.devices}
    found |= {value for each in site.devices for value in each.options.values()}
    for contact in site.safety.contacts:
        found |= {contact.name, contact.phone, contact.role}
    found |= {site.safety.main_switch, *site.safety.recovery}
    comments = {each.partition("#")[2].strip() for each in written.splitlines()}
    found |= comments
    parts = {part for each in (site.name, *(x.name for x in site.safety.contacts)) for part in re.findall(r"\w+", each)}
    found |= {part for part in parts if len(part) > LEAST_CHARS}
    found |= {each.address.rpartition(":")[0] for each in site.devices}
    return {each for each in found if (len(each) >= LEAST_CHARS and not NUMBERED.match(each)) or "@" in each}


def _leaves(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for each in value.values():
                yield from _leaves(each)
        case list():
            for each in value:
                yield from _leaves(each)
        case None | bool() | int() | float():
            return
        case _:
            yield str(value).strip()


def report(desk: Desk, now: Instant) -> dict[str, Any]:
    """Return the report of a site. It reads store and disk: call it from a thread.

    Raises:
        StoreError: The store cannot be read.
    """
    site, told = desk.site, desk.door.look()
    veil = Veil(site, (desk.store.get(SITE, FILE) or b"").decode(errors="replace"))
    parts = health.parts(desk, now)
    return {
        "made_at": f"{now}Z",
        "note": "Names, places, addresses, numbers and secrets are removed; read it before you send it.",
        "versions": versions(),
        "health": [{"part": veil.text(x.name), "status": x.status, "why": veil.text(x.why)} for x in parts],
        "door": _door(told, veil),
        "devices": [_device(each.id, desk, told, veil) for each in site.devices],
        "faults": _faults(desk, now, veil),
        "figures": _figures(desk, now, told),
        "config": config(site, veil),
    }


def versions() -> dict[str, str]:
    """Return what runs here."""
    found = {
        "enerwise": __version__,
        "python": platform.python_version(),
        "system": f"{sys.platform} {platform.machine()}",
    }
    for each in LIBRARIES:
        try:
            found[each] = version(each)
        except PackageNotFoundError:
            continue
    return found


def config(site: Site, veil: Veil) -> dict[str, Any]:
    """Return how a site is set up: sizes, limits and kinds."""
    return {
        "timezone": site.timezone,
        "connection": _plain(site.connection, veil),
        "control": _plain(site.control, veil),
        "assets": [{"id": veil.id(x.id), "kind": type(x).__name__.lower(), **_numbers(x)} for x in site],
        "tariff": {"import": _rate(site.tariff.import_rate), "export": _rate(site.tariff.export_rate)},
    }


def _rate(rate: Any) -> str:
    if rate is None:
        return "none"
    return "feed" if rate.feed else "file" if rate.series is not None else "written"


def _numbers(value: Any) -> dict[str, Any]:
    """Return the numbers and truths of a value; texts are left out."""
    rows = {each.name: getattr(value, each.name) for each in fields(value)}
    return {name: each for name, each in rows.items() if isinstance(each, bool | int | float) and _is_finite(each)}


def _is_finite(value: float) -> bool:
    return bool(np.isfinite(value))


def _plain(value: Any, veil: Veil) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _numbers(value) | {
            each.name: getattr(value, each.name)
            for each in fields(value)
            if isinstance(getattr(value, each.name), str) and getattr(value, each.name) in KEPT_WORDS
        }
    return veil.text(str(value))


def _door(told: Told | None, veil: Veil) -> dict[str, Any]:
    if told is None:
        return {"state": "silent"}
    bare = (
        "realtime",
        "claims_fast_stop",
        "uptime_s",
        "cpu_s",
        "late_max_ms",
        "clock_shift_s",
        "audit_lost_count",
        "passive",
    )
    return {
        "state": told.state,
        "why": veil.text(told.why),
        "trips": [{"subject": veil.id(str(x["subject"])), "cause": veil.text(str(x["cause"]))} for x in told.trips],
        "refusals": [veil.text(each) for each in told.refusals],
        "findings": [{"id": veil.text(str(x["id"])), "tier": x["tier"], "value": x["value"]} for x in told.findings],
        **{name: told.health[name] for name in bare if isinstance(told.health.get(name), bool | int | float)},
    }


def _device(name: str, desk: Desk, told: Told | None, veil: Veil) -> dict[str, Any]:
    device = next(each for each in desk.site.devices if each.id == name)
    unit = None if told is None else next((each for each in told.units if each["id"] == name), None)
    row = {
        "id": veil.id(name),
        "driver": device.driver,
        "profile": device.profile,
        "serves": {role: veil.id(asset) for role, asset in device.serves.items() if role in KEPT_WORDS},
        "is_read_only": device.is_read_only,
        "poll_s": device.poll_s,
        "timeout_s": device.timeout_s,
    }
    if unit is None:
        return row
    counts = ("fresh", "lost_count", "refused_count", "write_count", "comms_loss_s")
    return {**row, **{each: unit[each] for each in counts}, "problems": [veil.text(str(x)) for x in unit["problems"]]}


def _faults(desk: Desk, now: Instant, veil: Veil) -> list[dict[str, str]]:
    rows = []
    for kind in (Kind.FAULT, Kind.SILENT, Kind.TRIPPED, Kind.LIFECYCLE):
        for each in desk.store.events(kind=kind, start_utc=now - SPAN, limit=FAULTS):
            why = "; ".join(str(value) for value in each.payload.values() if isinstance(value, str))
            rows.append(
                {"at": f"{each.at}Z", "kind": kind.value, "subject": veil.text(each.subject), "why": veil.text(why)}
            )
    return sorted(rows, key=lambda row: row["at"])[-FAULTS:]


def _figures(desk: Desk, now: Instant, told: Told | None) -> dict[str, Any]:
    found = health.figures(desk, now, told)
    return {each.name: getattr(found, each.name) for each in fields(found) if each.name not in ("site", "grid_power_w")}


def as_text(found: Mapping[str, Any]) -> str:
    """Return a report as people read it."""
    lines = [f"Enerwise support report, {found['made_at']}", str(found["note"]), ""]
    for name, part in found.items():
        if name not in ("made_at", "note"):
            lines += [name.capitalize(), *_indented(part), ""]
    return "\n".join(lines)


def _indented(value: Any, depth: int = 1) -> Iterator[str]:
    space = "  " * depth
    match value:
        case dict():
            for name, each in value.items():
                if isinstance(each, dict | list):
                    yield f"{space}{name}:"
                    yield from _indented(each, depth + 1)
                else:
                    yield f"{space}{name}: {each}"
        case list():
            for each in value:
                row = (
                    ", ".join(f"{name} {x}" for name, x in each.items() if x != "")
                    if isinstance(each, dict)
                    else str(each)
                )
                yield f"{space}- {row}"
        case _:
            yield f"{space}{value}"
