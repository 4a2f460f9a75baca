"""The resources of the API, found as files in `routes`, and what each of their operations asks of whoever comes."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, Final

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from enerwise.serve.api import routes

PREFIX: Final = "/api/v1"


def routers() -> Iterator[tuple[str, APIRouter]]:
    """Return the router of each file, by name, and under which path it stands."""
    for found in sorted(pkgutil.iter_modules(routes.__path__), key=lambda each: each.name):
        module = importlib.import_module(f"{routes.__name__}.{found.name}")
        if hasattr(module, "router"):
            yield getattr(module, "PREFIX", PREFIX), module.router


def described() -> Iterator[tuple[str, APIRoute]]:
    """Return every route that the schema describes, and under which path it stands."""
    for prefix, router in routers():
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                yield prefix, route


def gates(route: APIRoute) -> list[Any]:
    """Return the gates of `access` that a route declares; none where everybody may come."""
    return [call for call in _calls(route.dependant) if hasattr(call, "action")]


def _calls(dependant: Dependant) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)
