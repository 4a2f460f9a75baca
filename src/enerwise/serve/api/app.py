"""The application: resources found in `routes`, errors as problem details, one face behind all of it."""

import importlib
import pkgutil
from typing import Final

from fastapi import FastAPI
from fastapi.routing import APIRoute

from enerwise import __version__
from enerwise.serve.api import problems, routes
from enerwise.serve.api.face import Face

PREFIX: Final = "/api/v1"


def make_app(face: Face) -> FastAPI:
    """Return the application that shows a face."""
    app = FastAPI(
        title="Enerwise",
        version=__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    app.state.face = face
    problems.install(app)
    for found in sorted(pkgutil.iter_modules(routes.__path__), key=lambda each: each.name):
        module = importlib.import_module(f"{routes.__name__}.{found.name}")
        if hasattr(module, "router"):
            app.include_router(module.router, prefix=getattr(module, "PREFIX", PREFIX))
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name
