"""Errors as problem details (RFC 9457): what happened, where, which value, and what to do."""

import http
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from enerwise.core.errors import ProblemsFound, StoreError
from enerwise.serve.api.face import NoAnswer
from enerwise.serve.api.wire import to_json

MEDIA_TYPE: Final = "application/problem+json"


class Fault(BaseModel):
    """One thing that is wrong, and how to put it right."""

    place: str
    message: str
    remedy: str = ""


class ProblemDetails(BaseModel):
    """RFC 9457."""

    type: str = Field(default="about:blank", examples=["urn:enerwise:problem:not-found"])
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    code: str = ""
    """A short name that programs may rely on."""
    faults: list[Fault] = []


class Trouble(Exception):
    """Raise it anywhere below a route; it becomes problem details."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        faults: list[Fault] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.faults, self.headers = faults or [], dict(headers or {})


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the refusals of a route; the schema tells all of them as problem details.

    Naming the model here would let the framework prepare it anew for each of them: a third of what the server needs to
    be ready.
    """
    return {status: {"description": http.HTTPStatus(status).phrase} for status in statuses}


def problem(trouble: Trouble, instance: str = "") -> Response:
    """Return a trouble as a response."""
    told = ProblemDetails(
        type=f"urn:enerwise:problem:{trouble.code}",
        title=http.HTTPStatus(trouble.status).phrase,
        status=trouble.status,
        detail=trouble.detail,
        instance=instance,
        code=trouble.code,
        faults=trouble.faults,
    )
    return Response(to_json(told.model_dump()), trouble.status, trouble.headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let every error of an application be told as problem details."""

    @app.exception_handler(Trouble)
    async def _trouble(request: Request, error: Trouble) -> Response:
        return problem(error, request.url.path)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        code = http.HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
        return problem(Trouble(error.status_code, code, str(error.detail), headers=error.headers), request.url.path)

    @app.exception_handler(RequestValidationError)
    async def _wrong(request: Request, error: RequestValidationError) -> Response:
        faults = [Fault(place=_place(each["loc"]), message=_said(each)) for each in error.errors()]
        detail = "; ".join(f"{each.place}: {each.message}" for each in faults)
        return problem(Trouble(422, "wrong-request", detail, faults=faults), request.url.path)

    @app.exception_handler(ProblemsFound)
    async def _found(request: Request, error: ProblemsFound) -> Response:
        faults = [Fault(place=each.place, message=each.message, remedy=each.remedy) for each in error.problems]
        return problem(Trouble(422, "wrong-request", str(error), faults=faults), request.url.path)

    @app.exception_handler(NoAnswer)
    async def _silent(request: Request, error: NoAnswer) -> Response:
        told = f"the site does not answer ({error}); devices keep following their last plan. Try again in a moment"
        return problem(Trouble(503, "site-silent", told, headers={"Retry-After": "2"}), request.url.path)

    @app.exception_handler(StoreError)
    async def _store(request: Request, error: StoreError) -> Response:
        return problem(Trouble(503, "store-silent", str(error), headers={"Retry-After": "2"}), request.url.path)


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(each) for each in loc)


def _said(error: Mapping[str, Any]) -> str:
    return f"{error.get('msg', 'is wrong')}, got {str(error.get('input'))[:80]!r}"
