"""One desk behind the resources of plans and analytics, asked without a socket."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import httpx
from fastapi import FastAPI, Request

from enerwise.core.time import Instant, VirtualClock
from enerwise.serve.api import problems
from enerwise.serve.api.access import ROLES, Caller
from enerwise.serve.api.app import PREFIX
from enerwise.serve.api.face import Desk, Face, NoDoor, SocketLine
from enerwise.serve.api.routes import accuracy, bill, carbon, forecast, peaks, plan, quarter_hours, savings, today
from enerwise.site.site import Site
from enerwise.store.store import Store

ROUTES = (accuracy, bill, carbon, forecast, peaks, plan, quarter_hours, savings, today)


class Asker:
    """Asks an application without a socket, one question after the other."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def get(self, path: str, **facts: Any) -> httpx.Response:
        return self._asked("GET", path, **facts)

    def post(self, path: str, **facts: Any) -> httpx.Response:
        return self._asked("POST", path, **facts)

    def put(self, path: str, **facts: Any) -> httpx.Response:
        return self._asked("PUT", path, **facts)

    def _asked(self, method: str, path: str, **facts: Any) -> httpx.Response:
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.request(method, path, **facts)

        return asyncio.run(go())


class OneCaller:
    """Accounts that know everybody as the same person."""

    def __init__(self, role: str) -> None:
        self.role = role

    async def caller(self, request: Request) -> Caller | None:
        return Caller("1", "person", "Ada", {"*": ROLES[self.role]}) if self.role in ROLES else None


class Heard:
    """A site process that notes what it is asked, and answers as told."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.answer, self.asked = dict(answer), list[Mapping[str, Any]]()

    async def ask(self, command: Mapping[str, Any], *, patience_s: float = 3.0) -> dict[str, Any]:
        self.asked.append(command)
        return self.answer


def asking(
    site: Site,
    store: Store,
    now: Instant,
    *,
    role: str = "owner",
    folder: Path | None = None,
    answer: Mapping[str, Any] | None = None,
) -> tuple[Asker, Heard]:
    """Return a client of the resources of plans and analytics, and the site process behind them."""
    where = folder or Path("/nonexistent")
    line = Heard(answer or {"ok": True})
    desk = Desk(site, store, where, NoDoor(), line, SocketLine(where / "door.sock"))
    app = FastAPI()
    app.state.face = Face({site.id: desk}, cast(Any, OneCaller(role)), VirtualClock(now), where)
    problems.install(app)
    for module in ROUTES:
        app.include_router(module.router, prefix=PREFIX)
    return Asker(app), line
