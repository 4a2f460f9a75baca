"""The emergency stop of the page: a few bytes in, the door's socket out, and nothing else on the way.

It stands before everything that could be slow or could refuse: no framework, no database, no limit. Who may stop is
read from a sealed token in memory. The same id is the same stop, however often it is sent. Where the door does not
answer, its stop file appears: that is a stop as well. A device counts as confirmed when it has acknowledged its safe
value and, where its power is measured, has been seen at rest since.
"""

import asyncio
import contextlib
import json
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Instant, LiveClock, now_ns
from enerwise.devices.door_words import Told
from enerwise.guard import is_controllable
from enerwise.serve.api.face import Desk, NoAnswer, NoDoor
from enerwise.site.assets import Pv
from enerwise.site.wiring import Device

PATH: Final = "/stop"
COOKIE: Final = "enerwise_stop"
BODY_BYTES: Final = 4096
ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
KEPT: Final = 256
PATIENCE_S: Final = 3.0
REST_W: Final = 100.0
MISSING_S: Final = 1.5
"""After so long without a confirmation a device counts as missing; it is still looked at."""
Check = Callable[[str, str], str | None]
"""Token and site to whoever may stop it."""
Ask = Callable[[Scope, str], Awaitable[str | None]]
"""Another way to prove oneself, where the server has time for it."""
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
    confirmed_ms: dict[str, float] = field(default_factory=dict)
    by_file: bool = False


