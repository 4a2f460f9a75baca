"""Passkeys: enrol a device, and come in with it."""

from typing import Annotated, Final

from fastapi import APIRouter, Request, Response

from enerwise.serve.accounts.visits import NO_STORE, accounts_of, check_own_page, visit_of
from enerwise.serve.api.access import Caller, in_session
from enerwise.serve.api.routes.auth import TOLD, entered
from enerwise.serve.api.routes.me import check_fresh
from enerwise.serve.api.shapes.auth import AuthState
from enerwise.serve.api.shapes.auth_passkeys import (
    NewPasskey,
    PasskeyAnswer,
    PasskeyQuestion,
    PasskeyShape,
    PasskeysPage,
)

router = APIRouter(tags=["accounts"])
InSession = Annotated[Caller, in_session()]
THROTTLED: Final = "passkey"


@router.post("/auth/passkey/options", response_model=PasskeyQuestion, responses=TOLD)
async def passkey_sign_in_options(request: Request, response: Response) -> PasskeyQuestion:
    """Ask a device to prove itself."""
    check_own_page(request)
    response.headers["Cache-Control"] = NO_STORE
    question = accounts_of(request).passkeys.question()
    return PasskeyQuestion(options=question.options, ticket=question.ticket)


@router.post("/auth/passkey", response_model=AuthState, responses=TOLD)
async def passkey_sign_in(request: Request, response: Response, asked: PasskeyAnswer) -> AuthState:
    """Begin a session with the answer of a device; it counts as password and code in one."""
    check_own_page(request)
    accounts, visit = accounts_of(request), visit_of(request)
    accounts.throttle.check(THROTTLED, visit.address)
    accounts.throttle.failed(THROTTLED, visit.address)
    person_id = await accounts.passkeys.proven(asked.ticket, dict(asked.credential))
    accounts.throttle.passed(THROTTLED, visit.address)
    return await entered(request, response, await accounts.entry.outside(person_id, visit, "passkey", stepped_up=True))


@router.get("/me/passkeys", response_model=PasskeysPage, responses=TOLD)
async def list_passkeys(request: Request, caller: InSession) -> PasskeysPage:
    """List one's own passkeys."""
    found = await accounts_of(request).passkeys.listed(caller.id)
    return PasskeysPage(items=[PasskeyShape.of(each) for each in found], next=None)


@router.post("/me/passkeys/options", response_model=PasskeyQuestion, responses=TOLD)
async def passkey_options(request: Request, response: Response, caller: InSession) -> PasskeyQuestion:
    """Ask a device to make a passkey."""
    check_fresh(caller)
    response.headers["Cache-Control"] = NO_STORE
    question = await accounts_of(request).passkeys.enrolment(caller.id)
    return PasskeyQuestion(options=question.options, ticket=question.ticket)


@router.post("/me/passkeys", response_model=PasskeyShape, status_code=201, responses=TOLD)
async def add_passkey(request: Request, caller: InSession, asked: NewPasskey) -> PasskeyShape:
    """Keep a passkey that a device has made."""
    check_fresh(caller)
    passkeys = accounts_of(request).passkeys
    return PasskeyShape.of(await passkeys.enrol(caller.id, asked.ticket, asked.name, dict(asked.credential)))


@router.delete("/me/passkeys/{passkey_id}", status_code=204, responses=TOLD)
async def remove_passkey(request: Request, caller: InSession, passkey_id: str) -> None:
    """Forget a passkey."""
    check_fresh(caller)
    await accounts_of(request).passkeys.remove(caller.id, passkey_id)
