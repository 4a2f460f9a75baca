"""The API as OpenAPI 3.1: what the framework sees of it, and what it cannot see: problems, and who may come.

Run: ``python -m enerwise.serve.api.schema --out docs/openapi.json``
"""

import argparse
import http
import json
import tempfile
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

from enerwise.core.time import VirtualClock, instant
from enerwise.serve.api import resources
from enerwise.serve.api.problems import MEDIA_TYPE, ProblemDetails

Schema = dict[str, Any]
REF: Final = {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}
NOT_OURS: Final = ("HTTPValidationError", "ValidationError")
"""How the framework would tell wrong requests; we tell them as problem details."""
METHODS: Final = ("get", "put", "post", "delete", "patch")
JSON: Final = "application/json"
BY_ALL: Final = (400, 414, 422, 429)
"""Before a route is reached: what cannot be read, is too long, or comes too often."""
BY_WRITES: Final = (409, 413)
"""What does not fit to what is there, or is too long."""
BY_GATES: Final = (401, 403)
SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A key, or a token of OAuth 2."},
    "session": {"type": "apiKey", "in": "cookie", "name": "enerwise_session", "description": "Of a browser."},
}
ABOUT: Final = """\
Enerwise measures a site, foresees it, plans it, and moves real machines.

Positive is taken: power into an asset, import at the connection, money you pay. Units stand in names, times are UTC and
end in `Z`, days are those of the site. Lists are pages: `next` is the `cursor` of the one that follows. Writes take an
`Idempotency-Key`, reads carry an `ETag`, errors are problem details (RFC 9457) whose `code` is stable.
"""


def completed(raw: Mapping[str, Any]) -> Schema:
    """Return a schema with errors as they are really told, and with what each operation asks of whoever comes."""
    schema = deepcopy(dict(raw))
    asked = _asked()
    for operation in _operations(schema):
        _tell_problems(operation, is_gated=operation["operationId"] in asked)
        _tell_gate(operation, asked)
    _drop_foreign(schema)
    schema["info"]["description"] = ABOUT
    schema["components"]["securitySchemes"] = deepcopy(SCHEMES)
    schema["security"] = [{name: []} for name in SCHEMES]
    return schema


def _operations(schema: Schema) -> Iterator[Schema]:
    for path in schema["paths"].values():
        for method in METHODS:
            if method in path:
                path[method]["x-method"] = method
                yield path[method]


def _tell_problems(operation: Schema, *, is_gated: bool) -> None:
    is_write, responses = operation.pop("x-method") != "get", operation["responses"]
    for status in (*BY_ALL, *(BY_WRITES if is_write else ()), *(BY_GATES if is_gated else ())):
        responses.setdefault(str(status), {"description": http.HTTPStatus(status).phrase})
    for status, response in responses.items():
        if status >= "400":
            _tell_problem(response.setdefault("content", {}))
        elif JSON in (content := response.get("content", {})):
            # Clients are generated for what stands first.
            response["content"] = {JSON: content.pop(JSON), **content}
    operation["responses"] = dict(sorted(responses.items()))


def _tell_problem(content: Schema) -> None:
    named = content.get(JSON, {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    if named in ("", ProblemDetails.__name__, *NOT_OURS):
        content.pop(JSON, None)
    # Where a standard has a form of its own for refusals, what stands before the route still has ours.
    content[MEDIA_TYPE] = {"schema": dict(REF)}


def _tell_gate(operation: Schema, asked: Mapping[str, str | None]) -> None:
    name = operation["operationId"]
    if name not in asked:
        operation["security"] = []
    elif asked[name] is not None:
        operation["x-action"] = asked[name]


def _asked() -> dict[str, str | None]:
    """Return which action each gated operation needs; None where it is enough to be somebody."""
    found = {route.name: resources.gates(route) for _, route in resources.described()}
    return {name: None if gates[0].action is None else str(gates[0].action) for name, gates in found.items() if gates}


def _drop_foreign(schema: Schema) -> None:
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for name in NOT_OURS:
        schemas.pop(name, None)
    schemas.setdefault(
        ProblemDetails.__name__, ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    )
    for name, inner in schemas[ProblemDetails.__name__].pop("$defs", {}).items():
        schemas.setdefault(name, inner)
    schema["components"]["schemas"] = dict(sorted(schemas.items()))


def published() -> Schema:
    """Return the schema of the API, as the document of this version."""
    from enerwise.serve.api.app import make_app
    from enerwise.serve.api.face import Face

    with tempfile.TemporaryDirectory() as folder:
        clock = VirtualClock(instant("2026-01-01T00:00Z"))
        return make_app(Face({}, cast(Any, SimpleNamespace()), clock, Path(folder))).openapi()


def text(schema: Schema) -> str:
    """Return a schema as it is kept: one change, one line."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the schema."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where it is written")
    parser.parse_args().out.write_text(text(published()), encoding="utf-8")


if __name__ == "__main__":
    main()
