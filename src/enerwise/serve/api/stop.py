"""The emergency stop of the page: a few bytes in, the door's socket out, and nothing else on the way.

It stands before everything that could be slow or could refuse: no framework, no database, no limit. Who may stop is
read from a sealed token in memory. The same id is the same stop, however often it is sent. Where the door does not
answer, its stop file appears: that is a stop as well.
"""

import asyncio
import contextlib
import json
import logging
import re
import threading
from collections.abc import Awaitable, Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from enerwise.core.time import LiveClock, now_ns
from enerwise.serve.api.face import Desk
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.stop_orders import Json, Order, Orders, carry_out, progress

PATH: Final = "/stop"
COOKIE: Final = "enerwise_stop"
BODY_BYTES: Final = 4096
ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
WHAT: Final = re.compile(r"site|device:.{1,80}")
"""What may be named; the door knows one stop only, so that whatever is named, the whole site is stopped."""
ASK_S: Final = 2.0
THREADS_MOST: Final = 8
"""Stops that are carried out beside each other; where there are more, the site has been told."""
LOG: Final = logging.getLogger("enerwise.stop")
Check = Callable[[str, str], str | None]
"""Token and site to whoever may stop it."""
Ask = Callable[[Scope, str], Awaitable[str | None]]
"""Another way to prove oneself, where the server has time for it."""


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
        self._clock, self._tasks, self._threads = LiveClock(), set[asyncio.Task[None]](), list[threading.Thread]()
        self.ask: Ask | None = None

    @property
    def count(self) -> int:
        """How many stops have come, on any way."""
        return self._orders.count

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
        if not ID.fullmatch(order_id) or not WHAT.fullmatch(what):
            told = "id is 1 to 64 letters and digits, what is 'site' or 'device:' and an id"
            return 422, {"code": "wrong-request", "detail": told}
        who = await self._who(scope, site)
        desk = self._desks.get(site)
        if who is None or desk is None:
            return 401, {"code": "not-signed-in", "detail": "no stop token for this site; use the main switch"}
        order = self.begin(desk, order_id, who)
        return 202, {"id": order.id, "received_at": f"{order.received_at}Z", "what": "site"}

    def begin(self, desk: Desk, order_id: str, who: str) -> Order:
        """Stop a site for somebody who has proven himself elsewhere, such as on the live channel."""
        order, is_new = self._orders.take(Order(order_id, desk.site.id, who, self._clock.now(), now_ns()))
        if is_new:
            self._begin(order, desk)
        return order

    def _begin(self, order: Order, desk: Desk) -> None:
        """Carry a stop out in a thread with a loop of its own: this one may be busy with somebody's year of data."""
        self._threads = [each for each in self._threads if each.is_alive()]
        if len(self._threads) < THREADS_MOST:
            thread = threading.Thread(target=_carried_out, args=(order, desk), name="stop", daemon=True)
            with contextlib.suppress(RuntimeError):
                thread.start()
                self._threads.append(thread)
                return
        task = asyncio.get_running_loop().create_task(carry_out(order, desk))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _who(self, scope: Scope, site: str) -> str | None:
        for token in _tokens(scope):
            if who := self._check(token, site):
                return who
        return await self._asked(scope, site)

    async def _asked(self, scope: Scope, site: str) -> str | None:
        """Try the slower proofs; whatever goes wrong with them, the answer is only that nobody is known."""
        if self.ask is None:
            return None
        try:
            async with asyncio.timeout(ASK_S):
                return await self.ask(scope, site)
        except (Trouble, TimeoutError):
            return None
        except Exception:
            LOG.exception("who sends a stop could not be looked up")
            return None

    # -- following -----------------------------------------------------------------------------------------------

    async def _told(self, scope: Scope, order_id: str) -> tuple[int, Json]:
        order = self._orders.sent(order_id)
        if order is None or await self._who(scope, order.site) is None:
            return 404, {"code": "no-such-stop", "detail": f"no stop with the id {order_id[:64]!r} was received"}
        return 200, progress(order, self._desks[order.site], now_ns())


def _carried_out(order: Order, desk: Desk) -> None:
    asyncio.run(carry_out(order, desk))


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
