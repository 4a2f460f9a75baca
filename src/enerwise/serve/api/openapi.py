"""The description of the API: every refusal is told as problem details, those of what stands before the routes too."""

import http
from typing import Any, Final

from fastapi import FastAPI

from enerwise.serve.api.problems import MEDIA_TYPE

JSON: Final = "application/json"
SCHEMA: Final = {"$ref": "#/components/schemas/ProblemDetails"}
VALIDATION: Final = {"$ref": "#/components/schemas/HTTPValidationError"}
ALWAYS: Final = (400, 413, 414, 422, 429)
"""Before a route is reached: what cannot be read, is too long, or comes too often."""
METHODS: Final = ("get", "put", "post", "delete", "patch")


def install(app: FastAPI) -> None:
    """Let an application describe its refusals as they are."""
    made = app.openapi

    def told() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = described(made())
        return app.openapi_schema

    app.openapi = told  # type: ignore[method-assign]  # the way that FastAPI documents


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a description in which every refusal has the media type that it is sent with."""
    for path in schema.get("paths", {}).values():
        for method in METHODS:
            if method in path:
                _put_right(path[method].setdefault("responses", {}))
    parts = schema.get("components", {}).get("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        parts.pop(unused, None)
    return schema


def _put_right(responses: dict[str, Any]) -> None:
    for status in ALWAYS:
        phrase = http.HTTPStatus(status).phrase
        responses.setdefault(str(status), {"description": phrase, "content": {JSON: {"schema": SCHEMA}}})
    for code, response in responses.items():
        if not code.isdigit() or int(code) < 400:
            continue
        content = response.setdefault("content", {})
        if content.get(JSON, {}).get("schema") in (SCHEMA, VALIDATION, None):
            content.pop(JSON, None)
        # Where a standard has a form of its own for refusals, what stands before the route still has ours.
        content[MEDIA_TYPE] = {"schema": SCHEMA}
