"""Signing in by an outside provider."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from enerwise.serve.accounts.oauth.outside import CALLBACK
from enerwise.serve.accounts.outsiders import WAY_S
from enerwise.serve.accounts.visits import NO_STORE, accounts_of, hand_over, visit_of
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.routes.auth import TOLD

router = APIRouter(tags=["accounts"])
COOKIE: Final = "enerwise_outside"
PATH: Final = CALLBACK.rpartition("/")[0]
Word = Annotated[str, Query(max_length=4000)]


@router.get("/auth/oidc/start", status_code=303, response_class=RedirectResponse, responses=TOLD)
async def start_outside(request: Request, next: Word = "/") -> Response:
    """Send the browser to the outside provider."""
    accounts = accounts_of(request)
    departure = await accounts.outside.depart(next)
    response = RedirectResponse(departure.address, 303, headers={"Cache-Control": NO_STORE})
    # Lax and not strict: the browser comes back from another site.
    is_https = accounts.ground.is_https
    response.set_cookie(
        COOKIE, departure.sealed, max_age=WAY_S, path=PATH, secure=is_https, httponly=True, samesite="lax"
    )
    return response


@router.get("/auth/oidc/callback", status_code=303, response_class=RedirectResponse, responses=TOLD)
async def end_outside(
    request: Request, code: Word = "", state: Word = "", iss: Word = "", error: Word = ""
) -> Response:
    """Take the browser back from the outside provider, and begin a session, or go back to signing in and say why."""
    accounts = accounts_of(request)
    try:
        if error:
            raise Trouble(401, "outside-refused", error)
        sealed = request.cookies.get(COOKIE, "")
        arrival = await accounts.outside.arrive(sealed, code=code, state=state, issuer=iss)
        signed_in = await accounts.entry.outside(arrival.person_id, visit_of(request), "oidc")
    except Trouble as trouble:
        response: Response = RedirectResponse(f"/sign-in?{urlencode({'error': trouble.code})}", 303)
    else:
        response = RedirectResponse(arrival.onward, 303)
        hand_over(response, signed_in)
    response.delete_cookie(COOKIE, path=PATH)
    return response
