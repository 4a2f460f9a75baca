"""Stops that were sent: each carried out once, on whatever way it came, and followed until the devices have confirmed.

A device counts as confirmed when it has acknowledged its safe value and, where its power is measured, has been read
back at rest since the stop. One that has not acknowledged soon counts as missing; one that has gets the time that a
machine takes to come to rest.
"""

import asyncio
import contextlib
import math
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Instant, now_ns
from enerwise.devices.door_words import Told
from enerwise.guard import is_controllable
from enerwise.serve.api.face import Desk, NoAnswer, NoDoor
from enerwise.site.wiring import Device

KEPT: Final = 256
PATIENCE_S: Final = 3.0
FILE_S: Final = 1.5
"""A door that has not answered by then finds its stop file; a device that is silent keeps it for one second only."""
FILE: Final = "STOP"
OURS: Final = "stop of the page"
"""How a stop file of ours begins; one of anybody else stays where it is."""
CAUSE: Final = "emergency stop on the page"
REST_W: Final = 100.0
"""Power that a resting machine may show: its own electronics."""
SAME_W: Final = 1.0
MISSING_S: Final = 1.5
"""After so long without an acknowledgement a device counts as missing; it is still looked at."""
REST_S: Final = 5.0
"""So long a machine that has acknowledged may take to come to rest."""
FOLLOWED_S: Final = 120.0
STOPPED: Final = ("stopped", "error")
IDLE: Final = "idle"
Json = dict[str, Any]


@dataclass(slots=True)
class Order:
    """One stop that somebody has sent."""

    id: str
    site: str
    who: str
    received_at: Instant
    began_ns: int
    answer: Mapping[str, Any] | None = None
    """What the door said; None while it is being asked."""
    answered_ms: float | None = None
    """When it had said so: by then every device that answers has taken its safe value."""
    confirmed_ms: dict[str, float] = field(default_factory=dict)
    by_file: bool = False


