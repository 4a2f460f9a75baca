"""The application: resources found in `routes`, errors as problem details, one face behind all of it."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from enerwise import __version__
from enerwise.serve.api import problems
from enerwise.serve.api.face import Face
from enerwise.serve.api.guards import Rates, Repeats, Sizes
from enerwise.serve.api.hot import HotReads
from enerwise.serve.api.live.hub import Hubs
from enerwise.serve.api.live.market import MarketHubs
from enerwise.serve.api.names import Names
from enerwise.serve.api.notices import Seen, counts
from enerwise.serve.api.resources import PREFIX, routers
from enerwise.serve.api.schema import completed

__all__ = ["PREFIX", "Api", "make_app"]


class Api(FastAPI):
    """The application behind its guards, and its schema."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        # Outside of what the framework wraps around every route: most requests end at the innermost of them.
        self._front: ASGIApp = Sizes(Rates(Repeats(HotReads(super().__call__))))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it to the routes."""
        scope["app"] = self
        await self._front(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """Return the schema, made when it is first asked for."""
        if not hasattr(self, "_completed"):
            self._completed = completed(super().openapi())
        return self._completed


def make_app(face: Face) -> Api:
    """Return the application that shows a face; while it lives, it looks at every site once for everybody."""
    hubs, market_hubs = _hubs(face), MarketHubs(face.markets, face.clock)

    @contextlib.asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with hubs.running(), market_hubs.running():
            yield

    app = Api(
        title="Enerwise",
        version=__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        lifespan=life,
    )
    app.state.face, app.state.hubs, app.state.seen_book = face, hubs, Seen(face.folder)
    app.state.market_hubs = market_hubs
    problems.install(app)
    for prefix, router in routers():
        app.include_router(router, prefix=prefix)
    return app


def _hubs(face: Face) -> Hubs:
    return Hubs(face.desks, face.clock, lambda desk: counts(desk, face.clock.now()), Names(face.accounts))


def _operation_id(route: APIRoute) -> str:
    return route.name
