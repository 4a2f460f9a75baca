"""The application: resources found in `routes`, errors as problem details, one face behind all of it."""

import contextlib
import importlib
import pkgutil
from collections.abc import AsyncIterator
from typing import Final

from fastapi import FastAPI
from fastapi.routing import APIRoute

from enerwise import __version__
from enerwise.serve.api import openapi, problems, routes
from enerwise.serve.api.face import Face
from enerwise.serve.api.guards import Rates, Repeats, Sizes
from enerwise.serve.api.live.hub import Hubs
from enerwise.serve.api.names import Names
from enerwise.serve.api.notices import Seen, counts

PREFIX: Final = "/api/v1"


def make_app(face: Face) -> FastAPI:
    """Return the application that shows a face; while it lives, it looks at every site once for everybody."""
    hubs = _hubs(face)

    @contextlib.asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with hubs.running():
            yield

    app = FastAPI(
        title="Enerwise",
        version=__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        lifespan=life,
    )
    app.state.face, app.state.hubs, app.state.seen_book = face, hubs, Seen(face.folder)
    # The last that is added is the first that is asked.
    for guard in (Repeats, Rates, Sizes):
        app.add_middleware(guard)
    problems.install(app)
    for found in sorted(pkgutil.iter_modules(routes.__path__), key=lambda each: each.name):
        module = importlib.import_module(f"{routes.__name__}.{found.name}")
        if hasattr(module, "router"):
            app.include_router(module.router, prefix=getattr(module, "PREFIX", PREFIX))
    openapi.install(app)
    return app


def _hubs(face: Face) -> Hubs:
    return Hubs(face.desks, face.clock, lambda desk: counts(desk, face.clock.now()), Names(face.accounts))


def _operation_id(route: APIRoute) -> str:
    return route.name
