"""A stream of server-sent events to one listener, without a framework between the bytes and the socket."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from enerwise.serve.api.live.hub import Listener

HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
CHECK_S: Final = 30.0
"""How often it is asked whether the listener may still listen."""
StillMay = Callable[[], Awaitable[bool]]


class Tells(Protocol):
    """A hub, of a site or a market."""

    def listen(self, after: int | None = None) -> Listener:
        """Return a listener that begins with what came after a number."""
        ...

    def leave(self, listener: Listener) -> None:
        """Tell a listener nothing more."""
        ...


class EventStream(Response):
    """Everything that a hub tells from now on, until the other side goes, is too slow, or may listen no more."""

    media_type = "text/event-stream"

    def __init__(self, hub: Tells, after: int | None, still_may: StillMay) -> None:
        super().__init__()
        self._hub, self._after, self._still_may = hub, after, still_may

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        listener = self._hub.listen(self._after)
        gone = asyncio.create_task(_until_gone(receive, listener))
        checked = asyncio.create_task(_until_not_allowed(self._still_may, listener))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            while (message := await listener.queue.get()) is not None:
                await send({"type": "http.response.body", "body": message, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._hub.leave(listener)
            gone.cancel()
            checked.cancel()


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    _end(listener)


async def _until_not_allowed(still_may: StillMay, listener: Listener) -> None:
    while await still_may():
        await asyncio.sleep(CHECK_S)
    _end(listener)


def _end(listener: Listener) -> None:
    """End a listener, however much waits for it."""
    while listener.queue.full():
        listener.queue.get_nowait()
    listener.queue.put_nowait(None)
