"""What a request tells about where somebody comes from, and pages of lists that lie in memory."""

from collections.abc import Callable, Sequence
from typing import Annotated, Final, TypeVar

from fastapi import Query, Request, Response

from enerwise.serve.accounts import cookies
from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.accounts.entry import SignedIn, Visit
from enerwise.serve.accounts.sessions import LASTS_S
from enerwise.serve.api.problems import Trouble

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=64, description="The `next` of the page before.")]
NO_STORE: Final = "no-store"


def accounts_of(request: Request) -> Accounts:
    """Return the accounts of the server."""
    accounts: Accounts = request.app.state.face.accounts
    return accounts


def visit_of(request: Request) -> Visit:
    """Return where somebody comes from; a proxy's word for it is not trusted."""
    address = request.client.host if request.client else ""
    return Visit(address, request.headers.get("user-agent", ""), accounts_of(request).session_secret(request))


def check_own_page(request: Request) -> None:
    """Refuse what a page of another origin sends before anybody is signed in.

    Raises:
        Trouble: 403.
    """
    cookies.check_origin(request, accounts_of(request).ground.origin)


def hand_over(response: Response, signed_in: SignedIn) -> None:
    """Give a browser its session and the token that stops."""
    is_https = signed_in.is_https
    cookies.set_session(response, signed_in.secret, is_https=is_https, lasts_s=LASTS_S)
    cookies.set_stop(response, signed_in.stop_token, is_https=is_https)
    response.headers["Cache-Control"] = NO_STORE


def paged(items: Sequence[T], limit: int, cursor: str | None, name: Callable[[T], str]) -> tuple[list[T], str | None]:
    """Return the items behind a cursor, and the cursor of what follows.

    Raises:
        Trouble: 422, the cursor is not from a page of this list.
    """
    start = 0
    if cursor is not None:
        found = next((at for at, each in enumerate(items) if name(each) == cursor), None)
        if found is None:
            raise Trouble(422, "wrong-cursor", f"cursor: {cursor!r} is none of this list; begin without one")
        start = found + 1
    page = list(items[start : start + limit])
    return page, name(page[-1]) if page and start + limit < len(items) else None
