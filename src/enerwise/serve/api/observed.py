"""Round the application: every request gets an id, is counted, timed and logged, and answers carry safe headers.

Nothing a caller wrote becomes a label or a log line of its own accord: routes are named by their templates, callers by
their ids. Whoever hears live events is counted while it listens.
"""

import re
import secrets
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from enerwise.core.time import elapsed_s
from enerwise.serve.logs import log, tells_debug
from enerwise.serve.metrics import Metrics

REQUEST_ID: Final = b"x-request-id"
ID_FORM: Final = re.compile(rb"[A-Za-z0-9_-]{8,64}")
SAFE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
NO_DOCUMENT: Final = ((b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),)
"""What the API says is data: if a browser shows it as a page after all, nothing in it runs."""
API: Final = "/api/"
SLOW_S: Final = 1.0
STREAM: Final = b"text/event-stream"
UNKNOWN: Final = "(none)"


class Observed:
    """An application, watched."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, is_hsts: bool = False) -> None:
        self._app, self._metrics = app, metrics
        self._headers = (*SAFE, *(((b"strict-transport-security", b"max-age=31536000"),) if is_hsts else ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let a socket live."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            with self._metrics.live_clients.labels("websocket").track_inprogress():
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began_s, told, request_id = elapsed_s(), _Told(), _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id.decode()
        live = self._metrics.live_clients.labels("events")
        headers = (*self._headers, *NO_DOCUMENT) if scope["path"].startswith(API) else self._headers

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                told.status = message["status"]
                present = {name.lower() for name, _ in message.get("headers", ())}
                added = [each for each in headers if each[0] not in present]
                message["headers"] = [*message.get("headers", ()), *added, (REQUEST_ID, request_id)]
                if not told.is_stream and _is_stream(message):
                    told.is_stream = True
                    live.inc()
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        finally:
            if told.is_stream:
                live.dec()
            self._count(scope, told, elapsed_s() - began_s, request_id.decode())

    def _count(self, scope: Scope, told: "_Told", took_s: float, request_id: str) -> None:
        route = route_of(scope)
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        self._metrics.requests.labels(method, route, str(told.status)).inc()
        if not told.is_stream:
            self._metrics.seconds.labels(route).observe(took_s)
        is_quiet = method in ("GET", "HEAD") and told.status < 400 and (took_s < SLOW_S or told.is_stream)
        if is_quiet and not tells_debug():
            return
        level = "error" if told.status >= 500 else "debug" if is_quiet else "info"
        caller = scope.get("enerwise.caller")
        getattr(log(), level)(
            "request",
            request_id=request_id,
            method=method,
            route=route,
            status=told.status,
            took_ms=round(took_s * 1e3, 1),
            caller=getattr(caller, "id", None),
        )


METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Told:
    """What was answered; an application that answers nothing at all counts as broken."""

    status: int = 500
    is_stream: bool = False


def route_of(scope: Scope) -> str:
    """Return the template of the route that answered."""
    return str(getattr(scope.get("route"), "path", None) or scope.get("enerwise.route") or UNKNOWN)


def _request_id(scope: Scope) -> bytes:
    found = next((value for name, value in scope["headers"] if name == REQUEST_ID), b"")
    # A caller's own id joins its log with ours; anything that could forge a line is not taken over.
    return found if ID_FORM.fullmatch(found) else secrets.token_hex(8).encode()


def _is_stream(message: Message) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(STREAM) for name, value in message["headers"])
