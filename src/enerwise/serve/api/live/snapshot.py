"""What a site shows just now, as one value: pure functions from what door, store and site process say."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from enerwise.core.event import Event
from enerwise.core.quantity import (
    AVAILABLE_POWER_W,
    ENERGY_WH,
    POWER_W,
    PRICE_EXPORT_EUR_PER_KWH,
    PRICE_IMPORT_EUR_PER_KWH,
    SOC_RATIO,
)
from enerwise.core.series import Key
from enerwise.core.time import Instant
from enerwise.devices.door_words import Told
from enerwise.devices.means import derived
from enerwise.guard.observed import stored_wh
from enerwise.serve.words import LANGUAGES, reason
from enerwise.site.assets import Asset, Battery, Pv
from enerwise.site.machines import Charger, Machine
from enerwise.site.site import GRID, Site
from enerwise.site.wiring import Device

UNEXPLAINED_RATIO: Final = 0.05
UNEXPLAINED_W: Final = 100.0
SENTENCES: Final = 3
UNEXPLAINED: Final = "unexplained"
SILENT: Final = "silent"


@dataclass(frozen=True, slots=True)
class Looked:
    """Everything that one look has found."""

    now: Instant
    now_ns: int
    told: Told | None = None
    """None where there is no door, or it is silent."""
    has_door: bool = False
    measured: Event | None = None
    """The newest event that told of values."""
    proposed: tuple[Event, ...] = ()
    """For each asset the newest wish that the guard heard."""
    site_state: Mapping[str, Any] | None = None
    """What the site process says; None where it does not answer."""
    planned: Event | None = None
    plan_failure: Event | None = None
    notices: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sight:
    """A value and when it was read."""

    value: float
    at: Instant


def snapshot(site: Site, looked: Looked, *, is_demo: bool = False) -> dict[str, Any]:
    """Return what a site shows; numbers are rounded so that nothing changes without reason."""
    sights = _sights(site, looked)
    state, why = _state(looked)
    mode = (looked.site_state or {}).get("mode") or {}
    return {
        "site": site.id,
        "at": _shown(looked.now),
        "timezone": site.timezone,
        "state": state,
        "why": why,
        "is_demo": is_demo,
        "mode": {
            "mode": mode.get("mode", "automatic"),
            "in_force": mode.get("in_force", ""),
            "reason": mode.get("reason") or mode.get("why", ""),
            "until": mode.get("until"),
            "who": mode.get("who", ""),
        },
        "goal": (looked.site_state or {}).get("goal", "cost"),
        "nodes": _nodes(site, sights),
        "price": _prices(looked.measured),
        "devices": _devices(site, looked),
        "because": _because(looked.proposed),
        "leases": list((looked.site_state or {}).get("leases", ())),
        "plan": _plan(looked),
        "notices": {name: int(looked.notices.get(name, 0)) for name in ("act_now", "look_soon", "good_to_know")},
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts that are new, whole; ``at`` alone is no change."""
    return {name: value for name, value in after.items() if name != "at" and before.get(name) != value}


# ---------------------------------------------------------------------------------------------------------------
# Values


def _sights(site: Site, looked: Looked) -> dict[Key, Sight]:
    """Return the newest value of each channel: of the last turn, and over them what the door has read since."""
    found = _measured(looked.measured) | _took(site, looked.measured)
    told = looked.told
    if told is None:
        return found
    fresh = {key: Sight(value, _at(looked, at_ns)) for key, (value, at_ns) in told.live.items()}
    told_w = {asset: float(value) for unit in told.units for asset, value in unit["told"].items()}
    reckoned = derived(site, {key: each.value for key, each in fresh.items()}, told_w)
    oldest = min((each.at for key, each in fresh.items() if key.quantity == POWER_W), default=None)
    if oldest is not None:
        fresh |= {key: Sight(value, oldest) for key, value in reckoned.items()}
    return found | fresh


def _measured(event: Event | None) -> dict[Key, Sight]:
    """Return what a turn saw: the means of the step that had ended, and over them what was so at that moment."""
    if event is None:
        return {}
    parts = [event.payload.get(name) for name in ("ended", "now")]
    rows = [(key, value) for part in parts if isinstance(part, Mapping) for key, value in part.items()]
    return {Key.parse(key): Sight(float(value), event.at) for key, value in rows if isinstance(value, int | float)}


def _took(site: Site, event: Event | None) -> dict[Key, Sight]:
    """Return what machines took in the step that ended: what they tell of now is what they would take by themselves."""
    ended = event.payload.get("ended") if event is not None else None
    if event is None or not isinstance(ended, Mapping):
        return {}
    told = {Key(each.id, POWER_W): ended.get(str(Key(each.id, POWER_W))) for each in site.of_kind(Machine)}
    return {key: Sight(float(value), event.at) for key, value in told.items() if isinstance(value, int | float)}


