"""OAuth 2 and OpenID Connect for apps, boxes and other servers; at the root, as the standards want it."""

import base64
import binascii
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final
from urllib.parse import quote, unquote_plus, urlsplit

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.routing import APIRoute

from enerwise.serve.accounts.oauth.clients import SCOPES, Client
from enerwise.serve.accounts.oauth.codes import Asked, Pending
from enerwise.serve.accounts.oauth.refusals import OAuthRefusal
from enerwise.serve.accounts.oauth.signing import ALGORITHM
from enerwise.serve.accounts.oauth.tokens import Consent, profile
from enerwise.serve.accounts.visits import NO_STORE, Cursor, Limit, accounts_of, paged
from enerwise.serve.api.access import Action, Caller, in_session, on_server
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.routes.auth import TOLD
from enerwise.serve.api.shapes import oauth as shapes

Answer = Callable[[Request], Coroutine[Any, Any, Response]]
DEVICE_CODE: Final = "urn:ietf:params:oauth:grant-type:device_code"
GRANTS: Final = ("authorization_code", "refresh_token", DEVICE_CODE)
REFUSED: Final[dict[int | str, dict[str, Any]]] = {status: {"model": shapes.OAuthError} for status in (400, 401)}
PREFIX: Final = ""


class OAuthRoute(APIRoute):
    """Tells refusals as the standards want them, and lets nobody keep an answer."""

    def get_route_handler(self) -> Answer:
        """Wrap the handler."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except OAuthRefusal as refusal:
                told = {"error": refusal.error, "error_description": refusal.told}
                response = JSONResponse(told, refusal.status)
                if refusal.status == 401:
                    response.headers["WWW-Authenticate"] = "Basic"
            response.headers.setdefault("Cache-Control", NO_STORE)
            return response

        return answer


router = APIRouter(tags=["oauth"], route_class=OAuthRoute)
InSession = Annotated[Caller, in_session()]
Manages = Annotated[Caller, on_server(Action.MANAGE)]
Word = Annotated[str, Query(max_length=2000)]


# -- in the browser of a person ----------------------------------------------------------------------------------


@router.get("/oauth/authorize", status_code=303, response_class=RedirectResponse, responses=TOLD)
async def authorize(
    request: Request,
    client_id: Word,
    redirect_uri: Word,
    response_type: Word = "",
    scope: Word = "",
    state: Word = "",
    nonce: Word = "",
    code_challenge: Word = "",
    code_challenge_method: Word = "",
    prompt: Word = "",
) -> Response:
    """Ask a person for an app, and send the browser back with a code, or to sign in or agree first."""
    asked = Asked(
        client_id, redirect_uri, response_type, scope, state, nonce, code_challenge, code_challenge_method, prompt
    )
    accounts = accounts_of(request)
    client = await accounts.codes.client_for(asked)
    try:
        return _onward(await _asked(request, asked, client))
    except OAuthRefusal as refusal:
        return _onward(accounts.codes.sent_back(asked, error=refusal.error, error_description=refusal.told))


async def _asked(request: Request, asked: Asked, client: Client) -> str:
    accounts, is_quiet = accounts_of(request), asked.prompt == "none"
    scope = accounts.codes.checked(asked, client)
    caller = await accounts.caller(request)
    if caller is None or caller.session is None:
        if is_quiet:
            raise OAuthRefusal("login_required", "nobody is signed in")
        return _to_sign_in(request)
    if Action.MANAGE in scope.split() and caller.needs_step_up:
        if is_quiet:
            raise OAuthRefusal("login_required", "a fresh code is needed")
        return f"{_to_sign_in(request)}&step_up=1"
    if await accounts.codes.agreed(caller.id, client, scope):
        return await accounts.codes.code(caller, asked)
    if is_quiet:
        raise OAuthRefusal("consent_required", "the person has to be asked")
    return f"/consent?request={await accounts.codes.ask(caller.id, asked)}"


def _to_sign_in(request: Request) -> str:
    return f"/sign-in?next={quote(f'{request.url.path}?{request.url.query}', safe='')}"


def _onward(address: str) -> Response:
    return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE, "Referrer-Policy": "no-referrer"})


@router.get("/oauth/consents/{request_id}", response_model=shapes.ConsentQuestion, responses=TOLD)
async def get_consent(request: Request, caller: InSession, request_id: str) -> shapes.ConsentQuestion:
    """Tell what an app asks this person for."""
    return _question(await accounts_of(request).codes.pending(caller.id, request_id))


@router.post("/oauth/consents/{request_id}", response_model=shapes.Onward, responses=TOLD)
async def answer_consent(
    request: Request, caller: InSession, request_id: str, asked: shapes.ConsentDecision
) -> shapes.Onward:
    """Answer an app, and learn where the browser goes next."""
    where = await accounts_of(request).codes.answer(caller, request_id, allows=asked.allow)
    return shapes.Onward(redirect_to=where)


def _question(pending: Pending) -> shapes.ConsentQuestion:
    return shapes.ConsentQuestion(
        id=pending.id,
        app_name=pending.client.name,
        redirect_host=urlsplit(pending.asked.redirect_uri).netloc or urlsplit(pending.asked.redirect_uri).scheme,
        scopes=pending.asked.scope.split(),
    )


# -- apps and boxes ----------------------------------------------------------------------------------------------


@router.post(
    "/oauth/token", response_model=shapes.TokenAnswer, response_model_exclude_none=True, responses={**TOLD, **REFUSED}
)
async def token(request: Request, form: Annotated[shapes.TokenForm, Form()]) -> dict[str, Any]:
    """Give tokens for a code, a refresh token, or a device code that a person has answered."""
    accounts = accounts_of(request)
    client = await _client(request, form.client_id, form.client_secret)
    await accounts.signing.turn_if_due()
    match form.grant_type:
        case "authorization_code":
            return await accounts.codes.redeemed(
                client, code=form.code, redirect_uri=form.redirect_uri, verifier=form.code_verifier
            )
        case "refresh_token":
            return await accounts.tokens.refreshed(client, form.refresh_token, form.scope)
        case grant if grant == DEVICE_CODE:
            return await accounts.devices.redeemed(client, form.device_code)
        case _:
            raise OAuthRefusal("unsupported_grant_type", f"grant_type is one of: {', '.join(GRANTS)}")


@router.post("/oauth/device", response_model=shapes.DeviceAnswer, responses={**TOLD, **REFUSED})
async def begin_device(request: Request, form: Annotated[shapes.DeviceForm, Form()]) -> dict[str, Any]:
    """Give a box a short code to show, and a long one to ask with."""
    client = await _client(request, form.client_id, form.client_secret)
    _slow(request, "device codes")
    return await accounts_of(request).devices.begin(client, form.scope)


@router.get("/oauth/device/approve", response_model=shapes.DeviceQuestion, responses=TOLD)
async def get_device(
    request: Request, caller: InSession, user_code: Annotated[str, Query(max_length=20)]
) -> shapes.DeviceQuestion:
    """Tell which box shows a code, and what it asks for."""
    place, address = f"device/{caller.id}", request.client.host if request.client else ""
    accounts = accounts_of(request)
    accounts.throttle.check(place, address)
    accounts.throttle.failed(place, address)
    waiting = await accounts.devices.waiting(user_code)
    accounts.throttle.passed(place, address)
    return shapes.DeviceQuestion(
        user_code=waiting.user_code, app_name=waiting.client.name, scopes=waiting.scope.split()
    )


@router.post("/oauth/device/approve", status_code=204, responses=TOLD)
async def approve_device(request: Request, caller: InSession, asked: shapes.DeviceDecision) -> None:
    """Answer the box that shows a code."""
    question = await get_device(request, caller, asked.user_code)
    if Action.MANAGE in question.scopes and caller.needs_step_up:
        raise Trouble(403, "needs-step-up", "this needs a fresh code from the phone: POST /api/v1/auth/step-up")
    await accounts_of(request).devices.answer(caller, asked.user_code, allows=asked.allow)


@router.post("/oauth/revoke", responses={**TOLD, **REFUSED})
async def revoke_token(request: Request, form: Annotated[shapes.TokenShownForm, Form()]) -> Response:
    """End a token and everything that the same consent brought forth."""
    client = await _client(request, form.client_id, form.client_secret)
    await accounts_of(request).tokens.revoke(client, form.token)
    return Response(status_code=200)


@router.post(
    "/oauth/introspect",
    response_model=shapes.Introspection,
    response_model_exclude_none=True,
    responses={**TOLD, **REFUSED},
)
async def introspect_token(request: Request, form: Annotated[shapes.TokenShownForm, Form()]) -> dict[str, Any]:
    """Tell an app that can keep a secret whether a token holds, and what it says."""
    client = await _client(request, form.client_id, form.client_secret)
    if not client.is_confidential:
        raise OAuthRefusal("invalid_client", "only an app with a secret may look at tokens")
    return await accounts_of(request).tokens.introspected(form.token)


@router.get(
    "/oauth/userinfo", response_model=shapes.UserInfo, response_model_exclude_none=True, responses={**TOLD, **REFUSED}
)
async def userinfo(request: Request) -> dict[str, Any]:
    """Tell an app what a person has allowed it to know."""
    accounts = accounts_of(request)
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    claims = await accounts.tokens.read(shown.strip()) if scheme.lower() == "bearer" else None
    if claims is None:
        raise Trouble(401, "not-signed-in", "send an access token", headers={"WWW-Authenticate": "Bearer"})
    consent = Consent(claims["sub"], claims["client_id"], claims["scope"], claims["iat"])
    if "openid" not in consent.words:
        raise Trouble(403, "insufficient-scope", "this token is not for openid")
    accounts.ground.trail.note("read", consent.person_id, who=consent.client_id, what="userinfo")
    return await accounts.ground.read(lambda connection: profile(connection, consent))


# -- what is public ----------------------------------------------------------------------------------------------


@router.get("/oauth/jwks", response_model=shapes.Jwks)
async def jwks(request: Request, response: Response) -> dict[str, Any]:
    """Give the keys that verify our tokens."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return {"keys": accounts_of(request).signing.public()}