class Orders:
    """Stops by id, shared by every way on which they may come."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[tuple[str, str], Order] = OrderedDict()

    def get(self, site: str, order_id: str) -> Order | None:
        """Return the stop of that id."""
        return self._by_id.get((site, order_id))

    def sent(self, order_id: str) -> Order | None:
        """Return the stop of that id at whatever site."""
        return next((each for (_, known), each in self._by_id.items() if known == order_id), None)

    def add(self, order: Order) -> None:
        """Keep a stop; the oldest of very many is forgotten."""
        self._by_id[order.site, order.id] = order
        while len(self._by_id) > KEPT:
            self._by_id.popitem(last=False)


class StopWay:
    """Takes stops; everything else goes on to the application behind it."""

    def __init__(
        self, desks: Mapping[str, Desk], check: Check, orders: Orders, *, origin: str, behind: ASGIApp | None = None
    ) -> None:
        """Stand before an application.

        Args:
            desks: The sites.
            check: Tells whose a stop token is.
            orders: What was sent so far, on any way.
            origin: Where the page is loaded from; it may also call this from there to another port.
            behind: What answers everything else; None answers 404.
        """
        self._desks, self._check, self._orders, self._behind = desks, check, orders, behind
        self._origin = origin.rstrip("/")
        self._clock, self._tasks = LiveClock(), set[asyncio.Task[None]]()
        self.ask: Ask | None = None
        self.count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a stop, or hand on."""
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or not (path == PATH or path.startswith(PATH + "/")):
            await self._hand_on(scope, receive, send)
            return
        status, answer = await self._answered(scope, path, receive)
        await _send(send, status, answer, _cors(scope, self._origin))

    def alone(self) -> "StopWay":
        """Return the same with nothing behind it and no other proof than a stop token, for a thread of its own."""
        return StopWay(self._desks, self._check, self._orders, origin=self._origin)

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._behind is not None:
            await self._behind(scope, receive, send)
        elif scope["type"] == "http":
            await _send(send, 404, {"code": "not-found", "detail": "only stops are taken here"}, [])

    async def _answered(self, scope: Scope, path: str, receive: Receive) -> tuple[int, Json]:
        match scope["method"], path:
            case "OPTIONS", _:
                return 204, {}
            case "POST", "/stop":
                return await self._stop(scope, receive)
            case "GET", _ if path != PATH:
                return await self._told(scope, path.removeprefix(PATH + "/"))
        return 405, {"code": "method-not-allowed", "detail": "POST /stop, then GET /stop/{id}"}

    # -- stopping ------------------------------------------------------------------------------------------------

    async def _stop(self, scope: Scope, receive: Receive) -> tuple[int, Json]:
        try:
            asked = json.loads(await _body(receive))
            order_id, site, what = str(asked["id"]), str(asked["site"]), str(asked.get("what", "site"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return 422, {"code": "wrong-request", "detail": 'send {"id": "...", "site": "...", "what": "site"}'}
        if not ID.fullmatch(order_id) or what != "site":
            return 422, {"code": "wrong-request", "detail": "id is 1 to 64 letters and digits, what is 'site'"}
        who = await self._who(scope, site)
        desk = self._desks.get(site)
        if who is None or desk is None:
            return 401, {"code": "not-signed-in", "detail": "no stop token for this site; use the main switch"}
        order = self.begin(desk, order_id, who)
        return 202, {"id": order.id, "received_at": f"{order.received_at}Z"}

    def begin(self, desk: Desk, order_id: str, who: str) -> Order:
        """Stop a site for somebody who has proven himself elsewhere, such as on the live channel."""
        found = self._orders.get(desk.site.id, order_id)
        if found is None:
            found = Order(order_id, desk.site.id, who, self._clock.now(), now_ns())
            self._orders.add(found)
            self.count += 1
            self._begin(found, desk)
        return found

    def _begin(self, order: Order, desk: Desk) -> None:
        task = asyncio.get_running_loop().create_task(_carry_out(order, desk))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _who(self, scope: Scope, site: str) -> str | None:
        for token in _tokens(scope):
            if who := self._check(token, site):
                return who
        return await self.ask(scope, site) if self.ask is not None else None

    # -- following -----------------------------------------------------------------------------------------------

    async def _told(self, scope: Scope, order_id: str) -> tuple[int, Json]:
        order = self._orders.sent(order_id)
        if order is None or await self._who(scope, order.site) is None:
            return 404, {"code": "no-such-stop", "detail": f"no stop with the id {order_id[:64]!r} was received"}
        return 200, progress(order, self._desks[order.site], now_ns())


async def _carry_out(order: Order, desk: Desk) -> None:
    """Tell the door; where it does not answer, leave its stop file."""
    line = desk.site_line if isinstance(desk.door, NoDoor) else desk.door_line
    cause = "emergency stop on the page"
    try:
        order.answer = await line.ask({"do": "stop", "cause": cause, "who": order.who}, patience_s=PATIENCE_S)
    except NoAnswer as error:
        order.answer = {"ok": False, "why": str(error)}
        with contextlib.suppress(OSError):
            (desk.folder / "STOP").touch()
            order.by_file = True


def progress(order: Order, desk: Desk, at_ns: int) -> Json:
    """Return how far a stop has come, device by device."""
    told = desk.door.look()
    devices = [_device(each, order, desk, told, at_ns) for each in desk.site.devices if _moves(each, desk)]
    waited_s = (at_ns - order.began_ns) / 1e9
    return {
        "id": order.id,
        "site": order.site,
        "state": _state(order, devices, desk, told, waited_s),
        "received_at": f"{order.received_at}Z",
        "by_file": order.by_file,
        "devices": devices,
        "main_switch": desk.site.safety.main_switch,
    }


def _state(order: Order, devices: list[Json], desk: Desk, told: Told | None, waited_s: float) -> str:
    if isinstance(desk.door, NoDoor):
        return "stopped" if order.answer is not None and order.answer.get("ok") else "received"
    is_stopped = told is not None and told.state in ("stopped", "error")
    if is_stopped and all(each["confirmed_ms"] is not None for each in devices):
        return "stopped"
    if waited_s > MISSING_S:
        return "missing"
    return "stopping" if order.answer is not None else "received"


def _device(device: Device, order: Order, desk: Desk, told: Told | None, at_ns: int) -> Json:
    if device.id not in order.confirmed_ms and _rests(device, order, desk, told):
        order.confirmed_ms[device.id] = round((at_ns - order.began_ns) / 1e6, 1)
    return {
        "id": device.id,
        "name": device.name or device.id,
        "place": device.place,
        "confirmed_ms": order.confirmed_ms.get(device.id),
    }


def _rests(device: Device, order: Order, desk: Desk, told: Told | None) -> bool:
    """Tell whether every machine behind a device has been read back at rest since the stop."""
    unit = None if told is None else next((each for each in told.units if each["id"] == device.id), None)
    if told is None or unit is None or not unit["fresh"] or told.state not in ("stopped", "error"):
        return False
    return all(_is_safe(asset, unit["told"], order, desk, told) for asset in _assets(device, desk))


def _is_safe(asset_id: str, acked_w: Mapping[str, float], order: Order, desk: Desk, told: Told) -> bool:
    asset = desk.site.asset(asset_id)
    # What was never told anything moves by itself, if at all: there is nothing to take back.
    if abs(acked_w.get(asset_id, asset.safe_power_w) - asset.safe_power_w) > 1.0 and not isinstance(asset, Pv):
        return False
    # Where nobody measures a machine, its acknowledgement has to do.
    value_w, read_ns = told.live.get(Key(asset_id, POWER_W), (asset.safe_power_w, order.began_ns))
    return read_ns >= order.began_ns and (isinstance(asset, Pv) or abs(value_w - asset.safe_power_w) <= REST_W)


def _assets(device: Device, desk: Desk) -> list[str]:
    movable = {each.id for each in desk.site if is_controllable(each)}
    return [each for each in device.serves.values() if each in movable]


def _moves(device: Device, desk: Desk) -> bool:
    return not device.is_read_only and bool(_assets(device, desk))


# ---------------------------------------------------------------------------------------------------------------
# Bytes


async def _body(receive: Receive) -> bytes:
    body = b""
    while len(body) <= BODY_BYTES:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body", False):
            return body
    raise ValueError("too long")


def _tokens(scope: Scope) -> list[str]:
    headers = [(name, value.decode("latin-1")) for name, value in scope["headers"]]
    found = [
        value[7:].strip() for name, value in headers if name == b"authorization" and value[:7].lower() == "bearer "
    ]
    for name, value in headers:
        if name == b"cookie":
            with contextlib.suppress(CookieError):
                cookies = SimpleCookie(value)
                found += [cookies[COOKIE].value] if COOKIE in cookies else []
    return found


def _cors(scope: Scope, origin: str) -> list[tuple[bytes, bytes]]:
    """Let the page, loaded from this host, call another port of it; nobody else."""
    told = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), "")
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    is_here = told == origin or (bool(told) and urlsplit(told).hostname == urlsplit(f"//{host}").hostname)
    if not is_here:
        return []
    return [
        (b"access-control-allow-origin", told.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-allow-methods", b"POST, GET"),
        (b"access-control-allow-headers", b"content-type, authorization"),
        (b"access-control-max-age", b"600"),
        (b"vary", b"Origin"),
    ]


async def _send(send: Send, status: int, answer: Json, headers: list[tuple[bytes, bytes]]) -> None:
    body = b"" if status == 204 else json.dumps(answer).encode()
    kind = b"application/json" if status < 400 else b"application/problem+json"
    told = [(b"content-type", kind), (b"cache-control", b"no-store"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*told, *headers]})
    await send({"type": "http.response.body", "body": body})
