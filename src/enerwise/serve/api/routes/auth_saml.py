"""Signing in by a provider of SAML."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from enerwise.serve.accounts.outsiders import WAY_S
from enerwise.serve.accounts.saml.outside import RECEIVES, ROOT
from enerwise.serve.accounts.visits import NO_STORE, accounts_of, hand_over, visit_of
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.routes.auth import TOLD
from enerwise.serve.api.shapes.auth import SamlAnswer

router = APIRouter(tags=["accounts"])
COOKIE: Final = "enerwise_saml"
METADATA: Final = "application/samlmetadata+xml"
Word = Annotated[str, Query(max_length=4000)]


@router.get("/auth/saml/start", status_code=303, response_class=RedirectResponse, responses=TOLD)
async def start_saml(request: Request, next: Word = "/") -> Response:
    """Send the browser to the provider of SAML."""
    accounts = accounts_of(request)
    departure = accounts.saml.depart(next)
    response = RedirectResponse(departure.address, 303, headers={"Cache-Control": NO_STORE})
    is_https = accounts.ground.is_https
    response.set_cookie(
        COOKIE, departure.sealed, max_age=WAY_S, path=ROOT, secure=is_https, httponly=True, samesite="lax"
    )
    return response


@router.post("/auth/saml/acs", status_code=303, response_class=RedirectResponse, responses=TOLD)
async def receive_saml(request: Request, form: Annotated[SamlAnswer, Form()]) -> Response:
    """Take the answer of the provider, which its page lets the browser send, and go on to where cookies come along."""
    accounts, address = accounts_of(request), visit_of(request).address
    # Of each address alone: nobody makes others wait with answers that are none.
    place = f"saml {address}"
    try:
        accounts.throttle.check(place, address)
        accounts.throttle.failed(place, address)
        ticket = await accounts.saml.receive(form.SAMLResponse)
        accounts.throttle.passed(place, address)
    except Trouble as trouble:
        return _back(trouble)
    onward = f"{RECEIVES.rpartition('/')[0]}/arrive?{urlencode({'ticket': ticket})}"
    return RedirectResponse(onward, 303, headers={"Cache-Control": NO_STORE})


@router.get("/auth/saml/arrive", status_code=303, response_class=RedirectResponse, responses=TOLD)
async def end_saml(request: Request, ticket: Word = "") -> Response:
    """Begin a session for the browser that had left, or go back to signing in and say why."""
    accounts = accounts_of(request)
    try:
        arrival = await accounts.saml.arrive(request.cookies.get(COOKIE, ""), ticket)
        signed_in = await accounts.entry.outside(arrival.person_id, visit_of(request), "saml")
    except Trouble as trouble:
        response = _back(trouble)
    else:
        response = RedirectResponse(arrival.onward, 303)
        hand_over(response, signed_in)
    response.delete_cookie(COOKIE, path=ROOT)
    return response


@router.get(
    "/auth/saml/metadata",
    response_class=Response,
    responses={**TOLD, 200: {"content": {METADATA: {}}, "description": "What the provider needs to know about us."}},
)
async def saml_metadata(request: Request) -> Response:
    """Tell the provider of SAML where to send answers, and by which key our requests are signed."""
    return Response(accounts_of(request).saml.metadata(), media_type=METADATA)


def _back(trouble: Trouble) -> Response:
    return RedirectResponse(f"/sign-in?{urlencode({'error': trouble.code})}", 303, headers={"Cache-Control": NO_STORE})