@router.get("/.well-known/openid-configuration", response_model=shapes.Discovery)
async def discovery(request: Request, response: Response) -> shapes.Discovery:
    """Tell where everything is."""
    response.headers["Cache-Control"] = "public, max-age=300"
    origin = accounts_of(request).ground.origin
    return shapes.Discovery(
        issuer=origin,
        authorization_endpoint=f"{origin}/oauth/authorize",
        token_endpoint=f"{origin}/oauth/token",
        device_authorization_endpoint=f"{origin}/oauth/device",
        revocation_endpoint=f"{origin}/oauth/revoke",
        introspection_endpoint=f"{origin}/oauth/introspect",
        userinfo_endpoint=f"{origin}/oauth/userinfo",
        jwks_uri=f"{origin}/oauth/jwks",
        scopes_supported=list(SCOPES),
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=list(GRANTS),
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=[ALGORITHM],
        token_endpoint_auth_methods_supported=["none", "client_secret_basic", "client_secret_post"],
        code_challenge_methods_supported=["S256"],
        claims_supported=["sub", "name", "locale", "email", "email_verified", "auth_time", "nonce"],
        authorization_response_iss_parameter_supported=True,
    )


# -- which apps there are ----------------------------------------------------------------------------------------


@router.get("/oauth/apps", response_model=shapes.AppsPage, responses=TOLD)
async def list_apps(request: Request, caller: Manages, limit: Limit = 100, cursor: Cursor = None) -> shapes.AppsPage:
    """List the apps that may ask for tokens."""
    found = [each for each in await accounts_of(request).clients.listed() if each.scopes]
    items, following = paged(found, limit, cursor, lambda each: each.id)
    return shapes.AppsPage(items=[shapes.AppShape.of(each) for each in items], next=following)


