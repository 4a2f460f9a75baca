"""One's own account: name, password, codes, what is kept, and how to leave."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Request, Response

from enerwise.serve.accounts import cookies
from enerwise.serve.accounts.personal import export
from enerwise.serve.accounts.times import shown
from enerwise.serve.accounts.visits import NO_STORE, accounts_of, visit_of
from enerwise.serve.api.access import Caller, as_person, in_session
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.routes.auth import TOLD
from enerwise.serve.api.shapes.me import ChangedMe, ChangedPassword, RecoveryCodes, TotpCode, TotpEnrolment
from enerwise.serve.api.shapes.people import PersonalData, PersonShape
from enerwise.serve.push import book_of

router = APIRouter(tags=["accounts"])
AsPerson = Annotated[Caller, as_person()]
InSession = Annotated[Caller, in_session()]


@router.get("/me", response_model=PersonShape, responses=TOLD)
async def get_me(request: Request, caller: AsPerson) -> PersonShape:
    """Tell who asks."""
    accounts = accounts_of(request)
    accounts.ground.trail.note("read", caller.id, who=caller.id, what="account")
    return PersonShape.of(await accounts.people.find(caller.id))


@router.patch("/me", response_model=PersonShape, responses=TOLD)
async def change_me(request: Request, caller: InSession, asked: ChangedMe) -> PersonShape:
    """Change one's own name or language."""
    changed = await accounts_of(request).people.change(caller, caller.id, name=asked.name, language=asked.language)
    return PersonShape.of(changed)


@router.delete("/me", status_code=204, responses=TOLD)
async def erase_me(request: Request, caller: InSession) -> Response:
    """Leave: everything personal is blanked, and every way in is closed. It cannot be undone."""
    check_fresh(caller)
    accounts, response = accounts_of(request), Response(status_code=204)
    await accounts.people.erase(caller, caller.id)
    await forgotten(request, caller.id)
    cookies.clear_session(response, is_https=accounts.ground.is_https)
    cookies.clear_stop(response, is_https=accounts.ground.is_https)
    return response


@router.get("/me/export", response_model=PersonalData, responses=TOLD)
async def export_me(request: Request, response: Response, caller: InSession) -> PersonalData:
    """Return everything that is kept about whoever asks; secrets are not part of it."""
    response.headers["Cache-Control"] = NO_STORE
    return await personal_data(request, caller, caller.id)


@router.post("/me/password", status_code=204, responses=TOLD)
async def change_password(request: Request, caller: InSession, asked: ChangedPassword) -> None:
    """Set a new password; all other sessions end."""
    visit = visit_of(request)
    await accounts_of(request).entry.change_password(caller.id, caller.session, asked.old, asked.new, visit)


@router.post("/me/totp", response_model=TotpEnrolment, status_code=201, responses=TOLD)
async def enrol_totp(request: Request, response: Response, caller: InSession) -> TotpEnrolment:
    """Begin to use codes from a phone; they count once one is confirmed."""
    response.headers["Cache-Control"] = NO_STORE
    enrolment = await accounts_of(request).totp.enrol(caller.id)
    return TotpEnrolment(secret=enrolment.secret, address=enrolment.address)


@router.post("/me/totp/confirm", response_model=RecoveryCodes, responses=TOLD)
async def confirm_totp(request: Request, response: Response, caller: InSession, asked: TotpCode) -> RecoveryCodes:
    """Turn codes on with a first one, and get codes for paper."""
    response.headers["Cache-Control"] = NO_STORE
    accounts, visit = accounts_of(request), visit_of(request)
    place = f"code/{caller.id}"
    accounts.throttle.check(place, visit.address)
    accounts.throttle.failed(place, visit.address)
    codes = await accounts.totp.confirm(caller.id, asked.code)
    accounts.throttle.passed(place, visit.address)
    await accounts.sessions.step_up(caller.session or "")
    return RecoveryCodes(codes=codes)


@router.delete("/me/totp", status_code=204, responses=TOLD)
async def remove_totp(request: Request, caller: InSession) -> None:
    """Turn codes off; that takes a fresh one (``POST /auth/step-up``)."""
    check_fresh(caller)
    await accounts_of(request).totp.remove(caller.id, caller.id)


async def personal_data(request: Request, caller: Caller, person_id: str) -> PersonalData:
    """Return everything that is kept about a person, and note who read it."""
    accounts = accounts_of(request)
    found = await export(accounts.ground, person_id)
    accounts.ground.trail.note("read", person_id, who=caller.id, what="export")
    audit = await accounts.audit_page(limit=10_000, about=person_id)
    return PersonalData(exported_at=shown(accounts.ground.now_s()), audit=audit, **found)


def check_fresh(caller: Caller) -> None:
    """Refuse a deed of weight without a fresh code, where codes are on.

    Raises:
        Trouble: 403.
    """
    if caller.needs_step_up:
        raise Trouble(403, "needs-step-up", "this needs a fresh code from the phone: POST /api/v1/auth/step-up")


async def forgotten(request: Request, person_id: str) -> None:
    """Let what is kept beside the accounts forget a person too: where messages to a browser go."""
    book = book_of(request.app, request.app.state.face)
    if book is not None:
        await asyncio.to_thread(book.forget, person_id)