class Orders:
    """Stops by site and id, shared by every way and every thread on which they may come."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[tuple[str, str], Order] = OrderedDict()
        self._lock = threading.Lock()
        self.count = 0

    def sent(self, order_id: str) -> Order | None:
        """Return the stop of that id at whatever site."""
        with self._lock:
            return next((each for (_, known), each in self._by_id.items() if known == order_id), None)

    def take(self, order: Order) -> tuple[Order, bool]:
        """Keep a stop; return the one of that id, and whether it is new. The oldest of very many is forgotten."""
        with self._lock:
            known = self._by_id.setdefault((order.site, order.id), order)
            while len(self._by_id) > KEPT:
                self._by_id.popitem(last=False)
            self.count += known is order
            return known, known is order

    def followed(self, site: str, at_ns: int) -> list[Order]:
        """Return the stops of a site that were sent lately."""
        with self._lock:
            return [each for each in self._by_id.values() if each.site == site and _is_recent(each, at_ns)]


def _is_recent(order: Order, at_ns: int) -> bool:
    return at_ns - order.began_ns < FOLLOWED_S * 1e9


# ---------------------------------------------------------------------------------------------------------------
# Carrying out


async def carry_out(order: Order, desk: Desk) -> None:
    """Tell the door; where it does not answer, leave its stop file."""
    has_door = not isinstance(desk.door, NoDoor)
    line = desk.door_line if has_door else desk.site_line
    asked = asyncio.ensure_future(line.ask({"do": "stop", "cause": CAUSE, "who": order.who}, patience_s=PATIENCE_S))
    done, _ = await asyncio.wait({asked}, timeout=FILE_S)
    if not done and has_door:
        order.by_file = leave_file(desk.folder, order.id)
    try:
        answer = await asked
        order.answered_ms = _since_ms(order, now_ns())
        order.answer = answer
    except NoAnswer as error:
        order.answer = {"ok": False, "why": str(error)}
        # Only the answer may have been lost, or come while nobody here had time for it.
        if not _has_stopped(desk):
            order.by_file = order.by_file or (has_door and leave_file(desk.folder, order.id))
    else:
        # The door has latched it: a file that stays would only hinder the way back.
        take_back_file(desk.folder)


def leave_file(folder: Path, order_id: str) -> bool:
    """Leave the file whose appearance is a stop; False where it cannot be written, or is there already."""
    try:
        with (folder / FILE).open("x", encoding="utf-8") as file:
            file.write(f"{OURS}, {order_id}\n")
    except OSError:
        return False
    return True


def take_back_file(folder: Path) -> None:
    """Remove a stop file that we left; who else left one takes it away himself."""
    path = folder / FILE
    with contextlib.suppress(OSError, ValueError):
        if path.read_text(encoding="utf-8").startswith(OURS):
            path.unlink()


def take_back_if_over(desk: Desk) -> None:
    """Remove a stop file of ours whose stop a person has reset since, as the door tells.

    A door that has seen the file has stopped; from there it comes to rest ready for a start only by a person's reset.
    """
    told = desk.door.look()
    if told is None or told.state != IDLE:
        return
    inputs = told.health.get("stop_inputs") or {}
    if any(Path(name).name == FILE and not is_quiet for name, is_quiet in inputs.items()):
        take_back_file(desk.folder)


def _has_stopped(desk: Desk) -> bool:
    told = desk.door.look()
    return told is not None and told.state in STOPPED


# ---------------------------------------------------------------------------------------------------------------
# Following


def progress(order: Order, desk: Desk, at_ns: int) -> Json:
    """Return how far a stop has come, device by device."""
    told, answer = desk.door.look(), order.answer or {}
    devices = [_device(each, order, desk, told, at_ns) for each in desk.site.devices if _moves(each, desk)]
    return {
        "id": order.id,
        "site": order.site,
        "state": _state(order, devices, desk, told),
        "received_at": f"{order.received_at}Z",
        "by_file": order.by_file,
        "why": "" if answer.get("ok") else str(answer.get("why", "")),
        "devices": [{name: value for name, value in each.items() if name != "is_late"} for each in devices],
        "missing": [each["id"] for each in devices if each["is_late"]],
        "answered_ms": order.answered_ms,
        "acked_ms": dict(answer.get("acked_ms") or {}),
        "rest_s": _rest_s(told),
        "main_switch": desk.site.safety.main_switch,
    }


def _state(order: Order, devices: list[Json], desk: Desk, told: Told | None) -> str:
    if isinstance(desk.door, NoDoor):
        return "stopped" if order.answer is not None and order.answer.get("ok") else "received"
    is_stopped = told is not None and told.state in STOPPED
    if is_stopped and all(each["confirmed_ms"] is not None for each in devices):
        return "stopped"
    if any(each["is_late"] for each in devices):
        return "missing"
    return "stopping" if order.answer is not None else "received"


def _device(device: Device, order: Order, desk: Desk, told: Told | None, at_ns: int) -> Json:
    has_acked = _has_acked(device, order, desk, told)
    if device.id not in order.confirmed_ms and has_acked:
        seen_ns = _rested_ns(device, order, desk, told, at_ns)
        if math.isfinite(seen_ns):
            order.confirmed_ms[device.id] = _since_ms(order, seen_ns)
    confirmed_ms, waited_s = order.confirmed_ms.get(device.id), (at_ns - order.began_ns) / 1e9
    return {
        "id": device.id,
        "name": device.name or device.id,
        "place": device.place,
        "confirmed_ms": confirmed_ms,
        "is_late": confirmed_ms is None and waited_s > (REST_S if has_acked else MISSING_S),
    }


def _since_ms(order: Order, at_ns: float) -> float:
    return round((at_ns - order.began_ns) / 1e6, 1)


def _has_acked(device: Device, order: Order, desk: Desk, told: Told | None) -> bool:
    """Tell whether a device answers a door that has stopped, and has taken every safe value."""
    unit = None if told is None else next((each for each in told.units if each["id"] == device.id), None)
    if told is None or unit is None or not unit["fresh"] or told.state not in STOPPED:
        return False
    silent = (order.answer or {}).get("missing") or ()
    return all(each not in silent and _is_told_safe(desk, each, unit["told"]) for each in _assets(device, desk))


def _is_told_safe(desk: Desk, asset_id: str, acked_w: Mapping[str, float]) -> bool:
    # What was never told anything moves by itself, if at all: there is nothing to take back.
    safe_w = desk.site.asset(asset_id).safe_power_w
    return abs(acked_w.get(asset_id, safe_w) - safe_w) <= SAME_W


def _rested_ns(device: Device, order: Order, desk: Desk, told: Told | None, at_ns: int) -> float:
    """Return when every machine behind a device had been read back at rest; NaN where one has not. [ns]"""
    seen = [_seen_at_rest_ns(each, order, desk, told, at_ns) for each in _assets(device, desk)]
    return math.nan if any(math.isnan(each) for each in seen) else max(seen)


def _seen_at_rest_ns(asset_id: str, order: Order, desk: Desk, told: Told | None, at_ns: int) -> float:
    safe_w = desk.site.asset(asset_id).safe_power_w
    sight = None if told is None else told.live.get(Key(asset_id, POWER_W))
    # Where nobody measures a machine, its acknowledgement has to do.
    value_w, read_ns = (safe_w, at_ns) if sight is None else sight
    return float(read_ns) if abs(value_w - safe_w) <= REST_W and read_ns >= order.began_ns else math.nan


def _rest_s(told: Told | None) -> float | None:
    """Return what the door says of how long it took until everything was at rest."""
    last = None if told is None or told.state not in STOPPED else told.health.get("stop")
    return last.get("rest_s") if isinstance(last, Mapping) and last.get("cause") == CAUSE else None


def _assets(device: Device, desk: Desk) -> list[str]:
    movable = {each.id for each in desk.site if is_controllable(each)}
    return [each for each in device.serves.values() if each in movable]


def _moves(device: Device, desk: Desk) -> bool:
    return not device.is_read_only and bool(_assets(device, desk))
