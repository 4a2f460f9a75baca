"""Signing in and out, and the sessions that hold."""

from typing import Annotated, Final

from fastapi import APIRouter, Request, Response

from enerwise.serve.accounts import cookies
from enerwise.serve.accounts.entry import SignedIn
from enerwise.serve.accounts.standing import visible
from enerwise.serve.accounts.times import shown
from enerwise.serve.accounts.visits import NO_STORE, accounts_of, check_own_page, hand_over, visit_of
from enerwise.serve.api.access import Caller, in_session
from enerwise.serve.api.problems import Trouble, refusals
from enerwise.serve.api.shapes.auth import (
    Accept,
    AuthState,
    FirstRun,
    Me,
    SessionShape,
    SessionsPage,
    SignIn,
    StepUp,
)

router = APIRouter(tags=["accounts"])
TOLD: Final = refusals(400, 401, 403, 404, 409, 422, 429)
InSession = Annotated[Caller, in_session()]


@router.get("/auth/state", response_model=AuthState, responses=TOLD)
async def auth_state(request: Request, response: Response) -> AuthState:
    """Tell how whoever asks stands, and which ways there are to come in. It renews the token that stops."""
    response.headers["Cache-Control"] = NO_STORE
    accounts = accounts_of(request)
    caller = await accounts.caller(request)
    if caller is None or caller.session is None:
        return await _nobody(request)
    token = await accounts.entry.stop_token(caller.id, caller.session)
    cookies.set_stop(response, token, is_https=accounts.ground.is_https)
    return await _state(request, caller, accounts.session_secret(request) or "")


@router.post("/auth/first-run", response_model=AuthState, status_code=201, responses=TOLD)
async def first_run(request: Request, response: Response, asked: FirstRun) -> AuthState:
    """Make the first owner, who proves with a word from the terminal that he is at the machine."""
    check_own_page(request)
    accounts, visit = accounts_of(request), visit_of(request)
    accounts.throttle.check("first run", visit.address)
    if not await accounts.people.is_empty():
        raise Trouble(409, "has-owner", "this server has an owner already; sign in")
    accounts.throttle.failed("first run", visit.address)
    if not accounts.first_run.fits(asked.token):
        raise Trouble(
            403,
            "wrong-token",
            f"this is not the code from the terminal; it also lies in {accounts.first_run.path.name}",
        )
    accounts.throttle.passed("first run", visit.address)
    await accounts.first_owner(name=asked.name, email=asked.email, password=asked.password)
    return await entered(request, response, await accounts.sign_in(asked.email, asked.password, visit=visit))


@router.post("/auth/sign-in", response_model=AuthState, responses=TOLD)
async def sign_in(request: Request, response: Response, asked: SignIn) -> AuthState:
    """Begin a session; 401 with ``needs-totp`` asks for a code as well."""
    check_own_page(request)
    signed_in = await accounts_of(request).sign_in(asked.email, asked.password, asked.code, visit_of(request))
    return await entered(request, response, signed_in)


@router.post("/auth/accept", response_model=AuthState, responses=TOLD)
async def accept_invitation(request: Request, response: Response, asked: Accept) -> AuthState:
    """Take an invitation: set a password and begin a session."""
    check_own_page(request)
    signed_in = await accounts_of(request).entry.accept(asked.token, asked.password, visit_of(request))
    return await entered(request, response, signed_in)


@router.post("/auth/step-up", status_code=204, responses=TOLD)
async def step_up(request: Request, caller: InSession, asked: StepUp) -> None:
    """Show a fresh code, and do deeds of weight for a quarter of an hour."""
    accounts = accounts_of(request)
    await accounts.entry.check_code(caller.id, asked.code, visit_of(request))
    await accounts.sessions.step_up(caller.session or "")


@router.post("/auth/sign-out", status_code=204, responses=TOLD)
async def sign_out(request: Request, caller: InSession) -> Response:
    """End this session, and the token that stops which came with it."""
    accounts, response = accounts_of(request), Response(status_code=204)
    await accounts.entry.sign_out(caller.id, caller.session or "")
    cookies.clear_session(response, is_https=accounts.ground.is_https)
    cookies.clear_stop(response, is_https=accounts.ground.is_https)
    return response


@router.get("/auth/sessions", response_model=SessionsPage, responses=TOLD)
async def list_sessions(request: Request, caller: InSession) -> SessionsPage:
    """List one's own sessions, the newest first."""
    accounts = accounts_of(request)
    accounts.ground.trail.note("read", caller.id, who=caller.id, what="sessions")
    items = [
        SessionShape(
            id=each.id,
            agent=each.agent,
            way=each.way,
            made_at=shown(each.made_s),
            seen_at=shown(each.seen_s),
            ends_at=shown(each.ends_s),
            is_this=each.id == caller.session,
        )
        for each in await accounts.sessions.listed(caller.id)
    ]
    return SessionsPage(items=items, next=None)


@router.delete("/auth/sessions/{session_id}", status_code=204, responses=TOLD)
async def end_session(request: Request, caller: InSession, session_id: str) -> None:
    """End one of one's own sessions."""
    if not await accounts_of(request).entry.sign_out(caller.id, session_id):
        raise Trouble(404, "no-such-session", f"you have no session {session_id[:64]!r}")


async def entered(request: Request, response: Response, signed_in: SignedIn) -> AuthState:
    """Hand a session over that has just begun, and tell how its person stands."""
    hand_over(response, signed_in)
    accounts = accounts_of(request)
    caller = await accounts.caller_by_session(signed_in.secret)
    assert caller is not None
    return await _state(request, caller, signed_in.secret)


async def _state(request: Request, caller: Caller, secret: str) -> AuthState:
    accounts = accounts_of(request)
    person = await accounts.people.find(caller.id)
    rights = visible(caller.actions, accounts.ground.site_ids) | {
        place: actions for place, actions in caller.actions.items() if place == "*"
    }
    me = Me(
        id=person.id,
        name=person.name,
        email=person.email,
        language=person.language,
        has_totp=person.has_totp,
        has_password=person.has_password,
    )
    state = await _nobody(request)
    return state.model_copy(
        update={
            "signed_in": True,
            "person": me,
            "csrf_token": cookies.csrf_token(secret),
            "permissions": {place: sorted(actions) for place, actions in sorted(rights.items())},
            "needs_step_up": caller.needs_step_up,
        }
    )


async def _nobody(request: Request) -> AuthState:
    accounts = accounts_of(request)
    return AuthState(
        needs_first_run=await accounts.people.is_empty(),
        is_demo=accounts.is_demo,
        methods=accounts.methods,
        oidc_name=accounts.oidc_name,
        saml_name=accounts.saml_name,
        signed_in=False,
        person=None,
        csrf_token=None,
        permissions={},
        needs_step_up=False,
    )
