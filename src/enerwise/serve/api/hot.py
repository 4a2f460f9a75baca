"""Hot reads: answers that are bytes already and hold for a moment, given again without asking the routes.

Who asks is looked up for every request, as always; only the work behind it is spared. A route says that its answer
holds (`held`): either for everybody who may see a site, or for callers with the very same rights.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from enerwise.core.time import elapsed_s
from enerwise.serve.api.access import Action, Caller
from enerwise.serve.api.answers import JSON, Answer

BYTES_MOST: Final = 32_000_000
MARK: Final = "enerwise.hot"
Rights = frozenset[tuple[str, frozenset[Action]]]
Asked = tuple[str, bytes, bytes]
"""Path, query, and what kind of answer is wanted."""


@dataclass(frozen=True, slots=True)
class Hot:
    """An answer, for whom it is, and how long it holds."""

    answer: Answer
    site: str | None
    """Whoever may see this site gets it; None where it depends on all rights of the caller."""
    rights: Rights
    until_s: float
    route: str
    whole: Response
    """The answer, ready to be sent as often as it is wanted."""
    unchanged: Response

    def is_for(self, caller: Caller) -> bool:
        """Tell whether a caller would be given the same by the route."""
        return _rights(caller) == self.rights if self.site is None else caller.may(Action.SEE, self.site)


class HotReads:
    """Stands before the routes and answers what still holds."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._held: OrderedDict[Asked, Hot] = OrderedDict()
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        told = dict(scope["headers"])
        asked = (scope["path"], scope["query_string"], told.get(b"accept", b""))
        hot = await self._found(asked, scope)
        if hot is not None:
            known = told.get(b"if-none-match", b"").decode("latin-1")
            await (hot.unchanged if hot.answer.is_known(known) else hot.whole)(scope, receive, send)
            return
        await self._app(scope, receive, send)
        if MARK in scope:
            self._keep(asked, scope[MARK])

    async def _found(self, asked: Asked, scope: Scope) -> Hot | None:
        hot = self._held.get(asked)
        if hot is None:
            return None
        if elapsed_s() >= hot.until_s:
            self._drop(asked)
            return None
        caller = await _caller(scope)
        if caller is None or not hot.is_for(caller):
            return None  # the route says why not
        scope["enerwise.caller"], scope["enerwise.route"] = caller, hot.route
        return hot

    def _keep(self, asked: Asked, hot: Hot) -> None:
        self._drop(asked)
        self._held[asked] = hot
        self._bytes += len(hot.answer.body)
        while self._bytes > BYTES_MOST:
            self._drop(next(iter(self._held)))

    def _drop(self, asked: Asked) -> None:
        gone = self._held.pop(asked, None)
        self._bytes -= len(gone.answer.body) if gone is not None else 0


def held(
    request: Request, caller: Caller, body: bytes, *, holds_s: float, site: str | None, media_type: str = JSON
) -> Response:
    """Return a body, or 304, and let the same be given to others who ask the same, for a while.

    Args:
        request: What is answered.
        caller: Who asked.
        body: The answer.
        holds_s: How long it may be given again.
        site: It is the same for whoever may see this site; None where it depends on all rights of the caller.
        media_type: What the body is.
    """
    answer = Answer.of(body, media_type)
    template = str(getattr(request.scope.get("route"), "path", ""))
    until_s, whole, unchanged = elapsed_s() + holds_s, answer.to(""), answer.to("*")
    request.scope[MARK] = Hot(answer, site, _rights(caller), until_s, template, whole, unchanged)
    return answer.to(request.headers.get("if-none-match", ""))


async def _caller(scope: Scope) -> Caller | None:
    accounts: Any = scope["app"].state.face.accounts
    try:
        found: Caller | None = await accounts.caller(HTTPConnection(scope))
    except Exception:
        return None  # the route meets the same, and tells it
    return found


def _rights(caller: Caller) -> Rights:
    return frozenset(caller.actions.items())
