"""Answers that are bytes already: with a tag of their content, so that an unchanged one is not sent twice."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Final

from fastapi import Request
from fastapi.responses import Response

from enerwise.serve.api.access import Action, At, at_site
from enerwise.serve.api.problems import refusals

JSON: Final = "application/json"
PROBLEMS: Final = refusals(400, 401, 403, 404, 422, 429, 503)
"""What any read of a site may answer instead."""
Seen = Annotated[At, at_site(Action.SEE)]


@dataclass(frozen=True, slots=True)
class Answer:
    """A body with the tag of its content."""

    body: bytes
    media_type: str
    tag: str

    @classmethod
    def of(cls, body: bytes, media_type: str = JSON) -> "Answer":
        """Return the answer with this body."""
        return cls(body, media_type, f'"{blake2b(body, digest_size=12).hexdigest()}"')

    def is_known(self, known: str) -> bool:
        """Tell whether ``known``, an ``If-None-Match``, names it."""
        return bool(known) and (known.strip() == "*" or self.tag in {_strong(each) for each in known.split(",")})

    def to(self, known: str) -> Response:
        """Return it as a response; 304 where the caller has it."""
        headers = {"ETag": self.tag, "Cache-Control": "private, no-cache", "Vary": "Accept"}
        if self.is_known(known):
            return Response(status_code=304, headers=headers)
        return Response(self.body, headers=headers, media_type=self.media_type)


def answered(request: Request, body: bytes, *, media_type: str = JSON) -> Response:
    """Return a body, or 304 where the caller has it."""
    return Answer.of(body, media_type).to(request.headers.get("if-none-match", ""))


def _strong(tag: str) -> str:
    return tag.strip().removeprefix("W/")
