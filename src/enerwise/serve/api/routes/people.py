"""People and services of the server; for those who manage it."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from enerwise.serve.accounts.people import INVITE_PATH, INVITE_S
from enerwise.serve.accounts.times import shown
from enerwise.serve.accounts.visits import NO_STORE, Cursor, Limit, accounts_of, paged
from enerwise.serve.api.access import Action, Caller, on_server
from enerwise.serve.api.routes.auth import TOLD
from enerwise.serve.api.routes.me import forgotten, personal_data
from enerwise.serve.api.shapes.people import (
    AddedPerson,
    ChangedPerson,
    Ended,
    Invitation,
    NewPerson,
    PeoplePage,
    PersonalData,
    PersonShape,
)

router = APIRouter(tags=["accounts"])
Manages = Annotated[Caller, on_server(Action.MANAGE)]


@router.get("/people", response_model=PeoplePage, responses=TOLD)
async def list_people(request: Request, caller: Manages, limit: Limit = 100, cursor: Cursor = None) -> PeoplePage:
    """List people and services, the oldest first."""
    accounts = accounts_of(request)
    items, following = paged(await accounts.people.listed(), limit, cursor, lambda each: each.id)
    accounts.ground.trail.note("read", "people", who=caller.id, whose=[each.id for each in items])
    return PeoplePage(items=[PersonShape.of(each) for each in items], next=following)


@router.post("/people", response_model=AddedPerson, status_code=201, responses=TOLD)
async def add_person(request: Request, response: Response, caller: Manages, asked: NewPerson) -> AddedPerson:
    """Add somebody. A person gets a link that lets in once; roles are given with ``POST /grants``."""
    response.headers["Cache-Control"] = NO_STORE
    person, word = await accounts_of(request).people.invite(
        caller, name=asked.name, email=asked.email, language=asked.language, kind=asked.kind
    )
    return AddedPerson(person=PersonShape.of(person), invitation=_invitation(request, word) if word else None)


@router.get("/people/{person_id}", response_model=PersonShape, responses=TOLD)
async def get_person(request: Request, caller: Manages, person_id: str) -> PersonShape:
    """Return one person or service."""
    accounts = accounts_of(request)
    person = await accounts.people.find(person_id)
    accounts.ground.trail.note("read", person.id, who=caller.id, what="account")
    return PersonShape.of(person)


@router.patch("/people/{person_id}", response_model=PersonShape, responses=TOLD)
async def change_person(request: Request, caller: Manages, person_id: str, asked: ChangedPerson) -> PersonShape:
    """Change name, e-mail or language, or disable and enable."""
    changed = await accounts_of(request).people.change(caller, person_id, **asked.model_dump())
    return PersonShape.of(changed)


@router.delete("/people/{person_id}", status_code=204, responses=TOLD)
async def erase_person(request: Request, caller: Manages, person_id: str) -> None:
    """Erase a person: everything personal is blanked, and every way in is closed. It cannot be undone."""
    await accounts_of(request).people.erase(caller, person_id)
    await forgotten(request, person_id)


@router.get("/people/{person_id}/export", response_model=PersonalData, responses=TOLD)
async def export_person(request: Request, response: Response, caller: Manages, person_id: str) -> PersonalData:
    """Return everything that is kept about a person; secrets are not part of it."""
    response.headers["Cache-Control"] = NO_STORE
    return await personal_data(request, caller, person_id)


@router.post("/people/{person_id}/invitation", response_model=Invitation, status_code=201, responses=TOLD)
async def invite_again(request: Request, response: Response, caller: Manages, person_id: str) -> Invitation:
    """Make a new link that lets in once, for somebody who lost the first, or the password."""
    response.headers["Cache-Control"] = NO_STORE
    return _invitation(request, await accounts_of(request).people.invite_again(caller, person_id))


@router.delete("/people/{person_id}/sessions", response_model=Ended, responses=TOLD)
async def end_sessions_of(request: Request, caller: Manages, person_id: str) -> Ended:
    """Sign a person out everywhere."""
    return Ended(count=await accounts_of(request).people.end_sessions(caller, person_id))


def _invitation(request: Request, word: str) -> Invitation:
    ground = accounts_of(request).ground
    return Invitation(link=f"{ground.origin}{INVITE_PATH}{word}", ends_at=shown(ground.now_s() + INVITE_S))
