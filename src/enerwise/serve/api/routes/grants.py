"""Roles given and taken, and groups of sites."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from enerwise.serve.accounts.rights import Given
from enerwise.serve.accounts.visits import Cursor, Limit, accounts_of, paged
from enerwise.serve.api.access import Action, Caller, anywhere, on_server
from enerwise.serve.api.routes.auth import TOLD
from enerwise.serve.api.shapes.grants import (
    GrantShape,
    GrantsPage,
    GroupMembers,
    GroupShape,
    GroupsPage,
    NewGrant,
    NewGroup,
)

router = APIRouter(tags=["accounts"])
Manages = Annotated[Caller, on_server(Action.MANAGE)]
ManagesSomewhere = Annotated[Caller, anywhere(Action.MANAGE)]
PersonId = Annotated[str | None, Query(max_length=64)]


@router.get("/grants", response_model=GrantsPage, responses=TOLD)
async def list_grants(
    request: Request, caller: ManagesSomewhere, person_id: PersonId = None, limit: Limit = 100, cursor: Cursor = None
) -> GrantsPage:
    """List the roles at places where the caller manages, and his own."""
    accounts = accounts_of(request)
    found = await accounts.grants.listed(caller, person_id=person_id)
    items, following = paged(found, limit, cursor, lambda each: each.id)
    accounts.ground.trail.note("read", "grants", who=caller.id, whose=sorted({each.person_id for each in items}))
    return GrantsPage(items=[GrantShape.of(each) for each in items], next=following)


@router.post("/grants", response_model=GrantShape, status_code=201, responses=TOLD)
async def give_role(request: Request, caller: ManagesSomewhere, asked: NewGrant) -> GrantShape:
    """Give somebody a role at a site, at a group of sites, or everywhere; nobody gives more than he has."""
    given = Given(asked.role, asked.scope)
    return GrantShape.of(await accounts_of(request).grants.give(caller, asked.person_id, given))


@router.delete("/grants/{grant_id}", status_code=204, responses=TOLD)
async def take_role(request: Request, caller: ManagesSomewhere, grant_id: str) -> None:
    """Take a role back."""
    await accounts_of(request).grants.take(caller, grant_id)


@router.get("/groups", response_model=GroupsPage, responses=TOLD)
async def list_groups(request: Request, caller: Manages, limit: Limit = 100, cursor: Cursor = None) -> GroupsPage:
    """List groups of sites by name."""
    items, following = paged(await accounts_of(request).groups.listed(), limit, cursor, lambda each: each.id)
    return GroupsPage(items=[GroupShape.of(each) for each in items], next=following)


@router.post("/groups", response_model=GroupShape, status_code=201, responses=TOLD)
async def add_group(request: Request, caller: Manages, asked: NewGroup) -> GroupShape:
    """Make a group of sites and of other groups."""
    return GroupShape.of(await accounts_of(request).groups.add(caller, asked.name, asked.members))


@router.put("/groups/{group_id}/members", response_model=GroupShape, responses=TOLD)
async def fill_group(request: Request, caller: Manages, group_id: str, asked: GroupMembers) -> GroupShape:
    """Let a group hold these members and no others."""
    return GroupShape.of(await accounts_of(request).groups.fill(caller, group_id, asked.members))


@router.delete("/groups/{group_id}", status_code=204, responses=TOLD)
async def remove_group(request: Request, caller: Manages, group_id: str) -> None:
    """Remove a group at which no roles are given."""
    await accounts_of(request).groups.remove(caller, group_id)