def _at(looked: Looked, at_ns: int) -> Instant:
    return looked.now - np.timedelta64(max(0, looked.now_ns - at_ns) // 1_000_000, "ms")


def _nodes(site: Site, sights: Mapping[Key, Sight]) -> list[dict[str, Any]]:
    nodes = [_node(GRID, GRID, GRID, sights), *(_asset_node(each, sights) for each in site)]
    powers_w = [each["power_w"] for each in nodes]
    if any(each is None for each in powers_w):
        return nodes
    rest_w = powers_w[0] - sum(powers_w[1:])
    if abs(rest_w) > max(UNEXPLAINED_W, UNEXPLAINED_RATIO * max(abs(each) for each in powers_w)):
        nodes.append({**nodes[0], "id": UNEXPLAINED, "kind": UNEXPLAINED, "name": UNEXPLAINED, "power_w": rest_w})
    return nodes


SHOWN_AS: Final = {
    "charger": "car",
    "heat_pump": "heat",
    "water_heater": "heat",
    "program": "load",
    "interruptible": "load",
    "generator": "load",
    "ventilation": "load",
    "wind": "pv",
}
"""How the house on the page draws what it has no picture of."""


def _asset_node(asset: Asset, sights: Mapping[Key, Sight]) -> dict[str, Any]:
    node = _node(asset.id, SHOWN_AS.get(asset.kind, asset.kind), name_of(asset), sights)
    if isinstance(asset, Pv) and node["power_w"] is None:
        node |= _node(asset.id, asset.kind, name_of(asset), sights, quantity=AVAILABLE_POWER_W)
    if isinstance(asset, Battery | Charger):
        energy_wh = stored_wh(asset, _newest_level(asset.id, sights))
        known = math.isfinite(energy_wh)
        node |= {
            "energy_wh": round(energy_wh) if known else None,
            "soc_ratio": round(energy_wh / asset.capacity_wh, 4) if known else None,
        }
    return node


def _newest_level(asset: str, sights: Mapping[Key, Sight]) -> dict[Key, float]:
    """Return energy or state of charge, whichever was told last."""
    found = {key: sights[key] for key in (Key(asset, ENERGY_WH), Key(asset, SOC_RATIO)) if key in sights}
    newest = max((each.at for each in found.values()), default=None)
    return {key: each.value for key, each in found.items() if each.at == newest}


def _node(asset: str, kind: str, name: str, sights: Mapping[Key, Sight], *, quantity: str = POWER_W) -> dict[str, Any]:
    sight = sights.get(Key(asset, quantity))
    known = sight is not None and math.isfinite(sight.value)
    return {
        "id": asset,
        "kind": kind,
        "name": name,
        "power_w": round(sight.value) if sight is not None and known else None,
        "read_at": _shown(sight.at) if sight is not None else None,
    }


def name_of(asset: Asset) -> str:
    """Return what people call an asset: the name in the site file, else its id as a word."""
    return asset.name or asset.id.replace("_", " ").replace("-", " ").capitalize()


def _prices(measured: Event | None) -> dict[str, float | None]:
    sights = _measured(measured)
    names = (PRICE_IMPORT_EUR_PER_KWH, PRICE_EXPORT_EUR_PER_KWH)
    found = {name: sights.get(Key(GRID, name)) for name in names}
    short = {PRICE_IMPORT_EUR_PER_KWH: "import_eur_per_kwh", PRICE_EXPORT_EUR_PER_KWH: "export_eur_per_kwh"}
    return {
        short[name]: None if each is None or not math.isfinite(each.value) else each.value
        for name, each in found.items()
    }


# ---------------------------------------------------------------------------------------------------------------
# States and words


def _state(looked: Looked) -> tuple[str, str]:
    if looked.told is not None:
        return looked.told.state, looked.told.why
    if looked.has_door or looked.site_state is None:
        return SILENT, ""
    return str(looked.site_state.get("lifecycle", "running")), str(looked.site_state.get("why", ""))


def _devices(site: Site, looked: Looked) -> list[dict[str, Any]]:
    units = {each["id"]: each for each in looked.told.units} if looked.told is not None else {}
    return [_device(each, units.get(each.id), looked) for each in site.devices]


def _device(device: Device, unit: Mapping[str, Any] | None, looked: Looked) -> dict[str, Any]:
    answers = bool(unit and unit["fresh"])
    return {
        "id": device.id,
        "answers": answers,
        "last_at": None if answers else _last_at(device, looked),
        "problems": [str(each) for each in (unit or {}).get("problems", ())],
    }


def _last_at(device: Device, looked: Looked) -> str | None:
    """Return when a device that is silent was last heard; one that answers has the time at its values."""
    assets, live = set(device.serves.values()), {} if looked.told is None else looked.told.live
    heard_ns = [at_ns for key, (_, at_ns) in live.items() if key.asset in assets]
    return _shown(_at(looked, max(heard_ns))) if heard_ns else None


def _because(proposed: Sequence[Event]) -> list[dict[str, Any]]:
    return [_sentence(each) for each in proposed[:SENTENCES]]


def _sentence(event: Event) -> dict[str, Any]:
    payload = event.payload
    facts = payload.get("facts")
    told: Mapping[str, Any] = facts if isinstance(facts, Mapping) else {}
    code, agent = str(payload.get("reason", "")), str(payload.get("agent", ""))
    text = {language: reason(code, told, language, agent=agent) for language in LANGUAGES}
    return {"asset": event.subject, "code": code, "text": text, "facts": dict(told)}


def _plan(looked: Looked) -> dict[str, Any]:
    planned, failure = looked.planned, looked.plan_failure
    has_failed = failure is not None and (planned is None or failure.at > planned.at)
    return {
        "id": None if planned is None else planned.id,
        "made_at": None if planned is None else _shown(planned.at),
        "next_at": (looked.site_state or {}).get("next_plan_at"),
        "failed": str(failure.payload.get("error", "")) if failure is not None and has_failed else None,
    }


def _shown(at: Instant) -> str:
    return f"{at.astype('datetime64[ms]')}Z"
