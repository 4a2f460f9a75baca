"""What stands before every route: sizes, rates and repeated writes, as plain ASGI without a framework.

None of it stands before the emergency stop.
"""

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import numpy as np
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from enerwise.core.time import elapsed_s
from enerwise.serve.api.problems import Trouble, problem

BODY_BYTES: Final = 2_000_000
DEPTH: Final = 32
PATH_BYTES: Final = 4096
RATE_PER_S: Final = 50.0
BURST: Final = 400.0
ADDRESS_TIMES: Final = 8.0
"""So many callers may share an address: a home, an office, a proxy."""
WAYS_MOST: Final = 10_000
KEPT: Final = 1000
KEPT_S: Final = 86_400.0
KEY_CHARS: Final = 200
UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
UPLOADS: Final = ("/api/v1/restore",)
"""These are read as streams and have a limit of their own."""
STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
NO_BRACKET: Final = re.compile(rb"[^\[\]{}]+")
OPENING: Final = np.frombuffer(b"[{", dtype=np.uint8)
FOR_NOW: Final = (401, 403, 429)
CREDENTIALS: Final = (b"authorization", b"cookie")


class Sizes:
    """Refuses bodies that are too long or too deep before anybody reads them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > PATH_BYTES:
            await _refuse(scope, receive, send, Trouble(414, "too-long", f"an address has at most {PATH_BYTES} bytes"))
        elif scope["method"] in UNSAFE and not scope["path"].startswith(UPLOADS):
            await self._checked(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _whole(receive)
        except ValueError:
            await _refuse(scope, receive, send, Trouble(413, "too-large", f"a body has at most {BODY_BYTES} bytes"))
            return
        if _is_json(scope) and _depth(body) > DEPTH:
            await _refuse(scope, receive, send, Trouble(422, "too-deep", f"JSON is nested at most {DEPTH} times"))
            return
        await self._app(scope, _again(body, receive), send)


@dataclass(slots=True)
class Bucket:
    """How much may still be asked, and since when that is known."""

    left: float = BURST
    at_s: float = field(default_factory=elapsed_s)
    times: float = 1.0
    """How many callers it is for."""

    def take(self, now_s: float) -> float:
        """Take one; return how long to wait where there is none. [s]"""
        rate_per_s = RATE_PER_S * self.times
        self.left = min(BURST * self.times, self.left + (now_s - self.at_s) * rate_per_s)
        self.at_s = now_s
        if self.left >= 1.0:
            self.left -= 1.0
            return 0.0
        return (1.0 - self.left) / rate_per_s


class Rates:
    """Refuses whoever asks too often: by what is shown as proof, else by address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._buckets: OrderedDict[bytes, Bucket] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        now_s = elapsed_s()
        wait_s = max(bucket.take(now_s) for bucket in self._buckets_of(scope, now_s))
        if wait_s:
            headers = {"Retry-After": str(int(wait_s) + 1), "RateLimit": f'"default";r=0;t={int(wait_s) + 1}'}
            told = f"at most {RATE_PER_S:.0f} requests a second; wait {wait_s:.1f} s"
            await _refuse(scope, receive, send, Trouble(429, "too-many-requests", told, headers=headers))
            return
        await self._app(scope, receive, send)

    def _buckets_of(self, scope: Scope, now_s: float) -> list[Bucket]:
        """Return the bucket of what is shown, and that of the address: whoever makes up proofs gains nothing."""
        address = (scope.get("client") or ("", 0))[0].encode()
        return [self._bucket(_who(scope), 1.0, now_s), self._bucket(b"from " + address, ADDRESS_TIMES, now_s)]

    def _bucket(self, who: bytes, times: float, now_s: float) -> Bucket:
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = Bucket(BURST * times, now_s, times)
        self._buckets.move_to_end(who)
        while len(self._buckets) > WAYS_MOST:
            self._buckets.popitem(last=False)
        return bucket


@dataclass(slots=True)
class Kept:
    """The answer to a write, kept for the same write again."""

    body_mark: bytes
    at_s: float
    done: asyncio.Event = field(default_factory=asyncio.Event)
    messages: list[Message] = field(default_factory=list)

    @property
    def is_lasting(self) -> bool:
        """Whether the same answer would be given again: no failure of ours, no refusal for now, and no secret."""
        if not self.messages:
            return False
        start = self.messages[0]
        headers = {name.lower(): value for name, value in start.get("headers", ())}
        is_secret = b"set-cookie" in headers or b"no-store" in headers.get(b"cache-control", b"")
        return start["status"] < 500 and start["status"] not in FOR_NOW and not is_secret


class Repeats:
    """Answers a repeated write with the first answer, by its ``Idempotency-Key``; the work is done once."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _header(scope, b"idempotency-key") if scope["type"] == "http" and scope["method"] in UNSAFE else b""
        if not key or scope["path"].startswith(UPLOADS):
            await self._app(scope, receive, send)
        elif len(key) > KEY_CHARS:
            told = f"Idempotency-Key has at most {KEY_CHARS} characters"
            await _refuse(scope, receive, send, Trouble(422, "wrong-request", told))
        else:
            mark = _mark(_who(scope), scope["method"].encode(), scope["path"].encode(), key)
            await self._once(mark, scope, receive, send)

    async def _once(self, mark: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _whole(receive)
        body_mark, now_s = _mark(body), elapsed_s()
        found = self._kept.get(mark)
        if found is not None and now_s - found.at_s < KEPT_S:
            await self._repeated(found, body_mark, scope, receive, send)
            return
        kept = self._kept[mark] = Kept(body_mark, now_s)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

        async def send_on(message: Message) -> None:
            kept.messages.append(message)
            await send(message)

        try:
            await self._app(scope, _again(body, receive), send_on)
        finally:
            if not kept.is_lasting:
                self._kept.pop(mark, None)
            kept.done.set()

    async def _repeated(self, found: Kept, body_mark: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        if found.body_mark != body_mark:
            told = "this Idempotency-Key was used with another body; use a new key"
            await _refuse(scope, receive, send, Trouble(422, "key-used", told))
            return
        await found.done.wait()
        for message in found.messages:
            await send(message)


async def _refuse(scope: Scope, receive: Receive, send: Send, trouble: Trouble) -> None:
    await problem(trouble, scope["path"])(scope, receive, send)


async def _whole(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > BODY_BYTES:
            raise ValueError("too large")
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a body that was read already, then whatever comes."""
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _is_json(scope: Scope) -> bool:
    return b"json" in _header(scope, b"content-type")


def _depth(body: bytes) -> int:
    """Return how deep brackets are nested outside of strings."""
    brackets = NO_BRACKET.sub(b"", STRING.sub(b"", body))
    steps = np.where(np.isin(np.frombuffer(brackets, dtype=np.uint8), OPENING), 1, -1)
    return int(np.cumsum(steps).max(initial=0))


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for each, value in scope["headers"] if each == name), b"")


def _who(scope: Scope) -> bytes:
    shown = b"\n".join(_header(scope, each) for each in CREDENTIALS)
    address = (scope.get("client") or ("", 0))[0].encode()
    return _mark(shown) if shown.strip() else address


def _mark(*parts: bytes) -> bytes:
    mark = blake2b(digest_size=16)
    for each in parts:
        # The length before each part: no two lists of parts are the same bytes.
        mark.update(b"%d:" % len(each) + each)
    return mark.digest()
