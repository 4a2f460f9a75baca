"""The whole server: the stop before everything else, then what watches, then the API, and the page behind it."""

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Scope

from enerwise.serve import tracing
from enerwise.serve.api import page
from enerwise.serve.api.access import Action
from enerwise.serve.api.app import make_app
from enerwise.serve.api.face import Face
from enerwise.serve.api.observed import Observed
from enerwise.serve.api.stop import StopWay
from enerwise.serve.api.stop_orders import Orders
from enerwise.serve.metrics import Metrics
from enerwise.serve.push import Teller, book_of

JOIN_S: Final = 2.0


def make_server(face: Face) -> StopWay:
    """Return everything that one face serves; its `StopWay` is what comes first."""
    app = make_app(face)
    app.state.metrics = Metrics()
    show_page(app, face)
    _tell_by_push(app, face)
    tracing.install(app)
    is_hsts = face.origin.startswith("https://") and not face.settings.get("is_self_signed", False)
    orders = Orders()
    way = stop_way(face, orders, Observed(app, app.state.metrics, is_hsts=is_hsts))
    app.state.stop_way = way
    for hub in app.state.hubs:
        hub.follow(orders)
    return way


def _tell_by_push(app: FastAPI, face: Face) -> None:
    """Let people who asked for it be told of what is new while the server lives."""
    inner = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def life(within: FastAPI) -> AsyncIterator[Any]:
        async with inner(within) as state:
            book = book_of(app, face)
            telling = None if book is None else asyncio.create_task(Teller(face, book, app.state.metrics).run())
            try:
                yield state
            finally:
                if telling is not None:
                    telling.cancel()

    app.router.lifespan_context = life


def stop_way(face: Face, orders: Orders, behind: ASGIApp | None) -> StopWay:
    """Return what takes stops before anything else; where there is time, a session or a key will do as well."""
    way = StopWay(face.desks, face.accounts.stop_tokens.check, orders, origin=face.origin, behind=behind)

    async def ask(scope: Scope, site: str) -> str | None:
        caller = await face.accounts.caller(HTTPConnection(scope))
        return caller.id if caller is not None and caller.may(Action.STOP, site) else None

    way.ask = ask
    return way


def show_page(app: FastAPI, face: Face, folder: Path = page.FOLDER) -> None:
    """Let the page answer what no route answers."""
    stop_port = face.settings.get("stop_port")
    app.router.default = page.Page(app.router.default, folder, stop_port=stop_port)


@contextlib.contextmanager
def stop_thread(way: StopWay, stop_fd: int | None, options: Mapping[str, Any]) -> Iterator[None]:
    """Take stops on a port of their own, in a thread with an event loop of its own, while the server runs.

    Args:
        way: What takes stops; here nothing stands behind it, and only stop tokens are believed.
        stop_fd: An open, listening socket; None for no second way.
        options: How listeners are run, as uvicorn names it.
    """
    if stop_fd is None:
        yield
        return
    import uvicorn

    alone = way.alone()
    server = uvicorn.Server(uvicorn.Config(alone, lifespan="off", timeout_graceful_shutdown=1, **options))
    listener = socket.socket(fileno=os.dup(stop_fd))
    thread = threading.Thread(target=server.run, args=([listener],), name="stops", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=JOIN_S)