@router.post("/oauth/apps", response_model=shapes.AddedApp, status_code=201, responses=TOLD)
async def add_app(request: Request, caller: Manages, asked: shapes.NewApp) -> shapes.AddedApp:
    """Let an app ask for tokens."""
    client, secret = await accounts_of(request).clients.add(caller, **asked.model_dump())
    return shapes.AddedApp(app=shapes.AppShape.of(client), secret=secret)


@router.delete("/oauth/apps/{app_id}", status_code=204, responses=TOLD)
async def remove_app(request: Request, caller: Manages, app_id: str) -> None:
    """Remove an app; all its tokens end."""
    await accounts_of(request).clients.remove(caller, app_id)


async def _client(request: Request, client_id: str, secret: str) -> Client:
    header = request.headers.get("authorization", "")
    if header.lower().startswith("basic "):
        try:
            told = base64.b64decode(header[6:].strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            raise OAuthRefusal("invalid_client", "the Authorization header cannot be read") from None
        client_id, _, secret = (unquote_plus(each) if each != ":" else each for each in told.partition(":"))
    return await accounts_of(request).clients.proven(client_id, secret)


def _slow(request: Request, place: str) -> None:
    """Let one address ask only so often: every try counts."""
    throttle, address = accounts_of(request).throttle, request.client.host if request.client else ""
    throttle.check(place, address)
    throttle.failed(place, address)
