"""Answers that are bytes already: with a tag of their content, so that an unchanged one is not sent twice."""

from hashlib import blake2b
from typing import Annotated, Any, Final

from fastapi import Request
from fastapi.responses import Response

from enerwise.serve.api.access import Action, At, at_site
from enerwise.serve.api.problems import ProblemDetails

JSON: Final = "application/json"
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    code: {"model": ProblemDetails} for code in (400, 401, 403, 404, 422, 429, 503)
}
"""What any read of a site may answer instead."""
Seen = Annotated[At, at_site(Action.SEE)]


def answered(request: Request, body: bytes, *, media_type: str = JSON) -> Response:
    """Return a body, or 304 where the caller has it."""
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in _known(request):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _known(request: Request) -> set[str]:
    told = request.headers.get("if-none-match", "")
    return {each.strip().removeprefix("W/") for each in told.split(",")}
